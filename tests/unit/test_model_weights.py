"""Weights file, layout and graph: that they fit each other, and that the encoder computes what BERT defines."""

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge_base.model import layout
from knowledge_base.model.bundled import encoder_session
from knowledge_base.model.graph import encoder_graph
from knowledge_base.model.layout import E5_SMALL, WEIGHTS_FILE, tensors
from knowledge_base.model.packed import PackedModel, dequantise, read_packed
from knowledge_base.model.weights import encoder_values, neighbours, seven_bits, write_weights
from tests.packed_files import TINY, blocks, tiny_tensors, write_packed_file


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> PackedModel:
    path = tmp_path_factory.mktemp("packed") / "tiny.bin"
    write_packed_file(path, tiny_tensors())
    return read_packed(path)


def test_the_committed_graph_is_what_the_code_builds() -> None:
    committed = Path(layout.__file__).with_name(layout.GRAPH_FILE).read_bytes()
    assert encoder_graph(E5_SMALL) == committed, (
        "Run python -m knowledge_base.model.graph, and raise the number in NAME"
    )


def test_the_layout_has_no_overlap_and_starts_every_tensor_on_a_page() -> None:
    placed = tensors(E5_SMALL)
    assert len({tensor.name for tensor in placed}) == len(placed) == 3 + 12 * 16
    end = 0
    for tensor in placed:
        assert tensor.offset % 4096 == 0
        assert end <= tensor.offset < end + 4096
        end = tensor.offset + tensor.size


def test_every_value_lies_where_the_layout_says(model: PackedModel, tmp_path: Path) -> None:
    write_weights(model, tmp_path / WEIGHTS_FILE)
    written, values = (tmp_path / WEIGHTS_FILE).read_bytes(), encoder_values(model)
    assert values.keys() == {tensor.name for tensor in tensors(TINY)}
    for tensor in tensors(TINY):
        stored = np.frombuffer(written[tensor.offset : tensor.offset + tensor.size], "<" + tensor.kind)
        assert np.array_equal(stored.reshape(tensor.shape), values[tensor.name])
    assert len(written) == tensors(TINY)[-1].offset + tensors(TINY)[-1].size


def test_repacking_neighbours_loses_nothing() -> None:
    stored = blocks(np.random.default_rng(1), 3, 64)
    packed = neighbours(stored)
    numbers = np.stack([packed & 15, packed >> 4], axis=-1).reshape(3, 2, 32).astype(np.float32)
    scale = np.ascontiguousarray(stored[..., :2]).view("<f2").astype(np.float32)
    assert np.array_equal(((numbers - 8) * scale).reshape(3, 64), dequantise(stored))


def test_seven_bits_stay_within_half_a_step() -> None:
    matrix = np.random.default_rng(2).normal(0, 1, (20, 50)).astype(np.float32)
    numbers, steps = seven_bits(matrix)
    assert np.abs(numbers).max(axis=1).tolist() == [63] * 20
    assert (np.abs(numbers * steps[:, None] - matrix) <= steps[:, None] * 0.5001).all()


def reference(model: PackedModel, words: NDArray[np.float32]) -> NDArray[np.float32]:
    """One text through BERT (Devlin et al. 2018) as its paper writes it, in float32 with the dequantised weights."""
    of, vectors = model.architecture, model.vectors

    def norm(x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        centred = x - x.mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + of.epsilon)
        return np.asarray(scaled * vectors[name + ".w"] + vectors[name + ".b"], np.float32)

    def linear(x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        return x @ dequantise(model.matrices[name + ".w"]).T + vectors[name + ".b"]

    length, heads, width = len(words), of.heads, of.hidden // of.heads
    positions = vectors["emb.pos"].reshape(of.positions, of.hidden)[:length]
    x = norm(words + positions + vectors["emb.type"][: of.hidden], "emb.ln")
    for index in range(of.layers):
        layer = f"l{index}."
        q, k, v = (linear(x, layer + part).reshape(length, heads, width).transpose(1, 0, 2) for part in "qkv")
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(width)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        attended = (weights @ v).transpose(1, 0, 2).reshape(length, of.hidden)
        x = norm(x + linear(attended, layer + "ao"), layer + "aln")
        inner = linear(x, layer + "fi")
        inner = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2))).astype(np.float32)
        x = norm(x + linear(inner, layer + "fo"), layer + "oln")
    mean: NDArray[np.float32] = x.mean(axis=0)
    mean /= np.linalg.norm(mean)
    return mean


def test_the_encoder_computes_bert_and_padding_changes_nothing(model: PackedModel, tmp_path: Path) -> None:
    write_weights(model, tmp_path / WEIGHTS_FILE)
    session = encoder_session(encoder_graph(TINY), tmp_path)
    table = dequantise(model.matrices["emb.word"])
    texts = [[0, 5, 6, 2], [0, 2], [0, 4, 7, 8, 9, 10, 5, 2]]

    def run(batch: list[list[int]], width: int) -> NDArray[np.float32]:
        ids = np.array([text + [1] * (width - len(text)) for text in batch])
        mask = np.array([[1] * len(text) + [0] * (width - len(text)) for text in batch], np.int64)
        embedded: NDArray[np.float32] = session.run(None, {"word_embeddings": table[ids], "attention_mask": mask})[0]
        return embedded

    together = run(texts, width=12)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    for text, vector in zip(texts, together, strict=True):
        assert np.abs(run([text], len(text))[0] - vector).max() < 1e-5
        # The rest is what 8-bit activations and 7-bit weights cost.
        assert float(reference(model, table[text]) @ vector) > 0.999
    assert float(together[0] @ together[2]) < 0.99

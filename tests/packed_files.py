"""Writes small made-up weight files in the packed format, for tests of its reader and of what is built on it."""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.model.layout import BLOCK, Architecture

TINY = Architecture(hidden=64, layers=2, heads=2, inner=96, rows=14, positions=16, types=2, epsilon=1e-12)

# Begin, padding, end, unknown as in the real model, a few words, and the mask, always last.
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "▁hej", "▁verden", "h", "e", "j", "å", "<mask>")
SCORES = tuple(-float(number) for number in range(len(PIECES)))


def blocks(generator: np.random.Generator, rows: int, columns: int) -> NDArray[np.uint8]:
    """A random 4-bit matrix [rows, columns / 32, 18] of small weights, some scales negative."""
    scale = generator.uniform(-0.04, 0.04, (rows, columns // BLOCK, 1)).astype("<f2")
    halves = generator.integers(0, 256, (rows, columns // BLOCK, 16), np.uint8)
    return np.concatenate([scale.view(np.uint8), halves], axis=-1)


def tiny_tensors(seed: int = 7) -> dict[str, NDArray[np.generic]]:
    """Every tensor that the format has, for TINY: uint8 blocks for matrices, float32 for the rest."""
    generator = np.random.default_rng(seed)

    def vector(size: int, around: float = 0.0) -> NDArray[np.generic]:
        return (around + generator.normal(0, 0.1, size)).astype("<f4")

    hidden, inner = TINY.hidden, TINY.inner
    tensors: dict[str, NDArray[np.generic]] = {
        "emb.word": blocks(generator, TINY.rows, hidden),
        "emb.pos": vector(TINY.positions * hidden),
        "emb.type": vector(TINY.types * hidden),
        "emb.ln.w": vector(hidden, 1.0),
        "emb.ln.b": vector(hidden),
    }
    for layer in range(TINY.layers):
        for name, rows, columns in (
            ("q", hidden, hidden),
            ("k", hidden, hidden),
            ("v", hidden, hidden),
            ("ao", hidden, hidden),
            ("fi", inner, hidden),
            ("fo", hidden, inner),
        ):
            tensors[f"l{layer}.{name}.w"] = blocks(generator, rows, columns)
            tensors[f"l{layer}.{name}.b"] = vector(rows)
        for name in ("aln", "oln"):
            tensors[f"l{layer}.{name}.w"] = vector(hidden, 1.0)
            tensors[f"l{layer}.{name}.b"] = vector(hidden)
    return tensors


def write_packed_file(path: Path, tensors: dict[str, NDArray[np.generic]], of: Architecture = TINY) -> None:
    """The packed format as the reader expects it: header, pieces, character rules, directory, data."""
    texts = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, texts)])
    rule = struct.pack("<IB1I", ord("Å"), 1, ord("Å"))
    head = struct.pack(
        "<4sI7ifi",
        b"E5S1",
        1,
        of.hidden,
        of.layers,
        of.heads,
        of.inner,
        of.rows,
        of.positions,
        of.types,
        of.epsilon,
        BLOCK,
    )
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, int(ends[-1]))
    head += ends.astype("<u4").tobytes() + np.array(SCORES, "<f4").tobytes() + b"".join(texts)
    head += struct.pack("<iI", 1, len(rule)) + rule + struct.pack("<i", len(tensors))
    directory_bytes = sum(2 + len(name) + struct.calcsize("<BIQQ") for name in tensors)
    offset = len(head) + directory_bytes
    directory, data = b"", b""
    for name, tensor in tensors.items():
        offset += -offset % 4
        data += bytes(offset - len(head) - directory_bytes - len(data)) + tensor.tobytes()
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", tensor.dtype == np.uint8, tensor.size, offset, tensor.nbytes)
        offset += tensor.nbytes
    path.write_bytes(head + directory + data)

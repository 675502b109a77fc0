"""Pure: the shape of the encoder and where each of its tensors lies in the weights file.

The graph that ships in the wheel points at these places, so any change here needs a new graph and a new name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Final, Literal

DataType = Literal["f4", "i1", "u1"]
ITEM_BYTES: Final[dict[DataType, int]] = {"f4": 4, "i1": 1, "u1": 1}

# Identity of the vectors: model, variant (4-bit attention input, 8-bit rest), a number to raise when they change.
NAME = "multilingual-e5-small-mixed-1"
# Of the converted files: another number where others are made of the same model, and vectors stay as they are.
FOLDER = f"{NAME}.2"

GRAPH_FILE = "encoder.onnx"  # in this package
WEIGHTS_FILE = "weights.bin"  # written by the conversion, like the two below; the graph names it
TABLE_FILE = "table.bin"
PIECES_FILE = "pieces.npz"

# Weights per scale in the packed file's 4-bit matrices.
BLOCK = 32

# ONNX recommends page-aligned external data, so that it can be memory-mapped.
_ALIGNMENT = 4096


@dataclass(frozen=True, slots=True)
class Architecture:
    """A BERT encoder's dimensions. `rows` counts the table's rows, which may be more than the tokenizer's pieces."""

    hidden: int
    layers: int
    heads: int
    inner: int
    rows: int
    positions: int
    types: int
    epsilon: float


E5_SMALL: Final = Architecture(
    hidden=384, layers=12, heads=12, inner=1536, rows=250037, positions=512, types=2, epsilon=1e-12
)


@dataclass(frozen=True, slots=True)
class Tensor:
    """One array in the weights file: little-endian, row-major, `offset` bytes from the start."""

    name: str
    kind: DataType
    shape: tuple[int, ...]
    offset: int

    @property
    def size(self) -> int:
        """Length in bytes."""
        return prod(self.shape) * ITEM_BYTES[self.kind]


def tensors(of: Architecture) -> tuple[Tensor, ...]:
    """Every tensor of the weights file in order, each on a page of its own."""
    placed: list[Tensor] = []
    end = 0
    for name, kind, shape in _shapes(of):
        tensor = Tensor(name, kind, shape, -(-end // _ALIGNMENT) * _ALIGNMENT)
        placed.append(tensor)
        end = tensor.offset + tensor.size
    return tuple(placed)


def _shapes(of: Architecture) -> Iterator[tuple[str, DataType, tuple[int, ...]]]:
    hidden, inner = of.hidden, of.inner
    yield "positions", "f4", (of.positions, hidden)
    yield from _norm("embedding_norm", hidden)
    for index in range(of.layers):
        layer = f"layer.{index}."
        # MatMulNBits: 16 bytes hold a block's 32 weights; one scale per block; three matrices stacked.
        yield layer + "attention_in", "u1", (3 * hidden, hidden // BLOCK, BLOCK // 2)
        yield layer + "attention_in.scales", "f4", (3 * hidden, hidden // BLOCK)
        yield layer + "attention_in.bias", "f4", (3 * hidden,)
        # MatMulIntegerToFloat: [in, out] bytes, one scale per output.
        for name, rows, columns in (
            ("attention_out", hidden, hidden),
            ("inner_in", hidden, inner),
            ("inner_out", inner, hidden),
        ):
            yield layer + name, "i1", (rows, columns)
            yield layer + name + ".scales", "f4", (columns,)
            yield layer + name + ".bias", "f4", (columns,)
        yield from _norm(layer + "attention_norm", hidden)
        yield from _norm(layer + "inner_norm", hidden)


def _norm(name: str, hidden: int) -> Iterator[tuple[str, DataType, tuple[int, ...]]]:
    yield name + ".weight", "f4", (hidden,)
    yield name + ".bias", "f4", (hidden,)

"""The packed weights as the graph wants them: attention input 4-bit as stored, the other matrices 8-bit."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.model.layout import tensors
from knowledge_base.model.packed import PackedModel, dequantise, halves, scales

# 7 bits, not 8: the sum of two products of an unsigned activation byte and a weight then never saturates the 16 bits
# that AVX2 without VNNI adds them in (2 * 255 * 63 < 32,768).
_LARGEST = 63

_MATRICES = {"attention_out": "ao", "inner_in": "fi", "inner_out": "fo"}
_NORMS = {"attention_norm": "aln", "inner_norm": "oln"}


def write_weights(model: PackedModel, path: Path) -> None:
    """Write every tensor of `layout.tensors` at its place. OSError if the disk does not take it."""
    values = encoder_values(model)
    with path.open("wb") as file:
        for tensor in tensors(model.architecture):
            value = values[tensor.name]
            if value.shape != tensor.shape:
                raise ValueError(f"{tensor.name} is {value.shape}, not {tensor.shape}")
            file.write(bytes(tensor.offset - file.tell()))
            file.write(np.ascontiguousarray(value, "<" + tensor.kind).tobytes())


def encoder_values(model: PackedModel) -> dict[str, NDArray[np.generic]]:
    """Every tensor of the encoder by its name in the layout."""
    of, vectors = model.architecture, model.vectors
    kinds = vectors["emb.type"].reshape(of.types, of.hidden)
    # Every text is of type 0, so its row joins the positions. Those start at 0 here, unlike XLM-RoBERTa's.
    values: dict[str, NDArray[np.generic]] = {
        "positions": vectors["emb.pos"].reshape(of.positions, of.hidden) + kinds[0],
        "embedding_norm.weight": vectors["emb.ln.w"],
        "embedding_norm.bias": vectors["emb.ln.b"],
    }
    for index in range(of.layers):
        packed, layer = f"l{index}.", f"layer.{index}."
        blocks = np.concatenate([model.matrices[f"{packed}{part}.w"] for part in "qkv"])
        values[layer + "attention_in"] = neighbours(blocks)
        values[layer + "attention_in.scales"] = scales(blocks)
        values[layer + "attention_in.bias"] = np.concatenate([vectors[f"{packed}{part}.b"] for part in "qkv"])
        for name, stored in _MATRICES.items():
            matrix, steps = seven_bits(dequantise(model.matrices[f"{packed}{stored}.w"]))
            values[layer + name] = matrix.T
            values[layer + name + ".scales"] = steps
            values[layer + name + ".bias"] = vectors[f"{packed}{stored}.b"]
        for name, stored in _NORMS.items():
            values[f"{layer}{name}.weight"] = vectors[f"{packed}{stored}.w"]
            values[f"{layer}{name}.bias"] = vectors[f"{packed}{stored}.b"]
    return values


def neighbours(blocks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Blocks [rows, n, 18] as MatMulNBits wants them [rows, n, 16]: byte j holds weights 2j (low) and 2j + 1 (high)."""
    values = halves(blocks)
    return values[..., 0::2] | (values[..., 1::2] << np.uint8(4))


def seven_bits(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A matrix [out, in] as whole numbers -63..63 and one step per row [out]; number * step is about the weight."""
    steps = (np.abs(matrix).max(axis=1) / np.float32(_LARGEST)).astype(np.float32)
    return np.rint(matrix / steps[:, None]).astype(np.int8), steps

"""For developers: writes the ONNX graph that ships beside this file (python -m knowledge_base.model.graph).

The graph holds no weights, only their places in the weights file, so the server itself never needs `onnx`.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from knowledge_base.model.layout import (
    BLOCK,
    E5_SMALL,
    GRAPH_FILE,
    WEIGHTS_FILE,
    Architecture,
    DataType,
    Tensor,
    tensors,
)

GRAPH = Path(__file__).with_name(GRAPH_FILE)
_TYPES: Final[dict[DataType, int]] = {"f4": TensorProto.FLOAT, "i1": TensorProto.INT8, "u1": TensorProto.UINT8}

# Pinned, so that a newer `onnx` writes the same bytes. 18 brings Split by number; com.microsoft is ONNX Runtime's own.
_IR_VERSION, _OPERATORS, _MICROSOFT = 9, 18, 1

# MatMulNBits may round its activations to 8 bits, which is what makes 4-bit weights fast.
_EIGHT_BIT_ACTIVATIONS = 4


def encoder_graph(of: Architecture) -> bytes:
    """word_embeddings [batch, tokens, hidden], attention_mask [batch, tokens] -> embedding [batch, hidden], unit."""
    return _Graph(of).build()


class _Graph:
    def __init__(self, of: Architecture) -> None:
        self._of = of
        self._nodes: list[Any] = []
        self._initial = [_placed(tensor) for tensor in tensors(of)]

    def build(self) -> bytes:
        of = self._of
        mask = "attention_mask"
        length = self._add("Shape", [mask], start=1, end=2)
        zero, axis = self._constant("zero", np.array([0], np.int64)), self._constant("axis", np.array([1], np.int64))
        self._constant("last", np.array([-1], np.int64))
        # One activation step per token (peak / 127, around 128) keeps a text's vector independent of its neighbours.
        self._constant("step", np.array(1 / 127, np.float32))
        self._constant("middle", np.array(128, np.uint8))

        positions = self._add("Slice", ["positions", zero, length, zero])
        x = self._add("Add", ["word_embeddings", positions])
        x = self._add(
            "LayerNormalization", [x, "embedding_norm.weight", "embedding_norm.bias"], axis=-1, epsilon=of.epsilon
        )
        whole_mask = self._add("Cast", [mask], to=TensorProto.INT32)
        for index in range(of.layers):
            x = self._layer(x, whole_mask, f"layer.{index}.")
        # The mean over the tokens and their sum differ only in length, which the last step takes away.
        weights = self._add("Unsqueeze", [self._add("Cast", [mask], to=TensorProto.FLOAT), axis])
        total = self._add("Squeeze", [self._add("MatMul", [weights, x]), axis])
        self._nodes.append(helper.make_node("LpNormalization", [total], ["embedding"], axis=-1, p=2))

        inputs = [
            helper.make_tensor_value_info("word_embeddings", TensorProto.FLOAT, ["batch", "tokens", of.hidden]),
            helper.make_tensor_value_info(mask, TensorProto.INT64, ["batch", "tokens"]),
        ]
        outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", of.hidden])]
        graph = helper.make_graph(self._nodes, "encoder", inputs, outputs, self._initial)
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", _OPERATORS), helper.make_opsetid("com.microsoft", _MICROSOFT)],
            ir_version=_IR_VERSION,
        )
        return bytes(model.SerializeToString(deterministic=True))

    def _layer(self, x: str, mask: str, layer: str) -> str:
        of = self._of
        joined = self._microsoft(
            "MatMulNBits",
            [x, layer + "attention_in", layer + "attention_in.scales"],
            K=of.hidden,
            N=3 * of.hidden,
            bits=4,
            block_size=BLOCK,
            accuracy_level=_EIGHT_BIT_ACTIVATIONS,
        )
        parts = [f"{layer}{name}" for name in ("query", "key", "value")]
        self._nodes.append(helper.make_node("Split", [joined], parts, axis=-1, num_outputs=3))
        attended = self._microsoft(
            "MultiHeadAttention", [*parts, layer + "attention_in.bias", mask], num_heads=of.heads
        )
        attended = self._product(attended, layer + "attention_out")
        x = self._normalised(attended, x, layer + "attention_norm", layer + "attention_out.bias")
        inner = self._microsoft("BiasGelu", [self._product(x, layer + "inner_in"), layer + "inner_in.bias"])
        inner = self._product(inner, layer + "inner_out")
        return self._normalised(inner, x, layer + "inner_norm", layer + "inner_out.bias")

    def _normalised(self, x: str, skipped: str, norm: str, bias: str) -> str:
        return self._microsoft(
            "SkipLayerNormalization",
            [x, skipped, norm + ".weight", norm + ".bias", bias],
            epsilon=self._of.epsilon,
        )

    def _product(self, x: str, name: str) -> str:
        peak = self._add("ReduceMax", [self._add("Abs", [x]), "last"], keepdims=1)
        rounded = self._add("QuantizeLinear", [self._add("Div", [x, peak]), "step", "middle"])
        product = self._microsoft("MatMulIntegerToFloat", [rounded, name, "step", name + ".scales", "middle"])
        return self._add("Mul", [product, peak])

    def _constant(self, name: str, value: Any) -> str:
        self._initial.append(numpy_helper.from_array(value, name))
        return name

    def _microsoft(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        return self._add(kind, inputs, domain="com.microsoft", **attributes)

    def _add(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        name = f"{kind}.{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name


def _placed(tensor: Tensor) -> Any:
    initial = TensorProto(name=tensor.name, data_type=_TYPES[tensor.kind], dims=tensor.shape)
    initial.data_location = TensorProto.EXTERNAL
    for key, value in (("location", WEIGHTS_FILE), ("offset", tensor.offset), ("length", tensor.size)):
        initial.external_data.add(key=key, value=str(value))
    return initial


if __name__ == "__main__":
    GRAPH.write_bytes(encoder_graph(E5_SMALL))
    print(f"{GRAPH}: {GRAPH.stat().st_size} bytes, onnx {onnx.__version__}")

"""The same weights as a sentence-transformers folder in float32 (480 MB), to compare with or to train on."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.model.conversion import read_verified
from knowledge_base.model.errors import ModelError
from knowledge_base.model.layout import Architecture
from knowledge_base.model.packed import PackedModel, dequantise
from knowledge_base.model.text import PROMPTS
from knowledge_base.model.tokenizer import tokenizer_definition

# As sentence-transformers 6 names its own modules; earlier paths still load but warn.
_MODULES = (
    ("", "sentence_transformers.base.modules.transformer.Transformer"),
    ("1_Pooling", "sentence_transformers.sentence_transformer.modules.pooling.Pooling"),
    ("2_Normalize", "sentence_transformers.base.modules.normalize.Normalize"),
)

_EMBEDDINGS = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def write_sentence_transformers(folder: Path) -> None:
    """Write the bundled model so that SentenceTransformer(str(folder)) loads it. ModelError says what is wrong."""
    write_packed(read_verified(), folder)


def write_packed(model: PackedModel, folder: Path) -> None:
    """As `write_sentence_transformers`, from a packed model in hand."""
    try:
        for path, _ in _MODULES:
            (folder / path).mkdir(parents=True, exist_ok=True)
        for name, content in _definitions(model).items():
            (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        _write_safetensors(model, folder / "model.safetensors")
    except OSError as error:
        raise ModelError(f"The model could not be written to {folder} ({error.strerror or error}).") from error


def _write_safetensors(model: PackedModel, path: Path) -> None:
    """One float32 tensor at a time: an 8-byte length, a JSON header, the data (safetensors format)."""
    names = _names(model.architecture)
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for packed, name in names.items():
        shape = _value(model, packed).shape
        size = 4 * int(np.prod(shape))
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for packed in names:
            file.write(np.ascontiguousarray(_value(model, packed), "<f4").tobytes())


def _names(of: Architecture) -> dict[str, str]:
    """Packed name -> name in transformers' BertModel."""
    names = {packed: "embeddings." + name for packed, name in _EMBEDDINGS.items()}
    for index in range(of.layers):
        for packed, name in _LAYER.items():
            names[f"l{index}.{packed}.w"] = f"encoder.layer.{index}.{name}.weight"
            names[f"l{index}.{packed}.b"] = f"encoder.layer.{index}.{name}.bias"
    return names


def _value(model: PackedModel, packed: str) -> NDArray[np.float32]:
    if packed in model.matrices:
        return dequantise(model.matrices[packed])
    vector = model.vectors[packed]
    return vector.reshape(-1, model.architecture.hidden) if packed in ("emb.pos", "emb.type") else vector


def _definitions(model: PackedModel) -> dict[str, Any]:
    of, special, pieces = model.architecture, model.special, model.pieces
    begin, end = pieces[special.begin], pieces[special.end]
    return {
        "modules.json": [
            {"idx": index, "name": str(index), "path": path, "type": module}
            for index, (path, module) in enumerate(_MODULES)
        ],
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": of.hidden,
            "intermediate_size": of.inner,
            "num_hidden_layers": of.layers,
            "num_attention_heads": of.heads,
            "max_position_embeddings": of.positions,
            "type_vocab_size": of.types,
            "vocab_size": of.rows,
            "layer_norm_eps": of.epsilon,
            "pad_token_id": special.padding,
            "tokenizer_class": "PreTrainedTokenizerFast",
        },
        "tokenizer.json": tokenizer_definition(model),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": of.positions,
            "bos_token": begin,
            "cls_token": begin,
            "eos_token": end,
            "sep_token": end,
            "unk_token": pieces[special.unknown],
            "pad_token": pieces[special.padding],
            "mask_token": pieces[special.mask],
        },
        "sentence_bert_config.json": {"max_seq_length": of.positions, "do_lower_case": False},
        "1_Pooling/config.json": {"embedding_dimension": of.hidden, "pooling_mode": "mean", "include_prompt": True},
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer",
            # Its own name for a passage is "document", which it looks for first.
            "prompts": {"query": PROMPTS["query"], "document": PROMPTS["passage"]},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }

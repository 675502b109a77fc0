"""The tokenizer as Hugging Face `tokenizers` reads it, built from the packed file's pieces alone."""

from typing import Any

from knowledge_base.model.packed import PackedModel


def tokenizer_definition(model: PackedModel) -> dict[str, Any]:
    """The content of tokenizer.json: a Unigram model whose ids are the rows of the table.

    The packed file holds the original normalisation for single characters only, so Nmt and NFKC stand in for it. The
    ids are the original's on real text; random stacks of combining marks and three rare characters differ.
    """
    special = model.special
    ids = {
        model.pieces[number]: number
        for number in (special.begin, special.padding, special.end, special.unknown, special.mask)
    }
    begin, end = model.pieces[special.begin], model.pieces[special.end]
    words = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": number,
                "content": piece,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for piece, number in sorted(ids.items(), key=lambda entry: entry[1])
        ],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Nmt"},
                {"type": "NFKC"},
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
            ],
        },
        "pre_tokenizer": words,
        "decoder": words,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [_special(begin), _text("A"), _special(end)],
            "pair": [_text("A"), _text("B")],
            "special_tokens": {piece: {"id": piece, "ids": [ids[piece]], "tokens": [piece]} for piece in (begin, end)},
        },
        "model": {
            "type": "Unigram",
            "unk_id": special.unknown,
            "byte_fallback": False,
            "vocab": [[piece, float(score)] for piece, score in zip(model.pieces, model.piece_scores, strict=True)],
        },
    }


def _special(piece: str) -> dict[str, Any]:
    return {"SpecialToken": {"id": piece, "type_id": 0}}


def _text(part: str) -> dict[str, Any]:
    return {"Sequence": {"id": part, "type_id": 0}}

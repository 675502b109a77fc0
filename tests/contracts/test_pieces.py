"""The bundled model's pieces of a text are those of Hugging Face `tokenizers`, on the demo's texts and on any signs."""

import json
import random

import pytest
from tokenizers import Tokenizer

from bot.demo import FOLDER as DEMO
from knowledge_base.intake import read_documents
from knowledge_base.model.conversion import read_verified
from knowledge_base.model.layout import E5_SMALL
from knowledge_base.model.pieces import Pieces, write_pieces
from knowledge_base.model.text import prompted
from knowledge_base.model.tokenizer import tokenizer_definition

# As far as Latin, the other alphabets, everything that most fonts have, and all there is.
ALPHABETS = (0x80, 0x250, 0x3000, 0xFFFF, 0x10FFFF)


@pytest.fixture(scope="module")
def reference() -> Tokenizer:
    tokenizer = Tokenizer.from_str(json.dumps(tokenizer_definition(read_verified())))
    tokenizer.enable_truncation(E5_SMALL.positions)
    return tokenizer


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Pieces:
    path = tmp_path_factory.mktemp("pieces") / "pieces.npz"
    write_pieces(read_verified(), path)
    return Pieces(path, E5_SMALL.positions)


def differing(texts: list[str], pieces: Pieces, reference: Tokenizer) -> list[str]:
    return [text for text in texts if pieces.numbers(text) != reference.encode(text).ids]


def test_the_demos_texts_have_the_same_pieces(pieces: Pieces, reference: Tokenizer) -> None:
    texts = [prompted(item.draft.body, "passage") for item in read_documents(DEMO).items]
    rows = DEMO.with_name("questions.jsonl").read_text("utf-8").splitlines()
    texts += [prompted(json.loads(row)["text"], "query") for row in rows]
    assert len(texts) > 600
    assert differing(texts, pieces, reference) == []


def test_words_that_are_remembered_have_the_same_pieces(
    pieces: Pieces, reference: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words said before, beside new ones and twice in a text, and when what was remembered had to be forgotten."""
    monkeypatch.setattr("knowledge_base.model.pieces._REMEMBERED", 20)
    rows = DEMO.with_name("questions.jsonl").read_text("utf-8").splitlines()[:100]
    texts = [prompted(json.loads(row)["text"], "query") for row in rows]
    again = [text for text in texts for text in (text, text, f"{text} {text}", f"\ue000 {text} \ue001\ue002")]
    assert differing(again, pieces, reference) == []


def test_any_signs_have_the_same_pieces(pieces: Pieces, reference: Tokenizer) -> None:
    chance = random.Random(1)  # noqa: S311
    texts = [
        "\ufdfa" * 1000,
        "å" * 4000,
        "\u0301" * 4000,
        "👩‍👩‍👧‍👦🏳️‍🌈🇩🇰" * 50,
        "a\u200bb \u2581 c\ufeff",
        "한국어 ภาษาไทย العربية",
    ]
    for _ in range(2000):
        most = chance.choice(ALPHABETS)
        texts.append("".join(chr(chance.randrange(most)) for _ in range(chance.randrange(40))))
    assert differing([prompted(text, "passage") for text in texts], pieces, reference) == []


def test_signs_that_only_the_tokenizer_takes_away_go(pieces: Pieces, reference: Tokenizer) -> None:
    texts = ["a\u200bb", "\u2581a  b\t\nc", "\x01a\x7fb", "\ufffd", " ", "a ", "\u00a8x", "ﬁn ｋort"]
    assert differing(texts, pieces, reference) == []

"""What of a person's text reaches a model."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.embedder import clean
from knowledge_base.model.text import prompted


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("", ""),
        ("  Hej\tdu\r\n der  ", "Hej du der"),
        ("a\x00b\x07c\x9fd", "abcd"),
        ("line\x1cbreak", "line break"),
        ("lone \ud83d half \udc00", "lone half"),
        ("ｈｅｊ ﬁ №", "hej fi No"),
        ("A\u030a", "Å"),
        ("kunde\u00adservice", "kundeservice"),
        ("én\u00a0to\u2003tre", "én to tre"),
        ("👩‍👩‍👧 ok", "👩‍👩‍👧 ok"),
        ("\u00b4", "\u0301"),  # NFKC gives a space before the accent, which is folded away
    ],
)
def test_text_is_folded_and_stripped_of_what_is_no_text(raw: str, cleaned: str) -> None:
    assert clean(raw, 100) == cleaned


def test_text_is_capped_before_nfkc_makes_it_longer_and_after() -> None:
    assert len(clean("\ufdfa" * 1000, 500)) <= 500
    assert clean("a" * 100_000, 500) == "a" * 500
    assert clean("\n" * 100_000 + "never seen", 500) == ""
    assert clean("\n" * 600 + "still seen", 500) == "still seen"


@given(st.text(st.characters(), max_size=80), st.integers(0, 60))
def test_clean_text_can_be_encoded_holds_its_limit_and_stays_as_it_is(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    cleaned.encode("utf-8")
    assert len(cleaned) <= limit
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in cleaned)
    assert clean(cleaned, limit) == cleaned


def test_a_prompt_goes_before_and_special_tokens_go_out() -> None:
    assert prompted("Hvor er min pakke?", "query") == "query: Hvor er min pakke?"
    assert prompted("a </s> b <mask><pad> c<s<s>>d ＜unk＞", "passage") == "passage: a b c<s >d"


def test_a_question_is_cut_sooner_than_a_passage() -> None:
    assert len(prompted("å" * 9000, "query")) == len("query: ") + 500
    assert len(prompted("å" * 9000, "passage")) == len("passage: ") + 4000

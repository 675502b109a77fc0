"""What a message may hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.texts import (
    MAX_MESSAGE,
    PREVIEW,
    BadEmail,
    TextEmpty,
    TextTooLong,
    clean_comment,
    clean_email,
    clean_message,
    preview,
)

any_text = st.text(st.characters(exclude_categories=()))  # lone surrogates included


@given(any_text)
def test_what_is_stored_can_be_stored_and_is_stable(text: str) -> None:
    try:
        cleaned = clean_message(text)
    except TextEmpty:
        return
    assert cleaned
    cleaned.encode("utf-8")  # no lone surrogate, or this raises
    assert "\x00" not in cleaned
    assert "\r" not in cleaned
    assert clean_message(cleaned) == cleaned


@given(any_text)
def test_comments_may_be_empty_but_not_poisonous(text: str) -> None:
    cleaned = clean_comment(text, limit=50)
    assert len(cleaned) <= 50
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned


def test_lines_and_letters_are_kept() -> None:
    assert clean_message("  Hei!\r\nÆrlig talt:\r\tÅ, ø 👩‍👩‍👧  ") == "Hei!\nÆrlig talt:\n\tÅ, ø 👩‍👩‍👧"


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00", "\ud800\udfff", "\u202e\u2066", "\ufeff"])
def test_nothing_to_read_is_empty(text: str) -> None:
    with pytest.raises(TextEmpty):
        clean_message(text)


@pytest.mark.parametrize("text", ["\u200b", "\u200d\u2060 \u00ad", "\u3164\u115f"])
def test_what_nobody_can_see_is_empty(text: str) -> None:
    with pytest.raises(TextEmpty):
        clean_message(text)


def test_the_marks_that_turn_the_line_around_are_taken_out() -> None:
    assert clean_message("pay\u202egnp.exe\u2069") == "paygnp.exe"


def test_the_limit_is_in_characters_after_cleaning() -> None:
    assert len(clean_message("\ufdfa" * MAX_MESSAGE)) == MAX_MESSAGE
    assert len(clean_message("x" * MAX_MESSAGE + "\x00  ")) == MAX_MESSAGE
    with pytest.raises(TextTooLong) as refusal:
        clean_message("å" * (MAX_MESSAGE + 1))
    assert "4,001" in refusal.value.message
    assert refusal.value.details == {"limit": MAX_MESSAGE}
    with pytest.raises(TextTooLong):
        clean_message("å" * 100_000)


@pytest.mark.parametrize("address", ["kari@example.no", " o'hara@example.ie ", "øyvind@båt.no"])
def test_plausible_addresses(address: str) -> None:
    assert clean_email(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    [
        "", "kari", "kari@", "@example.no", "kari@example", "a b@example.no", "a@b.no, c@d.no", "a@b@c.no",
        "<kari@example.no>", "kari@example.no\nBcc: all@example.no", "k\x00ari@example.no", "kari@ex\ud800.no",
        "x" * 250 + "@example.no", "kari@example.n",
    ],
)  # fmt: skip
def test_implausible_addresses(address: str) -> None:
    with pytest.raises(BadEmail):
        clean_email(address)


@given(any_text)
def test_a_preview_is_one_line(text: str) -> None:
    line = preview(text)
    assert len(line) <= PREVIEW
    assert line == " ".join(line.split())


def test_a_long_preview_ends_in_a_sign() -> None:
    assert preview("ord " * 100).endswith("ord…")
    assert preview("kort") == "kort"

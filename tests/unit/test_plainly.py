"""A question as it is looked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.plainly import plainly


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("HVAD KOSTER FRAGTEN", "hvad koster fragten"),
        ("VAR ÄR MITT PAKET!!!", "var är mitt paket"),
        ("Hvor er pakken min???", "Hvor er pakken min?"),
        ("tak! og hvad koster fragt?", "hvad koster fragt?"),
        ("tak for hjælpen, men hvornår åbner butikken", "hvornår åbner butikken"),
        ("Hej, hvad koster fragt?", "hvad koster fragt?"),
        ("tack! men hur returnerar jag?", "hur returnerar jag?"),
        ("thanks, and how long does delivery take?", "how long does delivery take?"),
        ("Takk! Men kva kostar frakta?", "kva kostar frakta?"),
        ("Hi! Thanks. Where is it?", "Where is it?"),
    ],
)
def test_shouting_and_courtesy_are_not_looked_for(text: str, asked: str) -> None:
    assert plainly(text) == asked


@pytest.mark.parametrize(
    "text", ["Hvad koster fragten?", "og til Norge?", "hej", "tak", "tak hej", "Takkekort", "DHL GLS", "", "?", "!!"]
)
def test_the_rest_stays_as_it_is(text: str) -> None:
    assert plainly(text) == text


@given(st.text(max_size=200))
def test_something_is_left_of_every_text(text: str) -> None:
    assert bool(plainly(text).strip()) == bool(text.strip())


def test_marks_piled_on_letters_are_taken_away() -> None:
    assert plainly("w̵h̶e̸r̷e̴ is my parcel") == "where is my parcel"
    assert plainly("på lördag på café") == "på lördag på café"

"""Which language a message is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import LANGUAGES, PRIOR, detect


class Scores:
    """A ranker that says what it is told, and remembers that it was asked."""

    def __init__(self, **scores: float) -> None:
        self.scores = {"en": -50.0, "da": -50.0, "sv": -50.0, "no": -50.0, "nn": -50.0} | scores
        self.asked: list[str] = []

    def rank(self, text: str) -> list[tuple[str, float]]:
        self.asked.append(text)
        return sorted(self.scores.items(), key=lambda pair: -pair[1])


@pytest.mark.parametrize("text", ["", "ok", "hej", "42 ?!", "12345678901234567890", "🙂🙂🙂🙂"])
def test_too_short_to_tell(text: str) -> None:
    ranker = Scores(da=-1)
    assert detect(text, "sv", ranker=ranker) == "sv"
    assert ranker.asked == []


def test_the_language_so_far_has_a_head_start() -> None:
    assert detect("pakken", "nb", ranker=Scores(da=-10.0, no=-10.0 - PRIOR + 0.1)) == "nb"
    assert detect("pakken", "nb", ranker=Scores(da=-10.0, no=-10.0 - PRIOR - 0.1)) == "da"


def test_the_models_norwegian_is_bokmaal() -> None:
    assert detect("pakken", "en", ranker=Scores(no=-1.0)) == "nb"


def test_a_site_without_nynorsk_answers_it_in_bokmaal() -> None:
    assert detect("kvifor", "en", ("en", "nb"), Scores(nn=-1.0)) == "nb"
    assert detect("kvifor", "en", ("en", "nb", "nn"), Scores(nn=-1.0)) == "nn"


def test_only_what_the_site_speaks() -> None:
    assert detect("pakken", "en", ("en", "sv"), Scores(da=-1.0, sv=-20.0)) == "sv"
    assert detect("pakken", "en", (), Scores(da=-1.0)) == "en"


def test_a_model_that_does_not_know_says_nothing() -> None:
    assert detect("ΑΒΓΔ", "sv", ranker=Scores()) == "sv"


def test_long_texts_are_cut_before_the_model() -> None:
    ranker = Scores(da=-1.0)
    detect("hvor er min pakke " * 1000, "en", ranker=ranker)
    assert [len(text) for text in ranker.asked] == [500]


# With the real model and English as the language so far: whole sentences must win over the head start.
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is the parcel that I ordered last week?", "en"),
        ("Hvornår kommer pakken, som jeg bestilte i sidste uge?", "da"),
        ("När kommer paketet som jag beställde förra veckan?", "sv"),
        ("Når kommer pakken som jeg bestilte forrige uke, og hvorfor er den ikke sendt?", "nb"),
        ("Når kjem pakken som eg bestilte førre veka, og kvifor er han ikkje send?", "nn"),
    ],
)
def test_the_real_model_follows_a_switch(text: str, language: str) -> None:
    assert detect(text, "en") == language


@given(st.text(st.characters(exclude_categories=()), max_size=60), st.sampled_from(LANGUAGES))
def test_whatever_is_written_gives_a_language_we_have(text: str, prior: str) -> None:
    from conversation.texts import clean_message
    from runtime.errors import BadInput

    try:
        cleaned = clean_message(text)
    except BadInput:
        return
    assert detect(cleaned, prior) in LANGUAGES

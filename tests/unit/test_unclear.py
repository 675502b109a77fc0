"""What says that an answer was not understood, or was not what was asked, and what says more than that."""

from __future__ import annotations

import pytest

from bot import unclear
from bot.folding import fold, literals
from bot.policy import NOTHING, HandOff, Offer, Past, Remark, asks_instead, before_search, instead
from bot.unclear import is_unclear
from conversation.events import Reason
from tests.unit.test_leaning import of
from tests.unit.test_phrases import demo

SAYS_SO = """
    I don't understand; I dont understand; sorry, I still don't get it; what do you mean?; Huh?; that makes no sense;
    That's not what I asked; no, that wasn't it; you didn't answer my question; can you explain?; I'm confused;
    jeg forstår ikke; Det forstår jeg ikke; jeg forstår ikke hvad du mener; hvad mener du?; nej det var ikke det;
    det var ikke det, jeg spurgte om; det giver ingen mening; kan du forklare det igen?; hvad?; jeg fatter det ikke;
    förstår inte; jag förstår inte; det fattar jag inte; vad menar du?; nej, det var inte det jag frågade; hur menar du;
    jag hänger inte med; det svarar inte på min fråga; va?;
    det skjønte jeg ikke; jeg skjønner ikke; skjønner ikke hva du mener; hva mener du; hæ?; det var ikke det jeg spurte
    om; jeg mente noe annet; det gir ikke mening;
    eg skjønar ikkje; det skjøna eg ikkje; kva meiner du?; det var ikkje det eg spurde om; eg forstår ikkje heilt;
    Hva? Det skjønte jeg ikke
    """
SAYS_MORE = """
    I don't understand how to return a tent; what do you mean by free delivery?; I don't get my parcel; I didn't get it;
    I didn't get anything; jeg forstår
    ikke, hvordan jeg returnerer; hvad betyder komforttemperatur?; jag förstår inte hur man byter storlek; jeg
    skjønner ikke hvordan jeg betaler; eg skjønar ikkje kvar pakka er; du forstår ikke; what is a return label?;
    that's not my parcel; det var ikke min pakke; feil vare; not what I ordered; det er ikke den jeg bestilte;
    hva koster frakten; nej; no
    """


@pytest.mark.parametrize("text", of(SAYS_SO))
def test_what_says_no_more_than_that(text: str) -> None:
    assert is_unclear(text)
    assert is_unclear(text.upper())


@pytest.mark.parametrize("text", of(SAYS_MORE))
def test_what_says_something_else(text: str) -> None:
    assert not is_unclear(text)


def test_no_question_of_the_demo_is_taken_for_it() -> None:
    assert not [question["text"] for question in demo() if is_unclear(question["text"])]


def test_the_words_are_folded_already() -> None:
    for lists in (unclear.NOT_UNDERSTOOD, unclear.WHAT, unclear.UNCLEAR, unclear.NOT_THAT):
        assert lists.keys() == {"en", "da", "sv", "nb", "nn"}
        assert [phrase for phrase in literals(*lists.values()) if fold(phrase) != phrase] == []


def test_first_something_else_then_a_person() -> None:
    answered = Past(turns=1, question="hvad koster fragten?", article="delivery-cost")
    assert before_search("hvad mener du?", answered) is None
    assert asks_instead("hvad mener du?", answered)
    assert asks_instead("nej, det er det ikke", answered)
    assert not asks_instead("nej", answered)
    assert instead(())[0] == Offer((), instead=True)
    offered = Past(misses=1, turns=2, question="hvad koster fragten?", offered=("express-delivery",))
    decided = before_search("jeg forstår ikke", offered)
    assert decided is not None
    assert decided[0] == HandOff(Reason.AMBIGUOUS)
    alone = before_search("jeg forstår ikke", NOTHING)
    assert alone is not None
    assert alone[0] == Remark("help")


@pytest.mark.parametrize(("text", "unclear_"), [("??", True), ("?!", True), ("...", False), ("👍", False), ("", False)])
def test_question_marks_alone(text: str, unclear_: bool) -> None:
    assert is_unclear(text) is unclear_

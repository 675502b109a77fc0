"""What the assistant does with a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy import (
    CHOICES,
    MISSES,
    NOTHING,
    QUIET_TURNS,
    Answer,
    Candidate,
    HandOff,
    Offer,
    Past,
    Remark,
    Thresholds,
    before_search,
    decide,
    outcome,
    read,
)
from conversation.events import Reason

THRESHOLDS = Thresholds(answer=0.8, offer=0.3)


def hits(*certainties: float) -> list[Candidate]:
    return [Candidate(f"article-{n}", "en", f"Article {n}", value) for n, value in enumerate(certainties)]


def test_a_sure_hit_is_the_answer() -> None:
    assert decide(hits(0.8, 0.79), THRESHOLDS, Past(misses=9)) == (Answer(hits(0.8)[0]), "")


def test_near_hits_are_offered_by_title_and_nothing_below_the_floor() -> None:
    assert decide(hits(0.79, 0.5, 0.3, 0.29), THRESHOLDS)[0] == Offer(tuple(hits(0.79, 0.5, 0.3)))
    assert decide(hits(0.7, 0.6, 0.5, 0.4), THRESHOLDS)[0] == Offer(tuple(hits(0.7, 0.6, 0.5)))
    assert decide(hits(0.29), THRESHOLDS)[0] == Offer(())
    assert decide([], THRESHOLDS)[0] == Offer(())


def test_the_third_miss_brings_a_person() -> None:
    assert isinstance(decide(hits(0.5), THRESHOLDS, Past(misses=MISSES - 1))[0], Offer)
    many = Past(misses=MISSES)
    assert decide(hits(0.5), THRESHOLDS, many)[0] == HandOff(Reason.AMBIGUOUS)
    assert decide(hits(0.1), THRESHOLDS, many)[0] == HandOff(Reason.MISSING_KNOWLEDGE)
    assert decide([], THRESHOLDS, many) == (
        HandOff(Reason.MISSING_KNOWLEDGE), f"{MISSES} questions before without an answer",
    )  # fmt: skip


@given(st.lists(st.floats(0, 1), max_size=8), st.integers(0, 5))
def test_nothing_is_answered_below_the_threshold(certainties: list[float], misses: int) -> None:
    candidates = hits(*sorted(certainties, reverse=True))
    match decide(candidates, THRESHOLDS, Past(misses=misses))[0]:
        case Answer(candidate):
            assert candidate.certainty >= THRESHOLDS.answer
            assert candidate == candidates[0]
        case Offer(choices):
            assert misses < MISSES
            assert len(choices) <= CHOICES
            assert all(THRESHOLDS.offer <= choice.certainty < THRESHOLDS.answer for choice in choices)
        case HandOff():
            assert misses >= MISSES
            assert all(candidate.certainty < THRESHOLDS.answer for candidate in candidates)
        case decision:
            pytest.fail(f"{decision} is no answer to a question")


# -- the same again ---------------------------------------------------------------------------------------------

ASKED = "How do I return a tent?"
AFTER = Past(turns=1, question=ASKED, article="article-0")


def test_the_article_just_given_is_not_given_again() -> None:
    decision, note = decide(hits(0.9, 0.5), THRESHOLDS, AFTER, "returning tents, how?")
    assert decision == Offer((hits(0.9, 0.5)[1],), again=True)
    assert note == "the same article as just before"
    assert decide(hits(0.9), THRESHOLDS, AFTER, ASKED)[0] == Offer((), again=True)


def test_another_article_is_given_and_one_with_an_action_runs_again() -> None:
    other = Past(turns=1, question=ASKED, article="article-7")
    assert decide(hits(0.9), THRESHOLDS, other, ASKED)[0] == Answer(hits(0.9)[0])
    assert decide(hits(0.9), THRESHOLDS, AFTER, ASKED, repeats=False)[0] == Answer(hits(0.9)[0])


def test_after_an_offer_of_others_the_same_again_goes_to_people() -> None:
    past = Past(misses=1, turns=2, question=ASKED, article="article-0")
    assert decide(hits(0.9), THRESHOLDS, past, "how do I return the tent")[0] == HandOff(Reason.NEGATIVE_SENTIMENT)
    assert decide(hits(0.9), THRESHOLDS, past, "sending it back?")[0] == HandOff(Reason.LOW_CONFIDENCE)


def test_a_choice_that_is_not_made_goes_to_people() -> None:
    past = Past(misses=1, turns=1, question="tents", offered=("article-0", "article-1"))
    assert decide(hits(0.5, 0.4), THRESHOLDS, past, "which tent")[0] == HandOff(Reason.AMBIGUOUS)
    assert isinstance(decide(hits(0.5, 0.4, 0.35), THRESHOLDS, past, "a new one among them")[0], Offer)
    assert before_search("nej, ingen af dem", past) == (HandOff(Reason.AMBIGUOUS), "none of the offered ones")
    assert before_search("nej, ingen af dem") is None


# -- why people take over ---------------------------------------------------------------------------------------


def why(text: str, past: Past = NOTHING) -> Reason | None:
    found = before_search(text, past)
    return found[0].reason if found is not None and isinstance(found[0], HandOff) else None


def test_what_needs_no_search() -> None:
    assert before_search("I want to talk to a person") == (HandOff(Reason.CUSTOMER_REQUEST), "asks for a person")
    assert before_search("Hej!") == (Remark("greeting"), "greeting")
    assert before_search("tusen takk") == (Remark("thanks"), "thanks")
    assert before_search("er du en robot?") == (Remark("robot"), "robot")
    assert before_search("Hei, hvor er pakken min?") is None
    assert before_search("") is None


def test_a_greeting_with_a_wish_is_the_wish() -> None:
    assert why("Hej, jeg vil gerne tale med et menneske. Tak") is Reason.CUSTOMER_REQUEST


def test_upset_words_are_enough_and_loud_ones_only_after_a_turn() -> None:
    past = Past(turns=1, question="hvor er pakken min")
    assert before_search("det hjelper ikke") == (HandOff(Reason.NEGATIVE_SENTIMENT), "says 'det hjelper ikke'")
    assert why("hva faen") is Reason.NEGATIVE_SENTIMENT
    assert why("HVOR ER PAKKEN MIN???") is None
    assert why("HVOR ER PAKKEN MIN???", past) is Reason.NEGATIVE_SENTIMENT
    assert why("hvor er pakken min???", past) is Reason.NEGATIVE_SENTIMENT, "repeated marks and the same again"
    assert why("Kan jeg bytte teltet???", past) is None, "another question, one sign"


def test_lawyers_need_no_search_and_a_complaint_no_second_offer() -> None:
    assert why("You will hear from my lawyer") is Reason.COMPLAINT
    assert why("Hvordan klager jeg?") is None
    assert decide(hits(0.9), THRESHOLDS, NOTHING, "Hvordan klager jeg?")[0] == Answer(hits(0.9)[0])
    assert decide(hits(0.5), THRESHOLDS, NOTHING, "Hvordan klager jeg?")[0] == HandOff(Reason.COMPLAINT)
    assert decide(hits(0.5), THRESHOLDS, NOTHING, "Jeg vil klage")[0] == HandOff(Reason.COMPLAINT)


def test_many_turns_without_help() -> None:
    assert why("Hvor er pakken?", Past(turns=10)) is Reason.MAX_TURNS
    assert why("Hvor er pakken?", Past(turns=9)) is None
    assert why("tak", Past(turns=10)) is None
    assert before_search("Hvor er pakken?", Past(turns=100), max_turns=0) is None


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        (Reason.NEGATIVE_SENTIMENT, "det hjelper ikke"),
        (Reason.COMPLAINT, "You will hear from my lawyer"),
        (Reason.AMBIGUOUS, "none of these"),
    ],
)
def test_after_a_hand_back_the_same_cause_waits(cause: Reason, text: str) -> None:
    """H4."""
    back = Past(turns=1, cause=cause.value, back_turns=QUIET_TURNS - 1, offered=("article-0",))
    assert why(text, back) is None
    assert why(text, Past(turns=2, cause=cause.value, back_turns=QUIET_TURNS, offered=("article-0",))) is cause
    assert why(text, Past(turns=1, cause="max_turns", offered=("article-0",))) is cause, "another cause does not wait"
    assert why("snakke med et menneske", back) is Reason.CUSTOMER_REQUEST, "their own wish always counts"


def test_the_message_that_people_gave_back_is_not_handed_over_again() -> None:
    back = Past(given_back=True, cause="customer_request")
    assert why("I want to talk to a person", back) is None
    assert isinstance(decide(hits(0.5), THRESHOLDS, back, "Jeg vil klage")[0], Offer)


def test_a_plain_question_needs_nothing_but_the_search() -> None:
    assert read("Hvor er min pakke?").is_plain
    for text in (
        "I want a human", "hej", "det hjælper ikke", "jeg vil klage", "og til Norge?", "HVOR ER MIN PAKKE",
        "Hvor er min pakke? Kan jeg bytte teltet?",
    ):  # fmt: skip
        assert not read(text).is_plain, text


def test_decisions_have_names() -> None:
    names = [outcome(one) for one in (Answer(hits(1)[0]), Offer(()), HandOff(Reason.COMPLAINT), Remark("thanks"))]
    assert names == ["answer", "offer", "hand_over", "remark"]


@pytest.mark.parametrize("text", ["ja", "yes", "Japp", "jepp", "jau"])
def test_a_yes_to_nothing_is_asked_what_it_is_about(text: str) -> None:
    assert before_search(text) == (Remark("help"), "a yes to nothing that was asked")
    after = before_search(text, Past(article="a"))
    assert after is not None
    assert after[0] == Remark("ok")
    assert before_search(text, Past(offered=("a", "b"))) is None


@pytest.mark.parametrize("text", ["nej", "no", "nei", "nope"])
def test_a_no_to_nothing_is_let_be(text: str) -> None:
    found = before_search(text)
    assert found is not None
    assert found[0] == Remark("ok")
    assert before_search(text, Past(article="a")) is None, "the answer did not help"

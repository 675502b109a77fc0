"""What the assistant does with a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy import (
    CHOICES,
    MISSES,
    Answer,
    Candidate,
    HandOff,
    Offer,
    Remark,
    Thresholds,
    before_search,
    decide,
    outcome,
)
from conversation.events import Reason

THRESHOLDS = Thresholds(answer=0.8, offer=0.3)


def hits(*certainties: float) -> list[Candidate]:
    return [Candidate(f"article-{n}", "en", f"Article {n}", value) for n, value in enumerate(certainties)]


def test_a_sure_hit_is_the_answer() -> None:
    assert decide(hits(0.8, 0.79), THRESHOLDS, misses=9) == Answer(hits(0.8)[0])


def test_near_hits_are_offered_by_title_and_nothing_below_the_floor() -> None:
    assert decide(hits(0.79, 0.5, 0.3, 0.29), THRESHOLDS, misses=0) == Offer(tuple(hits(0.79, 0.5, 0.3)))
    assert decide(hits(0.7, 0.6, 0.5, 0.4), THRESHOLDS, misses=0) == Offer(tuple(hits(0.7, 0.6, 0.5)))
    assert decide(hits(0.29), THRESHOLDS, misses=0) == Offer(())
    assert decide([], THRESHOLDS, misses=0) == Offer(())


def test_the_third_miss_brings_a_person() -> None:
    assert isinstance(decide(hits(0.5), THRESHOLDS, MISSES - 1), Offer)
    assert decide(hits(0.5), THRESHOLDS, MISSES) == HandOff(Reason.AMBIGUOUS)
    assert decide(hits(0.1), THRESHOLDS, MISSES) == HandOff(Reason.MISSING_KNOWLEDGE)
    assert decide([], THRESHOLDS, MISSES) == HandOff(Reason.MISSING_KNOWLEDGE)


@given(st.lists(st.floats(0, 1), max_size=8), st.integers(0, 5))
def test_nothing_is_answered_below_the_threshold(certainties: list[float], misses: int) -> None:
    candidates = hits(*sorted(certainties, reverse=True))
    match decide(candidates, THRESHOLDS, misses):
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


def test_what_needs_no_search() -> None:
    assert before_search("I want to talk to a person") == HandOff(Reason.CUSTOMER_REQUEST)
    assert before_search("Hej!") == Remark("greeting")
    assert before_search("tusen takk") == Remark("thanks")
    assert before_search("Hei, hvor er pakken min?") is None
    assert before_search("") is None


def test_a_greeting_with_a_wish_is_the_wish() -> None:
    assert before_search("Hej, jeg vil gerne tale med et menneske. Tak") == HandOff(Reason.CUSTOMER_REQUEST)


def test_decisions_have_names() -> None:
    names = [outcome(one) for one in (Answer(hits(1)[0]), Offer(()), HandOff(Reason.COMPLAINT), Remark("thanks"))]
    assert names == ["answer", "offer", "hand_over", "remark"]

"""Ratings: when to ask, and what they add up to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.csat import FEWEST, csat, may_rate, wilson
from conversation.machine import BOT, NOBODY, State, Status


@pytest.mark.parametrize("status", Status)
def test_a_rating_is_asked_for_when_it_is_over(status: Status) -> None:
    over = status in (Status.RESOLVED, Status.CLOSED)
    assert may_rate(State(status, NOBODY if over else BOT)) is over


def test_a_rating_is_asked_for_once_and_only_of_those_who_spoke() -> None:
    state = State(Status.RESOLVED, NOBODY)
    assert not may_rate(state._replace(rated=3))
    assert not may_rate(state, customer_spoke=False)


# From the published tables of Wilson's interval (Newcombe 1998, table 1: 81/263 and 0/20 and 1/29), method 3.
@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(81, 263, 0.2553, 0.3662), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
)
def test_wilson_as_published(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_nothing_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share(counts: tuple[int, int]) -> None:
    hits, n = counts
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1
    assert wilson(n - hits, n) == pytest.approx((1 - high, 1 - low))


def test_the_score_is_the_share_of_fours_and_fives() -> None:
    result = csat([5, 4, 4, 3, 2, 1, 5, 5, 4, 5], asked=40)
    assert (result.answers, result.asked, result.score) == (10, 40, 0.7)
    assert (result.low, result.high) == wilson(7, 10)


def test_no_score_from_a_handful() -> None:
    result = csat([5] * (FEWEST - 1), asked=12)
    assert (result.answers, result.score, result.low, result.high) == (9, None, None, None)

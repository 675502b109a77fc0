"""Exact bounds against the published table and scipy, and how often they are wrong."""

from __future__ import annotations

import bisect
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import bounds

# Labelled answers needed with so many wrong ones, by target: docs/quality.md.
TABLE = {
    0.01: {0: 299, 1: 473, 2: 628, 3: 773, 5: 1049},
    0.02: {0: 149, 1: 236, 2: 313, 3: 386, 5: 523},
    0.05: {0: 59, 1: 93, 2: 124, 3: 153, 5: 208},
}


@pytest.mark.parametrize("target", TABLE)
def test_labels_needed_are_those_of_the_table(target: float) -> None:
    assert {wrong: bounds.needed(target, wrong) for wrong in TABLE[target]} == TABLE[target]


@pytest.mark.parametrize("target", TABLE)
def test_one_label_less_does_not_prove_it(target: float) -> None:
    for wrong, answered in TABLE[target].items():
        assert bounds.bound(wrong, answered) <= target < bounds.bound(wrong, answered - 1)


@given(st.integers(1, 5000), st.data())
def test_bounds_are_those_of_scipy(answered: int, data: st.DataObject) -> None:
    stats = pytest.importorskip("scipy.stats")
    wrong = data.draw(st.integers(0, answered))
    upper = 1.0 if wrong == answered else stats.beta.ppf(0.95, wrong + 1, answered - wrong)
    assert math.isclose(bounds.bound(wrong, answered), upper, rel_tol=1e-9, abs_tol=1e-12)


@given(st.integers(0, 400), st.integers(0, 400), st.floats(0.001, 0.999))
def test_holds_agrees_with_the_bound(wrong: int, right: int, target: float) -> None:
    upper = bounds.bound(wrong, wrong + right)
    if abs(upper - target) > 1e-9:
        assert bounds.holds(wrong, wrong + right, target) == (upper <= target)


def test_without_labels_nothing_is_known() -> None:
    assert bounds.bound(0, 0) == 1.0
    with pytest.raises(ValueError, match="cannot be"):
        bounds.bound(3, 2)
    with pytest.raises(ValueError, match="between 0 and 1"):
        bounds.needed(1.0, 0)


def test_zero_and_one_are_certain() -> None:
    assert bounds.at_most(0, 10, 0.0) == 1.0
    assert bounds.at_most(0, 10, 1.0) == 0.0
    assert bounds.at_most(10, 10, 0.5) == 1.0


@pytest.mark.parametrize("target", [0.01, 0.02, 0.05])
def test_whoever_keeps_the_target_is_hardly_ever_contradicted(target: float) -> None:
    """Wrong exactly as often as is allowed, and looked at after each of a thousand labels."""
    chance = random.Random(7)  # noqa: S311 - a simulation, the same each time
    places, alarms = 400, 0
    for _ in range(places):
        wrong = 0
        for answered in range(1, 1_001):
            if chance.random() < target:
                wrong += 1
                if bounds.contradicts(wrong, answered, target):
                    alarms += 1
                    break
    assert alarms / places <= 0.05


def test_one_wrong_answer_contradicts_nothing_and_many_soon_do() -> None:
    assert not bounds.contradicts(1, 1, 0.02)
    assert not bounds.contradicts(2, 2, 0.02)
    assert bounds.contradicts(3, 10, 0.02)
    assert not bounds.contradicts(3, 60, 0.02)
    assert bounds.contradicts(8, 80, 0.02)


@given(st.integers(149, 3000), st.sampled_from([0.02, 0.05]))
def test_one_look_certifies_falsely_no_more_often_than_it_says(answered: int, target: float) -> None:
    """By the exact chance, not by counting: at a share just above the target the proof succeeds in at most 5 %."""
    most = bisect.bisect(range(answered), 0, key=lambda wrong: not bounds.holds(wrong, answered, target)) - 1
    assert bounds.at_most(most, answered, target) <= 0.05

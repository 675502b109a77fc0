"""The customer's token bucket, as it stands in the conversation's row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.pace import spend
from runtime.errors import TooMany
from runtime.limits import SKEW_MS

NOW = 1_800_000_000_000


def test_a_burst_and_then_the_rate() -> None:
    spent = 0.0
    for _ in range(3):
        spent = spend(spent, NOW, NOW, 0.5, 3)
    with pytest.raises(TooMany) as refusal:
        spend(spent, NOW, NOW, 0.5, 3)
    assert refusal.value.retry_after == 2.0
    assert spend(spent, NOW, NOW + 2_000, 0.5, 3) == 3.0
    with pytest.raises(TooMany):
        spend(spent, NOW, NOW + 1_900, 0.5, 3)


def test_a_bucket_that_rests_is_full_again() -> None:
    assert spend(3.0, NOW, NOW + 3_600_000, 0.5, 3) == 1.0


def test_a_clock_a_little_behind_gives_nothing_away_and_one_far_behind_does_not_freeze() -> None:
    with pytest.raises(TooMany):
        spend(3.0, NOW, NOW - SKEW_MS, 0.5, 3)
    assert spend(3.0, NOW, NOW - SKEW_MS - 1, 0.5, 3) == 1.0


@given(
    steps=st.lists(st.integers(0, 5_000), max_size=60),
    rate=st.sampled_from([0.1, 1.0, 5.0]),
    burst=st.sampled_from([1.0, 3.0, 10.0]),
)
def test_never_more_than_the_burst_and_what_flowed_in(steps: list[int], rate: float, burst: float) -> None:
    spent, at, now, taken = 0.0, 0, NOW, 0
    waits: list[float] = []
    for step in steps:
        now += step
        try:
            spent, at = spend(spent, at, now, rate, burst), now
            taken += 1
        except TooMany as refusal:
            waits.append(refusal.retry_after)
    assert all(0 < wait <= 1 / rate + 1e-9 for wait in waits)
    assert taken <= burst + (now - NOW) / 1000 * rate + 1e-6

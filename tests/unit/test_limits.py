"""Token buckets, against a plain count of what was let through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.limits import Bucket, Buckets, household


def test_a_burst_then_a_steady_flow() -> None:
    bucket = Bucket(rate=2, burst=3)
    assert [bucket.take(10) for _ in range(3)] == [0, 0, 0]
    assert bucket.take(10) == pytest.approx(0.5)
    assert bucket.take(10.25) == pytest.approx(0.25)
    assert bucket.take(10.5) == 0
    assert bucket.take(1000) == 0
    assert [bucket.take(1000) for _ in range(2)] == [0, 0]
    assert bucket.take(1000) > 0


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    bucket = Bucket(rate=1, burst=1)
    assert bucket.take(100) == 0
    assert bucket.take(50) > 0
    assert bucket.take(100.5) == pytest.approx(0.5)


@given(
    st.floats(0.1, 50),
    st.integers(1, 20),
    st.lists(st.floats(0, 5), min_size=1, max_size=60),
)
def test_never_more_than_burst_plus_rate_times_time(rate: float, burst: int, pauses: list[float]) -> None:
    bucket, now, taken = Bucket(rate, burst), 0.0, 0
    for pause in pauses:
        now += pause
        wait = bucket.take(now)
        assert wait >= 0
        if wait == 0:
            taken += 1
        else:
            assert bucket.level_at(now + wait) >= 1 - 1e-6
        assert taken <= burst + rate * now + 1e-6


def test_keys_do_not_share_and_may_be_forgiven() -> None:
    buckets = Buckets(rate=1, burst=1)
    assert buckets.take("a", 0) == 0
    assert buckets.take("a", 0) == 1
    assert buckets.take("b", 0) == 0
    buckets.give_back("a")
    buckets.give_back("never seen")
    assert buckets.take("a", 0) == 0


def test_memory_is_bounded_and_those_who_tried_too_often_are_kept() -> None:
    buckets = Buckets(rate=1, burst=2, most=10)
    for _ in range(2):
        buckets.take("attacker", 0)
    for key in range(9):
        buckets.take(key, 0)
    assert buckets.take("new", 1) == 0, "the others are full again, and dropped"
    assert "attacker" in buckets.held
    for key in range(1000):
        buckets.take(("flood", key), 1)
        assert len(buckets.held) <= 10


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_an_ipv6_line_counts_as_one_address(address: str, counts_as: str) -> None:
    assert household(address) == counts_as

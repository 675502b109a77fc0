"""Buckets that all workers share, on both databases: against a bucket of one process, and with several at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from runtime import clock, shared_limits
from runtime.accounts import BadCredentials, create_account
from runtime.auth import SignInGate
from runtime.db import Database
from runtime.errors import TooMany
from runtime.limits import SKEW_MS, Bucket, refilled
from runtime.settings import Settings
from tests.shop import new_database, processes

pytestmark = pytest.mark.anyio
EMAIL, PASSWORD = "kim@lyngvidde.dk", "blaabaer-og-birk"

SignIn = Callable[[str, str, str], Awaitable[object]]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time that verbs see, in milliseconds; a test sets it."""
    now = [1_000_000]
    monkeypatch.setattr(clock, "now_ms", lambda: now[0])
    return now


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    db = new_database(database_url)
    yield db
    db.engine.dispose()


def rows(db: Database) -> int:
    with db.engine.connect() as connection:
        count: int = connection.execute(sa.text("SELECT count(*) FROM bucket")).scalar_one()
    return count


def test_a_burst_a_steady_flow_and_what_is_given_back(db: Database, at: list[int]) -> None:
    def take() -> float:
        return db.write_now(shared_limits.take, ["a"], 2, 3)

    assert [take() for _ in range(3)] == [0, 0, 0]
    assert take() == pytest.approx(0.5)
    at[0] += 500
    assert (take(), take() > 0) == (0, True)
    db.write_now(shared_limits.refund, "a", 3)
    assert (take(), take() > 0) == (0, True)
    db.write_now(shared_limits.give_back, "a")
    assert [take() for _ in range(3)] == [0, 0, 0]
    assert take() > 0
    db.write_now(shared_limits.refund, "never used", 3)
    assert db.write_now(shared_limits.take, ["never used"], 2, 3) == 0


def test_whoever_is_stopped_by_the_first_key_uses_nothing_of_the_second(db: Database, at: list[int]) -> None:
    for _ in range(5):
        db.write_now(shared_limits.take, ["one address", "the account"], 1, 2)
    assert db.write_now(shared_limits.take, ["another address", "the account"], 1, 2) > 0
    at[0] += 1000
    assert db.write_now(shared_limits.take, ["a third address", "the account"], 1, 2) == 0


def test_a_clock_that_steps_back_an_hour_neither_freezes_nor_gives(db: Database, at: list[int]) -> None:
    for _ in range(3):
        db.write_now(shared_limits.take, ["a"], 1, 3)
    at[0] -= 3_600_000
    assert db.write_now(shared_limits.take, ["a"], 1, 3) == pytest.approx(1)
    at[0] += 1000
    assert db.write_now(shared_limits.take, ["a"], 1, 3) == 0
    assert db.write_now(shared_limits.take, ["a"], 1, 3) > 0


def test_full_buckets_are_swept_and_no_others(db: Database, at: list[int]) -> None:
    db.write_now(shared_limits.take, ["sign-in a", "other a"], 1, 10)
    at[0] += 9_000
    db.write_now(shared_limits.take, ["sign-in b"], 1, 10)
    at[0] += 2_000
    assert db.write_now(shared_limits.sweep, "sign-in ", 1, 10) == 1
    assert rows(db) == 2
    at[0] -= 3_600_000  # what was written in the future of this clock can be of no use to it
    assert db.write_now(shared_limits.sweep, "sign-in ", 1, 10) == 1
    assert rows(db) == 1


@given(
    steps=st.lists(st.integers(0, 3000), max_size=40), rate=st.sampled_from([0.1, 1.0, 7.0]), burst=st.integers(1, 5)
)
def test_it_refills_as_a_bucket_of_one_process_does(steps: list[int], rate: float, burst: int) -> None:
    bucket, level, at, now = Bucket(rate, burst), float(burst), 0, 0
    for step in steps:
        now += step
        level, at = refilled(level, at, now, rate, burst)
        if abs(level - 1) > 1e-6:  # on the edge, rounding decides
            assert (bucket.take(now / 1000) == 0) == (level >= 1)
            level -= level >= 1
        else:
            return


@given(st.floats(0, 10), st.integers(0, 10**13), st.integers(0, 10**13))
def test_no_clock_makes_more_than_a_burst_or_less_than_there_was(level: float, at: int, now: int) -> None:
    then, stands = refilled(level, at, now, 1, 10)
    assert min(10, level) <= then <= 10
    assert stands <= now + SKEW_MS


async def test_workers_at_once_give_out_no_token_twice(database_url: str) -> None:
    async with processes(database_url, 3) as databases:
        waits = await asyncio.gather(
            *(databases[number % 3].write(shared_limits.take, ["x", "y"], 0.001, 10) for number in range(60))
        )
        assert waits.count(0) == 10


@pytest.fixture
async def doors(database_url: str, settings: Settings) -> AsyncIterator[list[SignIn]]:
    """Two workers' sign-in, for Kim's account."""
    async with processes(database_url, 2) as databases:
        databases[0].write_now(create_account, EMAIL, "Kim", "admin", PASSWORD)
        yield [partial(SignInGate(settings).sign_in, db) for db in databases]


async def test_guesses_are_counted_over_all_workers(doors: list[SignIn], settings: Settings) -> None:
    async def guess(number: int, address: str, password: str = PASSWORD[1:], email: str = EMAIL) -> None:
        await doors[number % 2](address, email, password)

    for number in range(settings.login_tries):
        with pytest.raises(BadCredentials):
            await guess(number, "10.0.0.1")
    for number in range(2):
        with pytest.raises(TooMany):
            await guess(number, "10.0.0.1")
    with pytest.raises(TooMany):
        await guess(1, "10.0.0.2", PASSWORD)  # by account, from an address that has done nothing
    for number in range(settings.login_tries + 2):  # by address, whatever the accounts are
        with pytest.raises(BadCredentials if number < settings.login_tries else TooMany):
            await guess(number, "10.0.0.3", email=f"person{number}@lyngvidde.dk")


async def test_whoever_knows_the_password_is_not_slowed_down(doors: list[SignIn], settings: Settings) -> None:
    for number in range(settings.login_tries + 3):
        await doors[number % 2]("10.0.0.1", EMAIL, PASSWORD)

"""Several workers on one database: who is alive, and who is here."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from runtime import workers
from runtime.db import Database
from runtime.presence import Presence
from runtime.workers import DEAD_S, Workers, bury_others, is_gone, process_name
from tests.shop import processes

pytestmark = pytest.mark.anyio


class Watch:
    """A clock that a test sets."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def worker(db: Database, clock: Callable[[], float], name: str = "somewhere else") -> Workers:
    return Workers(db, name=name, now_s=clock)


async def acquainted(one: Database, two: Database, clock: Callable[[], float]) -> tuple[Workers, Workers]:
    """Two workers that know of each other."""
    first, second = worker(one, clock), worker(two, clock)
    for each in (first, second, first):
        await each.look()
    return first, second


async def test_workers_see_each_other_and_who_retires_is_gone_at_once(database_url: str) -> None:
    async with processes(database_url, 2) as (one, two):
        clock = Watch()
        first, second = worker(one, clock), worker(two, clock)
        assert first.alive() == {first.id}, "itself always, before any look"
        await first.start()
        await second.start()
        assert second.alive() == {first.id, second.id}
        await first.look()
        assert (first.alive(), first.count) == ({first.id, second.id}, 2)
        await second.stop()
        await first.look()
        assert (first.alive(), first.count) == ({first.id}, 1)
        await first.stop()
        with one.engine.connect() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM worker")).scalar_one() == 0


async def test_whose_beat_stands_still_is_dead_and_buried(database_url: str) -> None:
    async with processes(database_url) as (db,):
        clock = Watch()
        observer, silent, busy = worker(db, clock), worker(db, clock), worker(db, clock)
        for one in (observer, silent, busy):
            await one.look()
        await observer.look()
        for _ in range(int(DEAD_S / 2)):
            assert silent.id in observer.alive()
            clock.now_s += 2
            await busy.look()
            await observer.look()
        assert observer.alive() == {observer.id, busy.id}
        await observer.look()
        with db.engine.connect() as connection:
            ids = set(connection.execute(sa.text("SELECT id FROM worker")).scalars())
        assert ids == {observer.id, busy.id}
        assert silent.lives == 1
        await silent.look()  # it was only very slow
        assert silent.lives == 2
        await observer.look()
        assert silent.id in observer.alive()


async def test_who_could_not_look_takes_nobody_for_dead(database_url: str) -> None:
    """The database was gone for a minute: no beat could grow, and nobody could see one."""
    async with processes(database_url) as (db,):
        clock = Watch()
        observer, other = worker(db, clock), worker(db, clock)
        await observer.look()
        await other.look()
        await observer.look()
        clock.now_s += 60
        await observer.look()
        assert other.id in observer.alive()


async def test_a_fault_that_nobody_thought_of_does_not_end_the_beats(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "BEAT_S", 0.01)
    looks: list[int] = []
    again = asyncio.Event()

    async def broken(_: Workers) -> None:
        looks.append(1)
        if len(looks) > 1:
            again.set()
        raise KeyError("conversation")

    monkeypatch.setattr(Workers, "look", broken)
    beating = asyncio.create_task(worker(Database(database_url), Watch())._beat())
    await asyncio.wait_for(again.wait(), 10)
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)


@pytest.fixture
def ended() -> str:
    """The name of a process that was."""
    say = "from runtime.workers import process_name; print(process_name())"
    environment = {**os.environ, "PYTHONPATH": "."}
    return subprocess.run(
        [sys.executable, "-c", say], capture_output=True, text=True, check=True, env=environment
    ).stdout.strip()


async def test_a_process_of_this_machine_that_has_ended_is_dead_without_waiting(database_url: str, ended: str) -> None:
    assert is_gone(ended)
    assert not is_gone(process_name())
    assert not is_gone("elsewhere 1 2 3")
    assert not is_gone("what somebody wrote")
    async with processes(database_url) as (db,):
        clock = Watch()
        await worker(db, clock, ended).look()
        observer = worker(db, clock)
        await observer.start()
        assert observer.alive() == {observer.id}
        await observer.stop()


async def test_whoever_is_alone_buries_the_others_and_beats_no_more(database_url: str) -> None:
    async with processes(database_url) as (db,):
        await worker(db, Watch()).look()
        alone = Workers(db, alone=True)
        await alone.start()
        assert alone.alive() == {alone.id}
        with db.engine.connect() as connection:
            assert connection.execute(sa.text("SELECT id, beat FROM worker")).all() == [(alone.id, 1)]
        await alone.stop()


async def test_two_who_bury_the_same_one_do_not_fail(database_url: str) -> None:
    async with processes(database_url, 2) as (one, two):
        clock = Watch()
        first, second, silent = worker(one, clock), worker(two, clock), worker(one, clock)
        for each in (silent, first, second, first, second):
            await each.look()
        for _ in range(6):
            clock.now_s += 2
            await asyncio.gather(first.look(), second.look())
        await asyncio.gather(first.look(), second.look())
        assert first.alive() == second.alive() == {first.id, second.id}


# -- presence ------------------------------------------------------------------------------------------------


async def test_sockets_of_all_workers_are_counted(database_url: str) -> None:
    async with processes(database_url, 2) as (one, two):
        first, second = await acquainted(one, two, Watch())
        here, there = Presence(one, first), Presence(two, second)
        for _ in range(3):
            here.join("address", "10.0.0.1")
        there.join("address", "10.0.0.1")
        there.join("account", "a1")
        there.join("conversation", 7)
        assert (here.count("address", "10.0.0.1"), there.count("address", "10.0.0.1")) == (3, 1)
        there.count("conversation", 7)
        await here.exchange()
        await there.exchange()
        await here.exchange()
        assert (here.count("address", "10.0.0.1"), there.count("address", "10.0.0.1")) == (4, 4)
        assert here.count("account", "a1") == 0, "nobody had asked for this kind: it was not read"
        assert (there.count("conversation", 7), there.count("address", "10.0.0.2")) == (1, 0)
        await here.exchange()
        assert here.count("account", "a1") == 1

        for _ in range(2):
            here.leave("address", "10.0.0.1")
        there.leave("address", "10.0.0.1")
        for each in (here, there, here):
            await each.exchange()
        assert (here.count("address", "10.0.0.1"), there.count("address", "10.0.0.1")) == (1, 1)


async def test_what_a_dead_worker_said_counts_no_more(database_url: str) -> None:
    async with processes(database_url) as (db,):
        clock = Watch()
        first, second = await acquainted(db, db, clock)
        here, there = Presence(db, first), Presence(db, second)
        there.join("address", "10.0.0.1")
        assert here.count("address", "10.0.0.1") == 0
        await there.exchange()
        await here.exchange()
        assert here.count("address", "10.0.0.1") == 1
        for _ in range(5):
            clock.now_s += 2
            await first.look()
        assert here.count("address", "10.0.0.1") == 0
        await first.look()  # buried now
        with db.engine.connect() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM presence")).scalar_one() == 0

        await second.look()  # it was not dead: its row is new, and it tells everything again
        await first.look()
        await there.exchange()
        await here.exchange()
        assert here.count("address", "10.0.0.1") == 1


async def test_whoever_is_alone_writes_nothing_until_somebody_comes(database_url: str) -> None:
    async with processes(database_url) as (db,):
        clock = Watch()
        first, second = worker(db, clock), worker(db, clock)
        await first.look()
        here = Presence(db, first)
        here.join("address", "10.0.0.1")
        here.join("address", "10.0.0.2")
        here.leave("address", "10.0.0.2")
        await here.exchange()
        with db.engine.connect() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM presence")).scalar_one() == 0
        await second.look()
        await first.look()
        await here.exchange()
        there = Presence(db, second)
        there.count("address", "")
        await there.exchange()
        assert there.count("address", "10.0.0.1") == 1

        await db.write(bury_others, first.id)
        await first.look()
        here.leave("address", "10.0.0.1")
        here.join("address", "10.0.0.3")
        await here.exchange()  # alone again: nobody is told that the first address has left
        await second.look()
        await first.look()
        await here.exchange()
        await there.exchange()
        assert (there.count("address", "10.0.0.1"), there.count("address", "10.0.0.3")) == (0, 1)


async def test_many_sockets_are_told_in_one_write(database_url: str) -> None:
    async with processes(database_url, 2) as (one, two):
        first, second = await acquainted(one, two, Watch())
        here, there = Presence(one, first), Presence(two, second)
        for number in range(2000):
            here.join("address", f"10.0.{number // 250}.{number % 250}")
        writes = 0
        write = one.write

        async def counted(*args: object, **kwargs: object) -> object:
            nonlocal writes
            writes += 1
            return await write(*args, **kwargs)  # type: ignore[arg-type]

        one.write = counted  # type: ignore[method-assign, assignment]
        await here.exchange()
        assert writes == 1
        there.count("address", "")
        await there.exchange()
        assert sum(there.count("address", f"10.0.{n // 250}.{n % 250}") for n in range(2000)) == 2000

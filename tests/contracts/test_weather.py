"""Bad weather on one machine: a full disk, a database that another program holds, a clock that steps back.

In all of it: what was acknowledged is kept, nothing is stored twice or by halves, and it goes on by itself afterwards.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conversation import log, visits
from conversation.log import Logged
from handoff import desk, queue
from runtime import clock, db, engine, transaction
from runtime.bus import LocalBus
from runtime.db import Database, StorageFull, Tx
from runtime.errors import AppError, TooMany, Unavailable
from runtime.transaction import Line
from tests.contracts.kept import check, client_ids
from tests.shop import TOKEN, Shop, new_database

LONG = "x" * 3_000


# -- SQLite: the disk is full ----------------------------------------------------------------------------------


def limit_pages(tx: Tx, more: int | None) -> None:
    """At most `more` pages more than there are; None takes the limit away."""
    pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    most = 1_073_741_823 if more is None else pages + more
    tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    database = new_database(f"sqlite:///{tmp_path / 'test.sqlite3'}", LocalBus())
    yield Shop(database)
    database.engine.dispose()


def test_a_full_disk_in_the_middle_of_a_batch(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads go on, senders are told, nothing acknowledged is lost, and it recovers by itself when there is room."""
    database, acked = shop.db, {}
    # The limit belongs to a connection: the writer must keep the one that has it, as a full disk would stay full.
    monkeypatch.setattr(Line, "drop", lambda line: line.rollback())

    async def say(number: int) -> Logged | AppError:
        client_id = f"client-{number:05d}"
        try:
            token = f"{number % 20:043d}"
            logged = await database.write(visits.say, shop.site.id, token, client_id, LONG, language="en")
        except StorageFull as error:
            return error
        acked[client_id] = logged
        return logged

    async def run() -> None:
        database.start()
        await asyncio.gather(*map(say, range(20)))
        await database.write(limit_pages, 60)
        results = [
            result
            for start in range(0, 200, 40)
            for result in await asyncio.gather(*map(say, range(20 + start, 60 + start)))
        ]
        full = [result for result in results if isinstance(result, StorageFull)]
        assert full
        assert any(isinstance(result, Logged) for result in results)
        assert all(error.code == "storage" and "disk is full" in error.message for error in full)
        stored = await database.read(client_ids)  # reads go on
        assert stored == sorted(acked)
        await database.write(limit_pages, None)
        again = [number for number in range(20, 220) if f"client-{number:05d}" not in acked]
        assert all(isinstance(result, Logged) for result in await asyncio.gather(*map(say, again)))
        assert len(acked) == 220
        await database.stop()

    asyncio.run(run())
    check(database, acked)


TINY_DISK = """
import asyncio, resource, sys
from conversation import log, visits
from runtime.db import Database, StorageFull
from runtime.errors import Unavailable

async def run(url, site):
    db = Database(url)
    db.start()
    print("acked", (await db.write(visits.say, site, "t" * 43, "client-00000", "Hello", language="en")).seq)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
    refused = 0
    for number in range(1, 400):
        client_id = f"client-{number:05d}"
        try:
            logged = await db.write(visits.say, site, "t" * 43, client_id, "x" * 3000, language="en")
            print("acked", logged.seq)
        except StorageFull:
            refused = number
            break
    print("refused", refused)
    print("read", len(await db.read(log.transcript, 1)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print("acked", (await db.write(visits.say, site, "t" * 43, f"client-{refused:05d}", "x" * 3000, language="en")).seq)
    await db.stop()

asyncio.run(run(sys.argv[1], int(sys.argv[2])))
"""


def test_files_that_may_not_grow(shop: Shop) -> None:
    """The kernel itself refuses to write on (EFBIG, as it is with a quota), in a process of its own."""
    size = os.path.getsize(str(shop.db.engine.url.database)) + 400_000
    command = [sys.executable, "-c", TINY_DISK, str(shop.db.engine.url), str(shop.site.id), str(size)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    said = [line.split() for line in done.stdout.splitlines() if line.startswith(("acked", "refused", "read"))]
    acked = [int(number) for word, number in said if word == "acked"]
    refused = int(dict(said)["refused"])
    assert refused > 1
    assert acked == list(range(2, 2 + refused + 1))
    assert int(dict(said)["read"]) == 1 + refused
    assert len(shop.db.read_now(log.transcript, 1)) == 2 + refused


# -- SQLite: another program holds it ----------------------------------------------------------------------------


def test_a_database_that_another_program_holds(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits; then it says so in words; and it goes on when the other has let go."""
    database = shop.db
    file = str(database.engine.url.database)
    monkeypatch.setattr(engine, "BUSY_S", 0.5)
    impatient = Database(str(database.engine.url))

    async def run() -> None:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        impatient.start()
        first = asyncio.ensure_future(
            impatient.write(visits.say, shop.site.id, TOKEN, "client-00001", "Hello", language="en")
        )
        await asyncio.sleep(0.1)
        assert not first.done()
        assert await impatient.read(client_ids) == []  # reads go on
        with pytest.raises(Unavailable) as refusal:
            await first
        assert refusal.value.code == "unavailable"
        assert "Another program holds the database" in refusal.value.message
        assert refusal.value.details["retry_after"] > 0
        second = asyncio.ensure_future(
            impatient.write(visits.say, shop.site.id, TOKEN, "client-00001", "Hello", language="en")
        )
        await asyncio.sleep(0.1)
        other.execute("ROLLBACK")
        assert (await second).seq == 2
        other.close()
        await impatient.stop()

    asyncio.run(run())
    assert database.read_now(client_ids) == ["client-00001"]


def test_what_another_program_changed_is_seen(shop: Shop) -> None:
    """The writer remembers rows; a change by somebody else makes it forget them."""
    database = shop.db

    async def run() -> None:
        database.start()
        chat = await database.write(visits.say, shop.site.id, TOKEN, "client-00001", "Hello", language="en")
        await database.write(visits.say, shop.site.id, TOKEN, "client-00002", "Hello", language="en")
        shop.end()  # through another connection
        assert shop.row(chat.conversation_id).status == "resolved"
        logged = await database.write(visits.say, shop.site.id, TOKEN, "client-00003", "Hello", language="en")
        assert logged.seq == 5
        await database.stop()
        assert shop.row(chat.conversation_id).episode == 2

    asyncio.run(run())


# -- too many ------------------------------------------------------------------------------------------------------


def test_more_than_can_wait_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "MOST_WAITING", 50)
    database = shop.db
    entered, opened = threading.Event(), threading.Event()

    def hold(_tx: Tx) -> None:
        entered.set()
        assert opened.wait(30)

    async def run() -> None:
        database.start()
        first = asyncio.ensure_future(database.write(hold))
        await asyncio.to_thread(entered.wait, 30)
        works = [
            asyncio.ensure_future(
                database.write(visits.say, shop.site.id, TOKEN, f"client-{number:05d}", "Hello", language="en")
            )
            for number in range(60)
        ]
        await asyncio.sleep(0.01)
        assert database.waiting == 50
        opened.set()
        await first
        results = await asyncio.gather(*works, return_exceptions=True)
        refused = [result for result in results if isinstance(result, Unavailable)]
        assert len(refused) == 10
        assert all(error.details["retry_after"] > 0 for error in refused)
        assert database.waiting == 0
        await database.stop()

    asyncio.run(run())
    assert len(database.read_now(client_ids)) == 50


# -- the clock ---------------------------------------------------------------------------------------------------------

HOUR = 3_600_000


def test_a_clock_that_steps_back_an_hour(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers, not times, give the order; no wait is negative, no bucket frozen, no id twice."""
    now = [clock.now_ms()]
    monkeypatch.setattr(clock, "now_ms", lambda: now[0])
    pace = (1.0, 3.0)

    def ask(number: int) -> Logged:
        return shop.say(f"{number}", f"client-{number:05d}", pace=pace)

    chats = [shop.ask_for_person(token=f"{number:043d}") for number in range(5)]
    first = [ask(number) for number in range(3)]
    with pytest.raises(TooMany):
        ask(3)
    now[0] -= HOUR
    second = [ask(number) for number in range(3, 6)]
    assert [logged.seq for logged in (*first, *second)] == list(range(2, 8))
    with pytest.raises(TooMany) as refusal:
        ask(6)
    assert 0 < refusal.value.retry_after <= 1
    now[0] += 1_500
    assert ask(6).seq == 8
    for chat in chats:
        shop.claim(chat.conversation)
    waits = shop.db.read_now(queue.recent_waits)
    assert len(waits) == 5
    assert min(waits) >= 0
    released = shop.do(desk.release, chats[0].conversation)
    row = shop.row(released.conversation_id)
    assert row.queued_at <= now[0] + HOUR
    assert len({shop.row(chat.conversation_id).public_id for chat in (*chats, first[0])}) == 6
    transcript = shop.db.read_now(log.transcript, first[0].conversation_id)
    assert [logged.client_id for logged in transcript[1:]] == [f"client-{number:05d}" for number in range(7)]


def test_a_repeat_costs_nothing(shop: Shop) -> None:
    pace = (0.001, 2.0)
    first = shop.say("One", "client-00001", pace=pace)
    assert [shop.say("One", "client-00001", pace=pace).seq for _ in range(5)] == [first.seq] * 5
    shop.say("Two", "client-00002", pace=pace)
    with pytest.raises(TooMany):
        shop.say("Three", "client-00003", pace=pace)
    with pytest.raises(TooMany):
        shop.db.write_now(visits.end, shop.site.id, TOKEN, "client-00004", pace=pace)
    shop.end()
    with pytest.raises(TooMany):  # and another conversation is no way round it
        shop.say("Four", "client-00005", pace=pace, new=True)
    assert shop.kinds(first.conversation_id) == ["started", "said", "said", "resolved"]


def test_readers_who_always_overlap_do_not_make_the_log_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite begins its log anew only when nobody reads; in a busy server somebody always does."""
    monkeypatch.setattr(transaction, "LONG_LOG", 500_000)
    monkeypatch.setattr(transaction, "SHORTEN_EVERY_S", 0.0)
    database = new_database(f"sqlite:///{tmp_path}/busy.sqlite3")
    shop = Shop(database)
    ended = threading.Event()

    def overlap() -> None:
        lines = [Line(database.engine, writing=False) for _ in range(2)]
        lines[0].begin()
        while not ended.is_set():
            lines.reverse()
            lines[0].begin()
            lines[0].run(log.BY_ID, {"id": 1})
            time.sleep(0.002)
            lines[1].rollback()
        lines[0].rollback()
        for line in lines:
            line.close()

    async def write() -> int:
        database.start()
        longest = 0
        for number in range(400):
            said = database.write(visits.say, shop.site.id, TOKEN, f"client-{number}", "æ" * 3_000, language="da")
            await said
            longest = max(longest, (tmp_path / "busy.sqlite3-wal").stat().st_size)
        await database.stop()
        return longest

    reading = threading.Thread(target=overlap)
    reading.start()
    try:
        longest = asyncio.run(write())
    finally:
        ended.set()
        reading.join()
    assert longest < 4_000_000  # without it, all 400 messages lie there: 10 MB and more

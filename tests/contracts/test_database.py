"""The writer thread, its savepoints and the readers, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from conversation import log, visits
from conversation.tables import Site, Visitor
from runtime.bus import LocalBus, Notice
from runtime.db import Database, StorageFull, Tx, make_engine
from runtime.errors import BadInput, SettingsError, Unavailable
from tests.shop import Shop, new_database

visitors = Visitor.__table__  # type: ignore[attr-defined]


@pytest.fixture
def db(database_url: str):
    database = new_database(database_url, LocalBus())
    database.writers = 1  # or another one would take what the gate holds back
    yield database
    database.engine.dispose()


@pytest.fixture
def shop(db: Database) -> Shop:
    return Shop(db)


def add(tx: Tx, site: int, name: str, topic: str = "") -> int:
    """A row through plain statements; a notice with it."""
    if topic:
        tx.notify(topic, name)
    made = visitors.insert().values(site_id=site, token_hash=name, created_at=tx.now).returning(visitors.c.id)
    return tx.connection.execute(made).scalar_one()


def add_and_break(tx: Tx, site: int, name: str) -> None:
    add(tx, site, name, "broken")
    raise BadInput("Not like this.")


def add_by_session(tx: Tx, site: int, name: str) -> None:
    tx.session.add(Visitor(site_id=site, token_hash=name, created_at=tx.now))


def add_by_session_and_break(tx: Tx, site: int, name: str) -> None:
    add_by_session(tx, site, name)
    tx.session.flush()
    raise BadInput("Not like this.")


def names(tx: Tx) -> list[str]:
    return list(tx.connection.execute(sa.select(visitors.c.token_hash).order_by(visitors.c.token_hash)).scalars())


class Gate:
    """Holds the writer, so that what is handed in meanwhile becomes one batch."""

    def __init__(self) -> None:
        self.entered, self.opened = threading.Event(), threading.Event()

    def wait(self, _tx: Tx) -> None:
        self.entered.set()
        assert self.opened.wait(30)


async def in_one_batch(db: Database, *works: object) -> list[object]:
    """The results (or errors) of writes that wait in the queue together."""
    gate = Gate()
    first = asyncio.ensure_future(db.write(gate.wait))
    await asyncio.to_thread(gate.entered.wait, 30)
    rest = [asyncio.ensure_future(work) for work in works]  # type: ignore[call-overload]
    await asyncio.sleep(0.01)  # each has handed in its verb
    gate.opened.set()
    await first
    return await asyncio.gather(*rest, return_exceptions=True)


def test_one_failing_verb_does_not_undo_the_others(shop: Shop) -> None:
    db, site = shop.db, shop.site.id

    async def run() -> None:
        db.start()
        results = await in_one_batch(
            db,
            db.write(add, site, "a"),
            db.write(add_and_break, site, "b"),
            db.write(add_by_session, site, "c"),
            db.write(add_by_session_and_break, site, "d"),
            db.write(add, site, "a"),  # not unique
            db.write(add, 4711, "e"),  # no such site
            db.write(add, site, "f"),
        )
        assert [type(result) for result in results] == [
            int, BadInput, type(None), BadInput, sa.exc.IntegrityError, sa.exc.IntegrityError, int,
        ]  # fmt: skip
        assert await db.read(names) == ["a", "c", "f"]
        await db.stop()

    asyncio.run(run())


def test_a_value_that_no_column_holds_fails_alone(shop: Shop) -> None:
    """NUL in a text is an error of PostgreSQL's, a number of 70 bits one of every database."""
    db, site = shop.db, shop.site.id

    async def run() -> None:
        db.start()
        results = await in_one_batch(
            db,
            db.write(add, site, "a"),
            db.write(add, site, "b\x00"),
            db.write(add, 2**70, "c"),
            db.write(add, site, "d"),
        )
        stored = await db.read(names)
        assert {"a", "d"} <= set(stored)
        assert isinstance(results[2], BadInput)
        if db.engine.dialect.name == "postgresql":
            assert isinstance(results[1], BadInput)
            assert stored == ["a", "d"]
        await db.stop()

    asyncio.run(run())


def test_reading_with_a_value_that_no_column_holds(shop: Shop) -> None:
    with pytest.raises((BadInput, visits.NoConversation, log.NotFound)):
        shop.db.read_now(log.id_of, "no\x00such")
    with pytest.raises(BadInput):
        shop.db.read_now(log.row_of, 2**70)


def test_notices_go_out_after_the_commit_and_only_of_what_was_stored(shop: Shop) -> None:
    db, site = shop.db, shop.site.id
    heard: list[str] = []
    seen_at_notice: list[list[str]] = []

    def listen(notices: Sequence[Notice]) -> None:
        heard.extend(str(notice.key) for notice in notices)
        seen_at_notice.append(db.read_now(names))

    async def run() -> None:
        assert db.bus is not None
        db.bus.listen(listen)
        db.start()
        await in_one_batch(
            db,
            db.write(add, site, "a", "row"),
            db.write(add_and_break, site, "b"),
            db.write(add, site, "c", "row"),
            db.write(add, site, "c", "row"),
        )
        await db.stop()

    asyncio.run(run())
    assert heard == ["a", "c"]
    assert seen_at_notice == [["a", "c"]]  # one wake for the batch, and another connection sees the rows already


def test_write_now_publishes_after_the_commit(shop: Shop) -> None:
    assert shop.db.bus is not None
    heard: list[list[str]] = []
    shop.db.bus.listen(lambda _notices: heard.append(shop.db.read_now(names)))
    shop.db.write_now(add, shop.site.id, "a", "row")
    with pytest.raises(BadInput):
        shop.db.write_now(add_and_break, shop.site.id, "b")
    assert heard == [["a"]]


def test_everything_handed_in_before_the_stop_is_committed(shop: Shop) -> None:
    db, site = shop.db, shop.site.id

    async def run() -> int:
        db.start()
        works = [asyncio.ensure_future(db.write(add, site, f"{n:04d}")) for n in range(150)]
        await asyncio.sleep(0)
        await db.stop()
        with pytest.raises(Unavailable):
            await db.write(add, site, "late")
        return len(await asyncio.gather(*works))

    assert asyncio.run(run()) == 150
    assert shop.db.read_now(names) == [f"{n:04d}" for n in range(150)]


def test_a_caller_who_went_away_does_not_disturb(shop: Shop) -> None:
    db, site = shop.db, shop.site.id

    async def run() -> None:
        db.start()
        gate = Gate()
        first = asyncio.ensure_future(db.write(gate.wait))
        await asyncio.to_thread(gate.entered.wait, 30)
        gone = asyncio.ensure_future(db.write(add, site, "a"))
        stays = asyncio.ensure_future(db.write(add, site, "b"))
        await asyncio.sleep(0)
        gone.cancel()
        gate.opened.set()
        await first
        await stays
        assert "b" in await db.read(names)
        await db.stop()

    asyncio.run(run())


def test_a_database_that_is_gone_is_told_to_everyone_in_the_batch(shop: Shop) -> None:
    db, site = shop.db, shop.site.id

    def lose(tx: Tx) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))

    async def run() -> None:
        db.start()
        results = await in_one_batch(db, db.write(add, site, "a", "row"), db.write(lose), db.write(add, site, "b"))
        assert [type(result) for result in results] == [StorageFull] * 3
        assert all("full" in result.message for result in results)  # type: ignore[attr-defined]
        assert await db.read(names) == []
        await db.write(add, site, "after")  # and the writer is still there
        assert await db.read(names) == ["after"]
        await db.stop()

    asyncio.run(run())


def test_a_session_and_plain_statements_see_each_other(shop: Shop) -> None:
    def both(tx: Tx) -> list[str]:
        add(tx, shop.site.id, "plain")
        tx.session.add(Visitor(site_id=shop.site.id, token_hash="session", created_at=tx.now))
        tx.session.flush()
        assert isinstance(tx.session, Session)
        assert tx.session.get(Site, shop.site.id) is not None
        return names(tx)

    assert shop.db.write_now(both) == ["plain", "session"]
    assert shop.db.read_now(names) == ["plain", "session"]


def test_a_reader_that_writes_keeps_nothing(shop: Shop) -> None:
    """Readers roll nothing forward: what a careless verb inserts while reading must at least not block the writer."""

    def careless(tx: Tx) -> None:
        tx.session.add(Visitor(site_id=shop.site.id, token_hash="careless", created_at=tx.now))

    shop.db.read_now(careless)
    assert shop.db.read_now(names) == []


def test_two_processes_that_wait_for_each_other_both_get_through(postgresql_url: str) -> None:
    """Long batches take rows in different orders; whoever cannot have one at once is tried again alone."""
    one, two = new_database(postgresql_url), Database(postgresql_url)
    one.writers = two.writers = 1
    shop = Shop(one)
    first, second = shop.say("Hello", token="a" * 43), shop.say("Hello", token="b" * 43)
    meet = threading.Barrier(2, timeout=30)
    tries = {"one": 0, "two": 0}

    def note(tx: Tx, who: str, conversation_id: int, waits: bool) -> None:
        from conversation.events import Noted

        log.record(tx, conversation_id, Noted(who, who, "Hello"))
        if waits:
            tries[who] += 1
            if tries[who] == 1:
                meet.wait()  # both hold their first row now

    async def run() -> None:
        one.start()
        two.start()
        results = await asyncio.gather(
            in_one_batch(
                one,
                one.write(note, "one", first.conversation_id, True),
                one.write(note, "one", second.conversation_id, False),
            ),
            in_one_batch(
                two,
                two.write(note, "two", second.conversation_id, True),
                two.write(note, "two", first.conversation_id, False),
            ),
        )
        assert results == [[None, None], [None, None]]
        await one.stop()
        await two.stop()

    asyncio.run(run())
    assert max(tries.values()) > 1  # they did meet
    check = Database(postgresql_url)
    for chat in (first, second):
        assert [logged.seq for logged in check.read_now(log.transcript, chat.conversation_id)] == [1, 2, 3, 4]
    check.engine.dispose()


@pytest.mark.parametrize("url", ["nonsense", "mysql://localhost/x", "", "sqlite"])
def test_an_address_that_is_none_is_told_in_words(url: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        make_engine(url)
    assert refusal.value.message.endswith(".")


def test_the_settings_of_sqlite(tmp_path) -> None:
    """Ack after commit holds only with a log that is synced at every commit."""
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    engine.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}

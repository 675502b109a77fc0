"""Bad weather between us and PostgreSQL: a line that drops, a server that stands still, dies or is started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from conversation import log, visits
from conversation.log import Logged
from runtime import writer
from runtime.bus import LocalBus
from runtime.db import Database, Tx
from runtime.errors import Unavailable
from runtime.transaction import Line
from tests import services
from tests.contracts.kept import check, client_ids, talk
from tests.proxy import Proxy
from tests.shop import TOKEN, Shop, new_database

WRITERS = 10


@pytest.fixture
def shop(postgresql_url: str) -> Iterator[Shop]:
    database = new_database(postgresql_url, LocalBus())
    yield Shop(database)
    database.engine.dispose()


async def reach(acked: dict[str, Logged], number: int) -> None:
    async with asyncio.timeout(60):
        while len(acked) < number:  # noqa: ASYNC110 - many tasks fill it, none of which should know of this
            await asyncio.sleep(0.02)


async def storm(shop: Shop, database: Database, blow: Callable[[], Awaitable[None]]) -> int:
    """Customers who talk while it blows. Returns how often they were told to come back."""
    over, acked = threading.Event(), dict[str, Logged]()
    database.start()
    talks = [asyncio.ensure_future(talk(database, shop.site.id, who, over, acked)) for who in range(WRITERS)]
    await reach(acked, WRITERS)
    await blow()
    await reach(acked, len(acked) + WRITERS)  # it goes on by itself
    over.set()
    told = await asyncio.wait_for(asyncio.gather(*talks), 60)
    assert len(acked) == sum(sent for sent, _ in told)
    await database.stop()
    check(shop.db, acked)
    return sum(refused for _, refused in told)


# -- a COMMIT without an answer ------------------------------------------------------------------------------------


def say_once(shop: Shop, database: Database) -> Logged:
    async def run() -> Logged:
        database.start()
        logged = await database.write(visits.say, shop.site.id, TOKEN, "client-00001", "Hello", language="en")
        await database.stop()
        return logged

    return asyncio.run(run())


def lose_commit(monkeypatch: pytest.MonkeyPatch, after: bool) -> list[str]:
    """The connection is lost with the first COMMIT: before it gets there, or after it took place."""
    commit, fate, lost = Line.commit, Line.fate, list[str]()

    def losing(line: Line) -> None:
        if lost or line.kind != "postgresql":
            return commit(line)
        lost.append("commit")
        if after:
            commit(line)
        line.connection.connection.driver_connection.close()
        raise psycopg.OperationalError("consuming input failed: server closed the connection unexpectedly")

    def asked(line: Line, number: str) -> str:
        lost.append(fate(line, number))
        return lost[-1]

    monkeypatch.setattr(Line, "commit", losing)
    monkeypatch.setattr(Line, "fate", asked)
    return lost


@pytest.mark.parametrize("after", [False, True])
def test_a_commit_without_an_answer_is_neither_lost_nor_done_twice(
    shop: Shop, postgresql_url: str, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    shop.say("Another", token="o" * 43)
    lost = lose_commit(monkeypatch, after)
    logged = say_once(shop, Database(postgresql_url))
    assert logged.seq == 2
    assert lost[0] == "commit"
    assert lost[-1] == ("committed" if after else "aborted")
    check(shop.db, {"client-00001": logged})
    assert shop.kinds(logged.conversation_id) == ["started", "said"]


def test_a_verb_that_is_not_told_apart_by_an_id_is_not_done_twice_either(
    shop: Shop, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is asked what became of the transaction by its number, so no verb needs to be repeatable."""
    chat = shop.say("Hello")
    database = Database(postgresql_url)
    lost = lose_commit(monkeypatch, after=True)
    from conversation.events import Noted

    async def run() -> None:
        database.start()
        await database.write(log.record, chat.conversation_id, Noted("a1", "Maja", "Called"))
        await database.stop()

    asyncio.run(run())
    assert lost == ["commit", "committed"]
    assert shop.kinds(chat.conversation_id) == ["started", "said", "noted"]


# -- the line ------------------------------------------------------------------------------------------------------


def test_a_line_that_drops_again_and_again(shop: Shop, postgresql: services.Postgresql) -> None:
    proxy = Proxy(postgresql.port).start()
    url = shop.db.engine.url.set(port=proxy.port).render_as_string(hide_password=False)

    async def blow() -> None:
        for _ in range(8):
            await asyncio.to_thread(proxy.cut)
            await asyncio.sleep(0.15)
            await asyncio.to_thread(proxy.mend)
            await asyncio.sleep(0.15)

    refused = asyncio.run(storm(shop, Database(url, LocalBus()), blow))
    proxy.stop()
    assert refused == 0  # they waited, and nobody had to be sent away


def test_a_line_that_stays_away(shop: Shop, postgresql: services.Postgresql, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has waited long enough is told when to come back, and reads are told too; then it goes on by itself."""
    monkeypatch.setattr(writer, "PATIENCE_S", 0.5)
    proxy = Proxy(postgresql.port).start()
    database = Database(shop.db.engine.url.set(port=proxy.port).render_as_string(hide_password=False), LocalBus())
    told: list[Unavailable] = []

    async def blow() -> None:
        assert len(await database.read(client_ids)) > 0
        await asyncio.to_thread(proxy.cut)
        with pytest.raises(Unavailable) as refusal:
            await database.read(client_ids)
        told.append(refusal.value)
        await asyncio.to_thread(proxy.mend)
        assert len(await database.read(client_ids)) > 0

    assert asyncio.run(storm(shop, database, blow)) > 0
    proxy.stop()
    assert told[0].code == "unavailable"
    assert told[0].details["retry_after"] > 0


# -- the server ------------------------------------------------------------------------------------------------------


def backends(shop: Shop) -> list[int]:
    statement = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    return shop.db.read_now(lambda tx: list(tx.connection.exec_driver_sql(statement).scalars()))


def test_a_server_that_stands_still(shop: Shop) -> None:
    database = Database(shop.db.engine.url.render_as_string(hide_password=False), LocalBus())

    async def blow() -> None:
        stopped = backends(shop)
        assert stopped
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(2)
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)

    assert asyncio.run(storm(shop, database, blow)) == 0


def test_connections_that_are_ended_by_the_server(shop: Shop) -> None:
    database = Database(shop.db.engine.url.render_as_string(hide_password=False), LocalBus())

    async def blow() -> None:
        for _ in range(5):
            for pid in backends(shop):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)  # as pg_terminate_backend does
            await asyncio.sleep(0.1)

    assert asyncio.run(storm(shop, database, blow)) == 0


def control(server: services.Postgresql, *words: str) -> None:
    made = sa.create_engine(server.url(), poolclass=sa.NullPool)
    with made.connect() as connection:
        folder = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
    made.dispose()
    command = [*services._as_nobody(folder), services._binary("pg_ctl"), "-D", str(folder), "-w", *words]
    with (folder / "control.log").open("wb") as out:
        subprocess.run(command, check=True, cwd=folder, stdout=out, stderr=out, timeout=60)


def test_a_server_that_dies_and_is_started_again() -> None:
    """`immediate` is a crash: what it had committed, it finds again in its own log."""
    with services.postgresql() as server:
        name = server.create_database()
        shop = Shop(new_database(server.url(name), LocalBus()))

        async def blow() -> None:
            await asyncio.to_thread(control, server, "-m", "immediate", "restart")

        try:
            assert asyncio.run(storm(shop, Database(server.url(name), LocalBus()), blow)) == 0
        finally:
            shop.db.engine.dispose()
            control(server, "-m", "fast", "stop")


# -- rows that somebody else holds -------------------------------------------------------------------------------------


def test_a_row_that_another_program_holds_delays_nobody_else(
    shop: Shop, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, free = shop.say("Hello", token="a" * 43), shop.say("Hello", token="b" * 43)
    database = Database(postgresql_url, LocalBus())
    database.writers = 1

    def say(token: str, number: int) -> Any:
        return database.write(visits.say, shop.site.id, token * 43, f"again-{number:05d}", "Again", language="en")

    async def run() -> None:
        database.start()
        await say("b", 0)
        other = psycopg.connect(database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
        other.execute("SELECT 1 FROM conversation WHERE id = %s FOR UPDATE", (held.conversation_id,))
        waits = asyncio.ensure_future(say("a", 1))
        goes = await asyncio.gather(*(say("b", number) for number in range(2, 12)))
        assert [logged.conversation_id for logged in goes] == [free.conversation_id] * 10
        other.rollback()
        other.close()
        assert (await waits).seq == 3
        await database.stop()

    asyncio.run(run())
    assert shop.kinds(held.conversation_id) == ["started", "said", "said"]
    assert len(shop.kinds(free.conversation_id)) == 13


def test_what_every_serving_connection_is_told(postgresql_url: str) -> None:
    """Ack after commit holds only where a commit waits for the disk, whatever the server's own default is."""
    database = Database(postgresql_url)
    names = ("synchronous_commit", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with psycopg.connect(
        database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as setup:
        setup.execute(f"ALTER DATABASE {database.engine.url.database} SET synchronous_commit = off")

    def settings(tx: Tx) -> dict[str, str]:
        return {name: tx.connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names}

    async def run() -> dict[str, str]:
        database.start()
        found = await database.write(settings)
        await database.stop()
        return found

    found = asyncio.run(run())
    assert found["synchronous_commit"] == "on"
    assert all(found[name] not in ("0", "") for name in names)


def test_a_frame_that_comes_through_two_workers_at_once(shop: Shop, postgresql_url: str) -> None:
    """Both have looked for it before either has stored it: the second does its work again, and finds it."""
    chat = shop.say("Hello")
    one, two = Database(postgresql_url), Database(postgresql_url)

    async def run() -> list[Logged]:
        one.start()
        two.start()
        said = await asyncio.gather(
            *(
                database.write(visits.say, shop.site.id, TOKEN, f"twice-{number:05d}", f"{number}", language="en")
                for number in range(40)
                for database in (one, two)
            )
        )
        await one.stop()
        await two.stop()
        return said

    said = asyncio.run(run())
    assert all(first == second for first, second in zip(said[::2], said[1::2], strict=True))
    check(shop.db, {str(logged.client_id): logged for logged in said})
    assert len(shop.kinds(chat.conversation_id)) == 42

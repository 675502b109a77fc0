"""Chats are deleted when customers were told that they would be, and not before; on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bot.closing import Closing, sweep
from conversation import labels, log, retention, visits
from conversation.retention import AT_ONCE, DAY_MS
from conversation.tables import AnswerLabel, Entry, Visitor
from handoff import desk
from runtime import clock
from runtime.db import Tx
from runtime.settings import Settings
from tests.shop import MAJA, Shop, new_database

DAYS = 30
SETTINGS = Settings(retention_days=DAYS, reopen_hours=24, inactivity_hours=12)
OTHER = "o" * 43


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many days go by."""
    real, gone = clock.now_ms, [0]
    monkeypatch.setattr(clock, "now_ms", lambda: real() + gone[0])

    def days(count: float) -> None:
        gone[0] += round(count * DAY_MS)

    return days


def rows(shop: Shop, table: Any) -> int:
    def count(tx: Tx) -> int:
        return int(tx.connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)

    return shop.db.read_now(count)


def sweep_all(shop: Shop) -> int:
    for _ in range(2):  # resolved, then closed
        shop.db.write_now(sweep, SETTINGS.reopen_hours, SETTINGS.inactivity_hours)
    return shop.db.write_now(retention.delete_due, DAYS)


def test_after_the_last_day_nothing_of_a_chat_is_left(shop: Shop, wait: Callable[[float], None]) -> None:
    chat = shop.say("Mit kortnummer er 4571")
    shop.claim(chat.conversation)
    shop.do(desk.resolve, chat.conversation)
    wait(3)
    assert sweep_all(shop) == 0
    assert shop.row(chat.conversation_id).status == "closed"
    wait(DAYS - 3 - 0.01)
    assert sweep_all(shop) == 0, "one day too early is a broken promise"
    wait(0.02)
    assert sweep_all(shop) == 1, "the day is that of the last word, and not that of the closing"
    assert [rows(shop, table) for table in (Entry, log.conversations, Visitor)] == [0, 0, 0]


def test_who_wrote_again_keeps_that_chat_and_loses_the_old_one(shop: Shop, wait: Callable[[float], None]) -> None:
    old = shop.say("Hej")
    shop.end()
    other = shop.say("Hej fra en anden", token=OTHER)
    shop.end(token=OTHER)
    wait(DAYS - 1)
    sweep_all(shop)
    new = shop.say("Hej igen")
    assert new.conversation != old.conversation
    wait(1.5)
    assert sweep_all(shop) == 2
    assert rows(shop, Visitor) == 1
    assert [one.data for one in shop.db.read_now(log.transcript, new.conversation_id) if one.kind == "said"]
    assert shop.say("Og en anden", token=OTHER).conversation != other.conversation, "a known browser begins anew"


def test_a_note_is_a_word_and_the_end_is_none(shop: Shop, wait: Callable[[float], None]) -> None:
    chat = shop.say("Hej")
    shop.claim(chat.conversation)
    shop.do(desk.resolve, chat.conversation)
    wait(DAYS - 1)
    sweep_all(shop)
    shop.db.write_now(desk.note, chat.conversation, MAJA, shop.client_id(), "Ringede tilbage.")
    wait(2)
    assert sweep_all(shop) == 0
    wait(DAYS)
    assert sweep_all(shop) == 1


def test_who_still_waits_for_people_is_not_forgotten(shop: Shop, wait: Callable[[float], None]) -> None:
    chat = shop.ask_for_person()
    wait(2 * DAYS)
    assert sweep_all(shop) == 0
    assert shop.row(chat.conversation_id).status == "queued"


def test_labels_stay_and_lead_nowhere(shop: Shop, wait: Callable[[float], None]) -> None:
    chat = shop.say("Hej")
    answer = labels.Answer(chat.conversation, chat.seq, shop.site.id, "da", "returns", 0.9, 0.8, chat.at)
    shop.db.write_now(labels.keep, answer, "customer", True, chat.seq)
    shop.end()
    wait(2 * DAYS)
    sweep_all(shop)
    assert (rows(shop, AnswerLabel), rows(shop, Entry)) == (1, 0)


def test_the_server_deletes_all_that_is_due_a_few_at_a_time(
    shop: Shop, database_url: str, wait: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(AT_ONCE + 3):
        shop.say("Hej", token=f"{number:043d}")
        shop.end(token=f"{number:043d}")
    wait(DAYS + 1)
    kept = shop.say("Hej")
    monkeypatch.setattr("bot.closing.BREATH_S", 0)

    async def run() -> None:
        db = new_database(database_url)
        db.start()
        closing = Closing(db, SETTINGS)
        closing.start()
        async with asyncio.timeout(20):
            while rows(shop, log.conversations) > 1:  # noqa: ASYNC110 - the database is what changes
                await asyncio.sleep(0.02)
        await closing.stop()
        await db.stop()

    asyncio.run(run())
    assert shop.row(kept.conversation_id).status == "bot"
    assert rows(shop, Visitor) == 1


def test_words_that_come_while_the_chat_is_deleted_begin_another(
    postgresql_url: str, wait: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers: one has found the customer's old chat, the other deletes it before the first can lock it."""
    shop, other = Shop(new_database(postgresql_url)), new_database(postgresql_url)
    old = shop.say("Hej")
    shop.end()
    wait(DAYS + 1)
    real, deleted = log.row_of, []

    def row_of(tx: Tx, conversation_id: int, lock: bool = False) -> Any:
        if not deleted:
            deleted.append(other.write_now(retention.delete_due, DAYS))
        return real(tx, conversation_id, lock)

    monkeypatch.setattr(visits.log, "row_of", row_of)
    new = shop.say("Er I der endnu?")
    assert deleted == [1]
    assert new.conversation != old.conversation
    assert [one.data.get("text") for one in shop.db.read_now(log.transcript, new.conversation_id)][1:] == [
        "Er I der endnu?"
    ]
    for db in (shop.db, other):
        db.engine.dispose()


def test_a_chat_that_is_taken_up_at_this_moment_stays(postgresql_url: str, wait: Callable[[float], None]) -> None:
    shop = Shop(new_database(postgresql_url))
    chat = shop.say("Hej")
    shop.end()
    wait(DAYS + 1)

    def say_and_sweep(tx: Tx) -> int:
        log.row_of(tx, chat.conversation_id, lock=True)  # as its next word does
        return shop.db.write_now(retention.delete_due, DAYS)

    other = new_database(postgresql_url)
    assert other.write_now(say_and_sweep) == 0
    assert shop.db.write_now(retention.delete_due, DAYS) == 1
    for db in (shop.db, other):
        db.engine.dispose()


def test_what_is_deleted_is_overwritten(shop: Shop) -> None:
    if shop.db.engine.dialect.name == "sqlite":
        assert shop.db.read_now(lambda tx: tx.connection.exec_driver_sql("PRAGMA secure_delete").scalar()) == 1

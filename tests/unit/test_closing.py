"""What time alone does to chats."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.closing import AT_ONCE, HOUR_MS, sweep
from conversation import log
from conversation.events import Answered, Decided, Snoozed, Source
from conversation.log import Logged, conversations
from handoff import desk
from runtime import clock
from tests.shop import MAJA, Shop, new_database

REOPEN, QUIET = 24.0, 12.0


@pytest.fixture
def shop(tmp_path):
    db = new_database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    yield Shop(db)
    db.engine.dispose()


def later(shop: Shop, monkeypatch: pytest.MonkeyPatch, hours: float) -> int:
    """Sweeps as if so many hours had gone by; how many chats it moved on."""
    real = clock.now_ms
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now_ms", lambda: real() + round(hours * HOUR_MS))
        return shop.db.write_now(sweep, REOPEN, QUIET)


def answer(shop: Shop, chat: Logged) -> None:
    source = Source("returns", "Returns", "/help/en/returns", "en")
    shop.db.write_now(log.record, chat.conversation_id, Answered(chat.seq, "x", "<p>x</p>", source, 0.9))
    shop.db.write_now(log.record, chat.conversation_id, Decided(chat.seq, "answer", 0.8))


def status(shop: Shop, chat: Logged) -> str:
    found: str = shop.row(chat.conversation_id).status
    return found


def test_nothing_is_due_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(shop, shop.say("Hello"))
    shop.say("Hello", token="o" * 43)
    shop.end("the-end-of-it", token="o" * 43)
    assert later(shop, monkeypatch, 0) == 0
    assert later(shop, monkeypatch, QUIET - 0.1) == 0


def test_a_quiet_chat_is_resolved_and_then_closed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = shop.say("Hello")
    answer(shop, chat)
    assert later(shop, monkeypatch, QUIET + 0.1) == 1
    assert status(shop, chat) == "resolved"
    assert shop.db.read_now(log.transcript, chat.conversation_id)[-1].data["by"] == "inactivity"
    assert later(shop, monkeypatch, QUIET + 0.1 + REOPEN - 0.2) == 0
    assert later(shop, monkeypatch, QUIET + 0.1 + REOPEN + 0.1) == 1
    assert status(shop, chat) == "closed"
    assert later(shop, monkeypatch, 1000) == 0  # closed is the end
    assert shop.say("Hello again").conversation_id != chat.conversation_id


def test_an_agents_chat_is_resolved_when_the_customer_has_the_last_word_of_ours(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = shop.say("Hello")
    shop.reply(chat.conversation, "Hi, what is it?")
    assert later(shop, monkeypatch, QUIET + 0.1) == 1
    assert status(shop, chat) == "resolved"


def test_whoever_waits_goes_on_waiting(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the queue, with the assistant (an answer that failed) and with an agent who has forgotten them."""
    chats = [shop.say("Hello", token=f"{n:043d}") for n in range(3)]
    shop.ask_for_person(token=f"{0:043d}")
    shop.claim(chats[1].conversation)
    queued_without_a_word = shop.ask_for_person(token="q" * 43)
    assert later(shop, monkeypatch, 1000) == 0
    assert [status(shop, chat) for chat in [*chats, queued_without_a_word]] == ["queued", "assigned", "bot", "queued"]


def test_a_snoozed_chat_wakes_at_its_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = shop.say("Hello")
    shop.reply(chat.conversation, "Tomorrow")
    until = clock.now_ms() + 2 * HOUR_MS
    shop.db.write_now(log.record, chat.conversation_id, Snoozed(MAJA.id, MAJA.name, until))
    shop.do(desk.note, chat.conversation, MAJA, "", "Parcel found")
    assert later(shop, monkeypatch, 1.9) == 0
    assert later(shop, monkeypatch, 2.1) == 1
    row = shop.row(chat.conversation_id)
    assert (row.status, row.owner, row.until) == ("assigned", "agent:a1", None)


def test_doing_it_twice_changes_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = shop.say("Hello")
    answer(shop, chat)
    assert [later(shop, monkeypatch, QUIET + 0.1) for _ in range(3)] == [1, 0, 0]
    assert shop.kinds(chat.conversation_id).count("resolved") == 1


def test_many_are_moved_in_portions(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(AT_ONCE + 5):
        shop.say("Hello", token=f"{n:043d}")
        shop.end(f"the-end-of-{n:04d}", token=f"{n:043d}")
    assert [later(shop, monkeypatch, REOPEN + 0.1) for _ in range(3)] == [AT_ONCE, 5, 0]
    closed = shop.db.read_now(
        lambda tx: tx.connection.execute(
            sa.select(sa.func.count()).select_from(conversations).where(conversations.c.status == "closed")
        ).scalar_one()
    )
    assert closed == AT_ONCE + 5

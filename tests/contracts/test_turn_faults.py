"""Turns when something breaks or comes first: a claim, a crash, a full disk, another worker. Once, or by people."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.actions import Actions
from bot.questions import conclude, course_of, waiting_for_bot
from bot.turn import Turns
from conversation.events import HandoffAsked, Reason
from conversation.machine import Refused
from handoff import desk
from runtime.db import Database
from runtime.errors import Unavailable
from tests.contracts.turn_desk import hit, opened, stocked
from tests.shop import Shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    with stocked(database_url) as made:
        yield made


@pytest.fixture
def small_shop(tmp_path: Path) -> Iterator[Shop]:
    """SQLite only, for what does not depend on the database."""
    with stocked(f"sqlite:///{tmp_path / 'x.sqlite3'}") as made:
        yield made


def test_an_answer_that_comes_after_a_claim_is_dropped(shop: Shop) -> None:
    """B12: an agent takes over while the assistant is still thinking."""

    async def run() -> None:
        async with opened(shop) as desk_:
            desk_.shelf.found["How do I return it?"] = [hit("returns", 0.91)]
            chat = await desk_.ask_and_hold("How do I return it?")
            await desk_.run(shop.reply, chat.conversation, "I am here")
            await desk_.let_go()
            assert shop.kinds(chat.conversation_id) == ["started", "said", "claimed", "replied"]
            # Not even after a hand-back, for the question has been answered.
            await desk_.run(shop.do, desk.hand_back, chat.conversation)
            await desk_.quiet()
            assert shop.kinds(chat.conversation_id)[-1] == "handed_back"

    asyncio.run(run())


def test_a_failure_after_the_end_does_not_open_the_chat_again(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.error = RuntimeError("broken model")
            chat = await desk_.ask_and_hold("How do I return it?")
            await desk_.run(small_shop.end)
            await desk_.let_go()
            assert small_shop.kinds(chat.conversation_id) == ["started", "said", "resolved"]
            assert small_shop.row(chat.conversation_id).status == "resolved"

    asyncio.run(run())


def test_past_the_deadline_people_take_over(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop, deadline_s=0.1) as desk_:
            desk_.shelf.gate = threading.Event()
            chat = await desk_.run(small_shop.say, "How do I return it?")
            entries = await desk_.until(chat.conversation_id, "said", "handoff", "decided")
            assert entries[2].data["reason"] == "bot_error"
            assert entries[3].data["note"] == "TimeoutError"
            assert small_shop.row(chat.conversation_id).status == "queued"

    asyncio.run(run())


def test_a_broken_model_and_a_broken_action_are_told_apart(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.error = RuntimeError("broken model")
            chat = await desk_.run(small_shop.say, "How do I return it?")
            entries = await desk_.until(chat.conversation_id, "said", "handoff", "decided")
            assert entries[2].data["reason"] == "bot_error"
            desk_.shelf.error = None
            desk_.shelf.found["Is it broken?"] = [hit("broken", 0.95)]
            other = await desk_.run(small_shop.say, "Is it broken?", token="o" * 43)
            entries = await desk_.until(other.conversation_id, "said", "handoff", "decided")
            assert entries[2].data["reason"] == "action_failure"

    asyncio.run(run())


def test_an_answer_that_cannot_be_stored_goes_to_people(small_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for ever to the same failure, and not to nobody."""
    from bot import turn

    def fails_on_answers(tx: Any, job: Any, language: str, event: Any, decided: Any) -> None:
        if not isinstance(event, HandoffAsked):
            raise ValueError("this answer is poison")
        conclude(tx, job, language, event, decided)

    monkeypatch.setattr(turn, "conclude", fails_on_answers)

    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.found["How do I return it?"] = [hit("returns", 0.91)]
            chat = await desk_.run(small_shop.say, "How do I return it?")
            entries = await desk_.until(chat.conversation_id, "said", "handoff", "decided")
            assert entries[2].data["reason"] == "bot_error"

    asyncio.run(run())


def test_a_storage_that_is_full_leaves_the_question_to_the_next_try(
    small_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot import turn

    tries = []

    def full_at_first(*args: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise Unavailable("The disk is full.")
        conclude(*args)

    monkeypatch.setattr(turn, "conclude", full_at_first)

    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.found["How do I return it?"] = [hit("returns", 0.91)]
            chat = await desk_.run(small_shop.say, "How do I return it?")
            await desk_.quiet()
            assert small_shop.kinds(chat.conversation_id) == ["started", "said"]
            desk_.turns.look_at(chat.conversation_id)
            await desk_.until(chat.conversation_id, "said", "answered", "decided")

    asyncio.run(run())


def test_what_a_killed_server_left_is_answered_at_the_start(shop: Shop) -> None:
    chats = [shop.say("How do I return it?", token=f"{n:043d}") for n in range(3)]
    shop.claim(chats[2].conversation)
    waiting = [one.conversation_id for one in shop.db.read_now(waiting_for_bot)]
    assert sorted(waiting) == sorted(chat.conversation_id for chat in chats[:2])

    async def run() -> None:
        async with opened(shop) as desk_:
            desk_.shelf.found["How do I return it?"] = [hit("returns", 0.91)]
            await desk_.turns.start()
            for chat in chats[:2]:
                await desk_.until(chat.conversation_id, "said", "answered", "decided")
            assert shop.kinds(chats[2].conversation_id) == ["started", "said", "claimed"]
            assert await shop.db.read(waiting_for_bot) == []

    asyncio.run(run())


def test_a_turn_taken_twice_answers_once(shop: Shop, database_url: str) -> None:
    """As after a crash, or by two workers: the second is refused, on one connection or on two."""
    second = Database(database_url) if "postgresql" in database_url else shop.db
    chat = shop.say("How do I return it?")
    job = shop.db.read_now(course_of, chat.conversation_id).job()
    assert job is not None

    async def run() -> None:
        async with opened(shop) as desk_:
            desk_.shelf.found["How do I return it?"] = [hit("returns", 0.91)]
            turns = desk_.turns
            if second is not shop.db:
                second.start()
            other = Turns(second, turns.bus, turns.asker, Actions(), turns.thresholds, 10.0)
            assert await asyncio.gather(turns.take(job), other.take(job), turns.take(job)) == [True] * 3
            if second is not shop.db:
                await second.stop()
            assert shop.kinds(chat.conversation_id) == ["started", "said", "answered", "decided"]
            assert await turns.take(job)
            assert shop.kinds(chat.conversation_id) == ["started", "said", "answered", "decided"]

    asyncio.run(run())


def test_a_job_that_is_done_cannot_be_concluded_again(small_shop: Shop) -> None:
    from conversation.events import Decided

    chat = small_shop.say("How do I return it?")
    job = small_shop.db.read_now(course_of, chat.conversation_id).job()
    small_shop.claim(chat.conversation)
    decided = Decided(chat.seq, "hand_over", 0.8)
    with pytest.raises(Refused):
        small_shop.db.write_now(conclude, job, "en", HandoffAsked(Reason.BOT_ERROR), decided)
    assert small_shop.kinds(chat.conversation_id) == ["started", "said", "claimed"]
    assert small_shop.db.read_now(course_of, chat.conversation_id).job() is None


def test_typing_is_shown_and_always_taken_back(small_shop: Shop) -> None:
    typing: list[int] = []
    assert small_shop.db.bus is not None
    small_shop.db.bus.listen(
        lambda notices: typing.extend(notice.number for notice in notices if notice.topic == "typing")
    )

    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.error = RuntimeError("broken model")
            chat = await desk_.run(small_shop.say, "How do I return it?")
            await desk_.until(chat.conversation_id, "said", "handoff", "decided")
            await desk_.quiet()

    asyncio.run(run())
    assert typing == [1, 0]

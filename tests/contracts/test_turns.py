"""Turns: what waits for the assistant is answered once, or goes to people, whatever breaks on the way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.actions import Actions
from bot.policy import Thresholds
from bot.turn import Turns, conclude, next_job, waiting_for_bot
from conversation import log
from conversation.events import HandoffAsked, Reason
from conversation.log import Logged
from conversation.machine import Refused
from handoff import desk
from knowledge_base import versions
from knowledge_base.drafting import draft_of
from knowledge_base.passages import Document
from knowledge_base.ranking import Features
from knowledge_base.search import Hit
from runtime.bus import LocalBus
from runtime.db import Database
from runtime.errors import Unavailable
from tests.shop import Shop, new_database

FEATURES = Features(0, 0, 0, 0, 0, 0)


def hit(article: str, certainty: float, language: str = "en") -> Hit:
    document = Document(f"{article}.{language}", language, article.title(), (), "", root=article)
    return Hit(document, certainty, certainty, "", "", article, FEATURES)


@dataclass(slots=True)
class Shelf:
    """A searcher that finds what it is told; `gate` holds it back, `error` breaks it."""

    found: dict[str, list[Hit]] = field(default_factory=dict)
    gate: threading.Event | None = None
    error: Exception | None = None
    asked: list[str] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)

    def search(
        self, question: str, language: str | None, limit: int = 5, audiences: frozenset[str] = frozenset()
    ) -> list[Hit]:
        self.asked.append(question)
        self.reached.set()
        if self.gate is not None:
            self.gate.wait(30)
        if self.error is not None:
            raise self.error
        return self.found.get(question, [])


@dataclass(slots=True)
class Desk:
    """Everything a test needs while the turns run."""

    shop: Shop
    shelf: Shelf
    turns: Turns

    async def run(self, act: Callable[..., Logged], *args: Any, **kwargs: Any) -> Logged:
        """Something a customer or agent does; then the turns look at it."""
        logged = await asyncio.to_thread(act, *args, **kwargs)
        self.turns.look_at(logged.conversation_id)
        return logged

    async def until(self, conversation_id: int, *kinds: str) -> list[Logged]:
        """The entries, once they are of these kinds; a failure that says what they are instead."""
        for _ in range(1000):
            entries = await self.shop.db.read(log.transcript, conversation_id)
            if [entry.kind for entry in entries] == ["started", *kinds]:
                return entries
            await asyncio.sleep(0.01)
        raise AssertionError([entry.kind for entry in entries])

    async def quiet(self) -> None:
        """Until no turn is under way."""
        while self.turns._tasks:
            await asyncio.wait(tuple(self.turns._tasks))


def with_articles(url: str) -> Shop:
    shop = Shop(new_database(url, LocalBus()))
    articles = (
        ("returns", "en", "Returns", "You can return everything within **30 days**.", "public", ""),
        ("returns", "nb", "Retur", "Du kan returnere alt innen 30 dager.", "public", ""),
        ("hours", "en", "Opening hours", "See you.", "public", "action_opening_hours"),
        ("broken", "en", "Broken", "Never shown.", "public", "action_that_is_not_there"),
        ("secret", "en", "Purchase prices", "For colleagues.", "internal", ""),
    )
    for article, language, title, body, audience, action in articles:
        draft = draft_of(title, (), body)
        shop.db.write_now(
            versions.publish_imported, article, language, draft, "none", None, "test", audience, action or None
        )
    return shop


@asynccontextmanager
async def opened(shop: Shop, deadline_s: float = 10.0) -> AsyncIterator[Desk]:
    assert shop.db.bus is not None
    shelf = Shelf()
    executor = ThreadPoolExecutor(2)
    shop.db.start()
    turns = Turns(shop.db, shop.db.bus, lambda: shelf, executor, Actions(), Thresholds(0.8, 0.3), deadline_s)
    try:
        yield Desk(shop, shelf, turns)
    finally:
        if shelf.gate is not None:
            shelf.gate.set()
        await turns.stop()
        await shop.db.stop()
        executor.shutdown()


@pytest.fixture
def shop(database_url: str):
    made = with_articles(database_url)
    yield made
    made.db.engine.dispose()


@pytest.fixture
def small_shop(tmp_path):
    """SQLite only, for what does not depend on the database."""
    made = with_articles(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    yield made
    made.db.engine.dispose()


def test_an_answer_with_its_source_and_its_reason(shop: Shop) -> None:
    async def run() -> None:
        async with opened(shop) as desk_:
            desk_.shelf.found["How do I return it?"] = [hit("returns", 0.91), hit("hours", 0.2)]
            chat = await desk_.run(shop.say, "How do I return it?")
            entries = await desk_.until(chat.conversation_id, "said", "answered", "decided")
            answered, decided = entries[2].data, entries[3].data
            assert answered["re"] == chat.seq
            assert "30 days" in answered["text"]
            assert "<strong>30 days</strong>" in answered["html"]
            assert answered["source"] == {
                "article": "returns", "title": "Returns", "url": "/help/en/returns", "language": "en",
            }  # fmt: skip
            assert (decided["about"], decided["outcome"], decided["threshold"]) == (chat.seq, "answer", 0.8)
            assert [one["certainty"] for one in decided["hits"]] == [0.91, 0.2]
            assert entries[3].audience == "staff"
            row = shop.row(chat.conversation_id)
            assert (row.status, row.waiting, row.last_seq) == ("bot", 0, 4)

    asyncio.run(run())


def test_an_offer_and_after_two_of_them_a_person(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.found["Something like returns?"] = [
                hit("returns", 0.5),
                hit("hours", 0.31),
                hit("secret", 0.29),
            ]
            chat = await desk_.run(small_shop.say, "Something like returns?")
            entries = await desk_.until(chat.conversation_id, "said", "offered", "decided")
            assert [choice["article"] for choice in entries[2].data["choices"]] == ["returns", "hours"]
            await desk_.run(small_shop.say, "Do you sell horses?")
            two = ["said", "offered", "decided"] * 2
            entries = await desk_.until(chat.conversation_id, *two)
            assert entries[5].data["choices"] == () or entries[5].data["choices"] == []
            await desk_.run(small_shop.say, "Or cows?")
            entries = await desk_.until(chat.conversation_id, *two, "said", "handoff", "decided")
            assert entries[8].data["reason"] == "missing_knowledge"
            row = small_shop.row(chat.conversation_id)
            assert (row.status, row.reason) == ("queued", "missing_knowledge")

    asyncio.run(run())


def test_an_answer_in_between_starts_the_count_anew(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.found["Returns?"] = [hit("returns", 0.9)]
            for text in ("Horses?", "Cows?", "Returns?", "Pigs?"):
                chat = await desk_.run(small_shop.say, text)
                await desk_.quiet()
            kinds = small_shop.kinds(chat.conversation_id)
            assert [kind for kind in kinds if kind in ("offered", "answered", "handoff")] == [
                "offered", "offered", "answered", "offered",
            ]  # fmt: skip

    asyncio.run(run())


def test_a_wish_for_a_person_needs_no_search(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            chat = await desk_.run(small_shop.say, "I want to talk to a person")
            entries = await desk_.until(chat.conversation_id, "said", "handoff", "decided")
            assert entries[2].data["reason"] == "customer_request"
            assert desk_.shelf.asked == []

    asyncio.run(run())


def test_a_chat_that_was_handed_back_does_not_come_straight_back(small_shop: Shop) -> None:
    """H4: neither for the wish that brought it to people, nor for the misses before it."""

    async def run() -> None:
        async with opened(small_shop) as desk_:
            chat = await desk_.run(small_shop.say, "I want to talk to a person")
            await desk_.until(chat.conversation_id, "said", "handoff", "decided")
            await desk_.run(small_shop.claim, chat.conversation)
            await desk_.run(small_shop.do, desk.hand_back, chat.conversation)
            start = ["said", "handoff", "decided", "claimed", "handed_back", "offered", "decided"]
            await desk_.until(chat.conversation_id, *start)
            await desk_.quiet()
            assert small_shop.row(chat.conversation_id).status == "bot"
            # Whoever asks again, gets one again.
            await desk_.run(small_shop.say, "I want to talk to a person!")
            await desk_.until(chat.conversation_id, *start, "said", "handoff", "decided")

    asyncio.run(run())


def test_misses_before_a_hand_back_do_not_count(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            for text in ("Horses?", "Cows?", "Pigs?"):
                chat = await desk_.run(small_shop.say, text)
                await desk_.quiet()
            assert small_shop.row(chat.conversation_id).status == "queued"
            await desk_.run(small_shop.claim, chat.conversation)
            await desk_.run(small_shop.do, desk.hand_back, chat.conversation)
            await desk_.quiet()
            row = small_shop.row(chat.conversation_id)
            assert (row.status, row.waiting) == ("bot", 0)
            assert small_shop.kinds(chat.conversation_id)[-2:] == ["offered", "decided"]

    asyncio.run(run())


def test_an_answer_that_comes_after_a_claim_is_dropped(shop: Shop) -> None:
    """B12: an agent takes over while the assistant is still thinking."""

    async def run() -> None:
        async with opened(shop) as desk_:
            desk_.shelf.gate = threading.Event()
            desk_.shelf.found["How do I return it?"] = [hit("returns", 0.91)]
            chat = await desk_.run(shop.say, "How do I return it?")
            await asyncio.to_thread(desk_.shelf.reached.wait, 30)
            await desk_.run(shop.reply, chat.conversation, "I am here")
            desk_.shelf.gate.set()
            await desk_.quiet()
            assert shop.kinds(chat.conversation_id) == ["started", "said", "claimed", "replied"]
            # Not even after a hand-back, for the question has been answered.
            await desk_.run(shop.do, desk.hand_back, chat.conversation)
            await desk_.quiet()
            assert shop.kinds(chat.conversation_id)[-1] == "handed_back"

    asyncio.run(run())


def test_a_failure_after_the_end_does_not_open_the_chat_again(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.gate = threading.Event()
            desk_.shelf.error = RuntimeError("broken model")
            chat = await desk_.run(small_shop.say, "How do I return it?")
            await asyncio.to_thread(desk_.shelf.reached.wait, 30)
            await desk_.run(small_shop.end)
            desk_.shelf.gate.set()
            await desk_.quiet()
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
    assert sorted(shop.db.read_now(waiting_for_bot)) == sorted(chat.conversation_id for chat in chats[:2])

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
    job = shop.db.read_now(next_job, chat.conversation_id)
    assert job is not None

    async def run() -> None:
        async with opened(shop) as desk_:
            desk_.shelf.found["How do I return it?"] = [hit("returns", 0.91)]
            turns = desk_.turns
            if second is not shop.db:
                second.start()
            other = Turns(second, turns.bus, turns.library, turns.executor, Actions(), turns.thresholds, 10.0)
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
    job = small_shop.db.read_now(next_job, chat.conversation_id)
    small_shop.claim(chat.conversation)
    decided = Decided(chat.seq, "hand_over", 0.8)
    with pytest.raises(Refused):
        small_shop.db.write_now(conclude, job, "en", HandoffAsked(Reason.BOT_ERROR), decided)
    assert small_shop.kinds(chat.conversation_id) == ["started", "said", "claimed"]
    assert small_shop.db.read_now(next_job, chat.conversation_id) is None


def test_a_burst_is_answered_message_by_message(small_shop: Shop) -> None:
    for text in ("Returns?", "Hello", "Horses?"):
        chat = small_shop.say(text)

    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.found["Returns?"] = [hit("returns", 0.9)]
            for _ in range(5):
                desk_.turns.look_at(chat.conversation_id)
            await desk_.quiet()
            answers = [
                (entry.kind, entry.data["re"])
                for entry in await small_shop.db.read(log.transcript, chat.conversation_id)
                if "re" in entry.data
            ]
            assert answers == [("answered", 2), ("remarked", 3), ("offered", 4)]

    asyncio.run(run())


def test_a_chosen_article_is_shown_in_the_customers_language(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            chat = await desk_.run(small_shop.say, "Returns", article="returns", language="nb")
            entries = await desk_.until(chat.conversation_id, "said", "answered", "decided")
            assert entries[2].data["source"]["language"] == "nb"
            assert small_shop.row(chat.conversation_id).language == "nb"
            await desk_.run(small_shop.say, "Opening hours", article="hours")
            entries = await desk_.until(chat.conversation_id, *["said", "answered", "decided"] * 2)
            assert entries[5].data["source"]["language"] == "en"
            assert entries[5].data["text"].endswith("See you.")
            assert "menneske" in entries[5].data["text"]  # the action speaks the customer's language
            assert desk_.shelf.asked == []

    asyncio.run(run())


def test_an_internal_article_cannot_be_chosen(small_shop: Shop) -> None:
    """K12: a customer's frame may name any article."""

    async def run() -> None:
        async with opened(small_shop) as desk_:
            chat = await desk_.run(small_shop.say, "Purchase prices", article="secret")
            await desk_.until(chat.conversation_id, "said", "offered", "decided")
            await desk_.run(small_shop.say, "Or this", article="no-such\x00article")
            entries = await desk_.until(chat.conversation_id, *["said", "offered", "decided"] * 2)
            assert all("colleagues" not in str(entry.data) for entry in entries)

    asyncio.run(run())


def test_an_article_that_is_gone_is_not_invented(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.found["How do I return it?"] = [hit("archived-meanwhile", 0.95)]
            chat = await desk_.run(small_shop.say, "How do I return it?")
            entries = await desk_.until(chat.conversation_id, "said", "offered", "decided")
            assert entries[3].data["note"] == "article is gone"

    asyncio.run(run())


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

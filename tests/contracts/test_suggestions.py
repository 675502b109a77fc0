"""What agents are offered to write: looked up once a chat, with what only colleagues may read, and never in the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.suggesting import ITEMS, Suggesting
from handoff import desk
from knowledge_base.passages import Document
from knowledge_base.search import Hit
from runtime.errors import NotFound
from tests.contracts.turn_desk import FEATURES
from tests.shop import Shop

pytestmark = pytest.mark.anyio

PASSAGE = "Vi sender samme dag. Fragten til Norge koster 69 kr. Den er gratis over 899 kr."


def hit(article: str, certainty: float, audience: str = "public", passage: str = PASSAGE) -> Hit:
    document = Document(f"{article}.da", "da", article.title(), (), passage, audience, article)
    return Hit(document, certainty, certainty, passage, "pris", article, FEATURES)


@dataclass(slots=True)
class Shelf:
    hits: list[Hit] = field(default_factory=list)
    gate: asyncio.Event | None = None
    error: Exception | None = None
    asked: list[tuple[str, str | None, frozenset[str]]] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def search_after(
        self, question: str, language: str | None, limit: int = 5, audiences: frozenset[str] = frozenset()
    ) -> list[Hit]:
        self.asked.append((question, language, audiences))
        self.reached.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return self.hits[:limit]


@asynccontextmanager
async def opened(shop: Shop, *hits: Hit) -> AsyncIterator[tuple[Suggesting, Shelf]]:
    shop.db.start()
    shelf = Shelf(list(hits))
    try:
        yield Suggesting(shop.db, shelf, "https://svar.example", patience_s=5), shelf
    finally:
        await shop.db.stop()


def waiting(shop: Shop, text: str = "Hvad koster fragten til Norge?") -> int:
    """The id of a chat in the queue, in which this was asked."""
    shop.say(text, language="da")
    return shop.ask_for_person().conversation_id


async def test_three_articles_with_the_sentence_that_answers(shop: Shop) -> None:
    chat = waiting(shop)
    hits = [hit("freight", 0.8), hit("buying", 0.5, "internal"), hit("third", 0.2), hit("fourth", 0.1)]
    async with opened(shop, *hits) as (suggesting, shelf):
        found = await suggesting.of(chat)
    assert [item.article for item in found.items] == ["freight", "buying", "third"]
    assert len(found.items) == ITEMS
    first = found.items[0]
    assert first.sentence == "Fragten til Norge koster 69 kr."
    assert (first.before, first.after) == ("Vi sender samme dag.", "Den er gratis over 899 kr.")
    assert (first.url, first.certainty) == ("https://svar.example/help/da/freight#pris", 0.8)
    assert [item.audience for item in found.items] == ["public", "internal", "public"]
    assert shelf.asked == [("Hvad koster fragten til Norge?", "da", frozenset({"public", "signed_in", "internal"}))]
    assert (found.looked, found.failed, found.mood, found.seq) == (True, False, "calm", 2)


async def test_agents_who_look_at_the_same_chat_share_one_look(shop: Shop) -> None:
    chat, other = waiting(shop), waiting(shop)
    async with opened(shop, hit("freight", 0.8)) as (suggesting, shelf):
        shelf.gate = asyncio.Event()
        first, second = (asyncio.create_task(suggesting.of(chat)) for _ in range(2))
        await shelf.reached.wait()
        first.cancel()  # one of them leaves
        shelf.gate.set()
        assert [item.article for item in (await second).items] == ["freight"]
        assert len(shelf.asked) == 1
        await suggesting.of(other)
        assert len(shelf.asked) == 2, "a look that is over is not given again"


async def test_what_is_noise_or_has_no_words_is_left_out(shop: Shop) -> None:
    chat = waiting(shop)
    async with opened(shop, hit("bare", 0.9, passage=""), hit("noise", 0.01)) as (suggesting, _):
        found = await suggesting.of(chat)
    assert (found.items, found.looked, found.failed) == ([], True, False)


@pytest.mark.parametrize("error", [RuntimeError("the model's thread has ended"), ValueError("choked")])
async def test_a_search_that_fails_takes_only_the_articles(shop: Shop, error: Exception) -> None:
    chat = waiting(shop, "Det er uacceptabelt!! Hvor er min pakke?")
    async with opened(shop) as (suggesting, shelf):
        shelf.error = error
        found = await suggesting.of(chat)
    assert (found.failed, found.items, found.mood) == (True, [], "upset")


async def test_a_search_that_hangs_is_given_up(shop: Shop) -> None:
    chat = waiting(shop)
    async with opened(shop) as (suggesting, shelf):
        suggesting.patience_s = 0.05
        shelf.gate = asyncio.Event()
        assert (await suggesting.of(chat)).failed


async def test_nothing_is_looked_up_where_nobody_would_write_it(shop: Shop) -> None:
    """With the assistant, resolved, for a reader, or where the customer asked nothing."""
    with_assistant = shop.say("Hvad koster fragten?", language="da").conversation_id
    asked_for_person = shop.ask_for_person(token="u" * 43).conversation_id
    async with opened(shop, hit("freight", 0.8)) as (suggesting, shelf):
        assert not (await suggesting.of(with_assistant)).looked
        assert not (await suggesting.of(asked_for_person)).looked
        done = await asyncio.to_thread(shop.ask_for_person)
        assert not (await suggesting.of(done.conversation_id, look=False)).looked
        assert shelf.asked == []
        await asyncio.to_thread(shop.claim, done.conversation)
        assert (await suggesting.of(done.conversation_id)).looked
        await asyncio.to_thread(shop.do, desk.resolve, done.conversation)
        assert not (await suggesting.of(done.conversation_id)).looked
        assert len(shelf.asked) == 1


async def test_a_chat_that_is_not_there(shop: Shop) -> None:
    async with opened(shop) as (suggesting, _):
        with pytest.raises(NotFound):
            await suggesting.of(999_999)

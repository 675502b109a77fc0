"""A desk for the tests of turns: a shop with five articles, a searcher that does as it is told, turns that run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.actions import Actions
from bot.policy import Thresholds
from bot.turn import Turns
from conversation import log
from conversation.log import Logged
from knowledge_base import versions
from knowledge_base.drafting import draft_of
from knowledge_base.passages import Document
from knowledge_base.ranking import Features
from knowledge_base.search import Hit
from runtime.bus import LocalBus
from tests.shop import Shop, new_database

FEATURES = Features(0, 0, 0, 0)


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
    expected_wait_s: float = 0.0

    async def search(
        self, question: str, language: str | None, limit: int = 5, audiences: frozenset[str] = frozenset()
    ) -> list[Hit]:
        self.asked.append(question)
        self.reached.set()
        if self.gate is not None:
            await asyncio.to_thread(self.gate.wait, 30)
        if self.error is not None:
            raise self.error
        return self.found.get(question, [])

    def known(
        self, question: str, language: str | None, limit: int = 5, audiences: frozenset[str] = frozenset()
    ) -> list[Hit] | None:
        return self.found.get(question) if question in self.asked else None

    def without(self, hits: Sequence[Hit], root: str, language: str | None) -> list[Hit]:
        return [each for each in hits if each.document.root != root]


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

    async def ask_and_hold(self, text: str) -> Logged:
        """A customer's question that the assistant is thinking about, until `shelf.gate` is set."""
        self.shelf.gate = threading.Event()
        asked = await self.run(self.shop.say, text)
        assert await asyncio.to_thread(self.shelf.reached.wait, 30)
        return asked

    async def let_go(self) -> None:
        """What was held goes on, until no turn is under way."""
        assert self.shelf.gate is not None
        self.shelf.gate.set()
        await self.quiet()

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
        while self.turns.tasks:
            await asyncio.wait(tuple(self.turns.tasks))


@contextmanager
def stocked(url: str) -> Iterator[Shop]:
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
    yield shop
    shop.db.engine.dispose()


@asynccontextmanager
async def opened(
    shop: Shop, deadline_s: float = 60.0, actions: Actions | None = None, pause_s: float = 0.0
) -> AsyncIterator[Desk]:
    assert shop.db.bus is not None
    shelf = Shelf()
    shop.db.start()
    thresholds = Thresholds(0.8, 0.3)
    turns = Turns(shop.db, shop.db.bus, shelf, actions or Actions(), thresholds, deadline_s, pause_s=pause_s)
    try:
        yield Desk(shop, shelf, turns)
    finally:
        if shelf.gate is not None:
            shelf.gate.set()
        await turns.stop()
        await shop.db.stop()

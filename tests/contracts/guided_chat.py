"""A customer in front of forms, for the tests of guided actions: says something and gets the assistant's turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.actions import Actions
from bot.actions.backend import Backend
from bot.actions.forms import FORMS
from conversation import log
from conversation.log import Logged
from knowledge_base import versions
from knowledge_base.drafting import draft_of
from tests.contracts.turn_desk import Desk, hit, opened
from tests.order_desks import TOKEN
from tests.shop import TOKEN as TOKEN_OF_VISITOR
from tests.shop import Shop

STARTS = {f"I want {name}": name for name in FORMS}


def add_forms(shop: Shop) -> None:
    for name in FORMS:
        draft = draft_of(name.replace("_", " "), (), "See **here**.")
        shop.db.write_now(versions.publish_imported, name, "en", draft, "none", None, "test", "public", name)


class Chat:
    """One customer: says something, and gets the assistant's turn."""

    def __init__(self, desk: Desk, language: str = "en") -> None:
        self.desk, self.language = desk, language
        self.id, self.token = 0, TOKEN_OF_VISITOR
        for text, name in STARTS.items():
            desk.shelf.found[text] = [hit(name, 0.95)]
        desk.shelf.found["How long may I return things?"] = [hit("returns", 0.93)]
        desk.shelf.found["When are you open?"] = [hit("hours", 0.93)]

    async def say(self, text: str) -> Logged:
        """The turn that answers, without the reason for it."""
        said = await self.desk.run(self.desk.shop.say, text, language=self.language, token=self.token)
        self.id = said.conversation_id
        for _ in range(1000):
            entries = await self.desk.shop.db.read(log.since, said.conversation_id, said.seq)
            if any(entry.kind == "decided" for entry in entries):
                return entries[0]
            await asyncio.sleep(0.01)
        raise AssertionError("no turn")

    async def entries(self) -> list[Logged]:
        return await self.desk.shop.db.read(log.transcript, self.id)


def at(url: str) -> Actions:
    return Actions(backend=Backend(url, TOKEN, timeout_s=1.0))


def play(shop: Shop, actions: Actions, story: Callable[[Chat], Awaitable[None]], language: str = "en") -> None:
    async def run() -> None:
        async with opened(shop, actions=actions) as desk_:
            await story(Chat(desk_, language))

    asyncio.run(run())

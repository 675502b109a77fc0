"""A database with one site in it, and what its customers and agents do, in few words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import SQLModel

import conversation.tables  # noqa: F401 - the three for their tables
import knowledge_base.tables  # noqa: F401
import runtime.tables  # noqa: F401
from conversation import log, sites, visits
from conversation.log import Logged
from conversation.sites import SiteCard
from handoff import desk
from handoff.desk import Agent
from runtime.bus import Bus
from runtime.db import Database

MAJA, OSKAR = Agent("a1", "Maja"), Agent("a2", "Oskar")
TOKEN = "t" * 43


def new_database(url: str, bus: Bus | None = None) -> Database:
    """With all tables. It has not been started."""
    db = Database(url, bus)
    SQLModel.metadata.create_all(db.engine)
    return db


@asynccontextmanager
async def processes(url: str, count: int = 1) -> AsyncIterator[list[Database]]:
    """Started databases of one address, as several processes have them."""
    databases = [new_database(url) for _ in range(count)]
    async with AsyncExitStack() as stack:
        for db in databases:
            db.start()
            stack.push_async_callback(db.stop)
        yield databases


@dataclass(slots=True)
class Shop:
    """Everything goes through `write_now`; ids are counted up unless a test gives one."""

    db: Database
    site: SiteCard = field(init=False)
    _count: int = 0

    def __post_init__(self) -> None:
        self.site = self.db.write_now(sites.put_site, "Lyngvidde", ["http://shop.example"], ["da", "nb", "sv", "en"])

    def client_id(self) -> str:
        self._count += 1
        return f"client-{self._count:06d}"

    def say(self, text: str, client_id: str = "", token: str = TOKEN, **more: Any) -> Logged:
        return self.db.write_now(
            visits.say, self.site.id, token, client_id or self.client_id(), text, **{"language": "en", **more}
        )

    def ask_for_person(self, client_id: str = "", token: str = TOKEN) -> Logged:
        return self.db.write_now(
            visits.request_human, self.site.id, token, client_id or self.client_id(), language="en"
        )

    def end(self, client_id: str = "", token: str = TOKEN) -> Logged:
        return self.db.write_now(visits.end, self.site.id, token, client_id or self.client_id())

    def rate(self, value: int, comment: str = "", client_id: str = "") -> Logged:
        return self.db.write_now(visits.rate, self.site.id, TOKEN, client_id or self.client_id(), value, comment)

    def claim(self, chat: str, agent: Agent = MAJA, client_id: str = "") -> Logged:
        return self.db.write_now(desk.claim, chat, agent, client_id or self.client_id())

    def reply(self, chat: str, text: str, agent: Agent = MAJA, client_id: str = "") -> Logged:
        return self.db.write_now(desk.reply, chat, agent, client_id or self.client_id(), text)

    def do(self, verb: Any, chat: str, agent: Agent = MAJA, client_id: str = "", *words: str) -> Logged:
        logged: Logged = self.db.write_now(verb, chat, agent, client_id or self.client_id(), *words)
        return logged

    def row(self, conversation_id: int) -> Any:
        return self.db.read_now(log.row_of, conversation_id)

    def kinds(self, conversation_id: int) -> list[str]:
        return [logged.kind for logged in self.db.read_now(log.transcript, conversation_id)]

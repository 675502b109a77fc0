"""A socket and a bus for the tests of the hub, a hub that reads in small pages, and waiting until it is quiet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bot import hub as hub_module
from bot import lists, readings, wire
from bot.hub import Hub
from conversation.events import Audience
from conversation.log import Logged
from runtime.bus import LocalBus, Notice
from tests.shop import Shop

SMALL_PAGE = 3  # entries of one reading in these tests, so that several are needed


class Pipe:
    """A socket that keeps what it is sent. `gate` holds replays back."""

    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        self.frames: list[wire.Frame] = []
        self.gate: asyncio.Event | None = None
        self.asked = asyncio.Event()

    def send(self, frame: wire.Frame) -> None:
        self.frames.append(frame)

    def hint(self, frame: wire.Frame) -> None:
        self.frames.append(frame)

    async def send_slowly(self, frame: wire.Frame) -> None:
        self.asked.set()
        if self.gate is not None:
            await self.gate.wait()
        self.frames.append(frame)
        await asyncio.sleep(0)

    def of(self, kind: type[wire.Frame]) -> list[Any]:
        return [frame for frame in self.frames if isinstance(frame, kind)]

    @property
    def entries(self) -> list[int]:
        return [frame.seq for frame in self.of(wire.EntryFrame)]


def read_in_small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """And tells rows at once."""
    monkeypatch.setattr(readings, "PAGE", SMALL_PAGE)
    monkeypatch.setattr(lists, "ROWS_EVERY_S", 0.0)


def look_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """In small pages; and what is behind has lost its notice at once."""
    read_in_small_pages(monkeypatch)
    monkeypatch.setattr(hub_module, "CERTAIN_S", 0.0)
    monkeypatch.setattr(lists, "CERTAIN_S", 0.0)


async def look(hub: Hub) -> None:
    await hub.look_once()
    await settled(hub)


async def settled(hub: Hub) -> None:
    """Until nothing is under way in the hub."""
    await asyncio.sleep(0)
    while hub.tasks:
        await asyncio.wait(tuple(hub.tasks))


class DeafBus(LocalBus):
    """Loses everything while `deaf`, or all but the numbers while `far`, as if it came from another process."""

    def __init__(self) -> None:
        super().__init__()
        self.deaf = self.far = False

    def publish(self, notices: Sequence[Notice]) -> None:
        if self.far:
            notices = [Notice(notice.topic, notice.key, notice.number, notice.data) for notice in notices]
        if not self.deaf:
            super().publish(notices)


def around(shop: Shop, test: Callable[[Hub], Any]) -> None:
    """Runs the test with a hub on the shop's database and bus."""

    async def run() -> None:
        assert shop.db.bus is not None
        hub = Hub(shop.db, shop.db.bus)
        shop.db.start()
        hub.start()
        await test(hub)
        await hub.stop()
        await shop.db.stop()

    asyncio.run(run())


async def joined(hub: Hub, chat: Logged, audience: Audience, after: int = 0, **more: Any) -> Pipe:
    pipe = Pipe(audience)
    await hub.watch(pipe, chat.conversation_id, chat.conversation, after, **more)
    await settled(hub)
    return pipe

"""Who is here: what staff see of a customer's presence, on this worker and on others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import attendance, wire
from bot.hub import Hub
from conversation.events import Audience
from tests.shop import Shop, new_database
from tests.unit.hub_pipe import DeafBus, Pipe, around, joined, look, look_without_waiting, settled


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    look_without_waiting(monkeypatch)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    db = new_database(f"sqlite:///{tmp_path}/x.sqlite3", DeafBus())
    yield Shop(db)
    db.engine.dispose()


def test_staff_see_whether_the_customer_is_here(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attendance, "RELOAD_S", 0.5)
    chat = shop.say("Hello")

    def here(pipe: Pipe) -> list[bool]:
        return [frame.data.here for frame in pipe.of(wire.PresenceFrame)]

    async def test(hub: Hub) -> None:
        staff = await joined(hub, chat, Audience.STAFF)
        assert here(staff) == [False]
        customer = Pipe(Audience.ALL)
        watch = await hub.watch(customer, chat.conversation_id, chat.conversation, 0)
        await settled(hub)
        assert here(staff) == [False, True]
        second = await hub.watch(Pipe(Audience.ALL), chat.conversation_id, chat.conversation, 0)
        hub.leave(watch)
        await asyncio.sleep(0.6)
        assert here(staff) == [False, True]  # another tab is open
        hub.leave(second)
        again = await hub.watch(Pipe(Audience.ALL), chat.conversation_id, chat.conversation, 0)
        await asyncio.sleep(0.6)
        assert here(staff) == [False, True]  # a reload is no absence
        hub.leave(again)
        async with asyncio.timeout(20):
            while len(here(staff)) < 3:  # noqa: ASYNC110 - the hub tells no event of it
                await asyncio.sleep(0.01)
        assert here(staff) == [False, True, False]
        assert customer.of(wire.PresenceFrame) == []

    around(shop, test)


def test_the_customers_of_other_workers_are_here_too(shop: Shop) -> None:
    class Elsewhere:
        sockets = 1

        def join(self, kind: str, key: int | str) -> None: ...

        def leave(self, kind: str, key: int | str) -> None: ...

        def count(self, kind: str, key: int | str) -> int:
            return self.sockets

    chat = shop.say("Hello")

    async def test(hub: Hub) -> None:
        hub.attendance.everywhere = elsewhere = Elsewhere()
        staff = await joined(hub, chat, Audience.STAFF)
        elsewhere.sockets = 0  # that worker was killed: nobody said goodbye
        await look(hub)
        assert [frame.data.here for frame in staff.of(wire.PresenceFrame)] == [True, False]

    around(shop, test)

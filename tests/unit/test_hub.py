"""The hub on a real log: who sees what, who is asked for a rating, whose place moves up."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import wire
from bot.hub import Hub
from conversation import log
from conversation.events import Audience
from conversation.log import Logged
from handoff import desk
from runtime.bus import LocalBus, Notice
from runtime.errors import Unavailable
from tests.shop import MAJA, Shop, new_database
from tests.unit.hub_pipe import Pipe, around, joined, read_in_small_pages, settled


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    read_in_small_pages(monkeypatch)


@pytest.fixture
def shop(tmp_path):
    db = new_database(f"sqlite:///{tmp_path / 'x.sqlite3'}", LocalBus())
    yield Shop(db)
    db.engine.dispose()


async def joined_quietly(hub: Hub, chat: Logged, audience: Audience) -> Pipe:
    """What was there before is not told."""
    pipe = await joined(hub, chat, audience)
    pipe.frames.clear()
    return pipe


def test_notes_and_reasons_are_for_staff_only(shop: Shop) -> None:
    chat = shop.say("Hello")

    async def test(hub: Hub) -> None:
        customer, staff = await joined_quietly(hub, chat, Audience.ALL), await joined_quietly(hub, chat, Audience.STAFF)
        shop.do(desk.note, chat.conversation, MAJA, "", "A difficult one")
        shop.reply(chat.conversation, "Hi")
        await settled(hub)
        assert customer.entries == staff.entries == [3, 4, 5]
        note = customer.of(wire.EntryFrame)[0]
        assert note.data == {"kind": "hidden"}
        assert staff.of(wire.EntryFrame)[0].data["text"] == "A difficult one"
        for frame in customer.frames:
            assert MAJA.id not in wire.encode(frame).replace(chat.conversation, "").split('"')
            assert "difficult" not in wire.encode(frame)
        assert customer.of(wire.StateFrame)[-1].data.owner == "agent"
        assert staff.of(wire.StateFrame)[-1].data.owner == f"agent:{MAJA.id}"

    around(shop, test)


def test_a_rating_is_asked_for_at_the_end_and_once(shop: Shop) -> None:
    chat = shop.say("Hello")

    async def test(hub: Hub) -> None:
        customer, staff = await joined_quietly(hub, chat, Audience.ALL), await joined_quietly(hub, chat, Audience.STAFF)
        shop.end()
        await settled(hub)
        assert [frame.data.episode for frame in customer.of(wire.SurveyFrame)] == [1]
        assert staff.of(wire.SurveyFrame) == []
        shop.do(desk.note, chat.conversation, MAJA, "", "Nice")
        await settled(hub)
        assert len(customer.of(wire.SurveyFrame)) == 1
        late = Pipe(Audience.ALL)
        await hub.watch(late, chat.conversation_id, chat.conversation, 0)
        await settled(hub)
        assert len(late.of(wire.SurveyFrame)) == 1  # who comes back later is asked too
        shop.rate(5)
        again = Pipe(Audience.ALL)
        await hub.watch(again, chat.conversation_id, chat.conversation, 0)
        await settled(hub)
        assert again.of(wire.SurveyFrame) == []

    around(shop, test)


def test_who_never_spoke_in_this_episode_is_not_asked(shop: Shop) -> None:
    chat = shop.say("Hello")
    shop.end()
    shop.ask_for_person()

    async def test(hub: Hub) -> None:
        customer = await joined_quietly(hub, chat, Audience.ALL)
        shop.end()
        await settled(hub)
        assert customer.of(wire.StateFrame)[-1].data.status == "resolved"
        assert customer.of(wire.SurveyFrame) == []

    around(shop, test)


def test_typing_and_receipts_go_to_the_others(shop: Shop) -> None:
    chat = shop.say("Hello")

    async def test(hub: Hub) -> None:
        customer, staff = await joined_quietly(hub, chat, Audience.ALL), await joined_quietly(hub, chat, Audience.STAFF)
        hub.bus.publish([Notice("typing", chat.conversation_id, 1, "agent:Maja"), Notice("typing", 99, 1, "bot:")])
        hub.bus.publish([Notice("typing", chat.conversation_id, 0, "customer:")])
        await shop.db.write(log.mark_seen, chat.conversation_id, "staff", 2)
        await shop.db.write(log.mark_seen, chat.conversation_id, "customer", 1)
        await settled(hub)
        assert [(one.data.who, one.data.on, one.data.name) for one in customer.of(wire.TypistFrame)] == [
            ("agent", True, "Maja")
        ]
        assert [(one.data.who, one.data.on) for one in staff.of(wire.TypistFrame)] == [("customer", False)]
        assert [(one.data.who, one.data.seq) for one in customer.of(wire.SeenByFrame)] == [("staff", 2)]
        assert [(one.data.who, one.data.seq) for one in staff.of(wire.SeenByFrame)] == [("customer", 1)]

    around(shop, test)


def test_delivered_goes_to_the_other_side_unless_it_was_seen(shop: Shop) -> None:
    chat = shop.say("Hello")

    async def test(hub: Hub) -> None:
        customer, staff = await joined_quietly(hub, chat, Audience.ALL), await joined_quietly(hub, chat, Audience.STAFF)
        for seq in (2, 2, 1):
            await shop.db.write(desk.receive, chat.conversation, seq)
        await shop.db.write(log.mark_seen, chat.conversation_id, "customer", 2)
        await shop.db.write(log.mark_delivered, chat.conversation_id, "customer", 2)
        await settled(hub)
        assert [(one.data.who, one.data.seq) for one in customer.of(wire.DeliveredToFrame)] == [("staff", 2)]
        assert customer.of(wire.SeenByFrame) == staff.of(wire.DeliveredToFrame) == []
        assert [(one.data.who, one.data.seq) for one in staff.of(wire.SeenByFrame)] == [("customer", 2)]
        late = await joined(hub, chat, Audience.ALL)  # who comes later is told too
        assert [one.data.seq for one in late.of(wire.DeliveredToFrame)] == [2]

    around(shop, test)


def test_places_move_up(shop: Shop) -> None:
    chats = [shop.ask_for_person(token=f"{n:043d}") for n in range(3)]

    async def test(hub: Hub) -> None:
        pipes = []
        for chat in chats:
            pipe = Pipe(Audience.ALL)
            await hub.watch(pipe, chat.conversation_id, chat.conversation, 0)
            pipes.append(pipe)
        await settled(hub)
        assert [[one.data.position for one in pipe.of(wire.QueueFrame)] for pipe in pipes] == [[1], [2], [3]]
        shop.claim(chats[0].conversation)
        await settled(hub)
        assert [[one.data.position for one in pipe.of(wire.QueueFrame)] for pipe in pipes] == [[1], [2, 1], [3, 2]]
        shop.do(desk.release, chats[0].conversation)
        await settled(hub)
        assert [pipe.of(wire.QueueFrame)[-1].data.position for pipe in pipes] == [1, 2, 3]

    around(shop, test)


def test_rows_reach_every_desk_even_after_a_fault(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    chats = [shop.say("Hello", token=f"{n:043d}") for n in range(2)]

    async def test(hub: Hub) -> None:
        desks = [Pipe(Audience.STAFF), Pipe(Audience.STAFF)]
        hub.lists.desks.update(desks)
        real = shop.db.read

        async def broken(*_args: Any) -> None:
            raise Unavailable("Not now.")

        monkeypatch.setattr(shop.db, "read", broken)
        shop.reply(chats[0].conversation, "Hi")
        await settled(hub)
        monkeypatch.setattr(shop.db, "read", real)
        shop.reply(chats[1].conversation, "Hi")
        await settled(hub)
        for pipe in desks:
            assert {frame.conversation for frame in pipe.of(wire.ChatFrame)} == {chat.conversation for chat in chats}
            assert all(frame.data.agent == "Maja" for frame in pipe.of(wire.ChatFrame))

    around(shop, test)


def test_a_slow_replay_keeps_nobody_waiting(shop: Shop) -> None:
    chat = shop.say("Hello")

    async def test(hub: Hub) -> None:
        slow = Pipe(Audience.ALL)
        slow.gate = asyncio.Event()
        waiting = asyncio.ensure_future(hub.watch(slow, chat.conversation_id, chat.conversation, 0))
        quick = await joined_quietly(hub, chat, Audience.STAFF)
        shop.say("More")
        await settled(hub)
        assert quick.entries == [3]
        assert slow.frames == []
        slow.gate.set()
        await waiting
        await settled(hub)
        assert slow.entries == [1, 2, 3]

    around(shop, test)


def test_a_replay_that_breaks_off_leaves_no_watch(shop: Shop) -> None:
    chat = shop.say("Hello")

    async def test(hub: Hub) -> None:
        slow = Pipe(Audience.ALL)
        slow.gate = asyncio.Event()
        waiting = asyncio.ensure_future(hub.watch(slow, chat.conversation_id, chat.conversation, 0))
        await slow.asked.wait()
        assert len(hub.watches) == 1
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert hub.watches == {}

    around(shop, test)

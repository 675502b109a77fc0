"""What lost notices leave behind, pages of old entries, and who is here: the hub on a real log."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import hub as hub_module
from bot import lists, wire
from bot.hub import Hub
from conversation import log
from conversation.events import Audience
from handoff import desk
from runtime.db import Database
from tests.shop import MAJA, Shop, new_database
from tests.unit.hub_pipe import DeafBus, Pipe, around, joined, look, look_without_waiting, settled


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    look_without_waiting(monkeypatch)


@pytest.fixture
def shop(tmp_path):
    db = new_database(f"sqlite:///{tmp_path / 'x.sqlite3'}", DeafBus())
    yield Shop(db)
    db.engine.dispose()


def bus_of(shop: Shop) -> DeafBus:
    assert isinstance(shop.db.bus, DeafBus)
    return shop.db.bus


def counting_reads(db: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    reads: list[str] = []
    real = db.read

    async def counted(verb: Any, *args: Any, **kwargs: Any) -> Any:
        reads.append(verb.__name__)
        return await real(verb, *args, **kwargs)

    monkeypatch.setattr(db, "read", counted)
    return reads


def test_a_receipt_of_a_moment_ago_is_shown_to_whoever_opens_the_chat(shop: Shop) -> None:
    chat = shop.say("Hello")

    async def test(hub: Hub) -> None:
        shop.reply(chat.conversation, "Hi")
        await joined(hub, chat, Audience.STAFF)
        shop.reply(chat.conversation, "Hi again")
        await settled(hub)
        await shop.db.write(log.mark_seen, chat.conversation_id, "customer", 4)
        await settled(hub)
        late = await joined(hub, chat, Audience.STAFF)
        assert [frame.data.seq for frame in late.of(wire.SeenByFrame)] == [4]
        assert late.of(wire.DeliveredToFrame) == []
        shop.reply(chat.conversation, "And again")
        await shop.db.write(log.mark_delivered, chat.conversation_id, "customer", 5)
        await settled(hub)
        later = await joined(hub, chat, Audience.STAFF)
        assert [frame.data.seq for frame in later.of(wire.SeenByFrame)] == [4]
        assert [frame.data.seq for frame in later.of(wire.DeliveredToFrame)] == [5]

    around(shop, test)


def test_it_goes_on_looking_after_a_fault_that_nobody_thought_of(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "HEAL_S", 0.01)
    looks: list[int] = []
    again = asyncio.Event()

    async def broken(_: Hub) -> None:
        looks.append(1)
        if len(looks) > 1:
            again.set()
        raise KeyError("conversation")

    monkeypatch.setattr(Hub, "look_once", broken)

    async def test(hub: Hub) -> None:
        hub.several = lambda: True
        hub.look()
        await asyncio.wait_for(again.wait(), 10)

    around(shop, test)


def test_what_is_written_here_reaches_its_readers_without_a_reading(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = shop.say("Hello")

    async def test(hub: Hub) -> None:
        pipe = await joined(hub, chat, Audience.ALL)
        reads = counting_reads(shop.db, monkeypatch)
        for number in range(20):
            shop.say(f"More {number}")
        await settled(hub)
        assert pipe.entries == list(range(1, 23))
        assert reads == []
        late = await joined(hub, chat, Audience.STAFF, after=20)  # nor who joins now, and lacks only the last ones
        assert late.entries == [21, 22]
        assert [read for read in reads if read == "read"] == []

    around(shop, test)


def test_lost_entries_and_receipts_are_found(shop: Shop) -> None:
    chat = shop.say("Hello")

    async def test(hub: Hub) -> None:
        customer, staff = await joined(hub, chat, Audience.ALL), await joined(hub, chat, Audience.STAFF)
        bus_of(shop).deaf = True
        shop.reply(chat.conversation, "Hi")
        await shop.db.write(log.mark_seen, chat.conversation_id, "staff", 2)
        await settled(hub)
        assert customer.entries == staff.entries == [1, 2]
        await look(hub)
        assert customer.entries == staff.entries == [1, 2, 3, 4]
        assert customer.of(wire.StateFrame)[-1].data.owner == "agent"
        assert [one.data.seq for one in customer.of(wire.SeenByFrame)] == [2]
        await shop.db.write(desk.receive, chat.conversation, 4)
        await shop.db.write(log.mark_delivered, chat.conversation_id, "customer", 3)
        await look(hub)
        assert [(one.data.who, one.data.seq) for one in customer.of(wire.DeliveredToFrame)] == [("staff", 4)]
        assert [(one.data.who, one.data.seq) for one in staff.of(wire.DeliveredToFrame)] == [("customer", 3)]
        count = len(customer.frames), len(staff.frames)
        await look(hub)
        assert (len(customer.frames), len(staff.frames)) == count  # and once only

    around(shop, test)


def test_other_processes_bring_only_numbers(shop: Shop) -> None:
    chat = shop.say("Hello")

    async def test(hub: Hub) -> None:
        pipe = await joined(hub, chat, Audience.ALL)
        bus_of(shop).far = True
        shop.say("From afar")
        await settled(hub)
        bus_of(shop).far = False
        shop.say("From here")
        await settled(hub)
        bus_of(shop).deaf = True
        shop.say("Lost")
        bus_of(shop).deaf = False
        shop.say("From here again")  # which shows that one is missing
        await settled(hub)
        assert pipe.entries == [1, 2, 3, 4, 5, 6]

    around(shop, test)


def test_the_list_is_as_right_as_after_a_reload(shop: Shop) -> None:
    """Rows that changed, came and went while all notices were lost; and no row that did not."""
    chats = [shop.say(f"Hello {n}", token=f"{n:043d}") for n in range(4)]

    async def test(hub: Hub) -> None:
        pipe = Pipe(Audience.STAFF)
        await hub.lists.join(pipe)
        await settled(hub)
        assert {chat.id for page in pipe.of(wire.ChatsFrame) for chat in page.data.items} == {
            chat.conversation for chat in chats
        }
        await look(hub)
        assert pipe.of(wire.ChatFrame) == []
        bus_of(shop).deaf = True
        shop.reply(chats[0].conversation, "Hi")
        shop.do(desk.resolve, chats[1].conversation)
        await shop.db.write(log.mark_seen, chats[2].conversation_id, "staff", 2)
        await shop.db.write(log.mark_delivered, chats[3].conversation_id, "customer", 2)
        new = shop.say("I am new", token="n" * 43)
        await look(hub)
        told = {frame.conversation: frame.data for frame in pipe.of(wire.ChatFrame)}
        assert set(told) == {chat.conversation for chat in (*chats, new)}
        assert told[chats[0].conversation].agent == "Maja"
        assert told[chats[1].conversation].status == "resolved"
        assert told[chats[2].conversation].seen_by_staff == told[chats[2].conversation].delivered_to_staff == 2
        assert (told[chats[3].conversation].delivered_to_customer, told[chats[3].conversation].seen_by_customer) == (
            2,
            0,
        )
        pipe.frames.clear()
        await look(hub)
        assert pipe.of(wire.ChatFrame) == []
        shop.do(desk.note, chats[1].conversation, MAJA, "", "Was easy")  # it is over, but its row still changes
        await look(hub)
        assert [frame.conversation for frame in pipe.of(wire.ChatFrame)] == [chats[1].conversation]

    around(shop, test)


def test_places_are_right_after_a_lost_notice(shop: Shop) -> None:
    chats = [shop.ask_for_person(token=f"{n:043d}") for n in range(2)]

    async def test(hub: Hub) -> None:
        second = await joined(hub, chats[1], Audience.ALL)
        bus_of(shop).deaf = True
        shop.claim(chats[0].conversation)
        await look(hub)
        assert [frame.data.position for frame in second.of(wire.QueueFrame)] == [2, 1]

    around(shop, test)


def test_the_list_comes_in_pages_people_first(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    chats = [shop.say(f"Hello {n}", token=f"{n:043d}") for n in range(5)]
    shop.ask_for_person(token=f"{0:043d}")

    async def test(hub: Hub) -> None:
        pipe = Pipe(Audience.STAFF)
        pipe.gate = asyncio.Event()
        joining = asyncio.ensure_future(hub.lists.join(pipe))
        await pipe.asked.wait()
        shop.reply(chats[2].conversation, "Hi")  # while the pages are under way
        pipe.gate.set()
        await joining
        await settled(hub)
        pages = [frame.data for frame in pipe.of(wire.ChatsFrame)]
        assert [page.page for page in pages] == list(range(1, len(pages) + 1))
        assert [page.more for page in pages] == [True] * (len(pages) - 1) + [False]
        shown = [chat.id for page in pages for chat in page.items]
        assert shown[0] == chats[0].conversation
        assert set(shown) >= {chat.conversation for chat in chats if chat is not chats[2]}
        assert len(shown) == len(set(shown))
        assert isinstance(pipe.frames[-1], wire.ChatFrame)  # the newest word on it comes last
        assert pipe.frames[-1].data.agent == "Maja"
        assert pages[0].items[0].said == "Hello 0"

    around(shop, test)


def test_an_empty_list_is_a_list(shop: Shop) -> None:
    async def test(hub: Hub) -> None:
        pipe = Pipe(Audience.STAFF)
        await hub.lists.join(pipe)
        assert [(frame.data.items, frame.data.more) for frame in pipe.of(wire.ChatsFrame)] == [([], False)]

    around(shop, test)


def test_a_window_shows_the_newest_and_older_ones_can_be_asked_for(shop: Shop) -> None:
    chat = shop.say("Hello")
    for number in range(18):
        shop.say(f"More {number}")

    async def test(hub: Hub) -> None:
        pipe = await joined(hub, chat, Audience.ALL, window=5)
        assert pipe.entries == [16, 17, 18, 19, 20]
        assert pipe.of(wire.ReplayBeginFrame)[0].data.from_seq == 16
        assert pipe.of(wire.ResyncRequiredFrame) == []  # nothing was cached
        behind = await joined(hub, chat, Audience.ALL, after=3, window=5)
        assert behind.entries == [16, 17, 18, 19, 20]
        assert len(behind.of(wire.ResyncRequiredFrame)) == 1
        near = await joined(hub, chat, Audience.ALL, after=17, window=5)
        assert near.entries == [18, 19, 20]
        assert near.of(wire.ResyncRequiredFrame) == []
        watch = next(watch for watch in hub.watches[chat.conversation_id] if watch.pipe is pipe)
        for before, limit, expected in ((16, 10, range(6, 16)), (6, 10, range(1, 6)), (1, 10, ()), (99, 2, (19, 20))):
            pipe.frames.clear()
            await hub.past(watch, before, limit)
            (past,) = pipe.of(wire.PastFrame)
            assert [entry.seq for entry in past.data.entries] == list(expected)
        shop.say("Live")
        await settled(hub)
        assert pipe.entries == [21]

    around(shop, test)


def test_a_page_of_old_entries_hides_what_is_for_staff(shop: Shop) -> None:
    chat = shop.say("Hello")
    shop.do(desk.note, chat.conversation, MAJA, "", "A difficult one")

    async def test(hub: Hub) -> None:
        pipe = await joined(hub, chat, Audience.ALL, window=1)
        watch = next(iter(hub.watches[chat.conversation_id]))
        await hub.past(watch, 4, 10)
        assert pipe.of(wire.PastFrame)[0].data.entries[-1].data == {"kind": "hidden"}

    around(shop, test)

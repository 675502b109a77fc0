"""The hub: whatever notices are lost, doubled or reordered, each entry reaches each watcher once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import hub as hub_module
from bot import wire
from bot.hub import Hub, Watch
from bot.pipe import ROOM, TOO_SLOW, SocketPipe
from conversation import log
from conversation.events import Audience
from conversation.log import Logged
from handoff import desk, queue
from runtime.bus import LocalBus, Notice
from runtime.errors import Unavailable
from tests.shop import MAJA, Shop, new_database

CHAT = 1
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


@dataclass(slots=True)
class Ledger:
    """Stands in for the database: a list of entries, readings that take a while and may be old when they arrive."""

    entries: list[Logged] = field(default_factory=list)
    pauses: Iterator[int] = field(default_factory=lambda: iter(()))
    failures: int = 0
    episode: int = 1

    def append(self, audience: Audience) -> int:
        seq = len(self.entries) + 1
        self.entries.append(Logged(CHAT, "chat", seq, 0, "said", audience.value, None, {"text": str(seq)}))
        self.episode = seq  # so that the state changes with each entry
        return seq

    def row(self) -> Any:
        return SimpleNamespace(
            status="bot", owner="bot", episode=self.episode, waiting=0, last_said=0, rated=None, reason=None,
            agent_name=None, email=None, last_seq=len(self.entries), seen_by_customer=0, seen_by_staff=0,
        )  # fmt: skip

    async def read(self, verb: Callable[..., Any], *args: Any) -> Any:
        row, entries = self.row(), list(self.entries)
        for _ in range(next(self.pauses, 0)):
            await asyncio.sleep(0)
        if self.failures and verb is not log.row_of:
            self.failures -= 1
            raise Unavailable("Not now.")
        if verb is log.row_of:
            return row
        if verb is queue.places:
            return []
        assert verb is hub_module._read
        after = args[1]
        return hub_module._Reading(row, entries[after : after + SMALL_PAGE], False)


async def settled(hub: Hub) -> None:
    """Until nothing is under way in the hub."""
    while hub._tasks:
        await asyncio.wait(tuple(hub._tasks))


audiences = st.sampled_from(Audience)
steps = st.one_of(
    st.tuples(st.just("append"), audiences),
    st.tuples(st.just("append and lose"), audiences),
    st.tuples(st.just("notice"), st.integers(0, 30)),
    st.tuples(st.just("row notice"), st.just(0)),
    st.tuples(st.just("join"), st.tuples(audiences, st.integers(0, 12))),
    st.tuples(st.just("leave"), st.integers(0, 9)),
    st.tuples(st.just("fail"), st.just(0)),
    st.tuples(st.just("pause"), st.integers(1, 6)),
)


@settings(max_examples=150)
@given(st.lists(steps, max_size=40), st.lists(st.integers(0, 5), max_size=80))
def test_each_entry_once_and_in_order(wishes: list[tuple[str, Any]], pauses: list[int]) -> None:
    ledger = Ledger(pauses=iter(pauses))
    bus = LocalBus()
    joined: list[tuple[Pipe, int, int, asyncio.Task[Watch]]] = []
    left: set[int] = set()

    async def run() -> None:
        hub = Hub(ledger, bus)  # type: ignore[arg-type]
        hub.start()
        for name, value in wishes:
            match name:
                case "append":
                    bus.publish([Notice("conversation", CHAT, ledger.append(value))])
                case "append and lose":
                    ledger.append(value)
                case "notice":  # doubled, from the past, or of what is not there yet
                    bus.publish([Notice("conversation", CHAT, value), Notice("conversation", CHAT + 1, value)])
                case "row notice":
                    bus.publish([Notice("row", str(CHAT))])
                case "join":
                    audience, after = value
                    pipe = Pipe(audience)
                    task = asyncio.ensure_future(hub.watch(pipe, CHAT, "chat", after))
                    joined.append((pipe, after, len(ledger.entries), task))
                case "leave":
                    if value < len(joined) and joined[value][3].done() and not joined[value][3].exception():
                        hub.leave(joined[value][3].result())
                        left.add(value)
                case "fail":
                    ledger.failures += 1
                case "pause":
                    for _ in range(value):
                        await asyncio.sleep(0)
        results = await asyncio.gather(*(task for *_, task in joined), return_exceptions=True)
        await settled(hub)
        ledger.failures = 0
        hub.wake(CHAT)
        await settled(hub)
        for number, ((pipe, after, last, _), result) in enumerate(zip(joined, results, strict=True)):
            if isinstance(result, BaseException):
                assert isinstance(result, Unavailable)
                assert all(watch.pipe is not pipe for watch in hub.watches.get(CHAT, ()))  # nobody is left behind
                continue
            check(pipe, after, last, ledger, complete=number not in left)
        await hub.stop()

    asyncio.run(run())


def check(pipe: Pipe, after: int, at_least: int, ledger: Ledger, complete: bool) -> None:
    resynced = pipe.of(wire.ResyncRequiredFrame)
    begin, end = pipe.of(wire.ReplayBeginFrame), pipe.of(wire.ReplayEndFrame)
    assert (len(begin), len(end)) == (1, 1)
    last = begin[0].data.to_seq
    assert last >= at_least
    first = 1 if after > last else after + 1
    assert bool(resynced) == (after > last)
    expected = list(range(first, len(ledger.entries) + 1))
    if complete:
        assert pipe.entries == expected
    else:
        assert pipe.entries == expected[: len(pipe.entries)]
    for frame in pipe.of(wire.EntryFrame):
        hidden = pipe.audience is Audience.ALL and ledger.entries[frame.seq - 1].audience == "staff"
        assert (frame.data["kind"] == "hidden") == hidden
        assert ("text" in frame.data) != hidden
    replayed = pipe.frames[pipe.frames.index(begin[0]) + 1 : pipe.frames.index(end[0])]
    caught_up = [frame.seq for frame in replayed if isinstance(frame, wire.EntryFrame)]
    assert caught_up[: max(0, last + 1 - first)] == list(range(first, last + 1))  # newer ones may have come along
    # A state is told only when everything that led to it has been: its episode is the number of an entry.
    shown = 0
    states = []
    for frame in pipe.frames:
        if isinstance(frame, wire.EntryFrame):
            shown = frame.seq
        elif isinstance(frame, wire.StateFrame):
            states.append(frame.data.episode)
            assert frame.data.episode <= max(shown, 1, first - 1)
    assert states == sorted(set(states))
    if complete:
        assert states[-1] == ledger.episode


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "PAGE", SMALL_PAGE)
    monkeypatch.setattr(hub_module, "ROWS_EVERY_S", 0.0)


# -- with a real log --------------------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path):
    db = new_database(f"sqlite:///{tmp_path / 'x.sqlite3'}", LocalBus())
    yield Shop(db)
    db.engine.dispose()


def around(shop: Shop, test: Callable[[Hub], Any]) -> None:
    async def run() -> None:
        assert shop.db.bus is not None
        hub = Hub(shop.db, shop.db.bus)
        shop.db.start()
        hub.start()
        await test(hub)
        await hub.stop()
        await shop.db.stop()

    asyncio.run(run())


async def joined(hub: Hub, chat: Logged, audience: Audience, after: int = 0) -> Pipe:
    pipe = Pipe(audience)
    await hub.watch(pipe, chat.conversation_id, chat.conversation, after)
    await settled(hub)
    pipe.frames.clear()
    return pipe


def test_notes_and_reasons_are_for_staff_only(shop: Shop) -> None:
    chat = shop.say("Hello")

    async def test(hub: Hub) -> None:
        customer, staff = await joined(hub, chat, Audience.ALL), await joined(hub, chat, Audience.STAFF)
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
        customer, staff = await joined(hub, chat, Audience.ALL), await joined(hub, chat, Audience.STAFF)
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
        customer = await joined(hub, chat, Audience.ALL)
        shop.end()
        await settled(hub)
        assert customer.of(wire.StateFrame)[-1].data.status == "resolved"
        assert customer.of(wire.SurveyFrame) == []

    around(shop, test)


def test_typing_and_receipts_go_to_the_others(shop: Shop) -> None:
    chat = shop.say("Hello")

    async def test(hub: Hub) -> None:
        customer, staff = await joined(hub, chat, Audience.ALL), await joined(hub, chat, Audience.STAFF)
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
        hub.desks.update(desks)
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
        quick = await joined(hub, chat, Audience.STAFF)
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


# -- the pipe to one socket ---------------------------------------------------------------------------------------


class Socket:
    """A websocket whose other end reads only while `reading` is set, or is gone."""

    def __init__(self) -> None:
        from starlette.websockets import WebSocketState

        self.application_state = WebSocketState.CONNECTED
        self.reading = asyncio.Event()
        self.gone = False
        self.sent: list[str] = []
        self.closed: tuple[int, str] | None = None

    async def send_text(self, text: str) -> None:
        await self.reading.wait()
        if self.gone:
            raise OSError("gone")
        self.sent.append(text)

    async def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)


PONG = wire.PongFrame(v=1)


def test_who_reads_too_slowly_is_cut_off() -> None:
    async def run() -> None:
        socket = Socket()
        pipe = SocketPipe(socket, Audience.ALL)  # type: ignore[arg-type]
        for _ in range(ROOM + 2):
            pipe.send(PONG)
        await pipe.finish()
        assert socket.closed == (TOO_SLOW, "too slow")
        pipe.send(PONG)  # and nothing goes out after that
        await pipe.send_slowly(PONG)
        assert socket.sent == []

    asyncio.run(run())


def test_what_is_queued_goes_out_before_the_close() -> None:
    async def run() -> None:
        socket = Socket()
        pipe = SocketPipe(socket, Audience.ALL)  # type: ignore[arg-type]
        for _ in range(ROOM):
            pipe.send(PONG)
        pipe.close(4003, "session ended")  # the queue is full: there is no room for a mark of the end
        pipe.send(PONG)
        socket.reading.set()
        await pipe.finish()
        assert len(socket.sent) == ROOM
        assert socket.closed == (4003, "session ended")

    asyncio.run(run())


def test_a_replay_waits_for_room() -> None:
    async def run() -> None:
        socket = Socket()
        pipe = SocketPipe(socket, Audience.ALL)  # type: ignore[arg-type]

        async def replay() -> None:
            for _ in range(3 * ROOM):
                await pipe.send_slowly(PONG)

        waiting = asyncio.ensure_future(replay())
        await asyncio.sleep(0.01)
        assert not waiting.done()
        socket.reading.set()
        await asyncio.wait_for(waiting, 10)
        pipe.close(1000, "")
        await pipe.finish()
        assert len(socket.sent) == 3 * ROOM

    asyncio.run(run())


@pytest.mark.parametrize("how", ["gone", "too slow"])
def test_a_replay_ends_with_its_socket(how: str) -> None:
    """Or its handler would wait for ever, and keep one of the sockets that its address may have."""

    async def run() -> None:
        socket = Socket()
        pipe = SocketPipe(socket, Audience.ALL)  # type: ignore[arg-type]

        async def replay() -> None:
            for _ in range(3 * ROOM):
                await pipe.send_slowly(PONG)

        waiting = asyncio.ensure_future(replay())
        await asyncio.sleep(0.01)
        if how == "gone":
            socket.gone = True
            socket.reading.set()
        else:
            pipe.send(PONG)  # such as a receipt, while the queue is full
        await asyncio.wait_for(waiting, 10)
        await asyncio.wait_for(pipe.finish(), 10)
        assert socket.closed == (None if how == "gone" else (TOO_SLOW, "too slow"))

    asyncio.run(run())

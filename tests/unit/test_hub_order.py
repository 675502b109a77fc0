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
from bot import readings, wire
from bot.hub import Hub
from bot.watch import Watch
from conversation.events import Audience
from conversation.log import Logged, Recorded
from handoff import queue
from runtime.bus import LocalBus, Notice
from runtime.errors import Unavailable
from tests.unit.hub_pipe import SMALL_PAGE, Pipe, read_in_small_pages, settled

CHAT = 1


@dataclass(slots=True)
class Ledger:
    """Stands in for the database: a list of entries, readings that take a while and may be old when they arrive."""

    entries: list[Logged] = field(default_factory=list)
    pauses: Iterator[int] = field(default_factory=lambda: iter(()))
    failures: int = 0
    episode: int = 1

    def append(self, audience: Audience) -> Recorded:
        seq = len(self.entries) + 1
        logged = Logged(CHAT, "chat", seq, 0, "said", audience.value, None, {"text": str(seq)})
        self.entries.append(logged)
        self.episode = seq  # so that the state changes with each entry
        return Recorded((logged,), self.row())

    def row(self) -> Any:
        return SimpleNamespace(
            id=CHAT, status="bot", owner="bot", episode=self.episode, waiting=0, last_said=0, rated=None, reason=None,
            agent_name=None, email=None, language="da", last_seq=len(self.entries), seen_by_customer=0, seen_by_staff=0,
            delivered_to_customer=0, delivered_to_staff=0,
        )  # fmt: skip

    async def read(self, verb: Callable[..., Any], *args: Any) -> Any:
        row, entries = self.row(), list(self.entries)
        for _ in range(next(self.pauses, 0)):
            await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise Unavailable("Not now.")
        if verb is queue.waiting:
            return []
        if verb is readings.marks:
            return [row]
        assert verb is readings.read
        after, window = args[1], args[2] if len(args) > 2 else None
        if window is not None and after <= len(entries):
            after = max(after, len(entries) - window)
        return readings.Reading(row, entries[after : after + SMALL_PAGE], after)


def with_item(fact: Recorded) -> Notice:
    return Notice("conversation", CHAT, fact.row.last_seq, item=fact)


audiences = st.sampled_from(Audience)


steps = st.one_of(
    st.tuples(st.just("append"), audiences),
    st.tuples(st.just("append here"), audiences),
    st.tuples(st.just("append here, tell later"), audiences),
    st.tuples(st.just("tell now"), st.integers(0, 3)),
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
    held: list[Notice] = []

    async def run() -> None:
        hub = Hub(ledger, bus)  # type: ignore[arg-type]
        hub.start()
        for name, value in wishes:
            match name:
                case "append":  # by another process: its notice brings only the number
                    bus.publish([Notice("conversation", CHAT, ledger.append(value).row.last_seq)])
                case "append here":
                    bus.publish([with_item(ledger.append(value))])
                case "append here, tell later":
                    held.append(with_item(ledger.append(value)))
                case "tell now":  # late, and perhaps not the oldest first, or twice
                    if held:
                        bus.publish([held[value % len(held)]])
                case "append and lose":
                    ledger.append(value)
                case "notice":  # doubled, from the past, or of what is not there yet
                    bus.publish([Notice("conversation", CHAT, value), Notice("conversation", CHAT + 1, value)])
                case "row notice":
                    bus.publish([Notice("row", str(CHAT))])
                case "join":
                    audience, after = value
                    pipe = Pipe(audience)
                    task = asyncio.ensure_future(hub.watch(pipe, CHAT, "chat", after, None, len(ledger.entries)))
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
        await hub.look_once()  # as every two seconds: it finds whatever nobody was told of
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
    # Whoever says that they have more than there is begins again, even if there is as much a moment later.
    assert after > at_least if resynced else after <= last
    first = 1 if resynced else after + 1
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
    read_in_small_pages(monkeypatch)
    monkeypatch.setattr(hub_module, "CERTAIN_S", 0.0)

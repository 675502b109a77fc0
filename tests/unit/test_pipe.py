"""The pipe to one socket: who reads too slowly is cut off, a replay waits for room, what is queued goes out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from bot import wire
from bot.pipe import HINTS, LUMP, ROOM, TOO_SLOW, SocketPipe
from conversation.events import Audience


class Line:
    """A line whose other end reads only while `ready`."""

    def __init__(self, ready: bool = True) -> None:
        self.ready = ready
        self.on_ready: Callable[[], None] | None = None
        self.written: list[bytes] = []
        self.closed: list[tuple[int, str]] = []

    def write(self, payload: bytes) -> None:
        assert self.ready
        self.written.append(payload)

    def close(self, code: int, reason: str) -> None:
        self.closed.append((code, reason))

    def abort(self) -> None:
        raise AssertionError("nobody asked for that")

    def read(self) -> None:
        self.ready = True
        if self.on_ready is not None:
            self.on_ready()

    @property
    def frames(self) -> list[Any]:
        found: list[Any] = []
        for payload in self.written:
            held = json.loads(payload)
            found.extend(held if isinstance(held, list) else [held])
        return found


PONG = wire.PongFrame(v=1)


def ack(number: int) -> wire.AckFrame:
    return wire.AckFrame(v=1, data=wire.Ack("c" * 16, number))


def typing(on: bool) -> wire.TypistFrame:
    return wire.TypistFrame(v=1, conversation="x", data=wire.Typist("bot", on))


def test_what_comes_due_together_is_one_message() -> None:
    async def run() -> None:
        line = Line()
        pipe = SocketPipe(line, Audience.ALL)
        for number in range(3):
            pipe.send(ack(number))
        assert line.written == []
        await asyncio.sleep(0)
        assert len(line.written) == 1
        assert [frame["data"]["seq"] for frame in line.frames] == [0, 1, 2]
        pipe.send(PONG)
        await asyncio.sleep(0)
        assert line.written[1:] == [wire.encode(PONG).encode()]  # one alone is no list

    asyncio.run(run())


def test_a_message_does_not_grow_without_bound() -> None:
    async def run() -> None:
        line = Line()
        pipe = SocketPipe(line, Audience.ALL)
        entries = [
            wire.EntryFrame(v=1, conversation="x", seq=number, data={"kind": "said", "text": "a" * 10_000})
            for number in range(12)
        ]
        for entry in entries:
            pipe.send(entry)
        await asyncio.sleep(0)
        assert [frame["seq"] for frame in line.frames] == list(range(12))
        assert 1 < len(line.written) < 12
        assert max(map(len, line.written)) <= LUMP + 2
        pipe.send(wire.EntryFrame(v=1, conversation="x", seq=12, data={"kind": "said", "text": "a" * LUMP}))
        await asyncio.sleep(0)
        assert line.frames[-1]["seq"] == 12

    asyncio.run(run())


def test_the_same_frame_for_many_is_written_once() -> None:
    async def run() -> None:
        first = ack(1)
        assert wire.encoded(first) is wire.encoded(first)
        assert wire.encoded(ack(2)) != wire.encoded(first)

    asyncio.run(run())


def test_who_reads_too_slowly_is_cut_off() -> None:
    async def run() -> None:
        line = Line(ready=False)
        pipe = SocketPipe(line, Audience.ALL)
        for _ in range(ROOM + 2):
            pipe.send(PONG)
        assert line.closed == [(TOO_SLOW, "too slow")]
        assert pipe.code == TOO_SLOW
        pipe.send(PONG)  # and nothing goes out after that
        await pipe.send_slowly(PONG)
        line.read()
        await pipe.finish()
        assert line.written == []

    asyncio.run(run())


def test_who_is_behind_does_without_hints() -> None:
    async def run() -> None:
        line = Line(ready=False)
        pipe = SocketPipe(line, Audience.ALL)
        for _ in range(HINTS):
            pipe.send(PONG)
        pipe.hint(typing(True))
        pipe.send(ack(7))
        line.read()
        assert [frame["type"] for frame in line.frames] == ["pong"] * HINTS + ["ack"]
        pipe.hint(typing(False))
        await asyncio.sleep(0)
        assert line.frames[-1]["type"] == "typing"

    asyncio.run(run())


def test_what_is_queued_goes_out_before_the_close() -> None:
    async def run() -> None:
        line = Line(ready=False)
        pipe = SocketPipe(line, Audience.ALL)
        for _ in range(ROOM):
            pipe.send(PONG)
        pipe.close(4003, "session ended")
        pipe.send(PONG)
        ending = asyncio.ensure_future(pipe.finish())
        await asyncio.sleep(0)
        assert line.closed == []
        line.read()
        await ending
        assert len(line.frames) == ROOM
        assert set(line.closed) == {(4003, "session ended")}

    asyncio.run(run())


def test_who_does_not_read_is_closed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot import pipe as pipe_module

    monkeypatch.setattr(pipe_module, "FINISH_S", 0.01)

    async def run() -> None:
        line = Line(ready=False)
        pipe = SocketPipe(line, Audience.ALL)
        pipe.send(PONG)
        pipe.close(4003, "session ended")
        await asyncio.sleep(0.1)
        assert line.closed == [(4003, "session ended")]
        await asyncio.wait_for(pipe.finish(), 10)

    asyncio.run(run())


def test_a_replay_waits_for_room() -> None:
    async def run() -> None:
        line = Line(ready=False)
        pipe = SocketPipe(line, Audience.ALL)

        async def replay() -> None:
            for number in range(3 * ROOM):
                await pipe.send_slowly(ack(number))

        waiting = asyncio.ensure_future(replay())
        await asyncio.sleep(0.01)
        assert not waiting.done()
        assert pipe.waiting < ROOM  # what is live meanwhile still has room
        line.read()
        await asyncio.wait_for(waiting, 10)
        await asyncio.sleep(0)
        assert [frame["data"]["seq"] for frame in line.frames] == list(range(3 * ROOM))
        pipe.close(1000, "")
        await pipe.finish()
        assert set(line.closed) == {(1000, "")}

    asyncio.run(run())


@pytest.mark.parametrize("how", ["gone", "too slow"])
def test_a_replay_ends_with_its_socket(how: str) -> None:
    """Or its handler would wait for ever, and keep one of the sockets that its address may have."""

    async def run() -> None:
        line = Line(ready=False)
        pipe = SocketPipe(line, Audience.ALL)

        async def replay() -> None:
            for _ in range(3 * ROOM):
                await pipe.send_slowly(PONG)

        waiting = asyncio.ensure_future(replay())
        await asyncio.sleep(0.01)
        if how == "gone":
            await pipe.finish()
        else:
            for _ in range(ROOM):
                pipe.send(PONG)  # such as receipts, while the queue is full
        await asyncio.wait_for(waiting, 10)
        await asyncio.wait_for(pipe.finish(), 10)
        assert set(line.closed) == (set() if how == "gone" else {(TOO_SLOW, "too slow")})

    asyncio.run(run())

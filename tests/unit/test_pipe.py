"""The pipe to one socket: who reads too slowly is cut off, a replay waits for room, what is queued goes out."""

from __future__ import annotations

import asyncio

import pytest

from bot import wire
from bot.pipe import ROOM, TOO_SLOW, SocketPipe
from conversation.events import Audience


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

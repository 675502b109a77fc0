"""The way out to one socket: frames that come due together leave as one message; who reads too slowly is cut off."""

from __future__ import annotations

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot import wire
from bot.admission import seat_of
from bot.line import Line, line_of
from bot.metrics import FRAMES_OUT
from conversation.events import Audience

ROOM = 256  # frames; a reader who is further behind resumes from the log instead
HINTS = 32  # frames; a reader who is further behind than this is spared who is typing
LUMP = 32_768  # bytes of one message, about: more would make clients wait for what is there already
TOO_SLOW = 4008
NOT_TEXT = 1003
FINISH_S = 2.0
HELLO_S = 5.0  # who has not said hello by then is no client of ours


async def receive_text(websocket: WebSocket) -> str:
    """The next text frame; WebSocketDisconnect when the socket is gone, was closed by us, or sends binary frames."""
    message = await seat_of(websocket).receive()  # Starlette's own would only keep a state that nobody reads
    text: str | None = message.get("text")
    if text is None:
        if message["type"] == "websocket.receive":
            line_of(websocket).close(NOT_TEXT, "text frames only")
        raise WebSocketDisconnect(message.get("code", NOT_TEXT))
    return text


class SocketPipe:
    """Frames leave in the order in which they came. On overflow the socket is closed with 4008: resume is safe."""

    __slots__ = ("_closing", "_due", "_ended", "_frames", "_line", "_out", "_room", "audience")

    def __init__(self, line: Line, audience: Audience) -> None:
        self.audience = audience
        self._line = line
        self._frames: list[bytes] = []
        self._due = False
        self._closing: tuple[int, str] | None = None
        self._room: asyncio.Future[None] | None = None  # of a replay that waits
        self._ended: asyncio.Future[None] | None = None
        self._out = FRAMES_OUT["customer" if audience is Audience.ALL else "staff"]
        line.on_ready = self._flush

    @property
    def waiting(self) -> int:
        """Frames that have not left yet."""
        return len(self._frames)

    @property
    def code(self) -> int:
        """With which we closed it; 0 when we did not."""
        return self._closing[0] if self._closing is not None and self._closing[0] != 1006 else 0

    def send(self, frame: wire.Frame) -> None:
        if self._closing is not None:
            return
        if len(self._frames) >= ROOM:
            self.close(TOO_SLOW, "too slow")
            return
        self._frames.append(wire.encoded(frame))
        self._flush_soon()

    def hint(self, frame: wire.Frame) -> None:
        """For what is true only now, such as who is typing: left out when the reader is behind."""
        if len(self._frames) < HINTS:
            self.send(frame)

    async def send_slowly(self, frame: wire.Frame) -> None:
        """Waits for room: for replays, which may be longer than the queue."""
        while len(self._frames) >= ROOM // 2 and self._closing is None:
            if self._line.ready:
                self._flush()
                continue
            if self._room is None:
                self._room = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._room)
        self.send(frame)

    def close(self, code: int, reason: str) -> None:
        """What is queued already still goes out, unless the reader is too slow for it."""
        if self._closing is not None:
            return
        self._closing = (code, reason)
        if code == TOO_SLOW:
            self._end()
        else:
            self._flush_soon()
            asyncio.get_running_loop().call_later(FINISH_S, self._end)  # also for those who do not read

    async def finish(self) -> None:
        """After the reading side has ended: what is queued before a close goes out, then the line is let go."""
        if self._closing is None:
            self._closing = (1006, "gone")
        elif self._frames:
            self._flush()
            if self._frames:
                self._ended = asyncio.get_running_loop().create_future()
                await asyncio.wait([self._ended], timeout=FINISH_S)
        self._end()
        self._line.on_ready = None

    def _flush_soon(self) -> None:
        """At the end of this turn of the loop, so that what belongs together travels together."""
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._due = False
        frames, line = self._frames, self._line
        while frames and line.ready:
            if len(frames) == 1:
                count, payload = 1, frames[0]
            else:
                count = _lump(frames)
                payload = b"[" + b",".join(frames[:count]) + b"]" if count > 1 else frames[0]
            del frames[:count]
            self._out.inc(count)
            line.write(payload)
        if not frames:
            if self._closing is not None:
                self._end()
            else:
                self._wake()
        elif len(frames) < ROOM // 2:
            self._wake()

    def _end(self) -> None:
        """The close itself. Nobody empties the queue any more: whoever waits for room must not wait for ever."""
        assert self._closing is not None  # noqa: S101 - whoever calls this has set it
        self._frames.clear()
        code, reason = self._closing
        if code != 1006:
            self._line.close(code, reason)
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)
        self._wake()

    def _wake(self) -> None:
        if self._room is not None:
            if not self._room.done():
                self._room.set_result(None)
            self._room = None


def _lump(frames: list[bytes]) -> int:
    """How many of them make one message."""
    size = 0
    for count, frame in enumerate(frames, 1):
        size += len(frame) + 1
        if size > LUMP:
            return max(1, count - 1) if count > 1 else 1
    return len(frames)

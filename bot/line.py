"""Our websocket protocol: uvicorn's, with a straight way for ordinary text messages in both directions.

Whole, unfragmented text frames are unmasked here and written here; every other frame goes to the library's parser,
whole, so that what it refuses stays refused.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import apply_mask  # type: ignore[attr-defined]
from websockets.http11 import Request

NAME = "svardesk.line"  # under which the ASGI scope carries the line
TURN = 50  # messages of one socket that are there already; then the others have their turn
AHEAD = 4  # messages read before they are asked for; then the reading stops, and TCP tells the sender
WHOLE_TEXT = 0x81  # FIN and the text opcode
MASKED = 0x80
ABORT_S = 2.0  # how long the last words may take to leave for somebody who hardly reads


class Line(Protocol):
    """The way out to one socket, without waiting: `ready` says whether the transport wants more."""

    ready: bool
    on_ready: Callable[[], None] | None

    def write(self, payload: bytes) -> None:
        """One text message. Nothing happens on a line that is closed."""

    def close(self, code: int, reason: str) -> None:
        """Starts the closing handshake; what the other end does not take within seconds is dropped."""

    def abort(self) -> None: ...


class Inbox:
    """What has come in, for one reader: an asyncio.Queue without what only several readers need."""

    __slots__ = ("_loop", "_messages", "_reader")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._messages: deque[Any] = deque()
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def qsize(self) -> int:
        return len(self._messages)

    def empty(self) -> bool:
        return not self._messages

    async def get(self) -> Any:
        while not self._messages:
            self._reader = self._loop.create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._messages.popleft()


def line_of(websocket: WebSocket) -> Line:
    line: Line = websocket.scope["extensions"][NAME]
    return line


class LineProtocol(WebSocketsSansIOProtocol):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue: Any = Inbox(self.loop)
        self.ready = True
        self.on_ready: Callable[[], None] | None = None
        self._rest: bytes | bytearray = b""
        self._need = 0  # bytes until the frame at the front of `_rest` is whole, as far as it is known
        self._in_a_row = 0  # messages taken without waiting
        self._slow = False  # frames came before the handshake was answered: the library's parser keeps this socket

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[NAME] = self

    # -- in ----------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self._slow or not self.handshake_complete or self.close_sent:
            self._slow = self._slow or self.handshake_initiated
            super().data_received(data)
            return
        if self._rest:
            if not isinstance(self._rest, bytearray):
                self._rest = bytearray(self._rest)
            self._rest += data  # not a new copy for each byte of somebody who sends single ones
            if len(self._rest) < self._need:
                return
            data = bytes(self._rest)
        self._split(data)

    def _split(self, data: bytes) -> None:
        """Takes whole frames off the front; what is left waits in `_rest`."""
        start, end = 0, len(data)
        self._need = 0
        limit = self.config.ws_max_size
        while end - start >= 2:
            if self.queue.qsize() >= AHEAD:
                self._pause()
                break
            second = data[start + 1]
            length, head = second & 0x7F, 6
            if length >= 126:
                size = 2 if length == 126 else 8
                if end - start < 2 + size:
                    break
                length, head = int.from_bytes(data[start + 2 : start + 2 + size]), 6 + size
            if length > limit or second < MASKED:
                super().data_received(data[start:])  # which ends it, with 1009 or 1002
                return
            stop = start + head + length
            if stop > end:
                self._need = stop - start
                break
            if data[start] == WHOLE_TEXT and not self.frames:
                body = start + head
                self._take(apply_mask(data[body:stop], data[body - 4 : body]))
            else:
                super().data_received(data[start:stop])
            start = stop
            if self.close_sent or self.disconnected or self.transport.is_closing():
                return
        self._rest = data[start:]

    def _take(self, payload: bytes) -> None:
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            self.conn.send_close(1007)
            self.handle_parser_exception()
            return
        self.queue.put_nowait({"type": "websocket.receive", "text": text})

    def _pause(self) -> None:
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    async def receive(self) -> Any:
        self._in_a_row = 0 if self.queue.empty() else self._in_a_row + 1
        if self._in_a_row == TURN:
            self._in_a_row = 0
            await asyncio.sleep(0)
        message = await self.queue.get()
        if self.queue.empty():
            if self._rest and not self.close_sent and not self.disconnected:
                rest, self._rest = bytes(self._rest), b""
                self._split(rest)
            if self.read_paused and self.queue.qsize() < AHEAD:
                self.read_paused = False
                self.transport.resume_reading()
        return message

    # -- out ---------------------------------------------------------------------------------------------

    def write(self, payload: bytes) -> None:
        if self.close_sent or self.disconnected or not self.handshake_complete:
            return
        length = len(payload)
        if length < 126:
            head = bytes((WHOLE_TEXT, length))
        elif length < 0x10000:
            head = b"\x81\x7e" + length.to_bytes(2)
        else:
            head = b"\x81\x7f" + length.to_bytes(8)
        self.transport.write(head + payload)

    def close(self, code: int, reason: str) -> None:
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self._rest = b""
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        # A transport that is closed waits until its buffer is empty: for a reader of one byte a second, for ever.
        self.close_timer = self.loop.call_later(ABORT_S, self.transport.abort)

    def abort(self) -> None:
        self.transport.abort()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()  # whoever does not answer a ping reads nothing either

    def pause_writing(self) -> None:
        self.ready = False
        super().pause_writing()

    def resume_writing(self) -> None:
        self.ready = True
        super().resume_writing()
        if self.on_ready is not None:
            self.on_ready()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._rest = b""
        self.ready, told = True, self.on_ready
        if told is not None:
            told()  # whoever waits for room learns that nothing will be written any more

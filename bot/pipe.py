"""The way out to one socket: a bounded queue and the task that empties it."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from bot import wire
from conversation.events import Audience

ROOM = 256  # frames; a reader who is further behind resumes from the log instead
TOO_SLOW = 4008
HELLO_S = 5.0  # who has not said hello by then is no client of ours


async def receive_text(websocket: WebSocket) -> str:
    """The next text frame; WebSocketDisconnect when the socket is gone, was closed by us, or sends binary frames."""
    if websocket.application_state is not WebSocketState.CONNECTED:
        raise WebSocketDisconnect(1000)
    message = await websocket.receive()
    if message["type"] != "websocket.receive" or message.get("text") is None:
        raise WebSocketDisconnect(message.get("code", 1003))
    text: str = message["text"]
    return text


class SocketPipe:
    """Frames leave in the order in which they came. On overflow the socket is closed with 4008: resume is safe."""

    def __init__(self, websocket: WebSocket, audience: Audience) -> None:
        self.audience = audience
        self._websocket = websocket
        self._frames: asyncio.Queue[str | None] = asyncio.Queue(ROOM)
        self._closing: tuple[int, str] | None = None
        self._sender = asyncio.create_task(self._send_all())

    def send(self, frame: wire.Frame) -> None:
        if self._closing is not None:
            return
        try:
            self._frames.put_nowait(wire.encode(frame))
        except asyncio.QueueFull:
            self.close(TOO_SLOW, "too slow")

    async def send_slowly(self, frame: wire.Frame) -> None:
        if self._closing is None:
            await self._frames.put(wire.encode(frame))

    def close(self, code: int, reason: str) -> None:
        """What is queued already still goes out, unless the reader is too slow for it."""
        if self._closing is not None:
            return
        self._closing = (code, reason)
        if code == TOO_SLOW:
            self._sender.cancel()
            self._sender = asyncio.create_task(self._close())
        else:
            with contextlib.suppress(asyncio.QueueFull):
                self._frames.put_nowait(None)

    async def finish(self) -> None:
        """After the reading side has ended: waits for the close to go out, then stops."""
        if self._closing is None:
            self._sender.cancel()
        with contextlib.suppress(asyncio.CancelledError, asyncio.TimeoutError):
            await asyncio.wait_for(self._sender, 2)

    async def _send_all(self) -> None:
        try:
            while (text := await self._frames.get()) is not None:
                await self._websocket.send_text(text)
                if self._closing is not None and self._frames.empty():  # there was no room for the None
                    break
        except (WebSocketDisconnect, RuntimeError, OSError):
            return
        finally:
            self._drop()
        await self._close()

    def _drop(self) -> None:
        """Nobody empties the queue any more: whoever waits in `send_slowly` must not wait for ever."""
        self._closing = self._closing or (1006, "gone")
        while not self._frames.empty():
            self._frames.get_nowait()

    async def _close(self) -> None:
        code, reason = self._closing or (1000, "")
        if self._websocket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(RuntimeError, OSError, WebSocketDisconnect):
                await self._websocket.close(code, reason)

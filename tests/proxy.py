"""A TCP proxy whose line can fail in every way in which networks fail, while the server stays where it is."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.services import free_port

SLOW_BYTES_PER_S = 1024
LATENCY_S = 0.2


class Weather(StrEnum):
    """What happens to the line. A connection that was struck by BLACKHOLE, MUTE or DEAF never works again: as when a
    router has forgotten it, its ends stay open and hear nothing."""

    CLEAR = "clear"
    DROP = "drop"  # connections are gone, new ones are refused
    REFUSE = "refuse"  # new connections are refused, the open ones go on
    BLACKHOLE = "blackhole"  # what is sent vanishes, in both directions; sockets stay open
    MUTE = "half-open: the server hears nothing"
    DEAF = "half-open: the client hears nothing"
    SLOW = "1 KB/s"
    LATENCY = "200 ms each way"
    TORN = "cut in the middle of a frame"


@dataclass(slots=True, eq=False)
class _Line:
    """The two ends of one connection. `dead`: directions in which nothing arrives any more."""

    ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    dead: set[str] = field(default_factory=set)

    def abort(self) -> None:
        for end in self.ends:
            end.transport.abort()


@dataclass(slots=True)
class Proxy:
    """Listens on `port`, forwards to `target`. While it is cut, connections are refused and the open ones are gone."""

    target: int
    port: int = field(default_factory=free_port)
    weather: Weather = Weather.CLEAR
    struck: int = 0  # connections that a fault has hit
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _lines: set[_Line] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _thread: threading.Thread | None = None

    def start(self) -> Proxy:
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.mend()
        return self

    def stop(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        assert self._thread is not None
        self._thread.join(5)
        self._loop.close()

    def mend(self) -> None:
        self.turn(Weather.CLEAR)

    def cut(self) -> None:
        self.turn(Weather.DROP)

    def turn(self, weather: Weather) -> None:
        """From now on the line is like that."""
        self._do(self._turn(weather))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _turn(self, weather: Weather) -> None:
        self.weather = weather
        closed = weather in (Weather.DROP, Weather.REFUSE)
        if closed and self._server is not None:
            self._server.close()
            self._server = None
        elif not closed and self._server is None:
            self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port, backlog=2048)
        if weather is Weather.DROP:
            for line in tuple(self._lines):
                self.struck += 1
                line.abort()
            await asyncio.sleep(0.05)  # the forwarding tasks end by themselves

    async def _end(self) -> None:
        await self._turn(Weather.DROP)
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        line = _Line((writer, back))
        self._lines.add(line)
        try:
            await asyncio.gather(self._copy(line, "up", reader, back), self._copy(line, "down", there, writer))
        finally:
            self._lines.discard(line)
            line.abort()

    async def _copy(
        self, line: _Line, direction: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                await self._pass(line, direction, data, writer)
        if line.dead:
            return  # the other end does not learn of it either
        with contextlib.suppress(OSError, RuntimeError):
            writer.close()

    async def _pass(self, line: _Line, direction: str, data: bytes, writer: asyncio.StreamWriter) -> None:
        if direction in line.dead:
            return
        match self.weather:
            case Weather.BLACKHOLE:
                self._strike(line, {"up", "down"})
            case Weather.MUTE:
                self._strike(line, {"up"})
            case Weather.DEAF:
                self._strike(line, {"down"})
            case Weather.TORN:
                self.struck += 1
                writer.write(data[: (len(data) + 1) // 2])
                await asyncio.sleep(0)  # what was written is on its way
                line.abort()
                return
            case Weather.LATENCY:
                await asyncio.sleep(LATENCY_S)
            case Weather.SLOW:
                await self._drip(data, writer)
                return
        if direction not in line.dead:
            writer.write(data)
            await writer.drain()

    def _strike(self, line: _Line, directions: set[str]) -> None:
        self.struck += not line.dead
        line.dead |= directions

    async def _drip(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        """In small pieces, as long as the weather lasts."""
        piece = SLOW_BYTES_PER_S // 20
        while data and self.weather is Weather.SLOW:
            writer.write(data[:piece])
            data = data[piece:]
            await writer.drain()
            await asyncio.sleep(piece / SLOW_BYTES_PER_S)
        writer.write(data)
        await writer.drain()

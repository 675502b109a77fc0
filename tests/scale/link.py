"""The way to the server as the browser keeps it: outbox, resume by number, a beat, full jitter; ten times faster."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.scale.history import Acked, Cleared, Refused, Sent, Shown, Story

Frame = dict[str, Any]
BEAT_S = 2.0  # between pings; the browser's link waits 20 s
PATIENCE_S = 1.5  # without a word after a ping, or without a welcome
ACK_S = 2.0  # without any ack while one is due: the socket cannot be trusted
FIRST_S, LONGEST_S = 0.1, 1.0  # the first wait is between 0 and this, then twice as much each time
RESTART_S = 0.5  # after 1012
LATER = ("too_many", "unavailable", "storage")  # codes that mean "again later"; all others are final


def new_id() -> str:
    return secrets.token_hex(8)


@dataclass(slots=True)
class Item:
    """One message in the outbox. `written` is when it went onto the present socket, None when it waits."""

    client_id: str
    text: str
    written: float | None = None
    not_before: float = 0.0


@dataclass(slots=True)
class Counts:
    connects: int = 0
    resent: int = 0
    acked: int = 0
    frames: int = 0
    later: dict[str, int] = field(default_factory=dict)  # codes that asked for patience
    closes: dict[int, int] = field(default_factory=dict)
    # Seconds from the socket's opening until the screen had everything that was there when it opened.
    gaps_s: list[float] = field(default_factory=list)


class Link:
    """Subclasses say hello and understand frames. `where` gives the address at each try: there may be several."""

    def __init__(self, who: str, where: Callable[[], str], origin: str, staff: bool = False) -> None:
        self.story = Story(who, staff)
        self.where, self.origin = where, origin
        self.headers: dict[str, str] = {}
        self.outbox: dict[str, Item] = {}
        self.last: dict[str, int] = {}
        self.epoch: str | None = None
        self.online = False
        self.counts = Counts()
        self.errors: list[Frame] = []
        self.refused: dict[str, str] = {}
        self._opened_at = self._acked_at = 0.0
        self._goal: dict[str, int] | None = None
        self._socket: ClientConnection | None = None
        self._aside: list[str] = []
        self._work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    # -- for whoever drives it ------------------------------------------------------------------------------

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        while self._task is not None and not self._task.done():
            # More than once: `wait_for` of Python 3.11 swallows a cancellation that comes together with its result.
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=1)

    def send(self, frame: str, conversation: str | None = None, **data: Any) -> str:
        """Into the outbox under a new client id, which is returned."""
        client_id = new_id()
        self.story.moments.append(Sent(client_id, frame, data))
        whole: Frame = {"v": 1, "type": frame, "data": {"client_id": client_id, **data}}
        if conversation is not None:
            whole["conversation"] = conversation
        self.outbox[client_id] = Item(client_id, json.dumps(whole, ensure_ascii=False))
        self._work.set()
        return client_id

    def aside(self, frame: str, conversation: str, **data: Any) -> None:
        """Without an outbox: lost with the socket, as opening a chat is, which the next hello says again."""
        self._aside.append(json.dumps({"v": 1, "type": frame, "conversation": conversation, "data": data}))
        self._work.set()

    def reload(self) -> None:
        """As if the page were loaded again: the screen is empty; the outbox and the token are kept in the browser."""
        self.story.moments.append(Cleared())
        self.last.clear()
        self.cut()

    def cut(self) -> None:
        """Drops the socket without a word; it comes back by itself."""
        if self._socket is not None:
            self._socket.transport.abort()

    # -- the socket -------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        tries = 0
        while True:
            code = 0
            try:
                self._opened_at = time.monotonic()
                async with asyncio.timeout(PATIENCE_S):
                    self._socket = await connect(
                        self.where(),
                        origin=self.origin,  # type: ignore[arg-type]
                        additional_headers=self.headers,
                        ping_interval=None,
                        max_queue=None,
                        close_timeout=0.1,
                        compression=None,
                        proxy=None,
                    )
                self.counts.connects += 1
                await self._talk(self._socket)
            except (OSError, TimeoutError, WebSocketException, InvalidHandshake, EOFError):
                pass
            finally:
                if self.online:
                    tries = 0
                self.online = False
                self._aside.clear()
                if self._socket is not None:
                    code = self._socket.close_code or 0
                    self.counts.closes[code] = self.counts.closes.get(code, 0) + 1
                    self._socket.transport.abort()
                    self._socket = None
                for item in self.outbox.values():
                    self.counts.resent += item.written is not None
                    item.written = None
            most = RESTART_S if code == 1012 else min(LONGEST_S, FIRST_S * 2**tries)
            tries = min(tries + 1, 10)
            await asyncio.sleep(random.random() * most)  # noqa: S311 - jitter

    async def _talk(self, socket: ClientConnection) -> None:
        await socket.send(json.dumps({"v": 1, "type": "hello", "data": self.hello()}))
        writer = asyncio.create_task(self._write(socket))
        asked = False
        heard = time.monotonic()
        try:
            while True:
                patience = PATIENCE_S if asked or not self.online else BEAT_S
                try:
                    async with asyncio.timeout(max(0.0, heard + patience - time.monotonic())):
                        raw = await socket.recv()
                except TimeoutError:
                    if asked or not self.online:
                        raise
                    await asyncio.wait_for(socket.send('{"v":1,"type":"ping"}'), PATIENCE_S)
                    asked, heard = True, time.monotonic()
                    continue
                asked, heard = False, time.monotonic()
                found = json.loads(raw)
                for frame in found if isinstance(found, list) else [found]:
                    self.counts.frames += 1
                    self._receive(frame)
                sent = [item.written for item in self.outbox.values() if item.written]
                if sent and heard - max(self._acked_at, min(sent)) > ACK_S:
                    raise TimeoutError("no ack")
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    async def _write(self, socket: ClientConnection) -> None:
        """What waits goes out in its order. A line that takes nothing more is found by whoever listens."""
        with contextlib.suppress(WebSocketException, OSError):
            while True:
                await self._work.wait()
                self._work.clear()
                while self.online and self._aside:
                    await socket.send(self._aside.pop(0))
                while self.online and (item := self._next()) is not None:
                    item.written = time.monotonic()
                    await socket.send(item.text)

    def _next(self) -> Item | None:
        now = time.monotonic()
        for item in self.outbox.values():
            if item.not_before > now:
                return None  # those behind it must not overtake it
            if item.written is None:
                return item
        return None

    def _receive(self, frame: Frame) -> None:
        kind, data = frame["type"], frame.get("data", {})
        match kind:
            case "welcome" | "staff_welcome":
                if self.epoch is not None and self.epoch != data["epoch"]:
                    self._clear("")
                self.epoch = data["epoch"]
                self.welcomed(frame)
                self.online = True
                self._work.set()
            case "resync_required":
                self._clear(frame.get("conversation") or "")
            case "entry":
                conversation, seq = frame["conversation"], frame["seq"]
                if not self.shows(conversation):
                    return
                self.story.moments.append(Shown(conversation, seq, data))
                self.last[conversation] = max(self.last.get(conversation, 0), seq)
                self.entered(conversation, seq, data)
            case "ack":
                self._acked(data["client_id"], frame["conversation"], data["seq"])
            case "error":
                self._fault(data)
            case _:
                self.understand(kind, frame)
        self._measure()

    def _clear(self, conversation: str) -> None:
        self.story.moments.append(Cleared(conversation))
        if conversation:
            self.last.pop(conversation, None)
        else:
            self.last.clear()

    def _acked(self, client_id: str, conversation: str, seq: int) -> None:
        self.story.moments.append(Acked(client_id, conversation, seq))
        self.counts.acked += self.outbox.pop(client_id, None) is not None
        self._acked_at = time.monotonic()
        self.acked(client_id, conversation)

    def _fault(self, data: Frame) -> None:
        item = self.outbox.get(data.get("client_id") or "")
        if item is None:
            self.errors.append(data)
        elif data["code"] in LATER:
            self.counts.later[data["code"]] = self.counts.later.get(data["code"], 0) + 1
            wait = data.get("retry_after") or 0.2
            item.written, item.not_before = None, time.monotonic() + wait
            asyncio.get_running_loop().call_later(wait + 0.01, self._work.set)
        else:
            self.refused[item.client_id] = data["code"]
            self.story.moments.append(Refused(item.client_id, data["code"]))
            del self.outbox[item.client_id]

    def expect(self, goal: dict[str, int]) -> None:
        """What was there when the socket opened; how long it takes to show it is measured."""
        lacking = {name: seq for name, seq in goal.items() if self.last.get(name, 0) < seq}
        self._goal = lacking or None

    def _measure(self) -> None:
        if self._goal is not None and all(self.last.get(name, 0) >= seq for name, seq in self._goal.items()):
            self._goal = None
            self.counts.gaps_s.append(time.monotonic() - self._opened_at)

    # -- for subclasses ----------------------------------------------------------------------------------------

    def hello(self) -> Frame:
        raise NotImplementedError

    def welcomed(self, frame: Frame) -> None:
        raise NotImplementedError

    def shows(self, conversation: str) -> bool:
        """Whether the conversation is on the screen."""
        return True

    def entered(self, conversation: str, seq: int, data: Frame) -> None:
        """An entry was shown."""

    def acked(self, client_id: str, conversation: str) -> None:
        """A message of ours is kept."""

    def understand(self, kind: str, frame: Frame) -> None:
        """A frame of another type."""

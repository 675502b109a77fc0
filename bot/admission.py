"""Who gets in: the first thing that happens to a websocket's handshake, so that refusing costs next to nothing.

It also knows, for each socket, whether a frame is being handled, so that a server that ends interrupts none.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from runtime.limits import Buckets, household
from runtime.metrics import DRAINING, REFUSED
from runtime.presence import Presence
from runtime.settings import Settings
from runtime.tasks import Tasks

RESTART = 1012  # "service restart": browsers come back within a random 0 to 5 s
CUSTOMERS = "/ws/customer/"
TICK_S = 0.5
LAG_S = 1.0  # of the smoothed delay: one hiccup of a second turns nobody away, a loop that drowns does
WRITES = 4000  # waiting verbs: some seconds of a slow disk; whoever is in is served first
COME_BACK_S = (1, 10)  # spread, or all who were refused would return at once


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    reason: str  # the label of the metric
    sentence: str


class Seat:
    """One socket's way in, as the application reads it."""

    __slots__ = ("_close", "_ending", "_idle", "_receive")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._idle = self._ending = False
        self._close: Callable[[int, str], None] | None = None

    async def receive(self) -> Message:
        """The application is done with the frame before when it asks for the next: its answer is on its way."""
        self._idle = True
        if self._ending:
            self._end()
        message = await self._receive()
        self._idle = False
        return message

    def closes_with(self, close: Callable[[int, str], None]) -> None:
        """`close` lets out what is queued and then closes."""
        self._close = close
        if self._ending:
            self._end()

    def end(self) -> None:
        """Closes with 1012, after the frame that is being handled."""
        self._ending = True
        if self._idle:
            self._end()

    def _end(self) -> None:
        if self._close is not None:
            self._close(RESTART, "restart")


def seat_of(websocket: WebSocket) -> Seat:
    seat: Seat = websocket.scope["seat"]
    return seat


@dataclass(slots=True)
class Admission:
    """`most` sockets at once in this process. Until `start` nobody gets in."""

    settings: Settings
    most: int = 0
    presence: Presence | None = None
    waiting_writes: Callable[[], int] = lambda: 0
    workers: Callable[[], int] = lambda: 1
    draining: bool = False
    lag_s: float = 0.0
    seats: set[Seat] = field(default_factory=set)
    openings: Buckets = field(init=False)
    _ticked_s: float = 0.0
    _tasks: Tasks = field(default_factory=Tasks)
    _empty: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.openings = Buckets(*self._openings(1))
        self.most = self.most or self.settings.max_sockets

    # -- the server's life ---------------------------------------------------------------------------------

    def start(self, presence: Presence, waiting_writes: Callable[[], int], workers: Callable[[], int]) -> None:
        """Lets sockets in. `workers` share the openings of an address."""
        self.presence, self.waiting_writes, self.workers = presence, waiting_writes, workers
        self._tasks.start(self._tick())

    async def stop(self) -> None:
        self.presence = None
        await self._tasks.stop()
        DRAINING.set(0)

    def close_doors(self) -> None:
        """From now on nobody gets in; who is inside stays. May be called by a signal handler."""
        self.draining = True
        DRAINING.set(1)

    async def send_home(self, within_s: float) -> int:
        """Closes every socket with 1012, after what it is doing. How many were left when the time was over."""
        self.close_doors()
        for seat in tuple(self.seats):
            seat.end()
        self._empty.clear()
        if self.seats:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), within_s)
        return len(self.seats)

    async def _tick(self) -> None:
        while True:
            self._ticked_s = time.monotonic()
            await asyncio.sleep(TICK_S)
            late_s = max(0.0, time.monotonic() - self._ticked_s - TICK_S)
            self.lag_s = (self.lag_s + late_s) / 2

    # -- one socket ----------------------------------------------------------------------------------------

    def refusal(self, path: str, address: str) -> Refusal | None:
        """Why this one may not come in now; None when it may."""
        if self.draining:
            return Refusal(503, "draining", "The server is about to restart. Try again in a moment.")
        if self.presence is None:
            return Refusal(503, "admission", "The server is starting. Try again in a moment.")
        if len(self.seats) >= self.most or self.lag_s > LAG_S or self.waiting_writes() > WRITES:
            return Refusal(503, "admission", "The server has as much to do as it can. Try again in a moment.")
        if not path.startswith(CUSTOMERS):
            return None
        if self.presence.count("address", address) >= self.settings.sockets_per_address:
            return Refusal(429, "address", "Too many chats are open from this address.")
        # Connections fall on the workers at random: each gives out its share.
        self.openings.rate, self.openings.burst = self._openings(max(1, self.workers()))
        if self.openings.take(address, time.monotonic()):
            return Refusal(429, "openings", "Too many chats were opened from this address. Wait a moment.")
        return None

    def _openings(self, workers: int) -> tuple[float, float]:
        """Rate and burst of an address. Whoever reconnects all day would otherwise get a new allowance of messages
        with each new token; a burst lets everybody behind it come back at once. It is never below 1."""
        sockets = self.settings.sockets_per_address / workers
        return sockets / 50, max(1.0, sockets * 5)

    def enter(self, receive: Receive) -> Seat:
        seat = Seat(receive)
        self.seats.add(seat)
        return seat

    def leave(self, seat: Seat) -> None:
        self.seats.discard(seat)
        if not self.seats:
            self._empty.set()


class Gate:
    """ASGI middleware, the outermost: whoever is refused here has cost no routing, no logging and no query."""

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app, self._admission = app, admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        admission, path = self._admission, scope["path"]
        address = household(scope["client"][0]) if scope.get("client") else "unknown"
        refusal = admission.refusal(path, address)
        if refusal is not None:
            REFUSED[refusal.reason].inc()
            await _refuse(send, refusal)
            return
        presence = admission.presence if path.startswith(CUSTOMERS) else None
        seat = scope["seat"] = admission.enter(receive)
        if presence is not None:
            presence.join("address", address)  # before anything is awaited: a thousand at once must not all pass
        try:
            await self._app(scope, seat.receive, send)
        finally:
            admission.leave(seat)
            if presence is not None:
                presence.leave("address", address)


async def _refuse(send: Send, refusal: Refusal) -> None:
    wait_s = random.randint(*COME_BACK_S)  # noqa: S311 - nothing secret
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"retry-after", str(wait_s).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "websocket.http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": refusal.sentence.encode()})

"""Who is let in at the handshake, who is sent home and when, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot import admission as gate
from bot.admission import CUSTOMERS, Admission, Gate
from runtime.presence import Presence
from runtime.settings import Settings
from runtime.workers import Workers

pytestmark = pytest.mark.anyio


class Door:
    """An app behind the gate in which sockets stay until they are told to go, and what the server answered."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.inside = 0
        self.closed: list[int] = []
        self.gate = Gate(self.app, admission)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        ended = asyncio.Event()

        def close(code: int, _reason: str) -> None:
            self.closed.append(code)
            ended.set()

        scope["seat"].closes_with(close)
        self.inside += 1
        reading = asyncio.ensure_future(receive())
        await asyncio.wait([reading, asyncio.ensure_future(ended.wait())], return_when=asyncio.FIRST_COMPLETED)
        reading.cancel()
        self.inside -= 1

    async def knock(self, address: str = "10.0.0.1", path: str = CUSTOMERS + "site") -> int:
        """101 when it got in and stays there; the status of the refusal otherwise."""
        answers: list[Any] = []
        never = asyncio.Event()

        async def receive() -> Any:
            await never.wait()

        async def send(message: Any) -> None:
            answers.append(message)

        scope = {"type": "websocket", "path": path, "client": (address, 1)}
        before = self.inside
        task = asyncio.ensure_future(self.gate(scope, receive, send))
        for _ in range(5):
            await asyncio.sleep(0)
        if self.inside > before:
            TASKS.append(task)
            return 101
        await task
        headers = dict(answers[0]["headers"])
        low, high = gate.COME_BACK_S
        assert low <= int(headers[b"retry-after"]) <= high
        assert answers[1]["body"].endswith(b".")
        status: int = answers[0]["status"]
        return status


TASKS: list[asyncio.Future[None]] = []


class Alone:
    """A worker without others, which needs no database."""

    count = 1
    lives = 1
    id = "w"

    def alive(self) -> frozenset[str]:
        return frozenset({"w"})


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    admission = Admission(Settings(sockets_per_address=3, max_sockets=5))
    door = Door(admission)
    open_door(door)
    yield door
    for task in TASKS:
        task.cancel()
    await asyncio.gather(*TASKS, return_exceptions=True)
    TASKS.clear()
    await admission.stop()


def open_door(door: Door, waiting: Callable[[], int] = lambda: 0, workers: int = 1) -> None:
    door.admission.start(Presence(cast(Any, None), cast(Workers, Alone())), waiting, lambda: workers)


async def test_before_the_start_nobody_gets_in() -> None:
    assert await Door(Admission(Settings())).knock() == 503


async def test_an_address_has_so_many_sockets_and_others_get_through(door: Door) -> None:
    assert [await door.knock("10.0.0.1") for _ in range(5)] == [101, 101, 101, 429, 429]
    assert await door.knock("10.0.0.2") == 101
    assert await door.knock("10.0.0.1", "/ws/staff") == 101, "staff are known by their session"


async def test_one_address_gets_a_hundredth_of_a_worker_and_few_new_sockets() -> None:
    """Enough for an office; ten thousand sockets of one address, or a new token for each message, are not to be had."""
    settings = Settings()
    admission = Admission(settings)
    assert settings.sockets_per_address * 100 == settings.max_sockets
    assert admission.openings.rate * settings.customer_burst <= 20  # messages a second; the model answers more
    assert admission.openings.burst >= settings.sockets_per_address  # all of them come back after a restart


async def test_who_leaves_makes_room(door: Door) -> None:
    for _ in range(3):
        await door.knock()
    TASKS[0].cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await door.knock() == 101
    assert await door.knock() == 429


async def test_a_full_server_sends_everybody_away_for_a_moment(door: Door) -> None:
    assert [await door.knock(f"10.0.0.{number}") for number in range(7)] == [101] * 5 + [503] * 2
    assert await door.knock("10.0.0.9", "/ws/staff") == 503


async def test_openings_of_an_address_are_shared_out_among_the_workers(door: Door) -> None:
    open_door(door, workers=3)
    let_in = 0
    for _ in range(30):
        if await door.knock() == 101:
            let_in += 1
            TASKS.pop().cancel()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
    assert let_in == 3 * 5 // 3


async def test_a_loop_that_lags_and_a_full_writer_let_nobody_in(door: Door) -> None:
    door.admission.lag_s = gate.LAG_S + 0.1
    assert await door.knock() == 503
    door.admission.lag_s = 0
    assert await door.knock() == 101
    open_door(door, waiting=lambda: gate.WRITES + 1)
    assert await door.knock() == 503


async def test_the_lag_of_the_loop_is_measured(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(gate, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(gate, "TICK_S", 0.01)
    await door.admission.stop()
    open_door(door)
    await asyncio.sleep(0.005)
    now[0] += 8.01
    async with asyncio.timeout(10):
        while door.admission.lag_s < 1:  # noqa: ASYNC110 - the ticks change it
            await asyncio.sleep(0.01)
        while door.admission.lag_s > 0.5:  # and it is over when it is over
            now[0] += 0.001
            await asyncio.sleep(0.01)


async def test_everybody_is_sent_home_with_1012_and_nobody_comes_in_meanwhile(door: Door) -> None:
    for number in range(4):
        await door.knock(f"10.0.0.{number}")
    assert await door.admission.send_home(5) == 0
    assert door.closed == [1012] * 4
    assert await door.knock("10.0.0.8") == 503


async def test_a_frame_in_hand_is_finished_first(door: Door) -> None:
    messages: asyncio.Queue[Any] = asyncio.Queue()
    closed: list[int] = []
    working, done = asyncio.Event(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["seat"].closes_with(lambda code, _reason: (closed.append(code), messages.put_nowait("bye")))
        while await receive() != "bye":
            working.set()
            await done.wait()

    task = asyncio.ensure_future(
        Gate(app, door.admission)(
            {"type": "websocket", "path": CUSTOMERS, "client": None}, messages.get, cast(Any, None)
        )
    )
    messages.put_nowait("a question")
    await working.wait()
    leaving = asyncio.ensure_future(door.admission.send_home(10))
    await asyncio.sleep(0.05)
    assert closed == []
    done.set()
    assert await leaving == 0
    assert closed == [1012]
    await task


async def test_who_stays_too_long_is_counted(door: Door) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    scope = {"type": "websocket", "path": CUSTOMERS, "client": None}
    TASKS.append(asyncio.ensure_future(Gate(app, door.admission)(scope, cast(Any, None), cast(Any, None))))
    await asyncio.sleep(0)
    assert await door.admission.send_home(0.05) == 1

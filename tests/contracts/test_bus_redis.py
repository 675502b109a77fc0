"""The doorbell over a real Redis: what every bus must do, and what happens while Redis is killed, stopped or absent."""

from __future__ import annotations

import asyncio
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog

from runtime.bus import Bus, Notice
from runtime.bus_redis import RedisBus, coalesced
from tests import services
from tests.contracts.test_bus import BusContract, Ear


@pytest.fixture
def server(tmp_path: Path) -> Iterator[services.Redis]:
    with services.redis_server(tmp_path) as server:
        yield server


@asynccontextmanager
async def connected(*urls: str) -> AsyncIterator[list[RedisBus]]:
    """Buses of one installation, each as if in a process of its own."""
    channel = f"test:{secrets.token_hex(4)}"
    buses = [RedisBus(url, channel) for url in urls]
    for bus in buses:
        await bus.start()
    try:
        yield buses
    finally:
        for bus in buses:
            await bus.stop()


class TestRedisBus(BusContract):
    @pytest.fixture(autouse=True)
    def _server(self, redis_url: str) -> None:
        self.url = redis_url

    @asynccontextmanager
    async def pair(self) -> AsyncIterator[tuple[Bus, Bus]]:
        async with connected(self.url, self.url) as (one, other):
            yield one, other


async def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.02)


async def ring_until_heard(bus: RedisBus, ear: Ear, topic: str) -> None:
    """Notices of an outage may be lost; after it they come through."""

    def rung() -> bool:
        bus.publish([Notice(topic, 1)])
        return any(notice.topic == topic for notice in ear.heard)

    await until(rung, f"{topic} was not heard")


def test_one_hears_what_one_says_once_and_at_once(redis_url: str) -> None:
    async def run() -> None:
        async with connected(redis_url, redis_url) as (one, other):
            own, far = Ear(), Ear()
            one.listen(own)
            other.listen(far)
            one.publish([Notice("row", 1, item="at hand")])
            assert [notice.item for notice in own.heard] == ["at hand"]
            await far.until(1)
            assert [notice.item for notice in far.heard] == [None], "what is at hand never leaves the process"
            other.publish([Notice("row", 2)])  # by then the echo of the first has come as well
            await own.until(2)
            assert [notice.key for notice in own.heard] == [1, 2]

    asyncio.run(run())


def test_installations_that_share_a_redis_do_not_hear_each_other(redis_url: str) -> None:
    async def run() -> None:
        async with connected(redis_url) as (ours,), connected(redis_url) as (theirs,):
            ear = Ear()
            ours.listen(ear)
            theirs.publish([Notice("row", 1)])
            await asyncio.sleep(0.2)
            assert ear.heard == []

    asyncio.run(run())


def test_a_turn_of_the_loop_travels_in_one_message(redis_url: str) -> None:
    async def run() -> None:
        async with connected(redis_url, redis_url) as (one, other):
            turns: list[int] = []
            other.listen(lambda notices: turns.append(len(notices)))
            for key in range(500):
                one.publish([Notice("conversation", key, 1), Notice("conversation", key, 2)])
            await until(lambda: sum(turns) == 500, "not all came")
            assert turns == [500]

    asyncio.run(run())


def test_another_process_hears_it(redis_url: str) -> None:
    said = (
        "import asyncio, sys\n"
        "from runtime.bus import Notice\n"
        "from runtime.bus_redis import RedisBus\n"
        "async def run():\n"
        "    bus = RedisBus(sys.argv[1], 'test:process')\n"
        "    await bus.start()\n"
        "    bus.publish([Notice('conversation', 7, 12, 'Åse')])\n"
        "    await bus.stop()\n"
        "asyncio.run(run())\n"
    )

    async def run() -> None:
        bus, ear = RedisBus(redis_url, "test:process"), Ear()
        bus.listen(ear)
        await bus.start()
        await asyncio.to_thread(subprocess.run, [sys.executable, "-c", said, redis_url], check=True, timeout=60)
        assert await ear.until(1) == [Notice("conversation", 7, 12, "Åse")]
        await bus.stop()

    asyncio.run(run())


def test_a_killed_redis_is_missed_once_and_found_again(server: services.Redis) -> None:
    async def run() -> list[Any]:
        with structlog.testing.capture_logs() as logs:
            async with connected(server.url, server.url) as (one, other):
                own, far = Ear(), Ear()
                one.listen(own)
                other.listen(far)
                await ring_until_heard(one, far, "before")
                await asyncio.to_thread(server.kill)
                await until(lambda: not one.healthy and not other.healthy, "the outage was not seen")
                one.publish([Notice("meanwhile", 1)])
                assert own.heard[-1].topic == "meanwhile", "the own process does not need Redis"
                await asyncio.sleep(1.5)
                await asyncio.to_thread(server.start)
                await until(lambda: one.healthy and other.healthy, "they did not come back")
                await ring_until_heard(one, far, "after")
                await ring_until_heard(other, own, "back")
        return logs

    logs = asyncio.run(run())
    assert [one["event"] for one in logs].count("redis_is_down") == 2, "once for each of the two"
    assert [one["event"] for one in logs].count("redis_is_back") == 2


def test_what_waited_when_the_line_broke_goes_out_on_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from runtime import bus_redis

    monkeypatch.setattr(bus_redis, "AT_ONCE", 10)

    class Line:
        def __init__(self, whole: bool) -> None:
            self.whole, self.messages = whole, 0

        async def publish(self, *_: Any) -> None:
            if not self.whole:
                raise OSError("the line broke")
            self.messages += 1

    async def scenario() -> None:
        bus = RedisBus("redis://127.0.0.1:1/0", "x")
        bus._task = asyncio.current_task()  # as if started
        bus.publish([Notice("conversation", number, 1) for number in range(25)])
        with pytest.raises(OSError, match="the line broke"):
            await bus._ring(Line(False))  # type: ignore[arg-type]
        assert len(bus._waiting) == 15
        line = Line(True)
        ringing = asyncio.create_task(bus._ring(line))  # type: ignore[arg-type]
        await asyncio.wait_for(bus._all_gone.wait(), 5)
        assert (line.messages, len(bus._waiting)) == (2, 0)
        ringing.cancel()
        await asyncio.gather(ringing, return_exceptions=True)

    asyncio.run(scenario())


def test_a_fault_that_nobody_thought_of_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    from runtime import bus_redis

    monkeypatch.setattr(bus_redis, "FIRST_PAUSE_S", 0.06)

    async def scenario() -> None:
        bus = RedisBus("redis://127.0.0.1:1/0", "x")
        tried: list[int] = []

        def broken() -> Any:
            tried.append(1)
            raise EOFError

        monkeypatch.setattr(bus, "_open", broken)
        await bus.start()
        await until(lambda: len(tried) > 2, "it never tried again")
        await bus.stop()

    asyncio.run(scenario())


def test_a_redis_that_stands_still_holds_nobody_up(server: services.Redis) -> None:
    async def run() -> None:
        async with connected(server.url, server.url) as (one, other):
            far = Ear()
            other.listen(far)
            server.send(signal.SIGSTOP)
            began = asyncio.get_running_loop().time()
            for key in range(20_000):
                one.publish([Notice("conversation", key, 1)])
            assert len(one._waiting) <= 10_000, "the buffer is bounded"
            assert asyncio.get_running_loop().time() - began < 5, "publishing waits for nobody"
            await until(lambda: not one.healthy and not other.healthy, "the outage was not seen")
            server.send(signal.SIGCONT)
            await until(lambda: one.healthy and other.healthy, "they did not come back")
            await ring_until_heard(one, far, "after")

    asyncio.run(run())


def test_without_redis_the_start_goes_on(tmp_path: Path) -> None:
    server = services.Redis(tmp_path)

    async def run() -> None:
        async with connected(server.url, server.url) as (one, other):
            ear, far = Ear(), Ear()
            one.listen(ear)
            other.listen(far)
            assert not one.healthy
            one.publish([Notice("row", 1)])
            assert [notice.key for notice in ear.heard] == [1]
            await asyncio.to_thread(server.start)
            await until(lambda: one.healthy and other.healthy, "Redis was not found")
            await ring_until_heard(one, far, "found")

    try:
        asyncio.run(run())
    finally:
        server.kill()


def test_nonsense_on_the_channel_is_no_fault(redis_url: str) -> None:
    async def run() -> None:
        from redis.asyncio import Redis

        bus, ear = RedisBus(redis_url, "test:nonsense"), Ear()
        bus.listen(ear)
        await bus.start()
        async with Redis.from_url(redis_url) as stranger:
            for data in (b"", b"\xc1", b"{}", b"\x92\xa1x\x91\x01"):
                await stranger.publish("test:nonsense", data)
        async with connected(redis_url):
            pass
        assert bus.healthy
        assert ear.heard == []
        await bus.stop()

    asyncio.run(run())


def test_what_a_later_notice_makes_superfluous_is_left_out() -> None:
    def typing(number: int, who: str = "customer:") -> Notice:
        return Notice("typing", 7, number, who)

    def row(number: int, key: int | str = 1) -> Notice:
        return Notice("row", key, number)

    assert coalesced([row(1), row(2), row(3)]) == [row(3)]
    assert coalesced([row(1), row(1)]) == [row(1)]
    assert coalesced([row(1), row(1, "1"), row(2, 2)]) == [row(1), row(1, "1"), row(2, 2)]
    assert coalesced([typing(1), typing(0)]) == [typing(1), typing(0)]
    assert coalesced([typing(0), typing(1), typing(0)]) == [typing(1), typing(0)]
    assert coalesced([typing(1), typing(0), typing(1)]) == [typing(1)]
    assert coalesced([typing(1), typing(0, "bot:")]) == [typing(1), typing(0, "bot:")]
    assert coalesced([]) == []

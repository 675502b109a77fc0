"""What every bus must do. Another bus inherits from BusContract and gives a connected pair."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from runtime.bus import Bus, LocalBus, Notice


class Ear:
    """A listener that remembers what it heard, and in which thread."""

    def __init__(self) -> None:
        self.heard: list[Notice] = []
        self.threads: set[int] = set()
        self._changed = asyncio.Event()

    def __call__(self, notices: Sequence[Notice]) -> None:
        self.heard.extend(notices)
        self.threads.add(threading.get_ident())
        self._changed.set()

    async def until(self, count: int) -> list[Notice]:
        """What was heard, once it is so much; fails after 10 s."""
        async with asyncio.timeout(10):
            while len(self.heard) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.heard


class BusContract:
    """`pair` gives two ends that hear each other: for a bus of one process the same one twice."""

    @asynccontextmanager
    async def pair(self) -> AsyncIterator[tuple[Bus, Bus]]:
        raise NotImplementedError
        yield

    def run(self, test: Callable[[Bus, Bus], object]) -> None:
        async def inside() -> None:
            async with self.pair() as (one, other):
                await test(one, other)  # type: ignore[misc]

        asyncio.run(inside())

    def test_everyone_hears_it_the_publisher_included(self) -> None:
        async def test(one: Bus, other: Bus) -> None:
            ears = [Ear(), Ear(), Ear()]
            one.listen(ears[0])
            one.listen(ears[1])
            other.listen(ears[2])
            notices = [Notice("conversation", 7, 12), Notice("typing", 7, 1, "agent:Åse 🙂"), Notice("queue", "all")]
            one.publish(notices)
            for ear in ears:
                assert await ear.until(3) == notices

        self.run(test)

    def test_the_kind_of_the_key_is_kept(self) -> None:
        async def test(one: Bus, other: Bus) -> None:
            ear = Ear()
            other.listen(ear)
            one.publish([Notice("row", 7), Notice("row", "7"), Notice("row", 2**40, 2**40)])
            assert [(notice.key, notice.number) for notice in await ear.until(3)] == [(7, 0), ("7", 0), (2**40, 2**40)]

        self.run(test)

    def test_what_one_publishes_comes_in_order(self) -> None:
        async def test(one: Bus, other: Bus) -> None:
            ear = Ear()
            other.listen(ear)
            for number in range(50):
                one.publish([Notice("conversation", 1, 2 * number), Notice("conversation", 1, 2 * number + 1)])
            assert [notice.number for notice in await ear.until(100)] == list(range(100))

        self.run(test)

    def test_listeners_are_called_in_the_loops_thread(self) -> None:
        async def test(one: Bus, other: Bus) -> None:
            ear = Ear()
            other.listen(ear)
            one.publish([Notice("row", 1)])
            await ear.until(1)
            assert ear.threads == {threading.get_ident()}

        self.run(test)

    def test_who_has_stopped_listening_hears_nothing(self) -> None:
        async def test(one: Bus, other: Bus) -> None:
            gone, stays = Ear(), Ear()
            stop = other.listen(gone)
            other.listen(stays)
            one.publish([Notice("row", 1)])
            await gone.until(1)
            stop()
            stop()  # a second time does no harm
            one.publish([Notice("row", 2)])
            await stays.until(2)
            assert [notice.key for notice in gone.heard] == [1]

        self.run(test)

    def test_a_listener_may_stop_itself_or_another_while_it_listens(self) -> None:
        async def test(one: Bus, other: Bus) -> None:
            ear = Ear()
            stops: list[Callable[[], None]] = []

            def once(_notices: Sequence[Notice]) -> None:
                stops[0]()

            stops.append(other.listen(once))
            other.listen(ear)
            one.publish([Notice("row", 1)])
            one.publish([Notice("row", 2)])
            assert [notice.key for notice in await ear.until(2)] == [1, 2]

        self.run(test)

    def test_a_listener_that_fails_keeps_it_from_nobody(self) -> None:
        async def test(one: Bus, other: Bus) -> None:
            ear = Ear()

            def fails(_notices: Sequence[Notice]) -> None:
                raise RuntimeError("broken listener")

            other.listen(fails)
            other.listen(ear)
            one.publish([Notice("row", 1)])
            one.publish([Notice("row", 2)])
            assert len(await ear.until(2)) == 2

        self.run(test)

    def test_publishing_without_listeners_is_no_fault(self) -> None:
        async def test(one: Bus, other: Bus) -> None:
            one.publish([Notice("row", 1)])
            one.publish([])
            ear = Ear()
            other.listen(ear)
            one.publish([Notice("row", 2)])
            assert (await ear.until(1))[-1].key == 2

        self.run(test)


class TestLocalBus(BusContract):
    @asynccontextmanager
    async def pair(self) -> AsyncIterator[tuple[Bus, Bus]]:
        bus = LocalBus()
        await bus.start()
        yield bus, bus
        await bus.stop()

    def test_after_the_stop_nobody_hears_anything(self) -> None:
        async def run() -> list[Notice]:
            bus, ear = LocalBus(), Ear()
            await bus.start()
            bus.listen(ear)
            await bus.stop()
            bus.publish([Notice("row", 1)])
            return ear.heard

        assert asyncio.run(run()) == []


def test_a_notice_cannot_be_changed() -> None:
    notice = Notice("row", 1)
    with pytest.raises(AttributeError):
        notice.number = 2  # type: ignore[misc]

"""What every bus must do. Another bus inherits from BusContract and gives a connected pair."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from runtime.bus import Bus, LocalBus, Notice, open_bus
from runtime.errors import SettingsError


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

    async def until_topic(self, topic: str) -> list[Notice]:
        """What was heard, once a notice of this topic is among it."""
        async with asyncio.timeout(10):
            while not any(notice.topic == topic for notice in self.heard):
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
            own = Ear()
            one.listen(own)
            for number in range(50):
                one.publish([Notice("conversation", 1, 2 * number), Notice("conversation", 1, 2 * number + 1)])
            one.publish([Notice("end", 1)])
            assert [notice.number for notice in own.heard] == [*range(100), 0]
            numbers = [notice.number for notice in await ear.until_topic("end") if notice.topic == "conversation"]
            assert numbers == sorted(numbers)
            assert numbers[-1] == 99, "a bus may leave out what a later notice makes superfluous, never the last"

        self.run(test)

    def test_off_after_on_is_heard(self) -> None:
        async def test(one: Bus, other: Bus) -> None:
            ear = Ear()
            other.listen(ear)
            for number in (1, 0, 1, 0):
                one.publish([Notice("typing", 7, number, "customer:")])
            one.publish([Notice("typing", 7, 1, "agent:Maja"), Notice("end", 1)])
            heard = await ear.until_topic("end")
            assert [one.number for one in heard if one.data == "customer:"][-1] == 0
            assert [one.number for one in heard if one.data == "agent:Maja"] == [1]

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


@pytest.mark.parametrize("url", ["amqp://localhost", "nonsense", "http://secret@localhost", "redis://:secret@x:port"])
def test_an_address_of_no_bus_is_told_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        open_bus(url, "test")
    assert "SVARDESK_REDIS_URL" in refused.value.message
    assert "secret" not in refused.value.message


def test_no_address_is_the_bus_of_one_process() -> None:
    assert isinstance(open_bus("", "test"), LocalBus)


def test_a_notice_cannot_be_changed() -> None:
    notice = Notice("row", 1)
    with pytest.raises(AttributeError):
        notice.number = 2  # type: ignore[misc]

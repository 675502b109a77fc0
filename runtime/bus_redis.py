"""The doorbell between workers: Redis' publish and subscribe. While it is down, notices are lost and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from runtime import clock
from runtime import metrics as measured
from runtime.bus import Listener, LocalBus, Notice
from runtime.errors import SettingsError

ANSWER_S = 3.0  # a Redis that takes longer for one word is as good as down
BEAT_S = 2.0  # how often the listening line is asked whether it still stands
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
WAITING = 10_000  # notices that wait for the line; what is older is dropped, and polling makes up for it
AT_ONCE = 2_000  # notices in one message

logger = structlog.get_logger()

_Packed = tuple[str, int | str, int, str]  # topic, key, number, data


class _Envelope(msgspec.Struct, array_like=True):
    """What travels: whose it is, and the notices without their items."""

    sender: str
    notices: list[_Packed]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Envelope).decode


def coalesced(notices: Sequence[Notice]) -> list[Notice]:
    """Without those that a later one of the same topic, key and data makes superfluous by a number as high or higher.

    A lower number that comes later stays: for `typing`, 0 is news after 1.
    """
    kept: list[Notice] = []
    highest: dict[tuple[str, int | str, type, str], int] = {}
    for notice in reversed(notices):
        what = (notice.topic, notice.key, type(notice.key), notice.data)  # 7 and "7" are two keys
        later = highest.get(what)
        if later is None or notice.number > later:
            highest[what] = notice.number
            kept.append(notice)
    kept.reverse()
    return kept


class RedisBus:
    """Own listeners hear at once, in the process; others over Redis, a whole turn of the loop in one message.

    `channel` parts installations that share a Redis: its databases (`/0`, `/1`) do not part channels.
    """

    def __init__(self, url: str, channel: str) -> None:
        self._url, self._channel = url, channel
        self._id = clock.new_id()
        self._local = LocalBus()
        self._waiting: deque[Notice] = deque(maxlen=WAITING)
        self._rung, self._all_gone = asyncio.Event(), asyncio.Event()
        self._all_gone.set()
        self._tried = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.healthy = False
        try:
            self._open()
        except ValueError:  # the sentence must not repeat the address: it may hold a password
            raise SettingsError(
                "SVARDESK_REDIS_URL is not the address of a Redis. Write redis://HOST:PORT/0, rediss://... or unix:///FILE."
            ) from None

    def _open(self) -> Redis:
        return Redis.from_url(
            self._url, socket_connect_timeout=ANSWER_S, socket_timeout=ANSWER_S, retry=Retry(NoBackoff(), 0)
        )

    def publish(self, notices: Sequence[Notice]) -> None:
        self._local.publish(notices)
        if notices and self._task is not None:
            over = len(self._waiting) + len(notices) - WAITING
            if over > 0:
                measured.NOTICES_DROPPED.inc(over)
            self._waiting.extend(notices)
            self._all_gone.clear()
            self._rung.set()

    def listen(self, listener: Listener) -> Callable[[], None]:
        return self._local.listen(listener)

    async def start(self) -> None:
        """Comes back when the line stands, or when the first try has failed: the program starts without Redis too."""
        measured.BUS_CONNECTED.follow(lambda: float(self.healthy))
        measured.NOTICES_WAITING.follow(lambda: float(len(self._waiting)))
        self._task = asyncio.create_task(self._stay_connected())
        await self._tried.wait()

    async def stop(self) -> None:
        if self._task is not None:
            task, self._task = self._task, None
            if self.healthy:  # the last words of a worker that ends
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._all_gone.wait(), ANSWER_S)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        measured.BUS_CONNECTED.leave()
        measured.NOTICES_WAITING.leave()
        await self._local.stop()

    async def _stay_connected(self) -> None:
        pause_s, told = FIRST_PAUSE_S, False
        while True:
            try:
                async with self._open() as redis, redis.pubsub() as ear:
                    await ear.subscribe(self._channel)
                    await self._until_subscribed(ear)
                    if told:
                        logger.info("redis_is_back")
                    pause_s, told, self.healthy = FIRST_PAUSE_S, False, True
                    self._tried.set()
                    await self._serve(redis, ear)
            except Exception as error:  # whatever it was: without this task nobody is told of anything any more
                if self.healthy:
                    measured.BUS_LOST.inc()
                if not told:  # once an outage; never the address, which may hold a password
                    logger.warning("redis_is_down", error=type(error).__name__, meanwhile="workers poll every 2 s")
                told = True
            finally:
                self.healthy = False
                self._tried.set()
            # Full jitter: all workers lost it in the same moment.
            await asyncio.sleep(random.uniform(0.05, pause_s))  # noqa: S311 - nothing secret
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    async def _until_subscribed(self, ear: PubSub) -> None:
        async with asyncio.timeout(ANSWER_S):
            while True:
                message = await ear.get_message(timeout=ANSWER_S)
                if message is not None and message["type"] == "subscribe":
                    return

    async def _serve(self, redis: Redis, ear: PubSub) -> None:
        """Until one of the two lines fails; raises what failed."""
        tasks = [asyncio.create_task(self._ring(redis)), asyncio.create_task(self._hear(ear))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _ring(self, redis: Redis) -> None:
        self._rung.set()  # for what waits since the line before
        while True:
            await self._rung.wait()
            self._rung.clear()
            while self._waiting:
                taken = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
                going = coalesced(taken)
                packed: list[_Packed] = [(one.topic, one.key, one.number, one.data) for one in going]
                await redis.publish(self._channel, _encode(_Envelope(self._id, packed)))
                measured.NOTICES["out"].inc(len(going))
            self._all_gone.set()

    async def _hear(self, ear: PubSub) -> None:
        loop = asyncio.get_running_loop()
        asked_s, heard_s = loop.time(), loop.time()
        await ear.ping()
        while True:
            message: dict[str, Any] | None = await ear.get_message(timeout=BEAT_S)
            now_s = loop.time()
            if message is not None:
                heard_s = now_s
                if message["type"] == "message":
                    self._pass_on(message["data"])
            elif now_s - heard_s > BEAT_S + ANSWER_S:
                raise TimeoutError
            if now_s - asked_s >= BEAT_S:
                asked_s = now_s
                await ear.ping()

    def _pass_on(self, data: bytes) -> None:
        try:
            envelope = _decode(data)
        except msgspec.MsgspecError:
            logger.warning("bus_message_not_understood", bytes=len(data))
            return
        if envelope.sender != self._id:
            measured.NOTICES["in"].inc(len(envelope.notices))
            self._local.publish([Notice(*packed) for packed in envelope.notices])

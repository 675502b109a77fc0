"""What stands in the database, for the metrics: who has the live conversations, and how long people have waited."""

from __future__ import annotations

import asyncio
import importlib.metadata
import platform
import time
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from bot import metrics
from bot.room import Room
from bot.turn import LONG_S
from conversation.log import conversations
from conversation.machine import Status
from knowledge_base.metrics import OVERLOADED
from runtime import measures
from runtime.db import Database, Tx
from runtime.settings import Settings
from runtime.watching import Watching

EVERY_S = 10.0
SHARE = 20.0  # a reading that took long is repeated only after that many times as long
PATIENCE_S = 2.0  # what takes longer goes on by itself; the page shows what there is

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Census:
    """Conversations by status; of those whose message waits for the assistant how many, and the longest waits in s."""

    live: dict[str, int]
    waiting_for_bot: int
    bot_oldest_s: float
    queue_oldest_s: float


def census(tx: Tx) -> Census:
    """By the index of (status, queued_at); only conversations with the assistant are looked at one by one."""
    status = conversations.c.status
    live = dict.fromkeys(metrics.STATES, 0)
    for name, number in tx.connection.execute(
        sa.select(status, sa.func.count()).where(status.in_(metrics.STATES)).group_by(status)
    ):
        live[name] = number
    waiting, bot_since = tx.connection.execute(
        sa.select(sa.func.count(), sa.func.min(conversations.c.waiting_since)).where(
            status == Status.BOT.value, conversations.c.waiting > 0
        )
    ).one()
    queue_since = tx.connection.execute(
        sa.select(sa.func.min(conversations.c.queued_at)).where(status == Status.QUEUED.value)
    ).scalar_one()
    return Census(live, waiting, _age_s(tx.now, bot_since), _age_s(tx.now, queue_since))


def _age_s(now: int, since: int | None) -> float:
    return max(0, now - since) / 1000 if since is not None else 0.0


@dataclass(slots=True)
class DatabaseFacts:
    """Reads the census when somebody looks, at most every ten seconds, never twice at once."""

    db: Database
    _next: float = float("-inf")
    _task: asyncio.Task[None] | None = None

    async def refresh(self) -> None:
        if self._task is None and time.monotonic() >= self._next:
            self._task = asyncio.create_task(self._read())
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=PATIENCE_S)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _read(self) -> None:
        began = time.monotonic()
        try:
            self._tell(await self.db.read(census))
        except Exception as error:  # the page must come all the same: it is what tells of the fault
            metrics.FACTS_FAILED.inc()
            logger.warning("facts_not_read", error=type(error).__name__)
        finally:
            self._next = time.monotonic() + max(EVERY_S, SHARE * (time.monotonic() - began))
            self._task = None

    @staticmethod
    def _tell(found: Census) -> None:
        at = time.time()
        for name, gauge in metrics.CONVERSATIONS.items():
            gauge.set(found.live[name], at)
        metrics.BOT_WAITING.set(found.waiting_for_bot, at)
        metrics.BOT_OLDEST.set(found.bot_oldest_s, at)
        metrics.QUEUE_OLDEST.set(found.queue_oldest_s, at)
        metrics.FACTS_AT.set(at, at)


def follow(room: Room) -> None:
    """Levels that the sockets and the assistant know themselves: asked for when somebody looks."""
    turns = room.turns
    metrics.FRAMES_WAITING.follow(lambda: _frames_waiting(room))
    metrics.QUESTIONS_WAITING.follow(lambda: turns.waiting)
    OVERLOADED.follow(lambda: float(turns.asker.expected_wait_s > LONG_S))


def _frames_waiting(room: Room) -> int:
    guests = (guest.pipe.waiting for tabs in room.guests.values() for guest in tabs)
    return sum(guests) + sum(desk.pipe.waiting for desk in room.staff)


def watch(db: Database, settings: Settings, epoch: str) -> Watching:
    """What looks after this worker's numbers, with what never changes said already."""
    try:
        version = importlib.metadata.version("svardesk")
    except importlib.metadata.PackageNotFoundError:  # run from a folder that was never installed
        version = "unknown"
    text = "The program: its version and that of Python."
    measures.say("svardesk_build_info", text, version=version, python=platform.python_version())
    text = "The database: its kind, and its epoch, which a restore changes."
    measures.say("svardesk_database_info", text, kind=db.engine.dialect.name, epoch=epoch)
    return Watching(settings.data_folder, DatabaseFacts(db))

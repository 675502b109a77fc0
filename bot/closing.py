"""What time alone does to chats: the quiet ones are resolved, resolved ones closed and in the end deleted, snoozed ones
woken."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
import structlog

from bot.metrics import SWEEPS
from conversation import log, retention
from conversation.events import Closed, Event, Resolved, ResolvedBy, Woken
from conversation.log import conversations
from conversation.machine import Refused, Status
from runtime.db import Database, Tx
from runtime.settings import Settings
from runtime.tasks import Tasks

EVERY_S = 30.0
AT_ONCE = 100
BREATH_S = 0.05  # between two deletions, for those who write
HOUR_MS = 3_600_000

logger = structlog.get_logger()


def sweep(tx: Tx, reopen_hours: float, inactivity_hours: float) -> int:
    """How many chats it moved on. Any worker may run it: doing a thing twice is refused by the machine.

    Only chats that owe the customer nothing are resolved for being quiet; one that waits for people goes on waiting.
    """
    due: list[tuple[sa.ColumnElement[bool], Event]] = [
        (
            sa.and_(
                conversations.c.status == Status.RESOLVED.value,
                conversations.c.updated_at < tx.now - reopen_hours * HOUR_MS,
            ),
            Closed(),
        ),
        (
            sa.and_(
                conversations.c.status.in_([Status.BOT.value, Status.ASSIGNED.value]),
                conversations.c.waiting == 0,
                conversations.c.updated_at < tx.now - inactivity_hours * HOUR_MS,
            ),
            Resolved(ResolvedBy.INACTIVITY),
        ),
        (sa.and_(conversations.c.status == Status.SNOOZED.value, conversations.c.until < tx.now), Woken()),
    ]
    moved = 0
    for condition, event in due:
        # All of them first: the rows that are being read must not change under the reading.
        found = tx.connection.execute(sa.select(conversations.c.id).where(condition).limit(AT_ONCE)).scalars().all()
        for conversation_id in found:
            try:
                log.record(tx, conversation_id, event)
                moved += 1
            except Refused:
                continue
    return moved


class Closing:
    def __init__(self, db: Database, settings: Settings) -> None:
        self._db, self._settings = db, settings
        self._tasks = Tasks()

    def start(self) -> None:
        self._tasks.start(self._run())

    async def stop(self) -> None:
        await self._tasks.stop()

    async def _run(self) -> None:
        while True:
            try:
                await self._db.write(sweep, self._settings.reopen_hours, self._settings.inactivity_hours)
                await self._delete_due()
                SWEEPS["done"].inc()
            except Exception as error:  # it must go on, whatever went wrong this time
                SWEEPS["failed"].inc()
                logger.warning("closing_failed", error=type(error).__name__)
            await asyncio.sleep(EVERY_S)

    async def _delete_due(self) -> None:
        """All that are due, a few at a time: after a restore, or where days became fewer, these are many."""
        days, deleted = self._settings.retention_days, 0
        try:
            while some := await self._db.write(retention.delete_due, days):
                deleted += some
                await asyncio.sleep(BREATH_S)
        finally:
            if deleted:
                logger.info("chats_deleted", count=deleted, older_than_days=days)

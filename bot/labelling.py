"""What labels need time for: signs in the log become labels, and each day thresholds are looked at again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog

from bot.metrics import SWEEPS
from conversation import signs
from knowledge_base import looks
from runtime import clock
from runtime.db import Database
from runtime.errors import NotFound
from runtime.tasks import Tasks

EVERY_S = 60.0
BACK_MS = 24 * 3_600_000  # a server that was away makes up for a day
SETTLED_MS = 30_000  # entries of other workers may be committed after later ones, but not that long after

logger = structlog.get_logger()


class Labelling:
    """`alone` says whether this worker is the one that does it; two at once would only do the same twice."""

    def __init__(self, db: Database, careful: float, alone: Callable[[], bool], settled_ms: int = SETTLED_MS) -> None:
        self._db, self._careful, self._alone, self._settled_ms = db, careful, alone, settled_ms
        self._after: int | None = None  # the row of the log up to which everything has been looked at
        self._tasks = Tasks()

    def start(self) -> None:
        self._tasks.start(self._run())

    async def stop(self) -> None:
        await self._tasks.stop()

    async def sweep(self) -> None:
        """Reads what has been said since the last time, then looks at the thresholds that are due."""
        if not self._alone():
            self._after = None  # whoever takes over begins a day back
            return
        until = clock.now_ms() - self._settled_ms
        if self._after is None:
            self._after = await self._db.read(signs.before, until - BACK_MS)
        before = -1
        while self._after != before:
            before = self._after
            doubts, after = await self._db.read(signs.gather, before, until)
            for doubt in doubts:
                with suppress(NotFound):
                    await self._db.write(signs.keep, doubt)
            self._after = after
        for site_id, language in await self._db.read(looks.due):
            if await looks.look(self._db, site_id, language, self._careful):
                logger.info("threshold_moved", site=site_id, language=language)

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
                SWEEPS["done"].inc()
            except Exception as error:  # it must go on, whatever went wrong this time
                SWEEPS["failed"].inc()
                logger.warning("labelling_failed", error=type(error).__name__)
            await asyncio.sleep(EVERY_S)

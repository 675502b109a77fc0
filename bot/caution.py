"""How sure the assistant must be, by site and language: read from the database, asked for from memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from bot.policy import Thresholds
from knowledge_base import targets
from runtime.bus import Bus, Notice
from runtime.db import Database
from runtime.tasks import Tasks

EVERY_S = 60.0  # also where a notice was lost

logger = structlog.get_logger()


class Caution:
    """`careful` counts where labels have not led to a threshold of their own."""

    def __init__(self, db: Database, bus: Bus, careful: Thresholds) -> None:
        self.careful = careful
        self._db, self._bus = db, bus
        self._held: dict[tuple[int, str], Thresholds] = {}
        self._changed = asyncio.Event()
        self._tasks = Tasks()
        self._stop: Callable[[], None] | None = None

    def of(self, site_id: int, language: str) -> Thresholds:
        """The very same object as long as nothing moves."""
        return self._held.get((site_id, language), self.careful)

    async def start(self) -> None:
        """The thresholds are known when this returns; AppError when the database does not answer."""
        self._stop = self._bus.listen(self._on_notices)
        await self.read()
        self._tasks.start(self._follow())

    async def stop(self) -> None:
        if self._stop is not None:
            self._stop()
        await self._tasks.stop()

    async def read(self) -> None:
        found = await self._db.read(targets.thresholds)
        held: dict[tuple[int, str], Thresholds] = {}
        for place, threshold in found.items():
            before = self.of(*place)
            same = before.answer == threshold
            held[place] = before if same else Thresholds(threshold, min(self.careful.offer, threshold))
        self._held = held

    def _on_notices(self, notices: Sequence[Notice]) -> None:
        if any(notice.topic == "certainty" for notice in notices):
            self._changed.set()

    async def _follow(self) -> None:
        while True:
            try:
                async with asyncio.timeout(EVERY_S):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            try:
                await self.read()
            except Exception as error:  # what is held goes on counting
                logger.warning("thresholds_not_read", error=type(error).__name__)

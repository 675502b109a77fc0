"""Who is here, over all workers: each worker keeps its own counts and tells the others once a second, in one write."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping

import sqlalchemy as sa
import structlog

from runtime.db import Database, Tx
from runtime.errors import AppError
from runtime.tables import PresenceRow
from runtime.tasks import Tasks
from runtime.workers import Workers

FLUSH_S = 1.0
WANTED_S = 30.0  # a kind that nobody has asked for so long is not read any more
LONGEST_KEY = 80

Key = tuple[str, str]  # kind and key

_presence = PresenceRow.__table__  # type: ignore[attr-defined]
logger = structlog.get_logger()


def put_counts(tx: Tx, worker_id: str, counts: Mapping[Key, int], first: bool = False) -> None:
    """Stores how many sockets the worker holds for each key; 0 removes the row. IntegrityError: it has no row itself.

    `first`: what stands there from earlier is forgotten.
    """
    if first:
        tx.connection.execute(sa.delete(_presence).where(_presence.c.worker_id == worker_id))
    mine = [{"w": worker_id, "k": kind, "y": key, "count": count} for (kind, key), count in sorted(counts.items())]
    if mine and not first:
        row = (
            _presence.c.worker_id == sa.bindparam("w"),
            _presence.c.kind == sa.bindparam("k"),
            _presence.c.key == sa.bindparam("y"),
        )
        tx.connection.execute(sa.delete(_presence).where(*row), mine)
    kept = [
        {"worker_id": worker_id, "kind": kind, "key": key, "count": count}
        for (kind, key), count in sorted(counts.items())
        if count > 0
    ]
    if kept:
        tx.connection.execute(sa.insert(_presence), kept)


def counts_of_others(tx: Tx, worker_id: str, kinds: Collection[str]) -> list[tuple[str, str, str, int]]:
    """(worker, kind, key, count) of every other worker."""
    found = sa.select(_presence.c.worker_id, _presence.c.kind, _presence.c.key, _presence.c.count)
    rows = tx.connection.execute(
        found.where(_presence.c.kind.in_(sorted(kinds)), _presence.c.worker_id != worker_id)
    ).all()
    return [(row[0], row[1], row[2], row[3]) for row in rows]


class Presence:
    """Exact for this worker's sockets, up to two seconds late for the others'. Alone, nothing is written or read."""

    def __init__(self, db: Database, workers: Workers) -> None:
        self._db, self._workers = db, workers
        self._here: Counter[Key] = Counter()
        self._changed: set[Key] = set()
        self._others: dict[Key, dict[str, int]] = {}
        self._wanted: dict[str, float] = {}
        self._told_life = 0  # the life of our row in which everything was told
        self._tasks = Tasks()

    async def start(self) -> None:
        self._tasks.start(self._tell())

    async def stop(self) -> None:
        """Our rows go with the worker's own."""
        await self._tasks.stop()

    def join(self, kind: str, key: int | str) -> None:
        self._count(kind, key, 1)

    def leave(self, kind: str, key: int | str) -> None:
        self._count(kind, key, -1)

    def count(self, kind: str, key: int | str) -> int:
        """Sockets of that key, here and at the other live workers."""
        self._wanted[kind] = asyncio.get_running_loop().time()
        one = (kind, str(key)[:LONGEST_KEY])
        elsewhere = self._others.get(one)
        here = self._here.get(one, 0)
        if not elsewhere:
            return here
        alive = self._workers.alive()
        return here + sum(count for worker, count in elsewhere.items() if worker in alive)

    def _count(self, kind: str, key: int | str, change: int) -> None:
        one = (kind, str(key)[:LONGEST_KEY])
        self._here[one] += change
        if self._here[one] <= 0:
            del self._here[one]
        self._changed.add(one)

    async def _tell(self) -> None:
        failing = False
        while True:
            await asyncio.sleep(FLUSH_S)
            try:
                await self.exchange()
                failing = False
            except AppError as error:
                if not failing:
                    logger.warning("presence_failed", code=error.code)
                failing = True
            except Exception as error:  # our row was buried this moment: with the next beat there is a new one
                logger.info("presence_refused", error=type(error).__name__)

    async def exchange(self) -> None:
        """Tells what has changed since the last time and reads what the others have told."""
        if self._workers.count < 2:
            # Nobody reads it. When somebody comes, everything counts as changed.
            self._changed.clear()
            self._others, self._told_life = {}, 0
            return
        life = self._workers.lives
        first = self._told_life != life
        if first:
            self._changed |= set(self._here)
        if self._changed or first:
            changed, self._changed = self._changed, set()
            counts = {one: self._here.get(one, 0) for one in changed}
            try:
                await self._db.write(put_counts, self._workers.id, counts, first)
            except BaseException:
                self._changed |= changed
                raise
            self._told_life = life
        now_s = asyncio.get_running_loop().time()
        self._wanted = {kind: asked for kind, asked in self._wanted.items() if now_s - asked < WANTED_S}
        others: dict[Key, dict[str, int]] = {}
        if self._wanted:
            for worker, kind, key, count in await self._db.read(counts_of_others, self._workers.id, self._wanted):
                others.setdefault((kind, key), {})[worker] = count
        self._others = others

"""Which server processes share this database: each one's beat grows, and whose beat stands still is dead."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
import structlog

from runtime import clock
from runtime import metrics as measured
from runtime.db import Database, Tx
from runtime.errors import AppError
from runtime.tables import WorkerRow
from runtime.tasks import Tasks

BEAT_S = 2.0
DEAD_S = 10.0  # five beats: a worker whose machine is busy must not lose its work to another
# A longer gap between two looks is our own absence (or the database's): nobody's beat could have been seen meanwhile.
GAP_S = 2 * BEAT_S

_workers = WorkerRow.__table__  # type: ignore[attr-defined]
logger = structlog.get_logger()


def beat(tx: Tx, worker_id: str, name: str, dead: Mapping[str, int]) -> tuple[bool, list[tuple[str, int, str]]]:
    """Shows that `worker_id` lives and buries the `dead` (id to the beat at which each stood still).

    Whether its row had to be made, and every worker as (id, beat, name).
    """
    connection = tx.connection
    for other, stood in sorted(dead.items()):
        # Another worker that buries it at this moment holds the row: waiting for that would hold up a whole batch.
        found = sa.select(_workers.c.id).where(_workers.c.id == other, _workers.c.beat == stood)
        if connection.execute(found.with_for_update(skip_locked=True)).first() is not None:
            connection.execute(sa.delete(_workers).where(_workers.c.id == other))
    mine = sa.update(_workers).where(_workers.c.id == worker_id).values(beat=_workers.c.beat + 1)
    made = connection.execute(mine).rowcount == 0
    if made:
        connection.execute(sa.insert(_workers).values(id=worker_id, name=name, started_at=tx.now, beat=1))
    rows = connection.execute(sa.select(_workers.c.id, _workers.c.beat, _workers.c.name))
    return made, [(row.id, row.beat, row.name) for row in rows]


def retire(tx: Tx, worker_id: str) -> None:
    """A worker that ends in order; what it has said about who is here goes with it."""
    tx.connection.execute(sa.delete(_workers).where(_workers.c.id == worker_id))


def bury_others(tx: Tx, worker_id: str) -> None:
    """For whoever knows that it is the only server of this database."""
    tx.connection.execute(sa.delete(_workers).where(_workers.c.id != worker_id))


@dataclass(slots=True)
class _Seen:
    beat: int
    silent_s: float = 0.0


class Workers:
    """This process among the others. `alone` promises that no other server may use the database: then nothing beats."""

    def __init__(
        self, db: Database, *, alone: bool = False, name: str | None = None, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.id = clock.new_id()
        self.lives = 0  # how often our row was made: after the first time, others had taken us for dead
        self._db, self._alone, self._now_s = db, alone, now_s
        self._name = process_name() if name is None else name
        self._seen: dict[str, _Seen] = {}
        self._looked_s: float | None = None
        self._alive = frozenset({self.id})
        self._tasks = Tasks()

    async def start(self) -> None:
        """Registers; after that the others are known, and those that are certainly gone are told apart."""
        measured.WORKERS.follow(lambda: self.count)
        await self.look()
        if self._alone:
            await self._db.write(bury_others, self.id)
            self._seen, self._alive = {}, frozenset({self.id})
        else:
            self._tasks.start(self._beat())

    async def stop(self) -> None:
        await self._tasks.stop()
        measured.WORKERS.leave()
        try:
            await self._db.write(retire, self.id)
        except AppError as error:  # the others find out by themselves
            logger.warning("worker_did_not_retire", code=error.code)

    def alive(self) -> frozenset[str]:
        """Ids of the workers that live, as far as this one has seen: itself always, another until it is silent."""
        return self._alive

    @property
    def count(self) -> int:
        """Live workers, at least 1."""
        return len(self._alive)

    async def look(self) -> None:
        """One beat, and a look at those of the others. AppError when the database does not take it."""
        dead = {other: seen.beat for other, seen in self._seen.items() if other not in self._alive}
        made, rows = await self._db.write(beat, self.id, self._name, dead)
        measured.WORKERS_DIED.inc(len(dead))
        self.lives += made
        now_s = self._now_s()
        passed_s = 0.0 if self._looked_s is None else min(GAP_S, now_s - self._looked_s)
        self._looked_s = now_s
        before, self._seen = self._seen, {}
        alive = {self.id}
        for other, number, name in rows:
            if other == self.id:
                continue
            seen = before.get(other)
            if seen is None or seen.beat != number:
                seen = _Seen(number)
            else:
                seen.silent_s += passed_s
            self._seen[other] = seen
            if seen.silent_s < DEAD_S and not is_gone(name):
                alive.add(other)
        if alive != self._alive:
            logger.info("workers", alive=len(alive))
        self._alive = frozenset(alive)

    async def _beat(self) -> None:
        failing = False
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                await self.look()
                failing = False
            except Exception as error:  # whose beat stands still is buried, whatever went wrong this time
                if not failing:
                    logger.warning("beat_failed", error=type(error).__name__)
                failing = True


# -- the same machine ----------------------------------------------------------------------------------------
# A worker that was killed and its successor mostly live on one machine: there nobody has to wait for the silence.


def process_name() -> str:
    """`host pid start space`: the last two tell a process from another that got its number later, or elsewhere."""
    host = socket.gethostname()[:60].replace(" ", "-")
    return f"{host} {os.getpid()} {_began(os.getpid())} {_space()}"


def is_gone(name: str) -> bool:
    """Whether the process of that name has certainly ended; False for processes that we cannot see."""
    parts = name.split(" ")
    if len(parts) != 4 or not parts[1].isdigit() or not _space() or parts[3] != _space():
        return False
    return _began(int(parts[1])) != parts[2]


def here_and_elsewhere(names: Iterable[str]) -> tuple[int, int]:
    """How many of these processes run on this machine, and how many may run where we cannot see them."""
    here = elsewhere = 0
    for name in names:
        if _space() and name.split(" ")[-1] == _space():
            here += not is_gone(name)
        else:
            elsewhere += 1
    return here, elsewhere


def _began(pid: int) -> str:
    """When a process began, in ticks since the machine did; empty when there is none (or no /proc)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _space() -> str:
    """The same for all processes that share their numbers: this boot of this machine, this container."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii")
        return hashlib.sha256((boot + os.readlink("/proc/self/ns/pid")).encode()).hexdigest()[:12]
    except OSError:
        return ""

"""Verbs in transactions: what waits goes into one, and a verb that fails undoes nobody else's work.

The quick way has no savepoints: hardly a verb fails after it has written. When one does, everything is undone and
done again the careful way, with a savepoint for each.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from runtime import clock, faults
from runtime.bus import Notice
from runtime.errors import AppError, Unavailable
from runtime.faults import Fault
from runtime.metrics import BATCH_SECONDS, BATCH_SIZE, STORAGE_FAULTS, STORAGE_RETRIES, WRITES
from runtime.transaction import Line, Tx

# A failover takes up to 10 s; whoever waits longer for a word sends it again anyway, and gets the first entry.
PATIENCE_S = 15.0
PAUSES_S = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # between tries; the last one again and again
COLLISIONS = 4  # tries of a verb that meets somebody even alone; each waits LOCK_ALONE_MS, and everybody behind it too

logger = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Job:
    verb: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    future: asyncio.Future[Any] | None = None
    result: Any = None
    error: BaseException | None = None


class _Undone(Exception):
    """On the quick way a verb failed after it had written: what it wrote cannot be told from the others' work."""


@dataclass(slots=True)
class _Attempt:
    """One transaction. `deferred`: those who met another transaction; they are done alone, afterwards."""

    notices: list[Notice] = field(default_factory=list)
    deferred: list[Job] = field(default_factory=list)
    in_doubt: bool = False  # the commit was sent


class Writer:
    """Belongs to one thread. Jobs that come in get their result or their error; nothing is raised."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._lost_at: float | None = None  # on the monotonic clock: since when the database cannot be reached

    def run(self, batch: Sequence[Job]) -> list[Notice]:
        """Returns the notices to publish, of what was stored."""
        began = time.monotonic()
        try:
            notices = self._run(batch, alone=False)
        except Exception as error:  # a fault of ours: the thread must live on, and the callers must hear of it
            logger.exception("writer_failed")
            self.line.drop()
            for job in batch:
                job.error = error
            notices = []
        BATCH_SECONDS.observe(time.monotonic() - began)
        BATCH_SIZE.observe(len(batch))
        _count(batch)
        return notices

    def _run(self, batch: Sequence[Job], alone: bool) -> list[Notice]:
        careful, tries = False, 0
        while True:
            attempt = _Attempt()
            try:
                self._transact(batch, attempt, careful, alone)
            except Exception as error:
                undone = isinstance(error, _Undone) and isinstance(error.__cause__, Exception)
                cause = error.__cause__ if undone and isinstance(error.__cause__, Exception) else error
                fault = faults.sort(cause)
                self._leave(fault)
                if fault is Fault.OWN:
                    if not undone:
                        raise
                    if len(batch) == 1:
                        batch[0].error = faults.told(cause)
                        return []
                    careful = True
                    continue
                if fault is Fault.LOST and attempt.in_doubt:
                    fate = self._fate()
                    if fate == "committed":
                        break
                    if fate == "in progress":  # for longer than anybody waits
                        return _fail(batch, cause)
                if not self._may_try_again(fault, tries):
                    return _fail(batch, cause)
                if fault is Fault.COLLIDED and len(batch) > 1:
                    careful = True
                alone = len(batch) == 1
                _pause(tries)
                tries += 1
            else:
                break
        self._lost_at = None
        return [*attempt.notices, *self._alone(attempt.deferred)]

    def _transact(self, batch: Sequence[Job], attempt: _Attempt, careful: bool, alone: bool) -> None:
        line = self.line
        line.begin(alone)
        for job in batch:
            job.result = job.error = None
            tx = Tx(line, clock.now_ms())
            if careful:
                line.save()
            try:
                job.result = job.verb(tx, *job.args, **job.kwargs)
                tx.finish()
            except Exception as error:
                tx.abandon()
                fault = faults.sort(error)
                if fault in (Fault.STORAGE, Fault.LOST):
                    raise
                if careful:
                    line.go_back()
                elif tx.wrote or faults.is_databases(error):  # PostgreSQL takes nothing more after an error of its own
                    raise _Undone from error
                if fault is Fault.COLLIDED:
                    attempt.deferred.append(job)
                else:
                    job.error = faults.told(error)
            else:
                if careful:
                    line.keep()
                attempt.notices.extend(tx.notices)
        attempt.in_doubt = True
        line.commit()

    def _alone(self, deferred: Sequence[Job]) -> list[Notice]:
        """Holding nothing else, they may wait for a row, and cannot be waited for in a circle."""
        return [notice for job in deferred for notice in self._run([job], alone=True)]

    # -- when the database fails ----------------------------------------------------------------------------

    def _leave(self, fault: Fault) -> None:
        """The connection after a failed transaction: rolled back, or thrown away where that says nothing."""
        if fault in (Fault.OWN, Fault.COLLIDED):
            try:
                self.line.rollback()
                return
            except Exception as error:
                logger.warning("rollback_failed", error=type(error).__name__)
        self.line.drop()

    def _may_try_again(self, fault: Fault, tries: int) -> bool:
        if fault is Fault.COLLIDED:
            STORAGE_RETRIES["deadlock"].inc()
            return tries < COLLISIONS
        if fault is not Fault.LOST:
            return False
        STORAGE_RETRIES["lost"].inc()
        now = time.monotonic()
        if self._lost_at is None:
            self._lost_at = now
        return now - self._lost_at < PATIENCE_S

    def _fate(self) -> str:
        """What became of the transaction whose COMMIT had no answer; `in progress` if that cannot be found out.

        Only PostgreSQL can lose a connection, and it knows the transaction by its number.
        """
        number, tries = self.line.number, 0
        while True:
            fate = "in progress"
            try:
                fate = self.line.fate(number)
            except Exception as error:
                if not faults.is_databases(error):
                    raise
                self.line.drop()
            if fate != "in progress" or not self._may_try_again(Fault.LOST, tries):
                logger.warning("commit_was_in_doubt", fate=fate)
                return fate
            _pause(tries)
            tries += 1


def _pause(tries: int) -> None:
    time.sleep(PAUSES_S[min(tries, len(PAUSES_S) - 1)])


def _fail(batch: Sequence[Job], error: Exception) -> list[Notice]:
    """All of them, also those that were refused: perhaps because of what is now undone."""
    failed = faults.unavailable(error)
    STORAGE_FAULTS[faults.metric(error)].inc()
    logger.warning("storage_failed", code=failed.code, error=str(faults.drivers_error(error))[:200], verbs=len(batch))
    for job in batch:
        job.result, job.error = None, failed
    return []


def _count(batch: Sequence[Job]) -> None:
    refused = failed = 0
    for job in batch:
        if job.error is not None:
            if isinstance(job.error, AppError) and not isinstance(job.error, Unavailable):
                refused += 1
            else:
                failed += 1
    if refused:
        WRITES["refused"].inc(refused)
    if failed:
        WRITES["failed"].inc(failed)
    if len(batch) > refused + failed:
        WRITES["done"].inc(len(batch) - refused - failed)

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
HASTE_S = 2.0  # instead, once the server is about to end
MEETING_S = 10.0  # how long a verb tries to get a row that somebody else holds
PAUSES_S = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # between tries; the last one again and again

logger = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Job:
    verb: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    future: asyncio.Future[Any] | None = None
    result: Any = None
    error: BaseException | None = None
    met_at: float | None = None  # when it first met a row that another transaction held, on the monotonic clock


@dataclass(slots=True)
class Ran:
    """What came of a batch. Those who `met` another transaction have neither result nor error: try each alone."""

    notices: list[Notice] = field(default_factory=list)
    met: list[Job] = field(default_factory=list)
    committing: bool = False


class _Undone(Exception):
    """On the quick way a verb failed after it had written: what it wrote cannot be told from the others' work."""


class Writer:
    """Belongs to one thread. Jobs that come in get their result or their error; nothing is raised."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.patience_s = PATIENCE_S
        self._lost_at: float | None = None  # on the monotonic clock: since when the database cannot be reached

    def run(self, batch: Sequence[Job]) -> Ran:
        began = time.monotonic()
        try:
            ran = self._run(batch)
        except Exception as error:  # a fault of ours: the thread must live on, and the callers must hear of it
            logger.exception("writer_failed")
            self.line.drop()
            for job in batch:
                job.error = error
            ran = Ran()
        BATCH_SECONDS.observe(time.monotonic() - began)
        BATCH_SIZE.observe(len(batch))
        _count(batch, len(ran.met))
        return ran

    def _run(self, batch: Sequence[Job]) -> Ran:
        careful, tries = False, 0
        while True:
            ran = Ran()
            try:
                self._transact(batch, ran, careful)
            except Exception as error:
                undone = isinstance(error, _Undone)
                cause = error.__cause__ if undone and isinstance(error.__cause__, Exception) else error
                fault = faults.sort(cause)
                self._leave(fault)
                match fault:
                    case Fault.OWN | Fault.COLLIDED if undone and len(batch) > 1:
                        careful = True
                        continue
                    case Fault.OWN if undone:
                        batch[0].error = faults.told(cause)
                        return Ran()
                    case Fault.OWN:
                        raise
                    case Fault.COLLIDED:
                        ran = Ran()
                        for job in batch:
                            _meet(job, ran, cause)
                        return ran
                    case Fault.STORAGE:
                        return _fail(batch, cause)
                    case Fault.LOST:
                        fate = self._fate() if ran.committing else ""
                        if fate == "committed":
                            break
                        if fate == "in progress" or not self._is_patient():
                            return _fail(batch, cause)
                _pause(tries)
                tries += 1
            else:
                break
        self._lost_at = None
        return ran

    def _transact(self, batch: Sequence[Job], ran: Ran, careful: bool) -> None:
        line = self.line
        line.begin()
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
                    _meet(job, ran, error)
                else:
                    job.error = faults.told(error)
            else:
                if careful:
                    line.keep()
                ran.notices.extend(tx.notices)
        ran.committing = True
        line.commit()

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

    def _is_patient(self) -> bool:
        """Whether a lost connection is worth another try."""
        STORAGE_RETRIES["lost"].inc()
        now = time.monotonic()
        if self._lost_at is None:
            self._lost_at = now
        return now - self._lost_at < self.patience_s

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
            if fate != "in progress" or not self._is_patient():
                logger.warning("commit_was_in_doubt", fate=fate)
                return fate
            _pause(tries)
            tries += 1


def _pause(tries: int) -> None:
    time.sleep(PAUSES_S[min(tries, len(PAUSES_S) - 1)])


def _meet(job: Job, ran: Ran, error: Exception) -> None:
    """Another transaction held what the verb needs. Alone, holding nothing else, it cannot wait in a circle."""
    STORAGE_RETRIES["deadlock"].inc()
    job.result = job.error = None
    if job.met_at is None:
        job.met_at = time.monotonic()
    if time.monotonic() - job.met_at < MEETING_S:
        ran.met.append(job)
    else:
        _fail([job], error)


def _fail(batch: Sequence[Job], error: Exception) -> Ran:
    """All of them, also those that were refused: perhaps because of what is now undone."""
    failed = faults.unavailable(error)
    STORAGE_FAULTS[faults.metric(error)].inc()
    logger.warning("storage_failed", code=failed.code, error=str(faults.drivers_error(error))[:200], verbs=len(batch))
    for job in batch:
        job.result, job.error = None, failed
    return Ran()


def _count(batch: Sequence[Job], met: int) -> None:
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
    if len(batch) > refused + failed + met:
        WRITES["done"].inc(len(batch) - refused - failed - met)

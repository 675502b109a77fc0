"""The database: a writer thread that commits what waits in one transaction, and threads that read.

A verb is a plain function whose first argument is a `Tx`; it neither commits nor publishes. An answer comes only
after the commit.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog

from runtime import clock, faults
from runtime.bus import Bus, Notice
from runtime.engine import READERS, WRITERS, make_engine
from runtime.errors import Unavailable
from runtime.faults import Fault, StorageFull
from runtime.metrics import READ_SECONDS, READS_WAITING, STORAGE_FAULTS, WRITES_WAITING
from runtime.transaction import Line, Tx
from runtime.writer import HASTE_S, Job, Writer

__all__ = ["Database", "StorageFull", "Tx", "make_engine"]

P = ParamSpec("P")
T = TypeVar("T")

BATCH = 512  # more verbs in one commit gain nothing measurable and make the unlucky last one wait
# About a second of work, or what comes in while a foreign program holds the database for ten; some 20 MB. Beyond it,
# whoever is told to come back soon is better off than whoever waits in the dark.
MOST_WAITING = 10_000
READ_TRIES_S = (0.0, 0.0, 0.05, 0.2, 0.5, 1.0, 2.0)  # pauses before the tries of a read whose connection is lost

logger = structlog.get_logger()


class _Lane:
    """A queue of writes with the thread that does them.

    What comes in during one turn of the event loop is handed over at its end: the thread then wakes once, and does not
    commit the first while the others are still on their way.
    """

    def __init__(self, database: Database, number: int) -> None:
        self._database = database
        self._writer = Writer(Line(database.engine, writing=True, serving=True))
        self._coming: list[Job] = []  # in the event loop's thread
        self._jobs: queue.SimpleQueue[list[Job] | None] = queue.SimpleQueue()
        self._handed_in = self._taken = 0  # each is counted by one thread
        self._busy = False
        self.thread = threading.Thread(target=self._work, name=f"write-{number}", daemon=True)

    # -- in the event loop's thread ---------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        return self._handed_in - self._taken

    def load(self) -> int:
        return self.waiting + self._busy

    def take(self, job: Job, loop: asyncio.AbstractEventLoop) -> None:
        self._handed_in += 1
        self._coming.append(job)
        if len(self._coming) == 1:
            loop.call_soon(self._hand_over)

    def close(self) -> None:
        """Nothing comes any more."""
        self._hand_over()
        self._jobs.put(None)
        self._writer.patience_s = HASTE_S

    def _hand_over(self) -> None:
        if self._coming:
            self._jobs.put(self._coming)
            self._coming = []

    # -- in its own thread ------------------------------------------------------------------------------------

    def _work(self) -> None:
        left: list[Job] = []
        met: list[Job] = []  # those who met a row that another transaction holds: one after the other, each alone
        last = False
        while left or met or not last:
            while not last and len(left) < BATCH and (not (left or met) or not self._jobs.empty()):
                jobs = self._jobs.get()
                left += jobs or ()
                last = jobs is None
            batch, left = left[:BATCH], left[BATCH:]
            self._taken += len(batch)
            if batch:
                met += self._run(batch)
            if met:
                met = met[1:] + self._run(met[:1])
        self._writer.line.close()

    def _run(self, batch: list[Job]) -> list[Job]:
        self._busy = True
        ran = self._writer.run(batch)
        done = [job for job in batch if job not in ran.met] if ran.met else batch
        self._database.deliver(done, ran.notices)
        self._writer.line.shorten()
        self._busy = False
        return ran.met


class Database:
    """`write` and `read` run verbs off the event loop; `write_now` and `read_now` are for commands without a loop."""

    def __init__(self, url: str, bus: Bus | None = None) -> None:
        self.engine = make_engine(url)
        self.bus = bus
        self.writers = WRITERS[self.engine.dialect.name]
        self._lanes: list[_Lane] = []
        self._reads: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._readers: list[threading.Thread] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False

    # -- for the server -------------------------------------------------------------------------------------

    def start(self) -> None:
        """Starts the writers; call it inside the running event loop, which then gets the notices."""
        self._loop = asyncio.get_running_loop()
        self._lanes = [_Lane(self, number) for number in range(self.writers)]
        for lane in self._lanes:
            lane.thread.start()
        WRITES_WAITING.follow(lambda: self.waiting)
        READS_WAITING.follow(self._reads.qsize)

    async def stop(self) -> None:
        """Everything that was handed in is committed first."""
        self._closing = True
        for lane in self._lanes:
            lane.close()
        for _ in self._readers:
            self._reads.put(None)
        for thread in (*(lane.thread for lane in self._lanes), *self._readers):
            await asyncio.to_thread(thread.join)
        WRITES_WAITING.leave()
        READS_WAITING.leave()
        self.engine.dispose()

    @property
    def waiting(self) -> int:
        """Writes that no transaction has taken up yet."""
        return sum(lane.waiting for lane in self._lanes)

    async def write(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The verb's result, after the commit. Raises what the verb raises, or Unavailable: nothing was stored, or (a
        COMMIT without an answer, whose fate nobody could tell) it is not known.

        Whoever hands in two at once does not know which is done first; whoever awaits the first does.
        """
        if self._closing or self._loop is None:
            raise Unavailable("The server is closing. Try again in a moment.")
        lane = self._lanes[0] if len(self._lanes) == 1 else min(self._lanes, key=_Lane.load)
        if lane.waiting >= MOST_WAITING:
            raise Unavailable("Very many write at this moment. Try again in a moment.", retry_after=faults.AGAIN_S)
        future: asyncio.Future[T] = self._loop.create_future()
        lane.take(Job(verb, args, kwargs, future), self._loop)
        return await future

    async def read(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The verb's result, from a snapshot that holds every write that was answered before. Raises as `write`."""
        if self._closing:
            raise Unavailable("The server is closing. Try again in a moment.")
        if len(self._readers) < READERS:
            self._start_reader()
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._reads.put(Job(verb, args, kwargs, future))
        return await future

    # -- for commands and tests -----------------------------------------------------------------------------

    def write_now(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        job = Job(verb, args, kwargs)
        line = Line(self.engine, writing=True)
        try:
            ran = Writer(line).run([job])
            while ran.met:
                ran = Writer(line).run([job])
        finally:
            line.close()
        if job.error is not None:
            raise job.error
        if self.bus is not None and ran.notices:
            self.bus.publish(ran.notices)
        result: T = job.result
        return result

    def read_now(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        line = Line(self.engine, writing=False)
        try:
            result: T = _read(line, Job(verb, args, kwargs))
            return result
        finally:
            line.close()

    # -- the threads ----------------------------------------------------------------------------------------

    def deliver(self, batch: Sequence[Job], notices: list[Notice]) -> None:
        """Wakes the event loop once for the whole batch. Called from the writers' threads."""
        assert self._loop is not None  # noqa: S101 - set in start(), before the threads exist
        try:
            self._loop.call_soon_threadsafe(self._deliver, batch, notices)
        except RuntimeError:  # the loop has closed; what was committed stays committed
            return

    def _deliver(self, batch: Sequence[Job], notices: list[Notice]) -> None:
        for job in batch:
            _settle(job)
        if self.bus is not None and notices:
            self.bus.publish(notices)

    def _start_reader(self) -> None:
        thread = threading.Thread(target=self._read_loop, name=f"read-{len(self._readers)}", daemon=True)
        self._readers.append(thread)
        thread.start()

    def _read_loop(self) -> None:
        line = Line(self.engine, writing=False, serving=True)
        while (job := self._reads.get()) is not None:
            began = time.monotonic()
            try:
                job.result = _read(line, job)
            except BaseException as error:  # whatever it was, it is the caller's to know, and the thread lives on
                job.error = error
            READ_SECONDS.observe(time.monotonic() - began)
            assert job.future is not None  # noqa: S101 - read() made one
            try:
                job.future.get_loop().call_soon_threadsafe(_settle, job)
            except RuntimeError:  # the loop has closed, and with it whoever asked
                continue
        line.close()


def _settle(job: Job) -> None:
    future = job.future
    if future is None or future.done():  # its caller has gone
        return
    error = job.error
    if isinstance(error, StopIteration):  # of a bare next(): no future takes it, and those behind this one wait
        error = RuntimeError("A verb raised StopIteration.")
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(job.result)


def _read(line: Line, job: Job) -> Any:
    """What the verb says. A lost connection is replaced, and the verb asked again; other faults are told."""
    for pause in READ_TRIES_S[: 1 if line.lost else None]:
        if pause:
            time.sleep(pause)
        try:
            line.begin()
            tx = Tx(line, clock.now_ms())
            try:
                result = job.verb(tx, *job.args, **job.kwargs)
            finally:
                tx.abandon()
            line.rollback()
            line.lost = False
            return result
        except Exception as error:
            fault, failed = faults.sort(error), error
            if fault is Fault.OWN:
                _leave(line)
                answer = faults.told(error)
                if answer is error:
                    raise
                raise answer from error
            line.drop()
            if fault is Fault.STORAGE:
                break
    line.lost = True  # the next ones that come must not wait as long in vain
    logger.warning("read_failed", error=str(faults.drivers_error(failed))[:200])
    STORAGE_FAULTS[faults.metric(failed)].inc()
    raise faults.unavailable(failed)


def _leave(line: Line) -> None:
    try:
        line.rollback()
    except Exception:  # the next one opens another connection
        line.drop()

"""The database: one writer thread that commits what waits in one transaction, and a pool of readers.

A verb is a plain function whose first argument is a `Tx`; it neither commits nor publishes. An answer comes only
after the commit.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlmodel import Session

from runtime import clock
from runtime.bus import Bus, Notice
from runtime.errors import BadInput, SettingsError, Unavailable

P = ParamSpec("P")
T = TypeVar("T")

BATCH = 512  # more verbs in one commit gain nothing measurable and make the unlucky last one wait
READERS = 4
BUSY_S = 10.0  # how long another process may hold the database before we give up
NOT_TAKEN = "The database did not take this. Nothing was stored; it may be sent again."


class StorageFull(Unavailable):
    code = "storage"


@dataclass(slots=True)
class Tx:
    """One transaction as a verb sees it. Notices left here go out after the commit."""

    connection: Connection
    now: int
    notices: list[Notice] = field(default_factory=list)
    _session: Session | None = None

    @property
    def session(self) -> Session:
        """For the quiet parts of the program; the log uses `connection` with plain statements."""
        if self._session is None:
            self._session = Session(bind=self.connection, join_transaction_mode="create_savepoint")
        return self._session

    def new_id(self) -> str:
        return clock.new_id(self.now)

    def notify(self, topic: str, key: int | str, number: int = 0, data: str = "", item: object = None) -> None:
        self.notices.append(Notice(topic, key, number, data, item))

    def finish(self) -> None:
        if self._session is not None:
            self._session.commit()  # flushes into the savepoint; the outer transaction is the writer's to commit
            self._session.close()
            self._session = None

    def abandon(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


@dataclass(slots=True)
class _Job:
    verb: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    future: Future[Any]
    result: Any = None
    error: BaseException | None = None


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql+psycopg://...`; SettingsError for anything else."""
    try:
        parsed = sa.engine.make_url(url)
    except sa.exc.ArgumentError:
        raise SettingsError(
            f"SVARDESK_DATABASE_URL is not a database address: {url!r}. Write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME."
        ) from None
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        try:
            return sa.create_engine(
                parsed.set(drivername="postgresql+psycopg"), pool_size=READERS + 1, pool_pre_ping=True
            )
        except ModuleNotFoundError:
            raise SettingsError('PostgreSQL needs its driver: pip install "svardesk[scale]".') from None
    raise SettingsError(f"No support for {parsed.get_backend_name()} databases. Use sqlite or postgresql.")


def _turn_on_wal(connection: Any) -> None:
    """Waits for another process that does the same to a new database: here SQLite does not heed its busy_timeout."""
    deadline = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _sqlite(url: sa.URL) -> Engine:
    engine = sa.create_engine(
        url,
        pool_size=READERS + 1,
        connect_args={"timeout": 10, "check_same_thread": False},
        poolclass=sa.QueuePool,
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # sqlite3 must not begin transactions by itself, or savepoints break
        for pragma in ("busy_timeout=10000", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        _turn_on_wal(connection)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _verbs_own(error: Exception) -> bool:
    """Whether only the verb that raised it is to blame. Otherwise (a full disk, a lost connection) all is in doubt."""
    if not isinstance(error, DBAPIError):
        return True
    return not error.connection_invalidated and isinstance(error, (DataError, IntegrityError, ProgrammingError))


def _collided(error: DBAPIError) -> bool:
    """Two processes that waited for each other's rows (deadlock_detected, serialization_failure of PostgreSQL)."""
    return getattr(error.orig, "sqlstate", None) in ("40P01", "40001")


def _told(error: Exception) -> Exception:
    """The error as the caller gets it: a value that no column can hold is bad input, such as NUL in PostgreSQL."""
    if isinstance(error, (DataError, OverflowError)):
        told = BadInput("The database cannot hold this value.")
        told.__cause__ = error
        return told
    return error


def _storage_error(error: DBAPIError) -> StorageFull:
    text = str(error.orig)
    if "full" in text or "No space" in text:
        return StorageFull("The disk is full. Nothing of this was stored; make room and send it again.")
    if "readonly" in text or "read-only" in text:
        return StorageFull("The database cannot be written to. Check the owner and the mode of the data folder.")
    return StorageFull(NOT_TAKEN)


class Database:
    """`write` and `read` run verbs off the event loop; `write_now` and `read_now` are for commands without a loop."""

    def __init__(self, url: str, bus: Bus | None = None) -> None:
        self.engine = make_engine(url)
        self.bus = bus
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        self._writer: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False

    # -- for the server -------------------------------------------------------------------------------

    def start(self) -> None:
        """Starts the writer; call it inside the running event loop, which then gets the notices."""
        self._loop = asyncio.get_running_loop()
        self._writer = threading.Thread(target=self._write_loop, name="write", daemon=True)
        self._writer.start()

    async def stop(self) -> None:
        """Everything that was handed in is committed first."""
        self._closing = True
        self._jobs.put(None)
        if self._writer is not None:
            await asyncio.to_thread(self._writer.join)
        self._readers.shutdown(wait=True)
        self.engine.dispose()

    async def write(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The verb's result, after the commit. Raises what the verb raises, or StorageFull with nothing stored."""
        if self._closing or self._writer is None:
            raise Unavailable("The server is closing. Try again in a moment.")
        future: Future[T] = Future()
        self._jobs.put(_Job(verb, args, kwargs, future))
        return await asyncio.wrap_future(future)

    async def read(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, lambda: self.read_now(verb, *args, **kwargs))

    # -- for commands and tests -----------------------------------------------------------------------

    def write_now(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        job = _Job(verb, args, kwargs, Future())
        notices = self._run([job])
        if job.error is not None:
            raise job.error
        if self.bus is not None and notices:
            self.bus.publish(notices)
        result: T = job.result
        return result

    def read_now(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with self.engine.connect() as connection, connection.begin():
                tx = Tx(connection, clock.now_ms())
                try:
                    return verb(tx, *args, **kwargs)
                finally:
                    tx.abandon()
        except OperationalError as error:
            raise _storage_error(error) from error
        except (DataError, OverflowError) as error:
            raise _told(error) from error

    # -- the writer thread ----------------------------------------------------------------------------

    def _write_loop(self) -> None:
        while True:
            job = self._jobs.get()
            batch: list[_Job] = []
            last = job is None
            if job is not None:
                batch.append(job)
            while len(batch) < BATCH:
                try:
                    more = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    last = True
                else:
                    batch.append(more)
            if batch:
                self._finish(batch, self._run(batch))
            if last and self._jobs.empty():
                return
            if last:
                self._jobs.put(None)

    def _run(self, batch: Sequence[_Job]) -> list[Notice]:
        """One transaction, one savepoint for each verb. Returns the notices to publish; results are in the jobs."""
        notices: list[Notice] = []
        for job in batch:
            job.result = job.error = None
        try:
            with self.engine.connect() as plain:
                connection = plain.execution_options(writing=True)
                with connection.begin():
                    for job in batch:
                        self._run_one(connection, job, notices)
        except SQLAlchemyError as error:
            if isinstance(error, DBAPIError) and _collided(error) and len(batch) > 1:
                # A long batch holds many rows until its commit; alone, each verb takes them in the same order.
                return [notice for job in batch for notice in self._run([job])]
            failed = _storage_error(error) if isinstance(error, DBAPIError) else StorageFull(NOT_TAKEN)
            failed.__cause__ = error
            for job in batch:  # also those that were refused: perhaps because of what is now undone
                job.error = failed
            return []
        return notices

    @staticmethod
    def _run_one(connection: Connection, job: _Job, notices: list[Notice]) -> None:
        tx = Tx(connection, clock.now_ms())
        savepoint = connection.begin_nested()
        try:
            job.result = job.verb(tx, *job.args, **job.kwargs)
            tx.finish()
            savepoint.commit()
        except Exception as error:
            tx.abandon()
            if not _verbs_own(error):
                raise
            savepoint.rollback()
            job.error = _told(error)
        else:
            notices.extend(tx.notices)

    def _finish(self, batch: Sequence[_Job], notices: list[Notice]) -> None:
        """Wakes the event loop once for the whole batch."""

        def deliver() -> None:
            for job in batch:
                if job.future.cancelled():
                    continue
                if job.error is not None:
                    job.future.set_exception(job.error)
                else:
                    job.future.set_result(job.result)
            if self.bus is not None and notices:
                self.bus.publish(notices)

        assert self._loop is not None  # noqa: S101 - set in start(), before the thread exists
        try:
            self._loop.call_soon_threadsafe(deliver)
        except RuntimeError:  # the loop has closed; what was committed stays committed
            return

"""One transaction: `Tx` as a verb sees it, on a `Line`, which is a connection that a thread keeps."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from sqlalchemy.engine import Connection, Engine
from sqlmodel import Session

from runtime import clock
from runtime.bus import Notice
from runtime.engine import BUSY_S, prepare_to_serve
from runtime.statements import Statement

MOST_ROWS = 5_000  # kept ones; some 10 MB
LONG_LOG = 16_000_000  # bytes; four times of what SQLite lets it be where readers leave it a moment
SHORTEN_EVERY_S = 1.0
SHORTEN_MS = 200  # for which writers wait for the last reader of the old log

logger = structlog.get_logger()

# PostgreSQL gives the transaction its number in the same journey: after a lost COMMIT one can ask what became of it.
_NUMBER = "SELECT pg_current_xact_id()::text"
_BEGIN = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": f"BEGIN ISOLATION LEVEL READ COMMITTED; {_NUMBER}",
}
_BEGIN_READING = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


def _size(file: str) -> int:
    try:
        return os.stat(file).st_size
    except FileNotFoundError:
        return 0


class Line:
    """Speaks to the driver itself; SQLAlchemy joins the same transaction when somebody asks for `connection`.

    `serving`: it belongs to one thread of the server for good. Errors are the driver's own.
    """

    def __init__(self, engine: Engine, *, writing: bool, serving: bool = False) -> None:
        self.kind = engine.dialect.name
        # SQLite's writer has the whole database to itself: what it read in its transaction stays as it is.
        self.exclusive = writing and self.kind == "sqlite"
        self.number = ""  # of the transaction that was begun last; PostgreSQL only
        self.rows: dict[Hashable, Any] = {}  # what Tx.keep holds
        self.lost = False  # whether the latest read found no connection
        self._version = -1  # of the database, as of the rows
        self._log = f"{engine.url.database}-wal" if self.exclusive and serving else None
        self._shortened = 0.0
        self._engine, self._writing, self._serving = engine, writing, serving
        self._joined: Connection | None = None
        self._driver: Any = None
        self._execute: Any = None
        self._cursor: Any = None

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's, in our transaction; it must know of that, or a session ends the transaction as its own."""
        assert self._joined is not None  # noqa: S101 - begin() has opened it
        if not self._joined.in_transaction():
            self._joined.begin()
        return self._joined

    @property
    def _shared(self) -> bool:
        return self._joined is not None and self._joined.in_transaction()

    def run(self, statement: Statement, values: dict[str, Any]) -> list[Any]:
        compiled = statement.on(self.kind)
        self._execute(compiled.text, compiled.values(values))
        return list(map(compiled.row._make, self._cursor.fetchall()))

    def change(self, statement: Statement, values: dict[str, Any]) -> int:
        compiled = statement.on(self.kind)
        self._execute(compiled.text, compiled.values(values))
        changed: int = self._cursor.rowcount
        return changed

    def insert(self, statement: Statement, rows: Sequence[tuple[Any, ...]]) -> int:
        text = statement.on(self.kind).text
        if len(rows) == 1:
            self._execute(text, rows[0])
        else:
            self._cursor.executemany(text, rows)
        inserted: int = self._cursor.rowcount
        return inserted

    def begin(self) -> None:
        if self._driver is None:
            self._open()
        if not self._writing:
            self._cursor.execute(_BEGIN_READING[self.kind])
            return
        self._cursor.execute(_BEGIN[self.kind])
        if self.exclusive:
            version = self._cursor.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version or len(self.rows) > MOST_ROWS:
                self.rows.clear()
            self._version = version
        else:
            while self._cursor.nextset():
                pass
            self.number = self._cursor.fetchone()[0]

    def save(self) -> None:
        self._cursor.execute("SAVEPOINT verb")

    def keep(self) -> None:
        self._cursor.execute("RELEASE SAVEPOINT verb")

    def go_back(self) -> None:
        """To the latest `save`."""
        self.rows.clear()
        self._cursor.execute("ROLLBACK TO SAVEPOINT verb")
        self._cursor.execute("RELEASE SAVEPOINT verb")

    def commit(self) -> None:
        if self._shared:
            self.connection.commit()
        else:
            self._driver.commit()

    def rollback(self) -> None:
        self.rows.clear()
        if self._shared:
            self.connection.rollback()
        else:
            self._driver.rollback()

    def fate(self, number: str) -> str:
        """What became of a transaction: `committed`, `aborted` or `in progress`; `unknown` to a server that lost it."""
        self.begin()
        try:
            found = self._cursor.execute("SELECT pg_xact_status(%s::xid8)", (number,)).fetchone()
        except Exception as error:
            if getattr(error, "sqlstate", None) != "22023":  # a number of the future: another server has taken over
                raise
            return "unknown"
        finally:
            self._driver.rollback()
        return str(found[0] or "unknown")

    def shorten(self) -> None:
        """Puts SQLite's write-ahead log back into the database, once it is long; call it between transactions.

        SQLite does so by itself, but begins the log anew only in a moment in which nobody reads: a server that is busy
        all the time has no such moment, and its log would grow for as long.
        """
        now = time.monotonic()
        if self._log is None or now < self._shortened + SHORTEN_EVERY_S or _size(self._log) < LONG_LOG:
            return
        self._shortened = now
        self._cursor.execute(f"PRAGMA busy_timeout={SHORTEN_MS}")
        try:
            self._cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:  # a full disk, a foreign lock: whoever writes next is told of it
            logger.warning("log_not_shortened", error=str(error))
        finally:
            self._cursor.execute(f"PRAGMA busy_timeout={round(BUSY_S * 1000)}")

    def close(self) -> None:
        """Gives the connection back for others to use, unless it was made for one thread."""
        joined, self._joined, self._driver = self._joined, None, None
        if joined is not None:
            if self._serving:
                joined.invalidate()
            joined.close()

    def drop(self) -> None:
        """Throws the connection away, in whatever state it is; the next transaction opens another."""
        self.rows.clear()
        joined, self._joined, self._driver = self._joined, None, None
        if joined is not None:
            joined.invalidate()
            joined.close()

    def _open(self) -> None:
        joined = self._engine.connect().execution_options(joined=True)
        driver: Any = joined.connection.driver_connection
        if self._serving:
            prepare_to_serve(self.kind, driver)
        self._joined, self._driver, self._cursor = joined, driver, driver.cursor()
        # Our statements are few and come again and again; where a proxy cannot take prepared ones, it was turned off.
        prepare = self.kind == "postgresql" and driver.prepare_threshold is not None
        self._execute = partial(self._cursor.execute, prepare=True) if prepare else self._cursor.execute


@dataclass(slots=True)
class Tx:
    """One transaction as a verb sees it. Notices left here go out after the commit."""

    line: Line
    now: int
    notices: list[Notice] = field(default_factory=list)
    wrote: bool = False  # or may have
    _session: Session | None = None
    _joined: bool = False

    # -- at the driver's speed: the log ---------------------------------------------------------------------

    def run(self, statement: Statement, /, **values: Any) -> list[Any]:
        """All rows, as named tuples."""
        if statement.writes:
            self._writes(statement)
        return self.line.run(statement, values)

    def one(self, statement: Statement, /, **values: Any) -> Any:
        """The first row, or None."""
        rows = self.run(statement, **values)
        return rows[0] if rows else None

    def change(self, statement: Statement, /, **values: Any) -> int:
        """How many rows were changed."""
        self._writes(statement)
        return self.line.change(statement, values)

    def insert(self, statement: Statement, rows: Sequence[tuple[Any, ...]]) -> int:
        """How many of the rows were not there yet. Their values stand in the order of the statement's columns."""
        self._writes(statement)
        return self.line.insert(statement, rows)

    @property
    def exclusive(self) -> bool:
        """Whether nobody else can write before the commit, so that a row need not be locked to stay as it is."""
        return self.line.exclusive

    def keep(self, key: Hashable, row: Any) -> None:
        """Remembers a row for the transactions to come; None forgets it.

        Only where nobody else can write unseen: by SQLite's writer, in verbs that do not write through SQLAlchemy. All
        are forgotten when another process has written, when a transaction is undone, and at every write of which
        nobody said that it `keeps` them true.
        """
        if row is None:
            self.line.rows.pop(key, None)
        elif self.line.exclusive and not self._joined:
            self.line.rows[key] = row

    def kept(self, key: Hashable) -> Any:
        return self.line.rows.get(key)

    def _writes(self, statement: Statement) -> None:
        self.wrote = True
        if not statement.keeps:
            self.line.rows.clear()

    # -- the quiet parts of the program ---------------------------------------------------------------------

    @property
    def connection(self) -> Connection:
        self.wrote = self._joined = True  # it may; nobody sees what goes through it
        self.line.rows.clear()
        return self.line.connection

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = Session(bind=self.connection, join_transaction_mode="create_savepoint")
        return self._session

    def new_id(self) -> str:
        return clock.new_id(self.now)

    def notify(self, topic: str, key: int | str, number: int = 0, data: str = "", item: object = None) -> None:
        self.notices.append(Notice(topic, key, number, data, item))

    def finish(self) -> None:
        if self._joined:
            self.line.rows.clear()
        if self._session is not None:
            self._session.commit()  # flushes into the savepoint; the outer transaction is the writer's to commit
            self._session.close()
            self._session = None

    def abandon(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

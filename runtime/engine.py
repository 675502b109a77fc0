"""Engines: how each kind of database is opened, and what is asked of every connection to it."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from runtime.errors import SettingsError

READERS = 4
# On PostgreSQL one writer would idle while its commit travels. More than two gain nothing: Python runs one at a time.
WRITERS = {"sqlite": 1, "postgresql": 2}
BUSY_S = 10.0  # how long another process may hold the database before we give up

# A batch holds many rows until its commit, so it must not wait long for one more: whoever would have to is tried again
# alone, between the batches. Far below PostgreSQL's deadlock_timeout of 1 s, so that two who wait for each other lose
# less.
LOCK_MS = 150

_POSTGRESQL = (
    # An answer after the commit means nothing with less; what the operator has set higher (remote_apply) stays.
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')",
)
# For the connections that serve, not for migrations: a statement that hangs must end, and so must a transaction whose
# program was frozen with rows in its hand.
_SERVING = (
    "SET statement_timeout = '30s'",
    "SET idle_in_transaction_session_timeout = '10s'",
    f"SET lock_timeout = '{LOCK_MS}ms'",
)
# A server that vanished without a word is found out within about 10 s.
_ALIVE = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": "svardesk",
}


def parse(url: str | sa.URL) -> sa.URL:
    """An address in its parts; SettingsError where it is none."""
    try:
        return sa.engine.make_url(url)
    except (sa.exc.ArgumentError, ValueError):  # without the address: it may hold a password
        raise SettingsError(
            "That is not a database address. Write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME."
        ) from None


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql+psycopg://...`; SettingsError for anything else."""
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise SettingsError("A SQLite database needs a file: sqlite:///FILE.")
        return _sqlite(parsed)
    if parsed.get_backend_name() in ("postgresql", "postgres"):  # the second is how hosting companies write it
        try:
            return _postgresql(parsed)
        except ModuleNotFoundError:
            raise SettingsError('PostgreSQL needs its driver: pip install "svardesk[scale]".') from None
    raise SettingsError(f"No support for {parsed.get_backend_name()} databases. Use sqlite or postgresql.")


def prepare_to_serve(kind: str, connection: Any) -> None:
    """For a driver's connection that stays with one thread and waits for no one for long."""
    if kind == "postgresql":
        for statement in _SERVING:
            connection.execute(statement)


def _sqlite(url: sa.URL) -> Engine:
    engine = sa.create_engine(
        url,
        pool_size=READERS + WRITERS["sqlite"],
        connect_args={"timeout": BUSY_S, "check_same_thread": False, "cached_statements": 256},
        poolclass=sa.QueuePool,
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # sqlite3 must not begin transactions by itself, or savepoints break
        # What is deleted is overwritten. Debian's SQLite does so by itself, others do not.
        for pragma in (
            f"busy_timeout={round(BUSY_S * 1000)}",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
        _turn_on_wal(connection)

    _begin_in_words(engine, "BEGIN IMMEDIATE", "BEGIN")
    return engine


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


def _postgresql(url: sa.URL) -> Engine:
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=READERS + WRITERS["postgresql"],
        pool_pre_ping=True,
        connect_args=_ALIVE | dict(url.query),
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.autocommit = True  # psycopg must not begin by itself: BEGIN is ours, and brings the number with it
        for statement in _POSTGRESQL:
            connection.execute(statement)

    _begin_in_words(engine, "BEGIN", "BEGIN")
    return engine


def _begin_in_words(engine: Engine, writing: str, reading: str) -> None:
    """For what goes through SQLAlchemy alone; a `Line` begins by itself and lets SQLAlchemy join (`joined`)."""

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("joined", False):
            connection.exec_driver_sql(writing if options.get("writing", False) else reading)

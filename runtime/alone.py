"""A database that nobody else uses: one transaction on one connection, with every other process kept out."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from runtime.db import make_engine
from runtime.engine import parse
from runtime.errors import Conflict, NotFound, SettingsError

PATIENCE_S = 3.0  # a server that has just ended may hold its connections for a moment longer
MIGRATIONS = 7_406_318  # PostgreSQL's advisory lock: whoever changes tables takes turns


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite address; None for another kind of database."""
    parsed = parse(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)


def must_exist(url: str) -> None:
    """NotFound when a SQLite file is missing: opening it would make an empty one and hide a typing error."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        raise NotFound(f"There is no database {file}. Check SVARDESK_DATA_FOLDER and SVARDESK_DATABASE_URL.")


def shown(url: str | sa.URL) -> str:
    """The address for people, without its passwords: PostgreSQL takes them among the options too."""
    parsed = parse(url)
    hidden = {name: "..." for name in parsed.query if "password" in name}
    return parsed.update_query_dict(hidden).render_as_string(hide_password=True)


@contextmanager
def alone(url: str) -> Iterator[Connection]:
    """A connection in one transaction, committed when the block ends well. Conflict while somebody else is connected.

    Killed half-way, the database stays as it was: nothing is seen before the commit, tables included.
    """
    engine = make_engine(url)  # says what is wrong with the address
    file = sqlite_file(url)
    if file is not None:
        engine.dispose()
        _make(file)
        engine = _exclusive_sqlite(url)
    try:
        if file is None:
            with engine.connect() as connection, connection.begin():
                _keep_others_out(connection, url)
                yield connection
        else:
            with _opened(engine, file) as connection:
                yield connection
                connection.commit()
    finally:
        engine.dispose()


def _opened(engine: sa.Engine, file: Path) -> Connection:
    try:
        connection = engine.connect()
        try:
            connection.begin()
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        except sa.exc.DBAPIError:
            connection.close()
            raise
    except sa.exc.OperationalError as error:
        if "locked" not in str(error.orig):
            raise
        raise Conflict(
            f"A program uses the database {file}. Stop the server (and whatever else has it open) first."
        ) from error
    return connection


def _make(file: Path) -> None:
    """SQLite would make it readable for everybody."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise SettingsError(f"The database {file} cannot be opened: {error.strerror}.") from error


def _exclusive_sqlite(url: str) -> sa.Engine:
    """Exclusive from the first look on: every open connection holds a shared lock, in WAL mode too."""
    engine = sa.create_engine(
        url, poolclass=sa.NullPool, connect_args={"timeout": PATIENCE_S, "isolation_level": None}, hide_parameters=True
    )

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        for pragma in ("locking_mode=EXCLUSIVE", "synchronous=FULL", "foreign_keys=OFF", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")

    return engine


def _keep_others_out(connection: Connection, url: str) -> None:
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATIONS})
    deadline = time.monotonic() + PATIENCE_S
    while others := _others(connection):
        if time.monotonic() > deadline:
            raise Conflict(
                f"Other programs are connected to the database {shown(url)}: {', '.join(others)}. Stop them first."
            )
        time.sleep(0.2)
    connection.execute(sa.text(f"SET LOCAL lock_timeout = {int(PATIENCE_S * 1000)}"))
    quote = connection.dialect.identifier_preparer.quote
    tables = sorted(sa.inspect(connection).get_table_names())
    if tables:
        # Whoever connects from now on waits for our commit at its first look at any table.
        names = ", ".join(map(quote, tables))
        connection.execute(sa.text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))


def _others(connection: Connection) -> list[str]:
    """Who else is connected, as `program (user, address)`; how often, if more than once."""
    connection.execute(sa.text("SELECT pg_stat_clear_snapshot()"))  # else a transaction sees its first look for ever
    found = connection.execute(
        sa.text(
            "SELECT coalesce(nullif(application_name, ''), 'a program'), usename, coalesce(host(client_addr), 'local')"
            " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend' ORDER BY pid"
        )
    )
    counts = Counter(f"{program} ({user}, {address})" for program, user, address in found)
    return [f"{count} connections of {who}" if count > 1 else who for who, count in counts.items()]

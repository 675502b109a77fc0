"""Checks of the database: does it open, is it whole, and does it keep what it has promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot import migrations
from bot.checks import Finding, fault, look, ok
from bot.checks.machine import skew, time_of_day
from runtime import clock
from runtime.alone import shown, sqlite_file
from runtime.db import make_engine
from runtime.engine import READERS, WRITERS
from runtime.errors import SettingsError
from runtime.faults import reason
from runtime.settings import Settings
from runtime.workers import here_and_elsewhere

OLDEST_POSTGRESQL = 140_000  # older ones are no longer maintained
LARGE_BYTES = 500_000_000  # looking at every page of more takes longer than one waits for a doctor
CONNECTIONS = READERS + WRITERS["postgresql"]  # of each worker
NAMES = (
    "server_version_num",
    "server_encoding",
    "synchronous_commit",
    "fsync",
    "full_page_writes",
    "max_connections",
    "superuser_reserved_connections",
)


def database(settings: Settings, thorough: bool = False) -> Iterator[Finding]:
    """`thorough`: a large SQLite file is read whole, too."""
    url = settings.database
    try:
        where = shown(url)
        file = sqlite_file(url)
        if file is not None and not file.exists():
            yield look("database", f"{file} is not there", "Run: svardesk migrate (a start does it too)")
            return
        engine = make_engine(url)
    except SettingsError as error:
        yield fault("database", "", error.message)
        return
    try:
        with engine.connect() as connection:
            yield revision(where, migrations.revision_of(connection))
            if connection.dialect.name == "sqlite":
                yield from _sqlite(connection, thorough)
            else:
                yield from _postgresql(connection, settings.workers)
            yield time_of_day(clock.now_ms(), _newest(connection))
    except DBAPIError as error:
        yield fault("database", where, f"It cannot be used: {reason(error)}. Is it running, and is the address right?")
    finally:
        engine.dispose()


def revision(where: str, found: str | None) -> Finding:
    try:
        migrations.refuse_newer(found)
    except SettingsError as error:
        return fault("database", where, error.message)
    if found == migrations.newest():
        return ok("database", f"{where}, revision {found}")
    return fault("database", f"{where}, {found or 'empty'}", "Run: svardesk migrate (a start does it too)")


def _sqlite(connection: Connection, thorough: bool) -> Iterator[Finding]:
    mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
    level = int(connection.exec_driver_sql("PRAGMA synchronous").scalar() or 0)
    yield journal(mode, level)
    pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar() or 0)
    size = pages * int(connection.exec_driver_sql("PRAGMA page_size").scalar() or 0)
    if thorough or size < LARGE_BYTES:
        yield whole(str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()), size)


def journal(mode: str, synchronous: int) -> Finding:
    """`synchronous`: 2 is FULL, 3 EXTRA."""
    names = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
    seen = f"{mode}, synchronous {names.get(synchronous, synchronous)}"
    if mode != "wal":
        return fault("journal", seen, "The file system does not allow SQLite's log (WAL). Use a local disk.")
    if synchronous < 2:
        return fault("journal", seen, "A power cut would lose acknowledged messages.")
    return ok("journal", seen)


def whole(told: str, size: int) -> Finding:
    seen = f"{size / 1e6:.1f} MB"
    if told != "ok":
        return fault("pages", seen, f"The file is damaged: {told}. Stop the server, and restore a backup.")
    return ok("pages", f"{seen}, whole")


def _postgresql(connection: Connection, workers: int) -> Iterator[Finding]:
    rows = connection.execute(
        sa.text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)"),
        {"names": list(NAMES)},
    )
    found = {str(name): str(value) for name, value in rows}
    yield version(int(found["server_version_num"]), found["server_encoding"])
    yield durability(found)
    others = connection.scalar(
        sa.text(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            " AND application_name <> 'svardesk'"
        )
    )
    free = int(found["max_connections"]) - int(found["superuser_reserved_connections"]) - int(others or 0)
    here, elsewhere = here_and_elsewhere(_names(connection))
    yield connections(free, max(workers, here), elsewhere)
    asked = clock.now_ms()
    theirs = connection.scalar(sa.text("SELECT extract(epoch FROM clock_timestamp()) * 1000"))
    answered = clock.now_ms()
    yield skew("database's clock", (asked + answered) // 2, round(theirs or 0), answered - asked)


def version(number: int, encoding: str) -> Finding:
    seen = f"{number // 10_000}.{number % 10_000}, {encoding}"
    if encoding != "UTF8":
        return fault("PostgreSQL", seen, "Make the database again with: createdb --encoding UTF8 --template template0")
    if number < OLDEST_POSTGRESQL:
        return look(
            "PostgreSQL", seen, f"Nobody maintains it any more. Upgrade to {OLDEST_POSTGRESQL // 10_000} or later."
        )
    return ok("PostgreSQL", seen)


def durability(found: Mapping[str, Any]) -> Finding:
    names = ("synchronous_commit", "fsync", "full_page_writes")
    off = [name for name in names if found[name] == "off"]
    seen = ", ".join(f"{name} {found[name]}" for name in names)
    if off:
        change = "; ".join(f"ALTER SYSTEM SET {name} = on" for name in off)
        return fault("durability", seen, f"A power cut would lose acknowledged messages. Run: {change}; then reload.")
    return ok("durability", seen)


def connections(free: int, here: int, elsewhere: int = 0) -> Finding:
    """`here` and `elsewhere`: workers of this machine and of others."""
    needed = (here + elsewhere) * CONNECTIONS
    others = f" and {elsewhere} elsewhere" if elsewhere else ""
    seen = f"{free} may be opened, {here} worker{'s' * (here > 1)} of this machine{others} may need {needed}"
    if free < needed:
        return fault("connections", seen, "Raise max_connections of PostgreSQL, or run fewer workers.")
    return ok("connections", seen)


def _names(connection: Connection) -> list[str]:
    """Of the workers that have not said that they end."""
    if "worker" not in sa.inspect(connection).get_table_names():
        return []
    return [str(name) for name in connection.scalars(sa.text("SELECT name FROM worker"))]


def _newest(connection: Connection) -> int | None:
    if "conversation" not in sa.inspect(connection).get_table_names():
        return None
    found = connection.scalar(sa.text("SELECT max(updated_at) FROM conversation"))
    return int(found) if found is not None else None

"""What backup, restore and the move share: filling a database from somewhere else, and comparing what arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot import migrations
from runtime.alone import shown
from runtime.archive import Held
from runtime.errors import BadInput, Conflict, SettingsError
from runtime.rows import Column, Table, Tally, describe, fill, set_counters, tally, without_nul

# True only of the processes that run now: who is alive, who is here, whose limits are used up.
MOMENTARY = frozenset({"worker", "presence", "bucket"})
# A restored sign-in would let in again whoever signed out, changed a stolen password or was disabled since the backup.
SIGN_INS = frozenset({"login"})
# A database that was migrated and never used has these rows already.
MADE_WITH_TABLES = frozenset({"meta"})
EVERY = 5000  # rows between two words about the progress

Steps = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much there is


def silent(_step: str, _done: int, _total: int) -> None:
    return


class Source(Protocol):
    def rows(self, held: Held) -> Iterator[Sequence[Any]]: ...


def tables_of(connection: Connection, without: frozenset[str]) -> list[Table]:
    return describe(connection, [name for name in migrations.content_tables() if name not in without])


def count(connection: Connection, table: Table) -> int:
    quote = connection.dialect.identifier_preparer.quote
    return cast(int, connection.scalar(sa.text(f"SELECT count(*) FROM {quote(table.name)}")))  # noqa: S608 - a table


def fill_and_compare(connection: Connection, revision: str, tables: list[Held], source: Source, tell: Steps) -> int:
    """Makes the tables of that revision, fills them, reads them again. Returns how many texts had to be mended."""
    migrations.raise_to(connection, revision)
    there: dict[str, Table] = {}
    for name in reversed(migrations.content_tables()):  # a revision puts rows in as well: the epoch
        for table in describe(connection, [name]):
            there[name] = table
            connection.execute(sa.text(f"DELETE FROM {connection.dialect.identifier_preparer.quote(table.name)}"))  # noqa: S608
    for held in tables:
        if held.table.name not in there or not _alike(held.table, there[held.table.name]):
            raise BadInput(f"There is no such table {held.table.name} in revision {revision}. Nothing was changed.")
    total = sum(held.rows for held in tables)
    filling, mending = Progress("filling", total, tell), _Mending(connection.dialect.name == "postgresql")
    expected: list[Tally] = []
    for held in tables:
        before = mending.texts
        fill(connection, held.table, filling.over(mending.over(source.rows(held))))
        changed = mending.texts > before
        expected.append(_mended_tally(held, source) if changed else Tally(held.rows, held.sha256))
    set_counters(connection, [held.table for held in tables])
    comparing = Progress("comparing", total, tell)
    for held, right in zip(tables, expected, strict=True):
        if tally(connection, held.table, comparing.over) != right:
            raise BadInput(
                f"The table {held.table.name} did not arrive as it was sent: {right.rows} rows went out. Nothing was "
                "changed; look at the disk and the memory of this machine."
            )
    return mending.texts


def _alike(one: Table, other: Table) -> bool:
    """The same columns of the same kinds, in whatever order, and the same key."""
    return one.key == other.key and sorted(one.columns, key=_name) == sorted(other.columns, key=_name)


def _name(column: Column) -> str:
    return column.name


def _mended_tally(held: Held, source: Source) -> Tally:
    return Tally.of(held.table, _Mending(True).over(source.rows(held)))


@dataclass(slots=True)
class _Mending:
    wanted: bool
    texts: int = 0

    def over(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        if not self.wanted:
            yield from rows
            return
        for row in rows:
            mended, found = without_nul(row)
            self.texts += found
            yield mended


@dataclass(slots=True)
class Progress:
    step: str
    total: int
    tell: Steps
    done: int = field(default=0)

    def over(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        for row in rows:
            yield row
            self.done += 1
            if self.done % EVERY == 0 or self.done == self.total:
                self.tell(self.step, self.done, self.total)


@contextmanager
def plain_words(url: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise SettingsError(migrations.explain(shown(url), error)) from error


def filled_with(connection: Connection, url: str) -> str:
    """What a database holds, such as `entry 12, visitor 3`; empty when it has no row that anybody would miss."""
    revision = migrations.revision_of(connection)
    try:
        migrations.refuse_newer(revision)
    except SettingsError:
        raise Conflict(
            f"The database {shown(url)} was written by a newer version of Svardesk (its revision is {revision}). "
            "Leave it as it is: rename its file, or make another database, and restore into a new one."
        ) from None
    tables = tables_of(connection, MOMENTARY | SIGN_INS | MADE_WITH_TABLES)
    counts = {table.name: count(connection, table) for table in tables}
    return ", ".join(f"{name} {rows}" for name, rows in counts.items() if rows)


def drop(connection: Connection) -> None:
    quote = connection.dialect.identifier_preparer.quote
    there = set(sa.inspect(connection).get_table_names())
    for name in [*reversed(migrations.content_tables()), "alembic_version"]:
        if name in there:
            connection.execute(sa.text(f"DROP TABLE {quote(name)}"))

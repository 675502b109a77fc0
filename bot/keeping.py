"""Backup, restore and the move to another database: everything that was said stays, and nothing is half done.

All three read one snapshot and fill one transaction; what was filled is read again and its checksums are compared.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot import migrations
from runtime import archive, clock
from runtime.alone import alone, must_exist, shown
from runtime.archive import Held, Manifest
from runtime.db import make_engine
from runtime.errors import BadInput, Conflict, SettingsError
from runtime.rows import Table, Tally, describe, fill, read, set_counters, tally, without_nul
from runtime.whole_file import whole_file

# True only of the processes that run now: who is alive, who is here, whose limits are used up.
MOMENTARY = frozenset({"worker", "presence", "bucket"})
# A restored sign-in would let in again whoever signed out, changed a stolen password or was disabled since the backup.
SIGN_INS = frozenset({"login"})
# A database that was migrated and never used has these rows already.
MADE_WITH_TABLES = frozenset({"meta"})
EVERY = 5000  # rows between two words about the progress

Steps = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much there is


def _silent(_step: str, _done: int, _total: int) -> None:
    return


class _Source(Protocol):
    def rows(self, held: Held) -> Iterator[Sequence[Any]]: ...


@dataclass(frozen=True, slots=True)
class Saved:
    manifest: Manifest
    size: int  # bytes
    tried: bool  # whether it was restored once already


@dataclass(frozen=True, slots=True)
class Restored:
    """`kept` is the backup of what was there before; `mended` texts had a character that PostgreSQL cannot keep."""

    manifest: Manifest
    secret: bytes | None
    kept: Path | None
    upgraded: bool
    mended: int


@dataclass(frozen=True, slots=True)
class Moved:
    tables: list[Held]
    mended: int

    @property
    def rows(self) -> int:
        return sum(held.rows for held in self.tables)


# -- backup ------------------------------------------------------------------------------------------------


def back_up(url: str, path: Path, secret: bytes | None = None, trial: bool = True, tell: Steps = _silent) -> Saved:
    """Writes everything of one moment into a new file while servers go on, and proves it before it gets its name.

    `secret` is the content of secret.key. Raises AppError; then there is no file.
    """
    must_exist(url)
    with _plain_words(url), whole_file(path) as file:
        with _snapshot(url) as connection:  # held no longer than needed: SQLite's log grows meanwhile
            manifest = _write(connection, file, secret, tell)
        _prove(file, path, trial, tell)
        size = file.seek(0, 2)
    return Saved(manifest, size, trial)


@contextmanager
def _snapshot(url: str) -> Iterator[Connection]:
    """A transaction that only reads and sees one moment: SQLite's WAL gives that, PostgreSQL when asked."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection
    finally:
        engine.dispose()


def _write(connection: Connection, file: BinaryIO, secret: bytes | None, tell: Steps) -> Manifest:
    revision = migrations.revision_of(connection)
    if revision is None:
        raise BadInput(f"The database {shown(connection.engine.url)} is empty: there is nothing to back up.")
    migrations.refuse_newer(revision)
    left_out = MOMENTARY | SIGN_INS
    tables = _tables(connection, left_out)
    total = sum(_count(connection, table) for table in tables)
    told = _Progress("writing", total, tell)
    with archive.writing(file) as out:
        for table in tables:
            out.table(table, told.over(read(connection, table)))
        if secret is not None:
            out.put(archive.SECRET, secret)
        manifest = Manifest(
            format=archive.FORMAT,
            program=version("svardesk"),
            revision=revision,
            epoch=str(connection.scalar(sa.text("SELECT value FROM meta WHERE key = 'epoch'"))),
            created=clock.rfc3339(clock.now_ms()),
            database=connection.dialect.name,
            left_out=sorted(left_out),
            tables=out.tables,
        )
        out.finish(manifest)
    return manifest


def _prove(file: BinaryIO, path: Path, trial: bool, tell: Steps) -> None:
    """Reads the file again: every checksum, and a whole restore into a database that is thrown away."""
    file.flush()
    file.seek(0)
    with archive.opened(file, str(path)) as reader:
        if not trial:
            return
        with tempfile.TemporaryDirectory(prefix="svardesk-trial-") as folder:
            url = f"sqlite:///{Path(folder) / 'trial.sqlite3'}"
            try:
                with alone(url) as connection:
                    _fill_and_compare(connection, reader.manifest.revision, reader.manifest.tables, reader, tell)
                    migrations.raise_to(connection)
                    migrations.refuse_orphans(connection)
            except DBAPIError as error:
                reason = str(error.orig).strip().split("\n", 1)[0]
                raise BadInput(
                    f"The trial restore into {folder} failed: {reason}. Make room there, name another folder in "
                    "TMPDIR, or leave the trial out with --no-trial."
                ) from error


# -- restore -----------------------------------------------------------------------------------------------


def restore(url: str, path: Path, keep_in: Path | None = None, tell: Steps = _silent) -> Restored:
    """Fills an empty database from a backup, makes it of the newest revision and of a new epoch, all or nothing.

    With `keep_in`, a folder, a filled database is replaced after a backup of it was written there. Raises AppError.
    """
    with archive.opened(path, str(path)) as reader, _plain_words(url):
        manifest, kept = reader.manifest, None
        _refuse_newer_backup(path, manifest)
        with alone(url) as connection:
            filled = _filled(connection, url)
            if filled:
                if keep_in is None:
                    raise Conflict(
                        f"The database {shown(url)} is not empty ({filled}). Restore into an empty one, or add "
                        "--replace: then a backup of what is there is written first."
                    )
                kept = _keep(connection, keep_in, tell)
            _drop(connection)
            mended = _fill_and_compare(connection, manifest.revision, manifest.tables, reader, tell)
            _new_epoch(connection)
            migrations.raise_to(connection)
            migrations.refuse_orphans(connection)
        upgraded = manifest.revision != migrations.newest()
        return Restored(manifest, reader.secret, kept, upgraded, mended)


def _refuse_newer_backup(path: Path, manifest: Manifest) -> None:
    try:
        migrations.refuse_newer(manifest.revision)
    except SettingsError:
        raise BadInput(
            f"{path} was written by a newer version of Svardesk ({manifest.program}; its revision is "
            f"{manifest.revision}, this program knows up to {migrations.newest()}). Install that version. "
            "Nothing was changed."
        ) from None


def _filled(connection: Connection, url: str) -> str:
    """What a database holds, such as `entry 12, visitor 3`; empty when it has no row that anybody would miss."""
    revision = migrations.revision_of(connection)
    try:
        migrations.refuse_newer(revision)
    except SettingsError:
        raise Conflict(
            f"The database {shown(url)} was written by a newer version of Svardesk (its revision is {revision}). "
            "Leave it as it is: rename its file, or make another database, and restore into a new one."
        ) from None
    tables = _tables(connection, MOMENTARY | SIGN_INS | MADE_WITH_TABLES)
    counts = {table.name: _count(connection, table) for table in tables}
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count)


def _keep(connection: Connection, folder: Path, tell: Steps) -> Path:
    """No trial here: the checksums are compared, and an operator in distress wants the restore."""
    stamp = clock.rfc3339(clock.now_ms())[:19].replace("-", "").replace(":", "").replace("T", "-")
    path = folder / f"before-restore-{stamp}.zip"
    with whole_file(path) as file:
        _write(connection, file, None, tell)
        _prove(file, path, trial=False, tell=tell)
    return path


def _drop(connection: Connection) -> None:
    quote = connection.dialect.identifier_preparer.quote
    there = set(sa.inspect(connection).get_table_names())
    for name in [*reversed(migrations.content_tables()), "alembic_version"]:
        if name in there:
            connection.execute(sa.text(f"DROP TABLE {quote(name)}"))


def _new_epoch(connection: Connection) -> None:
    """Browsers may have seen entries that are gone now, under numbers that will be given again: they must drop them."""
    new = {"epoch": clock.new_id()}
    done = connection.execute(sa.text("UPDATE meta SET value = :epoch WHERE key = 'epoch'"), new)
    if done.rowcount != 1:
        connection.execute(sa.text("INSERT INTO meta (key, value) VALUES ('epoch', :epoch)"), new)


# -- the move ----------------------------------------------------------------------------------------------


def move(source_url: str, target_url: str, tell: Steps = _silent) -> Moved:
    """Copies everything into an empty database of either kind, all or nothing, while nobody uses either of them.

    The epoch moves along: the target has the same entries under the same numbers, so what browsers keep stays right.
    So do the sign-ins, which are as valid as a moment ago. The source is only read. Raises AppError.
    """
    must_exist(source_url)
    if sa.engine.make_url(source_url) == sa.engine.make_url(target_url):
        raise BadInput("--from and --to are the same database.")
    with _plain_words(source_url), alone(source_url) as source:
        revision = migrations.revision_of(source)
        if revision is None:
            raise BadInput(f"The database {shown(source_url)} is empty: there is nothing to move.")
        migrations.refuse_newer(revision)
        tables = []
        for table in _tables(source, MOMENTARY):
            found = tally(source, table)
            tables.append(Held(table, found.rows, found.sha256))
        with _plain_words(target_url), alone(target_url) as target:
            filled = _filled(target, target_url)
            if filled:
                raise Conflict(f"The database {shown(target_url)} is not empty ({filled}). Name an empty one in --to.")
            _drop(target)
            mended = _fill_and_compare(target, revision, tables, _Live(source), tell)
            migrations.raise_to(target)
            migrations.refuse_orphans(target)
    return Moved(tables, mended)


@dataclass(frozen=True, slots=True)
class _Live:
    connection: Connection

    def rows(self, held: Held) -> Iterator[Sequence[Any]]:
        return read(self.connection, held.table)


# -- what they share ---------------------------------------------------------------------------------------


def _tables(connection: Connection, without: frozenset[str]) -> list[Table]:
    return describe(connection, [name for name in migrations.content_tables() if name not in without])


def _count(connection: Connection, table: Table) -> int:
    quote = connection.dialect.identifier_preparer.quote
    return cast(int, connection.scalar(sa.text(f"SELECT count(*) FROM {quote(table.name)}")))  # noqa: S608 - a table


def _fill_and_compare(connection: Connection, revision: str, tables: list[Held], source: _Source, tell: Steps) -> int:
    """Makes the tables of that revision, fills them, reads them again. Returns how many texts had to be mended."""
    migrations.raise_to(connection, revision)
    for name in reversed(migrations.content_tables()):  # a revision puts rows in as well: the epoch
        for table in describe(connection, [name]):
            connection.execute(sa.text(f"DELETE FROM {connection.dialect.identifier_preparer.quote(table.name)}"))  # noqa: S608
    total = sum(held.rows for held in tables)
    filling, mending = _Progress("filling", total, tell), _Mending(connection.dialect.name == "postgresql")
    expected: list[Tally] = []
    for held in tables:
        before = mending.texts
        fill(connection, held.table, filling.over(mending.over(source.rows(held))))
        changed = mending.texts > before
        expected.append(_mended_tally(held, source) if changed else Tally(held.rows, held.sha256))
    set_counters(connection, [held.table for held in tables])
    comparing = _Progress("comparing", total, tell)
    for held, right in zip(tables, expected, strict=True):
        if tally(connection, held.table, comparing.over) != right:
            raise BadInput(
                f"The table {held.table.name} did not arrive as it was sent: {right.rows} rows went out. Nothing was "
                "changed; look at the disk and the memory of this machine."
            )
    return mending.texts


def _mended_tally(held: Held, source: _Source) -> Tally:
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
            mended, count = without_nul(row)
            self.texts += count
            yield mended


@dataclass(slots=True)
class _Progress:
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
def _plain_words(url: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise SettingsError(migrations.explain(shown(url), error)) from error

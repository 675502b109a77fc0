"""Backup and restore: everything of one moment in a file, and back in one transaction; both are proved at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot import migrations
from bot.copying import (
    MOMENTARY,
    SIGN_INS,
    Progress,
    Steps,
    count,
    drop,
    fill_and_compare,
    filled_with,
    plain_words,
    silent,
    tables_of,
)
from conversation import retention
from runtime import archive, clock
from runtime.alone import alone, must_exist, shown
from runtime.archive import Manifest
from runtime.data_folder import key_in
from runtime.db import Database, make_engine
from runtime.errors import BadInput, Conflict, SettingsError
from runtime.faults import reason
from runtime.rows import read
from runtime.whole_file import whole_file


@dataclass(frozen=True, slots=True)
class Saved:
    manifest: Manifest
    size: int  # bytes
    tried: bool  # whether it was restored once already


@dataclass(frozen=True, slots=True)
class Restored:
    """`kept` is the backup of what was there before; `mended` texts had a character that PostgreSQL cannot keep.

    `shut_out` (accounts) and `ended` (sessions of customers) were valid in the backup, and stay what they had become.
    """

    manifest: Manifest
    secret: bytes | None
    kept: Path | None
    upgraded: bool
    mended: int
    shut_out: int = 0
    ended: int = 0


# -- backup ------------------------------------------------------------------------------------------------


def back_up(url: str, path: Path, secret: bytes | None = None, trial: bool = True, tell: Steps = silent) -> Saved:
    """Writes everything of one moment into a new file while servers go on, and proves it before it gets its name.

    `secret` is the content of secret.key. Raises AppError; then there is no file.
    """
    must_exist(url)
    with plain_words(url), whole_file(path) as file:
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
        with engine.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield connection
    finally:
        engine.dispose()


def _write(connection: Connection, file: BinaryIO, secret: bytes | None, tell: Steps) -> Manifest:
    revision = migrations.revision_of(connection)
    if revision is None:
        raise BadInput(f"The database {shown(connection.engine.url)} is empty: there is nothing to back up.")
    migrations.refuse_newer(revision)
    left_out = MOMENTARY | SIGN_INS
    tables = tables_of(connection, left_out)
    total = sum(count(connection, table) for table in tables)
    told = Progress("writing", total, tell)
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
                    fill_and_compare(connection, reader.manifest.revision, reader.manifest.tables, reader, tell)
                    migrations.raise_to(connection)
                    migrations.refuse_orphans(connection)
            except DBAPIError as error:
                raise BadInput(
                    f"The trial restore into {folder} failed: {reason(error)}. Make room there, name another folder in "
                    "TMPDIR, or leave the trial out with --no-trial."
                ) from error


# -- restore -----------------------------------------------------------------------------------------------


def restore(url: str, path: Path, keep_in: Path | None = None, tell: Steps = silent) -> Restored:
    """Fills an empty database from a backup, makes it of the newest revision and of a new epoch, all or nothing.

    With `keep_in`, a folder, a filled database is replaced after a backup of it was written there. Raises AppError.
    """
    with archive.opened(path, str(path)) as reader, plain_words(url):
        manifest, kept, out = reader.manifest, None, _Out()
        _refuse_newer_backup(path, manifest)
        if reader.secret is not None and key_in(reader.secret) is None:
            raise BadInput(f"The secret.key in {path} is none. Use another backup; nothing was changed.")
        with alone(url) as connection:
            filled = filled_with(connection, url)
            if filled:
                if keep_in is None:
                    raise Conflict(
                        f"The database {shown(url)} is not empty ({filled}). Restore into an empty one, or add "
                        "--replace: then a backup of what is there is written first."
                    )
                kept, out = _keep(connection, keep_in, tell), _Out.of(connection)
            drop(connection)
            mended = fill_and_compare(connection, manifest.revision, manifest.tables, reader, tell)
            _new_epoch(connection)
            migrations.raise_to(connection)
            migrations.refuse_orphans(connection)
            shut_out, ended = out.keep_out(connection)
        upgraded = manifest.revision != migrations.newest()
        return Restored(manifest, reader.secret, kept, upgraded, mended, shut_out, ended)


def delete_due(url: str, days: int) -> int:
    """Deletes of a restored database what is older than customers were told; how many chats."""
    db, deleted = Database(url), 0
    try:
        while some := db.write_now(retention.delete_due, days):
            deleted += some
    finally:
        db.engine.dispose()
    return deleted


@dataclass(frozen=True, slots=True)
class _Out:
    """Who was kept out of the database that is being replaced: an older state must not let them in again."""

    accounts: tuple[str, ...] = ()
    visitors: tuple[tuple[str, int], ...] = ()  # the hash of their token, and when it was revoked

    @classmethod
    def of(cls, connection: Connection) -> _Out:
        disabled = connection.execute(sa.text("SELECT id FROM account WHERE disabled")).scalars()
        revoked = sa.text("SELECT token_hash, revoked_at FROM visitor WHERE revoked_at IS NOT NULL")
        return cls(tuple(disabled), tuple((row[0], row[1]) for row in connection.execute(revoked)))

    def keep_out(self, connection: Connection) -> tuple[int, int]:
        """How many accounts and how many customers the backup would have let in."""
        disable = sa.text("UPDATE account SET disabled = true WHERE id = :id AND NOT disabled")
        revoke = sa.text("UPDATE visitor SET revoked_at = :at WHERE token_hash = :token AND revoked_at IS NULL")
        shut_out = sum(connection.execute(disable, {"id": one}).rowcount for one in self.accounts)
        ended = sum(connection.execute(revoke, {"token": token, "at": at}).rowcount for token, at in self.visitors)
        return shut_out, ended


def _refuse_newer_backup(path: Path, manifest: Manifest) -> None:
    try:
        migrations.refuse_newer(manifest.revision)
    except SettingsError:
        raise BadInput(
            f"{path} was written by a newer version of Svardesk ({manifest.program}; its revision is "
            f"{manifest.revision}, this program knows up to {migrations.newest()}). Install that version. "
            "Nothing was changed."
        ) from None


def _keep(connection: Connection, folder: Path, tell: Steps) -> Path:
    """No trial here: the checksums are compared, and an operator in distress wants the restore."""
    stamp = clock.rfc3339(clock.now_ms())[:19].replace("-", "").replace(":", "").replace("T", "-")
    path = folder / f"before-restore-{stamp}.zip"
    with whole_file(path) as file:
        _write(connection, file, None, tell)
        _prove(file, path, trial=False, tell=tell)
    return path


def _new_epoch(connection: Connection) -> None:
    """Browsers may have seen entries that are gone now, under numbers that will be given again: they must drop them."""
    new = {"epoch": clock.new_id()}
    done = connection.execute(sa.text("UPDATE meta SET value = :epoch WHERE key = 'epoch'"), new)
    if done.rowcount != 1:
        connection.execute(sa.text("INSERT INTO meta (key, value) VALUES ('epoch', :epoch)"), new)

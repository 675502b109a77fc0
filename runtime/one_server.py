"""A SQLite database has one server: the second one is refused while the first holds the lock beside the file."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator

from runtime.alone import sqlite_file
from runtime.errors import SettingsError
from runtime.settings import Settings


def one_worker_only(settings: Settings) -> None:
    """SettingsError when several workers are wanted on a database that has one server."""
    if settings.workers > 1 and sqlite_file(settings.database) is not None:
        raise SettingsError(
            f"SQLite serves one process, not {settings.workers}: name a PostgreSQL database in SVARDESK_DATABASE_URL, "
            "or set SVARDESK_WORKERS to 1."
        )


@contextlib.contextmanager
def only_server(url: str) -> Iterator[None]:
    """Holds the lock until the block ends, or the process in whatever way. SettingsError when another holds it.

    Two servers would be right about what is written, but each would know only its own sockets, and answer each
    other's questions late. PostgreSQL's servers find each other; for them this does nothing.
    """
    file = sqlite_file(url)
    if file is None:
        yield
        return
    try:
        lock = os.open(file.with_name(file.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:  # the folder cannot be written to, which the database will say better
        yield
        return
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                raise SettingsError(
                    f"Another server uses the database {file} already. Stop that one first; several servers at once "
                    "need PostgreSQL."
                ) from None
            # A file system without locks: better one server without the guard than none.
        yield
    finally:
        os.close(lock)

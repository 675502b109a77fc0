"""Files that are there whole or not at all: written under another name, on the disk before they get their own."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from runtime.errors import BadInput, Conflict


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A new file of mode 600, open for writing and reading; it gets its name when the block ends well.

    Conflict when the name is taken or another process writes it; BadInput when the disk does not take it. What a killed
    process has left (`NAME.part`) is overwritten by the next one.
    """
    if path.exists() or path.is_symlink():
        raise Conflict(f"{path} is there already. Choose another name, or remove it first.")
    aside = path.with_name(path.name + ".part")
    try:
        file = os.fdopen(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b")
    except OSError as error:
        raise BadInput(explain(path, error)) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise Conflict(f"Another process is writing {aside} at this moment.") from error
    if not _is(file, aside):  # whoever held it has just given it its name: it is their file, and done
        file.close()
        raise Conflict(f"Another process has just written {path}.")
    try:
        try:
            os.fchmod(file.fileno(), 0o600)
            file.truncate()
            yield file
            file.flush()
            os.fsync(file.fileno())
            _name(aside, path)
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            file.close()  # may find the disk full once more
    except OSError as error:
        raise BadInput(explain(path, error)) from error


def _is(file: BinaryIO, path: Path) -> bool:
    """Whether the open file has (still) this name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False


def _name(aside: Path, path: Path) -> None:
    """A link, unlike a rename, never replaces a file that has come meanwhile."""
    try:
        os.link(aside, path)
    except FileExistsError:
        raise Conflict(f"{path} is there already. Choose another name, or remove it first.") from None
    except OSError:  # a file system without hard links
        aside.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def explain(path: Path, error: OSError) -> str:
    """Why a file could not be written, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"There is no room for {path}: {_reason(error)}. Nothing was left behind; name a place with more room."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path} cannot be written: {_reason(error)}. Name a folder that you may write to."
    if not path.parent.is_dir():
        return f"There is no folder {path.parent.absolute()}. Make it first."
    return f"{path} cannot be written: {_reason(error)}."


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()

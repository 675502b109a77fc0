"""The data folder: made at the first start, closed to other users of the machine, with the secret key in it."""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path

from runtime.errors import SettingsError

SECRET_BYTES = 32


def open_data_folder(folder: Path) -> bytes:
    """Makes the folder (mode 700) and `secret.key` (mode 600) if they are missing. Returns the key, 32 bytes."""
    try:
        _make(folder)
        if not folder.is_dir():
            raise SettingsError(f"{folder} is a file. SVARDESK_DATA_FOLDER must name a folder.")
        _try_to_write(folder)
        return _secret(folder / "secret.key")
    except OSError as error:
        raise SettingsError(explain(folder, error)) from None


def _make(folder: Path) -> None:
    """If another process that starts at the same moment makes it first, it is left as it is."""
    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        return
    folder.chmod(0o700)  # mkdir's mode is cut by the umask


def explain(folder: Path, error: OSError) -> str:
    """What is wrong with the data folder, and what to do, in one sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk of the data folder {folder.absolute()} is full. Make room and start again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"The data folder {folder.absolute()} cannot be written to. "
            "Change its owner or mode, or name another one in SVARDESK_DATA_FOLDER."
        )
    return f"The data folder {folder.absolute()} cannot be used: {error.strerror}."


def _try_to_write(folder: Path) -> None:
    """A page of bytes, on the disk: a full file system accepts an empty file happily."""
    probe = folder / f".probe-{os.getpid()}"
    try:
        with probe.open("wb") as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
    finally:
        probe.unlink(missing_ok=True)


def _secret(path: Path) -> bytes:
    """Written aside and linked into place: of two processes that start together, both end with the same key."""
    if not path.exists():
        aside = path.with_name(f".secret-{secrets.token_hex(8)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(SECRET_BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(aside, path)
            except FileExistsError:
                pass
            except OSError:  # a file system without hard links
                if not path.exists():
                    aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
    key = key_in(path.read_bytes())
    if key is None:
        raise SettingsError(f"{path.absolute()} is damaged. Put it back from a backup, or remove it to get a new one.")
    return key


def key_in(content: bytes) -> bytes | None:
    """The key that a file of this content holds; None when it holds none."""
    try:
        key = bytes.fromhex(content.decode("ascii").strip())
    except ValueError:
        return None
    return key if len(key) == SECRET_BYTES else None

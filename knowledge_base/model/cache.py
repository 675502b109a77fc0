"""A folder of files that are made once and then only read, by several processes that may start at the same moment.

Made in a hidden folder beside the final one, flushed to disk, then renamed. A manifest with sizes and checksums,
written last, tells a whole folder from a half-written or damaged one, which is made again.
"""

import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from knowledge_base.model.errors import ModelError
from knowledge_base.model.source import file_sha256

_MANIFEST = "manifest.json"
_PARTIAL = ".partial"
_RANDOM = "?" * 8  # of mkdtemp: no dot in it, so the folders of thing-1.2 are not taken for those of thing-1

Say = Callable[[str], None]


def made_once(folder: Path, make: Callable[[Path], None], say: Say) -> Path:
    """`folder`, filled by `make(empty folder)` unless a whole one is there. ModelError if it cannot be written.

    A whole folder is used without writing anything, so it may lie on a read-only disk.
    """
    if is_whole(folder):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder.with_name(f".{folder.name}.lock"), say):
            if is_whole(folder):  # another process made it while this one waited
                return folder
            _make(folder, make, say)
    except OSError as error:
        raise ModelError(
            f"The language model could not be written to {folder} ({error.strerror or error}). The server needs "
            "to write 90 MB there, once. Free some space or correct the permissions, then start again."
        ) from error
    return folder


def clear(folder: Path, say: Say) -> None:
    """Delete a folder of `made_once` that nobody will ask for again, and what a killed process left half-made of it.

    Whoever has its files open keeps them. Left for the next start: what another process is making, or may not go.
    """
    try:
        with folder.with_name(f".{folder.name}.lock").open("ab") as lock:
            if not _lock(lock.fileno(), wait=False):
                return
            _sweep(folder)
            if folder.exists():
                _take_away(folder)
                say(f"The language model's older files are no longer needed; {folder} has been deleted")
    except OSError:  # a disk that is read-only, or files in use on Windows
        return


def is_whole(folder: Path) -> bool:
    """Whether every file that the manifest names is there with its size and checksum."""
    try:
        files = json.loads((folder / _MANIFEST).read_text("utf-8"))["files"]
        return bool(files) and all(
            (folder / name).stat().st_size == known["bytes"] and file_sha256(folder / name) == known["sha256"]
            for name, known in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _make(folder: Path, make: Callable[[Path], None], say: Say) -> None:
    _sweep(folder)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=_PARTIAL, dir=folder.parent))
    try:
        partial.chmod(0o755)  # mkdtemp's 700 would keep out a server that runs as another user
        make(partial)
        files = {path.name: {"bytes": path.stat().st_size, "sha256": file_sha256(path)} for path in partial.iterdir()}
        manifest = json.dumps({"name": folder.name, "files": files}, indent=1, sort_keys=True)
        (partial / _MANIFEST).write_text(manifest + "\n", encoding="utf-8")
        for path in partial.iterdir():
            _flush(path)
        _flush(partial)
        if folder.exists():
            say("The language model's folder is damaged; it has been made again")
            _take_away(folder)
        partial.rename(folder)
        _flush(folder.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _sweep(folder: Path) -> None:
    """Only under the lock: what lies there is of a process that was killed."""
    for left_over in folder.parent.glob(f".{folder.name}.{_RANDOM}{_PARTIAL}"):
        shutil.rmtree(left_over, ignore_errors=True)


def _take_away(folder: Path) -> None:
    # Whole or not there, and under a partial one's name, so that what a crash leaves here is swept up next time.
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=_PARTIAL, dir=folder.parent))
    try:
        folder.rename(old / "old")
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _flush(path: Path) -> None:
    if sys.platform == "win32" and path.is_dir():  # Windows cannot open a folder
        return
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _alone(lock: Path, say: Say) -> Iterator[None]:
    """Hold the lock file; the system releases it if the process dies."""
    with lock.open("ab") as file:
        if not _lock(file.fileno(), wait=False):
            say("Another process is preparing the language model; waiting for it")
            _lock(file.fileno(), wait=True)
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int, *, wait: bool) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            if wait:
                raise
            return False
        return True
else:
    import fcntl

    def _lock(handle: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

"""Checks of the data folder and its disk: modes, room, and how long the disk takes to promise something."""

from __future__ import annotations

import os
import shutil
import stat
import statistics
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.checks import Finding, fault, look, ok
from runtime.data_folder import open_data_folder
from runtime.errors import SettingsError

LEAST_BYTES = 1 << 30  # the converted model is about 110 MB; the rest is room for the database and its log
FEW_BYTES = 5 << 30  # a backup with its trial restore needs about twice the database
# Every message waits for one fsync before it is acknowledged. Solid-state disks take about 1 ms, spinning ones 10.
SLOW_FSYNC_S, USELESS_FSYNC_S = 0.05, 0.5
SYNCS = 12
POD = "KUBERNETES_SERVICE_HOST"  # Kubernetes says it to every container
MEMORY_ONLY = frozenset({"tmpfs", "ramfs"})
OVER_A_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.glusterfs", "ceph"})


def folder(path: Path) -> Finding:
    where = path.absolute()
    try:
        open_data_folder(path)
    except SettingsError as error:
        return fault("data folder", str(where), error.message)
    return modes("data folder", where, 0o700)


def modes(subject: str, path: Path, right: int, environment: Mapping[str, str] | None = None) -> Finding:
    """Whether other users of the machine may look in. A pod has none, and its volumes get their modes from outside."""
    mode = stat.S_IMODE(path.stat().st_mode)
    seen = f"{path}, mode {mode:o}"
    if POD in (os.environ if environment is None else environment):
        return ok(subject, f"{seen}, in a pod of its own")
    if mode & 0o077:
        return fault(subject, seen, f"Other users of this machine may look in. Run: chmod {right:o} {path}")
    return ok(subject, seen)


def secret(path: Path) -> Iterator[Finding]:
    key = path.absolute() / "secret.key"
    if key.exists():
        yield modes("secret key", key, 0o600)


def database_file(file: Path | None) -> Iterator[Finding]:
    """A file that others may read, in a folder that they may enter. Its -wal holds the newest messages."""
    if file is None or not file.exists():
        return
    file = file.absolute()
    if stat.S_IMODE(file.parent.stat().st_mode) & 0o011 == 0:
        return  # nobody else comes that far
    for suffix in ("", "-wal"):
        part = file.with_name(file.name + suffix)
        if part.exists():
            yield modes("database file", part, 0o600)


def disk(path: Path) -> Finding:
    usage = shutil.disk_usage(_nearest(path))
    return room(usage.free, usage.total)


def room(free: int, total: int) -> Finding:
    seen = f"{free / 1e9:.1f} GB free of {total / 1e9:.1f}"
    if free < LEAST_BYTES:
        return fault("disk", seen, "Make room: on a full disk every message is refused.")
    if free < FEW_BYTES:
        return look("disk", seen, "Plan for more: a backup with its trial restore needs twice the database.")
    return ok("disk", seen)


def file_system(path: Path, mounts: str, sqlite: bool) -> Finding:
    """`mounts` is the text of /proc/mounts."""
    kind = kind_of(_nearest(path), mounts)
    if kind in MEMORY_ONLY:
        return fault("file system", kind, f"{path.absolute()} is in memory: a restart loses all. Mount a disk there.")
    if kind in OVER_A_NETWORK and sqlite:
        return fault("file system", kind, "SQLite's log does not work over a network. Use a local disk, or PostgreSQL.")
    return ok("file system", kind or "unknown")


def kind_of(path: Path, mounts: str) -> str:
    """The file system's type at this path: that of the longest mount point above it, the last one if mounted twice."""
    found, longest = "", -1
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) > 2:
            point = Path(fields[1].replace("\\040", " "))
            if (path == point or point in path.parents) and len(point.parts) >= longest:
                found, longest = fields[2], len(point.parts)
    return found


def fsync(path: Path) -> Finding:
    """Writes one page a dozen times, as a commit does."""
    took = []
    probe = _nearest(path) / f".fsync-{os.getpid()}"
    try:
        with probe.open("wb") as file:
            for _ in range(SYNCS):
                begun = time.perf_counter()
                file.write(b"\0" * 4096)
                file.flush()
                os.fsync(file.fileno())
                took.append(time.perf_counter() - begun)
    except OSError as error:
        return fault("disk speed", "not measured", f"A page cannot be written there: {error.strerror}.")
    finally:
        probe.unlink(missing_ok=True)
    return latency(took)


def latency(took: list[float]) -> Finding:
    """`took`: seconds of each fsync."""
    middle, worst = statistics.median(took), max(took)
    seen = f"fsync {middle * 1000:.1f} ms, slowest of {len(took)} {worst * 1000:.1f} ms"
    if middle > USELESS_FSYNC_S:
        return fault("disk speed", seen, "Every message waits for this. Use another disk.")
    if middle > SLOW_FSYNC_S:
        return look("disk speed", seen, "Every message waits for this before it is acknowledged. A faster disk helps.")
    return ok("disk speed", seen)


def _nearest(path: Path) -> Path:
    """The folder, or what exists above it."""
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path

"""Looks after this worker's numbers: the event loop's lag, the process, and the copy that other workers read.

Whichever worker is asked for the metrics answers for all workers of its machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from runtime import measures, metrics
from runtime.logs import logger
from runtime.measures import FAMILIES, Snapshot
from runtime.tasks import Tasks

FOLDER = "WORKERS_METRICS_FOLDER"  # set by the process that starts the workers, for them alone; no setting
GONE = "gone.json"
LAG_EVERY_S = 0.5
SHARE_EVERY_S = 1.0
PROCESS_EVERY_S = 5.0
PAGES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Facts(Protocol):
    """Numbers that stand in the database."""

    async def refresh(self) -> None:
        """Reads them again if they are old; returns soon in any case, and never raises."""

    async def stop(self) -> None: ...


# -- for the process that starts workers ---------------------------------------------------------------------


@contextlib.contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder for the workers' numbers, in their environment; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="svardesk-metrics-"))
    before = os.environ.get(FOLDER)
    os.environ[FOLDER] = str(folder)
    try:
        yield folder
    finally:
        if before is None:
            os.environ.pop(FOLDER, None)
        else:
            os.environ[FOLDER] = before
        shutil.rmtree(folder, ignore_errors=True)


def bury(pid: int) -> None:
    """A worker has ended: what it counted stays counted, what it held is gone. Called by one process alone."""
    folder = _folder()
    if folder is None:
        return
    for path in folder.glob(f"{pid}-*.json"):
        left = _read(path)
        gone = _read(folder / GONE) or {"names": [], "numbers": {}}
        if left is not None:
            numbers = measures.merged([measures.unpacked(gone["numbers"]), _lasting(measures.unpacked(left))])
            gone = {"names": [*gone["names"], path.name][-100:], "numbers": measures.packed(numbers)}
            _replace(folder / GONE, gone)
        path.unlink(missing_ok=True)


def _folder() -> Path | None:
    named = os.environ.get(FOLDER)
    return Path(named) if named else None


def _lasting(snapshot: Snapshot) -> Snapshot:
    """Counters and histograms: gauges end with their worker."""
    known = ((name, children, FAMILIES.get(name)) for name, children in snapshot.items())
    return {name: children for name, children, family in known if family is not None and family.kind != "gauge"}


def _read(path: Path) -> Any:
    """The file's JSON; None when it is not there (any more) or damaged."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _replace(path: Path, values: Any) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(values, separators=(",", ":")))
    os.replace(fresh, path)


def _lives(name: str) -> bool:
    try:
        os.kill(int(name.partition("-")[0]), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


# -- for a worker --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Watching:
    """`start` inside the event loop that is to be watched. `facts` is asked whenever somebody looks."""

    data_folder: Path | None = None
    facts: Facts | None = None
    _file: Path | None = None
    _tasks: Tasks = field(default_factory=Tasks)
    _cpu: float = field(default=0.0)

    def start(self) -> None:
        folder = _folder()
        if folder is not None and folder.is_dir():
            # The random part: a process number may come again, a worker's numbers must not be taken for another's.
            self._file = folder / f"{os.getpid()}-{secrets.token_hex(4)}.json"
        metrics.STARTED.set(time.time())
        self._tasks.start(self._watch())

    async def stop(self) -> None:
        await self._tasks.stop()
        if self.facts is not None:
            await self.facts.stop()
        if self._file is not None:
            await asyncio.to_thread(self._share, measures.take())

    async def look(self, accept: str = "") -> tuple[bytes, str]:
        """(page, content type): the numbers of all workers of this machine."""
        if self.facts is not None:
            await self.facts.refresh()
        await asyncio.to_thread(self._measure)
        own = measures.take()  # here and not in a thread: what it follows belongs to the event loop
        return await asyncio.to_thread(self._look, own, accept)

    def _look(self, own: Snapshot, accept: str) -> tuple[bytes, str]:
        snapshots = [own]
        if self._file is not None:
            snapshots.extend(self._others(self._file))
        return measures.write_out(measures.merged(snapshots), accept)

    @staticmethod
    def _others(own: Path) -> Iterator[Snapshot]:
        gone = _read(own.parent / GONE) or {"names": [], "numbers": {}}
        yield measures.unpacked(gone["numbers"])
        for path in own.parent.glob("*-*.json"):
            if path != own and path.name not in gone["names"] and (values := _read(path)) is not None:
                snapshot = measures.unpacked(values)
                yield snapshot if _lives(path.name) else _lasting(snapshot)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        shared = measured = float("-inf")
        while True:
            asked = loop.time() + LAG_EVERY_S
            await asyncio.sleep(LAG_EVERY_S)
            now = loop.time()
            metrics.LOOP_LAG.observe(max(0.0, now - asked))
            if now - measured >= PROCESS_EVERY_S:
                measured = now
                await asyncio.to_thread(self._measure)
            if self._file is not None and now - shared >= SHARE_EVERY_S:
                shared = now
                await asyncio.to_thread(self._share, measures.take())

    def _share(self, own: Snapshot) -> None:
        assert self._file is not None  # noqa: S101 - the callers have looked
        try:
            _replace(self._file, measures.packed(own))
        except OSError as error:  # a full disk must not end the watching
            logger("watching").warning("metrics_not_shared", why=error.strerror)

    def _measure(self) -> None:
        """The process as the system sees it. Where there is no /proc, what there is instead."""
        cpu = time.process_time()
        metrics.CPU.inc(cpu - self._cpu)
        self._cpu = cpu
        metrics.FILES_LIMIT.set(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        try:
            pages = int(Path("/proc/self/statm").read_bytes().split()[1])
            metrics.MEMORY.set(pages * PAGES)
            metrics.FILES.set(len(os.listdir("/proc/self/fd")))
        except OSError:
            metrics.MEMORY.set(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
        if self.data_folder is not None:
            with contextlib.suppress(OSError):
                metrics.DISK_FREE.set(shutil.disk_usage(self.data_folder).free)

"""Keeps several worker processes of one listening socket running: starts, watches, replaces and ends them.

A worker is a program of its own (never a fork of this one: threads and locks do not survive that). It gets the numbers
of two open files: the listening socket, and its line to us. On that line it says `ready` and then a beat now and then,
and reads `drain`. The line's end tells either of the other's death.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from runtime import watching
from runtime.errors import SettingsError
from runtime.logs import logger
from runtime.tasks import Tasks

START_S = 600.0  # the first start converts the model, on a slow machine for minutes
SILENT_S = 60.0  # a worker whose event loop says nothing for so long is hung: nobody is served by it any more
END_S = 15.0  # a worker ends itself within 10 s
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
STEADY_S = 60.0  # whoever lived so long begins again with the shortest pause
CANNOT_START = 2  # the exit code for settings that cannot work: the next try would end the same way

_LOG = logger("supervisor")


@dataclass(slots=True, eq=False)
class Worker:
    """One process in slot `number`, which is how the logs call it."""

    number: int
    process: asyncio.subprocess.Process
    line: asyncio.StreamWriter
    began_s: float
    heard_s: float
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    draining: bool = False
    served: bool = False  # when it was told to drain; whoever did not may be killed, and no exit code says so
    trial: bool = False  # whoever started it looks after it until it is ready

    def drain(self) -> None:
        """By the line and not by a signal: a second signal means to end at once, and a group gets signals twice."""
        if self.draining:
            return
        self.draining, self.served = True, self.ready.is_set()
        with contextlib.suppress(OSError, RuntimeError):
            self.line.write(b"drain\n")

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()


class Supervisor:
    """`command` gets three arguments more: the two file numbers and the worker's number. `environment` comes on top.

    `before_restart` is run before a rolling restart (a migration of the new program); if it fails, nothing happens.
    `delay_s`: how much longer than otherwise a worker may take to end.
    """

    def __init__(
        self,
        command: Sequence[str],
        listening: socket.socket,
        count: int,
        *,
        environment: Mapping[str, str] | None = None,
        before_restart: Sequence[str] = (),
        delay_s: float = 0,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._command, self._listening, self._count = tuple(command), listening, count
        self._environment, self._before_restart, self._ready = dict(environment or {}), tuple(before_restart), ready
        self._patience_s = END_S + delay_s
        self._current: dict[int, Worker] = {}
        self._all: set[Worker] = set()
        self._pauses: dict[int, float] = {}
        self._tasks = Tasks()
        self._stopping = asyncio.Event()
        self._rolling = False
        self._failure = 0

    def run(self) -> int:
        """Until a signal; the exit code. SettingsError when the first worker cannot start."""
        with watching.shared_folder():
            return asyncio.run(self.serve())

    async def serve(self) -> int:
        loop = asyncio.get_running_loop()
        for sig in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sig, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.roll_soon)
        try:
            await self._run()
        finally:
            self._stopping.set()
            await asyncio.gather(*(self._end(worker) for worker in tuple(self._all)))
            await self._tasks.stop()
        return self._failure

    def stop(self) -> None:
        """Drains all of them; asked a second time, ends at once whoever is still there."""
        if self._stopping.is_set() and self._all:
            _LOG.warning("ended_at_once")
            self._failure = 1
            for worker in self._all:
                worker.kill()
        self._stopping.set()

    def roll_soon(self) -> None:
        if not self._rolling and not self._stopping.is_set():
            self._rolling = True
            self._tasks.start(self._roll())

    # -- starting ------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        # The first one alone: what it finds wrong, or prepares for all (the model), is found or prepared once.
        first = await self._start(0, trial=True)
        if not await self._is_ready(first):
            if self._stopping.is_set():
                return
            if first.process.returncode == CANNOT_START:
                raise SettingsError("The server could not start; the log above says why.")
            raise SettingsError("The first worker did not become ready; the log above says why.")
        first.trial = False
        others = [await self._start(number) for number in range(1, self._count)]
        for worker in others:
            await self._is_ready(worker)
        if not self._stopping.is_set():
            self._ready()
        await self._stopping.wait()

    async def _start(self, number: int, trial: bool = False) -> Worker:
        ours, theirs = socket.socketpair()
        try:
            files = (self._listening.fileno(), theirs.fileno())
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *map(str, files),
                str(number + 1),
                pass_fds=files,
                env=os.environ | self._environment,  # with what `run` has put there for the workers
                # Ctrl+C reaches the whole group of a terminal, and only we decide what it means.
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours)
        now_s = time.monotonic()
        worker = Worker(number, process, writer, now_s, now_s, trial=trial)
        self._all.add(worker)
        self._current[number] = worker
        self._tasks.start(self._listen(worker, reader))
        self._tasks.start(self._watch(worker))
        return worker

    async def _is_ready(self, worker: Worker) -> bool:
        """False when it ended, took too long or nobody wants it any more."""
        events = (worker.ready, worker.ended, self._stopping)
        waits = [asyncio.create_task(event.wait()) for event in events]
        try:
            await asyncio.wait(waits, timeout=START_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return worker.ready.is_set() and not worker.ended.is_set()

    # -- watching ------------------------------------------------------------------------------------------

    async def _listen(self, worker: Worker, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while word := await reader.readline():
                worker.heard_s = time.monotonic()
                if word == b"ready\n" and not worker.ready.is_set():
                    took_s = round(worker.heard_s - worker.began_s, 2)
                    _LOG.info("worker_ready", worker=worker.number + 1, pid=worker.process.pid, seconds=took_s)
                    worker.ready.set()

    async def _watch(self, worker: Worker) -> None:
        """Until it has ended; then another takes its place, unless this end was meant."""
        waiting = asyncio.create_task(worker.process.wait())
        try:
            while not waiting.done():
                await asyncio.wait([waiting], timeout=1)
                quiet_s = time.monotonic() - worker.heard_s
                # One that drains says nothing more, and `_end` has its own patience with it.
                patience_s = SILENT_S if worker.ready.is_set() else START_S
                if not (waiting.done() or worker.draining) and quiet_s > patience_s:
                    _LOG.error("worker_hangs", worker=worker.number + 1, pid=worker.process.pid, silent_s=int(quiet_s))
                    worker.kill()
        finally:
            waiting.cancel()
        worker.line.close()
        worker.ended.set()
        self._all.discard(worker)
        code = worker.process.returncode
        if worker.draining:  # before anything is waited for: after the last one's end, `serve` waits for no more
            _LOG.info("worker_ended", worker=worker.number + 1, pid=worker.process.pid, code=code)
            self._failure = self._failure or int(worker.served and code != 0)
        await asyncio.to_thread(watching.bury, worker.process.pid)
        if worker.draining:
            return
        if self._stopping.is_set() or worker.trial or self._current.get(worker.number) is not worker:
            return
        lived_s = time.monotonic() - worker.began_s
        pause_s = FIRST_PAUSE_S if lived_s > STEADY_S else self._pauses.get(worker.number, FIRST_PAUSE_S)
        self._pauses[worker.number] = min(LONGEST_PAUSE_S, pause_s * 2)
        _LOG.error(
            "worker_died", worker=worker.number + 1, pid=worker.process.pid, code=code, again_in_s=round(pause_s, 1)
        )
        await asyncio.sleep(pause_s * random.uniform(0.75, 1.25))  # noqa: S311 - nothing secret
        await self._fill_place_of(worker)

    async def _fill_place_of(self, gone: Worker) -> None:
        """Until somebody stands there: a restart may be faster, and what a process needs may be short for a while."""
        while not self._stopping.is_set() and self._current.get(gone.number) is gone:
            try:
                await self._start(gone.number)
            except OSError as error:
                _LOG.error("worker_not_started", worker=gone.number + 1, why=error.strerror)
                await asyncio.sleep(LONGEST_PAUSE_S)

    # -- replacing and ending ------------------------------------------------------------------------------

    async def _roll(self) -> None:
        """One after the other: the new worker serves before the old one sends its browsers home."""
        try:
            if self._before_restart and not await self._prepared():
                return
            for number in range(self._count):
                old = self._current.get(number)
                if self._stopping.is_set():
                    return
                new = await self._start(number, trial=True)
                if not await self._is_ready(new):
                    await self._give_up(old, new)
                    return
                new.trial = False
                if old is not None and not old.ended.is_set():
                    await self._end(old)
            _LOG.info("restarted", workers=self._count)
        except OSError as error:
            _LOG.error("restart_given_up", why=error.strerror)
        finally:
            self._rolling = False

    async def _give_up(self, old: Worker | None, new: Worker) -> None:
        """The new program does not come up: the old one stays."""
        if self._stopping.is_set():
            return
        _LOG.error("restart_given_up", worker=new.number + 1, why="the new worker did not become ready")
        new.kill()
        if old is not None and not old.ended.is_set():
            self._current[new.number] = old
        else:  # the old one died meanwhile
            await self._fill_place_of(new)

    async def _prepared(self) -> bool:
        process = await asyncio.create_subprocess_exec(*self._before_restart, env=os.environ | self._environment)
        if await process.wait() != 0:
            _LOG.error("restart_given_up", why="the new program cannot bring the database up to date")
            return False
        return True

    async def _end(self, worker: Worker) -> None:
        worker.drain()
        if not worker.served:
            worker.kill()  # it serves nobody yet, and would hear us only once it does
        try:
            await asyncio.wait_for(worker.ended.wait(), self._patience_s)
        except TimeoutError:
            _LOG.error("worker_did_not_end", worker=worker.number + 1, pid=worker.process.pid)
            self._failure = 1
            worker.kill()
            await worker.ended.wait()

"""The supervisor with small workers of a few lines: what it does when they start, die, hang, fail and are replaced."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from runtime import supervisor
from runtime.errors import SettingsError
from runtime.supervisor import Supervisor

pytestmark = pytest.mark.anyio

# Writes its life into a file; says ready unless `mood` (a file's words) tells otherwise.
WORKER = """
import os, select, socket, sys, time
listening, line, number = int(sys.argv[-3]), socket.socket(fileno=int(sys.argv[-2])), sys.argv[-1]
diary, mood = sys.argv[1], open(sys.argv[2]).read()

def note(word):
    with open(diary, "a") as file:
        file.write(f"{number} {os.getpid()} {word}\\n")

note("began")
if "refuse" in mood:
    sys.exit(2)
if "die" in mood:
    sys.exit(1)
if "silent" not in mood:
    line.sendall(b"ready\\n")
    socket.socket(fileno=os.dup(listening)).getsockname()
word = line.recv(100)
note("drained" if word else "orphaned")
if "stubborn" in mood:
    time.sleep(60)
if "slow" in mood:
    time.sleep(3)
time.sleep(0.05)
note("ended")
sys.exit("failing" in mood)
"""


class Desk:
    """A supervisor under test, and what its workers wrote down."""

    def __init__(self, folder: Path, supervised: Supervisor) -> None:
        self.folder, self.supervised = folder, supervised
        self.is_ready = asyncio.Event()

    def mood(self, words: str) -> None:
        (self.folder / "mood").write_text(words)

    def diary(self) -> list[tuple[int, int, str]]:
        lines = (self.folder / "diary").read_text().splitlines() if (self.folder / "diary").exists() else []
        return [(int(number), int(pid), word) for number, pid, word in (line.split() for line in lines)]

    def pids(self, word: str) -> list[int]:
        return [pid for _, pid, said in self.diary() if said == word]

    async def until(self, true: Callable[[], Any]) -> None:
        async with asyncio.timeout(30):
            while not true():  # noqa: ASYNC110 - other processes change it
                await asyncio.sleep(0.02)


@asynccontextmanager
async def running(folder: Path, count: int = 2, mood: str = "", **more: Any) -> AsyncIterator[Desk]:
    (folder / "mood").write_text(mood)
    (folder / "worker.py").write_text(WORKER)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, str(folder / "worker.py"), str(folder / "diary"), str(folder / "mood")]
        desk = Desk(folder, Supervisor(command, listening, count, ready=lambda: desk.is_ready.set(), **more))
        task = asyncio.create_task(desk.supervised.serve())
        try:
            await desk.until(lambda: desk.is_ready.is_set() or task.done())
            yield desk
        finally:
            if not task.done():
                desk.supervised.stop()
            code = await task
            (folder / "code").write_text(str(code))


def code(folder: Path) -> int:
    return int((folder / "code").read_text())


async def test_all_start_and_all_are_drained(tmp_path: Path) -> None:
    async with running(tmp_path, 3) as desk:
        assert sorted(number for number, _, word in desk.diary() if word == "began") == [1, 2, 3]
    assert len(desk.pids("ended")) == 3
    assert code(tmp_path) == 0


async def test_a_dead_worker_is_replaced(tmp_path: Path) -> None:
    async with running(tmp_path) as desk:
        victim = desk.pids("began")[0]
        os.kill(victim, signal.SIGKILL)
        await desk.until(lambda: len(desk.pids("began")) == 3)
        assert [number for number, _, word in desk.diary() if word == "began"].count(1) == 2
    assert victim not in desk.pids("ended")
    assert code(tmp_path) == 0


async def test_whoever_dies_again_and_again_is_tried_more_and_more_seldom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def counted(seconds: float) -> None:
        if seconds > 0.1:
            pauses.append(seconds)
        await sleep(min(seconds, 0.01))

    async with running(tmp_path) as desk:
        desk.mood("die")
        monkeypatch.setattr(asyncio, "sleep", counted)
        os.kill(desk.pids("began")[0], signal.SIGKILL)
        await desk.until(lambda: len(pauses) >= 8)
        monkeypatch.undo()
    assert pauses[:8] == sorted(pauses[:8]) or pauses[7] > 20 * pauses[0]
    assert max(pauses) <= 30 * 1.25


async def test_settings_that_cannot_work_end_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        async with running(tmp_path, mood="refuse"):
            pass
    assert len((tmp_path / "diary").read_text().splitlines()) == 1, "the others were never started"


async def test_one_after_the_other_is_replaced(tmp_path: Path) -> None:
    async with running(tmp_path, 3) as desk:
        old = desk.pids("began")
        desk.supervised.roll_soon()
        desk.supervised.roll_soon()  # while it goes on, a second request means the same
        await desk.until(lambda: len(desk.pids("ended")) == 3)
        new = desk.pids("began")[3:]
        ended = desk.pids("ended")  # three processes that start together may have begun in any order
        assert set(ended) == set(old)
        order = [(word, pid) for _, pid, word in desk.diary() if (word, pid) not in [("began", pid) for pid in old]]
        for before, after in zip(new, ended, strict=True):
            assert order.index(("began", before)) < order.index(("drained", after)), "there is always somebody"
        await desk.until(lambda: not desk.supervised._rolling)
        assert set(desk.pids("ended")) == set(old)
    assert set(desk.pids("ended")) == {*old, *new}
    assert code(tmp_path) == 0


async def test_a_restart_while_a_dead_worker_is_waited_for_starts_one_successor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pausing, go_on = asyncio.Event(), asyncio.Event()
    sleep = asyncio.sleep

    async def until_told(seconds: float) -> None:
        if seconds > 0.1:
            pausing.set()
            await go_on.wait()
        else:
            await sleep(seconds)

    async with running(tmp_path) as desk:
        monkeypatch.setattr(asyncio, "sleep", until_told)
        os.kill(desk.pids("began")[0], signal.SIGKILL)
        await asyncio.wait_for(pausing.wait(), 30)
        desk.supervised.roll_soon()
        await desk.until(lambda: not desk.supervised._rolling)
        go_on.set()
        monkeypatch.undo()
        await sleep(0.2)  # for a successor too many
        assert len(desk.supervised._all) == 2
        assert desk.supervised._all == set(desk.supervised._current.values())
    assert len(desk.pids("began")) == 4
    assert code(tmp_path) == 0


async def test_a_start_that_fails_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_S", 0.05)
    begin, refusals = asyncio.create_subprocess_exec, [12, 12]

    async def short_of_memory(*words: Any, **more: Any) -> Any:
        if refusals:
            raise OSError(refusals.pop(), "Cannot allocate memory")
        return await begin(*words, **more)

    async with running(tmp_path) as desk:
        monkeypatch.setattr(asyncio, "create_subprocess_exec", short_of_memory)
        os.kill(desk.pids("began")[0], signal.SIGKILL)
        await desk.until(lambda: len(desk.pids("began")) == 3)
        assert refusals == []
        refusals.append(12)
        desk.supervised.roll_soon()
        await desk.until(lambda: not desk.supervised._rolling)
        assert desk.pids("drained") == [], "the old ones stay"
        assert len(desk.supervised._all) == 2
    assert code(tmp_path) == 0


async def test_a_new_program_that_does_not_start_changes_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as desk:
        old = desk.pids("began")
        desk.mood("die")
        desk.supervised.roll_soon()
        await desk.until(lambda: len(desk.pids("began")) == 3 and not desk.supervised._rolling)
        assert desk.pids("drained") == []
        desk.mood("")
        desk.supervised.roll_soon()
        await desk.until(lambda: set(old) <= set(desk.pids("ended")))
    assert code(tmp_path) == 0


async def test_a_migration_that_fails_stops_the_restart(tmp_path: Path) -> None:
    refusing = [sys.executable, "-c", "raise SystemExit(1)"]
    async with running(tmp_path, before_restart=refusing) as desk:
        desk.supervised.roll_soon()
        await desk.until(lambda: not desk.supervised._rolling)
        assert len(desk.pids("began")) == 2


async def test_a_worker_that_is_not_ready_yet_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "END_S", 3600)
    async with running(tmp_path) as desk:
        desk.mood("silent stubborn")
        desk.supervised.roll_soon()
        await desk.until(lambda: len(desk.pids("began")) == 3)
    assert len(desk.pids("ended")) == 2
    assert code(tmp_path) == 0


async def test_ready_while_it_is_killed_it_served_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kill = supervisor.Worker.kill

    def just_too_late(worker: supervisor.Worker) -> None:
        kill(worker)
        worker.ready.set()

    async with running(tmp_path) as desk:
        desk.mood("silent stubborn")
        desk.supervised.roll_soon()
        await desk.until(lambda: len(desk.pids("began")) == 3)
        monkeypatch.setattr(supervisor.Worker, "kill", just_too_late)
    assert len(desk.pids("ended")) == 2
    assert code(tmp_path) == 0


async def test_a_worker_that_does_not_end_is_killed_and_the_exit_code_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "END_S", 0.5)
    wait_for = asyncio.wait_for

    async def once_all_have_heard(ended: Any, patience_s: float) -> Any:
        await desk.until(lambda: len(desk.pids("drained")) == 2)
        return await wait_for(ended, patience_s)

    async with running(tmp_path, mood="stubborn") as desk:
        monkeypatch.setattr(asyncio, "wait_for", once_all_have_heard)
    assert desk.pids("ended") == []
    assert code(tmp_path) == 1


async def test_a_hung_worker_is_killed_and_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path) as desk:
        monkeypatch.setattr(supervisor, "SILENT_S", 0.5)  # these workers never beat
        await desk.until(lambda: len(desk.pids("began")) >= 4)
        monkeypatch.setattr(supervisor, "SILENT_S", 60.0)
        await desk.until(lambda: len(desk.supervised._all) == 2)


async def test_a_long_drain_is_no_hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that drains says nothing more, for as long as SVARDESK_DRAIN_DELAY_S lets it."""
    async with running(tmp_path, mood="slow", delay_s=60) as desk:
        began = desk.pids("began")
        desk.supervised.stop()
        await desk.until(lambda: all(worker.draining for worker in desk.supervised._all))
        monkeypatch.setattr(supervisor, "SILENT_S", 0.0)
        await desk.until(lambda: desk.supervised._all == set())
        assert set(desk.pids("ended")) == set(began)
    assert code(tmp_path) == 0


async def test_told_twice_it_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "END_S", 3600)
    async with running(tmp_path, mood="stubborn") as desk:
        desk.supervised.stop()
        await desk.until(lambda: len(desk.pids("drained")) == 2)
        desk.supervised.stop()
    assert desk.pids("ended") == []
    assert code(tmp_path) == 1


async def test_told_twice_when_all_have_ended_it_was_a_good_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidy_up = supervisor.Tasks.stop

    async def told_again(tasks: supervisor.Tasks) -> None:
        assert desk.supervised._all == set()
        desk.supervised.stop()
        await tidy_up(tasks)

    async with running(tmp_path) as desk:
        monkeypatch.setattr(supervisor.Tasks, "stop", told_again)
    assert len(desk.pids("ended")) == 2
    assert code(tmp_path) == 0


async def test_the_exit_code_says_that_the_last_one_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor.watching, "bury", lambda _pid: time.sleep(0.2))
    async with running(tmp_path, 1, mood="failing") as desk:
        desk.supervised.stop()
    assert code(tmp_path) == 1


async def test_workers_end_when_their_supervisor_is_gone(tmp_path: Path) -> None:
    (tmp_path / "mood").write_text("")
    (tmp_path / "worker.py").write_text(WORKER)
    program = (
        "import socket, sys\n"
        "from runtime.supervisor import Supervisor\n"
        "listening = socket.create_server(('127.0.0.1', 0))\n"
        "Supervisor([sys.executable, *sys.argv[1:]], listening, 2, ready=lambda: print('ready', flush=True)).run()\n"
    )
    arguments = [str(tmp_path / name) for name in ("worker.py", "diary", "mood")]
    words, environment = [sys.executable, "-c", program, *arguments], {**os.environ, "PYTHONPATH": "."}
    process = await asyncio.create_subprocess_exec(*words, env=environment, stdout=asyncio.subprocess.PIPE)
    desk = Desk(tmp_path, None)  # type: ignore[arg-type]
    stdout: Any = process.stdout
    await asyncio.wait_for(stdout.readuntil(b"ready\n"), 30)  # whoever has not read it all resets the line
    process.kill()
    await process.wait()
    await desk.until(lambda: len(desk.pids("ended")) == 2)
    assert len(desk.pids("orphaned")) == 2

"""Chats that come and go for minutes: what grows with time, and must not."""

from __future__ import annotations

import asyncio
import os
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.questions import FOLLOWED
from bot.tails import CONVERSATIONS
from tests.scale.history import Fault, Story
from tests.scale.report import Quiet, Watcher
from tests.scale.stage import House, Stage, until
from tests.scale.visitor import QUESTIONS, Crowd, Visitor

SAMPLE_S = 1.0
MOST_SLOPE = 1.0  # MB a minute
MOST_WAL = 32.0  # MB; SQLite begins to write it back at 4
FULL = max(FOLLOWED, CONVERSATIONS)  # chats after which the server's caches are full
WARM_UP = 0.3  # the part of a short run in which pools and caches may fill
LEAST = 180  # samples after the warm-up, or the slope says nothing
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Sample:
    """Seconds since the beginning; megabytes of memory and of the write-ahead log; files, threads; chats so far."""

    at_s: float
    memory: float
    wal: float
    files: int
    threads: int
    chats: int


@dataclass(slots=True)
class Soaked:
    samples: list[Sample] = field(default_factory=list)
    before: Sample | None = None
    after: Sample | None = None
    tasks_before: int = 0
    tasks_after: int = 0
    chats: int = 0
    acked: int = 0
    faults: list[Fault] = field(default_factory=list)

    def slope(self) -> tuple[float, float]:
        """MB a minute after the warm-up by least squares, and half the width of its 95 % interval."""
        kept = self.samples[self._warm() :]
        return slope([(sample.at_s / 60, sample.memory) for sample in kept])

    def _warm(self) -> int:
        """The first sample after the warm-up: caches fill chat by chat, however long that takes."""
        full = (place for place, sample in enumerate(self.samples) if sample.chats > FULL)
        return next(full, int(len(self.samples) * WARM_UP))

    def leaks(self, judge_memory: bool) -> list[str]:
        """What grew. Memory is judged over minutes only: in seconds, caches that fill look like leaks."""
        assert self.before is not None
        assert self.after is not None
        found = []
        if self.after.files > self.before.files + 3:
            found.append(f"{self.after.files} open files, {self.before.files} before")
        warm = self.samples[self._warm()]  # pools start their threads when they are needed
        if self.after.threads > warm.threads + 3:
            found.append(f"{self.after.threads} threads, {warm.threads} after the warm-up")
        if self.tasks_after > self.tasks_before + 3:
            found.append(f"{self.tasks_after} tasks, {self.tasks_before} before")
        wal = max(sample.wal for sample in self.samples)
        if wal > MOST_WAL:
            found.append(f"the write-ahead log grew to {wal:.0f} MB")
        slope_, width = self.slope()
        if judge_memory and len(self.samples) - self._warm() < LEAST:
            found.append(
                f"the caches were not full long enough to judge: SOAK_MINUTES={2 * self.samples[-1].at_s / 60:.0f}"
            )
        elif judge_memory and slope_ + width > MOST_SLOPE:
            found.append(f"memory grows by {slope_:.2f} ± {width:.2f} MB a minute")
        return found

    def summary(self) -> str:
        slope_, width = self.slope()
        wal = max(sample.wal for sample in self.samples)
        return (
            f"{self.chats:,} chats; memory {slope_:+.2f} ± {width:.2f} MB/min; log at most {wal:.1f} MB;"
            f" files {self.before.files if self.before else 0} → {self.after.files if self.after else 0};"
            f" tasks {self.tasks_before} → {self.tasks_after}"
        )


def slope(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Ordinary least squares of y on x: the slope and 1.96 standard errors of it; (0, inf) for too few points."""
    count = len(points)
    if count < 3:
        return 0.0, float("inf")
    middle_x, middle_y = (sum(point[axis] for point in points) / count for axis in (0, 1))
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    if spread == 0:
        return 0.0, float("inf")
    rise = sum((x - middle_x) * (y - middle_y) for x, y in points) / spread
    rest = sum((y - middle_y - rise * (x - middle_x)) ** 2 for x, y in points)
    return rise, 1.96 * (rest / (count - 2) / spread) ** 0.5


def sample(house: House, folder: Path, began: float, chats: int) -> Sample:
    """Read from /proc, of the server's process."""
    process = Path(f"/proc/{house.pid}")
    wal = folder / "svardesk.sqlite3-wal"
    return Sample(
        at_s=time.monotonic() - began,
        memory=int((process / "statm").read_text().split()[1]) * PAGE / 1e6,
        wal=wal.stat().st_size / 1e6 if wal.exists() else 0.0,
        files=len(os.listdir(process / "fd")),
        threads=len(os.listdir(process / "task")),
        chats=chats,
    )


async def tasks(house: House) -> int:
    """How many tasks the server's event loop has, as it counts them itself."""
    async with httpx.AsyncClient(timeout=10) as client:
        text = (await client.get(f"{house.url}/tasks")).text
    return int(text)


async def soak(
    stage: Stage, seconds: float, at_once: int = 20, watcher: Watcher | None = None, seed: int = 5
) -> Soaked:
    """`at_once` customers at any time, each there for some seconds; two agents who stay."""
    watcher = watcher or Quiet()
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    house = await stage.house(COUNT_TASKS="1").start()
    crowd = Crowd(lambda: house.ws, house, seed)
    soaked = Soaked()
    stories: list[Story] = []
    began = time.monotonic()
    end = began + seconds

    async def one_after_the_other(number: int) -> None:
        while time.monotonic() < end:
            visitor = Visitor(f"customer {number}.{soaked.chats}", lambda: house.ws, house.facts["site"])
            soaked.chats += 1
            stories.append(visitor.story)
            visitor.start()
            for _ in range(chance.randint(1, 6)):
                visitor.say(f"{chance.choice(QUESTIONS)} ({chance.randrange(10**6)})")
                await asyncio.sleep(chance.uniform(0.1, 1.5))
            if chance.random() < 0.2:
                visitor.send("request_human")
            elif chance.random() < 0.8:
                visitor.send("end")
            await until(lambda visitor=visitor: not visitor.outbox, "all that this customer wrote is kept")
            soaked.acked += visitor.counts.acked
            visitor.story.complete.clear()  # they leave when all is kept, whatever else may come
            await visitor.stop()

    await crowd.enter(0, at_once=10)
    await asyncio.sleep(1)
    soaked.before, soaked.tasks_before = sample(house, stage.folder, began, 0), await tasks(house)
    coming = [asyncio.create_task(one_after_the_other(number)) for number in range(at_once)]
    told = 0.0
    while not all(task.done() for task in coming):
        await asyncio.sleep(SAMPLE_S)
        soaked.samples.append(sample(house, stage.folder, began, soaked.chats))
        if time.monotonic() - told > max(2.0, seconds / 30):
            told = time.monotonic()
            last = soaked.samples[-1]
            what = f"{soaked.chats:,} chats, {last.memory:.0f} MB, {last.files} files"
            watcher.saw(acked=soaked.acked + crowd.count("acked"), what=what)
    await asyncio.gather(*coming)
    soaked.faults = await stage.settle([*stories, *crowd.stories])
    await asyncio.sleep(1)
    soaked.after, soaked.tasks_after = sample(house, stage.folder, began, soaked.chats), await tasks(house)
    soaked.acked += crowd.count("acked")
    await crowd.leave()
    return soaked

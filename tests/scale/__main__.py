"""`make scale`: servers are killed and links are cut while you watch, and not one acknowledged message may be lost.

`python -m tests.scale [--short] [PROOF ...]`; SOAK_MINUTES (20) and FUZZ_SECONDS (120) say how long these two take.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from tests import services
from tests.proxy import Weather
from tests.scale.failing_server import Nursery
from tests.scale.fuzz import fuzz
from tests.scale.history import Fault, Trouble
from tests.scale.kills import kill_again_and_again
from tests.scale.links import BAD, cut_again_and_again
from tests.scale.machines import PostgresqlMachine, RedisMachine
from tests.scale.report import Screen
from tests.scale.soak import soak
from tests.scale.stage import Theatre
from tests.scale.weather import MOST_TEXTS, bad_weather
from tests.scale.workers import shake
from tests.server import ROOT

Proved = tuple[list[Fault], int, str]  # faults, acknowledged, a note


@dataclass(slots=True)
class Run:
    theatre: Theatre
    screen: Screen
    short: bool
    folder: Path

    async def kills(self, kind: str) -> Proved:
        times = {"sqlite": (20, 140), "postgresql": (8, 60)}[kind][not self.short]
        with self.theatre.stage(kind) as stage:
            killed = await kill_again_and_again(stage, times, watcher=self.screen)
            await stage.close()
        return killed.faults, killed.acked, f"{killed.resent:,} sent again, {len(killed.at)} points of death"

    async def kills_sqlite(self) -> Proved:
        return await self.kills("sqlite")

    async def kills_postgresql(self) -> Proved:
        return await self.kills("postgresql")

    async def links(self) -> Proved:
        spells: tuple[Weather, ...] = BAD if self.short else BAD * 6
        with self.theatre.stage("sqlite") as stage:
            cut = await cut_again_and_again(stage, spells, visitors=12, watcher=self.screen)
            await stage.close()
        closed = f"{_at(cut.gaps_s, 0.5):.2f} s, p99 {_at(cut.gaps_s, 0.99):.2f} s" if cut.gaps_s else "none"
        return cut.faults, cut.acked, f"{cut.reconnects:,} reconnects; gap closed after p50 {closed}"

    async def workers(self) -> Proved:
        postgresql, redis = PostgresqlMachine.made(), RedisMachine.made()
        with closing(postgresql), closing(redis):
            own = Theatre(self.theatre.nursery, self.folder / "workers", postgresql.server)
            own.folder.mkdir()
            with own.stage("postgresql") as stage:
                away = 2.0 if self.short else 10.0
                shaken = await shake(
                    stage, postgresql, redis, rounds=1 if self.short else 3, away_s=away, watcher=self.screen
                )
                await stage.close()
        return shaken.faults, shaken.acked, f"{shaken.resent:,} sent again"

    async def weather(self) -> Proved:
        with self.theatre.stage("sqlite") as stage:
            endured = await bad_weather(
                stage,
                watcher=self.screen,
                sockets=500 if self.short else 10_000,
                texts=100 if self.short else MOST_TEXTS,
            )
            await stage.close()
        return endured.faults, endured.acked, "; ".join(endured.notes)

    async def frames(self) -> Proved:
        seconds = 10.0 if self.short else float(os.environ.get("FUZZ_SECONDS", "120"))
        found = await asyncio.to_thread(fuzz, seconds)
        faults = [
            Fault(Trouble.MISREAD, f"parse_{name} of {data[:80]!r}: {said}") for name, data, said in found.failures
        ]
        return faults, 0, f"{found.tried:,} frames tried, {len(found.outcomes)} ways to refuse or take one"

    async def sockets(self) -> Proved:
        """Every frame of every role with every token from every origin, and frames in every right and wrong form."""
        return await asyncio.to_thread(suite, "tests/scale/test_matrix.py", "tests/scale/test_frames.py")

    async def widget(self) -> Proved:
        """The real widget and the real console in Chromium."""
        rounds = "1" if self.short else "8"
        return await asyncio.to_thread(suite, "tests/browser/test_under_fire.py", FIRE_ROUNDS=rounds)

    async def soak(self) -> Proved:
        minutes = 0.5 if self.short else float(os.environ.get("SOAK_MINUTES", "20"))
        with self.theatre.stage("sqlite") as stage:
            soaked = await soak(stage, minutes * 60, watcher=self.screen)
            await stage.close()
        faults = [*soaked.faults, *(Fault(Trouble.GROWS, leak) for leak in soaked.leaks(judge_memory=not self.short))]
        return faults, soaked.acked, soaked.summary()


PROOFS: dict[str, tuple[str, Callable[[Run], Awaitable[Proved]]]] = {
    "kills-sqlite": ("kill -9, SQLite", Run.kills_sqlite),
    "kills-postgresql": ("kill -9, PostgreSQL", Run.kills_postgresql),
    "links": ("bad lines", Run.links),
    "workers": ("two workers, PostgreSQL, Redis", Run.workers),
    "weather": ("bad weather", Run.weather),
    "frames": ("fuzzed frames", Run.frames),
    "sockets": ("every frame, role and origin", Run.sockets),
    "widget": ("the widget under fire", Run.widget),
    "soak": ("soak", Run.soak),
}


def _at(sorted_values: list[float], part: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * part))]


def suite(*files: str, **environment: str) -> Proved:
    """Tests that prove it by themselves, in a process of their own."""
    command = [sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", *files]
    ran = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    lines = ran.stdout.strip().splitlines() or [ran.stderr.strip()[-600:]]
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    faults = [Fault(Trouble.TEST, line) for line in failed or lines[-1:]] if ran.returncode else []
    return faults, 0, lines[-1]


def in_short(text: str) -> str:
    """Beginning and end: the end of a server's log says why it died."""
    return text if len(text) <= 800 else f"{text[:200]} [...] {text[-600:]}"


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m tests.scale", description=(__doc__ or "").split("\n")[0])
    arguments.add_argument("--short", action="store_true", help="minutes instead of an hour")
    arguments.add_argument("proofs", nargs="*", metavar="PROOF", help=f"one or more of: {', '.join(PROOFS)}")
    chosen = arguments.parse_args()
    unknown = [name for name in chosen.proofs if name not in PROOFS]
    if unknown:
        arguments.error(f"There is no proof {unknown[0]!r}. They are: {', '.join(PROOFS)}.")
    with ExitStack() as stack:
        screen = stack.enter_context(Screen())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="svardesk-scale-")))
        nursery = stack.enter_context(closing(Nursery.open()))
        needs_postgresql = not chosen.proofs or "kills-postgresql" in chosen.proofs
        postgresql = stack.enter_context(services.postgresql()) if needs_postgresql else None
        run = Run(Theatre(nursery, folder, postgresql), screen, chosen.short, folder)
        for name in chosen.proofs or PROOFS:
            title, proof = PROOFS[name]
            act = screen.begin(title)
            try:
                screen.end(act, *asyncio.run(proof(run)))  # type: ignore[arg-type]
            except Exception as error:  # the others are worth seeing all the same
                screen.fail(act, f"{type(error).__name__}: {in_short(str(error))}")
    sys.exit(not screen.kept)


if __name__ == "__main__":
    main()

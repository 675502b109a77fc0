"""G5, G6, G7 on the model's side: the real embedder behind an Asker, against the same embedder in a tight loop.

Both sides take turns in short rounds of one run, since a shared machine is not as fast in one minute as in the next.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bot.demo import FOLDER
from knowledge_base import versions
from knowledge_base.asking import TOGETHER, Asker
from knowledge_base.embedder import Embedder, clean, open_embedder
from knowledge_base.intake import read_documents
from knowledge_base.model_threads import ModelThreads
from knowledge_base.passages import units_of
from knowledge_base.search import KnowledgeBase
from runtime.settings import Settings
from tests.bench.job import Job
from tests.bench.load import generate
from tests.bench.report import Bound, Row, quantile
from tests.bench.server import serving
from tests.server import prepare

ROUNDS = 5
ROUND_S = 2.0
CROWD = 3 * TOGETHER  # questions under way at once when the model is to be saturated
TICK_S = 0.002


@dataclass(slots=True)
class Stage:
    """The demo's articles and questions. Nothing is remembered, so every question is embedded."""

    embedder: Embedder
    asker: Asker
    questions: Iterator[tuple[str, str]]
    threads: int
    figures: dict[str, Any] = field(default_factory=dict)

    async def ask(self) -> None:
        text, language = next(self.questions)
        await self.asker.search(text, language)

    def tight_loop(self) -> tuple[float, float]:
        """Questions a second, and a CPU-second, of the embedder alone in batches."""
        count, began, used = 0, time.perf_counter(), time.process_time()
        while time.perf_counter() - began < ROUND_S:
            self.embedder.encode([next(self.questions)[0] for _ in range(TOGETHER)], "query")
            count += TOGETHER
        return count / (time.perf_counter() - began), count / (time.process_time() - used)

    async def saturated(self) -> tuple[float, float]:
        """Answers a second, and a CPU-second, while CROWD questions are under way all the time."""
        count, began, used = 0, time.perf_counter(), time.process_time()

        async def customer() -> None:
            nonlocal count
            while time.perf_counter() - began < ROUND_S:
                await self.ask()
                count += 1

        await asyncio.gather(*(customer() for _ in range(CROWD)))
        return count / (time.perf_counter() - began), count / (time.process_time() - used)


@contextmanager
def stage(folder: Path, threads: int = 0) -> Iterator[Stage]:
    """`threads` 0: as many as a server takes."""
    threads = threads or Settings().threads
    embedder = open_embedder("bundled", folder / "model", threads)
    documents = [
        versions.document_of(item.article, item.language, item.draft, "public") for item in read_documents(FOLDER).items
    ]
    # What a vector says makes no difference to what a search costs, and to embed every article takes a minute.
    chance = np.random.default_rng(1)
    vectors = {}
    for document in documents:
        rows = chance.standard_normal((len(units_of(document)), embedder.dimension)).astype(np.float32)
        vectors[document.id] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    knowledge = KnowledgeBase(embedder)
    knowledge.replace(documents, vectors)
    rows = [json.loads(line) for line in FOLDER.with_name("questions.jsonl").read_text("utf-8").splitlines()]
    asked = [(clean(row["text"], 500), row["lang"]) for row in rows]
    random.Random(1).shuffle(asked)  # noqa: S311
    embedder.encode([text for text, _ in asked[:TOGETHER]], "query")  # the first run is slower
    thread = ModelThreads(threads)
    try:
        yield Stage(embedder, Asker(thread, lambda: knowledge, remembered=0), itertools.cycle(asked), threads)
    finally:
        thread.shutdown(cancel_futures=True)


async def half_load(stage: Stage) -> dict[str, Any]:
    """G5: p99 of an answer, questions coming by chance at half of the batch capacity, over one question's time."""
    chance = random.Random(2)  # noqa: S311
    alone: list[float] = []
    took: list[float] = []
    capacities: list[float] = []
    for _ in range(ROUNDS):
        capacities.append(stage.tight_loop()[0])
        until = time.perf_counter() + ROUND_S / 2
        while time.perf_counter() < until:
            alone.append(await _timed(stage.ask))
        due = began = time.perf_counter()
        coming = []
        while due < began + 2 * ROUND_S:
            due += chance.expovariate(capacities[-1] / 2)
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            coming.append(asyncio.create_task(_since(stage.ask, due)))
        took.extend(await asyncio.gather(*coming))
    single = quantile(alone, 0.5)
    return {
        "threads": stage.threads,
        "capacity_per_s": quantile(capacities, 0.5),
        "single_question_ms": single * 1000,
        "single_question_p99_ms": quantile(alone, 0.99) * 1000,
        "answers": len(took),
        "answer_p50_ms": quantile(took, 0.5) * 1000,
        "answer_p99_ms": quantile(took, 0.99) * 1000,
        "p99_over_single": quantile(took, 0.99) / single,
    }


async def full_load(stage: Stage) -> dict[str, Any]:
    """G6: answers a second of a saturated Asker over the embedder alone; the same a CPU-second."""
    loops, crowds = [], []
    for _ in range(ROUNDS):
        loops.append(stage.tight_loop())
        crowds.append(await stage.saturated())
    per_s, per_cpu_s = ([sum(each[at] for each in found) / ROUNDS for found in (crowds, loops)] for at in (0, 1))
    return {
        "threads": stage.threads,
        "answers_per_s": per_s[0],
        "embedder_alone_per_s": per_s[1],
        "over_embedder": per_s[0] / per_s[1],
        "answers_per_cpu_s": per_cpu_s[0],
        "embedder_alone_per_cpu_s": per_cpu_s[1],
        "over_embedder_by_cpu": per_cpu_s[0] / per_cpu_s[1],
    }


async def loop_delay(stage: Stage) -> dict[str, Any]:
    """G7: how late the event loop is for its other work while the model is saturated, and while nothing is asked."""
    idle: list[float] = []
    busy: list[float] = []
    for _ in range(ROUNDS):
        for late, work in ((idle, asyncio.sleep(ROUND_S / 2)), (busy, stage.saturated())):
            ticking = asyncio.create_task(_tick(late))
            await work
            ticking.cancel()
    return {
        "threads": stage.threads,
        "idle_p99_ms": quantile(idle, 0.99) * 1000,
        "saturated_p50_ms": quantile(busy, 0.5) * 1000,
        "saturated_p99_ms": quantile(busy, 0.99) * 1000,
        "saturated_most_ms": max(busy) * 1000,
    }


async def _tick(late: list[float]) -> None:
    while True:
        due = time.perf_counter() + TICK_S
        await asyncio.sleep(TICK_S)
        late.append(time.perf_counter() - due)


async def _timed(work: Callable[[], Awaitable[None]]) -> float:
    return await _since(work, time.perf_counter())


async def _since(work: Callable[[], Awaitable[None]], began: float) -> float:
    await work()
    return time.perf_counter() - began


def acks_beside_the_model(folder: Path, stage: Stage) -> dict[str, Any]:
    """G7: the whole server with CROWD customers who ask all the time: how soon they get their acks, and their answers.

    The load generator has a core too, so that answers a second say little here; answers a CPU-second do.
    """
    home = folder / "server"
    prepare(home, embedder=stage.embedder)
    texts = [next(stage.questions)[0] for _ in range(500)]
    with serving(home, core=None, prepared=True, stub=False) as target:
        job = Job("ask", target.port, target.path, target.origin, CROWD, 10, 4, texts=texts, unique=True)
        seen, used = generate(job, target.pids, core=None)
    return {
        "customers": CROWD,
        "acked": seen.acked,
        "ack_p50_ms": quantile(seen.ack_s, 0.5) * 1000,
        "ack_p99_ms": quantile(seen.ack_s, 0.99) * 1000,
        "answers_per_s": seen.answered / seen.seconds,
        "answers_per_cpu_s": seen.answered / used,
    }


def rows(folder: Path) -> list[Row]:
    """The rows of the table: G5 and G6 without sockets and storage around the model, G7 with the whole server."""
    with stage(folder) as made:
        half, full, delay = (asyncio.run(each(made)) for each in (half_load, full_load, loop_delay))
        acks = acks_beside_the_model(folder, made)
    full["whole_server_answers_per_cpu_s"] = acks["answers_per_cpu_s"]
    return [
        Row(
            "G5",
            "answer p99 at half of the batch capacity, over a single question's time",
            (Bound("", half["p99_over_single"], 10, 5, "x", lower=True),),
            half,
        ),
        Row(
            "G6",
            "answers a second over the embedder alone in a tight batch loop, same threads",
            (Bound("", full["over_embedder"], 0.70, 0.85, "x"),),
            full,
        ),
        Row(
            "G7",
            "time to the ack while the embedder is saturated",
            (Bound("p99", acks["ack_p99_ms"], 100, 30, " ms", lower=True),),
            acks | {f"loop_{name}": value for name, value in delay.items()},
        ),
    ]


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made_in:
        for row in rows(Path(made_in)):
            print(row.number, row.bounds[0], row.verdict, json.dumps(row.details, indent=1))

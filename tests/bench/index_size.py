"""How many vectors an index holds, of which kind it is, what it finds of what it should, and what that costs.

python -m tests.bench.index_size [UNITS ...]: 10,000 to 200,000 units without any; a million takes 4 GB and, with
--no-graph, three minutes of one core. Vectors lie in clusters around those of the demo's own units with noise, so they
are no real articles; the questions are the demo's. Every kind is compared with all products, by the time of its own
thread.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markdown import Markdown

from bot.demo import FOLDER
from knowledge_base import index
from knowledge_base.centring import mean_vectors
from knowledge_base.embedder import clean, open_embedder
from knowledge_base.index import VectorIndex, faiss
from knowledge_base.passages import units_of
from knowledge_base.ranking import centred
from tests.bench import many_articles
from tests.bench.report import quantile

Rows = NDArray[np.float32]
Search = Callable[[Rows], NDArray[np.int64]]

SIZES = (10_000, 50_000, 200_000)
COUNT = 128  # as many as a search asks for
TOP = 10
QUESTIONS = 200


def rows_around(real: Rows, count: int, seed: int = 1) -> Rows:
    """`count` unit rows: an article's five lie together, each around a true unit."""
    chance = np.random.default_rng(seed)
    rows = np.empty((count, real.shape[1]), np.float32)
    for start in range(0, count, 5):
        size = min(5, count - start)
        origin = int(chance.integers(len(real)))
        near = real[(origin + np.arange(size)) % len(real)]
        shared = many_articles.noise(chance, 1, real.shape[1], many_articles.ARTICLE_NOISE)
        rows[start : start + size] = (
            near + shared + many_articles.noise(chance, size, real.shape[1], many_articles.UNIT_NOISE)
        )
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def measured(name: str, build: Callable[[], Search], questions: Rows, true: list[set[int]] | None) -> dict[str, Any]:
    """One kind: seconds and memory to build it, milliseconds of a question, share of the true ten that it finds."""
    before, began = _resident_mb(), time.thread_time()
    search = build()
    built, memory = time.thread_time() - began, _resident_mb() - before
    took, found = [], []
    for question in questions:
        began = time.thread_time()
        numbers = search(question[None, :])
        took.append((time.thread_time() - began) * 1000)
        found.append(set(numbers[0, :TOP].tolist()))
    recall = 1.0 if true is None else float(np.mean([len(a & b) / TOP for a, b in zip(found, true, strict=True)]))
    return {
        "kind": name,
        "recall": recall,
        "p50_ms": quantile(took, 0.5),
        "p95_ms": quantile(took, 0.95),
        "build_s": built,
        "memory_mb": memory,
        "found": found,
    }


def kinds(rows: Rows) -> dict[str, Callable[[], Search]]:
    """Ours (chosen by size), and the two that it was chosen from."""

    def exact() -> Search:
        flat = faiss.IndexFlatIP(rows.shape[1])
        flat.add(rows)
        return lambda question: flat.search(question, COUNT)[1]  # type: ignore[no-any-return]

    def ours() -> Search:
        made = VectorIndex(rows)
        return lambda question: made.search(question, COUNT)[1]

    def graph() -> Search:
        made = faiss.IndexHNSWSQ(rows.shape[1], faiss.ScalarQuantizer.QT_8bit, 32, faiss.METRIC_INNER_PRODUCT)
        made.hnsw.efConstruction, made.hnsw.efSearch = 80, 256
        made.train(rows[:20_000])
        made.add(rows)
        return lambda question: made.search(question, COUNT)[1]  # type: ignore[no-any-return]

    cells = "cells" if len(rows) > index.EXACT_ROWS else "exact"
    return {"all compared": exact, f"VectorIndex ({cells})": ours, "HNSW, 32 links": graph}


def _resident_mb() -> float:
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1000


def markdown(results: list[dict[str, Any]]) -> str:
    lines = ["| Units | Index | Recall@10 | p50 ms | p95 ms | Build s | MB |", "|---|---|---|---|---|---|---|"]
    lines += [
        f"| {each['units']:,} | {each['kind']} | {each['recall']:.3f} | {each['p50_ms']:.2f} | {each['p95_ms']:.2f} "
        f"| {each['build_s']:.1f} | {each['memory_mb']:.0f} |"
        for each in results
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.bench.index_size", description=__doc__)
    options.add_argument("units", nargs="*", type=int, default=SIZES)
    options.add_argument("--no-graph", action="store_true", help="Leave out HNSW, whose building takes longest.")
    options.add_argument("--vectors", type=Path, help="*.npz with `units` and `questions`, to embed nothing here.")
    given = options.parse_args()
    faiss.omp_set_num_threads(1)
    if given.vectors:
        with np.load(given.vectors) as stored:
            real, questions = stored["units"], stored["questions"]
    else:
        real, questions = embedded()
    results: list[dict[str, Any]] = []
    for units in given.units:
        rows, true = rows_around(real, units), None
        for name, build in kinds(rows).items():
            if given.no_graph and name.startswith("HNSW"):
                continue
            result = measured(name, build, questions[:QUESTIONS], true)
            true = true or result["found"]
            del result["found"]
            results.append({"units": units, **result})
            print(json.dumps(results[-1]), flush=True)
    Console().print(Markdown(markdown(results)))


def embedded() -> tuple[Rows, Rows]:
    """Centred vectors of the demo's units and of its questions."""
    with tempfile.TemporaryDirectory() as folder:
        embedder = open_embedder("bundled", Path(folder), 1)
        pattern = many_articles.pattern(embedder)
        texts = [
            json.loads(line)["text"] for line in FOLDER.with_name("questions.jsonl").read_text("utf-8").splitlines()
        ]
        asked = embedder.encode([clean(text, 500) for text in texts[:QUESTIONS]], "query")
    means = mean_vectors(embedder)
    kinds = np.array([int(unit.kind == "passage") for document in pattern.documents for unit in units_of(document)])
    return centred(np.concatenate(pattern.vectors), means[kinds]), centred(asked, means[0])


if __name__ == "__main__":
    main()

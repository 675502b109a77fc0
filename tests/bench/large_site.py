"""A1 to A3: a site of 10,000 articles: what finding an answer costs, and how much memory the whole server takes.

The articles are made of the demo's and lie about its vectors (`many_articles`); model, index and server are real.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.demo import FOLDER as DEMO
from knowledge_base import finding, publishing, versions
from knowledge_base.drafting import Draft
from knowledge_base.embedder import Embedder, clean, open_embedder
from knowledge_base.model.layout import E5_SMALL, FOLDER, PIECES_FILE
from knowledge_base.model.pieces import Pieces
from knowledge_base.model.text import prompted
from knowledge_base.passages import Document
from knowledge_base.search import KnowledgeBase
from runtime.db import Database, Tx
from tests.bench import many_articles
from tests.bench.job import Job
from tests.bench.load import generate
from tests.bench.many_articles import Vectors
from tests.bench.report import Bound, Row, quantile
from tests.bench.server import Target, serving
from tests.server import prepare

ARTICLES = 10_000
USUAL_TOKENS = range(18, 21)
TOGETHER = 500  # articles in one transaction
CUSTOMERS = 16
ASKING_S = 20.0
# What a start leaves free is given back when the index is first looked after.
SETTLED_S = publishing.COMPARE_EVERY_S + 5


def questions() -> list[tuple[str, str]]:
    """The demo's: (text, language)."""
    lines = DEMO.with_name("questions.jsonl").read_text("utf-8").splitlines()
    return [(clean(row["text"], 500), row["lang"]) for row in map(json.loads, lines)]


def publish(folder: Path, documents: list[Document], vectors: dict[str, Vectors], model: str) -> None:
    """The articles as if they had been imported, with their vectors, in the database of a prepared folder."""

    def some(tx: Tx, part: list[Document]) -> None:
        for each in part:
            draft = Draft(each.title, each.questions, each.body)
            versions.publish_imported(tx, each.root, each.language, draft, model, vectors[each.id], "bench")

    db = Database(f"sqlite:///{folder / 'svardesk.sqlite3'}")
    for start in range(0, len(documents), TOGETHER):
        db.write_now(some, documents[start : start + TOGETHER])
    db.engine.dispose()


def tokens_of(texts: Sequence[str], model_folder: Path) -> list[int]:
    """How many the model reads of each question, its prompt, begin and end among them."""
    pieces = Pieces(model_folder / FOLDER / PIECES_FILE, E5_SMALL.positions)
    return [len(pieces.numbers(prompted(text, "query"))) for text in texts]


def found(knowledge: KnowledgeBase, embedder: Embedder, tokens: Sequence[int]) -> dict[str, Any]:
    """CPU time of each part for each question, on one thread: embedded, found, and both; of all, and of those of about
    19 `tokens`.
    """
    asked = questions()
    for text, language in asked[:20]:  # the first ones are slower
        knowledge.search(text, language)
    embedded, ranked = [], []
    for text, language in asked:
        began = time.thread_time()
        vector = embedder.encode([text], "query")[0]
        between = time.thread_time()
        knowledge.find(text, vector, language)
        embedded.append((between - began) * 1000)
        ranked.append((time.thread_time() - between) * 1000)
    both = [first + second for first, second in zip(embedded, ranked, strict=True)]
    usual = [took for took, length in zip(both, tokens, strict=True) if length in USUAL_TOKENS]
    parts = {"model": embedded, "find": ranked, "both": both, "usual": usual}
    counts = {"tokens_p50": quantile(tokens, 0.5), "tokens_mean": sum(tokens) / len(tokens), "usual": len(usual)}
    return counts | {
        f"{name}_p{share}_ms": quantile(took, share / 100) for name, took in parts.items() for share in (50, 95)
    }


def missed(knowledge: KnowledgeBase, embedder: Embedder) -> dict[str, Any]:
    """Questions with another five than when every article is compared; a gap of rounding may turn two about."""
    asked = [(text, embedder.encode([text], "query")[0], language) for text, language in questions()]
    quick = [knowledge.find(*each) for each in asked]
    with pytest.MonkeyPatch.context() as everything:
        everything.setattr(finding, "_ALL_CANDIDATES", ARTICLES)
        every = [knowledge.find(*each) for each in asked]
    others = [
        [hit.document.id for hit in a] != [hit.document.id for hit in b] for a, b in zip(quick, every, strict=True)
    ]
    return {"questions": len(asked), "with_other_five": sum(others)}


def memory(target: Target) -> dict[str, Any]:
    """Resident memory in MB, idle and after questions; a customer asks again as soon as there is an answer."""
    time.sleep(SETTLED_S)
    idle = target.memory_kb / 1000
    job = Job("ask", target.port, target.path, target.origin, CUSTOMERS, ASKING_S, unique=True)
    seen, _ = generate(job, target.pids, core=None)
    return {"idle_mb": idle, "asked_mb": target.memory_kb / 1000, "questions": seen.answered}


def rows(folder: Path) -> list[Row]:
    embedder = open_embedder("bundled", folder / "model", 1)
    pattern = many_articles.pattern(embedder)
    documents = many_articles.articles(pattern, ARTICLES)
    vectors = many_articles.vectors_of(pattern, documents)
    fresh = open_embedder("bundled", folder / "model", 1)  # which remembers none of the articles' words
    knowledge = KnowledgeBase(fresh)
    began = time.process_time()
    knowledge.replace(documents, vectors)
    details: dict[str, Any] = {"units": knowledge.size[1], "build_s": time.process_time() - began}
    tokens = tokens_of([text for text, _ in questions()], folder / "model")
    details |= found(knowledge, fresh, tokens) | missed(knowledge, fresh)
    del knowledge
    home = folder / "site"
    prepare(home, articles=0)
    publish(home, documents, vectors, embedder.name)
    (folder / "model").rename(home / "model")
    with serving(home, core=None, prepared=True, stub=False) as target:
        held = memory(target)
    cost = (
        Bound("p50", details["both_p50_ms"], 30, 15, " ms", lower=True),
        Bound("p95", details["both_p95_ms"], 60, 40, " ms", lower=True),
    )
    usual = (
        Bound("p50", details["usual_p50_ms"], 30, 15, " ms", lower=True),
        Bound("p95", details["usual_p95_ms"], 60, 40, " ms", lower=True),
    )
    whole = (
        Bound("idle", held["idle_mb"], 800, 600, " MB", lower=True),
        Bound("after questions", held["asked_mb"], 800, 600, " MB", lower=True),
    )
    return [
        Row("A1", "a question embedded and its answer found among 10,000 articles, CPU time", cost, details),
        Row("A2", "the same, of the questions of 18 to 20 tokens alone", usual, details),
        Row("A3", "memory of the whole server with its model and 10,000 articles", whole, held),
    ]


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made_in:
        for row in rows(Path(made_in)):
            print(row.number, *map(str, row.bounds), row.verdict, json.dumps(row.details, indent=1))

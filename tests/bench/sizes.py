"""What docs/scaling.md counts with: a question's rows and bytes in SQLite, and the memory of a unit in the index.

python -m tests.bench.sizes: 2,000 questions of 95 characters in chats of four, with answers of 240 and five candidates
each; 1,000 and 10,000 articles (`many_articles`), a minute or two with the bundled model.
"""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path

import sqlalchemy as sa

from conversation import log
from conversation.events import Answered, Decided, Source
from conversation.log import Logged
from knowledge_base.embedder import open_embedder
from knowledge_base.search import KnowledgeBase
from runtime.db import Tx
from runtime.memory import give_back
from runtime.watching import PAGES
from tests.bench import many_articles
from tests.shop import Shop, new_database

QUESTIONS, TOGETHER = 2_000, 4
WORDS = "Jeg bestilte et telt i sidste uge og vil gerne vide, hvornår det bliver leveret hjem til mig her."[:95]
ANSWER = ("Vi leverer på to til fire hverdage. Du får en besked med et link, så snart pakken er på vej. " * 3)[:240]
# As long as `bot.answers.explain` lets them be.
HITS = tuple(
    {
        "article": f"delivery-times-{n}",
        "language": "da",
        "title": "Leveringstid",
        "certainty": 0.8123,
        "score": 0.7654,
        "matched": ANSWER[:80],
        "passage": (ANSWER * 2)[:300],
    }
    for n in range(5)
)


def question(folder: Path) -> tuple[float, float]:
    """(rows, bytes) of one question with its answer, with its share of a chat and its customer."""
    shop = Shop(new_database(f"sqlite:///{folder / 'sizes.sqlite3'}"))
    before = _size(shop)
    source = Source("delivery-times", "Leveringstid", "/help/da/delivery-times", "da")
    for number in range(QUESTIONS):
        said = shop.say(f"{WORDS[:-5]}{number:05d}", token=f"{number // TOGETHER:043d}")
        shop.db.write_now(_answer, said, source)
    after = _size(shop)
    shop.db.engine.dispose()
    return (after[0] - before[0]) / QUESTIONS, (after[1] - before[1]) / QUESTIONS


def _answer(tx: Tx, said: Logged, source: Source) -> None:
    answered = Answered(said.seq, ANSWER, f"<p>{ANSWER}</p>", source, 0.9)
    log.append(tx, log.row_of(tx, said.conversation_id), (answered, Decided(said.seq, "answer", 0.8, HITS)))


def _size(shop: Shop) -> tuple[int, int]:
    with shop.db.engine.connect() as connection:
        names = ("visitor", "conversation", "entry")
        rows = sum(connection.scalars(sa.text(f"SELECT count(*) FROM {name}")).one() for name in names)  # noqa: S608
        size = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")]
    return rows, size[0] * size[1]


def unit(folder: Path) -> float:
    """Bytes of resident memory for each unit, from 1,000 to 10,000 articles."""
    embedder = open_embedder("bundled", folder / "model", 1)
    pattern = many_articles.pattern(embedder)
    found = []
    for count in (1_000, 10_000):
        documents = many_articles.articles(pattern, count)
        knowledge = KnowledgeBase(embedder)
        knowledge.replace(documents, many_articles.vectors_of(pattern, documents))
        del documents
        gc.collect()
        give_back()
        pages = int(Path(f"/proc/{os.getpid()}/statm").read_text().split()[1])
        found.append((pages * PAGES, knowledge.size[1]))
        del knowledge
    (small, few), (large, many) = found
    return (large - small) / (many - few)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made_in:
        rows, size = question(Path(made_in))
        print(f"a question with its answer: {rows:.2f} rows, {size / 1000:.1f} kB", flush=True)
        print(f"a unit in the index: {unit(Path(made_in)) / 1000:.1f} kB")

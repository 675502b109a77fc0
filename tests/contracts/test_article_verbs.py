"""What the verbs of the knowledge base promise, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import SQLModel

from knowledge_base import articles, catalogue, versions
from knowledge_base.articles import EditedElsewhere, Edition
from knowledge_base.drafting import draft_of
from knowledge_base.intake import Item, read_documents
from knowledge_base.publishing import Imported, import_documents, load_library
from runtime.bus import LocalBus, Notice
from runtime.db import Database, Tx
from runtime.errors import AppError, NotFound
from tests.embedders import HashEmbedder

MODEL = HashEmbedder.name


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    db = Database(database_url, LocalBus())
    SQLModel.metadata.create_all(db.engine)
    yield db
    db.engine.dispose()


@pytest.fixture
def others(database_url: str, db: Database) -> Iterator[list[Database]]:
    """Four more programs on the same database."""
    found = [Database(database_url) for _ in range(4)]
    yield found
    for each in found:
        each.engine.dispose()


def create(tx: Tx, title: str = "Retur", language: str = "da", body: str = "60 dage.") -> Edition:
    return articles.create(tx, language, title, ["sende tilbage"], body, "Synne")


def publish(db: Database, article: str, language: str = "da", revision: int = 1) -> Edition:
    document = db.read_now(versions.to_publish, article, language, revision)
    vectors = HashEmbedder().encode([document.title] * 3, "query")
    return db.write_now(versions.publish, article, language, revision, MODEL, vectors, "Synne")


def item(article: str, body: str, **changes: str) -> Item:
    draft = draft_of("En titel", ["et spørgsmål"], body)
    return Item(article, "da", draft, changes.get("audience"), changes.get("action"), "kb.jsonl, line 1")


def run(db: Database, *items: Item) -> Imported:
    return import_documents(db, HashEmbedder(), items, "import")


def test_only_what_is_published_is_given_to_the_bot(db: Database) -> None:
    heard: list[Notice] = []
    assert db.bus is not None
    db.bus.listen(heard.extend)
    db.write_now(create)
    assert db.read_now(articles.published, "retur", "da") is None
    assert heard == []
    publish(db, "retur")
    found = db.read_now(articles.published, "retur", "da")
    assert found is not None
    assert (found.title, found.body, found.version, found.action) == ("Retur", "60 dage.", 1, "")
    assert heard == [Notice("article", "retur.da", 1)]
    db.write_now(articles.save_draft, "retur", "da", "Retur", [], "Andet.", 1, "Kim")
    found = db.read_now(articles.published, "retur", "da")
    assert found is not None
    assert found.body == "60 dage."
    db.write_now(versions.archive, "retur", "da", "Kim")
    assert db.read_now(articles.published, "retur", "da") is None
    assert db.read_now(articles.published, "retur\0", "da") is None
    assert heard[-1] == Notice("article", "retur.da", 0)


def test_vectors_come_back_as_they_were_and_belong_to_one_model(db: Database) -> None:
    db.write_now(create)
    publish(db, "retur")
    (entry,) = db.read_now(versions.entries, MODEL)
    assert entry.vectors is not None
    np.testing.assert_array_equal(entry.vectors, HashEmbedder().encode(["Retur"] * 3, "query"))
    assert (entry.document.id, entry.document.root, entry.version) == ("retur.da", "retur", 1)
    (other,) = db.read_now(versions.entries, "another model", ["retur.da", "unknown.da"])
    assert other.vectors is None
    assert db.write_now(versions.store_vectors, "retur.da", 1, "x" * 300, entry.vectors)
    assert db.read_now(versions.entries, "x" * 300)[0].vectors is not None
    assert not db.write_now(versions.store_vectors, "retur.da", 7, MODEL, entry.vectors)
    assert db.read_now(versions.published_state) == {"retur.da": (1, "public")}


def test_one_of_two_who_save_at_once_is_told(others: list[Database], db: Database) -> None:
    db.write_now(create)

    def save(number: int) -> str:
        try:
            others[number].write_now(articles.save_draft, "retur", "da", f"T{number}", [], "", 1, f"person {number}")
        except EditedElsewhere as error:
            return str(error.details["by"])
        return "saved"

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(save, range(4)))
    winner = db.read_now(articles.edition, "retur", "da")
    assert outcomes.count("saved") == 1
    assert sorted(set(outcomes)) == sorted({winner.updated_by, "saved"})
    assert winner.revision == 2


def test_articles_made_at_once_from_one_title_get_ids_of_their_own(others: list[Database], db: Database) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda each: each.write_now(create).article, others))
    assert sorted(made) == ["retur", "retur-2", "retur-3", "retur-4"]


def test_a_fault_leaves_nothing_behind(db: Database) -> None:
    with pytest.raises(AppError):
        db.write_now(articles.create, "da", "x" * 300, [], "", "Synne")
    assert db.read_now(catalogue.articles) == ([], None)
    with pytest.raises(NotFound):
        db.write_now(versions.archive, "no\0thing", "da", "Synne")


def test_importing_again_publishes_only_what_changed(db: Database) -> None:
    first = run(db, item("a", "et"), item("b", "to"))
    assert first == Imported(("a.da", "b.da"), (), ())
    assert run(db, item("a", "et"), item("b", "to!")) == Imported(("b.da",), ("a.da",), ())
    assert [each.version for each in db.read_now(versions.versions, "a", "da")] == [1]
    assert [each.body for each in db.read_now(versions.versions, "b", "da")] == ["to!", "to"]
    assert load_library(db, HashEmbedder()).size == (2, 6)


def test_importing_loses_nobody_s_unpublished_edits(db: Database) -> None:
    run(db, item("a", "et"), item("b", "et"))
    db.write_now(articles.save_draft, "a", "da", "En titel", [], "hendes", 1, "Synne")
    db.write_now(articles.create, "da", "Kladde", [], "hendes", "Synne", "c")
    db.write_now(versions.archive, "b", "da", "Synne")
    assert run(db, item("a", "to"), item("b", "et"), item("c", "to")) == Imported((), ("b.da",), ("a.da", "c.da"))
    assert db.read_now(articles.edition, "a", "da").draft.body == "hendes"
    assert db.read_now(articles.published, "b", "da") is None
    assert run(db, item("b", "to")).published == ("b.da",)


def test_importing_sets_audience_and_action_where_the_file_says_them(db: Database) -> None:
    run(db, item("a", "et", audience="internal", action="action_x"))
    found = db.read_now(articles.article_of, "a")
    assert (found.audience, found.action) == ("internal", "action_x")
    assert run(db, item("a", "et")).unchanged == ("a.da",)
    assert db.read_now(articles.article_of, "a").audience == "internal"
    run(db, item("a", "et", audience="public"))
    assert db.read_now(articles.article_of, "a").audience == "public"


def test_vectors_that_are_missing_are_made_by_commands_too(db: Database) -> None:
    run(db, item("a", "et"))
    told: list[tuple[int, int]] = []

    class Other(HashEmbedder):
        name = "other"

    assert load_library(db, Other(), lambda done, total: told.append((done, total))).size == (1, 3)
    assert told == [(1, 1)]
    load_library(db, Other(), lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]


def test_the_demo_articles_are_found_by_their_own_questions(db: Database) -> None:
    folder = Path(__file__).parent.parent.parent / "bot" / "demo" / "articles"
    reading = read_documents(folder)
    assert reading.faults == ()
    done: list[tuple[int, int]] = []
    wanted = [each for each in reading.items if each.language == "da"]
    import_documents(db, HashEmbedder(), wanted, "demo", lambda number, total: done.append((number, total)))
    assert done[-1] == (len(wanted), len(wanted))
    library = load_library(db, HashEmbedder())
    for each in wanted[:10]:
        assert library.search(each.draft.questions[0], "da")[0].document.root == each.article

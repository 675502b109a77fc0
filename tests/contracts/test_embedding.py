"""No text goes through the model twice: not after a kill, not for an edit, not where another article has it too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge_base import embedding, versions
from knowledge_base.drafting import draft_of
from knowledge_base.embedder import Kind
from knowledge_base.embedding import Text, encode_now, pieces
from knowledge_base.intake import Item
from knowledge_base.passages import Document, units_of
from knowledge_base.publishing import import_documents, load_library
from runtime.db import Database
from tests.embedders import HashEmbedder
from tests.shop import new_database

ROOT = Path(__file__).parents[2]
ARTICLES = 24


class ToldEmbedder(HashEmbedder):
    """Tells each text that it has read, and is slow enough to be killed on the way."""

    def __init__(self, told: Path | None = None) -> None:
        self.texts: list[str] = []
        self._told = told

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        rows = super().encode(texts, kind)
        self.texts += texts
        if self._told is not None:
            time.sleep(0.01)
            with self._told.open("a", encoding="utf-8") as file:
                file.writelines(f"{kind} {text}\n" for text in texts)
        return rows


def items() -> list[Item]:
    body = "\n\n".join(f"Afsnit {part} " + "om levering og retur " * 30 for part in range(4))
    return [
        Item(
            f"a{number}",
            "da",
            draft_of(f"Artikel {number}", (f"spørgsmål {number}",), f"{number} {body}"),
            None,
            None,
            "",
        )
        for number in range(ARTICLES)
    ]


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    db = new_database(database_url)
    yield db
    db.engine.dispose()


def document(name: str, *questions: str, body: str = "") -> Document:
    return Document(f"{name}.da", "da", f"Titel {name}", questions, body, root=name)


def test_an_import_that_was_killed_goes_on_where_it_was(db: Database, database_url: str, tmp_path: Path) -> None:
    told = tmp_path / "told"
    told.touch()
    script = [sys.executable, __file__, database_url, str(told)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(script, env=environment, cwd=ROOT)
    until = time.monotonic() + 60
    while told.read_text("utf-8").count("\n") < 40 and time.monotonic() < until:
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = told.read_text("utf-8").splitlines()
    stored = {
        digest
        for start in range(ARTICLES)
        for digest in db.read_now(embedding.look_up, "hash-64-1", 64, items_document(start)).known
    }
    on_its_way = [line for line in before if Text(*line.split(" ", 1)).digest not in stored]  # type: ignore[arg-type]
    subprocess.run(script, env=environment, cwd=ROOT, check=True)
    after = told.read_text("utf-8").splitlines()[len(before) :]
    assert len(before) >= 40
    assert len(on_its_way) <= 2, "one piece, which the kill may have met before it was stored"
    assert set(before) & set(after) <= set(on_its_way)
    assert len(set(after)) == len(after)
    wanted = {f"{kind} {words}" for number in range(ARTICLES) for kind, words in texts_of(number)}
    assert {*before, *after} == wanted
    embedder = ToldEmbedder()
    assert load_library(db, embedder).size[0] == ARTICLES
    assert not wanted & {f"{kind} {text}" for text in embedder.texts for kind in ("query", "passage")}


def texts_of(number: int) -> list[Text]:
    return [embedding.text_of(unit) for unit in units_of(items_document(number))]


def items_document(number: int) -> Document:
    item = items()[number]
    return versions.document_of(item.article, item.language, item.draft, "public")


def test_a_text_of_another_article_or_of_the_version_before_is_not_read_again(db: Database) -> None:
    embedder = ToldEmbedder()
    first = encode_now(db, embedder, document("a", "Hvor er min pakke?", body="Følg **linket**."))
    assert embedder.texts == ["Titel a", "Hvor er min pakke?", "Følg linket."]
    embedder.texts.clear()
    again = encode_now(db, embedder, document("b", "Hvor er min pakke?", "Hvor er min pakke?", body="Følg linket."))
    assert embedder.texts == ["Titel b"]
    np.testing.assert_array_equal(again[1:], first[[1, 1, 2]])
    embedder.texts.clear()
    encode_now(db, embedder, document("c", "Følg linket."))
    assert embedder.texts == ["Titel c", "Følg linket."], "as a question it is another text than as a passage"


def test_what_is_published_needs_no_other_memory(db: Database) -> None:
    embedder = ToldEmbedder()
    import_documents(db, embedder, [Item("a", "da", draft_of("Titel", ("et", "to"), "Tekst."), None, None, "")], "x")
    assert db.write_now(forget_all) == 4
    embedder.texts.clear()
    encode_now(db, embedder, Document("a.da", "da", "Titel", ("to", "tre"), "Tekst.", root="a"))
    assert embedder.texts == ["tre"]


def forget_all(tx: embedding.Tx) -> int:
    tx.now += embedding.KEPT_MS + 1
    return embedding.forget_old(tx)


def test_a_text_is_forgotten_after_a_while_and_not_before(db: Database) -> None:
    embedder = ToldEmbedder()
    encode_now(db, embedder, document("a"))
    assert db.write_now(embedding.forget_old) == 0
    assert db.write_now(forget_all) == 1
    encode_now(db, embedder, document("a"))
    assert embedder.texts == ["Titel a"] * 2


def test_vectors_of_another_model_are_not_taken(db: Database) -> None:
    class Other(ToldEmbedder):
        name = "other"

    encode_now(db, ToldEmbedder(), document("a"))
    other = Other()
    encode_now(db, other, document("a"))
    assert other.texts == ["Titel a"]


def test_pieces_are_of_one_kind_and_short() -> None:
    texts = [Text("query", "x" * 500), Text("query", "y" * 400), Text("query", "z"), Text("passage", "p" * 2000)]
    assert list(pieces([*texts, Text("passage", "q")])) == [texts[:2], texts[2:3], texts[3:], [Text("passage", "q")]]
    assert list(pieces([])) == []


if __name__ == "__main__":
    import_documents(Database(sys.argv[1]), ToldEmbedder(Path(sys.argv[2])), items(), "import")

"""The knowledge base finds, prefers the customer's language, keeps audiences apart, and changes without a seam."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge_base import snapshot
from knowledge_base.centring import encoded_means, mean_vectors
from knowledge_base.embedder import Kind
from knowledge_base.passages import Document, units_of
from knowledge_base.search import KnowledgeBase
from tests.embedders import HashEmbedder

PARCEL = Document(
    "parcel.da",
    "da",
    "Hvor er min pakke?",
    ("Følg pakken",),
    "Se sporing.\n\n## Forsinket\n\nVent et døgn.",
    root="parcel",
)
PARCEL_EN = Document("parcel.en", "en", "Where is my parcel?", (), "See tracking.", root="parcel")
RETURNS = Document("returns.da", "da", "Hvordan returnerer jeg?", (), "Brug labelen i pakken.", root="returns")
SECRET = Document("secret.da", "da", "Hvor er min pakke, internt", (), "Ring til lageret.", audience="internal")


class CountingEmbedder(HashEmbedder):
    def __init__(self) -> None:
        self.texts: list[tuple[str, Kind]] = []

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        self.texts.extend((text, kind) for text in texts)
        return super().encode(texts, kind)


@pytest.fixture
def knowledge() -> KnowledgeBase:
    knowledge = KnowledgeBase(HashEmbedder())
    knowledge.replace([PARCEL, PARCEL_EN, RETURNS, SECRET])
    return knowledge


def ids(knowledge: KnowledgeBase, question: str, language: str | None = "da", **options: object) -> list[str]:
    return [hit.document.id for hit in knowledge.search(question, language, **options)]  # type: ignore[arg-type]


def test_the_article_that_says_it_comes_first_with_what_matched(knowledge: KnowledgeBase) -> None:
    first, second = knowledge.search("hvor er min pakke", "da")
    assert (first.document, second.document) == (PARCEL, RETURNS)
    assert first.matched == "Hvor er min pakke?"
    assert first.score > second.score
    assert first.certainty > second.certainty
    assert first.features.margin > 0 > second.features.margin


def test_the_best_passage_comes_with_its_anchor(knowledge: KnowledgeBase) -> None:
    hit = knowledge.search("forsinket vent et døgn", "da")[0]
    assert (hit.passage, hit.anchor) == ("## Forsinket\n\nVent et døgn.", "forsinket")


@pytest.mark.parametrize(
    ("language", "shown"),
    [("da", "parcel.da"), ("en", "parcel.en"), ("sv", "parcel.da"), ("nn", "parcel.da"), ("fi", "parcel.en")],
)
def test_one_hit_per_article_in_the_nearest_language(knowledge: KnowledgeBase, language: str, shown: str) -> None:
    found = ids(knowledge, "hvor er min pakke", language)
    assert found[0] == shown
    assert len(found) == 2


def test_unknown_language_shows_the_version_that_matched(knowledge: KnowledgeBase) -> None:
    assert ids(knowledge, "where is my parcel", None)[0] == "parcel.en"
    assert ids(knowledge, "hvor er min pakke", None)[0] == "parcel.da"


def test_exact_norwegian_is_preferred_to_the_other() -> None:
    knowledge = KnowledgeBase(HashEmbedder())
    knowledge.replace([Document(f"a.{tag}", tag, "Kor er pakken?", (), "", root="a") for tag in ("nb", "nn", "da")])
    assert ids(knowledge, "kor er pakken", "nn") == ["a.nn"]
    assert ids(knowledge, "kor er pakken", "nb") == ["a.nb"]


def test_audiences_are_kept_apart_in_search(knowledge: KnowledgeBase) -> None:
    question = "Hvor er min pakke, internt"
    assert "secret.da" not in ids(knowledge, question)
    assert ids(knowledge, question, audiences=frozenset({"public", "internal"}))[0] == "secret.da"
    assert ids(knowledge, question, audiences=frozenset({"internal"})) == ["secret.da"]
    assert ids(knowledge, question, audiences=frozenset()) == []


def test_a_version_for_others_is_not_shown_in_its_language() -> None:
    knowledge = KnowledgeBase(HashEmbedder())
    hidden = Document("a.sv", "sv", "Var är paketet?", (), "", audience="internal", root="a")
    knowledge.replace([Document("a.da", "da", "Hvor er pakken?", (), "", root="a"), hidden])
    assert ids(knowledge, "var är paketet", "sv") == ["a.da"]


@pytest.mark.parametrize("question", ["", "  \n", "\0", "\u200b?"])
def test_blank_question_finds_nothing_or_something_but_does_not_fail(knowledge: KnowledgeBase, question: str) -> None:
    assert len(knowledge.search(question, "da")) in {0, 2}


def test_hostile_question_is_met(knowledge: KnowledgeBase) -> None:
    for question in ("\ufdfa" * 1000, "\ud800 pakke", "x" * 100_000):
        assert all(0 <= hit.certainty <= 1 for hit in knowledge.search(question, "da"))


def test_empty_knowledge_base_finds_nothing() -> None:
    knowledge = KnowledgeBase(HashEmbedder())
    assert knowledge.search("hej", "da") == []
    knowledge.replace([Document("a", "da", "", (), "")])
    assert knowledge.size == (1, 0)
    assert knowledge.search("hej", "da") == []


def test_limit_counts_articles(knowledge: KnowledgeBase) -> None:
    assert len(ids(knowledge, "pakke", limit=1)) == 1


def test_replace_embeds_only_what_has_no_vectors_and_tells_progress() -> None:
    embedder = CountingEmbedder()
    knowledge = KnowledgeBase(embedder)
    embedder.texts.clear()
    steps: list[tuple[int, int]] = []
    stored = {"returns.da": HashEmbedder().encode(["a", "b"], "query")}
    fresh = knowledge.replace([PARCEL, RETURNS], stored, progress=lambda done, total: steps.append((done, total)))
    assert list(fresh) == ["parcel.da"]
    assert embedder.texts == [
        ("Hvor er min pakke?", "query"),
        ("Følg pakken", "query"),
        ("Se sporing.", "passage"),
        ("Forsinket Vent et døgn.", "passage"),
    ]
    assert steps == [(2, 4), (4, 4)]
    assert knowledge.size == (2, 6)


def test_vectors_come_back_in_the_order_of_the_units() -> None:
    knowledge = KnowledgeBase(HashEmbedder())
    fresh = knowledge.replace([PARCEL, Document("leer", "da", "", (), ""), RETURNS])
    assert {name: len(rows) for name, rows in fresh.items()} == {"parcel.da": 4, "leer": 0, "returns.da": 2}
    assert fresh["parcel.da"] == pytest.approx(knowledge.encode(PARCEL))
    assert len(units_of(PARCEL)) == 4


@pytest.mark.parametrize("order", [[PARCEL, RETURNS, PARCEL_EN], [PARCEL_EN, PARCEL, RETURNS]])
def test_put_and_remove_end_where_replace_would(order: list[Document]) -> None:
    built, grown = KnowledgeBase(HashEmbedder()), KnowledgeBase(HashEmbedder())
    built.replace(order)
    grown.replace([SECRET, Document("returns.da", "da", "Gammel titel", ("pakke pakke",), "Gammelt")])
    grown.put(order[0])
    grown.remove("secret.da")
    for document in order[1:]:
        grown.put(document)
    grown.put(order[0], grown.encode(order[0]))
    assert grown.size == built.size
    for question in ("hvor er min pakke", "returnere", "where is my parcel"):
        expected = built.search(question, "da")
        found = grown.search(question, "da")
        assert [hit.document for hit in found] == [hit.document for hit in expected]
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-5)


@pytest.mark.parametrize("few", [0, 30, 10_000])
def test_many_changes_end_where_replace_would(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """`few`: tidied after each change, sometimes, never. Old ids, new roots, other audiences."""
    monkeypatch.setattr(snapshot, "_FEW_ROWS", few)
    monkeypatch.setattr(snapshot, "_METRIC_LAG", 1_000_000)  # anew after every change, as `replace` does
    chance = random.Random(few)  # noqa: S311
    names = ["pakke", "retur", "faktura", "kort", "tid"]

    def anything(name: str) -> Document:
        questions = tuple(" ".join(chance.choices(names, k=3)) for _ in range(chance.randint(0, 3)))
        title = f"{chance.choice(names)} {name} {chance.randint(0, 99)}"
        audience = chance.choice(["public", "public", "internal"])
        body = chance.choice(["", "Noget.\n\n## Mere\n\nEndnu noget."])
        return Document(name, "da", title, questions, body, audience, chance.choice(["", f"r{chance.randint(0, 40)}"]))

    documents = {name: anything(name) for name in (f"d{number}" for number in range(70))}
    knowledge, built = KnowledgeBase(HashEmbedder()), KnowledgeBase(HashEmbedder())
    knowledge.replace(list(documents.values()))
    for step in range(90):
        name = f"d{chance.randint(0, 90)}"
        if chance.random() < 0.3:
            documents.pop(name, None)
            knowledge.remove(name)
        else:
            documents[name] = anything(name)
            knowledge.put(documents[name])
        if knowledge.is_untidy:
            knowledge.tidy()
            assert not knowledge.is_untidy
        if step % 15 == 0:
            built.replace(list(documents.values()))
            assert knowledge.size == built.size
            for question in ("pakke d7", "retur faktura", "mere endnu"):
                for audiences in (frozenset({"public"}), frozenset({"internal"}), frozenset({"public", "internal"})):
                    found = knowledge.search(question, "da", 20, audiences)
                    expected = built.search(question, "da", 20, audiences)
                    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-5)
                    assert [hit.certainty for hit in found] == pytest.approx(
                        [hit.certainty for hit in expected], abs=1e-4
                    )
                    assert {hit.document.audience for hit in found} <= audiences
                    assert all(documents[hit.document.id] == hit.document for hit in found)


def test_the_metric_is_left_alone_until_one_unit_in_sixteen_has_changed() -> None:
    knowledge = KnowledgeBase(HashEmbedder())
    knowledge.replace(
        [Document(f"d{number}", "da", f"Titel {number}", (f"Noget {number}",), "") for number in range(40)]
    )

    def metric() -> object:
        state = knowledge.state
        assert isinstance(state, snapshot.Snapshot)
        return state.metric

    first = metric()
    knowledge.put(Document("d0", "da", "Andet 0", ("Mere 0",), ""))  # two units go, two come, of eighty
    assert metric() is first
    knowledge.put(Document("d1", "da", "Andet 1", ("Mere 1",), ""))
    assert metric() is not first


def test_what_changes_while_all_is_laid_anew_is_there_afterwards(
    knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = snapshot.tidied

    def busy(before: snapshot.Snapshot) -> snapshot.Snapshot:
        after = plain(before)
        knowledge.put(Document("gift.da", "da", "Gavekort", (), "Gælder i tre år."))
        knowledge.remove("returns.da")
        assert ids(knowledge, "gavekort")[0] == "gift.da", "nobody waits"
        return after

    monkeypatch.setattr(snapshot, "tidied", busy)
    knowledge.tidy()
    assert ids(knowledge, "gavekort")[0] == "gift.da"
    assert "returns.da" not in ids(knowledge, "returnerer")
    assert knowledge.size == (4, 10)


def test_a_tidier_state_of_documents_that_were_replaced_is_dropped(
    knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = snapshot.tidied

    def late(before: snapshot.Snapshot) -> snapshot.Snapshot:
        knowledge.replace([RETURNS])
        return plain(before)

    monkeypatch.setattr(snapshot, "tidied", late)
    knowledge.tidy()
    assert knowledge.size == (1, 2)


def test_put_is_found_at_once_and_remove_is_gone(knowledge: KnowledgeBase) -> None:
    knowledge.put(Document("gift.da", "da", "Gavekort", (), "Gælder i tre år."))
    assert ids(knowledge, "gavekort")[0] == "gift.da"
    knowledge.remove("gift.da")
    knowledge.remove("gift.da")
    assert "gift.da" not in ids(knowledge, "gavekort")


def test_what_is_refused_leaves_the_old_documents(knowledge: KnowledgeBase) -> None:
    with pytest.raises(ValueError, match="same id"):
        knowledge.replace([PARCEL, PARCEL])
    with pytest.raises(ValueError, match="need vectors of shape"):
        knowledge.put(RETURNS, np.zeros((2, 3), np.float32))
    with pytest.raises(ValueError, match="need vectors of shape"):
        knowledge.replace([RETURNS], {"returns.da": np.zeros((1, 64), np.float32)})
    assert ids(knowledge, "hvor er min pakke")[0] == "parcel.da"
    assert knowledge.size == (4, 10)


def test_searches_beside_writes_see_whole_states() -> None:
    knowledge = KnowledgeBase(HashEmbedder())
    old = [Document(f"old{number}", "da", f"Gammel {number}", (), "") for number in range(5)]
    new = [Document(f"new{number}", "da", f"Gammel {number}", ("mere",), "") for number in range(9)]
    knowledge.replace(old)
    faults: list[object] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                found = {hit.document.id[:3] for hit in knowledge.search("gammel", "da", limit=20)}
            except Exception as error:
                faults.append(error)
                return
            if len(found) != 1:
                faults.append(found)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(30):
        knowledge.replace(new)
        knowledge.replace(old)
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []


def test_two_writers_at_once_lose_nothing() -> None:
    knowledge = KnowledgeBase(HashEmbedder())

    def write(name: str) -> None:
        for number in range(15):
            knowledge.put(Document(f"{name}{number}", "da", f"{name} {number}", (), ""))

    threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert knowledge.size == (45, 45)


def test_many_articles_are_cut_to_candidates_without_losing_the_best() -> None:
    knowledge = KnowledgeBase(HashEmbedder())
    names = [f"emne {number * 7919:x} og {number:b}" for number in range(400)]
    knowledge.replace([Document(f"d{number}", "da", name, (), "") for number, name in enumerate(names)])
    for number in (0, 57, 399):
        assert ids(knowledge, names[number], limit=3)[0] == f"d{number}"


def test_means_are_shipped_for_the_bundled_model_and_made_for_others() -> None:
    class Bundled(HashEmbedder):
        name = "multilingual-e5-small-mixed-1"

    shipped = mean_vectors(Bundled())
    assert shipped.shape == (2, 384)
    assert 0.8 < float(np.linalg.norm(shipped[0])) < 1
    assert mean_vectors(HashEmbedder()).tolist() == encoded_means(HashEmbedder()).tolist()

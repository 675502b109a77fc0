"""What is made quick finds what comparing everything finds: cells and candidates against all rows of all documents."""

from __future__ import annotations

import random

import numpy as np
import pytest

from knowledge_base import finding, index
from knowledge_base.index import VectorIndex
from knowledge_base.passages import Document
from knowledge_base.search import Hit, KnowledgeBase
from tests.embedders import HashEmbedder

NAMES = [
    "pakke",
    "retur",
    "faktura",
    "kort",
    "telt",
    "sok",
    "levering",
    "gavekort",
    "butik",
    "mail",
    "bytte",
    "pris",
    "konto",
    "ordre",
    "størrelse",
]


def anything(chance: random.Random, number: int) -> Document:
    def words(least: int, most: int) -> str:
        return " ".join(chance.choices(NAMES, k=chance.randint(least, most)))

    return Document(
        f"d{number}",
        chance.choice(["da", "da", "sv", "en"]),
        f"{words(1, 4)} {number}",
        tuple(words(2, 6) for _ in range(chance.randint(0, 3))),
        chance.choice(["", words(5, 20), f"{words(5, 20)}\n\n## {words(1, 2)}\n\n{words(5, 20)}"]),
        audience=chance.choice(["public", "public", "public", "internal"]),
        root=f"r{chance.randint(0, 450)}",
    )


def shown(hits: list[Hit]) -> list[tuple[str, str]]:
    return [(hit.document.root, hit.passage) for hit in hits]


@pytest.mark.parametrize("seed", range(2))
def test_a_search_finds_what_comparing_everything_finds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)  # noqa: S311
    documents = [anything(chance, number) for number in range(700)]
    plain = KnowledgeBase(HashEmbedder())
    plain.replace(documents)
    monkeypatch.setattr(index, "EXACT_ROWS", 200)
    quick = KnowledgeBase(HashEmbedder())
    quick.replace(documents)
    for number in range(60):
        question = f"{' '.join(chance.choices(NAMES, k=chance.randint(1, 5)))} {chance.randint(0, 700)}"
        language = chance.choice(["da", "sv", None])
        audiences = chance.choice([frozenset({"public"}), frozenset({"internal"}), frozenset({"public", "internal"})])
        found = quick.search(question, language, 3, audiences)
        with monkeypatch.context() as all_of_it:
            all_of_it.setattr(finding, "_ALL_CANDIDATES", 10_000)
            expected = plain.search(question, language, 3, audiences)
        assert shown(found) == shown(expected), number
        for hit, other in zip(found, expected, strict=True):
            assert (hit.score, hit.certainty) == pytest.approx((other.score, other.certainty), abs=1e-4)


def test_cells_find_nearly_all_of_the_nearest_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "EXACT_ROWS", 1_000)
    chance = np.random.default_rng(3)
    middles = chance.standard_normal((60, 32)).astype(np.float32)
    rows = np.repeat(middles, 100, axis=0) + 0.4 * chance.standard_normal((6_000, 32)).astype(np.float32)
    questions = middles + 0.4 * chance.standard_normal((60, 32)).astype(np.float32)
    made = VectorIndex(rows)
    for allowed in (None, chance.random(6_000) < 0.5):
        products, numbers = made.search(questions, 10, allowed)
        every = questions @ rows.T if allowed is None else np.where(allowed, questions @ rows.T, -np.inf)
        best = np.argsort(-every, axis=1)[:, :10]
        assert np.mean([len(set(a) & set(b)) / 10 for a, b in zip(numbers, best, strict=True)]) > 0.95
        assert products == pytest.approx(np.take_along_axis(every, numbers, axis=1), rel=1e-4, abs=1e-3)
        assert (np.diff(products, axis=1) <= 0).all()
        assert allowed is None or allowed[numbers].all()


def test_of_few_that_are_allowed_none_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "EXACT_ROWS", 100)
    chance = np.random.default_rng(4)
    rows = chance.standard_normal((2_000, 16)).astype(np.float32)
    allowed = np.zeros(2_000, np.bool_)
    allowed[chance.choice(2_000, 90, replace=False)] = True
    _, numbers = VectorIndex(rows).search(rows[:5], 90, allowed)
    assert [sorted(each) for each in numbers.tolist()] == [np.flatnonzero(allowed).tolist()] * 5


def test_rows_that_follow_cells_are_found_and_places_that_cells_leave_empty_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index, "EXACT_ROWS", 100)
    chance = np.random.default_rng(5)
    rows = chance.standard_normal((2_000, 16)).astype(np.float32)
    grown = VectorIndex(rows).followed(2 * rows[:3])
    _, numbers = grown.search(rows[:3], 1)
    assert numbers[:, 0].tolist() == [2_000, 2_001, 2_002]
    products, numbers = VectorIndex(rows).search(rows[:1], 1_999)
    empty = numbers[0] < 0
    assert 0 < empty.sum() < 1_999
    assert np.isneginf(products[0][empty]).all()
    assert empty[np.argmax(empty) :].all(), "they stand at the end"

"""Over many articles the same five are found as when everything is compared, before and after some have changed."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from bot.demo import FOLDER
from knowledge_base import finding, index, versions
from knowledge_base.intake import read_documents
from knowledge_base.passages import units_of
from knowledge_base.search import Hit, KnowledgeBase
from tests.bench.many_articles import Pattern, Vectors, articles, noise, vectors_of
from tests.embedders import HashEmbedder

ARTICLES = 800
DIMENSION = HashEmbedder.dimension


def vectors_about(chance: np.random.Generator, middle: Vectors, count: int) -> Vectors:
    """Unit rows about as far from the middle of their article as those of the demo are."""
    rows = middle + noise(chance, count, DIMENSION, 0.6)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


class Site:
    """Articles made of the demo's, in Danish and English, with vectors; and the demo's questions with theirs."""

    def __init__(self) -> None:
        chance = np.random.default_rng(1)
        items = [item for item in read_documents(FOLDER).items if item.language in {"da", "en"}]
        demo = [versions.document_of(item.article, item.language, item.draft, "public") for item in items]
        roots = sorted({document.root for document in demo})
        middles = dict(zip(roots, noise(chance, len(roots), DIMENSION, 1.0), strict=True))
        pattern = Pattern(
            demo, [vectors_about(chance, middles[document.root], len(units_of(document))) for document in demo]
        )
        self.documents = articles(pattern, ARTICLES)
        self.vectors = vectors_of(pattern, self.documents)
        lines = FOLDER.with_name("questions.jsonl").read_text("utf-8").splitlines()
        asked = [row for row in map(json.loads, lines) if row["lang"] in {"da", "en"} and row["gold"]]
        self.questions = [
            (row["text"], row["lang"], vectors_about(chance, middles[row["gold"][0]], 1)[0]) for row in asked
        ]

    def found(self, knowledge: KnowledgeBase) -> list[list[Hit]]:
        """Six, so that whoever is as good as the fifth is seen."""
        return [knowledge.find(text, vector, language, 6) for text, language, vector in self.questions]


def test_the_same_five_are_found_as_when_everything_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site()
    with monkeypatch.context() as exact:
        exact.setattr(index, "EXACT_ROWS", 100 * ARTICLES)
        exact.setattr(index, "NAMED_ROWS", 100 * ARTICLES)
        plain = KnowledgeBase(HashEmbedder())
        plain.replace(site.documents, site.vectors)
    monkeypatch.setattr(index, "EXACT_ROWS", 1_000)
    monkeypatch.setattr(index, "NAMED_ROWS", 300)
    quick = KnowledgeBase(HashEmbedder())
    quick.replace(site.documents, site.vectors)
    for changed in (False, True):
        if changed:
            for document in random.Random(2).sample(site.documents, 40):  # noqa: S311
                newer = replace(document, title=f"{document.title} igen")
                for knowledge in (plain, quick):
                    if len(document.title) % 3:
                        knowledge.put(newer, site.vectors[document.id])
                    else:
                        knowledge.remove(document.id)
        with monkeypatch.context() as everything:
            everything.setattr(finding, "_ALL_CANDIDATES", 100 * ARTICLES)
            expected = site.found(plain)
        tied = 0
        for (text, *_), hits, others in zip(site.questions, site.found(quick), expected, strict=True):
            assert len(hits) == 6
            one, other = ([hit.score for hit in each] for each in (hits, others))
            assert one == pytest.approx(other, abs=1e-4), (changed, text)
            if _is_tied(others):  # then rounding tells which comes first
                tied += 1
                continue
            for hit, same in zip(hits[:5], others[:5], strict=True):
                assert (hit.document.id, hit.passage, hit.matched) == (same.document.id, same.passage, same.matched), (
                    text
                )
                assert hit.certainty == pytest.approx(same.certainty, abs=1e-4), text
        assert tied < len(expected) / 10


def _is_tied(hits: list[Hit]) -> bool:
    return any(one.score - other.score < 1e-4 for one, other in pairwise(hits))

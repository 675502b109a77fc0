"""The articles of a snapshot that answer a question best: candidates, the evidence for each, their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index import NameIndex
from knowledge_base.ranking import Evidence, Ranked, Weights, rank
from knowledge_base.snapshot import Snapshot, rows_of

# Candidates that are scored in full: whoever is outside all three lists has dozens before it in each part of the score.
_UNIT_CANDIDATES = 160  # by their codes
_DOCUMENT_CANDIDATES = 50
_ALL_CANDIDATES = 300  # of so few documents all are scored: to choose would cost more


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be found: of the documents, which all have units, and of the rows that stand for them in each index."""

    documents: NDArray[np.bool_]
    rows: NDArray[np.bool_] | None  # None: all
    centroids: NDArray[np.bool_] | None

    @classmethod
    def of(cls, snapshot: Snapshot, documents: NDArray[np.bool_]) -> Allowed:
        chosen = np.append(documents, False)  # NOBODY is the last
        rows, centroids = chosen[snapshot.document_of_row], chosen[snapshot.document_of_centroid]
        return cls(documents, None if rows.all() else rows, None if centroids.all() else centroids)


def found(
    snapshot: Snapshot,
    question: str,
    vector: NDArray[np.float32],
    language: str | None,
    allowed: Allowed,
    weights: Weights,
    limit: int,
    asked: NDArray[np.float32] | None = None,
) -> list[tuple[int, Ranked]]:
    """At most `limit` articles, best first, each with the number of its best document. `vector` is the question's,
    centred, [dimension]; `asked` the same under the metric, from whoever has that already.
    """
    words = snapshot.lexicon.score(question, language)
    if asked is None:
        asked = snapshot.metric.question(vector)
    numbers = _candidates(snapshot, vector, asked, words.words + words.covered + words.characters, allowed)
    best_unit, central = _cosines(snapshot, numbers, asked)
    evidence = Evidence(
        best_unit,
        central,
        words.words[numbers],
        words.covered[numbers],
        words.characters[numbers],
        words.matched[numbers],
    )
    ranked = rank(evidence, snapshot.names.root_places[numbers], weights, limit)
    return [(int(numbers[each.candidate]), each) for each in ranked]


def _candidates(
    snapshot: Snapshot,
    vector: NDArray[np.float32],
    asked: NDArray[np.float32],
    lexical: NDArray[np.float32],
    allowed: Allowed,
) -> NDArray[np.int64]:
    """Numbers of the allowed documents that lead in any part of the score, with their other language versions.

    All versions speak for an article, whatever language the customer is said to have: a short question is often in
    another language than its page.
    """
    if len(snapshot.documents) <= _ALL_CANDIDATES:
        return np.flatnonzero(allowed.documents)
    leads: list[NDArray[Any]] = [
        _named(snapshot.index, vector, _UNIT_CANDIDATES, snapshot.document_of_row, allowed.rows),
        _named(snapshot.centroids, asked, _DOCUMENT_CANDIDATES, snapshot.document_of_centroid, allowed.centroids),
    ]
    held = np.where(allowed.documents, lexical, 0)
    most = np.argpartition(held, -_DOCUMENT_CANDIDATES)[-_DOCUMENT_CANDIDATES:] if held.any() else np.zeros(0, np.intp)
    leads.append(most[held[most] > 0])  # in a language without articles nothing leads
    places = snapshot.names.root_places
    led = np.zeros(len(snapshot.documents), np.bool_)  # at the place of each root that has a document in the lead
    led[places[np.concatenate(leads)]] = True
    return np.flatnonzero(led[places] & allowed.documents)


def _named(
    index: NameIndex,
    vector: NDArray[np.float32],
    count: int,
    documents: NDArray[np.int32],
    allowed: NDArray[np.bool_] | None,
) -> NDArray[np.int32]:
    """Numbers of the documents of the `count` best rows that are allowed; `documents` has that of each row."""
    _, nearest = index.named(vector[None, :], count, allowed)
    found: NDArray[np.int32] = documents[nearest[0][nearest[0] >= 0]]
    return found


def _cosines(
    snapshot: Snapshot, numbers: NDArray[np.int64], asked: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Of each document, which all have units, to a question that the metric was applied to: the best cosine of a unit,
    and that of the centroid.
    """
    counts = snapshot.counts[numbers]
    starts = np.cumsum(counts) - counts
    rows = rows_of(snapshot.starts, snapshot.counts, numbers)
    cosines = snapshot.index.products(asked, rows) / snapshot.lengths[rows]
    best, summed = np.maximum.reduceat(cosines, starts), np.add.reduceat(cosines, starts)
    return best, np.asarray(summed / snapshot.sums[numbers], np.float32)

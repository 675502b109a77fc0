"""The articles of a snapshot that answer a question best: candidates, the evidence for each, their order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from knowledge_base.ranking import Evidence, Ranked, Weights, rank
from knowledge_base.snapshot import Snapshot

# Candidates that are scored in full: whoever is outside all three lists has dozens before it in each part of the score.
_UNIT_CANDIDATES = 128
_DOCUMENT_CANDIDATES = 50
_ALL_CANDIDATES = 300  # of so few documents all are scored: to choose would cost more


def found(
    snapshot: Snapshot,
    question: str,
    vector: NDArray[np.float32],
    language: str | None,
    allowed: NDArray[np.bool_],
    weights: Weights,
    limit: int,
) -> list[tuple[int, Ranked]]:
    """At most `limit` articles of the allowed documents [documents], which all have units; best first, each with the
    number of its best document. `vector` is the question's, centred, [dimension].
    """
    words = snapshot.lexicon.score(question, language)
    asked = snapshot.metric.question(vector)
    central = snapshot.centroids @ asked
    numbers = _candidates(snapshot, vector, central, words.words + words.characters, allowed)
    best_unit = _unit_scores(snapshot, numbers, asked)
    evidence = Evidence(best_unit, central[numbers], words.words[numbers], words.characters[numbers])
    ranked = rank(evidence, snapshot.names.root_places[numbers], weights, limit)
    return [(int(numbers[each.candidate]), each) for each in ranked]


def _candidates(
    snapshot: Snapshot,
    vector: NDArray[np.float32],
    central: NDArray[np.float32],
    lexical: NDArray[np.float32],
    allowed: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Numbers of the allowed documents that lead in any part of the score, with their other language versions.

    All versions speak for an article, whatever language the customer is said to have: a short question is often in
    another language than its page.
    """
    if len(snapshot.documents) <= _ALL_CANDIDATES:
        return np.flatnonzero(allowed)
    rows = np.append(allowed, False)[snapshot.document_of_row]  # NOBODY is the last
    _, nearest = snapshot.index.search(vector[None, :], _UNIT_CANDIDATES, None if rows.all() else rows)
    leads = [snapshot.document_of_row[nearest[0][nearest[0] >= 0]]]
    for scores in (central, lexical):
        masked = np.where(allowed, scores, -np.inf)
        leads.append(np.argpartition(masked, -_DOCUMENT_CANDIDATES)[-_DOCUMENT_CANDIDATES:])
    places = snapshot.names.root_places
    led = np.zeros(len(snapshot.documents), np.bool_)  # at the place of each root that has a document in the lead
    led[places[np.concatenate(leads)]] = True
    return np.flatnonzero(led[places] & allowed)


def _unit_scores(snapshot: Snapshot, numbers: NDArray[np.int64], asked: NDArray[np.float32]) -> NDArray[np.float32]:
    """The best cosine of each document, which all have units, to a question that the metric was applied to."""
    counts = snapshot.counts[numbers]
    ends = np.cumsum(counts)
    rows = np.repeat(snapshot.starts[numbers] - (ends - counts), counts) + np.arange(int(ends[-1]))
    return np.maximum.reduceat(snapshot.index.products(asked, rows) / snapshot.lengths[rows], ends - counts)

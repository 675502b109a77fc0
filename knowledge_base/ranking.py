"""Fuses dense and lexical evidence into one score for each document, and documents into articles. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of each kind of evidence. Weighted sums of scores; fusing by rank was measured to be worse than either."""

    best_unit: float = 0.5
    centroid: float = 0.5
    words: float = 0.1
    covered: float = 0.1
    characters: float = 0.1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each candidate document; all arrays have one number for each of them.

    `best_unit` and `centroid` are cosines, `words`, `covered` and `characters` are 0 to 1. `matched` does not count in
    the score.
    """

    best_unit: Scores
    centroid: Scores
    words: Scores  # of the best field
    covered: Scores  # of all fields together
    characters: Scores
    matched: Scores


@dataclass(frozen=True, slots=True)
class Features:
    """What the certainty of one article is computed from."""

    pooled: float  # cosines of best unit and centroid
    agreement: float  # words of this article over the most words of any: 1 where BM25 would choose it too
    characters: float
    margin: float  # the whole score, minus that of the best other article; below 0 where another is better
    matched: float = 0.0  # weight of the words that question and article share; 1 is that of one unheard-of word

    def values(self) -> tuple[float, ...]:
        """In the order of FEATURES."""
        return self.pooled, self.agreement, self.characters, self.margin, self.matched


FEATURES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article: the number of its best candidate document, the score of that, and its features."""

    candidate: int
    score: float
    features: Features


def centred(vectors: Scores, mean: Scores) -> Scores:
    """Rows [n, d] minus the mean (one [d], or one for each row), at length 1. A row equal to its mean becomes zeros."""
    moved = vectors - mean
    lengths = np.linalg.norm(moved, axis=-1, keepdims=True)
    return np.asarray(moved / np.maximum(lengths, 1e-9), np.float32)


def pooled(evidence: Evidence, weights: Weights) -> Scores:
    """The dense part of the score."""
    return np.asarray(weights.best_unit * evidence.best_unit + weights.centroid * evidence.centroid, np.float32)


def fused(evidence: Evidence, weights: Weights) -> Scores:
    """The whole score."""
    words = weights.words * evidence.words + weights.covered * evidence.covered
    return np.asarray(pooled(evidence, weights) + words + weights.characters * evidence.characters, np.float32)


def rank(evidence: Evidence, roots: Sequence[str] | NDArray[np.int32], weights: Weights, limit: int) -> list[Ranked]:
    """The `limit` best articles, best first; candidates with the same root are one article. Ties go by root.

    `roots`: ids, or the place of each in their order.
    """
    whole, dense = fused(evidence, weights), pooled(evidence, weights)
    by_score = np.lexsort((np.asarray(roots), -whole))
    _, best = np.unique(np.asarray(roots)[by_score], return_index=True)  # the first, so the best, of each root
    order = by_score[np.sort(best)]
    others = _best_of_others(whole[order])
    most_words = float(evidence.words.max(initial=0.0))
    ranked = []
    for place, candidate in enumerate(order[:limit].tolist()):
        words = float(evidence.words[candidate])
        features = Features(
            pooled=float(dense[candidate]),
            agreement=words / most_words if most_words > 0 else 0.0,
            characters=float(evidence.characters[candidate]),
            margin=float(whole[candidate] - others[place]),
            matched=float(evidence.matched[candidate]),
        )
        ranked.append(Ranked(candidate, float(whole[candidate]), features))
    return ranked


def _best_of_others(scores: Scores) -> Scores:
    """For each score the greatest of the others; 0 where there is no other."""
    if len(scores) < 2:
        return np.zeros(len(scores), np.float32)
    second, first = np.argsort(scores, kind="stable")[-2:]
    others = np.full(len(scores), scores[first], np.float32)
    others[first] = scores[second]
    return others

"""Which directions of the model's space are mere wording: learnt from how texts of one article differ. Pure.

Titles, question variants and passages of one article, in all its languages, mean nearly the same. Directions in which
they differ are made to count less, as in within-class covariance normalisation (Hatch, Kajarekar and Stolcke,
Interspeech 2006), here by a closed form that is drawn towards a shipped sample and towards no change at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]

# The shipped sample counts as so many units, so that a site of few articles is not at the mercy of its own.
_SAMPLE_UNITS = 100
# How much every direction counts as wording beforehand: the whole of it is as much as a unit vector's length.
_EVERY_DIRECTION = 1.0
_AT_ONCE = 2_048  # rows: one product of many is far cheaper than one for each article


@dataclass(frozen=True, slots=True)
class Spread:
    """How units lie about the mean of their article: summed squares [d, d], and of how many units."""

    squares: NDArray[np.float64]
    units: int

    def plus(self, other: Spread) -> Spread:
        return Spread(self.squares + other.squares, self.units + other.units)

    def minus(self, other: Spread) -> Spread:
        return Spread(self.squares - other.squares, self.units - other.units)


@dataclass(frozen=True, slots=True)
class Metric:
    """A symmetric positive matrix [d, d]. The cosine of two vectors under it is x'My over their lengths."""

    matrix: Rows

    def question(self, vector: Rows) -> Rows:
        """[d], whose product with a row, over that row's length, is their cosine. Zeros stay zeros."""
        turned = self.matrix @ vector
        length = math.sqrt(max(float(turned @ vector), 1e-12))
        return np.asarray(turned / length, np.float32)

    def lengths(self, rows: Rows) -> Rows:
        """[n]: the length of each row under the metric, at least a little above 0."""
        squares = np.einsum("ij,ij->i", rows @ self.matrix, rows)
        return np.asarray(np.sqrt(np.maximum(squares, 1e-12)), np.float32)


def spread_of(articles: Iterable[Rows], dimension: int) -> Spread:
    """Of the units [n, dimension] of each article; an article of one unit tells nothing."""
    squares, units = np.zeros((dimension, dimension)), 0
    together: list[Rows] = []
    waiting = 0
    for rows in articles:
        if len(rows) > 1:
            # Over n - 1: the mean is the article's own, so its units lie nearer to it than they should.
            together.append((rows - rows.mean(axis=0)) * math.sqrt(len(rows) / (len(rows) - 1)))
            waiting += len(rows)
        if waiting >= _AT_ONCE:
            squares, units = squares + _squares(together), units + waiting
            together, waiting = [], 0
    if together:
        squares, units = squares + _squares(together), units + waiting
    return Spread(squares, units)


def _squares(together: list[Rows]) -> NDArray[np.float64]:
    rows = np.concatenate(together)
    return np.asarray(rows.T @ rows, np.float64)


def metric_of(spread: Spread, sample: NDArray[np.float64]) -> Metric:
    """The inverse of the covariance within articles, `sample` [d, d] being that of wordings in general."""
    dimension = len(sample)
    covariance = (spread.squares + _SAMPLE_UNITS * sample) / (spread.units + _SAMPLE_UNITS)
    covariance[np.diag_indices(dimension)] += _EVERY_DIRECTION / dimension
    matrix = np.linalg.inv(covariance)
    return Metric(((matrix + matrix.T) / 2).astype(np.float32))

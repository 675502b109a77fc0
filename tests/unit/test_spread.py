"""What texts of one article differ in counts less; and the arithmetic of cosines under the metric."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge_base.centring import sample_of
from knowledge_base.embedder import BUNDLED
from knowledge_base.model.layout import E5_SMALL, NAME
from knowledge_base.spread import Metric, metric_of, spread_of

NO_SAMPLE = np.zeros((2, 2))


def rows(*values: tuple[float, float]) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def test_spread_is_about_each_articles_own_mean() -> None:
    spread = spread_of([rows((1, 0), (3, 0)), rows((7, 7)), rows((5, 2), (5, 4))], 2)
    assert spread.units == 4
    assert spread.squares == pytest.approx(np.array([[4.0, 0.0], [0.0, 4.0]]))  # n / (n - 1) times 2, of each


def test_an_article_that_is_taken_out_leaves_the_spread_of_the_others() -> None:
    first, second = spread_of([rows((1, 0), (3, 1))], 2), spread_of([rows((0, 1), (2, 2), (1, 4))], 2)
    left = first.plus(second).minus(second)
    assert left.units == first.units
    assert left.squares == pytest.approx(first.squares)


def test_without_articles_the_metric_changes_no_cosine() -> None:
    metric = metric_of(spread_of([], 2), NO_SAMPLE)
    question, unit = np.array([0.6, 0.8], np.float32), rows((1, 0))
    assert metric.question(question) @ unit[0] / metric.lengths(unit)[0] == pytest.approx(0.6)


def test_a_direction_of_mere_wording_counts_less() -> None:
    wording = spread_of([rows((0.2 * number, 1), (-0.2 * number, 1)) for number in range(1, 5)], 2)
    metric = metric_of(wording, NO_SAMPLE)
    question = np.array([0.6, 0.8], np.float32)
    along, across = rows((1, 0)), rows((0, 1))
    assert metric.question(question) @ along[0] / metric.lengths(along)[0] < 0.6
    assert metric.question(question) @ across[0] / metric.lengths(across)[0] > 0.8


def test_cosines_under_the_metric_are_those_of_the_changed_vectors() -> None:
    chance = np.random.default_rng(3)
    half = chance.normal(size=(5, 5)).astype(np.float32)
    metric = Metric(half.T @ half)
    question, units = chance.normal(size=5).astype(np.float32), chance.normal(size=(7, 5)).astype(np.float32)
    found = units @ metric.question(question) / metric.lengths(units)
    turned, changed = half @ question, units @ half.T
    expected = changed @ turned / np.linalg.norm(changed, axis=1) / np.linalg.norm(turned)
    assert found == pytest.approx(expected, abs=1e-4)


def test_zeros_have_no_cosine_and_no_error() -> None:
    metric = metric_of(spread_of([], 2), NO_SAMPLE)
    nothing = np.zeros(2, np.float32)
    assert metric.question(nothing).tolist() == [0, 0]
    assert metric.lengths(nothing[None, :])[0] > 0


def test_the_shipped_sample_is_a_covariance_of_the_bundled_model_alone() -> None:
    sample = sample_of(NAME, E5_SMALL.hidden)
    assert sample == pytest.approx(sample.T)
    assert np.linalg.eigvalsh(sample).min() > -1e-3
    assert 0.1 < np.trace(sample) < 1
    assert not sample_of(BUNDLED + " of another day", 8).any()

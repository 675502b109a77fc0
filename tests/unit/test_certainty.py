"""A certainty is a probability that rises with the evidence, and three outcomes follow from it."""

from __future__ import annotations

import math
import random

import pytest

from knowledge_base.certainty import (
    OFFER_FLOOR,
    Calibrator,
    Example,
    Line,
    answer_threshold,
    calibrator_from_json,
    fit,
    outcome,
)
from knowledge_base.ranking import FEATURES, Features
from knowledge_base.search import default_calibrator

WEAK = Features(0.1, 0.0, 0.0, 0.0, 0.0)
STRONG = Features(0.9, 1.0, 0.8, 0.8, 2.0)
AS_IT_IS = {"one": Line(1.0, 0.0)}


def test_probability_is_the_logistic_of_the_scaled_sum() -> None:
    calibrator = Calibrator((0.1,) * 5, (0.5,) * 5, (2.0, 0, 0, 0, 0), {"one": Line(1.0, -1.0)})
    assert calibrator.probability(Features(0.6, 0, 0, 0)) == pytest.approx(1 / (1 + math.exp(-1.0)))


def test_probability_is_that_of_the_source_where_such_a_score_was_worth_least() -> None:
    calibrator = Calibrator(
        (0.0,) * 5, (1.0,) * 5, (1.0, 0, 0, 0, 0), {"steep": Line(2.0, 0.0), "flat": Line(0.5, 0.0)}
    )
    assert calibrator.probability(Features(2.0, 0, 0, 0, 0)) == pytest.approx(1 / (1 + math.exp(-1.0)))
    assert calibrator.probability(Features(-2.0, 0, 0, 0)) == pytest.approx(1 / (1 + math.exp(4.0)))


def test_an_article_of_answers_only_is_never_as_sure() -> None:
    calibrator = Calibrator((0.0,) * 5, (1.0,) * 5, (1.0,) * 5, AS_IT_IS)
    assert calibrator.probability(Features(9, 9, 9, 9, 9)) > 0.99
    assert 0.8 < calibrator.probability(Features(9, 9, 9, 9, 9), asked=False) < 0.95


def test_probability_of_absurd_features_stays_a_number() -> None:
    calibrator = Calibrator((0.0,) * 5, (1.0,) * 5, (1.0,) * 5, AS_IT_IS)
    assert calibrator.probability(Features(*[1e9] * 5)) == pytest.approx(1)
    assert calibrator.probability(Features(*[-1e9] * 5)) == pytest.approx(0)


def test_shipped_calibrator_tells_strong_evidence_from_weak() -> None:
    calibrator = default_calibrator()
    assert calibrator.probability(STRONG) > 0.95
    assert calibrator.probability(WEAK) < OFFER_FLOOR
    assert all(weight >= 0 for weight in calibrator.weights)
    assert all(line.slope > 0 for line in calibrator.sources.values())


def drawn(count: int, source: str = "one", shift: float = 2.0) -> list[Example]:
    """Right with the chance logistic(6 margin - shift); pooled falls as that rises, so its weight would be below 0."""
    chance = random.Random(7)  # noqa: S311 - a repeatable draw, nothing secret
    found = []
    for _ in range(count):
        margin = chance.random()
        right = chance.random() < 1 / (1 + math.exp(-(6 * margin - shift)))
        found.append(Example(source, Features(-margin, chance.random(), chance.random(), margin), right))
    return found


def test_fit_finds_the_probabilities_that_the_rows_were_drawn_with() -> None:
    calibrator = fit(drawn(4000))
    for margin in (0.1, 0.5, 0.9):
        expected = 1 / (1 + math.exp(-(6 * margin - 2)))
        assert calibrator.probability(Features(-margin, 0.5, 0.5, margin)) == pytest.approx(expected, abs=0.06)


def test_fit_is_as_careful_as_the_hardest_source() -> None:
    calibrator = fit(drawn(4000, "easy", shift=1.0) + drawn(4000, "hard", shift=4.0))
    assert set(calibrator.sources) == {"easy", "hard"}
    for margin in (0.1, 0.5, 0.9):
        expected = 1 / (1 + math.exp(-(6 * margin - 4)))
        assert calibrator.probability(Features(-margin, 0.5, 0.5, margin)) == pytest.approx(expected, abs=0.06)


def test_fit_gives_no_weight_below_zero() -> None:
    weights = dict(zip(FEATURES, fit(drawn(1000)).weights, strict=True))
    assert weights["pooled"] == 0
    assert weights["margin"] > 0
    assert min(weights.values()) >= 0


def test_fit_without_any_helpful_feature_gives_the_share() -> None:
    rows = [Example("one", Features(0.0, 0.0, 0.0, number % 2), number // 2 % 2 == 0) for number in range(40)]
    assert fit(rows).probability(rows[0].features) == pytest.approx(0.5)


def test_importance_moves_the_share_of_right_answers() -> None:
    same = Features(0.5, 0.5, 0.5, 0.5)
    rights = [Example("one", same, True)] * 3
    assert fit([*rights, Example("one", same, False)]).probability(same) == pytest.approx(0.75)
    assert fit([*rights, Example("one", same, False, 3.0)]).probability(same) == pytest.approx(0.5)


def test_fit_needs_both_kinds_of_every_source() -> None:
    with pytest.raises(ValueError, match="others that were not"):
        fit([Example("one", WEAK, True), Example("one", STRONG, True)])
    with pytest.raises(ValueError, match="others that were not"):
        fit([*drawn(50), Example("two", STRONG, True)])


def test_json_round_trip_and_refusal_of_other_features() -> None:
    calibrator = default_calibrator()
    assert calibrator_from_json(calibrator.to_json()) == calibrator
    with pytest.raises(ValueError, match="does not fit"):
        calibrator_from_json('{"fitted_on": {}, "features": {"cosine": {"mean": 0, "scale": 1, "weight": 1}}}')


@pytest.mark.parametrize("target", [0, 1, -0.5, 95])
def test_target_is_a_share(target: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        answer_threshold(target)


@pytest.mark.parametrize(
    ("certainty", "expected"),
    [
        (1.0, "answer"),
        (0.9, "answer"),
        (0.8999, "offer"),
        (OFFER_FLOOR, "offer"),
        (0.1499, "hand_over"),
        (0, "hand_over"),
    ],
)
def test_three_outcomes(certainty: float, expected: str) -> None:
    assert outcome(certainty, answer_threshold(0.9)) == expected


def test_a_threshold_below_the_floor_leaves_nothing_to_offer() -> None:
    assert outcome(0.1, 0.1) == "answer"
    assert outcome(0.05, 0.1) == "hand_over"

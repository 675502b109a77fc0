"""The arithmetic of the score, the grouping of translations, and the features of each place."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge_base.ranking import FEATURES, Evidence, Weights, centred, fused, pooled, rank


def evidence(**columns: list[float]) -> Evidence:
    size = len(next(iter(columns.values())))
    names = ("best_unit", "centroid", "words", "covered", "characters", "matched")
    return Evidence(**{name: np.array(columns.get(name, [0.0] * size), np.float32) for name in names})


def test_score_is_the_stated_weighted_sum() -> None:
    given = evidence(best_unit=[0.8], centroid=[0.4], words=[0.5], covered=[0.9], characters=[0.25])
    assert pooled(given, Weights()) == pytest.approx([0.6])
    assert fused(given, Weights()) == pytest.approx([0.6 + 0.05 + 0.09 + 0.025])
    assert fused(given, Weights(1, 0, 0, 0, 0)) == pytest.approx([0.8])


def test_centring_subtracts_and_makes_unit_rows() -> None:
    rows = centred(np.array([[3.0, 5.0], [0.0, 1.0]], np.float32), np.array([0.0, 1.0], np.float32))
    assert rows[0] == pytest.approx([0.6, 0.8])
    assert rows[1].tolist() == [0, 0]


def test_versions_of_one_article_take_one_place_with_their_best_score() -> None:
    given = evidence(best_unit=[0.2, 0.9, 0.5])
    ranked = rank(given, ["a", "b", "b"], Weights(), 5)
    assert [(each.candidate, round(each.score, 3)) for each in ranked] == [(1, 0.45), (0, 0.1)]


def test_margins_are_to_the_next_article_not_to_a_translation() -> None:
    given = evidence(best_unit=[0.8, 0.78, 0.4], words=[1.0, 0.0, 0.5])
    first, second = rank(given, ["a", "a", "b"], Weights(), 5)
    assert first.features.margin == pytest.approx(0.2 + 0.05)
    assert second.features.margin == pytest.approx(-0.25)


def test_margin_counts_the_lexical_evidence_that_turned_the_order() -> None:
    given = evidence(best_unit=[0.6, 0.7], words=[1.0, 0.0], covered=[1.0, 0.0])
    first = rank(given, ["a", "b"], Weights(), 1)[0]
    assert first.candidate == 0
    assert first.features.margin == pytest.approx(0.15)


def test_features_of_a_lone_article() -> None:
    given = evidence(best_unit=[0.6], centroid=[0.4], words=[0.3], characters=[0.2], matched=[1.7])
    features = rank(given, ["a"], Weights(), 3)[0].features
    assert features.values() == pytest.approx((0.5, 1.0, 0.2, 0.55, 1.7))
    assert FEATURES == ("pooled", "agreement", "characters", "margin", "matched")


def test_matched_is_evidence_for_the_certainty_and_not_for_the_order() -> None:
    given = evidence(best_unit=[0.9, 0.1], matched=[0.0, 3.0])
    assert [each.features.matched for each in rank(given, ["a", "b"], Weights(), 2)] == [0.0, 3.0]


def test_agreement_is_the_share_of_the_best_words_and_nothing_without_any() -> None:
    given = evidence(best_unit=[0.9, 0.1], words=[0.2, 0.4])
    assert rank(given, ["a", "b"], Weights(), 1)[0].features.agreement == pytest.approx(0.5)
    assert rank(evidence(best_unit=[0.9, 0.1]), ["a", "b"], Weights(), 1)[0].features.agreement == 0


def test_ties_go_by_id_and_the_limit_holds() -> None:
    given = evidence(best_unit=[0.5, 0.5, 0.5])
    assert [each.candidate for each in rank(given, ["c", "a", "b"], Weights(), 2)] == [1, 2]


def test_nothing_ranks_to_nothing() -> None:
    assert rank(evidence(best_unit=[]), [], Weights(), 5) == []

"""What is counted of a set, with its intervals: who comes first, the baseline, precision at fixed thresholds. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any

import numpy as np

from conversation.csat import wilson
from knowledge_base.certainty import Calibrator, answer_threshold
from knowledge_base.evaluation import Asked, measures
from tests.bench.quality.observing import Observation, certainties, weights

TARGETS = (0.80, 0.90, 0.95)


def figures(
    observed: Sequence[Observation], raw: Sequence[tuple[bool, float]], calibrator: Calibrator, fitted_without: str
) -> dict[str, Any]:
    """`raw`: the baseline's answers (right, cosine) to the questions as they are, in their order.

    A question that is asked of several sets counts in each share as often, but only once for the intervals.
    """
    certainty = certainties(observed, calibrator)
    as_is = [each for each in observed if each.kind != "hidden"]
    as_is_certainty = certainty[[each.kind != "hidden" for each in observed]]
    pairs = zip(as_is, as_is_certainty.tolist(), strict=True)
    answered = [Asked(each.question, each.found, certain, 0.0) for each, certain in pairs]
    measured = measures(answered, answer_threshold(TARGETS[-1]))
    by_cosine = [
        Asked(each.question, tuple(each.question.gold)[:1] if right else ("",), cosine, 0.0)
        for each, (right, cosine) in zip(as_is, raw, strict=True)
    ]
    baseline = measures(by_cosine, 0.5)
    known = [each for each in as_is if each.kind == "known"]
    return {
        "questions": len({each.question.id for each in as_is}),
        "with_article": len({each.question.id for each in known}),
        "fitted_without": fitted_without,
        "recall_at_1": _recall(known),
        "recall_at_3": measured["recall_at_3"],
        "mrr_at_10": measured["mrr_at_10"],
        "auroc_answerable": measured["auroc_answerable"],
        "coverage_at_95": measured["coverage_at_95"],
        "baseline": {"recall_at_1": baseline["recall_at_1"], "coverage_at_95": baseline["coverage_at_95"]},
        "as_is": {f"{target:.2f}": _decided(as_is, np.ones(len(as_is)), as_is_certainty, target) for target in TARGETS},
        "half_unanswerable": {
            f"{target:.2f}": _decided(observed, weights(observed), certainty, target) for target in TARGETS
        },
    }


def _decided(
    observed: Sequence[Observation], importance: np.ndarray[Any, Any], certainty: np.ndarray[Any, Any], target: float
) -> dict[str, Any]:
    """Answered at the threshold that was fixed beforehand: how many, what share of all, and the share of right ones.

    Where observations weigh differently, the interval is that of the effective number of answers (Kish, 1965), those to
    one question with its article (or without) being a single one.
    """
    threshold = answer_threshold(target)
    certain = certainty >= threshold
    right = np.array([each.right for each in observed])
    chosen = importance[certain]
    total, good = float(chosen.sum()), float((importance * right)[certain].sum())
    of_question: dict[tuple[str, str], float] = {}
    for each, weight in zip(compress(observed, certain), chosen.tolist(), strict=True):
        key = each.question.id, each.kind
        of_question[key] = of_question.get(key, 0.0) + weight
    effective = total**2 / sum(weight**2 for weight in of_question.values()) if total else 0.0
    low, high = wilson(good / total * effective if total else 0.0, effective)
    return {
        "answered": int((chosen > 0).sum()),
        "coverage": round(total / float(importance.sum()), 4),
        "precision": round(good / total, 4) if total else None,
        "interval": [round(low, 4), round(high, 4)] if total else None,
    }


def of_draws(together: dict[str, Any], alone: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Figures of all draws `together`, but for those in hindsight, which are means of each draw's own: nobody has one
    threshold for several sites. `draws`: of how many."""
    means = {name: _mean(alone, name) for name in ("auroc_answerable", "coverage_at_95")}
    raw = together["baseline"] | {"coverage_at_95": _mean([each["baseline"] for each in alone], "coverage_at_95")}
    return together | means | {"baseline": raw, "draws": len(alone)}


def _mean(found: Sequence[dict[str, Any]], name: str) -> float | None:
    known = [each[name] for each in found if each[name] is not None]
    return round(sum(known) / len(known), 4) if known else None


def worst(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of several sets' figures each the worst by itself, so not all of one set: the least, and what was decided where
    the least of it was right.
    """
    least: dict[str, Any] = {}
    for name, first in found[0].items():
        of_all = [each[name] for each in found]
        if not isinstance(first, dict):
            least[name] = first if isinstance(first, str) else min((x for x in of_all if x is not None), default=None)
        elif "interval" in first:
            share = "share" if "share" in first else "precision"
            known = [each for each in of_all if each[share] is not None]
            least[name] = min(known, key=lambda each: float(each[share]), default=first)
        else:
            least[name] = worst(of_all)
    return least


def _recall(known: Sequence[Observation]) -> dict[str, Any]:
    questions = len({each.question.id for each in known})
    share = sum(each.right for each in known) / len(known) if known else 0.0
    low, high = wilson(share * questions, questions)
    return {"share": round(share, 4) if known else None, "interval": [round(low, 4), round(high, 4)]}

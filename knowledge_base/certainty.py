"""From features to the probability that an article answers the question, and from that to three outcomes. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from knowledge_base.ranking import FEATURES, Features

Outcome = Literal["answer", "offer", "hand_over"]

# Below this the best three are so seldom right that offering them only delays a person.
OFFER_FLOOR = 0.15

# For a site's own line (`line_of_site`), round numbers; docs/quality.md says which sets were looked at to choose them.
# The share of the questions with an article that is taken to reach the target, how much of the highest scores without
# one is looked at, how many scores the shipped lines count as, and by how much, in log-odds, a site can be surer.
_REACHING = 1 / 3
_TAIL = 0.2
_SHIPPED_COUNTS = 100
_SURER_AT_MOST = 1.0
_FEWEST = 10  # scores; of fewer nothing is concluded

# An article of answers only, without a title or question to compare with, is right less often than its score says,
# however high that is: answered at the usual target still, but not where nearly every answer has to be right.
_ANSWERS_ONLY = 0.9


@dataclass(frozen=True, slots=True)
class Line:
    """How the score of the features became a probability on one source: 1 / (1 + exp(-(slope * score + bias)))."""

    slope: float
    bias: float


AS_SHIPPED = Line(1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Calibrator:
    """One score, a weighted sum of the features, each moved by its mean and divided by its scale; and what that score
    was worth on each source that it was fitted on. The least of these is the certainty: a site may be like any of them.
    """

    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    sources: dict[str, Line]

    def probability(self, features: Features, asked: bool = True, site: Line = AS_SHIPPED) -> float:
        """0 to 1: that the article answers the question, where every second question has no article at all.

        `asked`: whether the article has a title or a question, so that question is compared with question. `site`: what
        log-odds are worth on this site (`line_of_site`).
        """
        logit = self.log_odds(features)
        logit = min(site.slope * logit + site.bias, logit + _SURER_AT_MOST)
        return (1.0 if asked else _ANSWERS_ONLY) / (1 + math.exp(-min(max(logit, -50.0), 50.0)))

    def log_odds(self, features: Features) -> float:
        """The same before the site is looked at: the least that the score was worth on any source."""
        rows = zip(features.values(), self.means, self.scales, self.weights, strict=True)
        score = sum(weight * (value - mean) / scale for value, mean, scale, weight in rows)
        return min(line.slope * score + line.bias for line in self.sources.values())

    def to_json(self) -> str:
        rows = zip(FEATURES, self.means, self.scales, self.weights, strict=True)
        features = {name: {"mean": mean, "scale": scale, "weight": weight} for name, mean, scale, weight in rows}
        sources = {name: {"slope": line.slope, "bias": line.bias} for name, line in self.sources.items()}
        return json.dumps({"features": features, "fitted_on": sources}, indent=2) + "\n"


def calibrator_from_json(text: str) -> Calibrator:
    """Reads what `to_json` wrote; other keys are ignored. ValueError if the features are not those of this version."""
    stored = json.loads(text)
    if set(stored["features"]) != set(FEATURES):
        raise ValueError(f"a calibrator of {sorted(stored['features'])} does not fit the features {sorted(FEATURES)}")
    rows = [stored["features"][name] for name in FEATURES]
    return Calibrator(
        tuple(float(row["mean"]) for row in rows),
        tuple(float(row["scale"]) for row in rows),
        tuple(float(row["weight"]) for row in rows),
        {name: Line(float(line["slope"]), float(line["bias"])) for name, line in stored["fitted_on"].items()},
    )


def line_of_site(without: Sequence[float]) -> Line:
    """What log-odds are worth on a site, from those that questions reach there whose article is missing.

    From where their highest fifth begins they are taken to fall off exponentially. Every second question having no
    article, the odds of being right are the share of the others that reach as far (one in three) over that of these:
    again a line. It is drawn towards the shipped ones.
    """
    if len(without) < _FEWEST:
        return AS_SHIPPED
    ordered = np.sort(np.array(without, np.float64))
    tail = max(round(_TAIL * len(ordered)), 3)
    begins = float(ordered[-tail - 1])
    falling = float((ordered[-tail:] - begins).mean())
    # Where the target of these log-odds is reached, on average of the site and the shipped lines.
    own = len(ordered) / (len(ordered) + _SHIPPED_COUNTS)
    stretched = own * falling + (1 - own)
    moved = own * (begins - falling * math.log(_REACHING / _TAIL))
    return Line(1 / stretched, -moved / stretched)


@dataclass(frozen=True, slots=True)
class Example:
    """The best article for one question of a source, and whether it was right. `importance` weighs it, for example to
    make every second question unanswerable.
    """

    source: str
    features: Features
    right: bool
    importance: float = 1.0


def fit(examples: Sequence[Example], penalty: float = 1.0) -> Calibrator:
    """Logistic regression with an L2 penalty on the weights (not on the bias), no weight below 0; then a line for each
    source (Platt, 1999).

    The features overlap much, and signs that only make up for each other's excess were measured not to carry over to
    other sets: better evidence may never lower the certainty. ValueError for a source without both kinds of example.
    """
    sources = sorted({example.source for example in examples})
    kinds = {(example.source, example.right) for example in examples}
    if not examples or len(kinds) < 2 * len(sources):
        raise ValueError("a calibrator needs questions that were answered rightly and others that were not")
    table = np.array([example.features.values() for example in examples], np.float64)
    means, scales = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-9)
    table = (table - means) / scales
    labels = np.array([example.right for example in examples], np.float64)
    importance = np.array([example.importance for example in examples], np.float64)
    weights = _rising(table, labels, importance, penalty)[:-1]
    lines = {}
    for source in sources:
        own = np.array([example.source == source for example in examples])
        slope, bias = _rising((table[own] @ weights)[:, None], labels[own], importance[own], penalty).tolist()
        lines[source] = Line(slope, bias)
    return Calibrator(tuple(means.tolist()), tuple(scales.tolist()), tuple(weights.tolist()), lines)


def _rising(
    table: NDArray[np.float64], labels: NDArray[np.float64], rows: NDArray[np.float64], penalty: float
) -> NDArray[np.float64]:
    """The weights, none below 0, and the bias: columns that would fall are left out, the worst first."""
    used = list(range(table.shape[1]))
    solution = _newton(table[:, used], labels, rows, penalty)
    while used and solution[:-1].min() < 0:
        used.pop(int(solution[:-1].argmin()))
        solution = _newton(table[:, used], labels, rows, penalty)
    found = np.zeros(table.shape[1] + 1)
    found[[*used, -1]] = solution
    return found


def _newton(
    table: NDArray[np.float64], labels: NDArray[np.float64], rows: NDArray[np.float64], penalty: float
) -> NDArray[np.float64]:
    """The weights of a penalised logistic regression, its bias last."""
    table = np.column_stack([table, np.ones(len(table))])
    penalties = np.append(np.full(table.shape[1] - 1, penalty), 0.0)
    solution = np.zeros(table.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(table @ solution, -50, 50)))
        slope = table.T @ (rows * (labels - chance)) - penalties * solution
        curve = (table * (rows * chance * (1 - chance))[:, None]).T @ table
        step = np.linalg.solve(curve + np.diag(penalties + 1e-9), slope)
        solution = solution + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return solution


def answer_threshold(target: float) -> float:
    """The certainty from which the bot answers, so that at least `target` of its answers should be right.

    The target itself: then every single answer, not only their mean, is at least as certain as asked. That is careful
    on purpose, since a threshold set beforehand was measured to fall short on sets unlike those it was fitted on.
    """
    if not 0 < target < 1:
        raise ValueError(f"a target is a share between 0 and 1, not {target}")
    return target


def outcome(certainty: float, threshold: float, floor: float = OFFER_FLOOR) -> Outcome:
    """What the best article's certainty allows: answer, offer the best three to choose from, or hand over."""
    if certainty >= threshold:
        return "answer"
    return "offer" if certainty >= min(floor, threshold) else "hand_over"

"""The threshold that labels allow, and its proof. Pure.

A threshold is chosen on one part of the labelled answers and certified on another, so that the choice cannot flatter
the proof (`bounds`).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from knowledge_base.bounds import CONFIDENCE, bound, contradicts, holds, needed
from knowledge_base.drift import turned

TARGETS = (0.01, 0.02, 0.05)
CHOOSE_SHARE = 1 / 3  # of the conversations; the rest certifies, which needs more
CHOOSE_CONFIDENCE = 0.75  # a choice that is likely to pass: it wants about as many labels as its proof will have
BINS = 10

Step = Literal["kept", "certified", "not_yet", "lost", "contradicted", "drifted"]


class Case(NamedTuple):  # of which there are a hundred thousand
    """An answer that somebody has judged.

    `bar`: the threshold of that time; below it nothing was answered, so the case says nothing about lower ones.
    `group`: answers of one group (a conversation) stay on one side of the split. `at`: ms UTC of the answer, `said_at`
    of the latest word on it.
    """

    certainty: float
    right: bool
    group: str
    bar: float = 0.0
    at: int = 0
    said_at: int = 0


# -- a threshold and its proof -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the certifying part says of a threshold. `missing`: further labels until it could be certified, about;
    0 when it is. `bound` is the exact one of 95 %, whatever confidence this look needed."""

    target: float
    threshold: float
    answered: int
    wrong: int
    bound: float
    certified: bool
    missing: int


def for_choice(group: str) -> bool:
    """On which side of the split a group's answers are: for ever the same one."""
    number = int.from_bytes(hashlib.sha256(group.encode("utf-8", "replace")).digest()[:4], "big")
    return number < CHOOSE_SHARE * 2**32


def split(cases: Iterable[Case]) -> tuple[list[Case], list[Case]]:
    """For choosing, and for certifying."""
    choosing: list[Case] = []
    certifying: list[Case] = []
    for case in cases:
        (choosing if for_choice(case.group) else certifying).append(case)
    return choosing, certifying


def count(cases: Iterable[Case], threshold: float) -> tuple[int, int]:
    """Wrong ones, and all, of the answers that this threshold allows and that were not left out by a higher one."""
    wrong = answered = 0
    for case in cases:
        if case.certainty >= threshold >= case.bar:
            answered += 1
            wrong += not case.right
    return wrong, answered


def choose(cases: Sequence[Case], target: float, careful: float) -> float:
    """The lowest threshold that probably keeps the target, on the choosing part; `careful` where labels are too few."""
    for threshold in _candidates(cases, careful):
        if holds(*count(cases, threshold), target, CHOOSE_CONFIDENCE):
            return threshold
    return careful


def certify(cases: Sequence[Case], target: float, careful: float, confidence: float = CONFIDENCE) -> Certificate:
    """Chooses on one part, certifies on the other. Of the places that are above their target, at most 1 - `confidence`
    are certified; it is not said of each certificate alone."""
    choosing, certifying = split(cases)
    return measure(certifying, target, choose(choosing, target, careful), confidence)


def measure(certifying: Sequence[Case], target: float, threshold: float, confidence: float) -> Certificate:
    """What cases that had no part in the choice say of a threshold."""
    wrong, answered = count(certifying, threshold)
    certified = holds(wrong, answered, target, confidence)
    missing = 0 if certified else missing_for(target, wrong, answered, confidence)
    return Certificate(target, threshold, answered, wrong, bound(wrong, answered), certified, missing)


def missing_for(target: float, wrong: int, answered: int, confidence: float = CONFIDENCE, next_look: int = 0) -> int:
    """Further labels, of both parts, if none of those to come is wrong; `next_look`: answers before which none is."""
    lacking = max(0, max(needed(target, wrong, confidence), next_look) - answered)
    return math.ceil(lacking / (1 - CHOOSE_SHARE))


def raised(cases: Sequence[Case], target: float, threshold: float) -> float:
    """A higher threshold: the lowest that keeps the target on these cases, else the one with the least bound. Where
    most are wrong and none is better, above them all: nothing says that what was answered there may be.
    """
    best, least = threshold, bound(*count(cases, threshold))
    for candidate in _candidates(cases, threshold):
        if candidate <= threshold:
            continue
        # Whoever was answered below a later bar counts too: it is the lower part that is left out.
        chosen = [case for case in cases if case.certainty >= candidate]
        wrong = sum(not case.right for case in chosen)
        if holds(wrong, len(chosen), target):
            return candidate
        upper = bound(wrong, len(chosen))
        if upper < least:
            best, least = candidate, upper
    if best == threshold:
        wrong, answered = count(cases, threshold)
        if 2 * wrong > answered:
            return min(1.0, _hundredth(max(case.certainty for case in cases)) + 0.01)
    return best


def _candidates(cases: Sequence[Case], careful: float) -> list[float]:
    """Rounded up to a hundredth: finer steps would be chance, and would cost a count each."""
    return sorted({careful, *(_hundredth(case.certainty) for case in cases)})


def _hundredth(certainty: float) -> float:
    return math.ceil(certainty * 100) / 100


# -- the life of a threshold ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a site's language is. `looks`: how often a proof was tried, `looked_at` on how many answers the last time.

    `since`: answers before it do not count any more; `certified_at`: 0 when it is not. Both ms UTC.
    """

    threshold: float
    certified_at: int = 0
    looks: int = 0
    looked_at: int = 0
    since: int = 0


@dataclass(frozen=True, slots=True)
class Review:
    standing: Standing
    step: Step
    certificate: Certificate


def look_confidence(look: int) -> float:
    """Of the n-th try (from 1). A proof that is tried again and again succeeds by chance some day: all tries together
    may fail in 5 %, of which the first has 4 %."""
    return 0.96 if look <= 1 else 1 - 0.01 / 2 ** (look - 1)


def due(standing: Standing, answered: int, target: float) -> bool:
    """Whether it is time to try: enough for a proof without a wrong one, and twice as many as the last time."""
    first = needed(target, 0, look_confidence(standing.looks + 1))
    return answered >= max(first, 2 * standing.looked_at)


def review(standing: Standing, cases: Sequence[Case], target: float, careful: float, now: int) -> Review:
    """The next standing, after a look at all labels.

    A certificate is lost when its bound no longer holds with the new labels; labels that contradict the target, all of
    them or the latest, move the threshold up, certified or not. Either way old labels count no more. `cases`: in order.
    """
    cases = [case for case in cases if case.at >= standing.since]
    choosing, certifying = split(cases)
    confidence = look_confidence(standing.looks + 1)
    here = measure(certifying, target, standing.threshold, CONFIDENCE if standing.certified_at else confidence)
    new = [case for case in cases if case.at >= standing.certified_at]
    broken = _broken(new, target, standing.threshold)
    if broken is None and standing.certified_at and not here.certified:
        broken = "lost", cases
    if broken is not None:
        step, against = broken
        up = raised(against, target, standing.threshold)
        after = replace(standing, threshold=up, certified_at=0, looked_at=0, since=now)
        shown = here if step == "lost" else measure(against, target, standing.threshold, confidence)
        return Review(after, step, replace(shown, certified=False))
    if standing.certified_at:
        return Review(standing, "kept", here)
    threshold = choose(choosing, target, max(careful, standing.threshold))
    found = measure(certifying, target, threshold, confidence)
    if not due(standing, found.answered, target):
        return Review(standing, "not_yet", replace(here, certified=False, missing=max(1, here.missing)))
    looked = replace(standing, looks=standing.looks + 1, looked_at=found.answered)
    if found.certified:
        return Review(replace(looked, threshold=threshold, certified_at=now), "certified", found)
    return Review(looked, "not_yet", found)


def _broken(new: list[Case], target: float, threshold: float) -> tuple[Step, list[Case]] | None:
    """Whether new labels contradict the target, all of them or those from somewhere on, and which they are."""
    if contradicts(*count(new, threshold), target):
        return "contradicted", new
    allowed = [case for case in new if case.certainty >= threshold >= case.bar]
    begin = turned((case.right for case in allowed), target)
    return None if begin is None else ("drifted", allowed[begin:])


# -- calibration ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same certainty: how sure they were on average, and which share was right."""

    low: float
    high: float
    answered: int
    certainty: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """`error`: the mean distance between certainty and share of right answers, over the answers (expected calibration
    error, Naeini et al. 2015). `overconfident`: how far the mean certainty is above the share of right ones."""

    bins: tuple[Bin, ...]
    error: float
    overconfident: float


def calibration(cases: Sequence[Case], bins: int = BINS) -> Calibration:
    """Reliability in bins of equal width; empty ones are left out."""
    rows: list[list[Case]] = [[] for _ in range(bins)]
    for case in cases:
        rows[min(bins - 1, int(case.certainty * bins))].append(case)
    made = tuple(
        Bin(
            place / bins,
            (place + 1) / bins,
            len(row),
            sum(case.certainty for case in row) / len(row),
            sum(case.right for case in row) / len(row),
        )
        for place, row in enumerate(rows)
        if row
    )
    total = max(1, len(cases))
    error = sum(one.answered * abs(one.certainty - one.right) for one in made) / total
    above = sum(one.answered * (one.certainty - one.right) for one in made) / total
    return Calibration(made, error, above)

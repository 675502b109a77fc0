"""How often answers are wrong at most, after so many wrong ones among so many: exact bounds. Pure.

Bounds are those of Clopper and Pearson (1934), one-sided.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

CONFIDENCE = 0.95
FEWEST_WRONG = 3  # before a target counts as contradicted


def at_most(wrong: int, answered: int, share: float) -> float:
    """The chance of at most `wrong` among `answered`, when each is wrong with chance `share` (0 to 1)."""
    if wrong >= answered:
        return 1.0
    if share <= 0 or share >= 1:
        return float(share <= 0)
    return _incomplete_beta(1 - share, answered - wrong, wrong + 1)


def bound(wrong: int, answered: int, confidence: float = CONFIDENCE) -> float:
    """The exact upper bound on the share of wrong answers: 1 without answers. ValueError for impossible counts."""
    _check(wrong, answered)
    if wrong == answered:
        return 1.0
    return _bisect(lambda share: at_most(wrong, answered, share) > 1 - confidence)


def holds(wrong: int, answered: int, target: float, confidence: float = CONFIDENCE) -> bool:
    """Whether the bound is at most `target`, without working out the bound."""
    return wrong < answered and at_most(wrong, answered, target) <= 1 - confidence


def contradicts(wrong: int, answered: int, target: float) -> bool:
    """Whether so many wrong ones show that the share is above `target`, for somebody who asks at every label.

    The n-th wrong one may come too early by chance with 5 % / ((n - 2) (n - 1)), which makes 5 % for all together from
    the third on; one or two say nothing, however early they come.
    """
    if wrong < FEWEST_WRONG:
        return False
    return 1 - at_most(wrong - 1, answered, target) <= (1 - CONFIDENCE) / ((wrong - 2) * (wrong - 1))


@lru_cache(256)
def needed(target: float, wrong: int, confidence: float = CONFIDENCE) -> int:
    """How many labelled answers, `wrong` of them wrong, the bound needs in order to be at most `target`."""
    if not 0 < target < 1:
        raise ValueError(f"a target is a share between 0 and 1, not {target}")
    low, high = wrong, wrong + 1
    while not holds(wrong, high, target, confidence):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(wrong, middle, target, confidence) else (middle, high)
    return high


def _check(wrong: int, answered: int) -> None:
    if not 0 <= wrong <= answered:
        raise ValueError(f"{wrong} wrong ones of {answered} cannot be")


def _bisect(below: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if below(middle):
            low = middle
        else:
            high = middle
    return high


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by the continued fraction of DLMF 8.17.22 (Lentz's method)."""
    if x > (a + 1) / (a + b + 2):  # there the fraction converges slowly
        return 1 - _incomplete_beta(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    tiny = 1e-300
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1), tiny)
    fraction = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _off_zero(1 + term * d, tiny)
            c = _off_zero(1 + term / c, tiny)
            fraction *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return front * fraction / a


def _off_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny

"""When a rating is asked for, and what ratings add up to: pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from conversation.machine import State, Status

SATISFIED = 4  # of 5: the top-two-box definition
FEWEST = 10  # below this many answers a share says more about chance than about the service
Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Csat:
    """`score` is the share of 4s and 5s, with its 95 % Wilson interval; all three None below FEWEST answers."""

    answers: int
    asked: int
    score: float | None
    low: float | None
    high: float | None


def may_rate(state: State, customer_spoke: bool = True) -> bool:
    """Once per episode, when it is over, and only if the customer said something in it."""
    return state.status in (Status.RESOLVED, Status.CLOSED) and state.rated is None and customer_spoke


def wilson(hits: float, n: float, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval for a share (Wilson 1927). (0, 1) for n = 0. Weighted counts need not be whole."""
    if n <= 0:
        return 0.0, 1.0
    share = hits / n
    centre = share + z * z / (2 * n)
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def csat(values: Sequence[int], asked: int) -> Csat:
    """`values` are the ratings, 1 to 5; `asked` counts the invitations, answered or not."""
    n = len(values)
    if n < FEWEST:
        return Csat(n, asked, None, None, None)
    hits = sum(value >= SATISFIED for value in values)
    low, high = wilson(hits, n)
    return Csat(n, asked, hits / n, low, high)

"""Whether answers have lately become wrong more often than they may, however many good ones came before. Pure.

The procedure of Shiryaev (1963) and Roberts (1966) against twice the allowed share. A bound over all labels would learn
of a change only when the old ones are outweighed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

# Answers, on average at least, until a place that stands exactly at its target is called above it: what is watched for
# ever must be mistaken some day. Further below its target a place is so practically never.
MISTAKEN_AFTER = 10_000


def turned(right: Iterable[bool], target: float) -> int | None:
    """Where a stretch begins in which more are wrong than `target` (0 to 1); None where there is none. In order."""
    more = min(2 * target, (1 + target) / 2)
    # A right answer speaks against the change, a wrong one for it: logarithms of the likelihoods' ratio.
    for_wrong, for_right = math.log(more / target), math.log((1 - more) / (1 - target))
    if_wrong, if_right = more / target, (1 - more) / (1 - target)
    evidence = total = least = 0.0
    begin = 0
    for place, one in enumerate(right, 1):
        evidence = (1 + evidence) * (if_right if one else if_wrong)  # its mean grows by one at most
        if evidence >= MISTAKEN_AFTER:
            return begin
        total += for_right if one else for_wrong
        if total <= least:
            least, begin = total, place
    return None

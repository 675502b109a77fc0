"""How fast one customer may write, over all workers: a token bucket in two columns of the conversation's row. Pure."""

from __future__ import annotations

from runtime.errors import TooMany
from runtime.limits import SKEW_MS


def spend(spent: float, spent_at: int, now: int, rate: float, burst: float) -> float:
    """The tokens spent after one more; TooMany when there is none. `spent` were spent at `spent_at` (ms), and `rate` a
    second flow back; at most `burst` can be spent."""
    past_s = (now - spent_at) / 1000
    # Written further ahead than clocks differ: ours has stepped back since. It counts as full, for a refusal writes no
    # new time, and it would be frozen until the old one comes round again.
    left = 0.0 if past_s * 1000 < -SKEW_MS else max(0.0, spent - max(0.0, past_s) * rate)
    if left + 1 > burst:
        raise TooMany("That was a little fast. Your message will be sent in a moment.", (left + 1 - burst) / rate)
    return left + 1

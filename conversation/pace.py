"""How fast one customer may write, over all workers: a token bucket in two columns of the conversation's row. Pure."""

from __future__ import annotations

from runtime.errors import TooMany

# Machines' clocks differ a little. A bucket that was written further in the future than this comes from a clock that
# has stepped back since; it counts as full, or it would be frozen until the time comes round again.
SKEW_MS = 5_000


def spend(spent: float, spent_at: int, now: int, rate: float, burst: float) -> float:
    """The tokens spent after one more; TooMany when there is none. `spent` were spent at `spent_at` (ms), and `rate` a
    second flow back; at most `burst` can be spent."""
    past_s = (now - spent_at) / 1000
    left = 0.0 if past_s * 1000 < -SKEW_MS else max(0.0, spent - max(0.0, past_s) * rate)
    if left + 1 > burst:
        raise TooMany("That was a little fast. Your message will be sent in a moment.", (left + 1 - burst) / rate)
    return left + 1

"""Token buckets: how often something may be done, with room for a burst. Pure: the clock comes in as a number."""

from __future__ import annotations

import ipaddress
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache


@lru_cache(maxsize=4096)
def household(address: str) -> str:
    """What limits by address count: of IPv6 the first 64 bits, which is what one customer line gets to choose from."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 6:
        mapped = found.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)


# Machines' clocks differ a little: a bucket that another one wrote up to this far in the future is left as it is.
SKEW_MS = 5_000


def refilled(level: float, at: int, now: int, rate: float, burst: float) -> tuple[float, int]:
    """Level and time (ms) of a shared bucket now. `rate` a second flow in, at most `burst` are kept.

    A clock that has stepped back gives nothing away and freezes nothing: the time counts from `now` on.
    """
    if now >= at:
        return min(burst, level + (now - at) / 1000 * rate), now
    return min(burst, level), at if at - now <= SKEW_MS else now


@dataclass(slots=True)
class Bucket:
    """`rate` tokens a second flow in, at most `burst` are kept; it begins full."""

    rate: float
    burst: float
    level: float = field(init=False)
    at_s: float = field(init=False, default=float("-inf"))

    def __post_init__(self) -> None:
        self.level = self.burst

    def take(self, now_s: float) -> float:
        """0 when a token was taken, else the seconds until there is one. `now_s` is any clock that does not go back."""
        self.level = self.level_at(now_s)
        self.at_s = max(self.at_s, now_s)
        if self.level >= 1:
            self.level -= 1
            return 0.0
        return (1 - self.level) / self.rate

    def level_at(self, now_s: float) -> float:
        return min(self.burst, self.level + max(0.0, now_s - self.at_s) * self.rate)


@dataclass(slots=True)
class Buckets:
    """A bucket for each key. Full buckets say nothing and are dropped when there are more than `most`."""

    rate: float
    burst: float
    most: int = 10_000
    held: dict[Hashable, Bucket] = field(default_factory=dict)

    def take(self, key: Hashable, now_s: float) -> float:
        """As Bucket.take, for the bucket of `key`."""
        if key not in self.held and len(self.held) >= self.most:
            self.sweep(now_s)
        return self.held.setdefault(key, Bucket(self.rate, self.burst)).take(now_s)

    def give_back(self, key: Hashable) -> None:
        """Forgets what `key` has used, as after a sign-in that succeeded."""
        self.held.pop(key, None)

    def refund(self, key: Hashable) -> None:
        """Puts one token back: the last one taken did no harm."""
        bucket = self.held.get(key)
        if bucket is not None:
            bucket.level = min(bucket.burst, bucket.level + 1)

    def sweep(self, now_s: float) -> None:
        """Drops the full ones; if that is not enough, the older half, or memory would grow under attack."""
        self.held = {key: bucket for key, bucket in self.held.items() if bucket.level_at(now_s) < bucket.burst}
        if len(self.held) >= self.most:
            self.held = dict(list(self.held.items())[len(self.held) // 2 :])

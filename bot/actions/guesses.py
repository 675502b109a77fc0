"""How often somebody may be wrong about an order: over all chats, or a new chat would be a new try for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runtime.limits import Buckets

FAILURES = 6  # as many as two chats allow; then people look
REFILL_S = 3600.0
# Whoever knows one of them and tries out the other runs out of tries for the one.
KNOWN = ("email", "order_number", "phone")


def _buckets() -> dict[str, Buckets]:
    return {slot: Buckets(FAILURES / REFILL_S, FAILURES) for slot in KNOWN}


@dataclass(slots=True)
class Guesses:
    """Kept in this process: several workers allow several times as many."""

    held: dict[str, Buckets] = field(default_factory=_buckets)

    def are_too_many(self, said: Mapping[str, str], now_s: float) -> bool:
        for slot, buckets in self.held.items():
            bucket = buckets.held.get(_key(said.get(slot, "")))
            if bucket is not None and bucket.level_at(now_s) < 1:
                return True
        return False

    def count(self, said: Mapping[str, str], now_s: float) -> None:
        """There was no such thing."""
        for slot, buckets in self.held.items():
            if said.get(slot):
                buckets.take(_key(said[slot]), now_s)


def _key(value: str) -> str:
    """LF-10042 and 10042 are one order to most back ends."""
    return "".join(character for character in value if character.isdigit()) or value if "@" not in value else value

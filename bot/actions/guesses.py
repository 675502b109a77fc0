"""How often somebody may be wrong about an order: over all chats, or each would be a new try; at every door."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from runtime.limits import Buckets

FAILURES = 6  # as many as two chats allow; then people look
REFILL_S = 3600.0
# Whoever knows one of them and tries out the other runs out of tries for the one; a sender who tries out both, too.
SENDER = "sender"
KNOWN = ("email", "order_number", "phone", SENDER)


def _buckets() -> dict[str, Buckets]:
    return {slot: Buckets(FAILURES / REFILL_S, FAILURES) for slot in KNOWN}


@dataclass(slots=True)
class Guesses:
    """Kept in this process: several workers allow several times as many."""

    held: dict[str, Buckets] = field(default_factory=_buckets)

    def begin(self, said: Mapping[str, str], now_s: float) -> bool:
        """Takes a try before it is made, or many chats at once would all be let through. False: none is left."""
        tries = list(self._tries(said))
        held = [buckets.held.get(key) for buckets, key in tries]
        if any(bucket is not None and bucket.level_at(now_s) < 1 for bucket in held):
            return False
        for buckets, key in tries:
            buckets.take(key, now_s)
        return True

    def give_back(self, said: Mapping[str, str]) -> None:
        """It was no guess."""
        for buckets, key in self._tries(said):
            buckets.refund(key)

    def _tries(self, said: Mapping[str, str]) -> Iterator[tuple[Buckets, str]]:
        for slot, buckets in self.held.items():
            if said.get(slot):
                yield buckets, said[slot] if slot == SENDER else _key(said[slot])


def _key(value: str) -> str:
    """LF-10042 and 10042 are one order to most back ends."""
    digits = "".join(character for character in value if character.isdigit())
    return value if "@" in value or not digits else digits

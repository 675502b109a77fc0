"""Time and ids: milliseconds since 1970 in UTC, and ids that sort by time but cannot be guessed."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from functools import lru_cache

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread


def now_ms() -> int:
    """Milliseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1_000_000


def new_id(at_ms: int | None = None) -> str:
    """26 characters: 48 bits of time, then 80 random bits, so that a stranger cannot guess one (the ULID layout)."""
    value = ((now_ms() if at_ms is None else at_ms) << 80) | secrets.randbits(80)
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))


def rfc3339(at_ms: int) -> str:
    """`2026-11-23T08:05:00.123Z`."""
    second, ms = divmod(at_ms, 1000)
    return f"{_second(second)}.{ms:03d}Z"


@lru_cache(64)
def _second(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def from_rfc3339(text: str) -> int:
    """Milliseconds since 1970 of an RFC 3339 time; ValueError when it is none."""
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)

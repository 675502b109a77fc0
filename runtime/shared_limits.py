"""Token buckets that all workers share, as rows. For what is rare, such as sign-in tries: each take is a write."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from runtime.db import Tx
from runtime.limits import SKEW_MS, refilled
from runtime.tables import BucketRow

SWEEP = 1000  # rows at once: more would hold up the writers that wait behind

_buckets = BucketRow.__table__  # type: ignore[attr-defined]


def take(tx: Tx, keys: Sequence[str], rate: float, burst: float) -> float:
    """0 when each of the keys gave a token, else the seconds until it is worth trying again; `rate` a second flow in.

    In the order of the keys; a key that has none stops it, so that the ones behind it are not emptied by somebody who
    may not try anyway.
    """
    for key in keys:
        row = _locked(tx, key, burst)
        level, at = refilled(row.level, row.at, tx.now, rate, burst)
        _put(tx, key, level - 1 if level >= 1 else level, at)
        if level < 1:
            return (1 - level) / rate
    return 0.0


def refund(tx: Tx, key: str, burst: float) -> None:
    """Puts one token back: the last one taken did no harm."""
    row = _locked(tx, key, burst)
    _put(tx, key, min(burst, row.level + 1), row.at)


def give_back(tx: Tx, key: str) -> None:
    """Forgets what the key has used."""
    tx.connection.execute(sa.delete(_buckets).where(_buckets.c.key == key))


def sweep(tx: Tx, prefix: str, rate: float, burst: float) -> int:
    """Removes buckets of the prefix that are full by now; they say nothing. How many went."""
    full_ms = int(burst / rate * 1000)
    full = sa.or_(_buckets.c.at < tx.now - full_ms, _buckets.c.at > tx.now + full_ms + SKEW_MS)
    found = sa.select(_buckets.c.key).where(_buckets.c.key.startswith(prefix, autoescape=True), full)
    keys = tx.connection.execute(found.limit(SWEEP).with_for_update(skip_locked=True)).scalars().all()
    if keys:
        tx.connection.execute(sa.delete(_buckets).where(_buckets.c.key.in_(keys)))
    return len(keys)


def _locked(tx: Tx, key: str, burst: float) -> sa.Row[tuple[float, int]]:
    """The row, made full if it is missing; another worker that makes it at the same moment is waited for."""
    make = sa.text('INSERT INTO bucket ("key", "level", "at") VALUES (:key, :level, :at) ON CONFLICT DO NOTHING')
    tx.connection.execute(make, {"key": key, "level": burst, "at": tx.now})
    found = sa.select(_buckets.c.level, _buckets.c.at).where(_buckets.c.key == key)
    return tx.connection.execute(found.with_for_update()).one()


def _put(tx: Tx, key: str, level: float, at: int) -> None:
    tx.connection.execute(sa.update(_buckets).where(_buckets.c.key == key).values(level=level, at=at))

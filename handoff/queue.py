"""The queue is a view of the log: who waits, in which place, and how long it has taken lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from conversation.log import conversations, entries
from conversation.machine import Status
from runtime.db import Tx

HOUR = 3_600_000
FEWEST = 3  # from fewer waits no honest range can be told
INTO_QUEUE = ("handoff", "released")
MOVES = (*INTO_QUEUE, "claimed", "handed_back", "resolved")  # whatever changes who has a chat


@dataclass(frozen=True, slots=True)
class Place:
    """`position` counts from 1. `wait_s`: low and high in seconds, None when too few were served in the last hour."""

    conversation_id: int
    position: int
    wait_s: tuple[int, int] | None


def places(tx: Tx) -> list[Place]:
    """Everyone who waits, longest first."""
    rows = tx.connection.execute(
        sa.select(conversations.c.id)
        .where(conversations.c.status == Status.QUEUED.value)
        .order_by(conversations.c.queued_at, conversations.c.id)
    )
    ids = [row.id for row in rows]
    waits = recent_waits(tx) if ids else []
    return [Place(conversation_id, n, wait_range(waits, n)) for n, conversation_id in enumerate(ids, 1)]


def recent_waits(tx: Tx) -> list[int]:
    """How long each chat claimed in the last hour had waited, in ms. One taken from the assistant had not waited."""
    claimed = entries.alias("claimed")
    before = entries.alias("before")
    moves = (
        sa.select(
            claimed.c.conversation_id,
            claimed.c.at,
            sa.func.max(before.c.seq).label("seq"),
        )
        .join(before, sa.and_(before.c.conversation_id == claimed.c.conversation_id, before.c.seq < claimed.c.seq))
        .where(claimed.c.kind == "claimed", claimed.c.at > tx.now - HOUR, before.c.kind.in_(MOVES))
        .group_by(claimed.c.conversation_id, claimed.c.seq, claimed.c.at)
        .subquery()
    )
    rows = tx.connection.execute(
        sa.select(moves.c.at, entries.c.at.label("since"))
        .join(entries, sa.and_(entries.c.conversation_id == moves.c.conversation_id, entries.c.seq == moves.c.seq))
        .where(entries.c.kind.in_(INTO_QUEUE))
    )
    return [max(0, row.at - row.since) for row in rows]  # a clock may have been set back in between


def wait_range(waits_ms: Sequence[int], position: int) -> tuple[int, int] | None:
    """The middle half of the recent waits, in seconds; for the one who came last, who stands where they stood."""
    if len(waits_ms) < FEWEST or position < 1:
        return None
    ordered = sorted(waits_ms)
    low = ordered[(len(ordered) - 1) // 4]
    high = ordered[-1 - (len(ordered) - 1) // 4]
    return round(low / 1000), round(high / 1000)

"""The queue is a view of the log: who waits, in which place, and how long it has taken lately."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from conversation.log import conversations, entries
from conversation.machine import Status
from runtime.db import Tx
from runtime.statements import Statement

HOUR = 3_600_000
FEWEST = 3  # from fewer waits no honest range can be told
LATEST = 200  # claims that are looked at: a busy hour has thousands, and its middle half is no truer for them
INTO_QUEUE = ("handoff", "released")
MOVES = (*INTO_QUEUE, "claimed", "handed_back", "resolved")  # whatever changes who has a chat

_WAITING = Statement(
    sa.select(conversations.c.id)
    .where(conversations.c.status == Status.QUEUED.value)
    .order_by(conversations.c.queued_at, conversations.c.id)
)


def waiting(tx: Tx) -> list[int]:
    """The conversations that wait, longest first; whoever stands at 0 is the next."""
    return [row.id for row in tx.run(_WAITING)]


def recent_waits(tx: Tx) -> list[int]:
    """How long the chats claimed in the last hour had waited, in ms. One taken from the assistant had not waited."""
    claimed = (
        sa.select(entries.c.conversation_id, entries.c.seq, entries.c.at)
        .where(entries.c.kind == "claimed", entries.c.at > tx.now - HOUR)
        .order_by(entries.c.at.desc())
        .limit(LATEST)
        .subquery()
    )
    before = entries.alias("before")
    last_move = (
        sa.select(before.c.seq)
        .where(before.c.conversation_id == claimed.c.conversation_id, before.c.seq < claimed.c.seq)
        .where(before.c.kind.in_(MOVES))
        .order_by(before.c.seq.desc())
        .limit(1)
        .correlate(claimed)
        .scalar_subquery()
    )
    same = sa.and_(entries.c.conversation_id == claimed.c.conversation_id, entries.c.seq == last_move)
    rows = tx.connection.execute(
        sa.select(claimed.c.at, entries.c.at.label("since"))
        .select_from(claimed)
        .join(entries, same)
        .where(entries.c.kind.in_(INTO_QUEUE))
    )
    return [max(0, row.at - row.since) for row in rows]  # a clock may have been set back in between


def wait_range(waits_ms: Sequence[int]) -> tuple[int, int] | None:
    """The middle half of the recent waits, in seconds; None when too few were served in the last hour.

    The same for everyone who waits: whoever came last stands where they stood.
    """
    if len(waits_ms) < FEWEST:
        return None
    ordered = sorted(waits_ms)
    low = ordered[(len(ordered) - 1) // 4]
    high = ordered[-1 - (len(ordered) - 1) // 4]
    return round(low / 1000), round(high / 1000)

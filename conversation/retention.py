"""Chats that have been kept as long as customers are told are deleted, with all that was written in them."""

from __future__ import annotations

import sqlalchemy as sa

from conversation.log import conversations, entries
from conversation.machine import Status
from conversation.visits import visitors
from runtime.db import Tx

AT_ONCE = 20  # in one transaction: who writes meanwhile waits for it
DAY_MS = 86_400_000
OVER = (Status.RESOLVED.value, Status.CLOSED.value)
# What time does by itself, and the end of a chat: nobody's word.
ENDS = ("resolved", "closed", "woken")


def delete_due(tx: Tx, days: float) -> int:
    """Deletes chats that are over and in which nobody has said or done anything for so many days; how many.

    At most AT_ONCE, the oldest first. Who still waits for people is not forgotten: their chat stays until it is over.
    What people said of answers (labels) stays, since it holds nobody's text. Visitors who had nothing else go as well.
    Any worker may run it.
    """
    before = tx.now - round(days * DAY_MS)
    columns, first = conversations.c, entries.alias("first")
    last_word = (
        sa.select(sa.func.max(entries.c.at))
        .where(entries.c.conversation_id == columns.id, entries.c.kind.not_in(ENDS))
        .scalar_subquery()
    )
    due = (
        sa.select(columns.id, columns.visitor_id)
        # From the index of kinds: whatever began earlier is gone, but for those who wait or wrote again.
        .join(first, first.c.conversation_id == columns.id)
        .where(first.c.kind == "started", first.c.at < before)
        .where(columns.status.in_(OVER), last_word < before)
        .order_by(first.c.at)
        .limit(AT_ONCE)
        # A customer who takes up their chat at this moment is first, and then it is not over.
        .with_for_update(of=conversations, skip_locked=True)
    )
    found = tx.connection.execute(due).all()
    if not found:
        return 0
    ids, whose = [row.id for row in found], {row.visitor_id for row in found}
    tx.connection.execute(entries.delete().where(entries.c.conversation_id.in_(ids)))
    tx.connection.execute(conversations.delete().where(columns.id.in_(ids)))
    _delete_visitors(tx, whose)
    return len(ids)


def _delete_visitors(tx: Tx, ids: set[int]) -> None:
    """Those of them who have no chat any more."""
    # Locked first and looked at then: with a visitor goes every chat of theirs, and one may have begun just now.
    tx.connection.execute(
        sa.select(visitors.c.id).where(visitors.c.id.in_(ids)).order_by(visitors.c.id).with_for_update()
    )
    busy = sa.select(conversations.c.visitor_id).where(conversations.c.visitor_id.in_(ids))
    left = ids - set(tx.connection.execute(busy).scalars())
    tx.connection.execute(visitors.delete().where(visitors.c.id.in_(left)))

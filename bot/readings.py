"""What the hub reads of the log: entries after a number, a page of older ones, and how far conversations are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from conversation import log
from conversation.log import Logged
from runtime.db import Tx

PAGE = 500  # entries of one reading


@dataclass(slots=True)
class Reading:
    """The entries after number `after`."""

    row: Any
    entries: list[Logged]
    after: int


def read(tx: Tx, conversation_id: int, after_seq: int, window: int | None = None) -> Reading:
    """`window`: where more entries than this are missing, only the newest of them."""
    row = log.row_of(tx, conversation_id)
    if after_seq > row.last_seq:
        return Reading(row, [], after_seq)
    if window is not None:
        after_seq = max(after_seq, row.last_seq - window)
    return Reading(row, log.since(tx, conversation_id, after_seq, PAGE), after_seq)


def past(tx: Tx, conversation_id: int, before_seq: int, limit: int) -> list[Logged]:
    row = log.row_of(tx, conversation_id)
    before_seq = min(before_seq, row.last_seq + 1)
    after_seq = max(0, before_seq - 1 - limit)
    return log.since(tx, conversation_id, after_seq, max(0, before_seq - 1 - after_seq))


def marks(tx: Tx, ids: Sequence[int]) -> list[Any]:
    """`id`, `last_seq` and the receipts of these conversations."""
    columns = log.conversations.c
    found = sa.select(
        columns.id, columns.last_seq, columns.seen_by_customer, columns.seen_by_staff, columns.delivered_to_customer,
        columns.delivered_to_staff,
    )  # fmt: skip
    return list(tx.connection.execute(found.where(columns.id.in_(ids))))

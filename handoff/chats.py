"""The rows of the agents' list, and the pages of what was resolved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from conversation.log import conversations, entries
from conversation.machine import LIVE, Status
from runtime.clock import rfc3339
from runtime.db import Tx
from runtime.errors import BadInput

MAX_LIVE = 1_000  # rows of one snapshot; the console shows the oldest waiting and the newest words first
PAGE = 200


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]
    next_cursor: str | None


def live(tx: Tx) -> list[Any]:
    """All chats that are not over, newest word first."""
    return list(
        tx.connection.execute(
            sa.select(conversations)
            .where(conversations.c.status.in_([status.value for status in LIVE]))
            .order_by(conversations.c.updated_at.desc())
            .limit(MAX_LIVE)
        )
    )


def rows(tx: Tx, ids: set[int]) -> list[Any]:
    return list(tx.connection.execute(sa.select(conversations).where(conversations.c.id.in_(ids))))


def page(tx: Tx, status: str | None, limit: int, cursor: str | None) -> Page:
    """Newest first. The cursor is opaque; BadInput for one that this program did not make."""
    statement = sa.select(conversations)
    if status is not None:
        if status not in {known.value for known in Status}:
            raise BadInput(f"Unknown status {status!r}. One of: {', '.join(known.value for known in Status)}.")
        statement = statement.where(conversations.c.status == status)
    if cursor:
        try:
            updated_at, row_id = (int(part) for part in cursor.split("-", 1))
        except ValueError:
            raise BadInput("This cursor is not one of ours. Leave it out to begin at the start.") from None
        if max(abs(updated_at), abs(row_id)) >= 2**63:  # more than a column holds
            raise BadInput("This cursor is not one of ours. Leave it out to begin at the start.")
        statement = statement.where(
            sa.tuple_(conversations.c.updated_at, conversations.c.id) < sa.tuple_(updated_at, row_id)
        )
    limit = max(1, min(limit, PAGE))
    found = list(
        tx.connection.execute(
            statement.order_by(conversations.c.updated_at.desc(), conversations.c.id.desc()).limit(limit + 1)
        )
    )
    more = len(found) > limit
    found = found[:limit]
    return Page(found, f"{found[-1].updated_at}-{found[-1].id}" if more else None)


def comment(tx: Tx, conversation_id: int) -> str | None:
    """The words that came with the latest rating."""
    data = tx.connection.execute(
        sa.select(entries.c.data)
        .where(entries.c.conversation_id == conversation_id, entries.c.kind == "rated")
        .order_by(entries.c.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    if data is None:
        return None
    text: str = json.loads(data)["comment"]
    return text or None


def card(row: Any, comment: str | None = None) -> dict[str, Any]:
    """A row of the agents' list as JSON values, the same over REST and on the socket. Times are RFC 3339."""
    return {
        "id": row.public_id,
        "status": row.status,
        "owner": row.owner,
        "episode": row.episode,
        "language": row.language,
        "last_seq": row.last_seq,
        "last_said": row.last_said,
        "title": row.title,
        "last_text": row.preview,
        "last_kind": row.preview_kind,
        "created_at": rfc3339(row.created_at),
        "updated_at": rfc3339(row.updated_at),
        "agent": row.agent_name,
        "reason": row.reason,
        "queued_at": _time(row.queued_at),
        "waiting_since": _time(row.waiting_since),
        "rated": row.rated,
        "comment": comment,
        "email": row.email,
        "page": row.page or None,
        "seen_by_customer": row.seen_by_customer,
        "seen_by_staff": row.seen_by_staff,
        "delivered_to_customer": max(row.delivered_to_customer, row.seen_by_customer),
        "delivered_to_staff": max(row.delivered_to_staff, row.seen_by_staff),
    }


def _time(at_ms: int | None) -> str | None:
    return None if at_ms is None else rfc3339(at_ms)

"""The only writer of history: `record`. Everything else about a conversation is a reading of its entries."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from conversation.events import (
    Answered,
    Audience,
    Claimed,
    ContactLeft,
    Event,
    Offered,
    Remarked,
    Replied,
    Said,
    Snoozed,
    Started,
    from_data,
    to_data,
)
from conversation.machine import LIVE, State, Status, advance, begin
from conversation.tables import Conversation, Entry
from conversation.texts import preview
from runtime.db import Tx
from runtime.errors import Conflict, NotFound

conversations = Conversation.__table__  # type: ignore[attr-defined]
entries = Entry.__table__  # type: ignore[attr-defined]


class ClientIdReused(Conflict):
    code = "client_id_reused"


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry as it stands in the log. `data` is the event as JSON values; `at` is ms UTC."""

    conversation_id: int
    conversation: str
    seq: int
    at: int
    kind: str
    audience: str
    client_id: str | None
    data: dict[str, Any]

    @property
    def event(self) -> Event:
        return from_data(self.kind, self.data)


def open_conversation(
    tx: Tx, site_id: int, visitor_id: int, opened_by: str, language: str, page: str
) -> tuple[int, str]:
    """A new conversation with its first entry. Returns (row id, public id)."""
    event = Started(language=language, page=page)
    state = begin(event)
    public_id = tx.new_id()
    result = tx.connection.execute(
        conversations.insert().values(
            public_id=public_id,
            site_id=site_id,
            visitor_id=visitor_id,
            opened_by=opened_by,
            language=language,
            page=page,
            status=state.status.value,
            owner=state.owner,
            episode=1,
            waiting=0,
            last_said=0,
            last_seq=1,
            seen_by_customer=0,
            seen_by_staff=0,
            created_at=tx.now,
            updated_at=tx.now,
            preview="",
            preview_kind="",
            title="",
        )
    )
    conversation_id = inserted_id(result)
    _insert(tx, conversation_id, 1, event, None)
    tx.notify("conversation", conversation_id, 1)
    return conversation_id, public_id


def record(tx: Tx, conversation_id: int, event: Event, client_id: str | None = None) -> Logged:
    """Appends `event` if the machine lets it follow; a known `client_id` gives the entry that it made the first time.

    Refused (or a subclass) when it may not follow, ClientIdReused for the same id with another content, NotFound.
    """
    row = row_of(tx, conversation_id, lock=True)
    if client_id is not None:
        known = entry_by_client_id(tx, row, client_id)
        if known is not None:
            if known.kind != event.kind or not _same(known.data, event):
                raise ClientIdReused("This client id was used for another message. Make a new one for each.")
            return known
    seq = row.last_seq + 1
    before = state_of(row)
    after = advance(before, event, seq)
    data = _insert(tx, conversation_id, seq, event, client_id)
    tx.connection.execute(
        conversations.update()
        .where(conversations.c.id == conversation_id)
        .values(last_seq=seq, **_columns(tx, row, before, after, event))
    )
    tx.notify("conversation", conversation_id, seq)
    if Status.QUEUED in (before.status, after.status) and before.status is not after.status:
        tx.notify("queue", "all")
    return Logged(conversation_id, row.public_id, seq, tx.now, event.kind, event.audience.value, client_id, data)


def since(tx: Tx, conversation_id: int, after_seq: int, limit: int = 500) -> list[Logged]:
    """Entries with a number above `after_seq`, in order, at most `limit`."""
    rows = tx.connection.execute(
        sa.select(entries, conversations.c.public_id)
        .join(conversations, conversations.c.id == entries.c.conversation_id)
        .where(entries.c.conversation_id == conversation_id, entries.c.seq > after_seq)
        .order_by(entries.c.seq)
        .limit(limit)
    )
    return [_logged(row) for row in rows]


def transcript(tx: Tx, conversation_id: int) -> list[Logged]:
    return since(tx, conversation_id, 0, limit=1_000_000)


def row_of(tx: Tx, conversation_id: int, lock: bool = False) -> sa.Row[Any]:
    """The conversation's row; with `lock` it stays as it is until the commit, for whoever decides by it. NotFound."""
    statement = sa.select(conversations).where(conversations.c.id == conversation_id)
    row = tx.connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound("There is no such chat.")
    return row


def id_of(tx: Tx, public_id: str) -> int:
    """The row id of a public id; NotFound."""
    found = tx.connection.execute(
        sa.select(conversations.c.id).where(conversations.c.public_id == public_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such chat.")
    return int(found)


def state_of(row: Any) -> State:
    """The stored state of a conversation's row."""
    return State(
        status=Status(row.status),
        owner=row.owner,
        episode=row.episode,
        waiting=row.waiting,
        last_said=row.last_said,
        rated=row.rated,
        reason=row.reason,
    )


def mark_seen(tx: Tx, conversation_id: int, who: str, seq: int) -> None:
    """Receipts only grow. `who` is `customer` or `staff`; numbers beyond the last entry are cut down to it."""
    column = conversations.c.seen_by_customer if who == "customer" else conversations.c.seen_by_staff
    row = row_of(tx, conversation_id)
    seq = min(seq, row.last_seq)
    changed = tx.connection.execute(
        conversations.update().where(conversations.c.id == conversation_id, column < seq).values({column.name: seq})
    )
    if changed.rowcount:
        tx.notify("seen", conversation_id, seq, who)


def inserted_id(result: sa.CursorResult[Any]) -> int:
    """The key that the database gave to the row just inserted."""
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - a single-row insert always has one
    return int(key[0])


def _insert(tx: Tx, conversation_id: int, seq: int, event: Event, client_id: str | None) -> dict[str, Any]:
    data = to_data(event)
    tx.connection.execute(
        entries.insert().values(
            conversation_id=conversation_id,
            seq=seq,
            at=tx.now,
            kind=event.kind,
            audience=event.audience.value,
            client_id=client_id,
            re=getattr(event, "re", None),
            data=json.dumps(data, ensure_ascii=False, separators=(",", ":")),
        )
    )
    return data


def entry_by_client_id(tx: Tx, conversation: Any, client_id: str) -> Logged | None:
    row = tx.connection.execute(
        sa.select(entries, sa.literal(conversation.public_id).label("public_id")).where(
            entries.c.conversation_id == conversation.id, entries.c.client_id == client_id
        )
    ).one_or_none()
    return None if row is None else _logged(row)


def _same(data: dict[str, Any], event: Event) -> bool:
    """Names may have changed in between (an agent was renamed); the words may not."""
    other = json.loads(json.dumps(to_data(event)))
    return all(data.get(key) == value for key, value in other.items() if key != "name")


def _logged(row: Any) -> Logged:
    return Logged(
        row.conversation_id, row.public_id, row.seq, row.at, row.kind, row.audience, row.client_id, json.loads(row.data)
    )


def _columns(tx: Tx, row: Any, before: State, after: State, event: Event) -> dict[str, Any]:
    """What changes in the conversation's row: the state, and the readings of it that lists need."""
    values: dict[str, Any] = {
        "status": after.status.value,
        "owner": after.owner,
        "episode": after.episode,
        "waiting": after.waiting,
        "last_said": after.last_said,
        "rated": after.rated,
        "reason": after.reason,
        "updated_at": tx.now,
    }
    if after.waiting == 0:
        values["waiting_since"] = None
    elif before.waiting == 0 or row.waiting_since is None:
        values["waiting_since"] = tx.now
    if after.status is Status.QUEUED and before.status is not Status.QUEUED:
        # A released chat keeps its place: the customer has waited since then.
        kept = row.queued_at if before.status in (Status.ASSIGNED, Status.SNOOZED) else None
        values["queued_at"] = kept or tx.now
    if after.status in (Status.RESOLVED, Status.CLOSED):
        if before.status in LIVE:
            values["resolved_at"] = tx.now
    else:
        values["resolved_at"] = None
    if after.status is Status.BOT:
        values["queued_at"] = None
    values["agent_name"] = _agent_name(row, after, event)
    if isinstance(event, Snoozed):
        values["until"] = event.until
    elif after.status is not Status.SNOOZED:
        values["until"] = None
    if isinstance(event, ContactLeft):
        values["email"] = event.email
    if isinstance(event, (Said, Answered, Offered, Remarked, Replied)):
        values["preview"] = preview(event.text)
        values["preview_kind"] = event.kind
    elif not row.preview and event.audience is Audience.ALL:
        values["preview_kind"] = event.kind  # no words yet: what happened last stands in their place
    if isinstance(event, Said) and not row.title:
        values["title"] = preview(event.text)
    return values


def _agent_name(row: Any, after: State, event: Event) -> str | None:
    if isinstance(event, Claimed):
        return event.name
    keeps = after.owner.startswith("agent:") or after.status in (Status.RESOLVED, Status.CLOSED)
    return row.agent_name if keeps else None

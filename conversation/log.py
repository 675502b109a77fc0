"""The only writer of history: `record`. Everything else about a conversation is a reading of its entries."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from conversation.events import KINDS, Event, Started, from_data, to_data
from conversation.machine import STATUS, State, Status, advance, begin
from conversation.row import first_columns, next_columns
from conversation.tables import Conversation, Entry
from runtime.db import Tx
from runtime.errors import Conflict, NotFound
from runtime.faults import Overtaken
from runtime.statements import Statement, insert

conversations = Conversation.__table__  # type: ignore[attr-defined]
entries = Entry.__table__  # type: ignore[attr-defined]

MOST = 2**31 - 1  # what a column of numbers holds
_ENTRY = ("conversation_id", "seq", "at", "kind", "audience", "client_id", "re", "data")
_entries = sa.select(*(entries.c[name] for name in _ENTRY), conversations.c.public_id).join(
    conversations, conversations.c.id == entries.c.conversation_id
)
_chats = sa.select(conversations)
_by_id = _chats.where(conversations.c.id == sa.bindparam("id"))
_by_public_id = _chats.where(conversations.c.public_id == sa.bindparam("id"))
_places = {name: place for place, name in enumerate(conversations.c.keys())}
_AUDIENCES = {kind: event.audience.value for kind, event in KINDS.items()}
_encode = msgspec.json.Encoder().encode
_columns = [name for name in conversations.c.keys() if name != "id"]  # noqa: SIM118 - it is no dict

BY_ID, BY_ID_LOCKED = Statement(_by_id), Statement(_by_id.with_for_update())
BY_PUBLIC_ID, BY_PUBLIC_ID_LOCKED = Statement(_by_public_id), Statement(_by_public_id.with_for_update())
ID_OF = Statement(sa.select(conversations.c.id).where(conversations.c.public_id == sa.bindparam("id")))
SINCE = Statement(
    _entries.where(entries.c.conversation_id == sa.bindparam("id"), entries.c.seq > sa.bindparam("after_seq"))
    .order_by(entries.c.seq)
    .limit(sa.bindparam("limit"))
)
_by_client_id = sa.and_(
    entries.c.conversation_id == sa.bindparam("id"), entries.c.client_id == sa.bindparam("client_id")
)
BY_CLIENT_ID = Statement(_entries.where(_by_client_id))
HOLDS_CLIENT_ID = Statement(sa.select(entries.c.conversation_id).where(_by_client_id))
NEW_ENTRY = Statement(
    insert_unless_there(entries)
    .values({name: sa.bindparam(name) for name in _ENTRY})
    .on_conflict_do_nothing(
        index_elements=[entries.c.conversation_id, entries.c.client_id], index_where=sa.text("client_id IS NOT NULL")
    )
    .inline(),
    keeps=True,
)
NEW_CONVERSATION = Statement(insert(conversations, *_columns).returning(*conversations.c), keeps=True)


class ClientIdReused(Conflict):
    code = "client_id_reused"


class Logged(msgspec.Struct, frozen=True):
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


class Recorded(msgspec.Struct, frozen=True):
    """What the notice of new entries carries inside its process: they, in order and without a gap, and the
    conversation's row right after the last of them."""

    entries: tuple[Logged, ...]
    row: Any


# -- writing ---------------------------------------------------------------------------------------------------


def open_conversation(tx: Tx, site_id: int, visitor_id: int, opened_by: str, language: str, page: str) -> Any:
    """A new conversation with its first entry. Returns its row."""
    event = Started(language=language, page=page)
    values = first_columns(tx.now, begin(event))
    values |= {"public_id": tx.new_id(), "site_id": site_id, "visitor_id": visitor_id, "opened_by": opened_by}
    row = tx.one(NEW_CONVERSATION, **values, language=language, page=page)
    tx.keep(("conversation", row.id), row)
    _insert(tx, row, row.last_seq, (event,), None)
    return row


def record(tx: Tx, conversation_id: int, event: Event, client_id: str | None = None) -> Logged:
    """Appends `event` if the machine lets it follow; a known `client_id` gives the entry that it made the first time.

    Refused (or a subclass) when it may not follow, ClientIdReused for the same id with another content, NotFound.
    """
    return record_in(tx, row_of(tx, conversation_id, lock=True), event, client_id)


def record_in(tx: Tx, row: Any, event: Event, client_id: str | None = None, **changes: Any) -> Logged:
    """As `record`, for whoever has locked the row already; `changes` are further columns of it."""
    known = None if client_id is None else entry_by_client_id(tx, row, client_id)
    return append(tx, row, (event,), client_id, **changes)[0] if known is None else repeated(known, event)


def append(tx: Tx, row: Any, events: Sequence[Event], client_id: str | None = None, **changes: Any) -> list[Logged]:
    """All of `events` or, when one may not follow, none; the row is changed once. Whoever calls has locked it.

    `client_id` goes to the first of them and was new when the caller looked; `changes` are further columns of the row.
    """
    # Everything that can be refused is refused before the first write: then there is nothing to undo.
    values: dict[str, Any] = {}
    state, seq, moved = state_of(row), row.last_seq, False
    for event in events:
        seq += 1
        before, state = state, advance(state, event, seq)
        next_columns(tx.now, row, values, before, state, event)
        if before.status is not state.status and Status.QUEUED in (before.status, state.status):
            moved = True
    values["last_seq"] = seq
    values.update(changes)
    cells = list(row)
    changed: dict[str, Any] = {}
    for name, value in values.items():
        place = _places[name]
        if cells[place] != value:
            cells[place] = changed[name] = value
    after = row._make(cells)
    logged = _insert(tx, after, row.last_seq + 1, events, client_id)
    tx.change(_changing(tuple(changed)), key=row.id, **changed)
    tx.keep(("conversation", row.id), after)
    if moved:
        tx.notify("queue", "all")
    return logged


def repeated(known: Logged, event: Event) -> Logged:
    """The entry that this client id made the first time; ClientIdReused when the event is another one."""
    # Names may have changed in between (an agent was renamed); the words may not.
    same = all(known.data.get(name) == value for name, value in to_data(event).items() if name != "name")
    if known.kind != event.kind or not same:
        raise ClientIdReused("This client id was used for another message. Make a new one for each.")
    return known


def mark_seen(tx: Tx, conversation_id: int, who: str, seq: int) -> None:
    """Receipts only grow. `who` is `customer` or `staff`; numbers beyond the last entry are cut down to it.

    What was seen was delivered.
    """
    _receive(tx, conversation_id, "seen", who, seq)


def mark_delivered(tx: Tx, conversation_id: int, who: str, seq: int) -> None:
    """As `mark_seen`, for what has reached a screen of theirs; below what they have seen it says nothing."""
    _receive(tx, conversation_id, "delivered", who, seq)


def _receive(tx: Tx, conversation_id: int, what: str, who: str, seq: int) -> None:
    tx.keep(("conversation", conversation_id), None)
    for row in tx.run(_receipt(what, who), id=conversation_id, seq=min(seq, MOST)):
        tx.notify(what, conversation_id, row[0], who)


def _insert(tx: Tx, row: Any, seq: int, events: Sequence[Event], client_id: str | None) -> list[Logged]:
    """Entries with the numbers from `seq` on, and one notice of all of them. `row`: as it is after the last."""
    key, conversation, now = row.id, row.public_id, tx.now
    logged: list[Logged] = []
    stored: list[tuple[Any, ...]] = []  # in the order of _ENTRY
    for event in events:
        data, kind = to_data(event), event.kind
        audience = _AUDIENCES[kind]
        stored.append((key, seq, now, kind, audience, client_id, data.get("re"), _encode(data).decode()))
        logged.append(Logged(key, conversation, seq, now, kind, audience, client_id, data))
        seq, client_id = seq + 1, None  # the id belongs to the first of them
    if tx.insert(NEW_ENTRY, stored) != len(stored):  # the same frame came through another process, after we had looked
        raise Overtaken
    tx.notify("conversation", row.id, row.last_seq, item=Recorded(tuple(logged), row))
    return logged


@cache
def _changing(names: tuple[str, ...]) -> Statement:
    """One for each set of columns that change together; there are some dozens."""
    values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
    statement = conversations.update().where(conversations.c.id == sa.bindparam("key")).values(values)
    return Statement(statement, keeps=True)


@cache
def _receipt(what: str, who: str) -> Statement:
    columns, seq = conversations.c, sa.bindparam("seq", type_=sa.Integer)
    seen, delivered = columns[f"seen_by_{who}"], columns[f"delivered_to_{who}"]
    cut = sa.case((columns.last_seq < seq, columns.last_seq), else_=seq)
    grown = conversations.update().where(columns.id == sa.bindparam("id"), seen < cut)
    if what == "delivered":
        return Statement(grown.where(delivered < cut).values({delivered: cut}).returning(delivered), keeps=True)
    values = {seen: cut, delivered: sa.case((delivered < cut, cut), else_=delivered)}
    return Statement(grown.values(values).returning(seen), keeps=True)


# -- reading ---------------------------------------------------------------------------------------------------


def since(tx: Tx, conversation_id: int, after_seq: int, limit: int = 500) -> list[Logged]:
    """Entries with a number above `after_seq`, in order, at most `limit`."""
    return [_logged(row) for row in tx.run(SINCE, id=conversation_id, after_seq=after_seq, limit=limit)]


def transcript(tx: Tx, conversation_id: int) -> list[Logged]:
    return since(tx, conversation_id, 0, limit=1_000_000)


def entry_by_client_id(tx: Tx, conversation: Any, client_id: str) -> Logged | None:
    row = tx.one(BY_CLIENT_ID, id=conversation.id, client_id=client_id)
    return None if row is None else _logged(row)


def holds_client_id(tx: Tx, conversation_id: int, client_id: str) -> bool:
    return tx.one(HOLDS_CLIENT_ID, id=conversation_id, client_id=client_id) is not None


def row_of(tx: Tx, conversation_id: int, lock: bool = False) -> Any:
    """The conversation's row; with `lock` it stays as it is until the commit, for whoever decides by it. NotFound."""
    row = tx.kept(("conversation", conversation_id))
    if row is None:
        row = _found(tx.one(BY_ID_LOCKED if lock else BY_ID, id=conversation_id))
        tx.keep(("conversation", conversation_id), row)
    return row


def row_by_public_id(tx: Tx, public_id: str, lock: bool = False) -> Any:
    """As `row_of`."""
    return _found(tx.one(BY_PUBLIC_ID_LOCKED if lock else BY_PUBLIC_ID, id=public_id))


def id_of(tx: Tx, public_id: str) -> int:
    """The row id of a public id; NotFound."""
    return int(_found(tx.one(ID_OF, id=public_id)).id)


def state_of(row: Any) -> State:
    """The stored state of a conversation's row."""
    status = STATUS[row.status]
    return State(status, row.owner, row.episode, row.waiting, row.last_said, row.rated, row.reason)


def _found(row: Any) -> Any:
    if row is None:
        raise NotFound("There is no such chat.")
    return row


def _logged(row: Any) -> Logged:
    data = msgspec.json.decode(row.data)
    return Logged(row.conversation_id, row.public_id, row.seq, row.at, row.kind, row.audience, row.client_id, data)

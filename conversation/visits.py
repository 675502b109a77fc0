"""What a customer does: each verb finds or makes their visitor and conversation, and records one fact."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from conversation import labels, log
from conversation.events import ContactLeft, Event, HandoffAsked, Judged, Rated, Reason, Resolved, ResolvedBy, Said
from conversation.log import Logged, conversations, entries
from conversation.machine import Status
from conversation.pace import spend
from conversation.tables import Visitor
from conversation.texts import MAX_MESSAGE, clean_comment, clean_email, clean_message
from runtime.db import Tx
from runtime.errors import NotFound
from runtime.statements import Statement

visitors = Visitor.__table__  # type: ignore[attr-defined]

ENDED = (Status.RESOLVED.value, Status.CLOSED.value)
Pace = tuple[float, float]  # messages a second, and how many at once

_holder = visitors.c.token_hash == sa.bindparam("token_hash")
_own = conversations.alias("own")
_latest = sa.select(sa.func.max(_own.c.id)).where(_own.c.visitor_id == visitors.c.id).scalar_subquery()
_known = (
    sa.select(sa.func.min(entries.c.conversation_id))
    .join(_own, _own.c.id == entries.c.conversation_id)
    .where(_own.c.visitor_id == visitors.c.id, entries.c.client_id == sa.bindparam("client_id"))
    .scalar_subquery()
)
_first = sa.select(sa.func.min(_own.c.id)).where(_own.c.visitor_id == visitors.c.id).scalar_subquery()
# `first`, `latest`: of their conversations, over or not. `known`: the one that holds an entry under this client id.
VISIT = Statement(
    sa.select(
        visitors.c.id,
        visitors.c.site_id,
        visitors.c.revoked_at,
        _first.label("first"),
        _latest.label("latest"),
        _known.label("known"),
    ).where(_holder)
)
LATEST = Statement(
    sa.select(conversations)
    .where(conversations.c.visitor_id == sa.bindparam("visitor_id"))
    .order_by(conversations.c.id.desc())
    .limit(1)
)
HOLDER = Statement(sa.select(visitors.c.id, visitors.c.site_id, visitors.c.revoked_at).where(_holder))
LOCK_VISITOR = Statement(sa.select(visitors.c.id).where(visitors.c.id == sa.bindparam("visitor_id")).with_for_update())
NEW_VISITOR = Statement(
    insert_unless_there(visitors)
    .values({name: sa.bindparam(name) for name in ("site_id", "token_hash", "created_at")})
    .on_conflict_do_nothing(index_elements=[visitors.c.token_hash])
    .inline(),
    keeps=True,
)
OWNER = Statement(
    sa.select(conversations.c.visitor_id).where(conversations.c.public_id == sa.bindparam("conversation"))
)
REVOKE = Statement(
    visitors.update().where(_holder, visitors.c.site_id == sa.bindparam("site")).values(revoked_at=sa.bindparam("now"))
)
SET_LANGUAGE = Statement(
    conversations.update()
    .where(conversations.c.id == sa.bindparam("key"))
    .values(language=sa.bindparam("new_language"))
)
ASKED = Statement(
    sa.select(sa.func.max(entries.c.seq).label("seq")).where(
        entries.c.conversation_id == sa.bindparam("id"),
        entries.c.kind.in_([sa.literal("handoff"), sa.literal("claimed")]),
    )
)


class NoConversation(NotFound):
    code = "no_conversation"


@dataclass(frozen=True, slots=True)
class Ready:
    """What the assistant has at hand to say to the message that becomes entry `seq`, if it is the next one there."""

    conversation_id: int
    seq: int
    language: str
    events: tuple[Event, ...]

    def fits(self, row: Any) -> bool:
        """Nothing has come in between, nothing else waits, and the assistant still has the conversation."""
        here = row.id == self.conversation_id and row.last_seq + 1 == self.seq
        return here and row.status == Status.BOT.value and not row.waiting


# -- who somebody is -------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def find_visitor(tx: Tx, site_id: int, token: str) -> int | None:
    """The visitor who holds this token, unless it was revoked."""
    found = tx.one(HOLDER, token_hash=hash_token(token))
    valid = found is not None and found.site_id == site_id and found.revoked_at is None
    return int(found.id) if valid else None


def was_revoked(tx: Tx, token: str) -> bool:
    found = tx.one(HOLDER, token_hash=hash_token(token))
    return found is not None and found.revoked_at is not None


def check_own(tx: Tx, site_id: int, token: str, conversation: str) -> None:
    """NotFound unless this conversation is one of the visitor's: what is somebody else's does not exist for them."""
    visitor_id = find_visitor(tx, site_id, token)
    found = tx.one(OWNER, conversation=conversation)
    if found is None or found.visitor_id != visitor_id:
        raise NotFound("There is no such chat.")


def revoke(tx: Tx, site_id: int, token: str) -> None:
    """The token opens nothing any more, from any browser."""
    tx.change(REVOKE, token_hash=hash_token(token), site=site_id, now=tx.now)


def current(tx: Tx, visitor_id: int) -> Any:
    """The row of the visitor's latest conversation; None when there is none, or it is closed."""
    row = tx.one(LATEST, visitor_id=visitor_id)
    return None if row is None or row.status == Status.CLOSED.value else row


# -- what they do ----------------------------------------------------------------------------------------------
# `pace`: TooMany when the customer is faster, over all workers. A repeat of a known client id costs nothing.
# `worker`: which server process took it, and will answer.


def say(
    tx: Tx,
    site_id: int,
    token: str,
    client_id: str,
    text: str,
    *,
    language: str,
    page: str = "",
    article: str = "",
    chosen: str = "",
    new: bool = False,
    limit: int = MAX_MESSAGE,
    worker: str = "",
    pace: Pace | None = None,
    ready: Ready | None = None,
) -> Logged:
    """The customer's words, in their live conversation or in a new one. A repeat gives the first entry.

    `chosen`: the language that they have chosen. `ready`: recorded with them where it fits; where it does not, they
    wait for the assistant as ever.
    """
    event = Said(text=clean_message(text, limit), article=article, chosen=chosen)
    row, known, spent = _place(tx, site_id, token, client_id, language, page, new, pace)
    if known is not None:
        return log.repeated(known, event)
    events: tuple[Event, ...] = (event,)
    if ready is not None and ready.fits(row):
        events, spent = (event, *ready.events), spent | {"language": ready.language}
    return log.append(tx, row, events, client_id, worker=worker, **spent)[0]


def request_human(
    tx: Tx,
    site_id: int,
    token: str,
    client_id: str,
    *,
    language: str,
    page: str = "",
    new: bool = False,
    worker: str = "",
    pace: Pace | None = None,
) -> Logged:
    """A person, please: into the queue. Where one waits or writes already, the latest such entry answers again."""
    row, known, spent = _place(tx, site_id, token, client_id, language, page, new, pace)
    event = HandoffAsked(Reason.CUSTOMER_REQUEST)
    if known is not None:
        return log.repeated(known, event)
    if row.status in (Status.QUEUED.value, Status.ASSIGNED.value, Status.SNOOZED.value):
        return log.since(tx, row.id, tx.one(ASKED, id=row.id).seq - 1, 1)[0]
    return log.append(tx, row, (event,), client_id, worker=worker, **spent)[0]


def leave_email(tx: Tx, site_id: int, token: str, client_id: str, email: str, *, pace: Pace | None = None) -> Logged:
    """An answer by e-mail: the address is noted, and the chat goes to people if it was with the assistant."""
    event = ContactLeft(clean_email(email))
    row, known = _own_row(tx, site_id, token, client_id)
    if known is not None:
        return log.repeated(known, event)
    asks: tuple[Event, ...] = (HandoffAsked(Reason.MISSING_KNOWLEDGE),) if row.status == Status.BOT.value else ()
    return log.append(tx, row, (event, *asks), client_id, **_spend(tx, row, pace))[0]


def end(tx: Tx, site_id: int, token: str, client_id: str, *, pace: Pace | None = None) -> Logged:
    return _do(tx, site_id, token, client_id, Resolved(ResolvedBy.CUSTOMER), pace)


def rate(
    tx: Tx, site_id: int, token: str, client_id: str, value: int, comment: str, *, pace: Pace | None = None
) -> Logged:
    return _do(tx, site_id, token, client_id, Rated(value, clean_comment(comment)), pace)


def judge(
    tx: Tx, site_id: int, token: str, client_id: str, seq: int, helped: bool, *, pace: Pace | None = None
) -> Logged:
    """Whether an answer helped, of each answer once: AlreadyJudged, NotAnAnswer."""
    row, known = _own_row(tx, site_id, token, client_id)
    event = Judged(seq, helped, "customer")
    if known is not None:
        return log.repeated(known, event)
    answer = labels.answer_of(tx, row, seq, silent=False)
    labels.refuse_second(tx, answer)
    logged = log.append(tx, row, (event,), client_id, **_spend(tx, row, pace))[0]
    labels.keep(tx, answer, "customer", helped, logged.seq)
    return logged


def set_language(tx: Tx, site_id: int, token: str, language: str) -> None:
    row, _ = _own_row(tx, site_id, token, None)
    if row.language == language:
        return
    tx.change(SET_LANGUAGE, key=row.id, new_language=language)
    tx.notify("row", row.id)


def _do(tx: Tx, site_id: int, token: str, client_id: str, event: Event, pace: Pace | None) -> Logged:
    row, known = _own_row(tx, site_id, token, client_id)
    if known is not None:
        return log.repeated(known, event)
    return log.append(tx, row, (event,), client_id, **_spend(tx, row, pace))[0]


# -- where it belongs ------------------------------------------------------------------------------------------


def _visit(tx: Tx, site_id: int, token: str, client_id: str | None) -> Any:
    """None for a token that nobody has used; NoConversation for one that is revoked or another site's."""
    key = ("visit", token)
    visit = tx.kept(key)
    if visit is not None:  # somebody with one conversation: only there can the client id be
        known = client_id is not None and log.holds_client_id(tx, visit.latest, client_id)
        visit = visit._replace(known=visit.latest) if known else visit
    else:
        visit = tx.one(VISIT, token_hash=hash_token(token), client_id=client_id)
        if visit is not None and visit.first == visit.latest is not None:
            tx.keep(key, visit._replace(known=None))
    if visit is not None and (visit.revoked_at is not None or visit.site_id != site_id):
        raise NoConversation("This session has ended. Load the page again.")
    return visit


def _own_row(tx: Tx, site_id: int, token: str, client_id: str | None) -> tuple[Any, Logged | None]:
    """The visitor's conversation, locked; for a repeated frame the one in which it was recorded, with that entry."""
    visit = _visit(tx, site_id, token, client_id)
    if visit is not None and visit.known is not None and client_id is not None:
        return _repeat(tx, visit.known, client_id)
    row = None if visit is None or visit.latest is None else log.row_of(tx, visit.latest, lock=True)
    if row is None or row.status == Status.CLOSED.value:
        raise NoConversation("There is no chat yet. Write a message first.")
    return row, None


def _place(
    tx: Tx, site_id: int, token: str, client_id: str, language: str, page: str, new: bool, pace: Pace | None
) -> tuple[Any, Logged | None, dict[str, Any]]:
    """The conversation this client id belongs to, locked: the one it is in already (with its entry there), the live
    one, or a new one; and what the message costs."""
    alone = tx.exclusive  # nobody else can begin a conversation of this visitor
    while True:
        visit = _visit(tx, site_id, token, client_id)
        if visit is None:
            # Another process may be faster; then it is there when we look again.
            tx.change(NEW_VISITOR, site_id=site_id, token_hash=hash_token(token), created_at=tx.now)
            continue
        if visit.known is not None:
            return *_repeat(tx, visit.known, client_id), {}
        try:
            row = None if visit.latest is None else log.row_of(tx, visit.latest, lock=True)
        except NotFound:  # deleted by its age since we looked (conversation/retention.py)
            tx.keep(("visit", token), None)
            continue
        if not _is_over(row, new):
            return row, None, _spend(tx, row, pace)
        if alone:
            spent = _spend(tx, row, pace)
            row = log.open_conversation(tx, site_id, visit.id, client_id, language, clean_comment(page))
            tx.keep(("visit", token), None)
            return row, None, spent
        # Two tabs that write at the same moment: one after the other, and the second sees what the first has begun.
        tx.one(LOCK_VISITOR, visitor_id=visit.id)
        alone = True


def _is_over(row: Any, new: bool) -> bool:
    """Whether what is said now begins another conversation."""
    return row is None or row.status == Status.CLOSED.value or (new and row.status in ENDED)


def _repeat(tx: Tx, conversation_id: int, client_id: str) -> tuple[Any, Logged | None]:
    row = log.row_of(tx, conversation_id, lock=True)
    return row, log.entry_by_client_id(tx, row, client_id)


def _spend(tx: Tx, row: Any, pace: Pace | None) -> dict[str, Any]:
    """The columns in which the bucket stands; a new conversation takes over that of the one before."""
    if pace is None:
        return {}
    spent, spent_at = (0.0, 0) if row is None else (row.spent, row.spent_at)
    return {"spent": spend(spent, spent_at, tx.now, *pace), "spent_at": tx.now}

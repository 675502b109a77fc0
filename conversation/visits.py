"""What a customer does: each verb finds or makes their visitor and conversation, and records one fact."""

from __future__ import annotations

import hashlib
from typing import Any

import sqlalchemy as sa

from conversation import log
from conversation.events import ContactLeft, HandoffAsked, Rated, Reason, Resolved, ResolvedBy, Said
from conversation.log import Logged, conversations, entries
from conversation.machine import Status
from conversation.tables import Visitor
from conversation.texts import MAX_MESSAGE, clean_comment, clean_email, clean_message
from runtime.db import Tx
from runtime.errors import NotFound

visitors = Visitor.__table__  # type: ignore[attr-defined]

ENDED = (Status.RESOLVED.value, Status.CLOSED.value)


class NoConversation(NotFound):
    code = "no_conversation"


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def find_visitor(tx: Tx, site_id: int, token: str) -> int | None:
    """The visitor who holds this token, unless it was revoked."""
    found = tx.connection.execute(
        sa.select(visitors.c.id).where(
            visitors.c.token_hash == hash_token(token),
            visitors.c.site_id == site_id,
            visitors.c.revoked_at.is_(None),
        )
    ).scalar_one_or_none()
    return None if found is None else int(found)


def was_revoked(tx: Tx, token: str) -> bool:
    found = tx.connection.execute(sa.select(visitors.c.revoked_at).where(visitors.c.token_hash == hash_token(token)))
    return any(row.revoked_at is not None for row in found)


def check_own(tx: Tx, site_id: int, token: str, conversation: str) -> None:
    """NotFound unless this conversation is one of the visitor's: what is somebody else's does not exist for them."""
    visitor_id = find_visitor(tx, site_id, token)
    owner = tx.connection.execute(
        sa.select(conversations.c.visitor_id).where(conversations.c.public_id == conversation)
    ).scalar_one_or_none()
    if owner is None or owner != visitor_id:
        raise NotFound("There is no such chat.")


def revoke(tx: Tx, site_id: int, token: str) -> None:
    """The token opens nothing any more, from any browser."""
    tx.connection.execute(
        visitors.update()
        .where(visitors.c.token_hash == hash_token(token), visitors.c.site_id == site_id)
        .values(revoked_at=tx.now)
    )


def current(tx: Tx, visitor_id: int) -> Any:
    """The row of the visitor's latest conversation; None when there is none, or it is closed."""
    row = tx.connection.execute(
        sa.select(conversations)
        .where(conversations.c.visitor_id == visitor_id)
        .order_by(conversations.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None or row.status == Status.CLOSED.value else row


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
    new: bool = False,
    limit: int = MAX_MESSAGE,
) -> Logged:
    """The customer's words, in their live conversation or in a new one. A repeat gives the first entry."""
    event = Said(text=clean_message(text, limit), article=article)
    conversation_id = _conversation(tx, site_id, token, client_id, language, page, new)
    return log.record(tx, conversation_id, event, client_id)


def request_human(tx: Tx, site_id: int, token: str, client_id: str, *, language: str, page: str = "") -> Logged:
    """A person, please: into the queue. Where one waits or writes already, the latest such entry answers again."""
    conversation_id = _conversation(tx, site_id, token, client_id, language, page, new=False)
    row = log.row_of(tx, conversation_id)
    if row.status in (Status.QUEUED.value, Status.ASSIGNED.value, Status.SNOOZED.value):
        last = tx.connection.execute(
            sa.select(sa.func.max(entries.c.seq)).where(
                entries.c.conversation_id == conversation_id, entries.c.kind.in_(("handoff", "claimed"))
            )
        ).scalar_one()
        return log.since(tx, conversation_id, int(last) - 1, 1)[0]
    return log.record(tx, conversation_id, HandoffAsked(Reason.CUSTOMER_REQUEST), client_id)


def leave_email(tx: Tx, site_id: int, token: str, client_id: str, email: str) -> Logged:
    """An answer by e-mail: the address is noted, and the chat goes to people if it was with the assistant."""
    event = ContactLeft(clean_email(email))
    row = _own(tx, site_id, token, client_id)
    logged = log.record(tx, row.id, event, client_id)
    after = log.row_of(tx, row.id)
    if after.status == Status.BOT.value and after.last_seq == logged.seq:  # not for the repeat of an old frame
        log.record(tx, row.id, HandoffAsked(Reason.MISSING_KNOWLEDGE))
    return logged


def end(tx: Tx, site_id: int, token: str, client_id: str) -> Logged:
    row = _own(tx, site_id, token, client_id)
    return log.record(tx, row.id, Resolved(ResolvedBy.CUSTOMER), client_id)


def rate(tx: Tx, site_id: int, token: str, client_id: str, value: int, comment: str) -> Logged:
    row = _own(tx, site_id, token, client_id)
    return log.record(tx, row.id, Rated(value, clean_comment(comment)), client_id)


def set_language(tx: Tx, site_id: int, token: str, language: str) -> None:
    row = _own(tx, site_id, token)
    tx.connection.execute(conversations.update().where(conversations.c.id == row.id).values(language=language))
    tx.notify("row", row.id)


def _own(tx: Tx, site_id: int, token: str, client_id: str | None = None) -> Any:
    """The visitor's conversation; for a repeated frame the one in which it was recorded, which another may follow."""
    visitor_id = find_visitor(tx, site_id, token)
    known = _known(tx, visitor_id, client_id) if visitor_id is not None and client_id is not None else None
    if known is not None:
        return log.row_of(tx, known)
    row = None if visitor_id is None else current(tx, visitor_id)
    if row is None:
        raise NoConversation("There is no chat yet. Write a message first.")
    return row


def _known(tx: Tx, visitor_id: int, client_id: str) -> int | None:
    """The visitor's conversation that holds the entry made under this client id."""
    found = tx.connection.execute(
        sa.select(conversations.c.id)
        .join(entries, entries.c.conversation_id == conversations.c.id)
        .where(conversations.c.visitor_id == visitor_id, entries.c.client_id == client_id)
        .order_by(conversations.c.id)
        .limit(1)
    ).scalar_one_or_none()
    return None if found is None else int(found)


def _conversation(tx: Tx, site_id: int, token: str, client_id: str, language: str, page: str, new: bool) -> int:
    """The conversation this client id belongs to: the one it is in already, the live one, or a new one."""
    visitor_id = _visitor(tx, site_id, token)
    known = _known(tx, visitor_id, client_id)
    if known is not None:
        return known
    row = current(tx, visitor_id)
    if row is not None and not (new and row.status in ENDED):
        return int(row.id)
    return log.open_conversation(tx, site_id, visitor_id, client_id, language, clean_comment(page))[0]


def _visitor(tx: Tx, site_id: int, token: str) -> int:
    """Holding the row's lock makes two tabs that write at the same moment one after the other."""
    statement = sa.select(visitors).where(visitors.c.token_hash == hash_token(token)).with_for_update()
    row = tx.connection.execute(statement).one_or_none()
    if row is None:
        values = {"site_id": site_id, "token_hash": hash_token(token), "created_at": tx.now}
        try:
            with tx.connection.begin_nested():
                return log.inserted_id(tx.connection.execute(visitors.insert().values(values)))
        except sa.exc.IntegrityError:  # another process was faster
            row = tx.connection.execute(statement).one()
    if row.revoked_at is not None or row.site_id != site_id:
        raise NoConversation("This session has ended. Load the page again.")
    return int(row.id)

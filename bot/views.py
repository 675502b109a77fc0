"""Rows of the log as frames: pure mapping, no decision about the domain."""

from __future__ import annotations

from typing import Any

from bot import wire
from bot.metrics import NOT_ACKED
from conversation.events import Audience, Reason
from conversation.log import Logged
from conversation.machine import BOT, NOBODY
from conversation.sites import SiteCard
from handoff import chats
from runtime.clock import rfc3339
from runtime.errors import AppError, Unavailable
from runtime.metrics import REFUSED

# Reasons that the customer knows anyhow. The others are our guess about them, or about ourselves.
TOLD = (Reason.CUSTOMER_REQUEST.value, Reason.BOT_ERROR.value, Reason.ACTION_FAILURE.value)


def entry(logged: Logged, audience: Audience) -> wire.EntryFrame:
    """What a reader of that audience may see of the entry; a customer gets only the number of a staff entry."""
    if audience is Audience.ALL and logged.audience != Audience.ALL:
        data: dict[str, Any] = {"kind": "hidden"}
    else:
        data = {"kind": logged.kind, **logged.data}
        if logged.client_id is not None:
            data["client_id"] = logged.client_id
        if audience is Audience.ALL and data.get("reason", "") not in ("", *TOLD):
            del data["reason"]
        if audience is Audience.ALL and data.pop("agent", None):
            data.pop("client_id", None)  # neither an account's id nor an agent's client id is the customer's business
    return wire.EntryFrame(v=1, conversation=logged.conversation, seq=logged.seq, ts=rfc3339(logged.at), data=data)


def state(row: Any, audience: Audience) -> wire.State:
    """`owner` is `bot`, `none` or, to customers, just `agent`; staff see whose it is."""
    owner, reason = row.owner, row.reason
    if audience is Audience.ALL:
        owner = "agent" if owner.startswith("agent:") else owner
        reason = reason if reason in TOLD else None
    return wire.State(
        status=row.status,
        owner=owner,
        episode=row.episode,
        language=row.language,
        reason=reason,
        agent=row.agent_name,
        rated=row.rated,
        email=row.email,
    )


def chat(row: Any, comment: str | None = None) -> wire.Chat:
    """A row of the agents' list."""
    return wire.Chat(**chats.card(row, comment))


def site(card: SiteCard, retention_days: int) -> wire.Site:
    return wire.Site(card.name, list(card.languages), retention_days, card.brand)


def count_fault(error: AppError, client_id: str | None) -> None:
    """Into the metrics: what was asked too fast or wrongly, and messages that were not stored."""
    if error.code == "too_many":
        REFUSED["pace"].inc()
    elif error.code == "bad_frame":
        REFUSED["bad_frame"].inc()
    elif error.code == "text_too_long":
        REFUSED["too_large"].inc()
    if client_id is not None:
        NOT_ACKED["storage" if isinstance(error, Unavailable) else "refused"].inc()


def fault(error: AppError, client_id: str | None, conversation: str | None = None) -> wire.ErrorFrame:
    details: dict[str, Any] = error.details
    owner = details.get("owner")
    data = wire.Fault(
        code=error.code,
        message=error.message,
        client_id=client_id,
        retry_after=details.get("retry_after"),
        # The name of a colleague. The machine's own refusals know only the account, which is nobody's business outside.
        owner=owner
        if isinstance(owner, str) and owner not in (BOT, NOBODY) and not owner.startswith("agent:")
        else None,
    )
    return wire.ErrorFrame(v=1, conversation=conversation, data=data)

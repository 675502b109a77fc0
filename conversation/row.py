"""What changes in a conversation's row with an event: the state, and the readings of it that lists need. Pure."""

from __future__ import annotations

from typing import Any

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
)
from conversation.machine import LIVE, State, Status
from conversation.texts import preview

_WORDS = (Said, Answered, Offered, Remarked, Replied)
_OVER = (Status.RESOLVED, Status.CLOSED)


def first_columns(now: int, state: State) -> dict[str, Any]:
    """A new conversation's, but for what tells it from others."""
    return {
        "email": None,
        "status": state.status.value,
        "owner": state.owner,
        "episode": state.episode,
        "waiting": state.waiting,
        "last_said": state.last_said,
        "rated": state.rated,
        "reason": state.reason,
        "agent_name": None,
        "until": None,
        "last_seq": 1,
        "seen_by_customer": 0,
        "seen_by_staff": 0,
        "delivered_to_customer": 0,
        "delivered_to_staff": 0,
        "created_at": now,
        "updated_at": now,
        "queued_at": None,
        "waiting_since": None,
        "resolved_at": None,
        "preview": "",
        "preview_kind": "",
        "title": "",
        "worker": "",
        "spent": 0.0,
        "spent_at": 0,
    }


def next_columns(now: int, row: Any, values: dict[str, Any], before: State, after: State, event: Event) -> None:
    """Puts into `values` what the event may have changed, as it is afterwards. Times are ms UTC.

    Lists are sorted by `updated_at`: a word among colleagues, or a label, moves no chat in them. `row` and, of what has
    changed since, `values`: the conversation as it was before.
    """
    values["waiting"], values["last_said"] = after.waiting, after.last_said
    values["rated"] = after.rated
    if event.audience is Audience.ALL or after.status is not before.status:
        values["updated_at"] = now
    if after.waiting == 0:
        values["waiting_since"] = None
    elif before.waiting == 0 or values.get("waiting_since", row.waiting_since) is None:
        values["waiting_since"] = now
    if after.status is not before.status:
        _move(now, row, values, before, after, event)
    if isinstance(event, _WORDS):
        values["preview"] = preview(event.text)
        values["preview_kind"] = event.kind
        if not row.title and isinstance(event, Said):
            values.setdefault("title", values["preview"])
    elif event.audience is Audience.ALL and not values.get("preview", row.preview):
        values["preview_kind"] = event.kind  # no words yet: what happened last stands in their place
    if isinstance(event, ContactLeft):
        values["email"] = event.email


def _move(now: int, row: Any, values: dict[str, Any], before: State, after: State, event: Event) -> None:
    """What changes only together with the status."""
    status = after.status
    if isinstance(event, Claimed):
        values["agent_name"] = event.name
    elif status not in _OVER and not after.owner.startswith("agent:"):
        values["agent_name"] = None
    values["status"], values["owner"] = status.value, after.owner
    values["episode"], values["reason"] = after.episode, after.reason
    values["until"] = event.until if isinstance(event, Snoozed) else None
    if status is Status.QUEUED:
        # A released chat keeps its place: the customer has waited since then.
        kept = values.get("queued_at", row.queued_at) if before.status in (Status.ASSIGNED, Status.SNOOZED) else None
        values["queued_at"] = kept or now
    elif status is Status.BOT:
        values["queued_at"] = None
    if status not in _OVER:
        values["resolved_at"] = None
    elif before.status in LIVE:
        values["resolved_at"] = now

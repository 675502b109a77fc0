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


def next_columns(now: int, row: Any, before: State, after: State, event: Event) -> dict[str, Any]:
    """Every column that the event may have changed, with its value afterwards. Times are ms UTC."""
    values: dict[str, Any] = {
        "waiting": after.waiting,
        "last_said": after.last_said,
        "rated": after.rated,
        "updated_at": now,
    }
    if after.waiting == 0:
        values["waiting_since"] = None
    elif before.waiting == 0 or row.waiting_since is None:
        values["waiting_since"] = now
    if after.status is not before.status:
        values.update(_moved_columns(now, row, before, after, event))
    if isinstance(event, _WORDS):
        values["preview"] = preview(event.text)
        values["preview_kind"] = event.kind
        if not row.title and isinstance(event, Said):
            values["title"] = values["preview"]
    elif not row.preview and event.audience is Audience.ALL:
        values["preview_kind"] = event.kind  # no words yet: what happened last stands in their place
    if isinstance(event, ContactLeft):
        values["email"] = event.email
    return values


def _moved_columns(now: int, row: Any, before: State, after: State, event: Event) -> dict[str, Any]:
    """What changes only together with the status."""
    status = after.status
    values: dict[str, Any] = {
        "status": status.value,
        "owner": after.owner,
        "episode": after.episode,
        "reason": after.reason,
        "agent_name": _agent_name(row, after, event),
        "until": event.until if isinstance(event, Snoozed) else None,
    }
    if status is Status.QUEUED:
        # A released chat keeps its place: the customer has waited since then.
        kept = row.queued_at if before.status in (Status.ASSIGNED, Status.SNOOZED) else None
        values["queued_at"] = kept or now
    elif status is Status.BOT:
        values["queued_at"] = None
    if status not in _OVER:
        values["resolved_at"] = None
    elif before.status in LIVE:
        values["resolved_at"] = now
    return values


def _agent_name(row: Any, after: State, event: Event) -> str | None:
    if isinstance(event, Claimed):
        return event.name
    name: str | None = row.agent_name
    return name if after.owner.startswith("agent:") or after.status in _OVER else None

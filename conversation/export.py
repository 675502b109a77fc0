"""One conversation as a JSON document that says everything the log knows of it."""

from __future__ import annotations

from typing import Any

from conversation import log, sites
from conversation.events import Rated, Started
from conversation.log import Logged
from conversation.machine import Refused, State, advance, begin
from runtime.clock import rfc3339
from runtime.db import Tx
from runtime.errors import BadInput

FORMAT = "svardesk.conversation/1"


def export_conversation(tx: Tx, public_id: str) -> dict[str, Any]:
    """NotFound for an unknown id. Times are RFC 3339; `ratings` lists one value for each rated episode."""
    conversation_id = log.id_of(tx, public_id)
    row = log.row_of(tx, conversation_id)
    entries = log.transcript(tx, conversation_id)
    state, ratings = _replay(entries)
    return {
        "format": FORMAT,
        "conversation": row.public_id,
        "site": sites.site_by_id(tx, row.site_id).name,
        "language": row.language,
        "page": row.page,
        "email": row.email,
        "created_at": rfc3339(row.created_at),
        "updated_at": rfc3339(row.updated_at),
        "status": row.status,
        "owner": row.owner,
        "episode": row.episode,
        "handoff_reason": row.reason,
        "consistent": state == log.state_of(row),
        "ratings": ratings,
        "entries": [
            {
                "seq": entry.seq,
                "at": rfc3339(entry.at),
                "kind": entry.kind,
                "audience": entry.audience,
                "client_id": entry.client_id,
                "data": entry.data,
            }
            for entry in entries
        ],
    }


def _replay(entries: list[Logged]) -> tuple[State | None, list[dict[str, Any]]]:
    """The state that the entries add up to, None when they break the rules; and the ratings."""
    state: State | None = None
    ratings: list[dict[str, Any]] = []
    for entry in entries:
        try:
            event = entry.event
            if isinstance(event, Started):
                state = begin(event)
            elif state is not None:
                state = advance(state, event, entry.seq)
        except (Refused, BadInput):
            return None, ratings
        if isinstance(event, Rated) and state is not None:
            ratings.append({"episode": state.episode, "value": event.value, "comment": event.comment})
    return state, ratings

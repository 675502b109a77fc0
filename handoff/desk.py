"""What an agent does: claim, reply, note, release, hand back, resolve. Each verb records one fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conversation import log
from conversation.events import Claimed, HandedBack, Noted, Released, Replied, Resolved, ResolvedBy
from conversation.log import Logged
from conversation.machine import AlreadyClaimed, NotYours, Status, agent_owner
from conversation.texts import clean_message
from runtime.db import Tx


@dataclass(frozen=True, slots=True)
class Agent:
    id: str
    name: str


def claim(tx: Tx, conversation: str, agent: Agent, client_id: str | None) -> Logged:
    """Exactly one wins; AlreadyClaimed tells the other who has it. An owner's second claim is answered as the first."""
    row = _row(tx, conversation)
    if row.owner == agent_owner(agent.id):
        return _last(tx, row, "claimed")
    try:
        return log.record(tx, row.id, Claimed(agent.id, agent.name), client_id)
    except AlreadyClaimed as error:
        winner = _row(tx, conversation).agent_name  # read again: the claim may have come from another process
        raise AlreadyClaimed(f"{winner} has this chat.", owner=winner) from error


def reply(tx: Tx, conversation: str, agent: Agent, client_id: str, text: str) -> Logged:
    """To the customer. A chat that the assistant has, or that waits, is claimed by it."""
    words = clean_message(text)
    row = _row(tx, conversation)
    if row.status in (Status.BOT.value, Status.QUEUED.value) and not _known(tx, row, client_id):
        claim(tx, conversation, agent, None)
    try:
        return log.record(tx, row.id, Replied(agent.id, agent.name, words), client_id)
    except NotYours as error:
        raise NotYours(f"{row.agent_name or 'Nobody'} has this chat.", owner=row.agent_name) from error


def note(tx: Tx, conversation: str, agent: Agent, client_id: str, text: str) -> Logged:
    """For colleagues only."""
    return log.record(tx, _row(tx, conversation).id, Noted(agent.id, agent.name, clean_message(text)), client_id)


def release(tx: Tx, conversation: str, agent: Agent, client_id: str) -> Logged:
    """Back to the queue, at the place it had."""
    return log.record(tx, _row(tx, conversation).id, Released(agent.id, agent.name), client_id)


def hand_back(tx: Tx, conversation: str, agent: Agent, client_id: str) -> Logged:
    """Back to the assistant."""
    return log.record(tx, _row(tx, conversation).id, HandedBack(agent.id, agent.name), client_id)


def resolve(tx: Tx, conversation: str, agent: Agent, client_id: str) -> Logged:
    """Only whoever has the chat may resolve it; one that nobody has may be resolved by anyone on the desk."""
    row = _row(tx, conversation)
    if row.owner.startswith("agent:") and row.owner != agent_owner(agent.id):
        raise NotYours(f"{row.agent_name} has this chat.", owner=row.agent_name)
    return log.record(tx, row.id, Resolved(ResolvedBy.AGENT, agent.id, agent.name), client_id)


def _row(tx: Tx, conversation: str) -> Any:
    return log.row_of(tx, log.id_of(tx, conversation))


def _known(tx: Tx, row: Any, client_id: str) -> bool:
    return log.entry_by_client_id(tx, row, client_id) is not None


def _last(tx: Tx, row: Any, kind: str) -> Logged:
    return next(entry for entry in reversed(log.transcript(tx, row.id)) if entry.kind == kind)

"""What an agent does: claim, reply, note, release, hand back, resolve. Each verb but `receive` records one fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conversation import labels, log
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
    event = Claimed(agent.id, agent.name)
    row = _row(tx, conversation)
    known = None if client_id is None else log.entry_by_client_id(tx, row, client_id)
    if known is not None:
        return log.repeated(known, event)
    if row.owner == agent_owner(agent.id):
        return _last(tx, row, "claimed")
    try:
        return log.append(tx, row, (event,), client_id)[0]
    except AlreadyClaimed as error:
        raise AlreadyClaimed(f"{row.agent_name} has this chat.", owner=row.agent_name) from error


def reply(tx: Tx, conversation: str, agent: Agent, client_id: str, text: str) -> Logged:
    """To the customer. A chat that the assistant has, or that waits, is claimed by it."""
    event = Replied(agent.id, agent.name, clean_message(text))
    row = _row(tx, conversation)
    known = log.entry_by_client_id(tx, row, client_id)
    if known is not None:
        return log.repeated(known, event)
    if row.status in (Status.BOT.value, Status.QUEUED.value):
        log.append(tx, row, (Claimed(agent.id, agent.name),))
        row = _row(tx, conversation)
    try:
        return log.append(tx, row, (event,), client_id)[0]
    except NotYours as error:
        raise NotYours(f"{row.agent_name or 'Nobody'} has this chat.", owner=row.agent_name) from error


def note(tx: Tx, conversation: str, agent: Agent, client_id: str, text: str) -> Logged:
    """For colleagues only."""
    return log.record_in(tx, _row(tx, conversation), Noted(agent.id, agent.name, clean_message(text)), client_id)


def judge(tx: Tx, conversation: str, agent: Agent, client_id: str, seq: int, right: bool, why: str = "") -> Logged:
    """Whether an answer of the assistant was right; anyone on the desk may say so, and change it. NotAnAnswer."""
    return labels.judge(tx, conversation, agent.id, agent.name, client_id, seq, right, why)


def receive(tx: Tx, conversation: str, seq: int) -> None:
    """It has come to a colleague's screen up to that number, looked at or not. NotFound."""
    log.mark_delivered(tx, log.id_of(tx, conversation), "staff", seq)


def release(tx: Tx, conversation: str, agent: Agent, client_id: str) -> Logged:
    """Back to the queue, at the place it had."""
    return log.record_in(tx, _row(tx, conversation), Released(agent.id, agent.name), client_id)


def hand_back(tx: Tx, conversation: str, agent: Agent, client_id: str) -> Logged:
    """Back to the assistant."""
    return log.record_in(tx, _row(tx, conversation), HandedBack(agent.id, agent.name), client_id)


def resolve(tx: Tx, conversation: str, agent: Agent, client_id: str) -> Logged:
    """Only whoever has the chat may resolve it; one that nobody has may be resolved by anyone on the desk."""
    event = Resolved(ResolvedBy.AGENT, agent.id, agent.name)
    row = _row(tx, conversation)
    known = log.entry_by_client_id(tx, row, client_id)
    if known is not None:  # a repeat, after the chat was opened again and somebody else took it
        return log.repeated(known, event)
    if row.owner.startswith("agent:") and row.owner != agent_owner(agent.id):
        raise NotYours(f"{row.agent_name} has this chat.", owner=row.agent_name)
    return log.append(tx, row, (event,), client_id)[0]


def _row(tx: Tx, conversation: str) -> Any:
    """Locked, for it decides what may follow and what others are told."""
    return log.row_by_public_id(tx, conversation, lock=True)


def _last(tx: Tx, row: Any, kind: str) -> Logged:
    return next(entry for entry in reversed(log.transcript(tx, row.id)) if entry.kind == kind)

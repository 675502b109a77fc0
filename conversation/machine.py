"""What may follow what: one table (status, event) -> status, and the state that a log of events adds up to."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from conversation.events import (
    Answered,
    Claimed,
    Closed,
    ContactLeft,
    Decided,
    Event,
    HandedBack,
    HandoffAsked,
    Judged,
    Noted,
    Offered,
    Rated,
    Released,
    Remarked,
    Replied,
    Resolved,
    ResolvedBy,
    Said,
    Snoozed,
    Started,
    Woken,
)
from runtime.errors import Conflict


class Status(StrEnum):
    BOT = "bot"
    QUEUED = "queued"
    ASSIGNED = "assigned"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    CLOSED = "closed"


STATUS = {status.value: status for status in Status}  # as `Status(...)`, which every entry needs and takes 5x as long
LIVE = frozenset({Status.BOT, Status.QUEUED, Status.ASSIGNED, Status.SNOOZED})
BOT = "bot"
NOBODY = "none"


def agent_owner(agent: str) -> str:
    return f"agent:{agent}"


class Refused(Conflict):
    """The event may not follow. `owner` is whoever has the conversation."""

    code = "refused"


class AlreadyClaimed(Refused):
    code = "already_claimed"


class NotYours(Refused):
    code = "not_yours"


class State(NamedTuple):
    """`waiting`: the first message of the customer that nobody has answered, 0 for none. `last_said`: their latest
    of this episode, 0 for none. A named tuple, because one is made with every entry and a dataclass takes 4x as long.
    """

    status: Status
    owner: str
    episode: int = 1
    waiting: int = 0
    last_said: int = 0
    rated: int | None = None
    reason: str | None = None


# Every pair that is not here is refused. Started stands outside: it makes the first state and never comes again.
TABLE: dict[tuple[Status, type[Event]], Status] = {
    (Status.BOT, Said): Status.BOT,
    (Status.BOT, Answered): Status.BOT,
    (Status.BOT, Offered): Status.BOT,
    (Status.BOT, Remarked): Status.BOT,
    (Status.BOT, HandoffAsked): Status.QUEUED,
    (Status.BOT, ContactLeft): Status.BOT,
    (Status.BOT, Claimed): Status.ASSIGNED,
    (Status.BOT, Resolved): Status.RESOLVED,
    (Status.QUEUED, Said): Status.QUEUED,
    (Status.QUEUED, ContactLeft): Status.QUEUED,
    (Status.QUEUED, Claimed): Status.ASSIGNED,
    (Status.QUEUED, Resolved): Status.RESOLVED,
    (Status.ASSIGNED, Said): Status.ASSIGNED,
    (Status.ASSIGNED, ContactLeft): Status.ASSIGNED,
    (Status.ASSIGNED, Replied): Status.ASSIGNED,
    (Status.ASSIGNED, Released): Status.QUEUED,
    (Status.ASSIGNED, HandedBack): Status.BOT,
    (Status.ASSIGNED, Snoozed): Status.SNOOZED,
    (Status.ASSIGNED, Resolved): Status.RESOLVED,
    (Status.SNOOZED, Said): Status.ASSIGNED,
    (Status.SNOOZED, ContactLeft): Status.SNOOZED,
    (Status.SNOOZED, Replied): Status.ASSIGNED,
    (Status.SNOOZED, Woken): Status.ASSIGNED,
    (Status.SNOOZED, Released): Status.QUEUED,
    (Status.SNOOZED, Resolved): Status.RESOLVED,
    (Status.RESOLVED, Said): Status.BOT,
    (Status.RESOLVED, HandoffAsked): Status.QUEUED,
    (Status.RESOLVED, Rated): Status.RESOLVED,
    (Status.RESOLVED, Closed): Status.CLOSED,
    (Status.CLOSED, Rated): Status.CLOSED,
    **{(status, kind): status for status in Status for kind in (Noted, Decided, Judged)},
}

BY_OWNER_ONLY = (Replied, Released, HandedBack, Snoozed)
OF_PEOPLE = (Claimed, Resolved, *BY_OWNER_ONLY)
BOT_TURNS = (Answered, Offered, Remarked)


def begin(event: Started) -> State:
    """The state after the first entry."""
    return State(Status.BOT, BOT)


def advance(state: State, event: Event, seq: int) -> State:
    """The state after `event` became entry `seq`; Refused with a sentence when it may not follow."""
    if isinstance(event, OF_PEOPLE):
        _refuse_strangers(state, event)
    status = TABLE.get((state.status, type(event)))
    if status is None:
        raise Refused(_why_not(state, event), owner=state.owner)
    if isinstance(event, Rated) and state.rated is not None:
        raise Refused("This chat is rated already.", owner=state.owner)
    if isinstance(event, BOT_TURNS) and not awaits(state, event.re):
        raise Refused("The assistant comes too late: nothing waits for this answer.", owner=state.owner)
    if isinstance(event, Resolved) and event.by is ResolvedBy.INACTIVITY and waits_on(state) != "nobody":
        raise Refused("The customer waits for a word from us.", owner=state.owner)
    return _next(state, event, status, seq)


def replay(events: Iterable[tuple[int, Event]]) -> State | None:
    """The state that a whole log adds up to; None for an empty one."""
    state: State | None = None
    for seq, event in events:
        if isinstance(event, Started):
            state = begin(event)
        elif state is None:
            raise Refused("A conversation begins with its start.")
        else:
            state = advance(state, event, seq)
    return state


def awaits(state: State, seq: int) -> bool:
    """Whether message `seq` is one that waits for the assistant."""
    return state.status is Status.BOT and 0 < state.waiting <= seq <= state.last_said


def waits_on(state: State) -> str:
    """Who owes the customer the next word: `nobody`, `bot`, `queue` or `agent`."""
    if state.status is Status.QUEUED:
        return "queue"
    if not state.waiting or state.status not in LIVE:
        return "nobody"
    return "bot" if state.status is Status.BOT else "agent"


def _refuse_strangers(state: State, event: Event) -> None:
    if isinstance(event, Claimed) and state.owner.startswith("agent:"):
        raise AlreadyClaimed("A colleague has this chat already.", owner=state.owner)
    agent = getattr(event, "agent", "")
    if isinstance(event, Resolved) and event.by is ResolvedBy.AGENT and state.owner.startswith("agent:"):
        strange = state.owner != agent_owner(agent)
    else:
        strange = isinstance(event, BY_OWNER_ONLY) and state.status in LIVE and state.owner != agent_owner(agent)
    if strange:
        raise NotYours("This chat is not yours. Claim it first.", owner=state.owner)


def _why_not(state: State, event: Event) -> str:
    if state.status is Status.CLOSED:
        return "This chat is closed. Write a message to begin a new one."
    if isinstance(event, BOT_TURNS):
        return "The assistant comes too late: a person has taken over, or the chat has ended."
    return f"A chat that is {state.status.value} cannot take '{event.kind}'."


def _owner(state: State, event: Event, status: Status) -> str:
    if isinstance(event, Claimed):
        return agent_owner(event.agent)
    if status is Status.BOT:
        return BOT
    if status in (Status.ASSIGNED, Status.SNOOZED):
        return state.owner
    return NOBODY


def _next(state: State, event: Event, status: Status, seq: int) -> State:
    _, _, episode, waiting, last_said, rated, reason = state
    if state.status is Status.RESOLVED and status in LIVE:
        episode, waiting, last_said, rated, reason = episode + 1, 0, 0, None, None
    if isinstance(event, Said):
        waiting, last_said = waiting or seq, seq
    elif isinstance(event, BOT_TURNS):
        # Answers come in the order of their questions: what was said after this one still waits.
        waiting = event.re + 1 if last_said > event.re else 0
    elif isinstance(event, HandoffAsked):
        reason = event.reason.value
    elif isinstance(event, (Replied, Resolved)):
        waiting = 0
    elif isinstance(event, Rated):
        rated = event.value
    return State(status, _owner(state, event, status), episode, waiting, last_said, rated, reason)

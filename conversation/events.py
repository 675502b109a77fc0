"""Everything that can happen in a conversation, as facts. Each names who may see it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

import msgspec

from runtime.errors import BadInput


class Audience(StrEnum):
    """`staff` entries reach the customer as a bare number, so that the numbering has no gap."""

    ALL = "all"
    STAFF = "staff"


class Reason(StrEnum):
    """Why the assistant gave the conversation to people."""

    CUSTOMER_REQUEST = "customer_request"
    LOW_CONFIDENCE = "low_confidence"
    AMBIGUOUS = "ambiguous"
    MISSING_KNOWLEDGE = "missing_knowledge"
    UNSUPPORTED_REQUEST = "unsupported_request"
    POLICY_RESTRICTION = "policy_restriction"
    NEGATIVE_SENTIMENT = "negative_sentiment"
    COMPLAINT = "complaint"
    MAX_TURNS = "max_turns"
    ACTION_FAILURE = "action_failure"
    BOT_ERROR = "bot_error"


class ResolvedBy(StrEnum):
    AGENT = "agent"
    CUSTOMER = "customer"
    CONFIRMED = "confirmed"  # the customer said that the assistant's answer helped
    INACTIVITY = "inactivity"


class Source(msgspec.Struct, frozen=True):
    """The article behind an answer. `language` is that of the article, which may not be the customer's."""

    article: str
    title: str
    url: str
    language: str


class Event(msgspec.Struct, frozen=True):
    """A struct of msgspec: made and written several times as fast as a dataclass, with every entry."""

    kind: ClassVar[str]
    audience: ClassVar[Audience] = Audience.ALL


class Started(Event, frozen=True):
    kind: ClassVar[str] = "started"
    language: str
    page: str = ""


class Said(Event, frozen=True):
    """The customer's own words. `article` is set when they chose one of the offered articles; `chosen` is the language
    that they had chosen by then, where they had."""

    kind: ClassVar[str] = "said"
    text: str
    article: str = ""
    chosen: str = ""


class Answered(Event, frozen=True, omit_defaults=True):
    """The assistant's answer to entry `re`, from one article. `html` is sanitised; `certainty` is a probability.

    `asks`: it ends with a question of a form, which is what the customer looks at now.
    """

    kind: ClassVar[str] = "answered"
    re: int
    text: str
    html: str
    source: Source
    certainty: float
    asks: bool = False


class Offered(Event, frozen=True):
    """The assistant will not guess: up to three articles, a person, an answer by e-mail."""

    kind: ClassVar[str] = "offered"
    re: int
    text: str
    choices: tuple[Source, ...] = ()


class Remarked(Event, frozen=True):
    """The assistant says something that is no answer: a greeting, thanks, the opening hours from an action."""

    kind: ClassVar[str] = "remarked"
    re: int
    text: str
    purpose: str


class Decided(Event, frozen=True):
    """Why the assistant did what it did with entry `about`: hits with their scores, threshold, outcome.

    `form`: a form that is being filled in, as it stands after this turn (bot/actions/forms.py). `language`: the one it
    was decided in, whose threshold counted; a chat may go on in another. Empty in logs of earlier versions.
    """

    kind: ClassVar[str] = "decided"
    audience: ClassVar[Audience] = Audience.STAFF
    about: int
    outcome: str
    threshold: float
    hits: tuple[dict[str, Any], ...] = ()
    note: str = ""
    form: dict[str, Any] | None = None
    language: str = ""


class HandoffAsked(Event, frozen=True, omit_defaults=True):
    """`text`: what the customer reads about it; empty where the widget's own sentence says enough."""

    kind: ClassVar[str] = "handoff"
    reason: Reason
    text: str = ""


class ContactLeft(Event, frozen=True):
    """The customer wants the answer by e-mail."""

    kind: ClassVar[str] = "contact"
    email: str


class Claimed(Event, frozen=True):
    kind: ClassVar[str] = "claimed"
    agent: str
    name: str


class Released(Event, frozen=True):
    """Back to the queue."""

    kind: ClassVar[str] = "released"
    agent: str
    name: str


class HandedBack(Event, frozen=True):
    """Back to the assistant, by an agent's explicit choice."""

    kind: ClassVar[str] = "handed_back"
    agent: str
    name: str


class Replied(Event, frozen=True):
    kind: ClassVar[str] = "replied"
    agent: str
    name: str
    text: str


class Noted(Event, frozen=True):
    kind: ClassVar[str] = "noted"
    audience: ClassVar[Audience] = Audience.STAFF
    agent: str
    name: str
    text: str


class Snoozed(Event, frozen=True):
    kind: ClassVar[str] = "snoozed"
    audience: ClassVar[Audience] = Audience.STAFF
    agent: str
    name: str
    until: int


class Woken(Event, frozen=True):
    kind: ClassVar[str] = "woken"
    audience: ClassVar[Audience] = Audience.STAFF


class Resolved(Event, frozen=True):
    kind: ClassVar[str] = "resolved"
    by: ResolvedBy
    agent: str = ""
    name: str = ""


class Closed(Event, frozen=True):
    """The reopen window is over; what the customer writes next starts another conversation."""

    kind: ClassVar[str] = "closed"


class Judged(Event, frozen=True):
    """Whether entry `about`, an answer of the assistant, was right. What the same person said last of it counts.

    `giver`: `agent` or `customer`. `why`: the agent's words, which stand nowhere else, so that they go with the chat.
    """

    kind: ClassVar[str] = "judged"
    audience: ClassVar[Audience] = Audience.STAFF
    about: int
    right: bool
    giver: str
    agent: str = ""
    name: str = ""
    why: str = ""


class Rated(Event, frozen=True):
    """1 to 5, of the episode that was just resolved."""

    kind: ClassVar[str] = "rated"
    value: int
    comment: str = ""


KINDS: dict[str, type[Event]] = {
    event.kind: event
    for event in (
        Started, Said, Answered, Offered, Remarked, Decided, HandoffAsked, ContactLeft, Claimed, Released,
        HandedBack, Replied, Noted, Snoozed, Woken, Resolved, Closed, Judged, Rated,
    )
}  # fmt: skip


def to_data(event: Event) -> dict[str, Any]:
    """The event's fields as JSON values."""
    data: dict[str, Any] = msgspec.to_builtins(event)
    if data.get("chosen") == "":  # most have chosen none
        del data["chosen"]
    return data


def from_data(kind: str, data: dict[str, Any]) -> Event:
    """The event that `to_data` wrote; fields that a later version added are left out. BadInput for an unknown kind."""
    event = KINDS.get(kind)
    if event is None:
        raise BadInput(f"Unknown kind of entry: {kind!r}. It was written by a newer version of the program.")
    values = {name: value for name, value in data.items() if name in event.__struct_fields__}
    if "source" in values:
        values["source"] = Source(**values["source"])
    if "choices" in values:
        values["choices"] = tuple(Source(**choice) for choice in values["choices"])
    if "hits" in values:
        values["hits"] = tuple(values["hits"])
    if "reason" in values:
        values["reason"] = Reason(values["reason"])
    if "by" in values:
        values["by"] = ResolvedBy(values["by"])
    return event(**values)

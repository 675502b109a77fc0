"""The history checker: what clients sent, were acknowledged and showed, held against the log. Pure: it opens nothing.

Every screen writes a `Story`, one moment after the other, in the order in which they happened to it. A screen does
not tidy up: an entry that comes twice is shown twice, one that comes too early stands too early. That is stricter
than the widget, which would hide both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the log, as the database has it."""

    conversation: str
    seq: int
    kind: str
    audience: str  # "all" or "staff"
    client_id: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """For the first time; sending it again under the same id is no other moment."""

    client_id: str
    frame: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Acked:
    client_id: str
    conversation: str
    seq: int


@dataclass(frozen=True, slots=True)
class Refused:
    """For good: it must not be in the log."""

    client_id: str
    code: str


@dataclass(frozen=True, slots=True)
class Shown:
    conversation: str
    seq: int
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cleared:
    """The screen is empty and begins at 1 again: a reload, or `resync_required`. Empty: all conversations."""

    conversation: str = ""


Moment = Sent | Acked | Refused | Shown | Cleared


@dataclass(slots=True)
class Story:
    """`complete`: conversations that this screen must show to the last entry. `listed`: an agent's list at the end."""

    who: str
    staff: bool = False
    moments: list[Moment] = field(default_factory=list)
    complete: set[str] = field(default_factory=set)
    listed: dict[str, int] | None = None


class Name(StrEnum):
    """What can be wrong, each with the sentence that a report says it in."""

    LOST = "acknowledged, but not in the log"
    MOVED = "acknowledged as another entry than it is"
    UNACKED = "sent and never acknowledged"
    DOUBLED = "one client id, two entries"
    HOLE = "the log's own numbers have a gap"
    PHANTOM = "in the log, but nobody sent it"
    REWORDED = "in the log with other words than were sent"
    REVIVED = "refused for good, but in the log"
    SHOWN_TWICE = "shown twice"
    GAP = "an entry was left out on a screen"
    DISORDER = "shown out of order"
    ALTERED = "shown otherwise than it stands in the log"
    GHOST = "shown, but not in the log"
    LEAKED = "a customer was shown what is for staff"
    BEHIND = "the screen lacks the end of the log"
    TWO_ANSWERS = "a question with two answers"
    NO_ANSWER = "a question that nobody answers"
    STALE_LIST = "an agent's list is behind the log"


class Trouble(StrEnum):
    """What is wrong with the server, whatever its history says."""

    GROWS = "the server grows"
    MISREAD = "a frame is not read as documented"
    LIMIT = "a limit does not hold"
    TEST = "a test fails"


@dataclass(frozen=True, slots=True)
class Fault:
    name: Name | Trouble
    where: str

    def __str__(self) -> str:
        return f"{self.name.value}: {self.where}"


KIND_OF = {
    "say": "said",
    "request_human": "handoff",
    "end": "resolved",
    "leave_email": "contact",
    "rate": "rated",
    "reply": "replied",
    "note": "noted",
    "claim": "claimed",
    "release": "released",
    "hand_back": "handed_back",
    "resolve": "resolved",
}
# Asking again for what is so already is acknowledged with the entry that made it so.
ALREADY = {"request_human": ("handoff", "claimed"), "claim": ("claimed",)}
ANSWERS = ("answered", "offered", "remarked")
OUR_OWN = ("started", *ANSWERS, "decided", "handoff", "woken", "snoozed", "closed", "resolved")
LIVE_END = ("resolved", "closed", "rated")


def check(stories: Sequence[Story], log: Iterable[Line]) -> list[Fault]:
    """Everything that is wrong; an empty list is the promise kept. `log` is all of it, in any order."""
    chats: dict[str, list[Line]] = defaultdict(list)
    for line in log:
        chats[line.conversation].append(line)
    for lines in chats.values():
        lines.sort(key=lambda line: line.seq)
    return [*_of_log(chats), *_of_sending(stories, chats), *_of_answers(chats), *_of_screens(stories, chats)]


Chats = Mapping[str, Sequence[Line]]


def _of_log(chats: Chats) -> Iterator[Fault]:
    ids: Counter[str] = Counter()
    for conversation, lines in chats.items():
        if [line.seq for line in lines] != list(range(1, len(lines) + 1)):
            yield Fault(Name.HOLE, f"{conversation}: {[line.seq for line in lines]}")
        ids.update(line.client_id for line in lines if line.client_id is not None)
        if [line.seq for line in lines if line.kind == "started"] != [1]:
            yield Fault(Name.PHANTOM, f"{conversation} does not begin with its one start")
    for client_id, count in ids.items():
        if count > 1:
            yield Fault(Name.DOUBLED, client_id)


def _of_sending(stories: Sequence[Story], chats: Chats) -> Iterator[Fault]:
    sent: dict[str, Sent] = {}
    acks: dict[str, set[tuple[str, int]]] = defaultdict(set)
    refused: dict[str, str] = {}
    for story in stories:
        for moment in story.moments:
            match moment:
                case Sent():
                    sent.setdefault(moment.client_id, moment)
                case Acked():
                    acks[moment.client_id].add((moment.conversation, moment.seq))
                case Refused():
                    refused[moment.client_id] = moment.code
    by_id = {line.client_id: line for lines in chats.values() for line in lines if line.client_id is not None}
    for client_id, places in acks.items():
        yield from _of_ack(sent.get(client_id), client_id, places, by_id.get(client_id), chats)
    for client_id, original in sent.items():
        if client_id not in acks and client_id not in refused:
            yield Fault(Name.UNACKED, f"{original.frame} {client_id}")
        if client_id in refused and client_id in by_id:
            yield Fault(Name.REVIVED, f"{client_id} ({refused[client_id]})")
    for lines in chats.values():
        for line in lines:
            yield from _of_origin(line, lines, sent)


def _of_ack(
    sent: Sent | None, client_id: str, places: set[tuple[str, int]], line: Line | None, chats: Chats
) -> Iterator[Fault]:
    if sent is None:
        yield Fault(Name.PHANTOM, f"an ack for {client_id}, which nobody sent")
        return
    if len(places) > 1:
        yield Fault(Name.MOVED, f"{client_id}: {sorted(places)}")
    for conversation, seq in places:
        if line is not None:
            if (line.conversation, line.seq) != (conversation, seq):
                yield Fault(Name.MOVED, f"{client_id}: {conversation} {seq}, it is {line.conversation} {line.seq}")
            continue
        named = next((one for one in chats.get(conversation, ()) if one.seq == seq), None)
        if named is None or named.kind not in ALREADY.get(sent.frame, ()):
            yield Fault(Name.LOST, f"{sent.frame} {client_id} at {conversation} {seq}")


def _of_origin(line: Line, lines: Sequence[Line], sent: Mapping[str, Sent]) -> Iterator[Fault]:
    where = f"{line.conversation} {line.seq} {line.kind}"
    if line.client_id is None:
        # A reply to a chat that nobody has claims it, in the same breath.
        after = next((one for one in lines if one.seq == line.seq + 1), None)
        claims = line.kind == "claimed" and after is not None and after.kind == "replied"
        if not claims and line.kind not in OUR_OWN:
            yield Fault(Name.PHANTOM, where)
        return
    original = sent.get(line.client_id)
    if original is None or KIND_OF.get(original.frame) != line.kind:
        yield Fault(Name.PHANTOM, where)
    elif any(line.data.get(name) != value for name, value in original.data.items() if name in line.data):
        yield Fault(Name.REWORDED, where)


def _of_answers(chats: Chats) -> Iterator[Fault]:
    """Each question has exactly one answer of the assistant, or people have the chat, or had the last word in it.

    What is said in one breath is one question: the answer to the last of it is the answer to all of it.
    """
    for conversation, lines in chats.items():
        waiting: set[int] = set()
        questions: set[int] = set()
        people = False
        for line in lines:
            if line.kind == "said":
                waiting.add(line.seq)
                questions.add(line.seq)
            elif line.kind in ANSWERS:
                re = line.data["re"]
                if re not in waiting:
                    name = Name.TWO_ANSWERS if re in questions else Name.PHANTOM
                    yield Fault(name, f"{conversation}: entry {line.seq} answers {re}")
                waiting = {seq for seq in waiting if seq > re}
            elif line.kind in ("handoff", "claimed", "released"):
                people = True
            elif line.kind == "handed_back":
                people = False
            elif line.kind in ("replied", "resolved"):
                waiting.clear()
                people = people and line.kind == "replied"
        if waiting and not people:
            yield Fault(Name.NO_ANSWER, f"{conversation} {sorted(waiting)}")


def _of_screens(stories: Sequence[Story], chats: Chats) -> Iterator[Fault]:
    for story in stories:
        last: dict[str, int] = defaultdict(int)
        seen: dict[str, set[int]] = defaultdict(set)
        for moment in story.moments:
            if isinstance(moment, Cleared):
                for held in (last, seen):
                    if moment.conversation:
                        held.pop(moment.conversation, None)
                    else:
                        held.clear()
            elif isinstance(moment, Shown):
                yield from _of_place(story, moment, last[moment.conversation], seen[moment.conversation])
                yield from _of_content(story, moment, chats)
                last[moment.conversation] = max(last[moment.conversation], moment.seq)
                seen[moment.conversation].add(moment.seq)
        for conversation in story.complete:
            end = len(chats.get(conversation, ()))
            if last[conversation] < end:
                yield Fault(Name.BEHIND, f"{story.who}: {conversation} at {last[conversation]} of {end}")
        if story.listed is not None:
            yield from _of_list(story, story.listed, chats)


def _of_place(story: Story, shown: Shown, last: int, seen: set[int]) -> Iterator[Fault]:
    where = f"{story.who}: {shown.conversation} {shown.seq} after {last}"
    if shown.seq in seen:
        yield Fault(Name.SHOWN_TWICE, where)
    elif shown.seq <= last:
        yield Fault(Name.DISORDER, where)
    elif shown.seq > last + 1:
        yield Fault(Name.GAP, where)


def _of_content(story: Story, shown: Shown, chats: Chats) -> Iterator[Fault]:
    where = f"{story.who}: {shown.conversation} {shown.seq}"
    line = next(iter(chats.get(shown.conversation, ())[shown.seq - 1 : shown.seq]), None)
    if line is None:
        yield Fault(Name.GHOST, where)
        return
    hidden = line.audience == "staff" and not story.staff
    if hidden:
        if dict(shown.data) != {"kind": "hidden"}:
            yield Fault(Name.LEAKED, f"{where} {line.kind}")
        return
    own = {"kind": line.kind, "client_id": line.client_id}
    for name, value in shown.data.items():
        if (own[name] if name in own else line.data.get(name)) != value:
            yield Fault(Name.ALTERED, f"{where} {line.kind}.{name}")
    # What a customer may not know (whose account it was, why we think they need a person) may be missing.
    private = set() if story.staff else {"agent", "reason"}
    missing = (line.data.keys() | {"kind"}) - shown.data.keys() - private
    if missing:
        yield Fault(Name.ALTERED, f"{where} {line.kind} without {sorted(missing)}")


def _of_list(story: Story, listed: Mapping[str, int], chats: Chats) -> Iterator[Fault]:
    """All live chats, each at its last number; a resolved one may still stand there for a while."""
    for conversation, lines in chats.items():
        ended = next((line.kind for line in reversed(lines) if line.kind not in ("noted", "decided")), "") in LIVE_END
        if conversation not in listed:
            if not ended:
                yield Fault(Name.STALE_LIST, f"{story.who}: {conversation} is missing")
        elif listed[conversation] != len(lines):
            yield Fault(Name.STALE_LIST, f"{story.who}: {conversation} at {listed[conversation]} of {len(lines)}")

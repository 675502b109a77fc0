"""What waits for the assistant in a conversation: read from the log, or followed entry by entry as it is written."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from bot import policy
from bot.actions.forms import FormState, form_of
from bot.actions.told import with_form
from bot.past import Thread, thread_of
from conversation import log
from conversation.events import Decided, Event
from conversation.log import Logged, Recorded, conversations, entries
from conversation.machine import Refused, Status, awaits
from runtime.db import Tx

FOLLOWED = 4_096  # conversations; another one is read again
TOGETHER = 3  # messages of one burst that are searched for together: the last ones
MOST = 20  # messages that are kept while nobody answers
AT_ONCE = 500  # rows of one sweep

# What tells whether a form is open: the assistant's last turn, unless people came after it.
FORMING = ("decided", "handoff", "claimed", "handed_back", "resolved")


@dataclass(frozen=True, slots=True)
class Asked:
    """A message of the customer that nobody has answered yet."""

    seq: int
    text: str
    article: str
    at: int
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A question for the assistant. `seq` is the customer's last message: its answer answers those before it too.

    `text`: what to look for, of the whole burst, and `last` the last of it; `article`: the one that the customer chose.
    `misses`: questions just before it that got no answer. `handed_back`: a person read it and gave it back, so it must
    not go straight to people again. `past`: how the chat has gone before it. `form`: the one that is being filled in.
    `chosen`: the language that they have chosen, "" where they are answered in the one they write.
    """

    conversation_id: int
    conversation: str
    seq: int
    text: str
    last: str
    article: str
    language: str
    site_id: int
    misses: int
    page: str = ""
    handed_back: bool = False
    form: FormState | None = None
    past: policy.Past = policy.NOTHING
    chosen: str = ""


@dataclass(slots=True)
class Course:
    """How a conversation has gone, as far as the assistant's next answer depends on it."""

    row: Any
    waiting: list[Asked] = field(default_factory=list)
    thread: Thread = field(default_factory=Thread)
    form: FormState | None = None

    def follow(self, entries: Sequence[Logged], row: Any) -> None:
        """Takes the next entries, and the row as it is after them."""
        self.row = row
        for logged in entries:
            if logged.kind in FORMING:
                self.form = form_of(logged.data.get("form"))
            if logged.kind == "said" and row.waiting:
                self.waiting.append(_asked(logged))
            self.thread.follow(logged.kind, logged.seq, logged.at, logged.data)
        if self.waiting:
            first = row.waiting or row.last_seq + 1
            self.waiting = [asked for asked in self.waiting[-MOST:] if asked.seq >= first]

    @property
    def waits(self) -> bool:
        """Whether something waits for the assistant."""
        return self.row.status == Status.BOT.value and self.row.waiting > 0 and bool(self.waiting)

    def job(self) -> Job | None:
        """None when nothing waits for the assistant."""
        if not self.waits:
            return None
        row = self.row
        last = self.waiting[-1]
        back = self.thread.handed_back > last.seq
        past = self.thread.past(last.at, back)
        texts = (last.text,) if last.article else _together(self.waiting, only_last=back)
        return Job(
            conversation_id=row.id,
            conversation=row.public_id,
            seq=last.seq,
            text="\n".join(texts),
            last=texts[-1],
            article=last.article,
            language=row.language,
            site_id=row.site_id,
            misses=past.misses,
            page=row.page,
            handed_back=back,
            form=self.form,
            past=past,
            chosen=last.chosen and (self.thread.wished or last.chosen),
        )


def _asked(said: Logged) -> Asked:
    return Asked(said.seq, said.data["text"], said.data.get("article", ""), said.at, said.data.get("chosen", ""))


def _together(burst: Sequence[Asked], only_last: bool) -> tuple[str, ...]:
    """What a burst asks: its last messages without greetings and thanks around them. After a hand-back the last one."""
    if len(burst) == 1:
        return (burst[0].text,)
    for asked in burst:
        if not only_last and policy.read(asked.text).person:
            return (asked.text,)
    open_ones = [asked for asked in burst if policy.read(asked.text).purpose in (None, "value")] or list(burst[-1:])
    asked_last = open_ones[-1:] if only_last else open_ones[-TOGETHER:]
    return tuple(dict.fromkeys(asked.text for asked in reversed(asked_last)))[::-1]


@dataclass(slots=True)
class Courses:
    """Courses of the conversations that this process writes to; one with a gap is dropped, and read when needed."""

    held: OrderedDict[int, Course] = field(default_factory=OrderedDict)

    def take(self, fact: Recorded) -> None:
        row, first = fact.row, fact.entries[0].seq
        course = self.held.get(row.id)
        if course is None:
            if first != 1:
                return
            course = Course(row)
        elif row.last_seq <= course.row.last_seq:
            return
        elif first != course.row.last_seq + 1:
            del self.held[row.id]
            return
        course.follow(fact.entries, row)
        self.keep(course)

    def keep(self, course: Course) -> None:
        """Unless a newer one has come meanwhile."""
        key = course.row.id
        held = self.held.get(key)
        if held is None or held.row.last_seq <= course.row.last_seq:
            self.held[key] = course
        self.held.move_to_end(key)
        if len(self.held) > FOLLOWED:
            self.held.popitem(last=False)

    def hear(self, conversation_id: int, seq: int) -> None:
        """Something was written elsewhere: up to `seq`, or (0) we cannot tell what."""
        held = self.held.get(conversation_id)
        if held is not None and (seq == 0 or seq > held.row.last_seq):
            del self.held[conversation_id]


def course_of(tx: Tx, conversation_id: int) -> Course:
    """What following all entries would have given. NotFound."""
    row = log.row_of(tx, conversation_id)
    course = Course(row)
    if row.waiting:
        said = tx.connection.execute(
            sa.select(entries.c.seq)
            .where(entries.c.conversation_id == conversation_id, entries.c.seq >= row.waiting, entries.c.kind == "said")
            .order_by(entries.c.seq)
        ).scalars()
        numbers = set(said)
        for logged in log.since(tx, conversation_id, row.waiting - 1) if numbers else ():
            if logged.seq in numbers and logged.seq <= row.last_seq:
                course.waiting.append(_asked(logged))
    course.thread = thread_of(tx, conversation_id, row.last_seq)
    course.form = _form_in(tx, conversation_id, row.last_seq)
    return course


def _form_in(tx: Tx, conversation_id: int, last_seq: int) -> FormState | None:
    """The form that is open after entry `last_seq`."""
    last = tx.connection.execute(
        sa.select(entries.c.seq)
        .where(entries.c.conversation_id == conversation_id, entries.c.seq <= last_seq, entries.c.kind.in_(FORMING))
        .order_by(entries.c.seq.desc())
        .limit(1)
    ).scalar()
    found = log.since(tx, conversation_id, last - 1, 1) if last is not None else []
    return form_of(found[0].data.get("form")) if found else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """`worker` took the message; `since`: ms UTC of the first one that waits."""

    conversation_id: int
    worker: str
    since: int
    now: int


def waiting_for_bot(tx: Tx) -> list[Waiting]:
    """Conversations in which a message waits for the assistant, longest first."""
    columns = conversations.c
    rows = tx.connection.execute(
        sa.select(columns.id, columns.worker, columns.waiting_since)
        .where(columns.status == Status.BOT.value, columns.waiting > 0)
        .order_by(columns.waiting_since)
        .limit(AT_ONCE)
    )
    return [Waiting(row.id, row.worker, row.waiting_since or tx.now, tx.now) for row in rows]


def conclude(tx: Tx, job: Job, language: str, event: Event, decided: Decided) -> None:
    """The decision and the reason for it, both or neither. Refused when the message does not wait any more."""
    row = log.row_of(tx, job.conversation_id, lock=True)
    if not awaits(log.state_of(row), job.seq):  # a late handover would open a chat again that has ended
        raise Refused("The assistant comes too late: nothing waits for this answer.", owner=row.owner)
    changes = {} if language == job.language else {"language": language}
    decided = replace(decided, language=language)
    log.append(tx, row, with_form(job.seq, language, event, decided, job.form), **changes)

"""Signs that an answer was wrong, found in the log afterwards: a person answered with another article, or the customer
asked the same again. `gather` only reads, since it looks at every message; `keep` twice changes nothing."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from conversation import labels, log
from conversation.log import entries
from runtime.db import Tx

AT_ONCE = 500  # entries of one look
ALIKE = 0.75  # share of words that two wordings of the same question have in common (Dice)
MISSPELT, LETTERS = 3, 30  # at most so many words, and so long ones, are looked at for another spelling
WHILE_MS = 24 * 3_600_000  # a question that comes again later is a new one
BEFORE = 100  # and so is one that comes so many entries later

_WORD = re.compile(r"\w+")
# Ids may hold dots; one behind the link ends a sentence.
_LINK = re.compile(r"/help/[a-z]{2}/([\w.~-]{0,127}[\w~-])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sign that an answer was wrong: numbers of the answer and of the entry that says so; `instead` as in a label."""

    conversation_id: int
    answer: int
    source: str
    evidence: int
    instead: str = ""


def same_question(one: str, other: str) -> bool:
    """Whether a customer says the same again: a few words more or fewer, or spelt differently. Where one word stands
    for another ("parcel", "invoice") it is another question."""
    first, second = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    if not first or not second or 2 * len(first & second) < ALIKE * (len(first) + len(second)):
        return False
    fewer, more = sorted((first - second, second - first), key=len)
    spelt = [word for word in more if len(word) <= LETTERS]
    return len(fewer) <= MISSPELT and all(
        len(word) <= LETTERS and difflib.get_close_matches(word, spelt, 1, ALIKE) for word in fewer
    )


def articles_in(text: str) -> list[str]:
    """The articles that a person's reply links to."""
    return list(dict.fromkeys(_LINK.findall(text)))


def before(tx: Tx, at: int) -> int:
    """The last row that is older than a time (ms UTC), 0 for none: where whoever looks for the first time begins."""
    chosen = sa.select(entries.c.id).where(entries.c.at < at).order_by(entries.c.id.desc()).limit(1)
    return int(tx.connection.execute(chosen).scalar() or 0)


def gather(tx: Tx, after: int, until: int) -> tuple[list[Doubt], int]:
    """What the rows beyond `after` say against answers, up to the first one from `until` (ms UTC) on or five hundred of
    them; and the row it came to, the same as before when there is nothing more."""
    # By the row alone, not by kind and time: that is the order in which they lie there.
    found = tx.connection.execute(
        sa.select(entries.c.id, entries.c.conversation_id, entries.c.seq, entries.c.at, entries.c.kind, entries.c.data)
        .where(entries.c.id > after)
        .order_by(entries.c.id)
        .limit(AT_ONCE)
    ).all()
    doubts: list[Doubt] = []
    for row in found:
        if row.at >= until:
            break
        after = row.id
        doubts += _look_at(tx, row)
    return doubts, after


def keep(tx: Tx, doubt: Doubt) -> bool:
    """Makes a label of it, unless the answer has one of this source already. NotFound where the chat is gone."""
    chat = log.row_of(tx, doubt.conversation_id, lock=True)
    answer = labels.answer_of(tx, chat, doubt.answer)
    if labels.holds(tx, answer, doubt.source):
        return False
    labels.keep(tx, answer, doubt.source, False, doubt.evidence, instead=doubt.instead)
    return True


def _look_at(tx: Tx, row: Any) -> list[Doubt]:
    if row.kind not in ("said", "replied"):
        return []
    data = msgspec.json.decode(row.data)
    linked = articles_in(data["text"]) if row.kind == "replied" else []
    if row.kind == "replied" and not linked:
        return []
    doubts = (_doubt(tx, row, data, linked, one) for one in _answers_before(tx, row))
    return [doubt for doubt in doubts if doubt is not None]


def _answers_before(tx: Tx, row: Any) -> list[Any]:
    """Answers of the same episode, the last one first; for a reply only the last one."""
    near = entries.c.seq.between(row.seq - BEFORE, row.seq - 1)
    before = sa.and_(entries.c.conversation_id == row.conversation_id, near)
    ended = sa.select(sa.func.max(entries.c.seq)).where(before, entries.c.kind == "resolved").scalar_subquery()
    chosen = (
        sa.select(entries.c.seq, entries.c.data)
        .where(before, entries.c.kind == "answered", entries.c.at >= row.at - WHILE_MS)
        .where(entries.c.seq > sa.func.coalesce(ended, 0))
        .order_by(entries.c.seq.desc())
    )
    return list(tx.connection.execute(chosen.limit(1 if row.kind == "replied" else 5)))


def _doubt(tx: Tx, row: Any, data: dict[str, Any], linked: list[str], given: Any) -> Doubt | None:
    answered = msgspec.json.decode(given.data)
    if row.kind == "replied":
        if answered["source"]["article"] in linked:
            return None
        return Doubt(row.conversation_id, given.seq, "handoff", row.seq, linked[0])
    asked = log.since(tx, row.conversation_id, answered["re"] - 1, 1)
    if data.get("article") or not asked or not same_question(asked[0].data.get("text", ""), data["text"]):
        return None
    return Doubt(row.conversation_id, given.seq, "repeat", row.seq)

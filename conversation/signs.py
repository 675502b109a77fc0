"""Signs that an answer was wrong, found in the log afterwards: a person answered with another article, or the customer
asked the same again. The rules are pure; `gather` makes labels of what it finds, and doing it twice changes nothing."""

from __future__ import annotations

import difflib
import re
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

_WORD = re.compile(r"\w+")
_LINK = re.compile(r"/help/[a-z]{2}/([A-Za-z0-9_-]{1,128})")


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


def gather(tx: Tx, since: int, after: int) -> tuple[int, int]:
    """Looks at what was said and replied from `since` (ms UTC) on, beyond row `after`: labels kept, and the row it came
    to; the same row as before when there is nothing more."""
    found = tx.connection.execute(
        sa.select(entries.c.id, entries.c.conversation_id, entries.c.seq, entries.c.at, entries.c.kind, entries.c.data)
        .where(entries.c.kind.in_(["said", "replied"]), entries.c.at >= since, entries.c.id > after)
        .order_by(entries.c.id)
        .limit(AT_ONCE)
    ).all()
    kept = sum(_look_at(tx, row) for row in found)
    return kept, found[-1].id if found else after


def _look_at(tx: Tx, row: Any) -> int:
    data = msgspec.json.decode(row.data)
    linked = articles_in(data["text"]) if row.kind == "replied" else []
    if row.kind == "replied" and not linked:
        return 0
    return sum(_doubts(tx, row, data, linked, one) for one in _answers_before(tx, row))


def _answers_before(tx: Tx, row: Any) -> list[Any]:
    """Answers of the same episode, the last one first; for a reply only the last one."""
    before = sa.and_(entries.c.conversation_id == row.conversation_id, entries.c.seq < row.seq)
    ended = sa.select(sa.func.max(entries.c.seq)).where(before, entries.c.kind == "resolved").scalar_subquery()
    chosen = (
        sa.select(entries.c.seq, entries.c.data)
        .where(before, entries.c.kind == "answered", entries.c.at >= row.at - WHILE_MS)
        .where(entries.c.seq > sa.func.coalesce(ended, 0))
        .order_by(entries.c.seq.desc())
    )
    return list(tx.connection.execute(chosen.limit(1 if row.kind == "replied" else 5)))


def _doubts(tx: Tx, row: Any, data: dict[str, Any], linked: list[str], given: Any) -> int:
    answered = msgspec.json.decode(given.data)
    if row.kind == "replied":
        if answered["source"]["article"] in linked:
            return 0
        source, instead = "handoff", linked[0]
    else:
        asked = log.since(tx, row.conversation_id, answered["re"] - 1, 1)
        if data.get("article") or not asked or not same_question(asked[0].data.get("text", ""), data["text"]):
            return 0
        source, instead = "repeat", ""
    chat = log.row_of(tx, row.conversation_id, lock=True)
    answer = labels.answer_of(tx, chat, given.seq)
    if labels.holds(tx, answer, source):
        return 0
    labels.keep(tx, answer, source, False, row.seq, instead=instead)
    return 1

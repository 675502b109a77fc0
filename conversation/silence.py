"""What the silent assistant would have said, beside what people did: a reading of the log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from conversation import labels
from conversation.labels import SHADOW
from conversation.log import conversations, entries
from conversation.signs import articles_in
from runtime.db import Tx

MOST = 1_000  # of the latest decisions
AT_ONCE = 500  # of them, in three queries


@dataclass(frozen=True, slots=True)
class Compared:
    """One silent decision. `people`: `same_article`, `other_article`, `own_words` or `nothing`; `judged`: what a
    colleague said of it, None for nothing. `at`: ms UTC."""

    conversation: str
    seq: int
    about: int
    at: int
    question: str
    outcome: str
    article: str
    title: str
    certainty: float
    people: str
    reply: str
    judged: bool | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`outcomes`: how often it would have answered, offered, handed over; `answers`: what people did where it would
    have answered, and how often colleagues called that right or wrong."""

    decided: int
    outcomes: dict[str, int] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    latest: tuple[Compared, ...] = ()


def compare(tx: Tx, site_id: int, since: int = 0, shown: int = 50) -> Comparison:
    """Of the site's latest silent decisions since a time (ms UTC), at most a thousand; `shown` of them one by one."""
    chosen = (
        sa.select(
            entries.c.conversation_id,
            entries.c.seq,
            entries.c.at,
            entries.c.data,
            conversations.c.public_id,
            conversations.c.language,
        )
        .join(conversations, conversations.c.id == entries.c.conversation_id)
        .where(entries.c.kind == "decided", entries.c.at >= since, conversations.c.site_id == site_id)
        .where(entries.c.data.contains(f'"note":"{SHADOW}', autoescape=True))
        .where(~entries.c.data.contains('"outcome":"remark"', autoescape=True))  # a greeting is no question
        .order_by(entries.c.at.desc(), entries.c.id.desc())
        .limit(MOST)
    )
    rows = tx.connection.execute(chosen).all()
    found = [one for start in range(0, len(rows), AT_ONCE) for one in _compared(tx, rows[start : start + AT_ONCE])]
    outcomes = dict.fromkeys(("answer", "offer", "hand_over"), 0)
    answers = dict.fromkeys(("same_article", "other_article", "own_words", "nothing", "right", "wrong"), 0)
    for one in found:
        outcomes[one.outcome] = outcomes.get(one.outcome, 0) + 1
        if one.outcome == "answer":
            answers[one.people] += 1
            if one.judged is not None:
                answers["right" if one.judged else "wrong"] += 1
    return Comparison(len(found), outcomes, answers, tuple(found[:shown]))


def _compared(tx: Tx, rows: Sequence[Any]) -> list[Compared]:
    """These decisions, in order."""
    about = [msgspec.json.decode(row.data)["about"] for row in rows]
    replies = _replies(tx, {row.conversation_id for row in rows})
    after = [
        next((seq for seq in replies.get(row.conversation_id, ()) if seq > asked), 0)
        for row, asked in zip(rows, about, strict=True)
    ]
    ids = [row.conversation_id for row in rows]
    texts = _texts(tx, {*zip(ids, about, strict=True), *zip(ids, after, strict=True)})
    judged = _judged(tx, {row.public_id for row in rows})
    return [
        _one(
            row,
            texts.get((row.conversation_id, asked), ""),
            texts.get((row.conversation_id, reply), ""),
            judged.get((row.public_id, row.seq)),
        )
        for row, asked, reply in zip(rows, about, after, strict=True)
    ]


def _one(row: Any, question: str, reply: str, judged: bool | None) -> Compared:
    data = msgspec.json.decode(row.data)
    best: dict[str, Any] = data["hits"][0] if data["hits"] else {"article": "", "title": "", "certainty": 0.0}
    if not reply:
        people = "nothing"
    elif not (linked := articles_in(reply)):
        people = "own_words"
    else:
        people = "same_article" if best["article"] in linked else "other_article"
    return Compared(
        conversation=row.public_id,
        seq=row.seq,
        about=data["about"],
        at=row.at,
        question=question,
        outcome=data["outcome"],
        article=best["article"],
        title=best["title"],
        certainty=best["certainty"],
        people=people,
        reply=reply,
        judged=judged,
    )


def _replies(tx: Tx, ids: Collection[int]) -> dict[int, list[int]]:
    """The numbers of what people wrote in these conversations, in order."""
    chosen = sa.select(entries.c.conversation_id, entries.c.seq)
    chosen = chosen.where(entries.c.conversation_id.in_(ids), entries.c.kind == "replied").order_by(entries.c.seq)
    found: dict[int, list[int]] = {}
    for conversation_id, seq in tx.connection.execute(chosen):
        found.setdefault(conversation_id, []).append(seq)
    return found


def _texts(tx: Tx, places: Collection[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """What was said at these places (a conversation, a number in it)."""
    chosen = sa.select(entries.c.conversation_id, entries.c.seq, entries.c.data)
    chosen = chosen.where(sa.tuple_(entries.c.conversation_id, entries.c.seq).in_(places))
    chosen = chosen.where(entries.c.kind.in_(["said", "replied"]))
    return {
        (row.conversation_id, row.seq): msgspec.json.decode(row.data)["text"] for row in tx.connection.execute(chosen)
    }


def _judged(tx: Tx, conversations: Collection[str]) -> dict[tuple[str, int], bool]:
    """What colleagues said of each answer in these conversations."""
    groups = labels.together(labels.of_conversations(tx, conversations))
    return {(group[0].answer.conversation, group[0].answer.seq): labels.verdict(group) for group in groups}

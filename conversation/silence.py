"""What the silent assistant would have said, beside what people did: a reading of the log."""

from __future__ import annotations

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
        .where(entries.c.data.contains(f'"note":"{SHADOW}"', autoescape=True))
        .order_by(entries.c.at.desc(), entries.c.id.desc())
        .limit(MOST)
    )
    found = [_compared(tx, row) for row in tx.connection.execute(chosen).all()]
    outcomes = dict.fromkeys(("answer", "offer", "hand_over"), 0)
    answers = dict.fromkeys(("same_article", "other_article", "own_words", "nothing", "right", "wrong"), 0)
    for one in found:
        outcomes[one.outcome] = outcomes.get(one.outcome, 0) + 1
        if one.outcome == "answer":
            answers[one.people] += 1
            if one.judged is not None:
                answers["right" if one.judged else "wrong"] += 1
    return Comparison(len(found), outcomes, answers, tuple(found[:shown]))


def _compared(tx: Tx, row: Any) -> Compared:
    data = msgspec.json.decode(row.data)
    best: dict[str, Any] = data["hits"][0] if data["hits"] else {"article": "", "title": "", "certainty": 0.0}
    reply = _text(tx, row.conversation_id, entries.c.seq > data["about"], "replied")
    if not reply:
        people = "nothing"
    elif not (linked := articles_in(reply)):
        people = "own_words"
    else:
        people = "same_article" if best["article"] in linked else "other_article"
    judged = [one for one in labels.of_conversation(tx, row.public_id) if one.answer.seq == row.seq]
    return Compared(
        conversation=row.public_id,
        seq=row.seq,
        about=data["about"],
        at=row.at,
        question=_text(tx, row.conversation_id, entries.c.seq == data["about"], "said"),
        outcome=data["outcome"],
        article=best["article"],
        title=best["title"],
        certainty=best["certainty"],
        people=people,
        reply=reply,
        judged=labels.verdict(judged) if judged else None,
    )


def _text(tx: Tx, conversation_id: int, where: sa.ColumnElement[bool], kind: str) -> str:
    """Of the first such entry; empty where there is none."""
    chosen = sa.select(entries.c.data).where(
        entries.c.conversation_id == conversation_id, where, entries.c.kind == kind
    )
    found = tx.connection.execute(chosen.order_by(entries.c.seq).limit(1)).scalar()
    return str(msgspec.json.decode(found)["text"]) if found else ""

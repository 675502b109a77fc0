"""Labels: whether an answer of the assistant was right, who says so and by which entry. A reading of the log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from conversation import log
from conversation.events import Judged
from conversation.log import Logged
from conversation.tables import AnswerLabel
from conversation.texts import clean_comment
from runtime.clock import rfc3339
from runtime.db import Tx
from runtime.errors import BadInput, Conflict

labels = AnswerLabel.__table__  # type: ignore[attr-defined]

# The first counts most: a colleague has read the article; a customer knows whether it helped; the others are signs.
SOURCES = ("agent", "customer", "handoff", "repeat")
SHADOW = "shadow"  # begins the note of a decision that nobody was told
NEAR = 4  # the reason for an answer stands right behind it


class NotAnAnswer(BadInput):
    code = "not_an_answer"


class AlreadyJudged(Conflict):
    code = "already_judged"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as its label remembers it; what was decided in silence counts as one. `at`: ms UTC."""

    conversation: str
    seq: int
    site_id: int
    language: str
    article: str
    certainty: float
    bar: float
    at: int


@dataclass(frozen=True, slots=True)
class Label:
    answer: Answer
    source: str
    whose: str
    name: str
    right: bool
    evidence: int
    instead: str
    at: int


class Verdict(NamedTuple):
    """How a labelled answer counts. `torn`: one calls it right and another wrong. Times are ms UTC."""

    conversation: str
    certainty: float
    bar: float
    answered_at: int
    said_at: int
    right: bool
    torn: bool


# The least of an answer's labels is one of the source that counts most, and there of a "wrong" where there is one.
_WORD = sa.case(
    *(
        (labels.c.source == source, sa.case((labels.c.is_right, 2 * place + 1), else_=2 * place))
        for place, source in enumerate(SOURCES)
    ),
    else_=2 * len(SOURCES),
)


# -- writing ---------------------------------------------------------------------------------------------------


def judge(
    tx: Tx, conversation: str, agent: str, name: str, client_id: str, seq: int, right: bool, why: str = ""
) -> Logged:
    """An agent's word on an answer, kept in the log with its reason; a later one of the same agent replaces it.

    NotAnAnswer for any other entry; a repeat of the request gives the first entry.
    """
    row = log.row_by_public_id(tx, conversation, lock=True)
    event = Judged(seq, right, "agent", agent, name, clean_comment(why))
    known = log.entry_by_client_id(tx, row, client_id)
    if known is not None:
        return log.repeated(known, event)
    answer = answer_of(tx, row, seq)
    logged = log.append(tx, row, (event,), client_id)[0]
    keep(tx, answer, "agent", right, logged.seq, agent, name)
    return logged


def keep(
    tx: Tx,
    answer: Answer,
    source: str,
    right: bool,
    evidence: int,
    whose: str = "",
    name: str = "",
    instead: str = "",
) -> None:
    """One label of each source and person: the last one. Whoever calls has locked the conversation."""
    said = {"is_right": right, "evidence": evidence, "instead": instead, "name": name, "at": tx.now}
    changed = tx.connection.execute(sa.update(labels).where(_of(answer, source, whose)).values(said))
    if changed.rowcount == 0:
        values = {
            "conversation": answer.conversation,
            "seq": answer.seq,
            "source": source,
            "whose": whose,
            "site_id": answer.site_id,
            "language": answer.language,
            "article": answer.article,
            "certainty": answer.certainty,
            "bar": answer.bar,
            "answered_at": answer.at,
        }
        tx.connection.execute(sa.insert(labels).values(values | said))
    tx.notify("label", answer.site_id)


def refuse_second(tx: Tx, answer: Answer) -> None:
    """AlreadyJudged when the customer has said of this answer whether it helped."""
    if tx.connection.execute(sa.select(labels.c.id).where(_of(answer, "customer", ""))).first() is not None:
        raise AlreadyJudged("You have told us already. Thank you.")


def holds(tx: Tx, answer: Answer, source: str) -> bool:
    return tx.connection.execute(sa.select(labels.c.id).where(_of(answer, source, ""))).first() is not None


def _of(answer: Answer, source: str, whose: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        labels.c.conversation == answer.conversation,
        labels.c.seq == answer.seq,
        labels.c.source == source,
        labels.c.whose == whose,
    )


# -- reading ---------------------------------------------------------------------------------------------------


def answer_of(tx: Tx, row: Any, seq: int, silent: bool = True) -> Answer:
    """What stands under this number of a conversation's row; NotAnAnswer. `silent`: or an answer that nobody got."""
    found = log.since(tx, row.id, max(0, seq - 1), NEAR) if 0 < seq <= row.last_seq else []
    answer = answer_in(found, row)
    if answer is None or (found[0].kind == "decided" and not silent):
        raise NotAnAnswer("That is no answer of the assistant.")
    return answer


def answer_in(found: Sequence[Logged], row: Any) -> Answer | None:
    """The answer that the first of these entries is; the reason for it is among the others."""
    if not found:
        return None
    first = found[0]
    if first.kind == "answered":
        article, certainty = first.data["source"]["article"], first.data["certainty"]
        reasons = (entry.data for entry in found if entry.kind == "decided")
        reason = next((reason for reason in reasons if reason["about"] == first.data["re"]), {})
    elif is_silent_answer(first):
        reason, best = first.data, first.data["hits"][0]
        article, certainty = best["article"], best["certainty"]
    else:
        return None
    # Not the chat's of now: whoever goes on in another language does not take the answer there.
    language = reason.get("language") or row.language
    bar = reason.get("threshold", 0.0)
    return Answer(row.public_id, first.seq, row.site_id, language, article, certainty, bar, first.at)


def is_silent_answer(entry: Logged) -> bool:
    """Whether the assistant would have answered, but the site lets it decide in silence."""
    data = entry.data
    if entry.kind != "decided" or data["outcome"] != "answer" or not data["hits"]:
        return False
    return bool(data["note"].split("; ", 1)[0] == SHADOW)


def verdicts(tx: Tx, site_id: int, language: str) -> list[Verdict]:
    """How each labelled answer of a site's language counts, oldest answer first: as `verdict`, for very many."""
    chosen = (
        sa.select(
            labels.c.conversation,
            sa.func.min(labels.c.certainty),
            sa.func.min(labels.c.bar),
            sa.func.min(labels.c.answered_at),
            sa.func.max(labels.c.at),
            sa.func.min(_WORD) % 2,
            sa.func.max(_WORD % 2) - sa.func.min(_WORD % 2),
        )
        .where(labels.c.site_id == site_id, labels.c.language == language)
        .group_by(labels.c.conversation, labels.c.seq)
    )
    found = [Verdict(*row) for row in tx.connection.execute(chosen).all()]
    found.sort(key=lambda one: one.answered_at)
    return found


def torn(tx: Tx, site_id: int, language: str, limit: int) -> tuple[list[list[Label]], int]:
    """Answers that one calls right and another wrong, the latest first, and how many there are."""
    here = sa.and_(labels.c.site_id == site_id, labels.c.language == language)
    chosen = (
        sa.select(labels.c.conversation, labels.c.seq, sa.func.max(labels.c.at).label("latest"))
        .where(here)
        .group_by(labels.c.conversation, labels.c.seq)
        .having(sa.func.max(_WORD % 2) > sa.func.min(_WORD % 2))
    )
    total = tx.connection.execute(sa.select(sa.func.count()).select_from(chosen.subquery())).scalar_one()
    latest = chosen.order_by(sa.desc("latest"), labels.c.conversation, labels.c.seq).limit(limit)
    places = [(row.conversation, row.seq) for row in tx.connection.execute(latest)]
    of_these = sa.select(labels).where(here, sa.tuple_(labels.c.conversation, labels.c.seq).in_(places))
    found = together([_label(row) for row in tx.connection.execute(of_these.order_by(labels.c.id))])
    return sorted(found, key=lambda of_one: places.index((of_one[0].answer.conversation, of_one[0].answer.seq))), total


def of_place(tx: Tx, site_id: int, language: str) -> list[Label]:
    """All labels of a site's language, oldest answer first."""
    chosen = sa.select(labels).where(labels.c.site_id == site_id, labels.c.language == language)
    return [_label(row) for row in tx.connection.execute(chosen.order_by(labels.c.answered_at, labels.c.id))]


def of_conversation(tx: Tx, conversation: str) -> list[Label]:
    return of_conversations(tx, (conversation,))


def of_conversations(tx: Tx, conversations: Collection[str]) -> list[Label]:
    chosen = sa.select(labels).where(labels.c.conversation.in_(conversations))
    return [_label(row) for row in tx.connection.execute(chosen.order_by(labels.c.seq, labels.c.id))]


def languages_of(tx: Tx, site_id: int) -> list[str]:
    """Those that have labels."""
    found = sa.select(labels.c.language).where(labels.c.site_id == site_id).distinct().order_by(labels.c.language)
    return list(tx.connection.execute(found).scalars())


def together(found: Sequence[Label]) -> list[list[Label]]:
    """The labels of each answer."""
    answers: dict[tuple[str, int], list[Label]] = {}
    for label in found:
        answers.setdefault((label.answer.conversation, label.answer.seq), []).append(label)
    return list(answers.values())


def verdict(of_one: Sequence[Label]) -> bool:
    """Whether an answer counts as right: by the source that counts most, and there one `wrong` is enough."""
    first = min(SOURCES.index(label.source) for label in of_one)
    return all(label.right for label in of_one if SOURCES.index(label.source) == first)


def card(label: Label) -> dict[str, Any]:
    """As JSON values; `evidence` is the entry that says so."""
    answer = label.answer
    return {
        "conversation": answer.conversation,
        "seq": answer.seq,
        "article": answer.article,
        "language": answer.language,
        "certainty": answer.certainty,
        "source": label.source,
        "name": label.name,
        "right": label.right,
        "evidence": label.evidence,
        "instead": label.instead,
        "at": rfc3339(label.at),
    }


def _label(row: Any) -> Label:
    answer = Answer(
        row.conversation,
        row.seq,
        row.site_id,
        row.language,
        row.article,
        row.certainty,
        row.bar,
        row.answered_at,
    )
    return Label(answer, row.source, row.whose, row.name, row.is_right, row.evidence, row.instead, row.at)

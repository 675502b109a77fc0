"""Answers that nothing must be waited for: they are stored with their question, in one transaction.

Most customers ask what somebody has asked a moment ago. Whatever is not in memory, or is no plain answer from an
article, goes the ordinary way (`Turns.take`).
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from bot import policy
from bot.answers import Given, candidate_of, explain, shop_of, source_of
from bot.deciding import served
from bot.looking import AUDIENCES, CANDIDATES
from bot.metrics import ANSWER_SECONDS, TURNS
from bot.plainly import plainly
from bot.turn import Turns
from conversation.events import Answered, Decided
from conversation.log import Logged
from conversation.machine import Status
from conversation.visits import Ready
from knowledge_base.search import Hit
from runtime.clock import now_ms


def answer_at_hand(turns: Turns, conversation_id: int, text: str, chosen: str = "") -> Ready | None:
    """The answer to what a customer is about to say there; None where it must be looked for. `chosen` as in `Job`."""
    course = turns.courses.held.get(conversation_id)
    if course is None or course.row.waiting or course.row.status != Status.BOT.value or course.form is not None:
        return None
    if not policy.read(text).is_plain:
        return None
    row, answers = course.row, turns.answers
    site = answers.held_site(row.site_id)
    language = None
    if site is not None:
        bound = served(course.thread.wished or chosen, site.languages) if chosen else None
        language = bound or answers.held_language(text, row.language, site.languages)
    hits = turns.asker.known(plainly(text), language, CANDIDATES, AUDIENCES) if language is not None else None
    if site is None or site.shadow or language is None or not hits:
        return None
    thresholds = turns.caution.of(site.id, language)
    key = (text, language, shop_of(row.page, site))
    given = answers.given.get(key)
    if given is None or not given.stands(hits, thresholds, answers.held_article(*given.place)):
        given = _prepare(turns, text, key[2], hits, thresholds)
        if given is None:
            return None
        answers.give(key, given)
    past = course.thread.past(now_ms())
    if given.place[0] == past.article or policy.before_search(text, past, turns.max_turns) is not None:
        return None
    seq = row.last_seq + 1
    decided = replace(given.decided, about=seq, language=language)
    return Ready(conversation_id, seq, language, (replace(given.answered, re=seq), decided))


def _prepare(turns: Turns, text: str, shop: str, hits: Sequence[Hit], thresholds: policy.Thresholds) -> Given | None:
    decision, _ = policy.decide([candidate_of(hit) for hit in hits], thresholds)
    if not isinstance(decision, policy.Answer):
        return None
    found = decision.candidate
    place = (found.article, found.language, shop)
    written = turns.answers.held_article(*place)
    if written is None or turns.actions.runs(written.article.action) or written.article.audience not in AUDIENCES:
        return None
    article = written.article
    source = source_of(article.article, article.title, article.language)
    part, html = turns.answers.answer(text, written, hits, shop)
    answered = Answered(0, part.text, html, source, round(found.certainty, 4))
    decided = Decided(0, policy.outcome(decision), thresholds.answer, tuple(map(explain, hits)))
    return Given(hits, thresholds, place, written, answered, decided)


def count_answer(ready: Ready, logged: Logged, took_s: float) -> None:
    """Into the metrics, unless something came in between: then the message went the ordinary way."""
    if (logged.conversation_id, logged.seq) == (ready.conversation_id, ready.seq):
        TURNS["answered"].inc()
        ANSWER_SECONDS.observe(took_s)

"""Answers that nothing must be waited for: they are stored with their question, in one transaction.

Most customers ask what somebody has asked a moment ago. Whatever is not in memory, or is no plain answer from an
article, goes the ordinary way (`Turns.take`).
"""

from __future__ import annotations

from bot import policy
from bot.answers import candidate_of, explain, shop_of, source_of
from bot.metrics import ANSWER_SECONDS, TURNS
from bot.turn import AUDIENCES, CANDIDATES, Turns
from conversation.events import Answered, Decided
from conversation.log import Logged
from conversation.machine import Status
from conversation.visits import Ready


def answer_at_hand(turns: Turns, conversation_id: int, text: str) -> Ready | None:
    """The answer to what a customer is about to say there; None where it must be looked for."""
    course = turns.courses.held.get(conversation_id)
    if course is None or course.row.waiting or course.row.status != Status.BOT.value:
        return None
    row, answers, thresholds = course.row, turns.answers, turns.thresholds
    site = answers.held_site(row.site_id)
    if site is None or policy.before_search(text) is not None:
        return None
    language = answers.held_language(text, row.language, site.languages)
    hits = turns.asker.known(text, language, CANDIDATES, AUDIENCES) if language is not None else None
    if language is None or not hits:
        return None
    decision = policy.decide([candidate_of(hit) for hit in hits], thresholds, course.misses)
    if not isinstance(decision, policy.Answer):
        return None
    found = decision.candidate
    written = answers.held_article(found.article, found.language, shop_of(row.page, site))
    if written is None or written.article.action or written.article.audience not in AUDIENCES:
        return None
    seq, article = row.last_seq + 1, written.article
    source = source_of(article.article, article.title, article.language)
    answered = Answered(seq, written.text, written.html, source, round(found.certainty, 4))
    decided = Decided(seq, policy.outcome(decision), thresholds.answer, tuple(map(explain, hits)))
    return Ready(conversation_id, seq, language, (answered, decided))


def count_answer(ready: Ready, logged: Logged, took_s: float) -> None:
    """Into the metrics, unless something came in between: then the message went the ordinary way."""
    if (logged.conversation_id, logged.seq) == (ready.conversation_id, ready.seq):
        TURNS["answered"].inc()
        ANSWER_SECONDS.observe(took_s)

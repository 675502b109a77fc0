"""Suggestions for an agent who has a chat open: read from the log, looked up behind the customers' own questions."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from bot import wire
from bot.answers import source_of
from bot.assist import Question, open_question
from bot.brief import Reply, reply_of, tone_of
from bot.sentences import answering_sentence
from conversation import log
from conversation.log import Logged
from conversation.machine import Status
from knowledge_base.drafting import AUDIENCES
from knowledge_base.search import Hit
from runtime.db import Database, Tx

ITEMS = 3
LOOKED_BACK = 200  # entries of the log; what is older is of another day
NEAR = 0.05  # certainty below which an article is noise
PATIENCE_S = 15.0
OF_PEOPLE = frozenset({Status.QUEUED, Status.ASSIGNED, Status.SNOOZED})

logger = structlog.get_logger()


class Searcher(Protocol):
    async def search_after(
        self, question: str, language: str | None, limit: int = ..., audiences: frozenset[str] = ...
    ) -> list[Hit]: ...


@dataclass(slots=True)
class Suggesting:
    """`base_url`: where the articles' pages are. Agents who look at the same chat share one look."""

    db: Database
    searcher: Searcher
    base_url: str = ""
    patience_s: float = PATIENCE_S
    _looks: dict[tuple[int, bool], asyncio.Future[wire.Suggestions]] = field(default_factory=dict)

    async def of(self, conversation_id: int, look: bool = True) -> wire.Suggestions:
        """For the chat as it is now; without `look` no articles. Whatever the search raises becomes `failed`."""
        key = (conversation_id, look)
        under_way = self._looks.get(key)
        if under_way is None:
            under_way = self._looks[key] = asyncio.ensure_future(self._of(conversation_id, look))
            under_way.add_done_callback(lambda _: self._looks.pop(key, None))
        return await asyncio.shield(under_way)  # one agent who leaves takes nothing from the others

    async def _of(self, conversation_id: int, look: bool) -> wire.Suggestions:
        row, entries = await self.db.read(latest, conversation_id)
        tone, reply = tone_of(entries), reply_of(entries)
        question = open_question(entries)
        looked = look and bool(question.text) and row.status in OF_PEOPLE
        hits = await self._hits(question, row.language) if looked else []
        items = [self._item(hit, question) for hit in hits or () if hit.certainty >= NEAR]
        return wire.Suggestions(
            seq=max((entry.seq for entry in entries if entry.kind == "said"), default=0),
            mood=tone.mood,
            signs=list(tone.signs),
            looked=looked,
            failed=hits is None,
            items=[item for item in items if item.sentence][:ITEMS],
            reply=self._reply(reply) if reply is not None and look else None,
        )

    async def _hits(self, question: Question, language: str) -> list[Hit] | None:
        """None when they could not be had."""
        try:
            async with asyncio.timeout(self.patience_s):
                return await self.searcher.search_after(question.text, language, ITEMS, frozenset(AUDIENCES))
        except Exception as error:  # the agent writes without it
            logger.warning("suggestions_failed", error=type(error).__name__)
            return None

    def _item(self, hit: Hit, question: Question) -> wire.Suggestion:
        document = hit.document
        marked = answering_sentence(question.text, hit.passage, document.language, document.title, hit.matched)
        return wire.Suggestion(
            article=document.root or document.id,
            language=document.language,
            title=document.title,
            url=self._url(document.root or document.id, document.title, document.language, hit.anchor),
            certainty=round(hit.certainty, 4),
            sentence=marked.sentence,
            before=marked.before,
            after=marked.after,
            audience=document.audience,
        )

    def _reply(self, reply: Reply) -> wire.Suggestion:
        return wire.Suggestion(
            article=reply.article,
            language=reply.language,
            title=reply.title,
            url=self._url(reply.article, reply.title, reply.language),
            certainty=reply.certainty,
            sentence=reply.sentence,
        )

    def _url(self, article: str, title: str, language: str, anchor: str = "") -> str:
        return f"{self.base_url}{source_of(article, title, language).url}{f'#{anchor}' if anchor else ''}"


def latest(tx: Tx, conversation_id: int) -> tuple[Any, list[Logged]]:
    """The conversation's row and its newest entries, in order. NotFound."""
    row = log.row_of(tx, conversation_id)
    return row, log.since(tx, conversation_id, max(0, row.last_seq - LOOKED_BACK))

"""Turns.take: the only orchestrator of a customer's message once it is committed.

A message that waits for the assistant is a durable job: it stands in the log, its answer carries `re` under a unique
index, so that a turn taken twice (after a crash, by two workers) cannot answer twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import sqlalchemy as sa
import structlog

from bot import language as languages
from bot import policy, wording
from bot.actions import ActionFailed, Actions
from conversation import log, sites
from conversation.events import (
    Answered,
    Decided,
    Event,
    HandoffAsked,
    Offered,
    Reason,
    Remarked,
    Said,
    Source,
)
from conversation.log import conversations, entries
from conversation.machine import Refused, Status, awaits
from knowledge_base.articles import published
from knowledge_base.rendering import render, short_answer
from knowledge_base.search import Hit
from runtime.bus import Bus, Notice
from runtime.db import Database, Tx
from runtime.errors import Unavailable

CANDIDATES = 5
AUDIENCES = frozenset({"public"})
RETRY_S = 2.0  # after a fault of the storage, and how often forgotten messages are looked for

logger = structlog.get_logger()


class Searcher(Protocol):
    def search(
        self, question: str, language: str | None, limit: int = 5, audiences: frozenset[str] = ...
    ) -> list[Hit]: ...


@dataclass(frozen=True, slots=True)
class Job:
    """A message that waits for the assistant. `misses`: questions just before it that got no answer.

    `handed_back`: a person read it and gave it back, so it must not go straight to people again.
    """

    conversation_id: int
    conversation: str
    seq: int
    said: Said
    language: str
    site: sites.SiteCard
    misses: int
    page: str = ""
    handed_back: bool = False


def next_job(tx: Tx, conversation_id: int) -> Job | None:
    """The first unanswered message of a conversation that the assistant has; None when nothing waits for it."""
    row = log.row_of(tx, conversation_id)
    if row.status != Status.BOT.value or not row.waiting:
        return None
    found = tx.connection.execute(
        sa.select(entries.c.seq)
        .where(entries.c.conversation_id == conversation_id, entries.c.seq >= row.waiting, entries.c.kind == "said")
        .order_by(entries.c.seq)
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    kinds = tx.connection.execute(
        sa.select(entries.c.kind)
        .where(
            entries.c.conversation_id == conversation_id,
            entries.c.seq < found.seq,
            entries.c.kind.in_(("answered", "offered", "handed_back", "resolved", "replied")),
        )
        .order_by(entries.c.seq.desc())
        .limit(policy.MISSES)
    ).scalars()
    handed_back = (
        tx.connection.execute(
            sa.select(entries.c.seq)
            .where(
                entries.c.conversation_id == conversation_id,
                entries.c.seq > found.seq,
                entries.c.kind == "handed_back",
            )
            .limit(1)
        ).one_or_none()
        is not None
    )
    misses = 0
    for kind in kinds:
        if kind != "offered" or handed_back:
            break
        misses += 1
    logged = log.since(tx, conversation_id, found.seq - 1, 1)[0]
    said = logged.event
    assert isinstance(said, Said)  # noqa: S101 - the query asked for this kind
    site = sites.site_by_id(tx, row.site_id)
    return Job(conversation_id, row.public_id, found.seq, said, row.language, site, misses, row.page, handed_back)


def waiting_for_bot(tx: Tx) -> list[int]:
    """Conversations in which a message waits for the assistant."""
    return list(
        tx.connection.execute(
            sa.select(conversations.c.id).where(conversations.c.status == Status.BOT.value, conversations.c.waiting > 0)
        ).scalars()
    )


def conclude(tx: Tx, job: Job, language: str, event: Event, decided: Decided) -> None:
    """The decision and the reason for it, both or neither. Refused when the message does not wait any more."""
    row = log.row_of(tx, job.conversation_id, lock=True)
    if not awaits(log.state_of(row), job.seq):  # a late handover would open a chat again that has ended
        raise Refused("The assistant comes too late: nothing waits for this answer.", owner=row.owner)
    if language != job.language:
        tx.connection.execute(
            conversations.update().where(conversations.c.id == job.conversation_id).values(language=language)
        )
    log.record(tx, job.conversation_id, event)
    log.record(tx, job.conversation_id, decided)


@dataclass(slots=True)
class Turns:
    """`library` answers questions, in `executor`; `deadline_s` is the time after which people take over.

    `base_url`: where links of one article to another lead.
    """

    db: Database
    bus: Bus
    library: Callable[[], Searcher]
    executor: Executor
    actions: Actions
    thresholds: policy.Thresholds
    deadline_s: float
    base_url: str = ""
    _busy: set[int] = field(default_factory=set)
    _again: set[int] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Takes up what a killed server left, and goes on looking for forgotten messages."""
        self._spawn(self._sweep())

    async def stop(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def look_at(self, conversation_id: int) -> None:
        """Something happened there: answers what waits for the assistant, one message after the other."""
        self._again.add(conversation_id)
        if conversation_id not in self._busy:
            self._busy.add(conversation_id)
            self._spawn(self._work(conversation_id))

    async def _sweep(self) -> None:
        while True:
            try:
                for conversation_id in await self.db.read(waiting_for_bot):
                    self.look_at(conversation_id)
            except Exception as error:  # it must go on looking, whatever went wrong this time
                logger.warning("sweep_failed", error=type(error).__name__)
            await asyncio.sleep(RETRY_S)

    async def _work(self, conversation_id: int) -> None:
        try:
            while conversation_id in self._again:
                self._again.discard(conversation_id)
                job = await self.db.read(next_job, conversation_id)
                if job is not None and await self.take(job):
                    self._again.add(conversation_id)
        except Exception as error:  # the sweep comes back to it
            logger.warning("turn_failed", conversation=conversation_id, error=type(error).__name__)
        finally:
            self._busy.discard(conversation_id)

    async def take(self, job: Job) -> bool:
        """Decides within the deadline and records it. False when it could not be stored: the sweep tries again."""
        self._typing(job, on=True)
        try:
            language, event, decided = await asyncio.wait_for(self._decide(job), self.deadline_s)
        except Exception as error:  # whatever broke, the customer must not wait for it: the queue takes over
            language, event, decided = self._fail_open(job, error)
        try:
            await self._store(job, language, event, decided)
        except Unavailable:
            return False
        except Refused as error:
            logger.info("turn_came_late", conversation=job.conversation_id, code=error.code)
        finally:
            self._typing(job, on=False)
        return True

    async def _store(self, job: Job, language: str, event: Event, decided: Decided) -> None:
        try:
            await self.db.write(conclude, job, language, event, decided)
        except (Unavailable, Refused):
            raise
        except Exception as error:  # an answer that cannot be stored would be tried, and fail, for ever
            await self.db.write(conclude, job, *self._fail_open(job, error))

    def _fail_open(self, job: Job, error: Exception) -> tuple[str, Event, Decided]:
        logger.warning("turn_failed_open", conversation=job.conversation_id, error=type(error).__name__)
        reason = Reason.ACTION_FAILURE if isinstance(error, ActionFailed) else Reason.BOT_ERROR
        decided = Decided(job.seq, "hand_over", self.thresholds.answer, note=type(error).__name__)
        return job.language, HandoffAsked(reason), decided

    async def _decide(self, job: Job) -> tuple[str, Event, Decided]:
        if job.said.article:  # its text is the title of the article, in whatever language that has
            chosen = await self._chosen(job, job.language)
            if chosen is not None:
                return job.language, chosen, Decided(job.seq, "answer", 0.0, note="chosen by the customer")
        language = await asyncio.to_thread(languages.detect, job.said.text, job.language, job.site.languages)
        hits: list[Hit] = []
        decision = policy.before_search(job.said.text)
        if job.handed_back and isinstance(decision, policy.HandOff):
            decision = None
        if decision is None:
            loop = asyncio.get_running_loop()
            hits = await loop.run_in_executor(
                self.executor, lambda: self.library().search(job.said.text, language, CANDIDATES, AUDIENCES)
            )
            decision = policy.decide([_candidate(hit) for hit in hits], self.thresholds, job.misses)
        event, note = await self._event(job, language, decision)
        outcome = policy.outcome(decision)
        return language, event, Decided(job.seq, outcome, self.thresholds.answer, tuple(map(_explain, hits)), note)

    async def _event(self, job: Job, language: str, decision: policy.Decision) -> tuple[Event, str]:
        match decision:
            case policy.HandOff(reason):
                return HandoffAsked(reason), ""
            case policy.Remark(purpose):
                return Remarked(job.seq, wording.say(purpose, language), purpose), ""
            case policy.Offer(choices):
                sources = tuple(_source(choice.article, choice.title, choice.language) for choice in choices)
                name = ("unsure", "unsure_choice")[len(sources)] if len(sources) < 2 else "unsure_choices"
                sentence = wording.say(name, language)
                return Offered(job.seq, sentence, sources), ""
            case policy.Answer(candidate):
                answer = await self._answer(job, language, candidate.article, candidate.language, candidate.certainty)
                if answer is None:  # archived between the search and now
                    return Offered(job.seq, wording.say("unsure", language), ()), "article is gone"
                return answer

    async def _chosen(self, job: Job, language: str) -> Event | None:
        for version in (language, *job.site.languages):
            answer = await self._answer(job, language, job.said.article, version, 1.0)
            if answer is not None:
                return answer[0]
        return None

    async def _answer(
        self, job: Job, language: str, article: str, version: str, certainty: float
    ) -> tuple[Event, str] | None:
        found = await self.db.read(published, article, version)
        if found is None or found.audience not in AUDIENCES:  # a customer may name any article as their choice
            return None
        text, note = short_answer(found.body), ""
        if found.action:
            slots = {"language": language, "hours": job.site.hours}
            done = await self.actions.run(found.action, job.conversation, job.said.text, slots)
            text, note = "\n\n".join((*done.texts, text)), found.action
        source = _source(found.article, found.title, found.language)
        html = render(text, language=found.language, base_url=self.base_url, shop_url=_shop(job))
        return Answered(job.seq, text, html, source, round(certainty, 4)), note

    def _typing(self, job: Job, on: bool) -> None:
        self.bus.publish([Notice("typing", job.conversation_id, int(on), "bot:")])

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _shop(job: Job) -> str:
    """Where the shop's own pages are, for links that name no host: agents read the answer on another one."""
    parts = urlsplit(job.page)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if origin in job.site.origins else job.site.origins[0]


def _candidate(hit: Hit) -> policy.Candidate:
    article = hit.document.root or hit.document.id
    return policy.Candidate(article, hit.document.language, hit.document.title, hit.certainty)


def _source(article: str, title: str, language: str) -> Source:
    return Source(article, title, f"/help/{language}/{article}", language)


def _explain(hit: Hit) -> dict[str, Any]:
    return {
        "article": hit.document.root or hit.document.id,
        "language": hit.document.language,
        "title": hit.document.title,
        "certainty": round(hit.certainty, 4),
        "score": round(hit.score, 4),
        "matched": hit.matched[:200],
        "passage": hit.passage[:300],
    }

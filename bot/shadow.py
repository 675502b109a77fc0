"""The silent assistant: where a site lets people answer everybody, it decides beside them, and only the log hears it.

What waits for the assistant is decided in `Turns`; here is what customers say while people have the chat.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from bot import policy
from bot.answers import Answers, explain, surest
from bot.caution import Caution
from bot.looking import AUDIENCES, CANDIDATES
from conversation import log
from conversation.events import Decided
from conversation.labels import SHADOW
from conversation.log import Logged
from conversation.machine import Status
from knowledge_base.certainty import outcome
from knowledge_base.search import Hit
from runtime.bus import Bus, Notice
from runtime.db import Database, Tx
from runtime.tasks import Tasks

MOST = 100  # that wait; a comparison is worth no customer's patience, so what is beyond them is left out
PEOPLE = (Status.QUEUED.value, Status.ASSIGNED.value, Status.SNOOZED.value)

logger = structlog.get_logger()


class Reader(Protocol):
    async def search_after(
        self, question: str, language: str | None, limit: int = 5, audiences: frozenset[str] = ...
    ) -> list[Hit]: ...


@dataclass(slots=True)
class Shadow:
    """One question at a time, in the second rank: no customer waits for it."""

    db: Database
    bus: Bus
    reader: Reader
    answers: Answers
    caution: Caution
    _waiting: deque[tuple[Logged, Any]] = field(default_factory=deque)
    _working: bool = False
    _tasks: Tasks = field(default_factory=Tasks)
    _stop: Callable[[], None] | None = None

    def start(self) -> None:
        self._stop = self.bus.listen(self._on_notices)

    async def stop(self) -> None:
        if self._stop is not None:
            self._stop()
        await self._tasks.stop()

    def _on_notices(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            fact: Any = notice.item  # only the process that wrote it decides on it
            if notice.topic != "conversation" or fact is None or fact.row.status not in PEOPLE:
                continue
            said = [entry for entry in fact.entries if entry.kind == "said"]
            site = self.answers.held_site(fact.row.site_id)
            if not said or (site is not None and not site.shadow) or len(self._waiting) >= MOST:
                continue
            self._waiting.append((said[-1], fact.row))
            if not self._working:
                self._working = True
                self._tasks.start(self._work())

    async def _work(self) -> None:
        while self._waiting:
            said, row = self._waiting.popleft()
            try:
                await self._decide(said, row)
            except Exception as error:  # nobody waits for it
                logger.warning("silent_decision_failed", error=type(error).__name__)
        self._working = False

    async def _decide(self, said: Logged, row: Any) -> None:
        site = await self.answers.site(row.site_id)
        text = said.data["text"]
        if not site.shadow or policy.before_search(text) is not None:
            return
        language = await self.answers.language(text, row.language, site.languages)
        hits = await self.reader.search_after(text, language, CANDIDATES, AUDIENCES)
        thresholds = self.caution.of(site.id, language)
        found = outcome(surest(hits), thresholds.answer, thresholds.offer)
        decided = Decided(said.seq, found, thresholds.answer, tuple(map(explain, hits)), SHADOW, language=language)
        await self.db.write(note, said.conversation_id, decided)


def note(tx: Tx, conversation_id: int, decided: Decided) -> None:
    """Unless the assistant has the chat again: there this would stand for its own latest turn, and end its form."""
    row = log.row_of(tx, conversation_id, lock=True)
    if row.status in PEOPLE:
        log.append(tx, row, (decided,))

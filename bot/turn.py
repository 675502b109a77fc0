"""Turns.take: the only orchestrator of a customer's message once it is committed.

A message that waits for the assistant is a durable job: it stands in the log, its answer carries `re` under a unique
index, so that a turn taken twice (after a crash, by two workers) cannot answer twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from msgspec.structs import replace as changed

from bot import leaning, policy, wording
from bot.actions import ActionFailed, Actions
from bot.answers import Answers
from bot.caution import Caution
from bot.deciding import Deciding, hand_over, in_words
from bot.guided import Guided
from bot.looking import Searcher
from bot.metrics import ANSWER_SECONDS, BUSY_SAID, SWEEPS, TAKEN_OVER, TURNS
from bot.questions import Courses, Job, Waiting, conclude, course_of, waiting_for_bot
from conversation.events import Answered, Decided, Event, HandoffAsked, Offered, Reason, Remarked
from conversation.log import Recorded
from conversation.machine import Refused
from runtime.bus import Bus, Notice
from runtime.db import Database
from runtime.errors import Unavailable
from runtime.tasks import Tasks

RETRY_S = 2.0  # after a fault of the storage, and how often forgotten messages are looked for
LONG_S = 3.0  # an answer that takes longer is announced
AGAIN_S = 5.0  # a typing frame holds for 8 s
PAUSE_S = 1.5  # for somebody who writes a question line by line; a sure answer does not wait for it
MARGIN_S = 2.0  # beyond its deadline a worker that still beats is believed to hang
OUTCOMES = {"answer": "answered", "offer": "offered", "remark": "remarked"}

# Decisions that the rest of a sentence may change.
UNSURE = frozenset({Reason.LOW_CONFIDENCE, Reason.MISSING_KNOWLEDGE, Reason.AMBIGUOUS})

logger = structlog.get_logger()


@dataclass(slots=True)
class Turns:
    """`asker` answers questions; `deadline_s` is the time after which people take over.

    `base_url`: where links of one article to another lead; `max_turns` as in `Deciding`. `worker` is this process,
    `alive` names all that live; where there is only one, none of both.
    """

    db: Database
    bus: Bus
    asker: Searcher
    actions: Actions
    thresholds: policy.Thresholds
    deadline_s: float
    base_url: str = ""
    max_turns: int = policy.MAX_TURNS
    worker: str = ""
    alive: Callable[[], frozenset[str]] | None = None
    pause_s: float = PAUSE_S
    answers: Answers = field(init=False)
    caution: Caution = field(init=False)
    guided: Guided = field(init=False)
    courses: Courses = field(default_factory=Courses)
    tasks: Tasks = field(default_factory=Tasks)
    _busy: set[int] = field(default_factory=set)
    _again: set[int] = field(default_factory=set)
    _typed: set[int] = field(default_factory=set)
    _paused: dict[int, asyncio.Event] = field(default_factory=dict)
    _stop: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        self.answers = Answers(self.db, self.bus, self.base_url)
        self.answers.start()
        self.caution = Caution(self.db, self.bus, self.thresholds)
        deciding = Deciding(self.answers, self.actions, self.asker, self.caution, self.max_turns)
        self.guided = Guided(self.answers, self.actions, self.caution, deciding.decide)
        self._stop = self.bus.listen(self._on_notices)

    @property
    def waiting(self) -> int:
        """Conversations with a message that this process has taken up and not decided on."""
        return len(self._busy)

    async def start(self) -> None:
        """Takes up what a killed server left, and goes on looking for forgotten messages."""
        await self.caution.start()
        self.tasks.start(self._sweep())

    async def stop(self) -> None:
        self.answers.stop()
        if self._stop is not None:
            self._stop()
        await self.caution.stop()
        await self.tasks.stop()

    def _on_notices(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            if notice.topic == "conversation":
                fact = notice.item
                if isinstance(fact, Recorded):
                    self.courses.take(fact)
                else:
                    self.courses.hear(int(notice.key), notice.number)
            elif notice.topic == "row":
                self.courses.hear(int(notice.key), 0)

    def look_at(self, conversation_id: int) -> None:
        """Something happened there: answers what waits for the assistant."""
        course = self.courses.held.get(conversation_id)
        if course is not None and not course.waits:
            return
        self._again.add(conversation_id)
        if conversation_id in self._paused:
            self._paused[conversation_id].set()
        if conversation_id not in self._busy:
            self._busy.add(conversation_id)
            if course is not None:
                self._typing(conversation_id, 1)  # at once: it travels with the ack
            self.tasks.start(self._work(conversation_id))

    # -- what nobody has taken up ----------------------------------------------------------------------------

    async def _sweep(self) -> None:
        while True:
            try:
                for waiting in await self.db.read(waiting_for_bot):
                    if waiting.conversation_id not in self._busy and self._is_ours(waiting):
                        self.courses.hear(waiting.conversation_id, 0)  # what we know did not lead to an answer
                        self.look_at(waiting.conversation_id)
                SWEEPS["done"].inc()
            except Exception as error:  # it must go on looking, whatever went wrong this time
                SWEEPS["failed"].inc()
                logger.warning("sweep_failed", error=type(error).__name__)
            await asyncio.sleep(RETRY_S)

    def _is_ours(self, waiting: Waiting) -> bool:
        """Our own, those of a worker that has died, and those that a living one should have answered by now."""
        if self.alive is None or waiting.worker == self.worker:
            return True
        if waiting.worker in self.alive():
            late_s = (waiting.now - waiting.since) / 1000
            # Where everybody is busy, doing the work of others twice would make it worse.
            if late_s <= self.deadline_s + MARGIN_S or self.asker.expected_wait_s > LONG_S:
                return False
        TAKEN_OVER.inc()
        return True

    async def _work(self, conversation_id: int) -> None:
        try:
            while conversation_id in self._again:
                self._again.discard(conversation_id)
                job = await self._next(conversation_id)
                if job is not None and await self.take(job):
                    self._again.add(conversation_id)
        except Exception as error:  # the sweep comes back to it
            logger.warning("turn_failed", conversation=conversation_id, error=type(error).__name__)
        finally:
            self._busy.discard(conversation_id)
            if conversation_id in self._typed:  # nothing waited after all
                self._typing(conversation_id, 0)

    async def _next(self, conversation_id: int) -> Job | None:
        course = self.courses.held.get(conversation_id)
        if course is None:
            course = await self.db.read(course_of, conversation_id)
            self.courses.keep(course)
        return course.job()

    # -- one turn --------------------------------------------------------------------------------------------

    async def take(self, job: Job) -> bool:
        """Decides within the deadline and records it. False when it could not be stored: the sweep tries again.

        What the customer writes meanwhile belongs to the same question: then it is decided anew, once for all of it.
        """
        began = time.monotonic()
        announcing = self._announce(job.conversation_id)
        try:
            while True:
                decided = await self._decide_in_time(job)
                if _has_acted(decided[2]):  # decided anew, it would be done a second time
                    job, decided = await self._said_twice(job, decided, began)
                    break
                if _may_go_on(job, decided[1]):
                    await self._pause(job)
                newer = await self._newer(job, began)
                if newer is None:
                    break
                job = newer
            outcome = await self._store(job, *decided)
        except Unavailable:
            TURNS["not_stored"].inc()
            return False
        except Refused as error:
            TURNS["late"].inc()
            logger.info("turn_came_late", conversation=job.conversation_id, code=error.code)
        else:
            TURNS[outcome].inc()
            ANSWER_SECONDS.observe(time.monotonic() - began)
        finally:
            if announcing is not None:
                announcing.cancel()
            self._typing(job.conversation_id, 0)
        return True

    async def _pause(self, job: Job) -> None:
        """Until something more is said, or it is clear that nothing comes."""
        if job.conversation_id in self._again:
            return
        more = self._paused[job.conversation_id] = asyncio.Event()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.pause_s):
                    await more.wait()
        finally:
            del self._paused[job.conversation_id]

    async def _newer(self, job: Job, began: float) -> Job | None:
        """The question with what was said while it was thought about; None when nothing was, or time is up."""
        if job.conversation_id not in self._again or time.monotonic() - began > self.deadline_s:
            return None
        self._again.discard(job.conversation_id)
        newer = await self._next(job.conversation_id)
        return newer if newer is not None and newer.seq > job.seq else None

    async def _said_twice(
        self, job: Job, decided: tuple[str, Event, Decided], began: float
    ) -> tuple[Job, tuple[str, Event, Decided]]:
        """The same words sent once more are answered by what was done; any others are a turn of their own."""
        newer = await self._newer(job, began)
        if newer is None or newer.text != job.text:
            return job, decided
        language, event, why = decided
        if isinstance(event, Answered | Offered | Remarked):
            event = changed(event, re=newer.seq)
        return newer, (language, event, changed(why, about=newer.seq))

    async def _decide_in_time(self, job: Job) -> tuple[str, Event, Decided]:
        # The time in which others are answered first is not the assistant's thinking.
        patience_s = self.deadline_s + 2 * self._wait_s()
        try:
            async with asyncio.timeout(patience_s):
                language, event, decided = await self.guided.turn(job)
                return language, in_words(event, language, await self.answers.site(job.site_id)), decided
        except Exception as error:  # whatever broke, the customer must not wait for it: the queue takes over
            return self._fail_open(job, error, offers=True)

    def _wait_s(self) -> float:
        wait_s = self.asker.expected_wait_s
        return wait_s if wait_s > LONG_S else 0.0

    def _announce(self, conversation_id: int) -> asyncio.Task[None] | None:
        """Shows that an answer is on its way; where that will take long, also how long, again and again."""
        wait_s = self._wait_s()
        self._typing(conversation_id, max(1, round(wait_s)))
        if not wait_s:
            return None
        BUSY_SAID.inc()
        return self.tasks.start(self._go_on_announcing(conversation_id, time.monotonic() + wait_s))

    async def _go_on_announcing(self, conversation_id: int, until: float) -> None:
        while True:
            await asyncio.sleep(AGAIN_S)
            self._typing(conversation_id, max(2, round(until - time.monotonic())))

    async def _store(self, job: Job, language: str, event: Event, decided: Decided) -> str:
        """Its outcome's name in the metrics."""
        try:
            await self.db.write(conclude, job, language, event, decided)
        except (Unavailable, Refused):
            raise
        except Exception as error:  # an answer that cannot be stored would be tried, and fail, for ever
            await self.db.write(conclude, job, *self._fail_open(job, error))
            return "failed_open"
        if isinstance(event, HandoffAsked):  # whatever was decided, where the assistant is silent
            return "failed_open" if event.reason in (Reason.BOT_ERROR, Reason.ACTION_FAILURE) else "handed_over"
        return OUTCOMES[decided.outcome]

    def _fail_open(self, job: Job, error: Exception, offers: bool = False) -> tuple[str, Event, Decided]:
        """`offers`: where people have just given it back after the same fault, the customer is asked how to go on."""
        logger.warning("turn_failed_open", conversation=job.conversation_id, error=type(error).__name__)
        reason = Reason.ACTION_FAILURE if isinstance(error, ActionFailed) else Reason.BOT_ERROR
        note, bar = type(error).__name__, self.caution.of(job.site_id, job.language).answer
        if offers and not job.handed_back and job.past.bars(reason):
            text = wording.say("unsure", job.language)
            return job.language, Offered(job.seq, text), Decided(job.seq, "offer", bar, note=note)
        decided = Decided(job.seq, "hand_over", bar, note=note)
        return job.language, hand_over(reason, job.language, self.answers.held_site(job.site_id)), decided

    def _typing(self, conversation_id: int, number: int) -> None:
        if number == 1 and conversation_id in self._typed:
            return
        if number:
            self._typed.add(conversation_id)
        else:
            self._typed.discard(conversation_id)
        self.bus.publish([Notice("typing", conversation_id, number, "bot:")])


def _has_acted(decided: Decided) -> bool:
    return bool(decided.form and decided.form.get("acted"))


def _may_go_on(job: Job, event: Event) -> bool:
    """Whether this may be the beginning of a question, whose rest is still being written."""
    unsure = isinstance(event, Offered) or (isinstance(event, HandoffAsked) and event.reason in UNSURE)
    alone = not (job.article or job.handed_back or job.form)
    return unsure and alone and leaning.is_piece(job.last)

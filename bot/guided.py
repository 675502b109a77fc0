"""Guided actions: a form is filled in question by question, left for a question in between, stopped, or handed over.

rasa-sdk brings no loop for forms; this is it. Each turn takes the state from the log and leaves the next one there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import structlog
from msgspec.structs import replace as changed

from bot import policy
from bot.actions import ActionFailed, Actions
from bot.actions import slots as reading
from bot.actions.besides import has_none, is_question, is_reproach, may_ask
from bot.actions.forms import ASIDES, IN_WORDS, ROUNDS, TRIES, FormState, apply
from bot.actions.words import say
from bot.answers import Answers, shop_of
from bot.caution import Caution
from conversation.events import Answered, Decided, Event, HandoffAsked, Offered, Reason, Remarked

if TYPE_CHECKING:
    from bot.questions import Job

Turn = tuple[str, Event, Decided]
READ = {"order_number": reading.order_number, "email": reading.email, "phone": reading.phone}
FREE = IN_WORDS - {"new_address"}  # any sentence may be the answer
REPROACHED = frozenset({"complaint", "return_reason"})  # where "why did it break" is one
ASIDE_TALK = frozenset({"robot", "language"})  # is answered wherever it is said
WORDLIKE = re.compile(r"[^\W\d_]{4}")
# What the ordinary way may decide on a message in the middle of a form: whoever is angry gets no next question.
UNSURE = frozenset({Reason.LOW_CONFIDENCE, Reason.MISSING_KNOWLEDGE, Reason.AMBIGUOUS})
HONOURED = frozenset({Reason.CUSTOMER_REQUEST, Reason.NEGATIVE_SENTIMENT, Reason.COMPLAINT})
OWN = {"complaint_form": frozenset({Reason.COMPLAINT})}  # what is a complaint elsewhere is its matter

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a form: what the customer is told, the state after it, and why people go on, if they do."""

    texts: tuple[str, ...]
    state: FormState
    reason: Reason | None = None

    @property
    def text(self) -> str:
        return "\n\n".join(self.texts)

    def to_data(self) -> dict[str, Any]:
        data = self.state.to_data() | {"open": self.state.open and self.reason is None}
        if self.reason is not None:
            data["said"] = self.text
        elif not self.state.open:
            data["slots"] = {}  # it is done or let go: what was said stands in the chat, once is enough
        return data


@dataclass(slots=True)
class Guided:
    """`decide` is the ordinary way to a turn, for questions in the middle of a form."""

    answers: Answers
    actions: Actions
    caution: Caution
    decide: Callable[[Job], Awaitable[Turn]]

    async def turn(self, job: Job) -> Turn:
        """The next turn: of the open form, or the ordinary one, after which a form may begin.

        Where the assistant has become silent, a form that is open is let go: people go on with what it has.
        """
        silent = (await self.answers.site(job.site_id)).shadow
        if job.form is not None and not silent:
            return await self._go_on(job, job.form)
        language, event, decided = await self.decide(job)
        if silent or not isinstance(event, Answered):
            return language, event, decided
        return await self._begin(job, language, event, decided)

    async def _begin(self, job: Job, language: str, event: Answered, decided: Decided) -> Turn:
        """After an article whose action is a form: its first question, or its result where all was said already."""
        shop = shop_of(job.page, await self.answers.site(job.site_id))
        written = await self.answers.article(event.source.article, event.source.language, shop)
        if written is None or not self.actions.begins_form(written.article.action):
            return language, event, decided
        name = written.article.action
        step = await self._fill(job, FormState(name, began=job.seq), language)
        if step.reason is not None:
            return language, HandoffAsked(step.reason), changed(decided, outcome="hand_over", form=step.to_data())
        ends = (say("can_stop", language),) if step.state.open else ()
        texts = (say(f"begin_{name}", language), *step.texts, *ends)
        answered = await self._with(job, event, texts, asks=step.state.open)
        return language, answered, changed(decided, note=name, form=step.to_data())

    async def _go_on(self, job: Job, state: FormState) -> Turn:
        urgent = self._urgent(job, state)
        if urgent is not None:
            return self._told(job, Step((), state, urgent))
        if reading.wants_to_stop(job.last):
            return self._told(job, Step((say("stopped", job.language),), replace(state, open=False)))
        if job.article or self._is_aside(job, state):
            aside = await self._answer_aside(job, state)
            if aside is not None:
                return aside
        if state.requested in READ and READ[state.requested](job.text) is None and has_none(job.text):
            return self._told(job, Step((say("without_it", job.language),), state, Reason.POLICY_RESTRICTION))
        return self._told(job, await self._fill(job, state, job.language))

    @staticmethod
    def _urgent(job: Job, state: FormState) -> Reason | None:
        """Why people take over at once, whatever was asked for. In words of their own people may swear at a zip."""
        said = policy.read(job.text)
        if said.person:
            return Reason.CUSTOMER_REQUEST
        if said.complaint in policy.GRAVE:
            return Reason.COMPLAINT
        return Reason.NEGATIVE_SENTIMENT if said.upset and state.requested not in IN_WORDS else None

    @staticmethod
    def _is_aside(job: Job, state: FormState) -> bool:
        """Whether it may be something of its own. What can be the answer to our question is; what cannot is looked
        for, unless it looks like somebody's try at an answer."""
        text, slot = job.text, state.requested
        if policy.read(text).purpose in ASIDE_TALK:
            return True
        if slot in FREE:
            return is_question(text) and not (slot in REPROACHED and is_reproach(text))
        value = READ.get(slot, reading.address)(text)
        if value is not None:
            return is_question(text) and not reading.is_just(value, text)
        return may_ask(text) or (slot in READ and "@" not in text and WORDLIKE.search(text) is not None)

    async def _answer_aside(self, job: Job, state: FormState) -> Turn | None:
        """The answer and our question again; None where there is no sure answer."""
        language, event, decided = await self.decide(replace(job, misses=0))
        own = OWN.get(state.name, frozenset())
        asks = state.requested not in FREE and may_ask(job.text)
        if isinstance(event, HandoffAsked) and (event.reason in HONOURED - own or (asks and event.reason in UNSURE)):
            return language, event, changed(decided, form=Step((), state, event.reason).to_data())
        unsure = (isinstance(event, Offered) and asks) or isinstance(event, Remarked)
        if not (isinstance(event, Answered) or unsure):
            return None
        state = replace(state, asides=state.asides + 1)
        if state.asides >= (ASIDES if state.slots else ASIDES - 1):  # they are elsewhere by now
            return language, event, changed(decided, form=Step((), replace(state, open=False)).to_data())
        try:
            question = await self._ask(job, state, language)
        except ActionFailed:
            return self._broken(job, state, language)
        asked = (say("back_to_it", language), *question)
        told = await self._with(job, event, asked)
        return language, told, changed(decided, form=state.to_data())

    async def _with(self, job: Job, event: Event, texts: tuple[str, ...], asks: bool = True) -> Event:
        """What was said, with more words behind it."""
        if isinstance(event, Offered | Remarked):
            return changed(event, text="\n\n".join((event.text, *texts)))
        if not isinstance(event, Answered):
            return event
        shop = shop_of(job.page, await self.answers.site(job.site_id))
        written = await self.answers.article(event.source.article, event.source.language, shop)
        if written is None:  # archived a moment ago: the answer stands as it is
            return event
        added = "\n\n".join(texts)
        html = self.answers.html(written.article, added, shop)  # of these alone: what answers is marked in the rest
        return changed(event, text=f"{event.text}\n\n{added}", html=f"{event.html}\n{html}", asks=asks)

    def _broken(self, job: Job, state: FormState, language: str) -> Turn:
        step = self._failed(job, state)
        data = step.to_data()
        bar = self.caution.of(job.site_id, language).answer
        decided = Decided(job.seq, "hand_over", bar, note=state.name, form=data)
        return language, HandoffAsked(Reason.ACTION_FAILURE), decided

    def _failed(self, job: Job, state: FormState) -> Step:
        logger.warning("action_failed", conversation=job.conversation_id, form=state.name)
        return Step((), state, Reason.ACTION_FAILURE)

    def _told(self, job: Job, step: Step) -> Turn:
        outcome = "remark" if step.reason is None else "hand_over"
        event: Event = Remarked(job.seq, step.text, "form") if step.reason is None else HandoffAsked(step.reason)
        bar = self.caution.of(job.site_id, job.language).answer
        decided = Decided(job.seq, outcome, bar, note=step.state.name, form=step.to_data())
        return job.language, event, decided

    # -- the loop --------------------------------------------------------------------------------------------

    async def _run(self, name: str, job: Job, state: FormState, language: str) -> tuple[tuple[str, ...], FormState]:
        """Runs one action of the form and applies its events."""
        slots: dict[str, Any] = {slot: state.slots.get(slot) for slot in state.form.slots}
        slots |= {"requested_slot": state.requested or None, "language": language, "form_began": str(state.began)}
        done = await self.actions.run(name, job.conversation, job.text, slots, state.name)
        return done.texts, apply(state, done.events)

    async def _ask(self, job: Job, state: FormState, language: str) -> tuple[str, ...]:
        return (await self._run(f"action_ask_{state.requested}", job, state, language))[0]

    async def _fill(self, job: Job, state: FormState, language: str) -> Step:
        """Takes what the message holds; then the next question, or the action where nothing is missing."""
        try:
            asked = state.requested
            texts, state = await self._run(f"validate_{state.name}", job, state, language)
            if state.missing:
                return await self._ask_next(job, state, language, texts, asked)
            rounds, given = state.rounds, state.slots
            if not self.actions.guesses.begin(given, time.monotonic()):
                return Step((), state, Reason.POLICY_RESTRICTION)
            try:
                said, state = await self._run(state.form.action, job, state, language)
            finally:
                if state.rounds == rounds:  # there was such an order, or no answer at all
                    self.actions.guesses.give_back(given)
            if state.handed:
                reason = Reason.AMBIGUOUS if state.rounds >= ROUNDS else Reason.POLICY_RESTRICTION
                return Step(texts + said, state, reason)
            if not state.open or state.rounds == rounds:
                return Step(texts + said, replace(state, open=False))
            # The action wants its form to begin again.
            return await self._ask_next(job, state, language, texts + said, "")
        except ActionFailed:
            return self._failed(job, state)

    async def _ask_next(self, job: Job, state: FormState, language: str, texts: tuple[str, ...], asked: str) -> Step:
        missing = state.missing
        if missing == asked:
            state = replace(state, tries=state.tries + 1, requested=missing)
            if state.tries >= TRIES:
                return Step((), state, Reason.AMBIGUOUS)
            if texts:  # the validation has said what was wrong with it
                return Step(texts, state)
        else:
            state = replace(state, tries=0, asides=0, requested=missing)
        return Step(texts + await self._ask(job, state, language), state)

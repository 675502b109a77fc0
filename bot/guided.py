"""Guided actions: a form is filled in question by question, left for a question in between, stopped, or handed over.

rasa-sdk brings no loop for forms; this is it. Each turn takes the state from the log and leaves the next one there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import structlog
from msgspec.structs import replace as changed

from bot import policy, wording
from bot.actions import ActionFailed, Actions
from bot.actions import slots as reading
from bot.actions.besides import has_none, is_question, is_reproach, may_ask
from bot.actions.forms import ASIDES, IN_WORDS, ROUNDS, TRIES, FormState, apply
from bot.actions.minds import READ, takes_back, wants_to_stop
from bot.actions.wants import wanted
from bot.actions.words import say
from bot.answers import Answers, shop_of
from bot.caution import Caution
from conversation.events import Answered, Decided, Event, HandoffAsked, Offered, Reason, Remarked
from knowledge_base.named_actions import has_action
from runtime.errors import AppError

if TYPE_CHECKING:
    from bot.questions import Job

Turn = tuple[str, Event, Decided]
FREE = IN_WORDS - {"new_address"}  # any sentence may be the answer
REPROACHED = frozenset({"complaint", "return_reason"})  # where "why did it break" is one
AUDIENCES = frozenset({"public"})
ASIDE_TALK = frozenset({"robot", "language", "name", "how", "able", "praise"})  # is answered wherever it is said
NODS = frozenset({"ok", "thanks", "greeting", "help"})  # answer nothing and ask nothing
WORDLIKE = re.compile(r"[^\W\d_]{4}")
# What the ordinary way may decide on a message in the middle of a form: whoever is angry gets no next question.
UNSURE = frozenset({Reason.LOW_CONFIDENCE, Reason.MISSING_KNOWLEDGE, Reason.AMBIGUOUS})
HONOURED = frozenset({Reason.CUSTOMER_REQUEST, Reason.NEGATIVE_SENTIMENT, Reason.COMPLAINT})
OWN = {"complaint_form": frozenset({Reason.COMPLAINT})}  # what is a complaint elsewhere is its matter

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a form: what the customer is told, the state after it, and why people go on, if they do.

    `why`: what the log says about it. `acted`: the back end was asked to do something, which must not be asked twice.
    """

    texts: tuple[str, ...]
    state: FormState
    reason: Reason | None = None
    why: str = ""
    acted: bool = False

    @property
    def text(self) -> str:
        return "\n\n".join(self.texts)

    @property
    def note(self) -> str:
        return "; ".join(filter(None, (self.state.name, self.why)))

    def to_data(self) -> dict[str, Any]:
        data = self.state.to_data() | {"open": self.state.open and self.reason is None}
        if self.acted:
            data["acted"] = True
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
        if silent:
            return language, event, decided
        if isinstance(event, Answered):
            return await self._begin(job, language, event, decided)
        return await self._begin_as_wanted(job, language, event, decided)

    async def _begin_as_wanted(self, job: Job, language: str, event: Event, decided: Decided) -> Turn:
        """Where no article is sure, but the message says what should be done: the form for that, if there is one."""
        name = "" if job.article or policy.read(job.text).complaint in policy.GRAVE else wanted(job.text)
        reasons = UNSURE | OWN.get(name, frozenset())
        open_still = isinstance(event, Offered) or (isinstance(event, HandoffAsked) and event.reason in reasons)
        if not name or not open_still or not self.actions.begins_form(name):
            return language, event, decided
        if not await self.answers.db.read(has_action, name, AUDIENCES):
            return language, event, decided
        step = await self._fill(job, FormState(name, began=job.seq), language)
        step = replace(step, why="; ".join(filter(None, ("asked for in so many words", step.why))))
        if step.reason is None:
            ends = (say("can_stop", language),) if step.state.open else ()
            step = replace(step, texts=(say(f"begin_{name}", language), *step.texts, *ends))
        return self._told(job, step, language, decided)

    async def _begin(self, job: Job, language: str, event: Answered, decided: Decided) -> Turn:
        """After an article whose action is a form: its first question, or its result where all was said already."""
        shop = shop_of(job.page, await self.answers.site(job.site_id))
        written = await self.answers.article(event.source.article, event.source.language, shop)
        if written is None or not self.actions.begins_form(written.article.action):
            return language, event, decided
        name = written.article.action
        step = await self._fill(job, FormState(name, began=job.seq), language)
        if step.reason is not None:
            return self._told(job, step, language, decided)
        ends = (say("can_stop", language),) if step.state.open else ()
        texts = (say(f"begin_{name}", language), *step.texts, *ends)
        answered = await self._with(job, event, texts, asks=step.state.open)
        return language, answered, changed(decided, note=step.note, form=step.to_data())

    async def _go_on(self, job: Job, state: FormState) -> Turn:
        urgent = self._urgent(job, state)
        if urgent is not None and not job.past.bars(urgent):
            return self._told(job, Step((), state, urgent, "the message itself is for people"))
        if wants_to_stop(job.last, state.requested):
            return self._told(
                job, Step((say("stopped", job.language),), replace(state, open=False), why="stopped by the customer")
            )
        said = policy.read(job.text)
        if said.purpose == "bye":
            step = Step((wording.say("bye", job.language),), replace(state, open=False), why="says goodbye")
            return self._told(job, step)
        if said.purpose in NODS or (said.unclear and state.requested in FREE):
            return await self._ask_again(job, state)
        anew = takes_back(job.text, state.slots, state.requested)
        if not anew and not said.unclear and (job.article or self._is_aside(job, state)):
            aside = await self._answer_aside(job, state)
            if aside is not None:
                return aside
        if not anew and state.requested in READ and READ[state.requested](job.text) is None and has_none(job.text):
            why = f"has no {state.requested}"
            return self._told(job, Step((say("without_it", job.language),), state, Reason.POLICY_RESTRICTION, why))
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

    async def _ask_again(self, job: Job, state: FormState) -> Turn:
        state = replace(state, asides=state.asides + 1)
        if state.asides >= ASIDES:
            let_go = replace(state, open=False)
            return self._told(job, Step((say("stopped", job.language),), let_go, why="let go: nothing comes"))
        try:
            question = await self._ask(job, state, job.language)
        except ActionFailed as error:
            return self._told(job, self._failed(job, state, error))
        return self._told(job, Step((say("back_to_it", job.language), *question), state, why="asked once more"))

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
        if state.asides >= ASIDES:  # they are elsewhere by now
            let_go = Step((), replace(state, open=False), why=f"let go after {state.asides} questions in between")
            return language, event, changed(decided, note=_noted(decided, let_go), form=let_go.to_data())
        try:
            question = await self._ask(job, state, language)
        except ActionFailed as error:
            return self._told(job, self._failed(job, state, error), language)
        asked = (say("back_to_it", language), *question)
        told = await self._with(job, event, asked)
        step = Step((), state, why=f"question {state.asides} in between")
        return language, told, changed(decided, note=_noted(decided, step), form=step.to_data())

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

    def _failed(self, job: Job, state: FormState, error: ActionFailed, acted: bool = False) -> Step:
        logger.warning("action_failed", conversation=job.conversation_id, form=state.name)
        cause = error.__cause__ if isinstance(error.__cause__, AppError) else error  # neither quotes what was asked
        return Step((), state, Reason.ACTION_FAILURE, cause.message.rstrip("."), acted)

    def _told(self, job: Job, step: Step, language: str = "", decided: Decided | None = None) -> Turn:
        """Where people have just given the chat back after the same cause, the customer is asked how to go on."""
        language = language or job.language
        data, note = step.to_data(), step.note
        event: Event = Remarked(job.seq, step.text, "form")
        outcome = "remark"
        if step.reason is not None and job.past.bars(step.reason):
            event, outcome = Offered(job.seq, say("still_not", language)), "offer"
            data, note = Step((), replace(step.state, open=False)).to_data(), f"{note}; people gave it back after this"
        elif step.reason is not None:
            event, outcome = HandoffAsked(step.reason), "hand_over"
        if decided is None:
            decided = Decided(job.seq, outcome, self.caution.of(job.site_id, language).answer)
        return language, event, changed(decided, outcome=outcome, note=note, form=data)

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
        acted = False
        try:
            asked, held = state.requested, state.slots
            again = takes_back(job.text, held, asked) if asked else {}
            texts, state = await self._run(f"validate_{state.name}", job, state, language)
            anew = [slot for slot in again if state.slots.get(slot) != held[slot]]
            if state.missing and state.missing == asked and anew:
                question = await self._ask(job, state, language)
                return Step(texts + question, state, why=f"took back {', '.join(anew)}")
            if state.missing:
                return await self._ask_next(job, state, language, () if again and not anew else texts, asked, again)
            rounds, given = state.rounds, state.slots
            if not self.actions.guesses.begin(given, time.monotonic()):
                return Step((), state, Reason.POLICY_RESTRICTION, "too many tries with these")
            acted = True
            try:
                said, state = await self._run(state.form.action, job, state, language)
            finally:
                if state.rounds == rounds:  # there was such an order, or no answer at all
                    self.actions.guesses.give_back(given)
            if state.handed:
                tired = state.rounds >= ROUNDS
                why = f"no match, round {state.rounds} of {ROUNDS}" if tired else "the back end declined"
                reason = Reason.AMBIGUOUS if tired else Reason.POLICY_RESTRICTION
                return Step(texts + said, state, reason, why, acted)
            if not state.open or state.rounds == rounds:
                return Step(texts + said, replace(state, open=False), None, f"{state.form.action} is done", acted)
            # The action wants its form to begin again.
            step = await self._ask_next(job, state, language, texts + said, "")
            return replace(step, why=f"no match, round {state.rounds} of {ROUNDS}", acted=acted)
        except ActionFailed as error:
            return self._failed(job, state, error, acted)

    async def _ask_next(
        self,
        job: Job,
        state: FormState,
        language: str,
        texts: tuple[str, ...],
        asked: str,
        again: Mapping[str, str | None] | None = None,
    ) -> Step:
        """`again`: slots that the message says once more, as when a button is pressed twice."""
        missing = state.missing
        why = f"asks for {missing}"
        if missing == asked:
            state = replace(state, tries=state.tries + 1, requested=missing)
            why = f"no {missing} in it, try {state.tries} of {TRIES}"
            if state.tries >= TRIES:
                return Step((), state, Reason.AMBIGUOUS, why)
            if texts and not again:  # the validation has said what was wrong with it
                return Step(texts, state, why=why)
        else:
            state = replace(state, tries=0, asides=0, requested=missing)
        return Step(texts + await self._ask(job, state, language), state, why=why)


def _noted(decided: Decided, step: Step) -> str:
    return "; ".join(filter(None, (step.note, decided.note)))

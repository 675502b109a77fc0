"""Actions in the form of rasa-sdk, run in this process. The one door to rasa_sdk, imported at the first action."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot import wording
from bot.actions.backend import Backend
from bot.actions.forms import FORMS, domain
from bot.actions.guesses import Guesses
from handoff import hours
from runtime.clock import now_ms
from runtime.errors import AppError

if TYPE_CHECKING:
    from rasa_sdk import Action
    from rasa_sdk.executor import ActionExecutor

TIMEOUT_S = 3.0


class ActionFailed(AppError):
    code = "action_failed"
    status = 502


@dataclass(frozen=True, slots=True)
class Outcome:
    """`texts` are what the action said; `events` are rasa events, as dicts."""

    texts: tuple[str, ...]
    events: tuple[dict[str, Any], ...]


def opening_hours_action(now: Callable[[], int] = now_ms) -> Action:
    """Says whether a person is at the chat, and until or from when. Reads the slots `hours` (JSON) and `language`."""
    from rasa_sdk import Action, Tracker
    from rasa_sdk.executor import CollectingDispatcher

    class OpeningHours(Action):  # type: ignore[misc]
        def name(self) -> str:
            return "action_opening_hours"

        async def run(
            self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
        ) -> list[dict[str, Any]]:
            opening = hours.parse_hours(tracker.get_slot("hours") or "{}")
            dispatcher.utter_message(text=hours_sentence(opening, now(), tracker.get_slot("language") or "en"))
            return []

    return OpeningHours()


def hours_sentence(opening: hours.Hours | None, at_ms: int, language: str) -> str:
    """`You can chat with a person now, until 17:00.`"""
    if opening is None:
        return wording.say("always_open", language)
    state = hours.at(opening, at_ms)
    if state.changes is None:
        return wording.say("always_open" if state.open else "never_open", language)
    moment = wording.clock_time(state.changes.hour, state.changes.minute, language)
    if state.open:
        return wording.say("open_until", language, time=moment)
    days = (state.changes.date() - state.today.date()).days
    near = {0: wording.say("today", language), 1: wording.say("tomorrow", language)}
    day = near.get(days) or wording.weekday(state.changes.weekday(), language)
    return wording.say("opens_at", language, day=day, time=moment)


@dataclass(slots=True)
class Actions:
    """The actions that articles may name, and those of the forms. Instances are shared by all conversations.

    `backend`: where the company's orders are; without an address there are no guided actions. `guesses`: those of all
    doors to it.
    """

    extra: list[Callable[[], Action]] = field(default_factory=list)
    backend: Backend = field(default_factory=lambda: Backend(""))
    guesses: Guesses = field(default_factory=Guesses)
    _executor: ActionExecutor | None = None

    def begins_form(self, action: str) -> bool:
        """Whether an article that names this action begins a form."""
        return action in FORMS and bool(self.backend.url)

    def runs(self, action: str) -> bool:
        """Whether an article that names this action does more than say its text: a form without a back end does not."""
        return bool(action) and (action not in FORMS or self.begins_form(action))

    def make_executor(self) -> ActionExecutor:
        """With an instance of each action. An executor keeps one domain: two who send different ones need two."""
        from rasa_sdk.executor import ActionExecutor

        from bot.actions.company import all_actions

        executor = ActionExecutor()
        for action in (opening_hours_action(), *all_actions(self.backend), *(make() for make in self.extra)):
            executor.register_action(action)
        return executor

    def _ready(self) -> ActionExecutor:
        if self._executor is None:
            self._executor = self.make_executor()
        return self._executor

    async def run(
        self, name: str, conversation: str, text: str, slots: dict[str, Any], loop: str | None = None
    ) -> Outcome:
        """ActionFailed when there is no such action, it raises, or it takes longer than TIMEOUT_S seconds.

        `loop`: the form that is being filled in.
        """
        executor: Any = self._executor or await asyncio.to_thread(self._ready)
        call = {
            "next_action": name,
            "sender_id": conversation,
            "version": "3.21.1",
            "domain": domain(),  # a new one: actions may change it, too
            "tracker": {
                "sender_id": conversation,
                "slots": copy.deepcopy(slots),  # actions may change what they are given
                "latest_message": {"text": text, "intent": {}, "entities": []},
                "events": [],
                "paused": False,
                "followup_action": None,
                "active_loop": {"name": loop} if loop else {},
                "latest_action_name": None,
            },
        }
        try:
            result = await asyncio.wait_for(executor.run(call), TIMEOUT_S)
        except Exception as error:
            raise ActionFailed(f"The action {name} failed: {type(error).__name__}.") from error
        if result is None:
            raise ActionFailed(f"There is no action {name}.")
        texts = tuple(str(message["text"]) for message in result.responses if message.get("text"))
        return Outcome(texts, tuple(result.events))

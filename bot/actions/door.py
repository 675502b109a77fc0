"""What an action server answers to a call, in the terms of rasa-sdk's own: a status and a body."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from bot import actions, wording
from bot.actions.forms import FORMS
from bot.actions.guesses import SENDER

if TYPE_CHECKING:
    from rasa_sdk.executor import ActionExecutor

DEEDS = {form.action: form for form in FORMS.values()}
AT_ONCE = 32  # calls under way; each may hold a tracker of megabytes

logger = structlog.get_logger()


@dataclass(slots=True)
class ActionDoor:
    """The executor for other people's calls. It keeps their domain, ours keeps ours."""

    made: actions.Actions
    _executor: ActionExecutor | None = None
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def executor(self) -> ActionExecutor:
        if self._executor is None:
            self._executor = await asyncio.to_thread(self.made.make_executor)
        return self._executor

    async def call(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and body, as rasa-sdk's own server answers. What broke is not told: it may quote the tracker."""
        from rasa_sdk.interfaces import (
            ActionExecutionRejection,
            ActionMissingDomainException,
            ActionNotFoundException,
        )

        name = body.get("next_action")
        if name and (not isinstance(body.get("tracker"), dict) or not isinstance(name, str)):
            return 422, {"error": "The call has no tracker."}
        executor: Any = await self.executor()
        tried = _tried(name, body.get("tracker"))
        if tried and not self.made.guesses.begin(tried, time.monotonic()):
            return 200, _to_people(body["tracker"])
        wrong = False
        try:
            async with self._turn, asyncio.timeout(actions.TIMEOUT_S):
                result = await executor.run(body)
            wrong = result is not None and any(event.get("event") == "followup" for event in result.events)
        except ActionExecutionRejection as error:
            return 400, {"error": error.message, "action_name": error.action_name}
        except ActionNotFoundException as error:
            return 404, {"error": error.message, "action_name": error.action_name}
        except ActionMissingDomainException as error:
            return 449, {"error": error.message, "action_name": error.action_name}
        except Exception as error:
            logger.warning("webhook_action_failed", error=type(error).__name__)
            return 500, {"error": "The action failed.", "action_name": name}
        finally:
            if tried and not wrong:  # there was such an order, or no answer at all
                self.made.guesses.give_back(tried)
        return 200, result.model_dump() if result is not None else None


def _tried(name: object, tracker: Any) -> dict[str, str]:
    """What a call says of an order, and who says it; nothing where it asks the back end nothing."""
    form = DEEDS.get(name) if isinstance(name, str) else None
    slots = tracker.get("slots") if form is not None else None
    if form is None or not isinstance(slots, dict) or not all(slots.get(slot) for slot in form.slots):
        return {}
    return {slot: str(slots[slot]) for slot in form.slots} | {SENDER: str(tracker.get("sender_id") or "")}


def _to_people(tracker: dict[str, Any]) -> dict[str, Any]:
    """After too many wrong numbers, in place of the action: rasa's way to say that a person goes on."""
    from rasa_sdk.events import ConversationPaused
    from rasa_sdk.executor import CollectingDispatcher

    dispatcher = CollectingDispatcher()
    dispatcher.utter_message(text=wording.hand_over("policy_restriction", str(tracker["slots"].get("language"))))
    return {"events": [ConversationPaused()], "responses": dispatcher.messages}

"""What an action server answers to a call, in the terms of rasa-sdk's own: a status and a body."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from bot import actions

if TYPE_CHECKING:
    from rasa_sdk.executor import ActionExecutor

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
        try:
            async with self._turn, asyncio.timeout(actions.TIMEOUT_S):
                result = await executor.run(body)
        except ActionExecutionRejection as error:
            return 400, {"error": error.message, "action_name": error.action_name}
        except ActionNotFoundException as error:
            return 404, {"error": error.message, "action_name": error.action_name}
        except ActionMissingDomainException as error:
            return 449, {"error": error.message, "action_name": error.action_name}
        except Exception as error:
            logger.warning("webhook_action_failed", error=type(error).__name__)
            return 500, {"error": "The action failed.", "action_name": name}
        return 200, result.model_dump() if result is not None else None

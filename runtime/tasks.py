"""Work in the background that must not be forgotten: held while it runs, cancelled and awaited at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any

AGAIN_S = 3.0  # longer than anything that tidies up takes


class Tasks:
    """asyncio itself holds tasks only weakly: one that nobody keeps may vanish in the middle of its work."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._held.add(task)
        task.add_done_callback(self._held.discard)
        return task

    async def stop(self) -> None:
        """Returns when all of them have ended, whatever they raised."""
        held = {task for task in self._held if not task.done()}
        while held:
            # More than once: `wait_for` of Python 3.11 swallows a cancellation that comes together with its result.
            for task in held:
                task.cancel()
            ended, held = await asyncio.wait(held, timeout=AGAIN_S)
            for task in ended:
                if not task.cancelled():
                    task.exception()  # looked at, so that asyncio does not report it

    def __iter__(self) -> Iterator[asyncio.Task[None]]:
        return iter(tuple(self._held))

    def __len__(self) -> int:
        return len(self._held)

"""Background work at its end."""

from __future__ import annotations

import asyncio

import pytest

from runtime import tasks
from runtime.tasks import Tasks


def test_work_that_misses_its_first_cancellation_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AGAIN_S", 0.01)
    missed: list[bool] = []

    async def deaf_once() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if missed:
                    raise
                missed.append(True)

    async def main() -> None:
        held = Tasks()
        task = held.start(deaf_once())
        await asyncio.sleep(0)
        await asyncio.wait_for(held.stop(), 10)
        assert task.cancelled()
        assert len(held) == 0

    asyncio.run(main())
    assert missed == [True]


def test_the_end_waits_for_what_tidies_up_and_hides_what_it_raised() -> None:
    tidied: list[str] = []

    async def careful() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            tidied.append("done")
            raise ValueError("as it ended")

    async def main() -> None:
        held = Tasks()
        held.start(careful())
        await asyncio.sleep(0)
        await held.stop()

    asyncio.run(main())
    assert tidied == ["done"]

"""The soak in the checks: files, tasks, threads and the write-ahead log. Memory takes minutes: `make scale`."""

from __future__ import annotations

import pytest

from tests.scale.soak import slope, soak
from tests.scale.stage import Stage

pytestmark = pytest.mark.anyio


async def test_chats_that_come_and_go_leave_nothing_behind(sqlite_stage: Stage) -> None:
    soaked = await soak(sqlite_stage, 8, at_once=12)
    assert soaked.faults == []
    assert soaked.leaks(judge_memory=False) == []
    assert soaked.chats > 12
    assert soaked.acked > soaked.chats


def test_the_slope_is_found_with_its_interval() -> None:
    rise, width = slope([(float(x), 100 + 2.5 * x) for x in range(20)])
    assert rise == pytest.approx(2.5)
    assert width == pytest.approx(0, abs=1e-6)
    rise, width = slope([(float(x), 100 + (1 if x % 2 else -1)) for x in range(100)])
    assert abs(rise) < width < 0.1
    assert slope([(0.0, 1.0)]) == (0.0, float("inf"))

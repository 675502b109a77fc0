"""Bad weather in the checks: each kind once, and a smaller flood."""

from __future__ import annotations

import pytest

from tests.scale.stage import Stage
from tests.scale.weather import bad_weather

pytestmark = pytest.mark.anyio


async def test_bad_weather_loses_nothing(sqlite_stage: Stage) -> None:
    endured = await bad_weather(sqlite_stage, sockets=200, texts=60, visitors=5)
    assert endured.faults == []
    assert endured.acked > 0
    assert len(endured.notes) == 3

"""kill -9 in the checks: twenty on SQLite, eight on PostgreSQL; `make scale` kills two hundred."""

from __future__ import annotations

import pytest

from tests.scale.failing_server import POINTS
from tests.scale.kills import Killed, kill_again_and_again
from tests.scale.stage import Stage

pytestmark = pytest.mark.anyio


def kept(killed: Killed, times: int) -> None:
    """Every point was passed, somebody was acknowledged in between, and nothing is wrong."""
    assert killed.faults == []
    assert killed.at.total() == times
    assert set(killed.at) == {*POINTS, "anywhere"}
    assert killed.acked > times


async def test_twenty_kills_on_sqlite_lose_nothing(sqlite_stage: Stage) -> None:
    kept(await kill_again_and_again(sqlite_stage, 20, visitors=12, seed=11), 20)


async def test_eight_kills_on_postgresql_lose_nothing(postgresql_stage: Stage) -> None:
    kept(await kill_again_and_again(postgresql_stage, 8, visitors=12, seed=12), 8)

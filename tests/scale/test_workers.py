"""Two workers in the checks: each thing around them fails once, briefly; `make scale` takes its time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scale.machines import PostgresqlMachine, RedisMachine
from tests.scale.stage import Theatre
from tests.scale.workers import shake

pytestmark = pytest.mark.anyio


@pytest.fixture
def machines() -> Iterator[tuple[PostgresqlMachine, RedisMachine]]:
    """Of our own: the session's are for those who do not kill them."""
    postgresql, redis = PostgresqlMachine.made(), RedisMachine.made()
    yield postgresql, redis
    postgresql.close()
    redis.close()


async def test_two_workers_keep_everything_while_all_around_them_fails(
    theatre: Theatre, machines: tuple[PostgresqlMachine, RedisMachine], tmp_path_factory: pytest.TempPathFactory
) -> None:
    postgresql, redis = machines
    own = Theatre(theatre.nursery, tmp_path_factory.mktemp("workers"), postgresql.server)
    with own.stage("postgresql") as stage:
        shaken = await shake(stage, postgresql, redis, frozen_s=2, away_s=2, visitors=6)
        await stage.close()
    assert shaken.faults == []
    assert len(shaken.acts) == 5
    assert shaken.acked > 0
    assert shaken.resent > 0

"""Stages for the proofs: each with a site of its own, on either database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.scale.failing_server import Nursery
from tests.scale.stage import Stage, Theatre
from tests.services import Postgresql


@pytest.fixture(scope="session")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    nursery = Nursery.open()
    yield Theatre(nursery, tmp_path_factory.mktemp("theatre"))
    nursery.close()


@pytest.fixture
async def sqlite_stage(theatre: Theatre) -> AsyncIterator[Stage]:
    with theatre.stage("sqlite") as stage:
        yield stage
        await stage.close()


@pytest.fixture
async def postgresql_stage(theatre: Theatre, postgresql: Postgresql) -> AsyncIterator[Stage]:
    theatre.postgresql = postgresql
    with theatre.stage("postgresql") as stage:
        yield stage
        await stage.close()

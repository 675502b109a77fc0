"""A shop on a database of either kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runtime.bus import LocalBus
from tests.shop import Shop, new_database


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    db = new_database(database_url, LocalBus())
    yield Shop(db)
    db.engine.dispose()

"""A shop on a database of either kind, one with articles whose actions are forms, and the back end behind these."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo.order_desk import OrderDesk
from runtime.bus import LocalBus
from tests.contracts.guided_chat import add_forms
from tests.contracts.turn_desk import stocked
from tests.order_desks import order_desk
from tests.shop import Shop, new_database


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    db = new_database(database_url, LocalBus())
    yield Shop(db)
    db.engine.dispose()


@pytest.fixture
def guided_shop(database_url: str) -> Iterator[Shop]:
    with stocked(database_url) as made:
        add_forms(made)
        yield made


@pytest.fixture
def small_guided_shop(tmp_path: Path) -> Iterator[Shop]:
    """On SQLite only."""
    with stocked(f"sqlite:///{tmp_path / 'x.sqlite3'}") as made:
        add_forms(made)
        yield made


@pytest.fixture(scope="module")
def orders_at() -> Iterator[tuple[str, OrderDesk]]:
    with order_desk() as made:
        yield made


@pytest.fixture(scope="module")
def back_end(orders_at: tuple[str, OrderDesk]) -> str:
    """Its address."""
    return orders_at[0]

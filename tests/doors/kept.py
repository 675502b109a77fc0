"""What the tests of backup, restore and the move share: chats in a database, and what must survive of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import migrations
from bot.copying import MADE_WITH_TABLES, MOMENTARY, SIGN_INS, tables_of
from bot.keeping import back_up
from runtime import rows
from runtime.db import make_engine
from runtime.rows import Tally
from tests.bulk import insert_chats

CHATS, ENTRIES = 9, 13


def content(url: str, without: frozenset[str] = MOMENTARY | SIGN_INS | MADE_WITH_TABLES) -> dict[str, Tally]:
    """Counts and checksums of what must survive."""
    engine = make_engine(url)
    with engine.connect() as connection:
        found = {table.name: rows.tally(connection, table) for table in tables_of(connection, without)}
    engine.dispose()
    return found


def scalar(url: str, statement: str) -> Any:
    engine = make_engine(url)
    with engine.connect() as connection:
        value = connection.scalar(sa.text(statement))
    engine.dispose()
    return value


def epoch(url: str) -> str:
    return str(scalar(url, "SELECT value FROM meta WHERE key = 'epoch'"))


@pytest.fixture
def full_url(database_url: str) -> str:
    """A database of each kind with chats in it."""
    engine = make_engine(database_url)
    migrations.migrate(engine)
    insert_chats(engine, CHATS, ENTRIES)
    engine.dispose()
    return database_url


@pytest.fixture
def backup_file(tmp_path: Path) -> Path:
    url = f"sqlite:///{tmp_path / 'first.sqlite3'}"
    engine = make_engine(url)
    migrations.migrate(engine)
    insert_chats(engine, CHATS, ENTRIES)
    engine.dispose()
    back_up(url, tmp_path / "good.zip", trial=False)
    return tmp_path / "good.zip"

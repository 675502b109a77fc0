"""The database's versions, on SQLite and PostgreSQL: the tables of the code, and plain words when it cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

import bot.migrations
import conversation.tables
import knowledge_base.tables
import runtime.tables
from bot.migrations import current, migrate, newest
from runtime import meta
from runtime.db import Database, make_engine
from runtime.errors import SettingsError

assert conversation.tables
assert knowledge_base.tables
assert runtime.tables


def test_the_migrated_tables_are_those_of_the_code(empty_engine: sa.Engine) -> None:
    assert current(empty_engine) is None
    assert migrate(empty_engine) is True
    assert current(empty_engine) == newest()
    with empty_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_second_run_changes_nothing_and_the_epoch_stays(database_url: str) -> None:
    db = Database(database_url)
    migrate(db.engine)
    epoch = db.read_now(meta.epoch)
    assert len(epoch) == 26
    assert migrate(db.engine) is False
    assert db.read_now(meta.epoch) == epoch
    db.engine.dispose()


def test_a_database_of_a_newer_program_is_left_alone(empty_engine: sa.Engine) -> None:
    migrate(empty_engine)
    with empty_engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match="newer version of Svardesk"):
        migrate(empty_engine)
    assert current(empty_engine) == "9999"


def test_foreign_keys_hold_after_a_migration(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    migrate(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, but long enough to look at" * 100)
    engine = make_engine(f"sqlite:///{path}")
    with pytest.raises(SettingsError, match=r"notes\.txt is not a database"):
        migrate(engine)
    engine.dispose()


def test_two_processes_that_migrate_at_once(database_url: str, tmp_path: Path) -> None:
    environment = {**os.environ, "SVARDESK_DATABASE_URL": database_url, "SVARDESK_DATA_FOLDER": str(tmp_path / "data")}
    command = [sys.executable, "-m", "bot", "migrate"]
    both = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    engine = make_engine(database_url)
    assert current(engine) == newest()
    engine.dispose()


def test_no_revision_has_a_way_down() -> None:
    """It would drop what people have written since; docs/operating.md sends them to the backup from before."""
    revisions = list(ScriptDirectory(str(Path(bot.migrations.__file__).parent)).walk_revisions())
    assert len(revisions) >= 4
    assert [each.revision for each in revisions if hasattr(each.module, "downgrade")] == []

"""The database's versions: one set of Alembic revisions for SQLite and PostgreSQL, run at every start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from runtime.errors import SettingsError

_LOCK = 7_406_318  # PostgreSQL's advisory lock of our migrations: workers that start together take turns


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision that this program is written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # noqa: S101 - there is at least the first revision
    return head


def current(engine: Engine) -> str | None:
    """The revision that the database has; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine) -> bool:
    """Brings the database to the newest revision, all of it or nothing. Returns whether there was something to do.

    SettingsError when the database is of a newer program, or cannot be opened.
    """
    try:
        found = current(engine)
        if found == newest():
            return False
        refuse_newer(found)
        with engine.connect() as plain:
            sqlite = plain.dialect.name == "sqlite"
            if sqlite:
                # Batch mode replaces tables; with foreign keys on, dropping the old one would delete its children.
                # The pragma does nothing inside a transaction, hence the connection below SQLAlchemy's.
                _pragma(plain, "foreign_keys=OFF")
            connection = plain.execution_options(writing=True)
            with connection.begin():
                if not sqlite:
                    connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                command.upgrade(_config(connection), "head")
                if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise SettingsError("The upgrade would leave rows without their parents; nothing was changed.")
            if sqlite:
                _pragma(plain, "foreign_keys=ON")
    except DBAPIError as error:
        raise SettingsError(_why(engine, error)) from error
    return True


def _pragma(connection: Connection, text: str) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA {text}")


def refuse_newer(found: str | None) -> None:
    """SettingsError when the revision is one that this program does not know."""
    if found is None:
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found not in known:
        raise SettingsError(
            f"This database was written by a newer version of Svardesk (its revision is {found}, this program knows up "
            f"to {newest()}). Install that version again, or restore a backup from before the upgrade."
        )


def _why(engine: Engine, error: DBAPIError) -> str:
    where = engine.url.render_as_string(hide_password=True)
    reason = str(error.orig).strip().split("\n", 1)[0]
    if "readonly" in reason or "unable to open" in reason:
        return f"The database {where} cannot be written to. Check the owner and the mode of its folder."
    if "full" in reason:
        return f"The disk of the database {where} is full. Make room and start again."
    if "not a database" in reason or "malformed" in reason:
        return f"The file of {where} is not a database, or is damaged. Restore it from a backup."
    return f"The database {where} cannot be used: {reason}."

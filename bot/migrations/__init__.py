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
from sqlmodel import SQLModel

from runtime import faults
from runtime.alone import MIGRATIONS, shown
from runtime.errors import SettingsError


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
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """The same, as the transaction of this connection sees it."""
    return MigrationContext.configure(connection).get_current_revision()


def raise_to(connection: Connection, revision: str = "head") -> None:
    """Makes and changes tables in the connection's transaction, which the caller commits.

    On SQLite the caller has turned foreign keys off, before the transaction.
    """
    command.upgrade(_config(connection), revision)


def content_tables() -> list[str]:
    """Names of every room's tables, parents before children."""
    import conversation.tables  # noqa: F401 - each of these imports adds its room's tables to the metadata
    import knowledge_base.tables  # noqa: F401
    import runtime.tables  # noqa: F401

    return [str(table.name) for table in SQLModel.metadata.sorted_tables]


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
            try:
                with connection.begin():
                    if not sqlite:
                        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({MIGRATIONS})"))
                    raise_to(connection)
                    refuse_orphans(connection)
            finally:
                if sqlite:
                    _pragma(plain, "foreign_keys=ON")
    except DBAPIError as error:
        raise SettingsError(explain(shown(engine.url), error)) from error
    return True


def refuse_orphans(connection: Connection) -> None:
    """SettingsError when a row lacks its parent; for SQLite, where foreign keys are off while tables change."""
    if (
        connection.dialect.name == "sqlite"
        and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None
    ):
        raise SettingsError("The upgrade would leave rows without their parents; nothing was changed.")


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


def explain(where: str, error: DBAPIError) -> str:
    """Why the database cannot be used, and what to do. `where` is its address without a password."""
    reason = faults.reason(error)
    if "readonly" in reason or "unable to open" in reason:
        return f"The database {where} cannot be written to. Check the owner and the mode of its folder."
    if "full" in reason:
        return f"The disk of the database {where} is full. Make room and start again."
    if "not a database" in reason or "malformed" in reason:
        return f"The file of {where} is not a database, or is damaged. Restore it from a backup."
    return f"The database {where} cannot be used: {reason}."

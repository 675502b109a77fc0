"""What commands begin with: settings, logs, the data folder, a database that is up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from runtime.settings import Settings, load

if TYPE_CHECKING:
    from knowledge_base.embedder import Embedder
    from runtime.db import Database


def open_settings(**changes: Any) -> Settings:
    """Settings of the environment and the command line, with logs set up. SettingsError."""
    from runtime import logs

    settings = load(**changes)
    logs.configure(settings)
    return settings


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database, brought to the newest revision first, for commands without an event loop. SettingsError."""
    from bot.migrations import migrate
    from runtime.data_folder import open_data_folder
    from runtime.db import Database

    open_data_folder(settings.data_folder)
    db = Database(settings.database)
    try:
        migrate(db.engine)
        yield db
    finally:
        db.engine.dispose()


def open_model(settings: Settings) -> Embedder:
    """The embedder of the settings, converted into the data folder at its first use. SettingsError."""
    from knowledge_base.embedder import ModelError, open_embedder
    from runtime.errors import SettingsError
    from runtime.logs import logger

    say = logger("model").info
    try:
        return open_embedder(settings.model, settings.data_folder / "model", settings.threads, say)
    except ModelError as error:
        raise SettingsError(str(error)) from error

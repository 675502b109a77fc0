"""`svardesk migrate`: brings the database up to date."""

from __future__ import annotations

import typer


def migrate() -> None:
    """Bring the database up to date. `serve` and `demo` do it too; run it alone before starting several workers."""
    from bot.commands.opening import open_settings
    from bot.migrations import migrate as run
    from bot.migrations import newest
    from runtime.data_folder import open_data_folder
    from runtime.db import make_engine

    settings = open_settings()
    open_data_folder(settings.data_folder)
    engine = make_engine(settings.database)
    try:
        changed = run(engine)
    finally:
        engine.dispose()
    typer.echo(f"The database is {'now' if changed else 'already'} at revision {newest()}.")

"""`svardesk migrate`: brings the database up to date, or moves everything to another one."""

from __future__ import annotations

from typing import Annotated

import typer


def migrate(
    source: Annotated[
        str | None, typer.Option("--from", help="Move: from this database; else the one of the settings.")
    ] = None,
    target: Annotated[
        str | None, typer.Option("--to", help="Move: to this empty database, SQLite or PostgreSQL.")
    ] = None,
) -> None:
    """Bring the database up to date, as `serve` does too; or, with --to, move everything to another database."""
    from bot.commands.opening import open_settings
    from bot.migrations import migrate as run
    from bot.migrations import newest
    from runtime.data_folder import open_data_folder
    from runtime.db import make_engine
    from runtime.errors import BadInput

    settings = open_settings()
    if target is not None:
        _move(source or settings.database, target)
        return
    if source is not None:
        raise BadInput("Say where to: --to sqlite:///FILE or --to postgresql+psycopg://USER@HOST/NAME.")
    open_data_folder(settings.data_folder)
    engine = make_engine(settings.database)
    try:
        changed = run(engine)
    finally:
        engine.dispose()
    typer.echo(f"The database is {'now' if changed else 'already'} at revision {newest()}.")


def _move(source: str, target: str) -> None:
    from bot.commands.backup import tell_mended, tidy_end
    from bot.commands.progress import steps
    from bot.moving import move
    from runtime.alone import shown

    with tidy_end(), steps() as tell:
        moved = move(source, target, tell)
    width = max(len(held.table.name) for held in moved.tables)
    for held in moved.tables:
        typer.echo(f"{held.table.name:{width}} {held.rows:>10,}")
    typer.echo(f"Moved {moved.rows:,} rows; the counts and checksums of both sides are the same.")
    tell_mended(moved.mended)
    typer.echo(f"Now set SVARDESK_DATABASE_URL to {shown(target)} and start the server. {shown(source)} is as it was.")

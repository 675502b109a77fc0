"""`svardesk backup` and `svardesk restore`: everything in one file, and back."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from runtime.archive import Manifest

KEY = "secret.key"


@contextlib.contextmanager
def tidy_end() -> Iterator[None]:
    """SIGTERM, as of a timer that gives up, ends like Ctrl+C: half a file is removed on the way out."""

    def end(_number: int, _frame: FrameType | None) -> None:
        sys.exit(143)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def backup(
    file: Annotated[Path, typer.Argument(help="New file to write, such as svardesk-2026-11-23.zip.")],
    without_secrets: Annotated[
        bool, typer.Option("--without-secrets", help="Leave out the secret key of the data folder.")
    ] = False,
    trial: Annotated[
        bool, typer.Option(help="Restore it into a database that is thrown away, and compare every row.")
    ] = True,
) -> None:
    """Write everything into one file, while the server runs, and prove at once that it can be restored."""
    from bot.commands.opening import open_settings
    from bot.commands.progress import steps
    from bot.keeping import back_up

    settings = open_settings()
    key = settings.data_folder / KEY
    secret = None if without_secrets or not key.exists() else _read(key)
    with tidy_end(), steps() as tell:
        saved = back_up(settings.database, file, secret, trial, tell)
    typer.echo(f"{file}: {_inventory(saved.manifest)}, {saved.size / 1e6:.1f} MB.")
    proof = "Every checksum was compared" + (", and every row after a trial restore." if saved.tried else ".")
    typer.echo(proof if secret is None else f"{proof} It holds the secret key: keep it as safe as the server.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `svardesk backup` has written.")],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Put it in the place of what is there; a backup of that is kept first."),
    ] = False,
) -> None:
    """Fill an empty database from a backup, all of it or nothing. The server must be stopped."""
    from bot.commands.opening import open_settings
    from bot.commands.progress import steps
    from bot.keeping import delete_due
    from bot.keeping import restore as run
    from runtime.data_folder import open_data_folder

    settings = open_settings()
    had_key = (settings.data_folder / KEY).exists()
    open_data_folder(settings.data_folder)
    with tidy_end(), steps() as tell:
        done = run(settings.database, file, settings.data_folder if replace else None, tell)
        deleted = delete_due(settings.database, settings.retention_days)
    if done.kept is not None:
        typer.echo(f"What was there before is in {done.kept}.")
    typer.echo(f"Restored {_inventory(done.manifest)}, as of {done.manifest.created}.")
    if done.upgraded:
        typer.echo("The backup was of an older version; it was brought up to date.")
    tell_mended(done.mended)
    if done.secret is not None:
        _put_key(settings.data_folder / KEY, done.secret, had_key)
    if deleted:
        days = f"SVARDESK_RETENTION_DAYS ({settings.retention_days})"
        typer.echo(f"Chats older than {days} are deleted again: {deleted}.")
    if done.shut_out or done.ended:
        typer.echo(f"Still kept out: {done.shut_out} accounts, {done.ended} sessions of customers.")
    typer.echo(
        f"Accounts and passwords are those of {done.manifest.created[:10]}: whoever left or changed a stolen password "
        "since then can sign in with the old one. See `svardesk account list`, `disable` and `password`."
    )
    typer.echo("Start the server. Staff sign in again; customers go on where the backup ends.")


def _inventory(manifest: Manifest) -> str:
    counts = {held.table.name: held.rows for held in manifest.tables}
    conversations, entries = counts.get("conversation", 0), counts.get("entry", 0)
    articles, rows = counts.get("article", 0), manifest.rows
    return f"{conversations} conversations with {entries} entries, {articles} articles ({rows} rows in all)"


def tell_mended(mended: int) -> None:
    if mended:
        typer.echo(f"{mended} texts held the character U+0000, which PostgreSQL cannot keep; U+FFFD stands there now.")


def _read(key: Path) -> bytes:
    from runtime.errors import BadInput

    try:
        return key.read_bytes()
    except OSError as error:
        raise BadInput(f"{key} cannot be read: {error.strerror}. Add --without-secrets to leave it out.") from error


def _put_key(path: Path, secret: bytes, had_key: bool) -> None:
    """The backup's key; another one that was in use stays beside it."""
    before = path.read_bytes()
    if before.strip() == secret.strip():
        return
    if had_key:
        aside = path.with_name(f"{KEY}.before-restore")
        number = 1
        while aside.exists():  # the one of an earlier restore opens what that one replaced
            number += 1
            aside = path.with_name(f"{KEY}.before-restore-{number}")
        path.replace(aside)
        typer.echo(f"The secret key is the backup's now; the one before is {aside}.")
    part = path.with_name(f"{KEY}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(secret)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)

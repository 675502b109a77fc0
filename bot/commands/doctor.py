"""`svardesk doctor`: looks at everything a start needs, and says what to do about each fault."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from runtime.errors import SettingsError

if TYPE_CHECKING:
    from runtime.settings import Settings

LEAST_BYTES = 1 << 30  # the converted model is about 110 MB; the rest is room for the database and its log


@dataclass(frozen=True, slots=True)
class Finding:
    """`advice` is empty when all is well."""

    subject: str
    seen: str
    advice: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, in the order of a start. Changes nothing but the data folder, which it makes if there is none."""
    yield from _folder(settings)
    yield _disk(settings)
    yield _database(settings)
    yield _model(settings)
    yield _port(settings)


def _folder(settings: Settings) -> Iterator[Finding]:
    from runtime.data_folder import open_data_folder

    folder = settings.data_folder.absolute()
    try:
        open_data_folder(settings.data_folder)
    except SettingsError as error:
        yield Finding("data folder", str(folder), error.message)
        return
    for path, right in ((folder, 0o700), (folder / "secret.key", 0o600)):
        mode = stat.S_IMODE(path.stat().st_mode)
        advice = f"Other users of this machine may look in. Run: chmod {right:o} {path}" if mode & 0o077 else ""
        yield Finding("secret key" if path.is_file() else "data folder", f"{path}, mode {mode:o}", advice)


def _disk(settings: Settings) -> Finding:
    folder = settings.data_folder.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    advice = "Make room: chats that cannot be stored are refused." if free < LEAST_BYTES else ""
    return Finding("disk", f"{free / 1e9:.1f} GB free", advice)


def _database(settings: Settings) -> Finding:
    from sqlalchemy.exc import DBAPIError

    from bot.migrations import current, newest, refuse_newer
    from runtime.db import make_engine

    try:
        engine = make_engine(settings.database)
    except SettingsError as error:
        return Finding("database", "", error.message)
    where = engine.url.render_as_string(hide_password=True)
    try:
        found = current(engine)
        refuse_newer(found)
    except SettingsError as error:
        return Finding("database", where, error.message)
    except DBAPIError as error:
        reason = str(error.orig).strip().split("\n", 1)[0]
        return Finding("database", where, f"It cannot be opened: {reason}. Is it running, and is the address right?")
    finally:
        engine.dispose()
    if found == newest():
        return Finding("database", f"{where}, revision {found}")
    return Finding("database", f"{where}, {found or 'empty'}", "Run: svardesk migrate (a start does it too)")


def _model(settings: Settings) -> Finding:
    from knowledge_base.embedder import BUNDLED, ModelError

    if settings.model != BUNDLED:
        from importlib.util import find_spec

        missing = find_spec("sentence_transformers") is None
        advice = 'Run: pip install "svardesk[sentence-transformers]"' if missing else ""
        return Finding("model", settings.model, advice)
    from knowledge_base.model.cache import is_whole
    from knowledge_base.model.layout import NAME
    from knowledge_base.model.source import verified_source

    try:
        source = verified_source()
    except ModelError as error:
        return Finding("model", NAME, str(error))
    folder = settings.data_folder / "model" / NAME
    seen = f"{NAME}, weights of {source.name} have the right checksum"
    if not folder.exists():
        return Finding("model", f"{seen}; the first start will convert them")
    if not is_whole(folder):
        return Finding(
            "model", f"{seen}, but not what was made of them", f"Run: rm -r {folder} (a start makes it again)"
        )
    return Finding("model", f"{seen}, and so has what was made of them")


def _port(settings: Settings) -> Finding:
    from bot.serving import bind

    try:
        bind(settings.host, settings.port).close()
    except SettingsError as error:
        return Finding("port", f"{settings.host} {settings.port}", f"{error.message} (Or it is the server that runs.)")
    return Finding("port", f"{settings.host} {settings.port} is free")


def doctor() -> None:
    """Look at settings, data folder, disk, database, model and port, and say what to do about each fault."""
    from bot.commands.opening import open_settings

    faults = 0
    for finding in examine(open_settings()):
        mark = typer.style("fault", fg="red") if finding.advice else typer.style("ok   ", fg="green")
        typer.echo(f"{mark} {finding.subject}: {finding.seen}")
        if finding.advice:
            faults += 1
            typer.echo(f"      {finding.advice}")
    if faults:
        raise typer.Exit(1)

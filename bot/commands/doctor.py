"""`svardesk doctor`: looks at everything that the server needs, and says what to do about each fault."""

from __future__ import annotations

import functools
import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.checks import Finding
    from conversation.sites import SiteCard
    from runtime.settings import Settings

SIGNS = {"ok": ("green", "✓"), "look": ("yellow", "!"), "fault": ("red", "✗")}
SUBJECT = 18  # columns of the widest subject and a space
INDENT = SUBJECT + 2
NARROW, WIDE = 60, 100  # columns: what is shorter is hard to read, and so is what is longer


def examine(settings: Settings, slow: bool = False) -> Iterator[Finding]:
    """Every finding, in the order of a start. Changes nothing but the data folder, which it makes if there is none."""
    import resource

    from bot.checks import bus, database, machine, outside, places, program
    from bot.serving import SPARE_FILES
    from runtime.alone import sqlite_file
    from runtime.errors import SettingsError

    folder = settings.data_folder
    try:
        file = sqlite_file(settings.database)
    except SettingsError:  # the address is wrong, which the check of the database says better
        file = None
    home = file.parent if file is not None else folder  # where what is acknowledged is written
    running = program.answers(settings)
    yield places.folder(folder)
    yield from places.secret(folder)
    yield from places.database_file(file)
    yield places.disk(home)
    yield places.file_system(home, _mounts(), file is not None)
    yield places.fsync(home)
    yield machine.memory(*machine.memory_of_this_machine(), settings.workers, running)
    yield machine.open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[1], settings.max_sockets, SPARE_FILES)
    yield machine.time_zone()
    usable = True
    for found in database.database(settings, slow):
        usable = usable and (found.subject, found.level) != ("database", "fault")
        yield found
    yield from bus.bus(settings)
    yield program.model(settings)
    yield program.port(settings, running)
    yield program.exposed(settings)
    site = functools.partial(_first_site, settings) if usable else None
    yield from outside.outside(settings, site, running, slow)


def _mounts() -> str:
    try:
        return Path("/proc/mounts").read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _first_site(settings: Settings) -> SiteCard | None:
    from sqlalchemy.exc import SQLAlchemyError

    from conversation.sites import all_sites
    from runtime.alone import sqlite_file
    from runtime.db import Database
    from runtime.errors import AppError

    try:
        file = sqlite_file(settings.database)
        if file is not None and not file.exists():
            return None
        db = Database(settings.database)
        try:
            sites = [site for site in db.read_now(all_sites) if site.origins]
        finally:
            db.engine.dispose()
    except (AppError, SQLAlchemyError):  # said by the check of the database
        return None
    return sites[0] if sites else None


def show(findings: Iterable[Finding]) -> None:
    """A line for each finding as it comes, what to do about it below. Wrapped for people; a pipe gets whole lines."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    across = max(NARROW, min(WIDE, console.width)) if console.is_terminal else None
    for finding in findings:
        colour, sign = SIGNS[finding.level]
        line = Text.assemble((f"{sign} ", colour), (f"{finding.subject:<{SUBJECT}}", "bold" if finding.advice else ""))
        line.append(_wrapped(finding.seen, across))
        if finding.advice:
            line.append(f"\n{' ' * INDENT}").append(_wrapped(finding.advice, across), colour)
        console.print(line, soft_wrap=True)


def _wrapped(text: str, across: int | None) -> str:
    """Never in the middle of a word: half a path or half a command cannot be copied."""
    if across is None:
        return text
    lines = textwrap.wrap(text, across - INDENT, break_long_words=False, break_on_hyphens=False)
    return f"\n{' ' * INDENT}".join(lines)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of findings for programs.")] = False,
    slow: Annotated[
        bool, typer.Option("--slow", help="Also wait for idle timeouts (a minute), and read a large database whole.")
    ] = False,
) -> None:
    """Look at everything that the server needs, from the disk to the websocket through the proxy."""
    from bot.commands.opening import open_settings
    from runtime import logs

    settings = open_settings()
    if settings.log_level != "debug":  # what goes wrong is a finding, and not a line of the log besides
        logs.configure(settings.model_copy(update={"log_level": "error"}))
    found: list[Finding] = []

    def seen() -> Iterator[Finding]:
        for finding in examine(settings, slow):
            found.append(finding)
            yield finding

    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in seen()], ensure_ascii=False, indent=2))
    else:
        show(seen())
        typer.echo(_sum(found))
    if any(finding.level == "fault" for finding in found):
        raise typer.Exit(1)


def _sum(found: list[Finding]) -> str:
    faults = sum(finding.level == "fault" for finding in found)
    looks = sum(finding.level == "look" for finding in found)
    if not faults and not looks:
        return "\nAll is well."
    return f"\nTo repair: {faults}. Worth a look: {looks}."

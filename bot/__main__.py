"""The command line: `svardesk`. What is heavy is imported inside the commands, so that help comes at once."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from bot.commands import accounts, backup, content, database, demo, doctor, importing, serve, sites
from runtime.errors import AppError, SettingsError

app = typer.Typer(
    name="svardesk",
    help="A support chat of your own: answers from your articles, and people when it should be people.",
    epilog="Settings are SVARDESK_* variables; docs/operating.md lists them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve.serve)
app.command()(demo.demo)
app.command()(database.migrate)
app.command()(backup.backup)
app.command()(backup.restore)
app.add_typer(importing.app, name="import")
app.command()(content.reindex)
app.command()(content.export)
app.command()(content.evaluate)
app.add_typer(accounts.app, name="account")
app.add_typer(sites.app, name="site")
app.command()(doctor.doctor)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("svardesk"))
        raise typer.Exit


@app.callback()
def _top(
    _asked: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """Options that belong to no command."""


def main() -> None:
    """Exit code 0 for done, 1 for a refusal, 2 for settings or usage that cannot work; never a traceback for those."""
    try:
        code = app(standalone_mode=False)  # else a fault is told in a drawn box
    except TyperException as error:
        said, status = error.format_message(), int(getattr(error, "exit_code", 2))
        if said:  # empty for a command without its subcommand, which has shown the help
            typer.echo(f"svardesk: {_plain_usage(said)}", err=True)
        sys.exit(status)
    except typer.Abort:
        typer.echo("svardesk: Stopped.", err=True)
        sys.exit(1)
    except AppError as error:
        for sentence in error.message.splitlines():
            typer.echo(f"svardesk: {sentence}", err=True)
        sys.exit(2 if isinstance(error, SettingsError) else 1)
    sys.exit(code if isinstance(code, int) else 0)


def _plain_usage(said: str) -> str:
    """One sentence, in the words that wrong settings get too."""
    from runtime.settings import plain

    before, middle, reason = said.rpartition(": Input ")
    sentence = f"{before}: it {plain(reason)}" if middle else said
    return sentence if sentence.endswith(("?", ".")) else f"{sentence}."


if __name__ == "__main__":
    main()

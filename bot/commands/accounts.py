"""`svardesk account`: accounts of the staff, for the first admin and for whoever has lost a password."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Accounts of the staff: add, list, password, disable.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="E-mail address of the account.")]


def _password(asked: bool) -> tuple[str, bool]:
    """From the keyboard (or a pipe) if asked, else a random one; and whether it must be shown."""
    from runtime.passwords import make_password

    if not asked:
        return make_password(), True
    return typer.prompt("Password", hide_input=True, confirmation_prompt=True), False


AskPassword = Annotated[bool, typer.Option("--ask-password", help="Ask for the password; else a random one is shown.")]


@app.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="Name, as customers see it.")],
    role: Annotated[str, typer.Option(help="agent, knowledge_manager, director or admin.")] = "agent",
    language: Annotated[str, typer.Option(help="Language of the console: en, da, sv, nb or nn.")] = "en",
    ask_password: AskPassword = False,
) -> None:
    """Add an account."""
    from bot.commands.opening import open_database, open_settings
    from runtime.accounts import create_account

    with open_database(open_settings()) as db:
        password, show = _password(ask_password)
        account = db.write_now(create_account, email, name, role, password, language)
    typer.echo(f"Added {account.email} ({account.role}).")
    if show:
        typer.echo(f"Password, shown only now: {password}")


@app.command("list")
def list_() -> None:
    """List the accounts."""
    from rich.console import Console
    from rich.table import Table

    from bot.commands.opening import open_database, open_settings
    from runtime.accounts import accounts

    with open_database(open_settings()) as db:
        found = db.read_now(accounts)
    table = Table("E-mail", "Name", "Role", "Language", "")
    for account in found:
        state = "disabled" if account.disabled else ""
        table.add_row(account.email, account.name, account.role.value, account.language, state)
    Console().print(table)


@app.command()
def password(email: Email, ask_password: AskPassword = False) -> None:
    """Give an account a new password; it is signed out everywhere."""
    from bot.commands.opening import open_database, open_settings
    from runtime.accounts import account_by_email, change_account
    from runtime.passwords import hash_password

    with open_database(open_settings()) as db:
        account = db.read_now(account_by_email, email)
        new, show = _password(ask_password)
        db.write_now(change_account, account.id, password_hash=hash_password(new))
    typer.echo(f"{account.email} has a new password.")
    if show:
        typer.echo(f"Password, shown only now: {new}")


@app.command()
def disable(
    email: Email, undo: Annotated[bool, typer.Option("--undo", help="Let the account sign in again.")] = False
) -> None:
    """Disable an account, or let it in again with --undo. What it has written stays."""
    from bot.commands.opening import open_database, open_settings
    from runtime.accounts import account_by_email, change_account

    with open_database(open_settings()) as db:
        account = db.read_now(account_by_email, email)
        db.write_now(change_account, account.id, disabled=not undo)
    typer.echo(f"{account.email} is {'in use again' if undo else 'disabled'}.")

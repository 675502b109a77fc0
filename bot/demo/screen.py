"""What `svardesk demo` prints: where to click, and the passwords of a first start."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bot.demo import Made
from runtime.settings import Settings


def show_passwords(made: Made) -> None:
    """At once, before anything can fail: nobody can look them up later."""
    console = Console()
    if not made.passwords:
        console.print(
            "The staff accounts are those of the first start. Forgotten? svardesk account password EMAIL",
            soft_wrap=True,
        )
        return
    table = Table("Sign in as", "Password", "Who", title="Staff accounts. The passwords are shown only now.")
    for account, password in made.passwords:
        table.add_row(account.email, password, f"{account.name}, {account.role.value.replace('_', ' ')}")
    console.print(table)


def tell_where_to_click(settings: Settings, made: Made) -> None:
    where = Table.grid(padding=(0, 2))
    where.add_row("The shop, with the chat on it", f"[bold]{made.shop_url}[/bold]")
    where.add_row("The agents' console", f"{settings.base_url}/console")
    where.add_row("The articles", f"{settings.base_url}/manager")
    where.add_row("How sure the assistant is", f"{settings.base_url}/certainty")
    console = Console()
    console.print()
    console.print(where)
    console.print("Stop with Ctrl+C.\n")

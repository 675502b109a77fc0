"""`svardesk site`: the websites that carry the widget, and the snippet to put on them."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Websites that carry the widget: set, list.", no_args_is_help=True)


@app.command("set")
def set_(
    name: Annotated[str, typer.Argument(help="Name of the company, as customers see it.")],
    origin: Annotated[
        list[str] | None, typer.Option(help="Origin of the site's pages, as https://www.example.com. May be repeated.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Language of the articles: en, da, sv, nb, nn; the first one leads.")
    ] = None,
    brand: Annotated[str | None, typer.Option(help="Colour of the widget, as #1c5f5a.")] = None,
    hours: Annotated[
        str | None,
        typer.Option(
            help='When people are at the chat: {"timezone": "Europe/Oslo", "mon": [["09:00", "17:00"]]}. {}: always.'
        ),
    ] = None,
) -> None:
    """Add a site, or change what is given of one. A running server knows it from the next chat on."""
    from bot.commands.opening import open_database, open_settings
    from bot.language import LANGUAGES
    from conversation.sites import check_brand, find_site, put_site
    from handoff.hours import parse_hours
    from runtime.errors import BadInput

    for one in language or []:
        if one not in LANGUAGES:
            raise BadInput(f"There is no language {one!r}. They are {', '.join(LANGUAGES)}.")
    if hours is not None:
        parse_hours(hours)
    settings = open_settings()
    with open_database(settings) as db:
        known = db.read_now(find_site, name)
        origins = origin or (list(known.origins) if known else [])
        if not origins:
            raise BadInput("Say where the widget will be: --origin https://www.example.com.")
        card = db.write_now(
            put_site,
            name,
            origins,
            language or (list(known.languages) if known else ["en"]),
            known.suggestions if known else None,
            check_brand(brand) if brand is not None else (known.brand if known else ""),
            hours if hours is not None else (known.hours if known else "{}"),
        )
    typer.echo(f"{card.name}: {', '.join(card.origins)} ({', '.join(card.languages)}). Put this on its pages:\n")
    typer.echo(snippet(card.key, settings.base_url))


@app.command("list")
def list_() -> None:
    """List the sites with their keys."""
    from rich.console import Console
    from rich.table import Table

    from bot.commands.opening import open_database, open_settings
    from conversation.sites import all_sites

    with open_database(open_settings()) as db:
        found = db.read_now(all_sites)
    table = Table("Name", "Key", "Origins", "Languages")
    for card in found:
        table.add_row(card.name, card.key, "\n".join(card.origins), ", ".join(card.languages))
    Console().print(table)


def snippet(key: str, base_url: str) -> str:
    """What a page needs: see docs/embedding.md."""
    return (
        "<script>window.svardesk=window.svardesk||function(){(svardesk.q=svardesk.q||[]).push(arguments)};\n"
        f"svardesk('boot',{{site:'{key}'}})</script><script async src=\"{base_url}/widget.js\"></script>"
    )

"""The demo: the invented outdoor shop Lyngvidde Friluft with its articles and staff. A second start finds it all."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.commands.opening import open_database, open_model
from bot.commands.progress import steps
from bot.copying import Steps
from bot.demo.shop_server import BACK_END
from conversation import sites
from knowledge_base import articles, versions
from knowledge_base.embedder import Embedder
from knowledge_base.intake import read_documents
from knowledge_base.publishing import import_documents
from runtime import accounts
from runtime.accounts import Account
from runtime.db import Database, Tx
from runtime.errors import NotFound
from runtime.passwords import make_password
from runtime.settings import Settings

NAME = "Lyngvidde Friluft"
FOLDER = Path(__file__).with_name("articles")
BRAND = "#2f5a46"
# The first language is that of the shop; Nynorsk readers get the bot's own words in Nynorsk, and articles in Bokmål.
LANGUAGES = ["da", "sv", "nb", "nn", "en"]
HOURS = {"timezone": "Europe/Copenhagen", **{day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}
STAFF = (
    ("maja@lyngvidde.example", "Maja", "agent", "da"),
    ("oskar@lyngvidde.example", "Oskar", "agent", "sv"),
    ("synne@lyngvidde.example", "Synne", "knowledge_manager", "nb"),
    ("kim@lyngvidde.example", "Kim", "director", "da"),
    ("admin@lyngvidde.example", "Admin", "admin", "en"),
)
SUGGESTIONS = {
    "da": ["Hvor er min pakke?", "Hvordan sender jeg noget retur?", "Hvordan bytter jeg størrelse?"],
    "sv": ["Var är mitt paket?", "Kan jag byta storlek?", "Hur fort får jag pengarna tillbaka?"],
    "nb": ["Hvor er pakken min?", "Kan jeg bytte størrelse?", "Hvordan vasker jeg skalljakken?"],
    "nn": ["Kva kostar frakta?", "Kor lang tid tek leveringa?", "Kan eg betale med Klarna?"],
    "en": ["Where is my parcel?", "Can I pay with Klarna?", "How do I return something?"],
}


@dataclass(frozen=True, slots=True)
class Made:
    """`passwords` are those of the accounts that were made just now; nobody can look them up later.

    `model` is the embedder if it was needed, for the server to go on with: it takes 300 MB and a second to open.
    """

    site_key: str
    shop_url: str
    passwords: tuple[tuple[Account, str], ...]
    model: Embedder | None = None


def prepare(settings: Settings, shop_port: int) -> Made:
    """Brings the database up to date and the demo into it; what is there already is left as people have edited it."""
    host = settings.base_url.rsplit(":", 1)[0] if not settings.public_url else "http://127.0.0.1"
    shop_url = f"{host}:{shop_port}"
    with open_database(settings) as db:
        site = db.write_now(
            sites.put_site, NAME, _origins(shop_url, shop_port), LANGUAGES, SUGGESTIONS, BRAND, json.dumps(HOURS)
        )
        with steps() as told:
            model = load_articles(db, settings, told)
        passwords = db.write_now(_add_staff)  # last: who stops the embedding half-way must not lose them
    return Made(site.key, shop_url, passwords, model)


def back_end_url(sock: socket.socket) -> str:
    """Where the shop's back end is for this machine itself, whatever address it listens on."""
    host, port = sock.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}{BACK_END}" if ":" in host else f"http://{host}:{port}{BACK_END}"


def _origins(shop_url: str, port: int) -> list[str]:
    """A machine's own names are the same to people, but not to browsers."""
    return sorted({shop_url, f"http://127.0.0.1:{port}", f"http://localhost:{port}"})


def _add_staff(tx: Tx) -> tuple[tuple[Account, str], ...]:
    added: list[tuple[Account, str]] = []
    for email, name, role, language in STAFF:
        try:
            accounts.account_by_email(tx, email)
        except NotFound:
            password = make_password()
            added.append((accounts.create_account(tx, email, name, role, password, language), password))
    return tuple(added)


def load_articles(db: Database, settings: Settings, told: Steps) -> Embedder | None:
    """Publishes the articles that are not there yet; others may have been edited. The model, if it was needed."""
    files = [(path.stem, path.parent.name) for path in FOLDER.glob("*/*.md")]  # parsing them all takes a second
    missing = db.read_now(_missing, files)
    if not missing:
        return None
    items = [each for each in read_documents(FOLDER).items if (each.article, each.language) in missing]
    told("loading the language model", 0, 1)
    model = open_model(settings)
    told("loading the language model", 1, 1)
    import_documents(db, model, items, NAME, lambda done, total: told("reading the shop's articles", done, total))
    return model


def _missing(tx: Tx, wanted: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    published = versions.published_state(tx)
    return {each for each in wanted if articles.document_id(*each) not in published and not _is_there(tx, *each)}


def _is_there(tx: Tx, article: str, language: str) -> bool:
    """Drafts and archived articles count too: somebody has worked on them."""
    try:
        articles.edition(tx, article, language)
    except NotFound:
        return False
    return True

"""The websites that carry the widget: their key, and the exact origins that may open a socket."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlmodel import select

from conversation.tables import Site
from runtime.db import Tx
from runtime.errors import BadInput, NotFound


@dataclass(frozen=True, slots=True)
class SiteCard:
    """What the program needs to know of a site. `suggestions` are questions to tap, by language.

    `shadow`: the assistant decides silently, and people answer.
    """

    id: int
    key: str
    name: str
    origins: tuple[str, ...]
    languages: tuple[str, ...]
    suggestions: dict[str, list[str]]
    brand: str
    hours: str = "{}"
    shadow: bool = False


def check_origin(text: str) -> str:
    """`https://host[:port]`, nothing more; BadInput otherwise."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or text != f"{parts.scheme}://{parts.netloc}":
        raise BadInput(f"{text!r} is not an origin. Write it like https://www.example.com, without a path.")
    return text


def check_brand(text: str) -> str:
    """`#1c5f5a`, or empty for the product's own; BadInput otherwise."""
    if text and not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise BadInput(f"{text!r} is not a colour. Write it like #1c5f5a.")
    return text


def find_site(tx: Tx, name: str) -> SiteCard | None:
    site = tx.session.exec(select(Site).where(Site.name == name)).first()
    return None if site is None else _card(site)


def put_site(
    tx: Tx,
    name: str,
    origins: list[str],
    languages: list[str],
    suggestions: dict[str, list[str]] | None = None,
    brand: str = "",
    hours: str = "{}",
) -> SiteCard:
    """Makes the site of that name, or gives it these settings; the key stays what it was."""
    if not languages:
        raise BadInput("A site needs at least one language.")
    session = tx.session
    site = session.exec(select(Site).where(Site.name == name)).first()
    if site is None:
        site = Site(key=tx.new_id(), name=name, origins="[]", languages="[]", created_at=tx.now)
    site.origins = json.dumps([check_origin(origin) for origin in origins])
    site.languages = json.dumps(languages)
    site.suggestions = json.dumps(suggestions or {}, ensure_ascii=False)
    site.brand = brand
    site.hours = hours
    session.add(site)
    session.flush()
    tx.notify("site", site.key)
    return _card(site)


def site_by_key(tx: Tx, key: str) -> SiteCard:
    site = tx.session.exec(select(Site).where(Site.key == key)).first()
    if site is None:
        raise NotFound("There is no site with this key. Copy the snippet again from the set-up page.")
    return _card(site)


def site_by_id(tx: Tx, site_id: int) -> SiteCard:
    site = tx.session.get(Site, site_id)
    if site is None:
        raise NotFound("There is no such site.")
    return _card(site)


def set_shadow(tx: Tx, key: str, on: bool) -> SiteCard:
    """NotFound."""
    site = tx.session.exec(select(Site).where(Site.key == key)).first()
    if site is None:
        raise NotFound("There is no site with this key.")
    site.shadow = on
    tx.session.add(site)
    tx.session.flush()
    tx.notify("site", site.key)
    return _card(site)


def all_sites(tx: Tx) -> list[SiteCard]:
    return [_card(site) for site in tx.session.exec(select(Site).order_by("id"))]


def _card(site: Site) -> SiteCard:
    return SiteCard(
        id=site.id or 0,
        key=site.key,
        name=site.name,
        origins=tuple(json.loads(site.origins)),
        languages=tuple(json.loads(site.languages)),
        suggestions=json.loads(site.suggestions),
        brand=site.brand,
        hours=site.hours,
        shadow=site.shadow,
    )

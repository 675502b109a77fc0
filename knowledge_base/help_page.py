"""A help page as HTML: an article in one language, or the words that it is not here. The looks are in help.css."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from knowledge_base.articles import Published
from knowledge_base.drafting import LANGUAGES
from knowledge_base.rendering import TOP_ON_PAGE, render

# Its own files and pictures, no script at all.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
STYLES = ("shared/tokens.css", "help/help.css")


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose page it is: the company's name and the address of its shop, both empty where they are not known."""

    name: str = ""
    shop_url: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says in one language. `others` stands before the links to the other languages."""

    name: str
    help: str
    others: str
    updated: str
    gone_title: str
    gone: str
    elsewhere: str
    months: str


WORDS = {
    "en": Words(
        "English",
        "Help",
        "Also in",
        "Updated {date}",
        "This page is not here",
        "It may have been moved or taken down. Ask us in the chat, and we will find the answer for you.",
        "You can read it in another language:",
        "January February March April May June July August September October November December",
    ),
    "da": Words(
        "Dansk",
        "Hjælp",
        "Findes også på",
        "Opdateret {date}",
        "Siden findes ikke her",
        "Den kan være flyttet eller taget ned. Spørg os i chatten, så finder vi svaret til dig.",
        "Du kan læse den på et andet sprog:",
        "januar februar marts april maj juni juli august september oktober november december",
    ),
    "sv": Words(
        "Svenska",
        "Hjälp",
        "Finns också på",
        "Uppdaterad {date}",
        "Sidan finns inte här",
        "Den kan ha flyttats eller tagits bort. Fråga oss i chatten, så letar vi upp svaret åt dig.",
        "Du kan läsa den på ett annat språk:",
        "januari februari mars april maj juni juli augusti september oktober november december",
    ),
    "nb": Words(
        "Norsk bokmål",
        "Hjelp",
        "Finnes også på",
        "Oppdatert {date}",
        "Siden finnes ikke her",
        "Den kan være flyttet eller tatt bort. Spør oss i chatten, så finner vi svaret for deg.",
        "Du kan lese den på et annet språk:",
        "januar februar mars april mai juni juli august september oktober november desember",
    ),
    "nn": Words(
        "Norsk nynorsk",
        "Hjelp",
        "Finst òg på",
        "Oppdatert {date}",
        "Sida finst ikkje her",
        "Ho kan vere flytta eller teken bort. Spør oss i chatten, så finn vi svaret for deg.",
        "Du kan lese henne på eit anna språk:",
        "januar februar mars april mai juni juli august september oktober november desember",
    ),
}


def address(language: str, article: str) -> str:
    return f"/help/{quote(language, safe='')}/{quote(article, safe='')}"


def article_page(article: Published, titles: Mapping[str, str], sender: Sender, styles: tuple[str, ...]) -> str:
    """The whole document. `titles` are those of all its languages, `sender` is whose page it is."""
    words = WORDS[article.language]
    body = render(article.body, top=TOP_ON_PAGE, language=article.language, same_tab=True, shop_url=sender.shop_url)
    moment = datetime.fromtimestamp(article.published_at / 1000, UTC)
    date = f'<time datetime="{moment:%Y-%m-%d}">{_date(moment, article.language)}</time>'
    others = {language: title for language, title in titles.items() if language != article.language}
    main = (
        f'<article><h1>{escape(article.title)}</h1>\n<div class="text">{body}</div>\n'
        f'<p class="updated">{words.updated.format(date=date)}</p></article>\n'
        f"{_languages(words.others, article.article, others)}"
    )
    links = "".join(
        f'<link rel="alternate" hreflang="{language}" href="{address(language, article.article)}">'
        for language in titles
    )
    return _document(article.language, article.title, links, main, sender, styles)


def missing_page(
    language: str, article: str, titles: Mapping[str, str], sender: Sender, styles: tuple[str, ...]
) -> str:
    """That the article is not here in `language`, said in it (English where it is none of ours), and where it is."""
    language = language if language in WORDS else "en"
    words = WORDS[language]
    said = _languages(words.elsewhere, article, titles) if titles else f"<p>{words.gone}</p>"
    main = f'<section class="missing"><h1>{words.gone_title}</h1>{said}</section>'
    return _document(language, words.gone_title, '<meta name="robots" content="noindex">', main, sender, styles)


def preferred_language(accepted: str, available: Mapping[str, str]) -> str | None:
    """The best of the available languages for an Accept-Language header (RFC 9110, 12.5.4); None without any."""
    wishes: list[tuple[float, str]] = []
    for part in accepted[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue
    for _, tag in sorted(wishes, key=lambda wish: wish[0]):
        for language in ("nb", "nn") if tag == "no" else (tag,):
            if language in available:
                return language
    return next((language for language in LANGUAGES if language in available), None)


def _date(moment: datetime, language: str) -> str:
    month = WORDS[language].months.split()[moment.month - 1]
    point = "" if language in ("en", "sv") else "."
    return f"{moment.day}{point} {month} {moment.year}"


def _languages(lead: str, article: str, titles: Mapping[str, str]) -> str:
    if not titles:
        return ""
    items = "".join(
        f'<li><a lang="{language}" hreflang="{language}" href="{address(language, article)}">'
        f"<b>{WORDS[language].name}</b> {escape(title)}</a></li>"
        for language, title in titles.items()
    )
    return f'<nav class="languages" aria-label="{escape(lead)}"><p>{lead}</p><ul>{items}</ul></nav>'


def _document(language: str, title: str, head: str, main: str, sender: Sender, styles: tuple[str, ...]) -> str:
    words = WORDS[language]
    sheets = "".join(f'<link rel="stylesheet" href="{escape(style)}">' for style in styles)
    name = f"<b>{escape(sender.name)}</b><span>{words.help}</span>" if sender.name else f"<b>{words.help}</b>"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(f'{title} · {sender.name}' if sender.name else title)}</title>\n{head}{sheets}\n</head>\n"
        f'<body>\n<header class="bar"><p>{name}</p></header>\n<main>\n{main}\n</main>\n</body>\n</html>\n'
    )

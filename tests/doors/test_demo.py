"""The demo: a shop page on an origin of its own, and a start that may be repeated without undoing anybody's work."""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.applications import Starlette

from bot import demo
from bot.commands import opening
from bot.demo.shop_server import build_shop
from conversation import sites
from knowledge_base import articles, versions
from runtime import accounts
from runtime.db import Database
from runtime.settings import Settings
from tests.embedders import HashEmbedder

CHAT = "http://127.0.0.1:8000"
KEY = "01abc"


def ask(path: str, shop: Starlette | None = None) -> httpx.Response:
    import anyio

    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(shop or build_shop(CHAT, KEY))
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            return await client.get(path)

    return anyio.run(get)


def test_the_page_embeds_the_widget_under_a_strict_policy() -> None:
    first, second = ask("/"), ask("/")
    policy = first.headers["content-security-policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    assert nonce[1] not in second.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert f"connect-src {CHAT} ws://127.0.0.1:8000;" in policy
    assert f'<script nonce="{nonce[1]}">window.svardesk=' in first.text
    assert f"svardesk('boot',{{site:'{KEY}'}})" in first.text
    assert f'<script async src="{CHAT}/widget.js"></script>' in first.text
    assert "style=" not in first.text, "the policy would drop it"


@pytest.mark.parametrize(
    ("path", "language", "word"),
    [("/", "da", "Læg i kurven"), ("/?lang=sv", "sv", "Lägg i varukorgen"), ("/?lang=nb", "nb", "Legg i handlekurven")],
)
def test_the_page_speaks_the_language_asked_for(path: str, language: str, word: str) -> None:
    page = ask(path).text
    assert f'<html lang="{language}">' in page
    assert word in page
    assert f'lang="{language}" aria-current="true"' in page


def test_the_texts_are_complete_in_every_language() -> None:
    from bot.demo.shop_server import _texts

    names = {language: set(texts) for language, texts in _texts().items()}
    assert set(names) == {"da", "sv", "nb", "en"}
    assert all(each == names["da"] for each in names.values())
    assert all(text.strip() for texts in _texts().values() for text in texts.values())


def test_nothing_from_the_address_gets_into_the_page() -> None:
    for path in ("/?lang=%22%3E%3Cscript%3E", "/%22%3E%3Cscript%3Ealert(1)?lang=da", "/search?q=%3Cscript%3E"):
        page = ask(path).text
        assert page.count("<script") == 2
        assert "<script>alert" not in page


def test_other_pages_are_not_built_and_help_is_at_the_chat() -> None:
    assert ask("/jobs?lang=nb").status_code == 404
    assert "ikke bygd ferdig" in ask("/jobs?lang=nb").text
    moved = ask("/help/how-to-return?lang=sv")
    assert (moved.status_code, moved.headers["location"]) == (302, f"{CHAT}/help/sv/how-to-return")


def test_files_of_the_page_and_no_others() -> None:
    assert ask("/files/shop.css").headers["content-type"] == "text/css; charset=utf-8"
    for path in ("/files/frame.html", "/files/texts.json", "/files/..%2f__init__.py", "/files/nothing.svg"):
        assert ask(path).status_code == 404


def test_a_second_start_finds_everything_and_undoes_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def open_model(_settings: Settings) -> HashEmbedder:
        opened.append(1)
        return HashEmbedder()

    monkeypatch.setattr(demo, "open_model", open_model)
    first = demo.prepare(settings, 8001)
    assert [account.role for account, _ in first.passwords] == [
        "agent",
        "agent",
        "knowledge_manager",
        "director",
        "admin",
    ]
    assert len({password for _, password in first.passwords}) == 5

    with opening.open_database(settings) as db:
        site = db.read_now(sites.site_by_key, first.site_key)
        assert site.origins == ("http://127.0.0.1:8001", "http://localhost:8001")
        assert len(db.read_now(accounts.accounts)) == 5
        before = db.read_now(versions.published_state)
        files = {articles.document_id(path.stem, path.parent.name) for path in demo.FOLDER.glob("*/*.md")}
        assert before.keys() == files
        assert len(files) >= 160
        _edit(db)
        edited = db.read_now(versions.published_state)

    second = demo.prepare(settings, 9001)
    assert second.passwords == ()
    assert second.site_key == first.site_key
    assert opened == [1], "nothing was missing, so no model was loaded"
    with opening.open_database(settings) as db:
        assert db.read_now(versions.published_state) == edited
        assert db.read_now(articles.edition, "gift-cards", "da").draft.title == "Min egen titel"
        assert db.read_now(sites.site_by_key, first.site_key).origins[0] == "http://127.0.0.1:9001"


def _edit(db: Database) -> None:
    """Somebody takes one article out of use and gives another a new title without publishing it."""
    db.write_now(versions.archive, "klarna-invoice", "sv", "Synne")
    there = db.read_now(articles.edition, "gift-cards", "da")
    draft = there.draft
    db.write_now(
        articles.save_draft, "gift-cards", "da", "Min egen titel", draft.questions, draft.body, there.revision, "Synne"
    )

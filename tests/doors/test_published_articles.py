"""What is published: what the assistant finds, in every worker and after a restart, and what the help pages show."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from conversation.sites import put_site
from knowledge_base import versions
from knowledge_base.drafting import draft_of
from knowledge_base.intake import Item
from knowledge_base.publishing import Library, import_documents
from runtime.bus import LocalBus
from runtime.db import Database
from runtime.settings import Settings
from tests.doors.article_desk import PARCEL, Desk, become, found, serving
from tests.embedders import HashEmbedder
from widget.assets import Assets

pytestmark = pytest.mark.anyio


async def test_a_draft_is_not_answered_with_until_it_is_published(desk: Desk) -> None:
    made = await desk.done("POST", "", PARCEL)
    assert (made["article"], made["state"], made["revision"]) == ("hvor-er-min-pakke", "draft", 1)
    assert made["updated_by"] == "Synne"
    assert made["published"] is None
    assert found(desk, "spor min pakke") == []
    out = await desk.done("POST", "/hvor-er-min-pakke/da/publish", {"revision": 1})
    assert (out["state"], out["published"]["version"], out["published"]["published_by"]) == ("published", 1, "Synne")
    assert found(desk, "spor min pakke") == [("hvor-er-min-pakke.da", PARCEL["body"])]


async def test_the_bot_answers_with_new_text_as_soon_as_it_is_published(desk: Desk) -> None:
    await desk.published()
    saved = await desk.edited(body="Ring til os.")
    assert (saved["state"], saved["revision"], saved["published"]["body"]) == ("changed", 2, PARCEL["body"])
    assert found(desk, "spor min pakke")[0][1] == PARCEL["body"]
    await desk.done("POST", "/hvor-er-min-pakke/da/publish", {"revision": 2})
    assert found(desk, "spor min pakke")[0][1] == "Ring til os."


async def test_every_worker_answers_with_the_new_text(desk: Desk, settings: Settings) -> None:
    """Two workers on one database and one bus, as in a scaled deployment."""
    bus = desk.db.bus
    assert isinstance(bus, LocalBus)
    async with serving(settings, bus) as other:
        await desk.published()
        await become(lambda: found(other, "spor min pakke") != [])
        assert found(other, "spor min pakke") == [("hvor-er-min-pakke.da", PARCEL["body"])]
        await desk.done("POST", "/hvor-er-min-pakke/da/archive")
        await become(lambda: found(other, "spor min pakke") == [])


async def test_a_lost_notice_is_made_up_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.published()
    await desk.published(title="Kan jeg returnere?", questions=[], body="Ja.")
    await desk.library.stop()
    await desk.edited(body="Ny tekst.")
    document = await desk.db.read(versions.to_publish, "hvor-er-min-pakke", "da", 2)
    vectors = desk.library.kb.encode(document)
    await desk.db.write(
        versions.publish, "hvor-er-min-pakke", "da", 2, desk.library.model, vectors, "somebody at a command line"
    )
    await desk.db.write(versions.archive, "kan-jeg-returnere", "da", "somebody")
    assert found(desk, "spor min pakke")[0][1] == PARCEL["body"]
    monkeypatch.setattr("knowledge_base.publishing.COMPARE_EVERY_S", 0.01)
    follower = asyncio.create_task(desk.library._follow())
    await become(lambda: found(desk, "spor min pakke") == [("hvor-er-min-pakke.da", "Ny tekst.")])
    await become(lambda: not desk.library.kb.is_unrehearsed)  # in the background, without being asked
    follower.cancel()


async def test_a_restart_takes_stored_vectors_and_another_model_makes_its_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.published()
    asked: list[int] = []
    encode = HashEmbedder.encode

    def counted(self: HashEmbedder, texts: Any, kind: Any) -> Any:
        asked.append(len(texts))
        return encode(self, texts, kind)

    monkeypatch.setattr(HashEmbedder, "encode", counted)

    async def started(embedder: HashEmbedder) -> Library:
        with ThreadPoolExecutor(1) as executor:
            library = Library(desk.db, embedder, executor)
            asked.clear()  # the new model's own mean vectors
            await library.start()
            await become(lambda: library.kb.size[0] == 1)
            await library.stop()
        return library

    again = await started(HashEmbedder())
    assert (again.kb.size[0], sum(asked), again.progress) == (1, 0, (0, 0))
    monkeypatch.setattr(HashEmbedder, "name", "hash-64-2")
    other = await started(HashEmbedder())
    assert (other.kb.size[0], sum(asked), other.progress) == (1, 3, (1, 1))
    assert (await desk.db.read(versions.entries, "hash-64-1"))[0].vectors is not None
    third = await started(HashEmbedder())
    assert (third.kb.size[0], sum(asked)) == (1, 0)


async def test_an_import_by_another_process_comes_in_without_a_restart(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With another model, so that every vector has to be made here; one article is gone meanwhile."""
    await desk.published()
    await desk.library.stop()
    await desk.db.write(versions.archive, "hvor-er-min-pakke", "da", "somebody")

    class Other(HashEmbedder):
        name = "another model"

    items = [
        Item(f"a{number}", "da", draft_of(f"Artikel {number}", (), "Tekst."), None, None, "") for number in range(60)
    ]
    elsewhere = Database(settings.database)
    await asyncio.to_thread(import_documents, elsewhere, Other(), items, "import")
    elsewhere.engine.dispose()
    monkeypatch.setattr("knowledge_base.publishing.COMPARE_EVERY_S", 0.01)
    monkeypatch.setattr("knowledge_base.publishing.REFILL_AT_ONCE", 55)
    follower = asyncio.create_task(desk.library._follow())
    await become(lambda: desk.library.kb.size[0] == 60)
    follower.cancel()
    assert "hvor-er-min-pakke.da" not in [name for name, _ in found(desk, "Hvor er min pakke?")]
    assert all(entry.vectors is not None for entry in await desk.db.read(versions.entries, desk.library.model))
    assert desk.library.progress == (61, 61)


async def test_an_article_for_the_staff_is_not_answered_with(desk: Desk) -> None:
    await desk.published()
    await desk.done("PATCH", "/hvor-er-min-pakke", {"audience": "internal", "action": "action_track"})
    assert found(desk, "spor min pakke") == []
    assert (await desk.client.get("/help/da/hvor-er-min-pakke")).status_code == 200
    desk.client.cookies.clear()
    assert (await desk.client.get("/help/da/hvor-er-min-pakke")).status_code == 404


async def test_a_help_page_is_quiet_and_safe(desk: Desk) -> None:
    await desk.db.write(put_site, "Lyngvidde <Friluft>", ["https://shop.example"], ["da"])
    await desk.published(
        title="Retur & <bytte>",
        body="## Sådan\n\nSe [her](/help/other) og [kontoen](/account). <script>alert(1)</script>",
    )
    await desk.published(id="retur-bytte", language="sv", title="Retur")
    desk.client.cookies.clear()
    page = await desk.client.get("/help/da/retur-bytte")
    assert page.status_code == 200
    assert '<html lang="da">' in page.text
    assert "<h1>Retur &amp; &lt;bytte&gt;</h1>" in page.text
    assert '<h2 id="sådan">Sådan</h2>' in page.text
    assert '<a href="/help/da/other" rel=' in page.text
    assert '<a href="https://shop.example/account" target="_blank" rel=' in page.text
    assert "Lyngvidde &lt;Friluft&gt;" in page.text
    assert '<a lang="sv" hreflang="sv" href="/help/sv/retur-bytte"><b>Svenska</b> Retur</a>' in page.text
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "script-src" not in page.headers["content-security-policy"]
    for style in ("shared/tokens.css", "help/help.css"):
        assert Assets().path(style) in page.text


async def test_a_page_that_is_not_there_says_so_in_the_reader_s_language(desk: Desk) -> None:
    await desk.published()
    desk.client.cookies.clear()
    page = await desk.client.get("/help/nb/hvor-er-min-pakke")
    assert page.status_code == 404
    assert '<html lang="nb">' in page.text
    assert "Siden finnes ikke her" in page.text
    assert 'href="/help/da/hvor-er-min-pakke"' in page.text
    for address in ("/help/xx/a", "/help/da/a%00", "/help/da/%3Cscript%3E"):
        missing = await desk.client.get(address)
        assert missing.status_code == 404
        assert "<script" not in missing.text


async def test_an_address_without_a_language_leads_to_the_reader_s(desk: Desk) -> None:
    await desk.published()
    await desk.published(id="hvor-er-min-pakke", language="nb")
    desk.client.cookies.clear()
    for accepted, language in (
        ("da-DK,da;q=0.9", "da"),
        ("no,en;q=0.5", "nb"),
        ("fi, nb;q=0.3, da;q=0.7", "da"),
        ("fi;q=x", "da"),
    ):
        answer = await desk.client.get("/help/hvor-er-min-pakke", headers={"Accept-Language": accepted})
        assert (answer.status_code, answer.headers["location"]) == (307, f"/help/{language}/hvor-er-min-pakke"), (
            accepted
        )
    assert (await desk.client.get("/help/nothing")).status_code == 404

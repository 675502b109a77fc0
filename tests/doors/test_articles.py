"""Articles through their doors: written, published, answered with, taken back, and read on their pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import SQLModel

from conversation.sites import put_site
from knowledge_base import api, versions
from knowledge_base.drafting import draft_of
from knowledge_base.intake import Item
from knowledge_base.publishing import Library, import_documents
from runtime import accounts, passwords
from runtime import api as runtime_api
from runtime.bus import LocalBus
from runtime.db import Database
from runtime.settings import Settings
from tests.embedders import HashEmbedder
from widget.assets import Assets

pytestmark = pytest.mark.anyio
PASSWORD = "blaabaer-og-birk"
HASH = passwords.hash_password(PASSWORD)  # once: it is slow on purpose
STAFF = (("Synne", "knowledge_manager"), ("Kim", "admin"), ("Maja", "agent"), ("Nils", "director"))
PARCEL = {
    "language": "da",
    "title": "Hvor er min pakke?",
    "questions": ["spor min pakke"],
    "body": "Følg pakken med **linket** i mailen.",
}


@dataclass(slots=True)
class Desk:
    """A client that is signed in, and the app's insides."""

    client: httpx.AsyncClient
    db: Database
    library: Library
    headers: dict[str, str]

    async def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.client.request(method, f"/api/v1/articles{path}", json=body, headers=self.headers)

    async def get(self, path: str = "", **query: Any) -> Any:
        response = await self.client.get(f"/api/v1/articles{path}", params=query)
        assert response.status_code == 200, response.text
        return response.json()

    async def done(self, method: str, path: str, body: Any = None) -> Any:
        response = await self.send(method, path, body)
        assert response.is_success, response.text
        return response.json()

    async def published(self, **changes: Any) -> Any:
        made = await self.done("POST", "", {**PARCEL, **changes})
        where = f"/{made['article']}/{made['language']}"
        return await self.done("POST", f"{where}/publish", {"revision": made["revision"]})

    async def edited(self, article: str = "hvor-er-min-pakke", **changes: Any) -> Any:
        """Saves the draft with these changes."""
        now = await self.get(f"/{article}/da")
        body = {name: now[name] for name in ("title", "questions", "body", "revision")}
        return await self.done("PUT", f"/{article}/da", {**body, **changes})

    async def sign_in(self, name: str) -> None:
        credentials = {"email": f"{name.lower()}@lyngvidde.dk", "password": PASSWORD}
        response = await self.client.post("/api/v1/session", json=credentials)
        assert response.status_code == 200, response.text
        self.headers = {"X-CSRF-Token": response.json()["csrf"]}


@asynccontextmanager
async def serving(settings: Settings, bus: LocalBus | None = None) -> AsyncIterator[Desk]:
    app, db, executor = FastAPI(), Database(settings.database, bus or LocalBus()), ThreadPoolExecutor(1)
    SQLModel.metadata.create_all(db.engine)
    app.state.settings, app.state.db, app.state.assets = settings, db, Assets()
    app.include_router(api.router)
    app.include_router(runtime_api.router)
    runtime_api.install_problems(app)
    db.start()
    library = app.state.library = Library(db, HashEmbedder(), executor)
    await library.start()
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.base_url) as client:
            yield Desk(client, db, library, {})
    finally:
        await library.stop()
        executor.shutdown()
        await db.stop()


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    async with serving(settings) as desk:
        for name, role in STAFF:
            await desk.db.write(accounts.add_account, f"{name.lower()}@lyngvidde.dk", name, role, HASH, "da")
        await desk.sign_in("Synne")
        yield desk


def found(desk: Desk, question: str) -> list[tuple[str, str]]:
    """What the bot would find: (document, text)."""
    return [(hit.document.id, hit.document.body) for hit in desk.library.kb.search(question, "da")]


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
        for _ in range(500):
            if found(other, "spor min pakke"):
                break
            await asyncio.sleep(0.01)
        assert found(other, "spor min pakke") == [("hvor-er-min-pakke.da", PARCEL["body"])]
        await desk.done("POST", "/hvor-er-min-pakke/da/archive")
        for _ in range(500):
            if not found(other, "spor min pakke"):
                break
            await asyncio.sleep(0.01)
        assert found(other, "spor min pakke") == []


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
    for _ in range(500):
        if found(desk, "spor min pakke") == [("hvor-er-min-pakke.da", "Ny tekst.")]:
            break
        await asyncio.sleep(0.01)
    follower.cancel()
    assert found(desk, "spor min pakke") == [("hvor-er-min-pakke.da", "Ny tekst.")]


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
            for _ in range(500):
                if library.kb.size[0] == 1:
                    break
                await asyncio.sleep(0.01)
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
    for _ in range(1000):
        if desk.library.kb.size[0] == 60:
            break
        await asyncio.sleep(0.01)
    follower.cancel()
    assert desk.library.kb.size[0] == 60
    assert "hvor-er-min-pakke.da" not in [name for name, _ in found(desk, "Hvor er min pakke?")]
    assert all(entry.vectors is not None for entry in await desk.db.read(versions.entries, desk.library.model))
    assert desk.library.progress == (60, 60)


async def test_who_saves_second_is_told_who_was_first(desk: Desk) -> None:
    await desk.done("POST", "", PARCEL)
    body = {"title": "a", "questions": [], "body": "", "revision": 1}
    await desk.done("PUT", "/hvor-er-min-pakke/da", body)
    await desk.sign_in("Kim")
    refused = await desk.send("PUT", "/hvor-er-min-pakke/da", {**body, "title": "b"})
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["by"]) == (409, "edited_elsewhere", "Synne")
    assert problem["at"].endswith("Z")
    stale = await desk.send("POST", "/hvor-er-min-pakke/da/publish", {"revision": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "edited_elsewhere")
    assert (await desk.get("/hvor-er-min-pakke/da"))["title"] == "a"


async def test_saving_the_same_words_changes_nothing(desk: Desk) -> None:
    await desk.published()
    saved = await desk.edited(questions=["spor min pakke", "  spor  min pakke", ""])
    assert (saved["revision"], saved["state"]) == (1, "published")


async def test_versions_stay_and_come_back_as_a_draft(desk: Desk) -> None:
    await desk.published()
    for revision, text in ((2, "To."), (3, "Tre.")):
        await desk.edited(body=text)
        await desk.done("POST", "/hvor-er-min-pakke/da/publish", {"revision": revision})
    listed = await desk.get("/hvor-er-min-pakke/da/versions", limit=2)
    assert [each["version"] for each in listed["items"]] == [3, 2]
    rest = await desk.get("/hvor-er-min-pakke/da/versions", cursor=listed["next_cursor"])
    assert [(each["version"], each["body"]) for each in rest["items"]] == [(1, PARCEL["body"])]
    draft = await desk.done("POST", "/hvor-er-min-pakke/da/revert", {"version": 1})
    assert (draft["state"], draft["revision"], draft["body"]) == ("changed", 4, PARCEL["body"])
    assert found(desk, "spor min pakke")[0][1] == "Tre."
    again = await desk.done("POST", "/hvor-er-min-pakke/da/publish", {"revision": 4})
    assert again["published"]["version"] == 4
    missing = await desk.send("POST", "/hvor-er-min-pakke/da/revert", {"version": 9})
    assert missing.status_code == 404


async def test_an_archived_article_is_not_answered_with_and_can_return(desk: Desk) -> None:
    await desk.published()
    gone = await desk.done("POST", "/hvor-er-min-pakke/da/archive")
    assert (gone["state"], gone["published"], gone["body"]) == ("archived", None, PARCEL["body"])
    assert found(desk, "spor min pakke") == []
    assert (await desk.client.get("/help/da/hvor-er-min-pakke")).status_code == 404
    back = await desk.done("POST", "/hvor-er-min-pakke/da/publish", {"revision": 1})
    assert (back["state"], back["published"]["version"]) == ("published", 2)
    assert found(desk, "spor min pakke") != []


async def test_languages_share_one_root(desk: Desk) -> None:
    await desk.published()
    await desk.published(id="hvor-er-min-pakke", language="sv", title="Var är mitt paket?")
    whole = await desk.get("/hvor-er-min-pakke")
    assert list(whole["languages"]) == ["da", "sv"]
    assert len(found(desk, "Hvor er min pakke?")) == 1
    twice = await desk.send("POST", "", {**PARCEL, "id": "hvor-er-min-pakke", "language": "sv"})
    assert (twice.status_code, twice.json()["code"]) == (409, "article_exists")
    second = await desk.done("POST", "", PARCEL)
    assert second["article"] == "hvor-er-min-pakke-2"


async def test_lists_articles_by_their_last_change_and_finds_words(desk: Desk) -> None:
    await desk.published(title="Ændre ordren", body="Se [Mine ordrer](/account).")
    for number in range(4):
        await desk.published(title=f"Artikel {number}", questions=[f"Nummer {number}"], body="100% uld_sok")
    first = await desk.get(limit=3)
    rest = await desk.get(limit=3, cursor=first["next_cursor"])
    assert len(first["items"]) == 3
    assert rest["next_cursor"] is None
    assert len({item["id"] for item in first["items"] + rest["items"]}) == 5
    times = [item["updated_at"] for item in first["items"] + rest["items"]]
    assert times == sorted(times, reverse=True)

    async def ids(q: str) -> list[str]:
        return sorted(item["id"] for item in (await desk.get(q=q))["items"])

    assert await ids("ændre") == ["aendre-ordren"]
    assert await ids("MINE ORDRER") == ["aendre-ordren"]
    assert await ids("nummer 2") == ["artikel-2"]
    assert len(await ids("0% uld_")) == 4
    assert await ids("0x uld") == []
    (item,) = (await desk.get(q="ændre"))["items"]
    assert item["languages"]["da"]["state"] == "published"
    assert item["languages"]["da"]["outdated"] is False


async def test_a_translation_is_outdated_when_the_original_is_published_anew(desk: Desk) -> None:
    await desk.published()
    await desk.published(id="hvor-er-min-pakke", language="sv")

    async def outdated() -> dict[str, bool]:
        (item,) = (await desk.get())["items"]
        return {language: line["outdated"] for language, line in item["languages"].items()}

    assert await outdated() == {"da": False, "sv": False}
    await desk.edited(body="Nyt.")
    assert await outdated() == {"da": False, "sv": False}
    await asyncio.sleep(0.002)  # times are in milliseconds
    await desk.done("POST", "/hvor-er-min-pakke/da/publish", {"revision": 2})
    assert await outdated() == {"da": False, "sv": True}


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"title": "x" * 201}, "too_long", "at most 200"),
        ({"questions": ["x" * 301]}, "too_long", "at most 300"),
        ({"questions": [f"q{n}" for n in range(51)]}, "too_long", "at most 50"),
        ({"body": "x" * 200_001}, "too_long", "at most 200,000"),
        ({"language": "fi"}, "bad_input", "no language"),
        ({"id": "../etc"}, "bad_input", "cannot be the id"),
        ({"audience": "all"}, "bad_input", "no audience"),
        ({"unknown": 1}, "bad_input", "unknown"),
    ],
)
async def test_says_what_does_not_fit(desk: Desk, changes: dict[str, Any], code: str, said: str) -> None:
    refused = await desk.send("POST", "", {**PARCEL, **changes})
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert said in refused.json()["detail"]


async def test_an_article_without_a_title_waits_for_one(desk: Desk) -> None:
    made = await desk.done("POST", "", {**PARCEL, "title": " "})
    refused = await desk.send("POST", f"/{made['article']}/da/publish", {"revision": 1})
    assert (refused.status_code, refused.json()["code"]) == (422, "title_missing")


@pytest.mark.parametrize("name", ["Maja", "Nils"])
async def test_only_its_keepers_write(desk: Desk, name: str) -> None:
    await desk.published()
    await desk.sign_in(name)
    for method, path, body in (
        ("POST", "", PARCEL),
        ("PUT", "/hvor-er-min-pakke/da", {"title": "a", "questions": [], "body": "", "revision": 1}),
        ("POST", "/hvor-er-min-pakke/da/publish", {"revision": 1}),
        ("POST", "/hvor-er-min-pakke/da/archive", None),
        ("POST", "/hvor-er-min-pakke/da/revert", {"version": 1}),
        ("PATCH", "/hvor-er-min-pakke", {"audience": "internal"}),
    ):
        assert (await desk.send(method, path, body)).status_code == 403, (method, path)
    assert (await desk.get("/hvor-er-min-pakke"))["id"] == "hvor-er-min-pakke"
    desk.client.cookies.clear()
    assert (await desk.client.get("/api/v1/articles")).status_code == 401


async def test_unknown_ones_are_not_found(desk: Desk) -> None:
    for path in ("/nothing", "/nothing/da", "/nothing/da/versions", "/a%00b/da", "/nothing/%F0"):
        assert (await desk.client.get(f"/api/v1/articles{path}")).status_code == 404, path
    assert (await desk.send("POST", "/a%00b/da/archive")).status_code == 404
    assert (await desk.client.get("/api/v1/articles", params={"cursor": "%%"})).status_code == 422


async def test_the_preview_is_what_customers_get(desk: Desk) -> None:
    html = (await desk.done("POST", "/preview", {"body": "**Ja** <script>", "language": "da"}))["html"]
    assert html == "<p><strong>Ja</strong> &lt;script&gt;</p>"


async def test_tries_a_question_with_a_draft_in_its_place(desk: Desk) -> None:
    await desk.published()
    now = await desk.done("POST", "/try", {"question": "spor min pakke", "language": "da"})
    assert now["threshold"] == 0.8
    assert now["outcome"] in ("answer", "offer", "hand_over")
    assert now["hits"][0]["article"] == "hvor-er-min-pakke"
    assert now["hits"][0]["matched"] == "spor min pakke"
    draft = {"article": "hvor-er-min-pakke", "language": "da", "title": "Elefanter", "questions": [], "body": "Grå."}
    tried = await desk.done("POST", "/try", {"question": "elefanter", "language": "da", "draft": draft})
    assert [(hit["title"], hit["passage"]) for hit in tried["hits"]] == [("Elefanter", "Grå.")]
    new = await desk.done(
        "POST", "/try", {"question": "elefanter", "language": "da", "draft": {**draft, "article": ""}}
    )
    assert len(new["hits"]) == 2
    assert found(desk, "elefanter") == [("hvor-er-min-pakke.da", PARCEL["body"])]
    nothing = await desk.done("POST", "/try", {"question": "  ", "language": "da"})
    assert (nothing["outcome"], nothing["hits"]) == ("hand_over", [])


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

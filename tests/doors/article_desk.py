"""A desk at which articles are written: a client that is signed in, and the app behind it with a small model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI
from sqlmodel import SQLModel

from handoff import api as handoff_api
from knowledge_base import api, api_certainty
from knowledge_base.libraries import Libraries
from knowledge_base.publishing import Library
from runtime import api as runtime_api
from runtime import passwords
from runtime.bus import LocalBus
from runtime.db import Database
from runtime.settings import Settings
from tests.embedders import HashEmbedder
from widget.assets import Assets

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
    for router in (api.router, api_certainty.router, handoff_api.router):
        app.include_router(router)
    app.include_router(runtime_api.router)
    runtime_api.install_problems(app)
    db.start()
    libraries = app.state.libraries = Libraries(db, HashEmbedder(), executor, "hash", lambda setting: HashEmbedder())
    await libraries.start()
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.base_url) as client:
            yield Desk(client, db, libraries.current, {})
    finally:
        await libraries.stop()
        executor.shutdown()
        await db.stop()


def found(desk: Desk, question: str) -> list[tuple[str, str]]:
    """What the bot would find: (document, text)."""
    return [(hit.document.id, hit.document.body) for hit in desk.library.kb.search(question, "da")]


async def become(condition: Callable[[], bool]) -> None:
    """For what comes in the background. TimeoutError after half a minute."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)

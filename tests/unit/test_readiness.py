"""/readyz while the database stands still: an answer, before the one who asks has lost patience."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from bot import app as app_module
from bot.app import build_app
from runtime.settings import Settings

pytestmark = pytest.mark.anyio


async def test_a_database_that_stands_still_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "READY_S", 0.05)

    async def read(_verb: Any) -> None:
        await asyncio.Event().wait()

    app = build_app(Settings())
    app.state.db, app.state.ready = SimpleNamespace(read=read), True
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        answer = await asyncio.wait_for(client.get("/readyz"), 20)
    assert (answer.status_code, answer.json()) == (503, {"status": "the database does not answer"})

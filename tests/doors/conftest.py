"""Fixtures of the doors."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from runtime import accounts
from runtime.settings import Settings
from tests.doors.article_desk import HASH, STAFF, Desk, serving


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    async with serving(settings) as desk:
        for name, role in STAFF:
            await desk.db.write(accounts.add_account, f"{name.lower()}@lyngvidde.dk", name, role, HASH, "da")
        await desk.sign_in("Synne")
        yield desk

"""Fixtures of the doors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from runtime import accounts
from runtime.settings import Settings
from tests.clients import close_all
from tests.doors.article_desk import HASH, STAFF, Desk, serving
from tests.doors.command_line import svardesk
from tests.doors.kept import backup_file, full_url
from tests.server import Server, running

assert svardesk  # these are fixtures
assert backup_file
assert full_url


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    async with serving(settings) as desk:
        for name, role in STAFF:
            await desk.db.write(accounts.add_account, f"{name.lower()}@lyngvidde.dk", name, role, HASH, "da")
        await desk.sign_in("Synne")
        yield desk


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("server") / "data"
    with running(folder, SVARDESK_CUSTOMER_BURST="50", SVARDESK_SOCKETS_PER_ADDRESS="60") as found:
        yield found


@pytest.fixture
async def sockets_are_closed() -> AsyncIterator[None]:
    """However the test ends."""
    yield
    await close_all()

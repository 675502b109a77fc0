"""A real server under too many sockets: who is refused, who gets through, and how it says so."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.clients import OPEN, ask, customer
from tests.doors.command_line import Run
from tests.server import SITE_ORIGIN, Server, running

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sockets_are_closed")]
FLOOD = 2000
AT_ONCE = 100


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("admission") / "data"
    with running(folder, SVARDESK_SOCKETS_PER_ADDRESS="5", SVARDESK_MAX_SOCKETS="12") as found:
        yield found


async def handshake(server: Server, address: str) -> int:
    """The status of an answer to a handshake, as cheaply as it can be had; 101 is closed at once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, local_addr=(address, 0))
    request = (
        f"GET /ws/customer/{server.facts['site']} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {SITE_ORIGIN}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    try:
        writer.write(request.encode())
        line = await reader.readline()
        return int(line.split()[1])
    finally:
        writer.close()


async def test_a_flood_from_one_address_does_not_keep_others_out(server: Server) -> None:
    found: Counter[int] = Counter()
    some = asyncio.Semaphore(AT_ONCE)

    async def knock() -> None:
        async with some:
            found[await handshake(server, "127.0.0.9")] += 1

    flood = asyncio.gather(*(knock() for _ in range(FLOOD)))
    client, _ = await customer(server)
    await ask(client)
    assert not flood.done()
    await flood
    assert found[429] > FLOOD * 0.9, found
    assert set(found) <= {101, 429}
    await client.close()


async def test_a_full_server_says_when_to_come_back(server: Server) -> None:
    site = server.facts["site"]
    url = f"{server.ws}/ws/customer/{site}"
    statuses: list[int] = []
    for number in range(15):
        local = (f"127.0.1.{number + 1}", 0)
        try:
            OPEN.append(await connect(url, origin=SITE_ORIGIN, local_addr=local))  # type: ignore[arg-type]
            statuses.append(101)
        except InvalidStatus as refused:
            statuses.append(refused.response.status_code)
            wait = refused.response.headers["Retry-After"]
    assert statuses == [101] * 12 + [503] * 3
    assert 1 <= int(wait) <= 10


async def test_sqlite_has_one_worker(svardesk: Run) -> None:
    ended = svardesk("serve", "--workers", "2", "--port", "0")
    assert ended.returncode == 2
    assert ended.stderr.strip().splitlines() == [
        "svardesk: SQLite serves one process, not 2: name a PostgreSQL database in SVARDESK_DATABASE_URL, "
        "or set SVARDESK_WORKERS to 1."
    ]

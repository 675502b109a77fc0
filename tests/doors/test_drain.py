"""The end of a server: SIGTERM with live chats, with readers who do not read, and a second signal."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.clients import closing_code, customer, new_id
from tests.server import ROOT, SITE_ORIGIN, Server, prepare

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sockets_are_closed")]
SETTINGS = {
    "SVARDESK_CUSTOMER_BURST": "10000",
    "SVARDESK_CUSTOMER_MESSAGES_PER_S": "1000",
    "SVARDESK_SOCKETS_PER_ADDRESS": "1000",
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One that a test may end."""
    folder = tmp_path / "data"
    prepare(folder, articles=12)
    found = Server(folder, settings=dict(SETTINGS))
    yield found
    if found.process is not None and found.process.poll() is None:
        found.kill()


def stored(server: Server) -> set[str]:
    """Client ids of what customers said, as the database has it after the end."""
    engine = sa.create_engine(f"sqlite:///{server.folder / 'svardesk.sqlite3'}", poolclass=sa.NullPool)
    with engine.connect() as connection:
        found = set(connection.execute(sa.text("SELECT client_id FROM entry WHERE kind = 'said'")).scalars())
    engine.dispose()
    return found


async def test_live_chats_are_sent_home_and_nothing_acked_is_lost(server: Server) -> None:
    await asyncio.to_thread(server.start)
    assert server.process is not None
    acked: set[str] = set()
    codes: list[int] = []

    async def chat() -> None:
        client, _ = await customer(server)
        try:
            while True:
                await client.send("say", client_id=new_id(), text="Hvor er min pakke?")
                acked.add((await client.frame("ack"))["data"]["client_id"])
        except ConnectionClosed as closed:
            codes.append(closed.rcvd.code if closed.rcvd is not None else 1006)
            acked.update(frame["data"]["client_id"] for frame in client.frames if frame["type"] == "ack")

    chats = [asyncio.create_task(chat()) for _ in range(40)]
    async with asyncio.timeout(60):
        while len(acked) < 80:  # noqa: ASYNC110 - the chats fill it
            await asyncio.sleep(0.02)
    server.process.send_signal(signal.SIGTERM)
    await asyncio.wait_for(asyncio.gather(*chats), 30)
    assert codes == [1012] * 40
    assert await asyncio.to_thread(server.process.wait, 20) == 0
    assert acked <= stored(server)
    assert not (server.folder / "svardesk.sqlite3-wal").exists(), "what stands in the WAL belongs in the file"


async def test_who_does_not_read_holds_nobody_up(server: Server) -> None:
    await asyncio.to_thread(server.start)
    assert server.process is not None
    client, _ = await customer(server)
    talker, _ = await customer(server)
    sitting = await connect(f"{server.ws}/ws/customer/{server.facts['site']}", origin=SITE_ORIGIN)  # type: ignore[arg-type]
    plain = socket.create_connection(("127.0.0.1", server.port))  # says nothing at all
    raw = client.socket.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    client.socket.transport.pause_reading()
    for _ in range(100):
        await client.send("say", client_id=new_id(), text="x" * 4000)
    await talker.send("say", client_id=new_id(), text="Hej")
    await talker.frame("ack")
    server.process.send_signal(signal.SIGTERM)
    assert await closing_code(talker.socket) == 1012
    assert await closing_code(sitting) == 1012
    assert await asyncio.to_thread(server.process.wait, 20) == 0
    assert "ended_unfinished" not in server.log()
    plain.close()
    client.socket.transport.abort()


async def drains(server: Server) -> None:
    """Until it says so."""
    async with httpx.AsyncClient() as http, asyncio.timeout(20):
        while (await http.get(f"{server.url}/readyz")).status_code != 503:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_while_it_drains_nobody_gets_in_and_the_balancer_is_told(server: Server) -> None:
    server.settings["SVARDESK_DRAIN_DELAY_S"] = "8"  # time for all of this
    await asyncio.to_thread(server.start)
    assert server.process is not None
    client, _ = await customer(server)
    server.process.send_signal(signal.SIGTERM)
    await drains(server)
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"{server.url}/healthz")).status_code == 200
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{server.ws}/ws/customer/{server.facts['site']}", origin=SITE_ORIGIN)  # type: ignore[arg-type]
    assert refused.value.response.status_code == 503
    assert 1 <= int(refused.value.response.headers["Retry-After"]) <= 10
    await client.send("say", client_id=new_id(), text="Jeg er her endnu")
    await client.frame("ack")  # who is inside is served until the door closes
    assert await closing_code(client.socket) == 1012
    assert await asyncio.to_thread(server.process.wait, 20) == 0


async def test_an_end_right_after_the_start_does_not_wait_for_the_language_model(
    server: Server, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import time\nimport bot.language\nbot.language.warm_up = lambda: time.sleep(3600)\n"
    )
    server.settings["PYTHONPATH"] = f"{tmp_path}:{ROOT}"
    await asyncio.to_thread(server.start)
    assert await asyncio.to_thread(server.stop) == 0
    assert "ended_unfinished" not in server.log()
    assert "Warning" not in server.log()


async def test_a_second_signal_ends_it_at_once_without_losing_what_was_acked(server: Server) -> None:
    server.settings["SVARDESK_DRAIN_DELAY_S"] = "120"
    await asyncio.to_thread(server.start)
    assert server.process is not None
    client, _ = await customer(server)
    acked = []
    for _ in range(5):
        acked.append(new_id())
        await client.send("say", client_id=acked[-1], text="Hej")
        await client.frame("ack")
    server.process.send_signal(signal.SIGTERM)
    await drains(server)  # two signals that come before the first is looked at are one
    server.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(server.process.wait, 30) == 1
    assert set(acked) <= stored(server)


async def test_a_second_server_on_one_sqlite_file_is_refused_in_a_sentence(server: Server) -> None:
    await asyncio.to_thread(server.start)
    second = Server(server.folder)
    with pytest.raises(AssertionError, match="Another server uses the database"):
        await asyncio.to_thread(second.start)
    assert second.process is not None
    assert second.process.returncode != 0
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"{server.url}/readyz")).status_code == 200
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(second.start)  # the lock ends with its process
    assert await asyncio.to_thread(second.stop) == 0

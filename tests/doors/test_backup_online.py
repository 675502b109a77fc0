"""A backup while customers write: one moment of everything, with all that was acknowledged before it began."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.customer_socket import FRAMES_PER_S
from tests.clients import Client, ask, close_all, customer, new_id
from tests.server import ROOT, Server, prepare

WRITERS = 4


@pytest.fixture
async def server(database_url: str, tmp_path: Path) -> AsyncIterator[Server]:
    folder = tmp_path / "data"
    await asyncio.to_thread(prepare, folder, None, database_url)
    more = {
        "SVARDESK_DATABASE_URL": database_url,
        "SVARDESK_CUSTOMER_BURST": "10000",
        "SVARDESK_CUSTOMER_MESSAGES_PER_S": "1000",
    }
    found = await asyncio.to_thread(Server(folder, settings=more).start)
    yield found
    await close_all()
    await asyncio.to_thread(found.stop)


async def command(server: Server, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "SVARDESK_DATA_FOLDER": str(server.folder)}
    settings = {**environment, **server.settings, **more}

    def run() -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "bot", *words]
        return subprocess.run(line, cwd=server.folder, env=settings, capture_output=True, text=True, check=False)

    return await asyncio.to_thread(run)


def table(path: Path, name: str) -> list[dict[str, Any]]:
    with zipfile.ZipFile(path) as found:
        manifest = json.loads(found.read("manifest.json"))
        held = next(one for one in manifest["tables"] if one["table"]["name"] == name)
        names = [column["name"] for column in held["table"]["columns"]]
        return [
            dict(zip(names, json.loads(line), strict=True)) for line in found.read(f"tables/{name}.jsonl").splitlines()
        ]


async def go_on_writing(client: Client, acked: list[str], more: asyncio.Event) -> None:
    while True:
        text = new_id()
        await client.send("say", client_id=text, text=text)
        await client.frame("ack", client_id=text)
        acked.append(text)
        if len(acked) % 20 == 0:
            more.set()
        await asyncio.sleep(1 / FRAMES_PER_S)  # a server that answers faster refuses who writes as fast as it does


@pytest.mark.anyio
async def test_all_that_was_acknowledged_before_is_in_it(server: Server, tmp_path: Path) -> None:
    clients = [(await customer(server))[0] for _ in range(WRITERS)]
    for client in clients:
        await ask(client)
    acked: list[str] = []
    more = asyncio.Event()
    writing = [asyncio.create_task(go_on_writing(client, acked, more)) for client in clients]
    try:
        for round_ in range(3):
            more.clear()
            await asyncio.wait_for(more.wait(), 60)
            before = set(acked)
            path = tmp_path / f"{round_}.zip"
            done = await command(server, "backup", str(path))
            assert done.returncode == 0, done.stderr
            assert len(acked) > len(before), "the server went on meanwhile"
            entries, conversations = table(path, "entry"), table(path, "conversation")
            assert before <= {entry["client_id"] for entry in entries}
            assert len(conversations) == WRITERS
            for one in conversations:  # one moment: the row and its entries agree, without a gap
                seqs = sorted(entry["seq"] for entry in entries if entry["conversation_id"] == one["id"])
                assert seqs == list(range(1, one["last_seq"] + 1))
    finally:
        for task in writing:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*writing)


@pytest.mark.anyio
async def test_a_restored_chat_goes_on_where_the_backup_ends(server: Server, tmp_path: Path) -> None:
    client, welcome = await customer(server)
    conversation, _ = await ask(client, "Kan jeg få pengene tilbage?")
    await client.send("request_human", client_id=new_id())
    await client.frame("state", status="queued")
    done = await command(server, "backup", str(tmp_path / "all.zip"))
    assert done.returncode == 0, done.stderr
    shown = max(client.seqs)
    await client.send("say", client_id="lost-after", text="Dette kom efter sikkerhedskopien")
    lost = (await client.frame("ack", client_id="lost-after"))["data"]["seq"]
    assert lost > shown

    refused = await command(server, "restore", str(tmp_path / "all.zip"), "--replace")
    assert refused.returncode == 1
    assert "Stop" in refused.stderr, "a running server is not robbed of its database"
    await close_all()
    assert await asyncio.to_thread(server.stop) == 0
    done = await command(server, "restore", str(tmp_path / "all.zip"), "--replace")
    assert done.returncode == 0, done.stderr
    await asyncio.to_thread(server.start)

    token, epoch = welcome["data"]["token"], welcome["data"]["epoch"]
    again, hello = await customer(server, token, [{"conversation": conversation, "after_seq": lost}], epoch=epoch)
    assert hello["data"]["epoch"] != epoch
    assert hello["data"]["state"]["status"] == "queued"
    await again.frame("resync_required")
    await again.frame("replay_end")
    assert again.seqs == list(range(1, hello["data"]["last_seq"] + 1)), "from the first entry on: the cache is dropped"
    await again.send("say", client_id="lost-after", text="Dette kom efter sikkerhedskopien")
    ack = await again.frame("ack", client_id="lost-after")
    assert ack["data"]["seq"] == hello["data"]["last_seq"] + 1, "what the browser still had is taken once more"

"""Writes down the database of this release, as its own server leaves it when it is killed in the middle of chats.

Run it in a checkout of a release before a new revision is added: `python -m tests.upgrade.record FILE`.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedder import Kind
from tests.clients import ask, customer, new_id, staff
from tests.embedders import HashEmbedder
from tests.server import PASSWORD, ROOT, SITE_ORIGIN, Server

SLOW = "langsomt"  # a question with this word is not answered before the server is killed


class SlowEmbedder(HashEmbedder):
    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        if any(SLOW in text for text in texts):
            time.sleep(60)
        return super().encode(texts, kind)


def prepare(folder: Path) -> None:
    """A site, an agent and two articles."""
    from bot.migrations import migrate
    from conversation.sites import put_site
    from knowledge_base.intake import read_documents
    from knowledge_base.publishing import import_documents
    from runtime.accounts import create_account
    from runtime.db import Database

    folder.mkdir(mode=0o700, exist_ok=True)
    db = Database(f"sqlite:///{folder / 'svardesk.sqlite3'}")
    migrate(db.engine)
    site = db.write_now(put_site, "Lyngvidde Friluft", [SITE_ORIGIN], ["da", "en"])
    db.write_now(create_account, "maja@lyngvidde.example", "Maja", "agent", PASSWORD)
    few = [one for one in read_documents(ROOT / "bot/demo/articles").items if one.language == "da"][:2]
    import_documents(db, HashEmbedder(), few, "test")
    db.engine.dispose()
    facts = {"site": site.key, "accounts": {"Maja": "maja@lyngvidde.example"}}
    (folder / "facts.json").write_text(json.dumps(facts))


async def live(server: Server) -> dict[str, Any]:
    """Three customers: one with an agent, one who is done and has rated, one who waits for the bot. Then the kill."""
    talking, first = await customer(server)
    conversation, _ = await ask(talking, "Hvordan returnerer jeg en vare? Æ, ø og å 🧊")
    await talking.send("request_human", client_id=new_id())
    await talking.frame("state", status="queued")
    agent, _ = await staff(server, "Maja")
    await agent.send("claim", conversation, client_id=new_id())
    await talking.entry("claimed")
    await agent.send("note", conversation, client_id=new_id(), text="Kunden har skrevet før.")
    await agent.send("reply", conversation, client_id=new_id(), text="Hej, det er Maja. Hvad er ordrenummeret?")
    await talking.entry("replied")
    await talking.send("say", client_id="order-number", text="Det er 10-4711.")
    last = (await talking.frame("ack", client_id="order-number"))["data"]["seq"]
    await talking.send("seen", seq=last)

    done, second = await customer(server)
    await ask(done, "Tak for hjælpen!")
    await done.send("end", client_id=new_id())
    await done.frame("state", status="resolved")
    await done.send("rate", client_id=new_id(), value=5, comment="Hurtigt svar")
    rated = (await done.frame("ack"))["data"]["seq"]

    waiting, third = await customer(server)
    other, asked = await ask(waiting, f"Hvor {SLOW} er leveringen?")
    await asyncio.sleep(0.5)
    server.kill()
    return {
        "talking": {"token": first["data"]["token"], "conversation": conversation, "seq": last},
        "done": {"token": second["data"]["token"], "conversation": done.frames[-1].get("conversation"), "seq": rated},
        "waiting": {"token": third["data"]["token"], "conversation": other, "seq": asked},
        "epoch": first["data"]["epoch"],
    }


def dump(folder: Path, told: dict[str, Any], target: Path) -> None:
    """One line of what the clients know, then a line for each row."""
    connection = sqlite3.connect(folder / "svardesk.sqlite3")
    connection.row_factory = sqlite3.Row
    [[revision]] = connection.execute("SELECT version_num FROM alembic_version")
    names = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
        if name != "alembic_version" and not name.startswith("sqlite_")
    ]
    facts = json.loads((folder / "facts.json").read_text())
    secret = (folder / "secret.key").read_text().strip()
    head = {"revision": revision, "recorded_at": int(time.time() * 1000), "secret": secret, "facts": facts, **told}
    lines = [json.dumps(head)]
    for name in names:
        for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - names of tables
            values = {
                key: {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
                for key, value in dict(row).items()
            }
            lines.append(json.dumps([name, values], ensure_ascii=False))
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{target}: revision {revision}, {len(lines) - 1} rows of {len(names)} tables")


def start(folder: Path) -> Server:
    """This release's server, with the embedder that takes its time."""
    server = Server(folder)
    settings = {"DATA_FOLDER": str(folder), "PORT": str(server.port), "ANSWER_DEADLINE_S": "60"}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **{f"SVARDESK_{name}": one for name, one in settings.items()}}
    server.process = subprocess.Popen([sys.executable, "-m", "tests.upgrade.record"], env=environment, cwd=ROOT)
    while True:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{server.url}/readyz", timeout=2).status_code == 200:
                return server
        time.sleep(0.1)


def record(target: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        prepare(folder)
        server = start(folder)
        try:
            told = asyncio.run(live(server))
        finally:
            server.kill()
        dump(folder, told, target)


def serve() -> None:
    from bot import serving
    from bot.app import build_app
    from runtime import logs
    from runtime.settings import load

    settings = load()
    logs.configure(settings)
    sock, settings = serving.listen(settings)
    serving.run(build_app(settings, SlowEmbedder()), settings, sock)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        record(Path(sys.argv[1]))
    else:
        serve()

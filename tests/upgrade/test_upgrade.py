"""From the last release to this one, on both databases: chats go on, and killed upgrades undo themselves."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import migrations
from bot.keeping import back_up, restore
from runtime.db import make_engine
from runtime.errors import SettingsError
from tests.clients import close_all, customer, new_id, staff
from tests.killed import DONE, run_and_kill
from tests.server import ROOT, Server
from tests.upgrade.last_release import HEAD, content, load


def upgrade(url: str) -> None:
    engine = make_engine(url)
    migrations.migrate(engine)
    engine.dispose()


def revision(url: str) -> str | None:
    engine = make_engine(url)
    found = migrations.current(engine)
    engine.dispose()
    return found


@pytest.fixture
def old_url(database_url: str, tmp_path: Path) -> str:
    load(database_url, tmp_path / "data")
    assert revision(database_url) == HEAD["revision"] != migrations.newest()
    return database_url


def test_the_rows_of_the_old_release_keep_their_content(old_url: str) -> None:
    before = content(old_url)
    assert before["entry"].rows == 13
    upgrade(old_url)
    assert revision(old_url) == migrations.newest()
    assert content(old_url) == before


def statements(url: str) -> int:
    """How many statements the upgrade of a copy takes."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1

    load(url)
    sa.event.listen(sa.Engine, "after_cursor_execute", count)
    try:
        upgrade(url)
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", count)
    return seen


def test_an_upgrade_killed_after_any_of_its_statements_leaves_the_old_state(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if database_url.startswith("sqlite"):
        other = f"sqlite:///{tmp_path / 'copy.sqlite3'}"
    else:
        other = request.getfixturevalue("make_postgresql_url")()
    last = statements(other)
    assert last > 10
    load(database_url)
    before = content(database_url)
    for after in range(1, last):
        end = run_and_kill(lambda: upgrade(database_url), after)
        if end == DONE:  # statements vary by one or two with what the pool asks a new connection
            assert after > last - 5
            break
        assert end == signal.SIGKILL
        if revision(database_url) == migrations.newest():  # killed after its commit
            assert after > last - 5
            break
        assert revision(database_url) == HEAD["revision"]
        assert content(database_url) == before
    upgrade(database_url)
    assert revision(database_url) == migrations.newest()
    assert content(database_url) == before


def test_a_downgrade_is_refused_with_a_sentence(old_url: str) -> None:
    """An older program on an upgraded database: here, this one on the database of a later one."""
    engine = make_engine(old_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'later'"))
    before = content(old_url)
    with pytest.raises(SettingsError, match="restore a backup from before the upgrade"):
        migrations.migrate(engine)
    engine.dispose()
    assert revision(old_url) == "later"
    assert content(old_url) == before


def test_a_backup_of_the_last_release_is_restored_into_this_one(
    old_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = content(old_url)
    saved = back_up(old_url, tmp_path / "old.zip")
    assert saved.manifest.revision == HEAD["revision"]
    assert revision(old_url) == HEAD["revision"], "a backup changes nothing"
    other = request.getfixturevalue("make_postgresql_url")()
    for url in (f"sqlite:///{tmp_path / 'new.sqlite3'}", other):
        assert restore(url, tmp_path / "old.zip").upgraded
        assert revision(url) == migrations.newest()
        after = content(url)
        assert {name for name in before if after[name] != before[name]} == {"login", "meta"}


@pytest.fixture
async def server(old_url: str, tmp_path: Path) -> AsyncIterator[Server]:
    """Upgraded by the command, as an operator does, and started in the same data folder."""
    found = Server(tmp_path / "data", settings={"SVARDESK_DATABASE_URL": old_url})
    environment = {**os.environ, **found.settings, "SVARDESK_DATA_FOLDER": str(found.folder), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bot", "migrate"]
    done = await asyncio.to_thread(
        subprocess.run, command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"now at revision {migrations.newest()}" in done.stdout
    await asyncio.to_thread(found.start)
    yield found
    await close_all()
    await asyncio.to_thread(found.stop)


@pytest.mark.anyio
async def test_chats_go_on_through_the_upgrade(server: Server) -> None:
    """Each customer comes back as its browser does: with its token, its epoch, and the last number it has shown."""
    talking, waiting, done = HEAD["talking"], HEAD["waiting"], HEAD["done"]

    def resume(who: dict[str, object]) -> list[dict[str, object]]:
        return [{"conversation": who["conversation"], "after_seq": who["seq"]}]

    client, hello = await customer(server, talking["token"], resume(talking), epoch=HEAD["epoch"])
    assert hello["data"]["epoch"] == HEAD["epoch"], "nothing that a browser keeps has become wrong"
    assert hello["conversation"] == talking["conversation"]
    assert hello["data"]["last_seq"] == talking["seq"]
    assert (hello["data"]["state"]["status"], hello["data"]["state"]["agent"]) == ("assigned", "Maja")
    agent, chats = await staff(server, "Maja")  # her password and her chat are there
    assert talking["conversation"] in [row["id"] for row in chats["data"]["items"]]
    await client.send("say", client_id=new_id(), text="Er du der endnu?")
    assert (await client.frame("ack"))["data"]["seq"] == talking["seq"] + 1
    await agent.send("open", talking["conversation"], after_seq=0)
    await agent.send("reply", talking["conversation"], client_id=new_id(), text="Ja, vi blev lige opdateret.")
    replied = await client.entry("replied")
    assert replied["seq"] == talking["seq"] + 2
    assert client.seqs == [talking["seq"] + 1, talking["seq"] + 2], "nothing missed, nothing twice"
    await client.send("say", client_id="order-number", text="Det er 10-4711.")
    assert (await client.frame("ack"))["data"]["seq"] == talking["seq"], "what the old server took is known by its id"

    late, hello = await customer(server, waiting["token"], resume(waiting), epoch=HEAD["epoch"])
    await late.until(
        lambda frame: (
            frame["type"] == "entry" and frame["data"]["kind"] in ("answered", "offered", "remarked", "handoff")
        ),
        "an answer to the question that the old server acknowledged and did not answer",
    )

    _, hello = await customer(server, done["token"], resume(done), epoch=HEAD["epoch"])
    assert hello["data"]["state"]["status"] == "resolved"
    assert hello["data"]["state"]["rated"] == 5

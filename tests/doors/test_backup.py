"""Backup and restore through the command line, on both databases: all of it, or nothing and a sentence."""

from __future__ import annotations

import json
import os
import resource
import signal
import stat
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import migrations
from bot.keeping import back_up, restore
from runtime import rows
from runtime.db import make_engine
from tests.bulk import insert_chats, tables
from tests.doors.command_line import Run, refused, well
from tests.doors.kept import CHATS, ENTRIES, content, epoch, scalar
from tests.killed import run_and_kill
from tests.server import ROOT


@pytest.fixture(params=["sqlite", "postgresql"])
def other_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Another empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'other.sqlite3'}"
    make: Callable[[], str] = request.getfixturevalue("make_postgresql_url")
    return make()


def test_everything_comes_back_in_a_database_of_either_kind(
    svardesk: Run, full_url: str, other_url: str, tmp_path: Path
) -> None:
    before = content(full_url)
    assert before["entry"].rows == CHATS * ENTRIES
    done = well(svardesk("backup", "all.zip", database_url=full_url))
    assert f"{CHATS} conversations with {CHATS * ENTRIES} entries" in done.stdout
    assert "every row after a trial restore" in done.stdout
    done = well(svardesk("restore", "all.zip", database_url=other_url))
    assert f"Restored {CHATS} conversations" in done.stdout
    assert content(other_url) == before
    assert content(full_url) == before
    assert epoch(other_url) != epoch(full_url), "browsers must drop what they keep"
    assert scalar(other_url, "SELECT count(*) FROM login") == 0, "sign-ins are not restored"
    engine = make_engine(other_url)
    entry = tables(engine)["entry"]
    with engine.begin() as connection:  # the next number is a new one
        values = {"conversation_id": 1, "seq": 99, "at": 1, "kind": "said", "audience": "all", "data": "{}"}
        connection.execute(entry.insert().values(**values))
    engine.dispose()
    assert scalar(other_url, "SELECT max(id) FROM entry") == CHATS * ENTRIES + 1


def test_the_file_is_closed_to_others_and_can_be_checked_without_us(
    svardesk: Run, full_url: str, tmp_path: Path
) -> None:
    well(svardesk("migrate"))  # makes the secret key
    well(svardesk("backup", "all.zip", database_url=full_url))
    path = tmp_path / "all.zip"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as found:
        found.extractall(tmp_path / "out")
        manifest = json.loads(found.read("manifest.json"))
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=tmp_path / "out", check=False).returncode == 0
    assert manifest["revision"] == migrations.newest()
    assert manifest["epoch"] == epoch(full_url)
    assert {"login", "worker", "presence", "bucket"} == set(manifest["left_out"])
    lines = (tmp_path / "out/tables/entry.jsonl").read_bytes().splitlines()
    assert len(lines) == CHATS * ENTRIES
    assert list(tmp_path.glob("*.part")) == []


def test_the_secret_key_goes_along_unless_it_is_left_out(svardesk: Run, tmp_path: Path) -> None:
    well(svardesk("migrate"))
    key = (tmp_path / "data/secret.key").read_bytes()
    assert "It holds the secret key" in well(svardesk("backup", "with.zip")).stdout
    assert "secret key" not in well(svardesk("backup", "without.zip", "--without-secrets")).stdout
    with zipfile.ZipFile(tmp_path / "without.zip") as found:
        assert "secret.key" not in found.namelist()
    well(svardesk("restore", "with.zip", data_folder="second"))
    assert (tmp_path / "second/secret.key").read_bytes() == key
    assert stat.S_IMODE((tmp_path / "second/secret.key").stat().st_mode) == 0o600
    well(svardesk("migrate", data_folder="third"))
    third = (tmp_path / "third/secret.key").read_bytes()
    assert "secret.key.before-restore" in well(svardesk("restore", "with.zip", data_folder="third")).stdout
    assert (tmp_path / "third/secret.key").read_bytes() == key
    assert (tmp_path / "third/secret.key.before-restore").read_bytes() == third
    (tmp_path / "third/secret.key").write_text("ab" * 32)  # another restore keeps its key too, and not in its place
    well(svardesk("restore", "with.zip", "--replace", data_folder="third"))
    assert (tmp_path / "third/secret.key.before-restore").read_bytes() == third
    assert (tmp_path / "third/secret.key.before-restore-2").read_text() == "ab" * 32
    well(svardesk("restore", "without.zip", data_folder="fourth"))
    assert (tmp_path / "fourth/secret.key").read_bytes() != key


def test_a_place_that_does_not_take_the_file(svardesk: Run, full_url: str, tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_text("mine")
    refused(svardesk("backup", "all.zip", database_url=full_url), 1, "all.zip is there already")
    assert (tmp_path / "all.zip").read_text() == "mine"
    refused(svardesk("backup", "no/such/all.zip", database_url=full_url), 1, "There is no folder")
    refused(svardesk("backup", "/proc/all.zip", database_url=full_url), 1, "/proc/all.zip cannot be written")
    (tmp_path / "folder.zip").mkdir()
    refused(svardesk("backup", "folder.zip", database_url=full_url), 1, "folder.zip is there already")
    (tmp_path / "killed.zip.part").write_bytes(b"of a backup that was killed" * 10_000)
    well(svardesk("backup", "killed.zip", database_url=full_url))
    assert sorted(path.name for path in tmp_path.glob("*.zip*")) == ["all.zip", "folder.zip", "killed.zip"]


@pytest.mark.parametrize(
    ("limit", "words"),
    [(40_000, "There is no room for all.zip"), (200_000, "Make room there, name another folder in TMPDIR")],
    ids=["the file", "the trial"],
)
def test_a_full_disk_leaves_no_half_file(database_url: str, tmp_path: Path, limit: int, words: str) -> None:
    engine = make_engine(database_url)
    migrations.migrate(engine)
    insert_chats(engine, 10, 10, tuple(os.urandom(400).hex() for _ in range(400)))
    engine.dispose()
    command = [sys.executable, "-m", "bot", "backup", "all.zip"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SVARDESK_DATABASE_URL": database_url}

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=little_room,
    )
    assert done.returncode == 1, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.glob("all.zip*")) == []


def test_nothing_to_back_up(svardesk: Run, database_url: str, tmp_path: Path) -> None:
    sqlite = database_url.startswith("sqlite")
    words = "There is no database" if sqlite else "is empty: there is nothing to back up"
    refused(svardesk("backup", "all.zip", database_url=database_url), 1, words)
    assert not (tmp_path / "test.sqlite3").exists(), "asking must not make one"
    assert not (tmp_path / "all.zip").exists()


def test_the_trial_finds_a_row_that_does_not_come_back(
    svardesk: Run, full_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rows.fill

    def forgetful(connection: Any, table: rows.Table, found: rows.Rows) -> None:
        whole(connection, table, (row for row in found if table.name != "entry" or row[0] != 5))

    monkeypatch.setattr("bot.copying.fill", forgetful)
    refused(svardesk("backup", "all.zip", database_url=full_url), 1, "The table entry did not arrive as it was sent")
    assert not (tmp_path / "all.zip").exists()
    assert (
        "after a trial restore" not in well(svardesk("backup", "all.zip", "--no-trial", database_url=full_url)).stdout
    )


# -- what is there already ---------------------------------------------------------------------------------


def test_a_database_with_chats_is_replaced_only_when_told_and_kept_first(
    svardesk: Run, full_url: str, backup_file: Path, tmp_path: Path
) -> None:
    engine = make_engine(full_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE entry SET data = '{}' WHERE id = 3"))
    engine.dispose()
    before, first = content(full_url), content(f"sqlite:///{tmp_path / 'first.sqlite3'}")
    assert before != first
    refused(
        svardesk("restore", "good.zip", database_url=full_url), 1, f"is not empty (account 1, site 1, visitor {CHATS}"
    )
    assert content(full_url) == before
    done = well(svardesk("restore", "good.zip", "--replace", database_url=full_url))
    assert content(full_url) == first
    [kept] = (tmp_path / "data").glob("before-restore-*.zip")
    assert f"What was there before is in {kept.relative_to(tmp_path)}" in done.stdout
    well(svardesk("restore", str(kept), data_folder="second"))
    assert content(f"sqlite:///{tmp_path}/second/svardesk.sqlite3") == before


def test_an_older_state_lets_nobody_in_again(svardesk: Run, full_url: str) -> None:
    change(full_url, "UPDATE account SET disabled = false", "UPDATE visitor SET revoked_at = NULL")
    well(svardesk("backup", "old.zip", "--no-trial", database_url=full_url))
    change(full_url, "UPDATE account SET disabled = true", "UPDATE visitor SET revoked_at = 7 WHERE id IN (2, 3)")
    done = well(svardesk("restore", "old.zip", "--replace", database_url=full_url))
    assert "Still kept out: 1 accounts, 2 sessions of customers." in done.stdout
    assert scalar(full_url, "SELECT count(*) FROM account WHERE NOT disabled") == 0
    assert scalar(full_url, "SELECT count(*) FROM visitor WHERE revoked_at = 7 AND id IN (2, 3)") == 2
    assert scalar(full_url, "SELECT count(*) FROM visitor WHERE revoked_at IS NOT NULL") == 2
    assert "Accounts and passwords are those of" in done.stdout


def test_what_is_too_old_does_not_come_back(svardesk: Run, full_url: str, other_url: str) -> None:
    """The server had deleted it since the backup was made."""
    change(
        full_url,
        "UPDATE entry SET kind = 'started', at = at - 7862400000 WHERE seq = 1 AND conversation_id < 4",  # 91 days
        "UPDATE entry SET at = at - 7862400000 WHERE seq > 1 AND conversation_id < 3",
    )
    well(svardesk("backup", "old.zip", "--no-trial", database_url=full_url))
    done = well(svardesk("restore", "old.zip", database_url=other_url))
    assert "Chats older than SVARDESK_RETENTION_DAYS (90) are deleted again: 2." in done.stdout
    assert scalar(other_url, "SELECT min(conversation_id) FROM entry") == 3
    assert scalar(other_url, "SELECT count(*) FROM visitor") == CHATS - 2


def change(url: str, *statements: str) -> None:
    engine = make_engine(url)
    with engine.connect() as plain:
        connection = plain.execution_options(writing=True)
        with connection.begin():
            for statement in statements:
                connection.execute(sa.text(statement))
    engine.dispose()


def test_a_database_that_was_only_migrated_counts_as_empty(
    svardesk: Run, database_url: str, backup_file: Path, tmp_path: Path
) -> None:
    well(svardesk("migrate", database_url=database_url))
    well(svardesk("restore", "good.zip", database_url=database_url))
    assert content(database_url)["entry"].rows == CHATS * ENTRIES


def test_a_database_of_a_newer_program_is_left_alone(svardesk: Run, full_url: str, backup_file: Path) -> None:
    engine = make_engine(full_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    before = content(full_url)
    refused(svardesk("restore", "good.zip", "--replace", database_url=full_url), 1, "by a newer version of Svardesk")
    assert content(full_url) == before


def test_a_database_in_use_is_left_alone(svardesk: Run, full_url: str, backup_file: Path) -> None:
    before = content(full_url)
    engine = make_engine(full_url)
    words = "A program uses the database" if full_url.startswith("sqlite") else "Other programs are connected"
    with engine.connect() as connection:
        connection.scalar(sa.text("SELECT count(*) FROM entry"))
        connection.rollback()  # connected and idle, as a server between two messages
        refused(svardesk("restore", "good.zip", "--replace", database_url=full_url), 1, words)
    engine.dispose()
    assert content(full_url) == before


@pytest.mark.parametrize(("after", "only"), [(1, "drop table"), (4, "create table"), (30, ""), (1, "update meta")])
def test_a_restore_killed_half_way_leaves_the_old_state(
    full_url: str, backup_file: Path, tmp_path: Path, after: int, only: str
) -> None:
    before, first = content(full_url), content(f"sqlite:///{tmp_path / 'first.sqlite3'}")
    old = epoch(full_url)
    keep = tmp_path / "kept"
    keep.mkdir()
    assert run_and_kill(lambda: restore(full_url, backup_file, keep), after, only) == signal.SIGKILL
    assert content(full_url) == before
    assert epoch(full_url) == old
    for file in keep.iterdir():
        file.unlink()
    restore(full_url, backup_file, keep)
    assert content(full_url) == first


def test_a_character_that_postgresql_cannot_keep_is_named(svardesk: Run, postgresql_url: str, tmp_path: Path) -> None:
    well(svardesk("migrate"))
    engine = make_engine(f"sqlite:///{tmp_path}/data/svardesk.sqlite3")
    insert_chats(engine, 3, 2)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE conversation SET preview = :text WHERE id = 2"), {"text": "nul \0 nul"})
    engine.dispose()
    well(svardesk("backup", "all.zip"))
    done = well(svardesk("restore", "all.zip", database_url=postgresql_url))
    assert "1 texts held the character U+0000" in done.stdout
    assert scalar(postgresql_url, "SELECT preview FROM conversation WHERE id = 2") == "nul \ufffd nul"


def test_rows_stream_and_are_never_held_all_at_once(svardesk: Run, database_url: str, tmp_path: Path) -> None:
    """20 MB of entries; what is held is a few batches of a thousand rows."""
    engine = make_engine(database_url)
    migrations.migrate(engine)
    insert_chats(engine, 6, 2000, ("x" * 1500,))
    engine.dispose()
    well(svardesk("backup", "warm.zip", "--no-trial", database_url=database_url))  # what is imported counts for nobody
    tracemalloc.start()
    saved = back_up(database_url, tmp_path / "large.zip")
    restore(database_url, tmp_path / "large.zip", tmp_path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert saved.manifest.rows > 12_000
    assert most < 10e6

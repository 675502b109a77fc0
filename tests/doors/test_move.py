"""`svardesk migrate --from --to`: the same rows in another database of either kind, all of them or none."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import migrations
from bot.copying import MOMENTARY
from bot.moving import move
from runtime.alone import alone
from runtime.db import make_engine
from runtime.errors import Conflict
from tests.bulk import insert_chats, tables
from tests.doors.command_line import Run, refused, well
from tests.doors.kept import content, epoch, scalar
from tests.killed import run_and_kill

CHATS, ENTRIES = 7, 11


@pytest.fixture(params=["sqlite to postgresql", "postgresql to sqlite", "postgresql to postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path, make_postgresql_url: Callable[[], str]) -> tuple[str, str]:
    """A filled database and an empty one."""
    source, target = (
        make_postgresql_url() if kind == "postgresql" else f"sqlite:///{tmp_path / place}"
        for place, kind in zip(("old.sqlite3", "new.sqlite3"), request.param.split(" to "), strict=True)
    )
    engine = make_engine(source)
    migrations.migrate(engine)
    insert_chats(engine, CHATS, ENTRIES)
    engine.dispose()
    return source, target


def test_everything_arrives_and_browsers_notice_nothing(svardesk: Run, urls: tuple[str, str]) -> None:
    source, target = urls
    before = content(source, MOMENTARY)
    done = well(svardesk("migrate", "--from", source, "--to", target))
    assert re.search(rf"^entry +{CHATS * ENTRIES}$", done.stdout, re.MULTILINE)
    assert "the counts and checksums of both sides are the same" in done.stdout
    assert content(target, MOMENTARY) == before, "sign-ins too: nothing has changed since"
    assert content(source, MOMENTARY) == before
    assert epoch(target) == epoch(source), "the same entries under the same numbers: what browsers keep is right"
    engine = make_engine(target)
    entry = tables(engine)["entry"]
    with engine.begin() as connection:
        values = {"conversation_id": 1, "seq": 99, "at": 1, "kind": "said", "audience": "all", "data": "{}"}
        connection.execute(entry.insert().values(**values))
    engine.dispose()
    assert scalar(target, "SELECT max(id) FROM entry") == CHATS * ENTRIES + 1


def test_the_source_may_be_that_of_the_settings(svardesk: Run, urls: tuple[str, str]) -> None:
    source, target = urls
    well(svardesk("migrate", "--to", target, database_url=source))
    assert content(target) == content(source)


def test_a_filled_target_and_the_same_database_are_refused(svardesk: Run, urls: tuple[str, str]) -> None:
    source, target = urls
    refused(svardesk("migrate", "--from", source), 1, "Say where to")
    refused(svardesk("migrate", "--from", source, "--to", source), 1, "are the same database")
    well(svardesk("migrate", "--from", source, "--to", target))
    before = content(target)
    refused(svardesk("migrate", "--from", source, "--to", target), 1, "is not empty (account 1, site 1")
    assert content(target) == before


@pytest.mark.parametrize("busy", [0, 1], ids=["source", "target"])
def test_databases_in_use_are_refused(svardesk: Run, urls: tuple[str, str], busy: int) -> None:
    """What a server wrote into the source while it is read would be missing in the target."""
    engine = make_engine(urls[busy])
    migrations.migrate(engine)
    words = "A program uses the database" if urls[busy].startswith("sqlite") else "Other programs are connected"
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT count(*) FROM entry"))
        connection.rollback()
        refused(svardesk("migrate", "--from", urls[0], "--to", urls[1]), 1, words)
    engine.dispose()
    assert scalar(urls[0], "SELECT count(*) FROM entry") == CHATS * ENTRIES


@pytest.mark.parametrize(
    ("after", "only"), [(3, "create table"), (1, "delete from"), (1, "insert into alembic_version")]
)
def test_a_move_killed_half_way_leaves_an_empty_target(urls: tuple[str, str], after: int, only: str) -> None:
    source, target = urls
    before = content(source, MOMENTARY)
    assert run_and_kill(lambda: move(source, target), after, only) == signal.SIGKILL
    engine = make_engine(target)
    assert tables(engine) == {}
    engine.dispose()
    assert content(source, MOMENTARY) == before
    move(source, target)
    assert content(target, MOMENTARY) == before


def test_whoever_is_connected_is_named_once(postgresql_url: str) -> None:
    engine = make_engine(postgresql_url)
    named = pytest.raises(Conflict, match=r": 2 connections of svardesk \([^,]*, [^,]*\)\. Stop")
    with engine.connect(), engine.connect(), named, alone(postgresql_url):
        pass
    engine.dispose()


def test_no_database_at_the_source(svardesk: Run, tmp_path: Path) -> None:
    refused(
        svardesk("migrate", "--from", "sqlite:///typo.sqlite3", "--to", "sqlite:///new.sqlite3"), 1, "no database typo"
    )
    assert list(tmp_path.glob("*.sqlite3")) == []
    refused(svardesk("migrate", "--to", "mysql://x/y"), 1, "There is no database")
    well(svardesk("migrate"))
    refused(svardesk("migrate", "--to", "mysql://x/y"), 2, "No support for mysql databases")
    refused(svardesk("migrate", "--to", "backup-of-the-shop"), 2, "is not a database address")
    target = f"sqlite:///{tmp_path / 'b'}"
    refused(svardesk("migrate", "--from", "backup", "--to", target), 2, "is not a database address")

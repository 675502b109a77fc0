"""`svardesk import rasa`: a dry run stores nothing, then articles are published; a refusal stores nothing either."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

from tests.doors.command_line import Run, refused, well
from tests.server import ROOT

PROJECT = str(ROOT / "tests/unit/rasa")


def stored(folder: Path) -> int:
    """How many articles the database in the data folder holds."""
    found = list((folder / "data").glob("*.sqlite*")) + list((folder / "data").glob("*.db"))
    if not found:
        return 0
    with contextlib.closing(sqlite3.connect(found[0])) as connection:
        return int(connection.execute("SELECT count(*) FROM article").fetchone()[0])


def test_a_dry_run_tells_all_and_stores_nothing(svardesk: Run, tmp_path: Path) -> None:
    done = well(svardesk("import", "rasa", PROJECT, "--dry-run"))
    assert "da/laan-cykel: Hvordan låner jeg en el cykel? (+ 3 questions)" in done.stdout
    assert "2 articles would be imported, 22 things would not." in done.stdout
    assert "not imported: data/rules.yml, line 47: stories (2)" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.usefixtures("with_model")
def test_the_articles_are_published(svardesk: Run, tmp_path: Path) -> None:
    done = well(svardesk("import", "rasa", PROJECT, "--by", "Kim"))
    assert "2 published, 0 as before, 0 left alone, 22 things not imported." in done.stdout
    assert stored(tmp_path) == 2
    assert "0 published, 2 as before" in well(svardesk("import", "rasa", PROJECT)).stdout


@pytest.fixture
def with_model(tmp_path: Path, converted_model: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data/model").symlink_to(converted_model)


def test_one_broken_file_and_nothing_is_stored(svardesk: Run, tmp_path: Path) -> None:
    folder = tmp_path / "assistant/data"
    folder.mkdir(parents=True)
    (folder / "nlu.yml").write_text("nlu:\n- intent: a/b\n  examples: |\n    - hvad?\n", "utf-8")
    (folder / "rules.yml").write_text("rules: ]\n", "utf-8")
    refused(svardesk("import", "rasa", "assistant", "--language", "da"), 1, "data/rules.yml, line 1: is not valid YAML")
    (folder / "rules.yml").unlink()
    refused(svardesk("import", "rasa", "assistant"), 1, "The project does not say its language.")
    refused(svardesk("import", "rasa", "nowhere"), 2, "nowhere")
    assert stored(tmp_path) == 0


def test_a_folder_alone_is_still_a_folder_of_articles(svardesk: Run, tmp_path: Path) -> None:
    (tmp_path / "kb.jsonl").write_text(json.dumps({"id": "a", "lang": "da"}) + "\n", "utf-8")
    refused(svardesk("import", "kb.jsonl"), 1, "kb.jsonl, line 1")
    refused(svardesk("import", "files", "kb.jsonl"), 1, "kb.jsonl, line 1")
    assert "rasa" in well(svardesk("import", "--help")).stdout

"""The command line as people type it: its words, its exit codes, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge_base.model.layout import FOLDER
from tests.doors.command_line import Run, refused
from tests.server import ROOT


def test_as_a_process_it_ends_without_a_traceback(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SVARDESK_PROT": "1"}
    command = [sys.executable, "-m", "bot", "migrate"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "svardesk: There is no setting SVARDESK_PROT. Did you mean SVARDESK_PORT?\n"


@pytest.fixture
def _with_model(tmp_path: Path, converted_model: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data/model").symlink_to(converted_model)


def test_help_names_every_command(svardesk: Run) -> None:
    done = svardesk("--help")
    assert done.returncode == 0
    for command in (
        "serve",
        "demo",
        "migrate",
        "backup",
        "restore",
        "import",
        "reindex",
        "export",
        "evaluate",
        "account",
        "doctor",
    ):
        assert f" {command} " in done.stdout


def test_a_wrong_setting_is_one_sentence_and_exit_code_2(svardesk: Run) -> None:
    refused(svardesk("serve", prot="1"), 2, "There is no setting SVARDESK_PROT. Did you mean SVARDESK_PORT?")
    refused(svardesk("doctor", port="abc"), 2, "SVARDESK_PORT must be a whole number, not 'abc'.")
    refused(svardesk("migrate", database_url="mysql://x/y"), 2, "No support for mysql databases.")
    done = svardesk("migrate", database_url="postgresql//svardesk:secret-in-here@host/db")
    refused(done, 2, "is not a database address")
    assert "secret-in-here" not in done.stderr
    for in_memory in ("sqlite://", "sqlite:///:memory:"):
        refused(svardesk("migrate", database_url=in_memory), 2, "A SQLite database needs a file: sqlite:///FILE.")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["serve", "--workers", "0"], "Invalid value for '--workers': it must be greater than or equal to 1."),
        (["serve", "--workers", "x"], "Invalid value for '--workers': it must be a whole number."),
        (["serve", "--workers"], "Option '--workers' requires an argument."),
        (["srve"], "No such command 'srve'. Did you mean 'serve'?"),
        (["export"], "Missing option '--conversation'."),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(svardesk: Run, words: list[str], sentence: str) -> None:
    done = svardesk(*words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"svardesk: {sentence}\n")


def test_without_a_command_there_is_help(svardesk: Run) -> None:
    done = svardesk("site")
    assert done.returncode == 2
    assert " list " in done.stdout + done.stderr
    assert "svardesk:" not in done.stderr


def test_a_taken_port_is_one_sentence_and_exit_code_2(svardesk: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in ("serve", "demo"):
            refused(svardesk(command, "--port", port), 2, f"Port {port} is taken by another program.")
    assert not (tmp_path / "data").exists(), "it was found out before anything was made"


def test_an_address_of_another_machine(svardesk: Run) -> None:
    refused(svardesk("serve", host="203.0.113.9", port="0"), 2, "SVARDESK_HOST is not an address of this machine")


def test_accounts_are_added_listed_changed_and_disabled(svardesk: Run) -> None:
    made = svardesk("account", "add", "Kim@example.com", "--name", "Kim", "--role", "admin")
    assert made.returncode == 0, made.stderr
    assert "Added kim@example.com (admin)." in made.stdout
    first = re.search(r"shown only now: (\S+)", made.stdout)
    assert first is not None
    refused(svardesk("account", "add", "kim@example.com", "--name", "Kim"), 1, "already an account")
    refused(svardesk("account", "add", "maja@example.com", "--name", "M", "--role", "king"), 1, "no role 'king'")
    again = re.search(r"shown only now: (\S+)", svardesk("account", "password", "kim@example.com").stdout)
    assert again is not None
    assert again[1] != first[1]
    refused(svardesk("account", "disable", "kim@example.com"), 1, "last admin")
    svardesk("account", "add", "maja@example.com", "--name", "Maja", "--language", "da")
    assert "maja@example.com is disabled." in svardesk("account", "disable", "maja@example.com").stdout
    listed = svardesk("account", "list").stdout
    assert re.search(r"maja@example.com .* agent .* da .* disabled", listed)
    assert re.search(r"kim@example.com .* admin .* en ", listed)
    refused(svardesk("account", "password", "nobody@example.com"), 1, "There is no account")


def test_the_database_comes_up_to_date_and_a_newer_one_is_refused(svardesk: Run, tmp_path: Path) -> None:
    assert "now at revision" in svardesk("migrate").stdout
    assert "already at revision" in svardesk("migrate").stdout
    import sqlite3

    connection = sqlite3.connect(tmp_path / "data/svardesk.sqlite3")
    connection.execute("UPDATE alembic_version SET version_num = 'later'")
    connection.commit()
    connection.close()
    for command in (["migrate"], ["serve", "--port", "0"], ["export", "--conversation", "x"]):
        refused(svardesk(*command), 2, "was written by a newer version of Svardesk")


def test_export_of_nothing(svardesk: Run) -> None:
    refused(svardesk("export", "--conversation", "nothing"), 1, "svardesk: ")


@pytest.mark.usefixtures("_with_model")
def test_import_names_the_bad_line_and_takes_the_rest_only_when_told(svardesk: Run, tmp_path: Path) -> None:
    lines = [{"id": f"a{n}", "lang": "da", "title": f"Titel {n}", "questions": [], "body": "Tekst"} for n in range(5)]
    rows = [json.dumps(line) for line in lines]
    rows[2] = "{"
    (tmp_path / "kb.jsonl").write_text("\n".join(rows), encoding="utf-8")
    refused(svardesk("import", "kb.jsonl"), 1, "kb.jsonl, line 3")
    assert not (tmp_path / "data" / "svardesk.sqlite3").exists()
    done = svardesk("import", "kb.jsonl", "--skip-bad")
    assert done.returncode == 0, done.stderr
    assert "left out: kb.jsonl, line 3" in done.stderr
    assert "4 published, 0 as before, 0 left alone, 1 wrong." in done.stdout
    (tmp_path / "help").mkdir()
    (tmp_path / "help/frakt.md").write_text("# Vad kostar frakten?\n\n49 kr.", encoding="utf-8")
    refused(svardesk("import", "help"), 1, "its language is not known")
    refused(svardesk("import", "help", "--language", "fi"), 1, "There is no language 'fi' here.")
    assert "1 published" in svardesk("import", "help", "--language", "sv").stdout
    assert "The bot knows 5 articles" in svardesk("reindex").stdout


@pytest.mark.usefixtures("_with_model")
def test_evaluate_prints_and_writes_its_figures(svardesk: Run, tmp_path: Path) -> None:
    article = {"id": "pay", "lang": "en", "title": "How can I pay?", "questions": [], "body": "By card."}
    (tmp_path / "kb.jsonl").write_text(json.dumps(article), encoding="utf-8")
    question = {"id": "q", "lang": "en", "text": "how to pay", "gold": ["pay"]}
    (tmp_path / "q.jsonl").write_text(json.dumps(question), encoding="utf-8")
    done = svardesk("evaluate", "--articles", "kb.jsonl", "--questions", "q.jsonl", "--json", "out.json")
    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert (figures["n"], figures["recall_at_1"]) == (1, 1.0)
    assert "index, seconds" in done.stdout
    assert "1.000 (0.20" in done.stdout, "with its interval"
    assert figures["decided"]["wrong_at_most"] >= 0.95, "one answer or none proves nothing"
    (tmp_path / "q.jsonl").write_text('\n{"id": "q"}', encoding="utf-8")
    refused(svardesk("evaluate", "--articles", "kb.jsonl", "--questions", "q.jsonl"), 1, "q.jsonl, line 2")


def test_doctor_says_what_is_wrong_and_what_to_do(svardesk: Run, tmp_path: Path) -> None:
    svardesk("migrate")
    well = svardesk("doctor", port="0")
    assert well.returncode == 0, well.stdout
    assert "fault" not in well.stdout
    assert "the first start will convert them" in well.stdout
    (tmp_path / "data/model" / FOLDER).mkdir(parents=True)
    assert f"rm -r {Path('data/model') / FOLDER}" in svardesk("doctor", port="0").stdout
    (tmp_path / "data").chmod(0o755)
    (tmp_path / "data/secret.key").chmod(0o644)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ill = svardesk("doctor", port=str(taken.getsockname()[1]), model="some/model-that-is-not-there")
    assert ill.returncode == 1
    assert f"chmod 700 {tmp_path}/data" in ill.stdout
    assert f"chmod 600 {tmp_path}/data/secret.key" in ill.stdout
    assert "is taken by another program" in ill.stdout

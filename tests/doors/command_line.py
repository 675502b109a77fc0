"""The command line in this process, as people type it: a new process for each command would import for a second."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.__main__ import main
from runtime.settings import PREFIX


@dataclass(frozen=True, slots=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def svardesk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command in an empty folder; settings as keywords."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("typer.rich_utils.FORCE_TERMINAL", False)  # some runners' variables turn it on at the import
    root = logging.getLogger()
    before = (root.handlers, root.level)

    def run(*words: str, **settings: str) -> Done:
        with monkeypatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(PREFIX + name.upper(), value)
            patch.setattr(sys, "argv", ["svardesk", *words])
            capsys.readouterr()
            try:
                main()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
            said = capsys.readouterr()
            return Done(code, said.out, said.err)

    yield run
    root.handlers, root.level = before
    structlog.reset_defaults()


def well(done: Done) -> Done:
    assert done.returncode == 0, done.stderr
    return done


def refused(done: Done, code: int, words: str) -> None:
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr + done.stdout

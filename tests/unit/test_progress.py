"""What a command tells of its steps to a file or a pipe, where no bar can move."""

from __future__ import annotations

import pytest

from bot.commands import progress
from bot.commands.progress import steps


def test_a_step_is_told_as_it_begins_now_and_then_and_as_it_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    with steps() as tell:
        tell("reading articles", 0, 30)
        assert capsys.readouterr().err == "Reading articles: 0 of 30\n", "at once, and not when all is over"
        for done in range(1, 31):
            now[0] += 0.5
            tell("reading articles", done, 30)
        tell("reading articles", 30, 30)
        tell("counting", 1, 1)
    assert capsys.readouterr().err.splitlines() == [
        "Reading articles: 20 of 30",
        "Reading articles: 30 of 30",
        "Counting: 1 of 1",
    ]

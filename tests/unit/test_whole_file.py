"""Files that are there whole or not at all: two who write the same one at once."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path
from typing import Any

import pytest

from runtime.errors import Conflict
from runtime.whole_file import whole_file


def test_who_comes_at_the_last_moment_leaves_the_finished_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has opened the first one's unfinished file when the first gives it its name and its lock back."""
    path = tmp_path / "backup.zip"
    opened, finished = threading.Event(), threading.Event()
    errors: list[Exception] = []
    lock = fcntl.flock

    def lock_late(file: Any, how: int) -> None:
        if threading.current_thread() is second:
            opened.set()
            assert finished.wait(30)
        lock(file, how)

    def write() -> None:
        try:
            with whole_file(path) as file:
                file.write(b"other")
        except Conflict as error:
            errors.append(error)

    second = threading.Thread(target=write)
    monkeypatch.setattr(fcntl, "flock", lock_late)
    with whole_file(path) as file:
        file.write(b"finished")
        second.start()
        assert opened.wait(30)
    finished.set()
    second.join()
    assert path.read_bytes() == b"finished"
    assert len(errors) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["backup.zip"]

"""The data folder: closed to others, one key for good, and a sentence when it cannot be used."""

from __future__ import annotations

import errno
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from runtime import data_folder
from runtime.data_folder import explain, open_data_folder
from runtime.errors import SettingsError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folder_and_key_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "data"
    key = open_data_folder(folder)
    assert len(key) == 32
    assert mode(folder) == 0o700
    assert mode(folder / "secret.key") == 0o600
    assert open_data_folder(folder) == key
    assert sorted(path.name for path in folder.iterdir()) == ["secret.key"]


def test_starts_at_the_same_time_agree_on_the_key(tmp_path: Path) -> None:
    keys: list[bytes] = []
    gate = threading.Barrier(8)

    def start() -> None:
        gate.wait()
        keys.append(data_folder._secret(tmp_path / "secret.key"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_a_folder_that_another_process_makes_first_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that start together: it was not there when this one looked, and is there when it comes to make it."""
    folder = tmp_path / "data"
    make = Path.mkdir

    def late(path: Path, *arguments: Any, **more: Any) -> None:
        if path == folder:
            make(path, 0o750)
        make(path, *arguments, **more)

    monkeypatch.setattr(Path, "mkdir", late)
    assert len(open_data_folder(folder)) == 32
    assert mode(folder) == 0o750


@pytest.mark.parametrize("content", ["", "zz", "00" * 31, "æ"])
def test_a_damaged_key_is_not_replaced_in_silence(tmp_path: Path, content: str) -> None:
    open_data_folder(tmp_path)
    (tmp_path / "secret.key").write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match="damaged"):
        open_data_folder(tmp_path)
    assert (tmp_path / "secret.key").read_text("utf-8") == content


def test_a_file_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(SettingsError, match="must name a folder"):
        open_data_folder(tmp_path / "data")


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "is full"), (errno.EROFS, "cannot be written to"), (errno.EACCES, "cannot be written to")],
)
def test_what_the_system_refuses_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(_folder: Path) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(data_folder, "_try_to_write", refuse)
    with pytest.raises(SettingsError, match=words):
        open_data_folder(tmp_path)
    assert str(tmp_path) in explain(tmp_path, OSError(errno.EIO, "Input/output error"))

"""Folders made once: whole or not there, whoever else is at it, whatever was left behind."""

import contextlib
import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge_base.model.cache import clear, is_whole, made_once
from knowledge_base.model.errors import ModelError


class Made:
    """Counts how often the folder was made."""

    def __init__(self) -> None:
        self.times = 0
        self.said: list[str] = []

    def __call__(self, folder: Path) -> None:
        self.times += 1
        (folder / "one.bin").write_bytes(b"one" * 1000)
        (folder / "two.txt").write_text("two")

    def at(self, folder: Path) -> Path:
        return made_once(folder, self, self.said.append)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models" / "thing-1"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_it_is_made_once_and_nothing_else_is_left(folder: Path) -> None:
    made = Made()
    assert made.at(folder) == made.at(folder) == folder
    assert made.times == 1
    assert names(folder) == {"one.bin", "two.txt", "manifest.json"}
    assert names(folder.parent) == {"thing-1", ".thing-1.lock"}


def remove(folder: Path) -> None:
    (folder / "two.txt").unlink()


def cut(folder: Path) -> None:
    with (folder / "one.bin").open("r+b") as file:
        file.truncate(100)


def flip(folder: Path) -> None:
    with (folder / "one.bin").open("r+b") as file:
        file.seek(50)
        file.write(b"?")


def drop_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def spoil_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"files": {"one.bin": 3}}')


def empty_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"files": {}}')


@pytest.mark.parametrize("damage", [remove, cut, flip, drop_manifest, spoil_manifest, empty_manifest])
def test_a_damaged_folder_is_made_again(folder: Path, damage: Callable[[Path], None]) -> None:
    made = Made()
    made.at(folder)
    damage(folder)
    assert not is_whole(folder)
    made.at(folder)
    assert made.times == 2
    assert is_whole(folder)
    assert names(folder.parent) == {"thing-1", ".thing-1.lock"}
    assert any("damaged" in sentence for sentence in made.said)


def test_a_full_disk_is_said_and_leaves_nothing(folder: Path) -> None:
    def make(partial: Path) -> None:
        (partial / "one.bin").write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(ModelError, match=r"could not be written to .*thing-1 \(No space left on device\).*90 MB"):
        made_once(folder, make, print)
    assert names(folder.parent) == {".thing-1.lock"}


@contextlib.contextmanager
def without_privileges() -> Iterator[None]:
    """Root may write anywhere, so it steps down for the moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_read_only_folder_is_said(folder: Path) -> None:
    folder.parent.mkdir()
    folder.parent.chmod(0o500)
    made = Made()
    with without_privileges(), pytest.raises(ModelError, match=r"could not be written .*\(Permission denied\)"):
        made.at(folder)
    assert made.times == 0


def test_a_file_in_the_way_is_said(folder: Path) -> None:
    folder.parent.write_text("not a folder")
    with pytest.raises(ModelError, match=r"could not be written .*\((File exists|Not a directory)\)"):
        Made().at(folder)


def test_a_whole_folder_is_used_where_nothing_can_be_written(folder: Path) -> None:
    made = Made()
    made.at(folder)
    lock = folder.parent / ".thing-1.lock"
    lock.unlink()
    made.at(folder)
    assert not lock.exists()
    assert made.times == 1


KILLED = """
import os, sys
from pathlib import Path
from knowledge_base.model.cache import made_once
def make(folder):
    (folder / "one.bin").write_bytes(b"half")
    os._exit(9)
made_once(Path(sys.argv[1]), make, print)
"""


def test_what_a_killed_process_left_is_swept_up(folder: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False, timeout=60)
    assert killed.returncode == 9
    assert len(names(folder.parent)) == 2  # lock and half a folder
    Made().at(folder)
    assert is_whole(folder)
    assert names(folder.parent) == {"thing-1", ".thing-1.lock"}


def test_a_cleared_folder_and_its_left_overs_are_gone_and_what_is_open_can_still_be_read(folder: Path) -> None:
    made = Made()
    made.at(folder)
    (folder.parent / ".thing-1.abcd_123.partial").mkdir()
    for of_another in (".thing-1.2.abcd_123.partial", "thing-1.2", "thing-10"):
        (folder.parent / of_another).mkdir()
    with (folder / "one.bin").open("rb") as file:
        clear(folder, made.said.append)
        assert file.read() == b"one" * 1000
    assert names(folder.parent) == {".thing-1.2.abcd_123.partial", "thing-1.2", "thing-10", ".thing-1.lock"}
    assert [str(folder) in sentence for sentence in made.said] == [True]
    clear(folder, made.said.append)
    assert len(made.said) == 1
    made.at(folder)
    assert made.times == 2


def test_a_folder_that_another_process_is_making_is_not_cleared(folder: Path) -> None:
    said: list[str] = []

    def make(partial: Path) -> None:
        (partial / "one.bin").write_bytes(b"one")
        clear(folder, said.append)
        assert partial.exists()

    made_once(folder, make, said.append)
    assert is_whole(folder)
    assert said == []


def test_what_may_not_be_cleared_stays_and_nothing_is_said(folder: Path) -> None:
    made = Made()
    made.at(folder)
    folder.parent.chmod(0o555)
    with without_privileges():
        clear(folder, made.said.append)
    folder.parent.chmod(0o755)
    assert is_whole(folder)
    assert made.said == []

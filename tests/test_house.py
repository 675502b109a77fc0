"""Keeps the house in order: files of a size that can be read, docs in step with the code, no forbidden names."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from bot import wire
from bot.__main__ import app
from runtime.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "conversation", "handoff", "knowledge_base", "runtime", "widget")
MOST_LINES = {".py": 350, ".js": 250}
# Longer on purpose, each with its reason.
MAY_BE_LONGER = {
    "bot/wire.py": "the one definition of all frames: two files would be two definitions",
}
# A knowledge manager is somebody; an article_manager would be a name for nothing.
FORBIDDEN = re.compile(r"(^|_)(services?|repository|helpers?|utils?|common|base)(_|$)|_manager$")


def files() -> list[str]:
    """Paths of what is or would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for path in listed.stdout.splitlines() if (ROOT / path).is_file()]


def written(suffix: str) -> list[str]:
    return [path for path in files() if path.endswith(suffix) and "/vendor/" not in path]


@pytest.mark.parametrize("suffix", MOST_LINES)
def test_files_are_of_a_size_that_can_be_read(suffix: str) -> None:
    lines = {path: len((ROOT / path).read_text("utf-8").splitlines()) for path in written(suffix)}
    assert len(lines) > 10
    long = {path for path, count in lines.items() if count > MOST_LINES[suffix]}
    assert long - MAY_BE_LONGER.keys() == set()
    unneeded = {path for path in MAY_BE_LONGER if path.endswith(suffix)} - long
    assert unneeded == set(), "these are short enough now: take them off the list"


def test_every_python_file_says_its_purpose() -> None:
    without = [
        path for path in written(".py") if path.split("/")[0] in ROOMS and not _first_line(path).startswith('"""')
    ]
    assert without == []


def _first_line(path: str) -> str:
    return (ROOT / path).read_text("utf-8").partition("\n")[0]


def test_no_file_has_a_name_that_says_nothing() -> None:
    named = [path for path in written(".py") if FORBIDDEN.search(Path(path).stem)]
    assert [path for path in named if path != "tests/services.py"] == []


def test_rooms_are_those_of_the_wheel() -> None:
    packaged = re.search(r"^packages = (\[.*\])$", (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert packaged is not None
    assert sorted(re.findall(r'"(\w+)"', packaged[1])) == sorted(ROOMS)


# -- docs in step with the code ----------------------------------------------------------------------------


def test_every_setting_is_documented_as_it_is() -> None:
    text = (ROOT / "docs/operating.md").read_text("utf-8")
    table = dict(re.findall(rf"^\| `({PREFIX}\w+)` \| (.*) \|$", text, re.MULTILINE))
    expected = {}
    for name, field in Settings.model_fields.items():
        assert field.description, name
        default = "" if field.default == "" else f"`{field.default}`"
        expected[PREFIX + name.upper()] = f"{default} | {field.description}"
    assert table == expected


def test_settings_named_in_docs_exist() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for path in written(".md"):
        named = set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", (ROOT / path).read_text("utf-8")))
        assert named <= known, path


def _commands(group: typer.Typer = app, before: str = "svardesk") -> Iterator[str]:
    for command in group.registered_commands:
        assert command.callback is not None
        yield f"{before} {command.name or command.callback.__name__}"
    for sub in group.registered_groups:
        assert sub.typer_instance is not None
        yield from _commands(sub.typer_instance, f"{before} {sub.name}")


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs/operating.md").read_text("utf-8")
    table = re.findall(r"^\| `(svardesk [a-z ]+)` \|", text, re.MULTILINE)
    assert sorted(table) == sorted(_commands())


def test_every_frame_is_documented() -> None:
    text = (ROOT / "docs/wire.md").read_text("utf-8")
    types = {
        tag
        for frame in vars(wire).values()
        if isinstance(frame, type) and issubclass(frame, wire.Frame)
        for tag in [frame.__struct_config__.tag]
        if isinstance(tag, str) and frame.__name__.endswith("Frame") and tag != frame.__name__
    }
    assert len(types) > 20
    assert {tag for tag in types if f"`{tag}" not in text} == set()


def test_links_between_docs_lead_somewhere() -> None:
    for path in written(".md"):
        if path.startswith("bot/demo/"):
            continue  # these link to pages of the shop
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", (ROOT / path).read_text("utf-8")):
            assert (ROOT / path).parent.joinpath(target).exists(), f"{path}: {target}"


def test_no_two_test_files_are_called_alike() -> None:
    """Folders without an `__init__.py` are no packages: pytest would refuse to import the second one."""
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if not (path.parent / "__init__.py").exists()]
    assert len(files) > 50
    assert sorted(path.name for path in files) == sorted({path.name for path in files})

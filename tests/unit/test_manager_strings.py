"""The editor's words: the same keys, plural forms and holes in all five languages, and every key in use is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

MANAGER = Path(__file__).parents[2] / "widget" / "manager"
LINE = re.compile(r'^  "(?P<key>m\.[a-z_.]+)": "(?P<text>(?:[^"\\]|\\.)+)",$')
OTHERS = ("da", "sv", "nb", "nn")


def words(language: str) -> dict[str, str]:
    lines = (MANAGER / "strings" / f"{language}.js").read_text("utf-8").splitlines()
    assert lines[1] == "export default {"
    assert lines[-1] == "};"
    found = [LINE.match(line) for line in lines[2:-1]]
    assert all(found), [line for line, match in zip(lines[2:-1], found, strict=True) if not match]
    pairs = [(match["key"], match["text"]) for match in found if match]
    assert len({key for key, _ in pairs}) == len(pairs)
    return dict(pairs)


def holes(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", OTHERS)
def test_says_the_same_in_every_language(language: str) -> None:
    english, other = words("en"), words(language)
    assert list(other) == list(english)
    assert {key: holes(text) for key, text in other.items()} == {key: holes(text) for key, text in english.items()}


def test_has_every_word_that_the_editor_asks_for() -> None:
    there = words("en")
    asked = {
        key
        for file in MANAGER.glob("*.js")
        for key in re.findall(r"""["`](m\.[a-z_.]*[a-z_])["`]""", file.read_text("utf-8"))
    }
    assert len(asked) > 80
    assert [key for key in asked if key not in there and f"{key}.other" not in there] == []


def test_asks_the_shared_words_only_for_what_they_have() -> None:
    shared = (MANAGER.parent / "shared" / "staff" / "strings" / "en.js").read_text("utf-8")
    there = set(re.findall(r'^  "([a-z_.]+)":', shared, re.MULTILINE))
    asked = {
        key for file in MANAGER.glob("*.js") for key in re.findall(r"""\bt\(["`]([a-z_.]+)["`]""", file.read_text())
    }
    assert {key for key in asked if not key.startswith("m.")} - there == set()


def test_plural_forms_come_in_pairs() -> None:
    there = words("en")
    ones = {key.removesuffix(".one") for key in there if key.endswith(".one")}
    others = {key.removesuffix(".other") for key in there if key.endswith(".other")}
    assert ones == others

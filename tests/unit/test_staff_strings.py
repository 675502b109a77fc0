"""The staff apps speak five languages: same keys, same placeholders, and every key that the code asks for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

WIDGET = Path(__file__).parents[2] / "widget"
LANGUAGES = ("en", "da", "sv", "nb", "nn")
TABLES = ("shared/staff/strings", "console/strings", "console/strings/help", "certainty/strings")
PLURAL = re.compile(r"\.(one|other)$")


def words(table: str, language: str) -> dict[str, str]:
    """The file is JSON between its braces but for the last comma."""
    text = (WIDGET / table / f"{language}.js").read_text()
    inside = text[text.index("export default {") + len("export default ") : text.rindex("}") + 1]
    pairs = json.loads(re.sub(r",\s*}$", "}", inside), object_pairs_hook=list)
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), "a key stands twice"
    return dict(pairs)


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_same_keys_and_placeholders_as_english(table: str, language: str) -> None:
    english, other = words(table, "en"), words(table, language)
    assert set(other) == set(english)
    assert {key: placeholders(text) for key, text in other.items()} == {
        key: placeholders(text) for key, text in english.items()
    }


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_empty_text_and_plurals_in_pairs(table: str, language: str) -> None:
    found = words(table, language)
    assert [key for key, text in found.items() if not text.strip()] == []
    plural = {PLURAL.sub("", key) for key in found if PLURAL.search(key)}
    assert all(f"{key}.one" in found and f"{key}.other" in found for key in plural)


def test_every_key_that_the_code_names_exists() -> None:
    shared, console = words(TABLES[0], "en"), words(TABLES[1], "en") | words(TABLES[2], "en")
    assert len(console) == len(words(TABLES[1], "en")) + len(words(TABLES[2], "en")), "a key stands in both tables"
    certainty = shared | words(TABLES[3], "en")
    apps = (("shared/staff", shared), ("login", shared), ("console", shared | console), ("certainty", certainty))
    for folder, known in apps:
        for file in (WIDGET / folder).glob("*.js"):
            # docstrings may show keys that other apps bring
            code = re.sub(r"/\*\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
            for key in re.findall(r"\bt\(\s*\"([^\"]+)\"", code):
                assert key in known or f"{key}.other" in known, f"{file.name} asks for {key}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_words(language: str) -> None:
    from conversation.events import Reason

    found = words("console/strings", language)
    for reason in Reason:
        assert {f"reason.{reason}", f"reason.{reason}.long", f"line.handoff.{reason}"} <= set(found)


def test_every_decision_has_its_words() -> None:
    """The keys that why.js makes, which `t` is not called with by name."""
    known = words(TABLES[2], "en")
    keys = re.findall(r"\"(why\.[a-z.]+)\"", (WIDGET / "console/why.js").read_text())
    assert len(keys) > 10
    assert set(keys) <= set(known)


def test_no_word_of_the_directors_page_is_left_over() -> None:
    """Also those whose key is put together: `c.step.${check.step}` asks for everything that begins so."""
    code = "".join(file.read_text() for file in (WIDGET / "certainty").glob("*.js"))
    named = set(re.findall(r"\"(c\.[a-z_.]+)\"", code))
    begun = tuple(re.findall(r"`(c\.[a-z_.]*)\$\{", code))
    keys = {PLURAL.sub("", key) for key in words(TABLES[3], "en")}
    assert named <= keys
    assert {key for key in keys - named if not key.startswith(begun)} == set()


def test_every_sign_of_the_mood_has_its_words() -> None:
    from typing import get_args

    from bot.brief import Mood, Sign

    known = words(TABLES[2], "en")
    assert {f"mood.{mood}" for mood in get_args(Mood)} | {f"sign.{sign}" for sign in get_args(Sign)} <= set(known)

"""Wishes for a person, greetings and thanks, as people write them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import wishes
from bot.phrases import asks_for_person, is_greeting, is_thanks

QUESTIONS = Path(__file__).parent.parent.parent / "bot" / "demo" / "questions.jsonl"

GREETINGS = """
    hi; Hello!; hey there; Good morning; good evening; hello?; hi again; hej; Hejsa!; hej hej; goddag; god dag;
    Godmorgen; god aften; mojn; davs; hejsan; tjena; tja; Hallå; god morgon; god kväll; halloj; hei; Heisann; hei hei;
    god kveld; hallo; morn; heia; hei du; Hej, er der nogen?; is anyone there?; 👋 hej; HEJ!!!
    """
THANKS = """
    thanks; Thank you so much!; thx; ok thanks; great, thank you; cheers; no thanks; thanks for the help, bye; ty; tak;
    Mange tak; tusind tak for hjælpen; perfekt, tak!; ok tak; tak skal du have; super tak; nej tak; tack; Tusen tack!;
    tack så mycket; tack för hjälpen; jättebra tack; stort tack; nej tack; tackar; takk; tusen takk; takk for hjelpen;
    Takk for hjelpa!; flott, takk; nei takk; mange takk; takk skal du ha; ok takk, ha det; tack snälla
    """
NEITHER = """
    Hej, hvor er min pakke?; hi, can I return a tent; tak, men hvad koster fragten; thanks but it does not work;
    hei kan jeg betale med klarna; tack men det hjälpte inte; god; hej och välkommen erbjudandet, gäller det än?;
    hello kitty cup; thank you card; takkort; takstativ til bil; morgenmad; heisekort
    """


SAID = Path(__file__).parent / "said"


def said(name: str) -> dict[str, list[str]]:
    """The sentences of a file of `said`, by language."""
    found: dict[str, list[str]] = {}
    for line in (SAID / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = sentences = []
        elif line and not line.startswith("#"):
            sentences.append(line)
    return found


def lines(text: str, by: str = "\n") -> list[str]:
    return [line for line in (one.strip() for one in text.split(by)) if line]


def demo() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("text", [text for texts in said("wishes").values() for text in texts])
def test_each_of_many_ways_to_ask_for_a_person(text: str) -> None:
    assert asks_for_person(text)
    assert asks_for_person(text.upper())
    assert asks_for_person(f"  {text} !!!")
    assert not is_greeting(text)
    assert not is_thanks(text)


@pytest.mark.parametrize("text", [text for texts in said("harmless").values() for text in texts])
def test_the_words_of_a_wish_alone_are_none(text: str) -> None:
    assert not asks_for_person(text)
    assert not asks_for_person(text.upper())


def test_the_files_hold_what_they_say() -> None:
    wishes_, harmless = said("wishes"), said("harmless")
    assert set(wishes_) == set(harmless) == {"en", "da", "sv", "nb", "nn"}
    assert len({text.casefold() for texts in wishes_.values() for text in texts}) >= 500
    assert len({text.casefold() for texts in harmless.values() for text in texts}) >= 300
    assert all(len(set(texts)) >= 100 for texts in wishes_.values())


@pytest.mark.parametrize("text", ["æøå ÆØÅ", "prata är prata", "menneskelig", "Kundeservicebygget", "persona"])
def test_parts_of_words_do_not_count(text: str) -> None:
    assert not asks_for_person(text)


def test_no_question_of_the_demo_is_taken_for_anything_else() -> None:
    """All of them, the unanswerable too: none of them asks for a person or is only a greeting."""
    taken = [
        question["text"]
        for question in demo()
        if asks_for_person(question["text"]) or is_greeting(question["text"]) or is_thanks(question["text"])
    ]
    assert taken == []


@pytest.mark.parametrize("text", lines(GREETINGS, ";"))
def test_greetings(text: str) -> None:
    assert is_greeting(text)
    assert not asks_for_person(text)
    assert not is_thanks(text)


@pytest.mark.parametrize("text", lines(THANKS, ";"))
def test_thanks(text: str) -> None:
    assert is_thanks(text)
    assert not asks_for_person(text)
    assert not is_greeting(text)


@pytest.mark.parametrize(
    "text", [*lines(NEITHER, ";"), *(text for texts in said("harmless").values() for text in texts)]
)
def test_neither_greeting_nor_thanks(text: str) -> None:
    assert not is_greeting(text)
    assert not is_thanks(text)


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert asks_for_person(text) in (True, False)
    assert not (is_greeting(text) and is_thanks(text))


@pytest.mark.parametrize("text", ["a " * 2000, "talk " * 800, "tale med " * 500, "ok " * 1300, "hej " * 1000 + "x"])
def test_long_messages_do_not_take_for_ever(text: str) -> None:
    """A pattern that tries all ways through 4,000 characters would never come back (the suite's time limit says so)."""
    assert not asks_for_person(text)
    assert not is_thanks(text)
    assert not is_greeting(text)


@pytest.mark.parametrize(
    "text", ["talk {} human", "er {} menneske tilgjengelig", "vil ha {} kundeservice", "find {} nogen"]
)
def test_no_run_of_small_words_is_followed_to_its_end(text: str) -> None:
    """From each of 12,000 of them to the end: all chats of this process would stand still for seconds."""
    assert asks_for_person(text.format("a real"))
    assert not asks_for_person(text.format("a real " * 20))


@pytest.mark.parametrize("name", ["_HUMAN", "_SOMEBODY", "_BOT"])
def test_every_word_for_a_person_or_a_robot_has_a_mark(name: str) -> None:
    """A wish whose words have none would not be looked at."""

    @settings(max_examples=500)
    @given(st.from_regex(re.compile(getattr(wishes, name), re.ASCII), fullmatch=True))
    def check(text: str) -> None:
        assert not wishes._MARKS.isdisjoint(text.split())

    check()

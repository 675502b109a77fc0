"""Dialect, abbreviations and Nynorsk are read in the usual spelling, and nothing else is touched."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.passages import Document
from knowledge_base.search import KnowledgeBase
from knowledge_base.spelling import respelt
from knowledge_base.spelling_words import ENDINGS, WORDS
from tests.embedders import HashEmbedder

LANGUAGES = ("no", "da", "sv", "en")


@pytest.mark.parametrize(
    ("language", "said", "meant"),
    [
        ("nb", "ka koste det å sende tel Tromsø", "hva koster det å sende til Tromsø"),
        ("nb", "Æ har itj fått pakken", "Jeg har ikke fått pakken"),
        ("nb", "koffer e itj pakken min kommen?", "hvorfor er ikke pakken min kommen?"),
        ("nb", "KOR E PAKKEN MIN", "hvor er pakken min"),
        ("nb", "korsen får æ returnert nokka til dokker", "hvordan får jeg returnert noe til dere"),
        ("nb", "åssen bytter jeg str", "hvordan bytter jeg størrelse"),
        ("nn", "korleis vaskar eg soveposen", "hvordan vasker jeg soveposen"),
        ("nn", "Kva kostar støvlane?", "Hva koster støvlene?"),
        ("da", "hvad er jeres tlf nr", "hvad er jeres telefonnummer"),
        ("da", "ka man ik betale me kort", "kan man ikke betale med kort"),
        ("sv", "va e ert tel nr", "vad är ert telefonnummer"),
        ("sv", "får ja nåt tebaka, el har dom stängt", "får ja något tillbaka, el har de stängt"),
        ("en", "whats ur tel no pls", "what is your telephone number please"),
        ("en-GB", "i cant find my pkg", "i can't find my package"),
        ("en", "I can’t", "I can’t"),
    ],
)
def test_read_as_it_is_meant(language: str, said: str, meant: str) -> None:
    assert respelt(said, language) == meant


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nb", "Hvordan endrer jeg e-postadressen?"),
        ("nb", "Hva koster det å sende til Tel Aviv?"),
        ("nb", "Deltar Gunnar i februar?"),
        ("nb", "er jakken brukbar"),
        ("da", "Hvad koster fragten til Norge?"),
        ("da", "bestilling i maj"),
        ("sv", "Vad kostar frakten, och när är den framme?"),
        ("sv", "för sen leverans"),
        ("en", "Do you have size 4 in 2 colours?"),
        ("fi", "ka koste det"),
        (None, "ka koste det"),
        ("nb", ""),
    ],
)
def test_what_is_spelt_already_is_the_same_text(language: str | None, text: str) -> None:
    assert respelt(text, language) is text


def test_a_word_is_read_by_the_language_it_is_in() -> None:
    assert [respelt("ka", language) for language in ("nb", "da", "sv")] == ["hva", "kan", "ka"]


def test_nynorsk_stays_where_articles_are_in_it_and_dialect_does_not() -> None:
    assert respelt("kva kostar frakta", "nn", nynorsk_stays=True) == "kva kostar frakta"
    assert respelt("ka koste frakta", "nn", nynorsk_stays=True) == "hva koster frakta"


def test_each_word_stands_once_and_means_no_other_word_of_the_list() -> None:
    tables = {"no": f"{WORDS['no']};{WORDS['nn']}", **{name: WORDS[name] for name in ("da", "sv", "en")}}
    for language, table in tables.items():
        entries = [entry.split() for entry in table.split(";")]
        said = [word for _, *others in entries for word in others]
        assert len(said) == len(set(said)), language
        for usual, *others in entries:
            meant = usual.replace("_", " ")
            assert respelt(meant, language) == meant, language
            for word in others:
                assert respelt(word.replace("_", " "), language) == meant, (language, word)
    assert {"nn"} == set(ENDINGS)


@given(st.text(st.characters(exclude_categories=()), max_size=200), st.sampled_from(LANGUAGES), st.booleans())
def test_any_text_can_be_read(text: str, language: str, stays: bool) -> None:
    read = respelt(text, language, stays)
    assert re.findall(r"\d+", read) == re.findall(r"\d+", text) or (language == "en" and "b4" in text.lower())


@pytest.mark.timeout(30)  # far beyond what it takes; a quadratic pattern takes minutes, and holds up everybody
def test_no_question_takes_long_to_read() -> None:
    for filling in ("a", "a-", "a'", "ka for ", "kva ", "ar", " ", "a.", "ane"):
        text = filling * (20_000 // len(filling))
        for language in LANGUAGES:
            assert respelt(text, language)


def test_search_reads_the_question_so() -> None:
    cost = Document("cost", "nb", "Hva koster frakten?", (), "69 kr.")
    knowledge = KnowledgeBase(HashEmbedder())
    knowledge.replace([cost, Document("wash", "nb", "Hvordan vasker jeg en jakke?", (), "På 30 grader.")])
    assert knowledge.search("Ka koste frakten?", "nb") == knowledge.search("Hva koster frakten?", "nb")
    assert knowledge.read("kva kostar frakta", "nn") == "hva koster frakta"
    knowledge.put(Document("cost.nn", "nn", "Kva kostar frakta?", (), "69 kr.", root="cost"))
    assert knowledge.read("kva kostar frakta", "nn") == "kva kostar frakta"
    knowledge.remove("cost.nn")
    assert knowledge.read("kva kostar frakta", "nn") == "hva koster frakta"

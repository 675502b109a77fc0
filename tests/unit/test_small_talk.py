"""What is said to a machine out of courtesy or curiosity: a remark, never an answer from an article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import courtesy_words
from bot.folding import fold, literals
from bot.phrases import asks_for_person, is_no, is_yes, small_talk, wished_language
from bot.wording import SENTENCES
from tests.unit.test_phrases import demo, said

SAID = {
    "greeting": "hi; Hej!; Hei du; god morgon; hejsan",
    "thanks": "thanks; tak for hjælpen; tack så mycket!; tusen takk; Takk for hjelpa; ok tak; "
    "perfekt, tack; ok takk, ha det",
    "robot": "are you a robot?; Are you human?; er du en robot?; Er du et rigtigt menneske?; är du en robot; "
    "er du ein robot?; am I talking to a bot; snakker jeg med et menneske?; Hej, är du en människa?",
    "name": "what's your name?; hva heter du; hvad hedder du?; vad heter du; kva heiter du; who are you; hvem er du?",
    "how": "how are you?; hvordan går det?; hur mår du?; korleis går det; Hei, hvordan går det?",
    "able": "what can you do?; hva kan du hjelpe meg med?; hvad kan du; vad kan du hjälpa till med?; "
    "kva kan eg spørje om",
    "help": "help; hjælp!; hjälp; hjelp; kan du hjelpe meg?; I have a question; jeg har et spørgsmål; jag har en fråga",
    "bye": "bye; ha en fin dag; hej då; ha det bra; hav en god dag!; Have a nice day; det var alt; ha ein fin dag",
    "ok": "ok; Okay; fint; greit; okej; bra; super!; 👍; 🙏🙏; I see; jeg skjønner; greitt; ok fint",
    "value": "10042; LF-10042; #10042; 12345678; +45 12 34 56 78; kim@kunde.example",
    "praise": "good bot; du er flink; du är duktig; godt klaret",
}
NOT_SAID = """
    ok but where is my parcel; fint telt, hvad koster det; har I god aften åbent; er du sikker på at det passer?;
    hva heter teltet; what is the name of the tent; kan du hjelpe meg med retur; help with returns; I have a question
    about my order number; hvad kan du anbefale; bra tält för vinter; hade ni samma förra året?; hvordan går det med min
    ordre; how is it going with my refund; super light tent; ses pakken i dag; er det en robotstøvsuger; where is
    the help page; ???; ...; 10042 kim@kunde.example; hvor er 10042; Storgata 5, 0155 Oslo; 2 x 3 m; 12
    """


@pytest.mark.parametrize(
    ("purpose", "text"), [(purpose, text.strip()) for purpose, texts in SAID.items() for text in texts.split(";")]
)
def test_small_talk(purpose: str, text: str) -> None:
    assert small_talk(text) == purpose
    assert small_talk(f"{text.upper()} ") == purpose
    assert not asks_for_person(text)
    assert purpose in SENTENCES


@pytest.mark.parametrize("text", [" ".join(text.split()) for text in NOT_SAID.split(";")])
def test_a_question_is_no_small_talk(text: str) -> None:
    assert small_talk(text) is None


def test_no_question_of_the_demo_is_small_talk() -> None:
    assert [one["text"] for one in demo() if small_talk(one["text"]) or is_yes(one["text"]) or is_no(one["text"])] == []


def test_no_wish_for_a_person_is_small_talk() -> None:
    """Except the bare cries that are both; the wish is looked for first."""
    assert [text for texts in said("wishes").values() for text in texts if small_talk(text) not in (None, "ok")] == []


def test_yes_and_no() -> None:
    assert all(map(is_yes, ("yes", "Ja!", "ja tak", "jo", "precis", "stemmer", "yes please")))
    assert all(map(is_no, ("no", "Nej.", "ingen af dem", "none of these", "nei, noe annet", "inget av dem")))
    assert not any(map(is_yes, ("ja men hvad koster det", "yesterday", "no", "")))
    assert not any(map(is_no, ("nej tak til fragt?", "no refund yet", "ja", "")))


def test_the_words_are_folded_already() -> None:
    for name in ("ROBOT", "NAME", "HOW", "ABLE", "HELP", "OK", "BYE", "PRAISE", "YES", "NO"):
        for language, line in getattr(courtesy_words, name).items():
            for phrase in literals(line):
                assert fold(phrase) == phrase, (name, language)


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert small_talk(text) is None or small_talk(text) in SAID


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("English please", "en"),
        ("Can we speak English?", "en"),
        ("do you speak english", "en"),
        ("kan vi tage det på dansk?", "da"),
        ("Hej, kan du svare på dansk, tak", "da"),
        ("på svenska tack", "sv"),
        ("Kan vi prata svenska i stället?", "sv"),
        ("norsk", "nb"),
        ("Kan du skrive på norsk?", "nb"),
        ("kan de skrive nynorsk", "nn"),
    ],
)
def test_a_wish_for_a_language(text: str, language: str) -> None:
    assert wished_language(text) == language
    assert small_talk(text) == "language"


@pytest.mark.parametrize(
    "text",
    [
        "jeg forstår ikke engelsk",
        "I do not speak Danish",
        "norsk garanti",
        "findes vejledningen på svensk?",
        "Do you ship to English addresses?",
        "dansk eller svensk",
        "kan jeg betale med danske kroner",
        "is the manual in english",
        "",
    ],
)
def test_what_names_a_language_and_is_no_wish_for_it(text: str) -> None:
    assert wished_language(text) is None

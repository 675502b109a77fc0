"""Messages that lean on the turn before, and messages with several questions."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import lean_words
from bot.demo import FOLDER
from bot.folding import fold, literals
from bot.leaning import MOST_EXCHANGED, content, exchanged, extended, joined, leans, likeness
from bot.policy import read
from bot.several import MOST_PARTS, bare, parts
from tests.bench.follow_ups import follow_ups
from tests.unit.test_phrases import demo

LEANING = {
    "en": "what about returns?; and to Norway?; how much is it?; does it cost more?; how long does that take?; "
    "and if it is broken?; or by post; but not on Sundays?; is that possible?; how about Sweden",
    "da": "og til Norge?; hvad med retur?; hvor lang tid tager det?; hvad koster det?; gælder det også udsalg?; "
    "eller med posten; og hvis den er brugt?; men ikke om søndagen?; kan man det?; hvad så med Sverige?",
    "sv": "hur lång tid tar det?; och till Norge?; vad kostar det?; hur är det med returer?; gäller det även rea?; "
    "eller med posten; och om den är använd?; är det möjligt?; vad gäller för Finland?",
    "nb": "og til Norge?; hva med retur?; hvor lang tid tar det?; hva koster det?; gjelder det også salg?; "
    "eller i posten; og hvis den er brukt?; er det mulig?; hva med Sverige",
    "nn": "og til Noreg?; kva med retur?; kor lang tid tek det?; kva kostar det?; gjeld det også sal?; "
    "og viss den er brukt?; er det mogleg?",
}
STANDING = """
    hvor er min pakke?; hvad koster fragten?; how do I return a tent?; hur returnerar jag ett tält?; kan jeg bytte
    størrelse?; kva kostar frakta?; leveringstid til Norge; returns; what is the delivery time to Norway?; do you
    deliver to Norway?; og nu vil jeg gerne vide hvornår jeg kan forvente at få mit telt; vilka storlekar finns det på
    tältet?; og; I lost my parcel; I need help; I forgot my password
    """


def of(block: str) -> list[str]:
    return [" ".join(one.split()) for one in block.split(";")]


@pytest.mark.parametrize(("language", "text"), [(name, text) for name, texts in LEANING.items() for text in of(texts)])
def test_what_leans_on_the_turn_before(language: str, text: str) -> None:
    assert language in leans(text)
    assert language in leans(text.upper())


@pytest.mark.parametrize("text", of(STANDING))
def test_what_stands_by_itself(text: str) -> None:
    assert leans(text) == frozenset()


def test_follow_ups_lean_in_every_language() -> None:
    asked = follow_ups()
    assert Counter(each.language for each in asked).keys() == {"da", "sv", "nb", "nn", "en"}
    assert {article for each in asked for article in each.gold} <= {path.stem for path in FOLDER.glob("en/*.md")}
    assert len(asked) >= 50
    # What stands apart from its question without any sign: "when do I get my money?", "when is it due?".
    assert sum(not leans(each.text) for each in asked) <= 0.3 * len(asked)


def test_hardly_a_question_of_the_demo_leans() -> None:
    """They were all written to stand by themselves; a few point at "it", which a chat may well have named before."""
    asked = [question["text"] for question in demo()]
    leaning = [text for text in asked if leans(text)]
    assert len(leaning) <= 0.04 * len(asked), leaning


def test_a_fragment_that_begins_with_a_preposition_leans() -> None:
    assert "sv" in leans("i tvättmaskin?")
    assert "nb" in leans("på lørdag?")
    assert "en" in leans("to Norway too?")
    assert not leans("til hvilke lande sender I pakker?")


def test_content_is_what_names_something() -> None:
    assert content("Hvor lang tid tager levering til Danmark?") == ("levering", "Danmark")
    assert content("How do I return a tent? A tent!") == ("return", "tent")
    assert content("hur lång tid tar det?") == ()


def test_the_question_before_is_joined_to_what_leans_on_it() -> None:
    assert joined("Hvad koster fragt til Danmark?", "og til Norge?") == "fragt Danmark og til Norge?"
    assert joined("det?", "og til Norge?") == "og til Norge?"


def test_the_question_before_is_asked_about_what_is_named_instead() -> None:
    assert exchanged("Hvordan vasker jeg min sovepose?", "og jakken?") == (
        "Hvordan jakken jeg min sovepose?",
        "Hvordan vasker jeg min jakken?",
    )
    assert exchanged("What does delivery cost?", "and to Norway?") == ("What does Norway cost?",)
    assert exchanged("Hvad koster fragten?", "hvor lang tid tager det?") == ()
    assert exchanged("det?", "og til Norge?") == ()
    assert exchanged("rent (tent)?", r"and \1+skis?") == (r"1 skis (tent)?", r"rent (1 skis)?")
    assert exchanged("Can I wash my sleeping bag?", "and the jacket?")[-1] == "Can I wash my jacket?"
    assert len(exchanged("one tent two boots three stoves four ropes five bags", "and jackets?")) == MOST_EXCHANGED + 1


def test_what_is_added_stands_behind_the_question_before() -> None:
    assert extended("What does delivery cost?", "and to Norway?") == ("What does delivery cost to Norway?",)
    assert extended("Hvad koster fragten?", "hvad med til Norge?") == ("Hvad koster fragten til Norge?",)
    assert extended("Vad kostar frakten till Danmark?", "och till Norge också?") == ("Vad kostar frakten till Norge?",)
    assert extended("Kor lang tid tek leveringa?", "og på Svalbard") == ("Kor lang tid tek leveringa på Svalbard?",)
    assert extended("Hvordan vasker jeg min sovepose?", "og jakken?") == ()
    assert extended("Hvad koster fragten?", "og til?") == ()
    assert extended("Hvad koster fragten?", "og for det?") == ()


def test_the_and_in_front_of_a_question_is_not_part_of_it() -> None:
    assert bare("og hvor lang tid tager det?") == "hvor lang tid tager det?"
    assert bare("och också, hur returnerar jag?") == "också, hur returnerar jag?"
    assert bare("andre farver?") == "andre farver?"


def test_likeness() -> None:
    assert likeness("How do I return a tent?", "how can I RETURN the tent??") == 1
    assert likeness("hvor er min pakke", "hvor er pakken min") < 1
    assert likeness("det?", "det") == 1
    assert likeness("How do I return a tent?", "What does delivery cost?") == 0
    assert likeness("", "") == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hvor er pakken min? Kan jeg bytte teltet?", ("Hvor er pakken min?", "Kan jeg bytte teltet?")),
        ("where is my parcel and can I return the tent", ("where is my parcel", "and can I return the tent")),
        ("hvad koster fragt, og hvornår kommer pakken?", ("hvad koster fragt", "og hvornår kommer pakken?")),
        ("Jag köpte ett tält. Hur returnerar jag det? Och vad kostar frakten?", (
            "Jag köpte ett tält. Hur returnerar jag det?", "Och vad kostar frakten?",
        )),
        ("hvad koster fragt og hvor lang tid tager det?", ("hvad koster fragt", "og hvor lang tid tager det?")),
        ("How much is shipping, how long does it take and can I return it", (
            "How much is shipping", "how long does it take", "and can I return it",
        )),
        ("vad kostar frakten samt hur returnerar jag", ("vad kostar frakten", "samt hur returnerar jag")),
        ("hva koster frakten, og når kommer pakken", ("hva koster frakten", "og når kommer pakken")),
        ("kva kostar frakta og kor lang tid tek det", ("kva kostar frakta", "og kor lang tid tek det")),
        ("Jeg vil gerne vide hvad fragten koster og hvor lang tid det tager", (
            "Jeg vil gerne vide hvad fragten koster", "og hvor lang tid det tager",
        )),
        ("how do I return shoes, and how do I wash them", ("how do I return shoes", "and how do I wash them")),
        ("eg lurer på ein ting: kan eg byte skoa", ("eg lurer på ein ting: kan eg byte skoa",)),
        ("Hvordan går det? Hvor er min pakke?", ("Hvordan går det? Hvor er min pakke?",)),
        ("hvad koster fragt og moms", ("hvad koster fragt og moms",)),
        ("can I return shoes and socks", ("can I return shoes and socks",)),
        ("do you sell bread and butter?", ("do you sell bread and butter?",)),
        ("Mit telt er gået i stykker og er fra 2019, kan jeg klage?", (
            "Mit telt er gået i stykker og er fra 2019, kan jeg klage?",
        )),
        ("when my parcel is lost, what do I do", ("when my parcel is lost, what do I do",)),
        ("når pakken er vekk, hva gjør jeg da", ("når pakken er vekk, hva gjør jeg da",)),
        ("kan jeg få hjelp i butikken, hvor jeg kjøpte det", ("kan jeg få hjelp i butikken, hvor jeg kjøpte det",)),
        ("can I return a tent, which is broken", ("can I return a tent, which is broken",)),
        ("how and where do I return it", ("how and where do I return it",)),
        ("Pakken kom sent og var ødelagt", ("Pakken kom sent og var ødelagt",)),
        ("Kor er pakken min?\nKva kostar frakta?", ("Kor er pakken min?", "Kva kostar frakta?")),
        ("Hej! Två frågor: hur länge gäller presentkortet och kan jag byta storlek?", (
            "Hej! Två frågor: hur länge gäller presentkortet", "och kan jag byta storlek?",
        )),
        ("Hej! Hvor er min pakke?", ("Hej! Hvor er min pakke?",)),
        ("Returns?\nFor a tent", ("Returns?\nFor a tent",)),
        ("Kan jeg bytte teltet? Det er rødt.", ("Kan jeg bytte teltet? Det er rødt.",)),
        ("Do you have tents and sleeping bags?", ("Do you have tents and sleeping bags?",)),
        ("hva? hva? hva?", ("hva? hva? hva?",)),
        ("Hvor er min pakke, og hvornår kommer den?", ("Hvor er min pakke", "og hvornår kommer den?")),
        ("", ("",)),
    ],
)  # fmt: skip
def test_the_questions_of_a_message(text: str, expected: tuple[str, ...]) -> None:
    assert parts(text) == expected


def test_the_words_are_folded_already() -> None:
    for name in (
        "GOES_ON",
        "POINTS_BACK",
        "EMPTY",
        "ASKS",
        "ASKS_BEFORE_A_VERB",
        "ASKS_BEFORE_A_THING",
        "ASKING_VERBS",
        "SUBJECTS",
        "WONDERS",
    ):
        for language, line in getattr(lean_words, name).items():
            for phrase in literals(line):
                assert fold(phrase) == phrase, (name, language)


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert leans(text) <= {"en", "da", "sv", "nb", "nn"}
    assert 1 <= len(parts(text)) <= MOST_PARTS
    assert 0 <= likeness(text, text[::-1]) <= 1
    assert len(exchanged(text, text[::-1])) <= MOST_EXCHANGED + 1
    assert len(extended(text, text[::-1])) <= 1


@pytest.mark.timeout(30)  # far beyond what it takes; a quadratic pattern takes minutes, and holds up everybody
def test_no_message_takes_long_to_read() -> None:
    for filling in ("\n", " ", "\t ", "and ", "og hvor ", ", ", "? ", "a?\n", "tak ", "a", "!? "):
        text = f"hvor {filling * (20_000 // len(filling))} pakken"
        assert 1 <= len(parts(text)) <= MOST_PARTS
        assert read(text).person is False

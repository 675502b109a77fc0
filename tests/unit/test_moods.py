"""What makes the assistant give a customer to people without being asked: upset words, loud letters, complaints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import mood_words, moods, policy
from bot.folding import fold, literals
from conversation.events import Reason
from tests.unit.test_phrases import demo, said

UPSET = """
    this is useless; You are useless!; that did not help; you don't understand; What a waste of time; fuck this;
    WTF; I'm furious; worst service ever; I give up; absolutely ridiculous; det hjælper
    ikke; Det hjalp ikke noget; du forstår ikke hvad jeg siger; for fanden da; ubrugeligt; spild af tid; sikke
    noget lort; I er til grin; jeg er så træt af jer; Det hjaelper ikke!; det
    hjälper inte; du fattar inte; vad fan är det här; helt värdelöst; slöseri med tid; jävla robot; jag ger upp;
    svara på min fråga; vilken dålig service; det hjelper ikke; du forstår ikke
    hva jeg mener; hva faen; ubrukelig; bortkastet tid; jeg er drittlei; dum robot; svar på spørsmålet;
    for et elendig service, elendig service altså; det hjelper ikkje; du forstår ikkje;
    ubrukeleg; bortkasta tid; eg er så lei; eg gjev opp; svar på spørsmålet
    """
CALM = """
    Does the fan heater work in a tent?; do you sell a ceiling fan; Is the cream helpful against mosquitoes?; my
    tent is damaged; I am not happy with the colour; it is bloody cold, which sleeping bag?; hell's gate trail
    map; er det spild at købe den dyre?; hvad hjælper mod myg; kan den hjælpe mod kulde; hjælper det at
    imprægnere; min jakke er gået i stykker; jeg er ikke tilfreds med størrelsen; jag är inte nöjd med färgen;
    vad hjälper mot mygg; hjälper det att tvätta den; har ni fanor; jeg er ikke fornøyd med fargen; hva hjelper
    mot mygg; hjelper det å vaske den; kan jeg få hjelp; eg er ikkje nøgd med fargen; kva hjelper mot mygg;
    idiotsikker bruksanvisning; skitbra tält!; lortespand til hund; shitake mushrooms; kim@advokat.example; min
    mail er kim@min-advokat.example; pakken er skadet; pakken ble skadet på veien; paketet är skadat; my parcel was
    damaged; sålen er brændt; batteriet vil dø; what burns best
    """
STATED = """
    I want to complain; I would like to make a complaint about my order; This is a formal complaint; I demand my
    money back; I want compensation for the trip; jeg vil klage; Jeg vil gerne klage over mit køb; dette er en
    klage; Jeg kræver pengene tilbage; jeg vil have erstatning; jag vill klaga; Jag vill lämna ett klagomål; jag
    kräver ersättning; jag vill ha ersättning för resan; jeg ønsker å klage; Jeg vil sende inn en klage; jeg
    krever pengene tilbake; jeg vil ha erstatning; eg vil klage; eg krev pengane attende; Hei. Eg vil klage på
    varen.; Hvor er pakken min? Jeg vil klage.
    """
LEGAL = """
    You will hear from my lawyer; I will take you to court; jeg går til forbrugerombudsmanden; I hører fra min
    advokat; jeg politianmelder jer; jag anmäler er till Konsumentverket; ni får höra från min advokat; jeg
    klager til Forbrukerrådet; dere hører fra advokaten min; eg går til Forbrukarrådet; I will contact my lawyer;
    jeg går til Forbrugerklagenævnet; så kontakter jeg advokaten; vi ses i retten; jag kommer anmäla till ARN;
    jeg kommer til å anmelde dere; eg kjem til å melde dykk
    """
HARM = """
    the stove exploded and I got burned; my son is in hospital because of your stove; I want to die; brænderen
    eksploderede; jeg brændte mig på brænderen; min søn er kommet til skade; jag brände mig på köket; min dotter
    ligger på sjukhuset; brenneren tok fyr; jeg er på legevakten nå; eg brende meg på brennaren
    """
ABOUT = """
    How do I make a complaint?; what is the deadline for a complaint; hvordan klager jeg?; hvor længe er der
    reklamationsret, altså frist for reklamation; Kan jeg reklamere over slid?; hur reklamerar jag en vara;
    hvordan reklamerer jeg; kan jeg få erstatning for forsinkelsen?; korleis klagar eg; hvad er fristen for at
    klage
    """


def texts(block: str) -> list[str]:
    return [" ".join(one.split()) for one in block.split(";")]


@pytest.mark.parametrize("text", texts(UPSET))
def test_upset_words(text: str) -> None:
    assert moods.upset(text)
    assert moods.upset(text.upper())


@pytest.mark.parametrize("text", texts(CALM))
def test_calm_questions(text: str) -> None:
    assert not moods.upset(text)
    assert not moods.complaint(text)


@pytest.mark.parametrize("text", texts(STATED))
def test_somebody_complains(text: str) -> None:
    assert moods.complaint(text) == "stated"


@pytest.mark.parametrize("text", texts(LEGAL))
def test_somebody_names_the_law(text: str) -> None:
    assert moods.complaint(text) == "legal"


@pytest.mark.parametrize("text", texts(HARM))
def test_somebody_is_hurt(text: str) -> None:
    assert moods.complaint(text) == "harm"
    decided = policy.before_search(text)
    assert decided is not None
    assert decided[0] == policy.HandOff(Reason.COMPLAINT)


@pytest.mark.parametrize("text", texts(ABOUT))
def test_a_question_about_complaints_is_a_question(text: str) -> None:
    assert moods.complaint(text) == "about"


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("HVOR ER PAKKEN MIN", ("capitals",)),
        ("hvor er pakken min???", ("repeated marks",)),
        ("HVOR ER PAKKEN MIN ? ! !", ("capitals", "repeated marks")),
        ("Hvor er pakken min?", ()),
        ("DHL GLS", ()),
        ("KUNDESERVICE", ()),
        ("really?!", ()),
        ("...", ()),
        ("", ()),
    ],
)
def test_loud_signs(text: str, signs: tuple[str, ...]) -> None:
    assert moods.loud(text) == signs


def test_no_question_of_the_demo_is_upset_or_complains() -> None:
    texts = [question["text"] for question in demo()]
    assert [text for text in texts if moods.upset(text) or moods.complaint(text) in ("harm", "legal", "stated")] == []


def test_whoever_names_a_person_in_passing_is_not_upset() -> None:
    assert [text for texts in said("harmless").values() for text in texts if moods.upset(text)] == []


def test_the_words_are_folded_already() -> None:
    """One with a mark on a letter would never be found."""
    names = ("SWEARING", "FED_UP", "COMPLAINING", "LEGAL", "HARM", "ABOUT", "ASKING")
    for name in names:
        for language, line in getattr(mood_words, name).items():
            for phrase in literals(line):
                assert fold(phrase) == phrase, (name, language)


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert moods.complaint(text) in ("", "legal", "stated", "about")
    assert isinstance(moods.upset(text), str)
    assert len(moods.loud(text)) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to live anymore",
        "jeg vil ikke leve mere",
        "jag vill inte leva längre",
        "jeg vil ikke leve lenger",
        "eg vil ikkje leve meir",
    ],
)
def test_who_does_not_want_to_live_is_for_people_at_once(text: str) -> None:
    assert moods.complaint(text) == "harm"

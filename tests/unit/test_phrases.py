"""Wishes for a person, greetings and thanks, as people write them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import phrases
from bot.phrases import asks_for_person, is_greeting, is_thanks

QUESTIONS = Path(__file__).parent.parent.parent / "bot" / "demo" / "questions.jsonl"

WISHES = {
    "en": """
        I want to talk to a person
        can i speak to a human please
        Can I chat with a real person?
        human
        Human please!
        agent
        speak to an agent
        Talk to someone
        I'd like to speak with someone about my order
        let me talk to a human being
        connect me to an agent
        Please connect me with customer service
        put me through to a person
        transfer me to a representative
        I need a human
        i want a real human now
        Give me a real person, please.
        get me an agent
        Is there a human I can talk to?
        Is there anyone I can speak to?
        can a human help me
        Could a real person look at this?
        can someone call me
        I want help from a person
        how do I reach a human
        I don't want to talk to a bot
        No bots please
        I want to speak to your manager
        customer service please
        I would rather chat with a human than with you
        live agent
        can I talk to customer support
        Hi, I have tried everything. Please let me speak to somebody.
        A person instead of a robot, please
        My parcel should have come on Saturday. I want to talk to a human.
        """,
    "da": """
        Jeg vil gerne tale med et menneske
        kan jeg snakke med en person
        Må jeg tale med en medarbejder?
        jeg vil snakke med nogen
        Kan jeg chatte med en rigtig person?
        menneske
        Et menneske, tak
        rigtigt menneske tak
        medarbejder
        kundeservice
        tal med et menneske
        snak med kundeservice
        Kan du stille mig om til en medarbejder?
        stil mig videre til et menneske
        sæt mig over til en kollega
        Kan I sætte mig over?
        jeg vil have et menneske
        jeg vil gerne have en rigtig person nu
        kan jeg få fat i et menneske
        Kan jeg få en medarbejder?
        Er der nogen, jeg kan tale med?
        er der et menneske til stede
        er der en medarbejder jeg kan skrive med
        kan et menneske hjælpe mig
        Kan en medarbejder kigge på det? Kan en medarbejder svare mig?
        kan nogen ringe til mig
        Jeg vil ikke tale med en robot
        ikke en robot, tak
        jeg vil gerne have hjælp af et menneske
        hvordan kommer jeg i kontakt med en person
        kan jeg komme til at snakke med jeres kundeservice
        Hej, jeg har brug for at snakke med et rigtigt menneske om min ordre
        jeg vil tale med chefen, eller bare tal med en chef
        ka jeg snak med en person
        """,
    "sv": """
        Jag vill prata med en människa
        kan jag få prata med någon
        Kan jag tala med en person?
        jag vill snacka med nån
        Får jag chatta med en riktig människa?
        människa
        En människa, tack
        riktig person tack
        kundtjänst
        medarbetare
        prata med kundtjänst
        prata med en medarbetare
        Koppla mig till en människa
        koppla mig till kundtjänst tack
        Kan jag bli kopplad till en handläggare?
        jag vill bli kopplad till någon
        jag vill ha en människa
        Jag behöver en riktig människa nu
        ge mig en människa
        kan jag få en människa
        Finns det någon jag kan prata med?
        finns det en människa där
        är det någon jag kan prata med
        kan en människa hjälpa mig
        Kan en medarbetare titta på det här?
        kan någon ringa mig
        jag vill inte prata med en robot
        Jag vill inte chatta med en bot
        ingen robot tack
        jag vill ha hjälp av en människa
        hur får jag kontakt med en människa
        hur når jag kundtjänst
        vill prata med manniska
        hej, skulle vilja prata med en person om min order
        en människa istället för en robot
        """,
    "nb": """
        Jeg vil snakke med et menneske
        kan jeg få snakke med en person
        Kan jeg prate med noen?
        jeg vil gjerne snakke med kundeservice
        Kan jeg chatte med en ekte person?
        menneske
        Et menneske, takk
        ekte person takk
        kundeservice
        medarbeider
        snakk med et menneske
        snakk med kundesenteret
        Sett meg over til en medarbeider
        kan du sette meg over
        koble meg til en kundebehandler
        Kan jeg bli satt over til noen?
        jeg vil ha et menneske
        Jeg trenger et ekte menneske nå
        gi meg et menneske
        kan jeg få en kunderådgiver
        Er det noen jeg kan snakke med?
        er det et menneske der
        finnes det et menneske jeg kan snakke med
        kan et menneske hjelpe meg
        Kan en medarbeider se på dette?
        kan noen ringe meg
        jeg vil ikke snakke med en robot
        Jeg vil ikke chatte med en chatbot
        ingen robot, takk
        jeg vil ha hjelp av et menneske
        hvordan får jeg kontakt med en person
        hvordan når jeg kundeservice
        hei, jeg har behov for å prate med en person om ordren min
        jeg vil snakke med sjefen
        """,
    "nn": """
        Eg vil snakke med eit menneske
        kan eg få snakka med ein person
        Kan eg prate med nokon?
        eg vil gjerne snakke med kundeservice
        Kan eg chatte med ein ekte person?
        menneske
        Eit menneske, takk
        ekte person takk
        kundeservice
        medarbeidar
        snakk med eit menneske
        snakk med ein medarbeidar
        Set meg over til ein medarbeidar
        kan du setje meg over
        kople meg til ein kundebehandlar
        Kan eg bli sett over til nokon?
        eg vil ha eit menneske
        Eg treng eit ekte menneske no
        gje meg eit menneske
        kan eg få ein rådgjevar
        Er det nokon eg kan snakke med?
        er det eit menneske der
        finst det eit menneske eg kan snakke med
        kan eit menneske hjelpe meg
        Kan ein medarbeidar sjå på dette?
        kan nokon ringe meg
        eg vil ikkje snakke med ein robot
        Eg vil ikkje chatte med ein chatbot
        ingen robot, takk
        eg vil ha hjelp av eit menneske
        korleis får eg kontakt med ein person
        hei, eg ynskjer å snakke med folk
        eg vil snakke med sjefen
        """,
}

# Near misses: the words are there, the wish is not.
QUESTIONS_NOT_WISHES = """
    Can I transfer my gift card to someone else?
    How many people fit in the tent?
    Is the two-person tent in stock?
    can I pick up a parcel for another person
    Do I need a person at home to sign for the parcel?
    Are you a human?
    am i talking to a bot
    Can somebody else pick up my order?
    I do not want to talk to a person, just tell me where my parcel is
    what is your customer service phone number
    Can you write a name on the card?
    Where can I talk about this in a review?
    does the robot mower not cut wet grass
    do you sell live bait
    Hvor mange personer er der plads til i teltet?
    Er du en robot eller et rigtigt menneske?
    kan nogen andre hente min pakke
    Hvor ringer jeg hen, hvis nogen har stjålet mit kort?
    Kan jeg give et gavekort til en person uden mailadresse?
    Har I et telt til tre personer?
    hvad siger folk om jeres rygsække
    er du en riktig människa
    Kan någon annan hämta mitt paket?
    Finns tältet för fyra personer?
    Behandlar ni mina personuppgifter?
    söker ni extra personal i sommar
    kan jag få det levererat till en annan person
    Hvor mange personer er det plass til i teltet?
    er du et menneske eller en robot
    kan noen andre hente pakken min
    Hvordan blir personopplysningene mine behandlet?
    Kan eg gje gåvekortet til nokon andre?
    kor mange personar er det plass til
    Kan man få fat i en medarbejder på chatten klokken 20?
    When can I talk to a person on Saturdays?
    Jeg har snakket med kundeservice i går, hvor er pakken min nå?
    """

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


def lines(text: str, by: str = "\n") -> list[str]:
    return [line for line in (one.strip() for one in text.split(by)) if line]


def demo() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("text", [text for wishes in WISHES.values() for text in lines(wishes)])
def test_a_wish_for_a_person(text: str) -> None:
    assert asks_for_person(text)
    assert not is_greeting(text)
    assert not is_thanks(text)


@pytest.mark.parametrize("language", WISHES)
def test_there_are_enough_wishes_of_each_language(language: str) -> None:
    assert len(set(lines(WISHES[language]))) >= 25


@pytest.mark.parametrize("text", lines(QUESTIONS_NOT_WISHES))
def test_a_question_is_no_wish_for_a_person(text: str) -> None:
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


@pytest.mark.parametrize("text", [*lines(NEITHER, ";"), *(text for text in lines(QUESTIONS_NOT_WISHES))])
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


@pytest.mark.parametrize("name", ["_HUMAN", "_SOMEBODY", "_BOT"])
def test_every_word_for_a_person_or_a_robot_has_a_mark(name: str) -> None:
    """A wish whose words have none would not be looked at."""

    @settings(max_examples=500)
    @given(st.from_regex(re.compile(getattr(phrases, name), re.ASCII), fullmatch=True))
    def check(text: str) -> None:
        assert any(word.startswith(phrases._MARKS) for word in text.split())

    check()

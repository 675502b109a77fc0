"""In the middle of a form: what is a question of its own, what is a bad answer, and what is for people at once."""

from __future__ import annotations

import pytest

from bot import wording
from bot.actions.words import say
from tests.contracts.guided_chat import Chat, at, play
from tests.contracts.turn_desk import hit
from tests.shop import Shop

LANGUAGES = ("en", "da", "sv", "nb", "nn")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I will contact my lawyer"),
        ("da", "jeg går til Forbrugerklagenævnet"),
        ("da", "så bliver det min advokat"),
        ("sv", "jag kommer anmäla till ARN"),
        ("nb", "dere hører fra advokaten min"),
        ("nn", "eg går til Forbrukarrådet"),
        ("en", "my son got burned"),
        ("da", "jeg har brændt mig på den"),
        ("sv", "jag brände mig"),
        ("nb", "jeg er på legevakten"),
        ("nn", "eg brende meg"),
    ],
)
def test_threats_and_harm_go_to_people_at_once(
    small_guided_shop: Shop, back_end: str, language: str, text: str
) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        await chat.say("10042")
        turn = await chat.say(text)
        assert (turn.kind, turn.data.get("reason")) == ("handoff", "complaint")
        assert "10042" in (await chat.entries())[-1].data["text"]

    play(small_guided_shop, at(back_end), story, language)


def test_a_threat_in_words_of_their_own_goes_to_people(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        for text in ("I want complaint_form", "10042", "kim@kunde.example"):
            await chat.say(text)
        assert (await chat.say("The sole came off and I will sue you")).data["reason"] == "complaint"

    play(small_guided_shop, at(back_end), story)


@pytest.mark.parametrize("text", ["wtf", "lort", "faen", "jävla"])
def test_one_word_of_anger_is_no_bad_answer(small_guided_shop: Shop, back_end: str, text: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        assert (await chat.say(text)).data["reason"] == "negative_sentiment"

    play(small_guided_shop, at(back_end), story)


def test_a_complaint_may_be_told_in_strong_words(small_guided_shop: Shop, back_end: str) -> None:
    """What the complaint form asks for is a complaint: neither its tone nor its topic takes the customer out of it."""

    async def story(chat: Chat) -> None:
        for text in ("I want complaint_form", "10042"):
            await chat.say(text)
        chat.desk.shelf.found["I want to complain about my boots"] = [hit("broken", 0.5)]
        assert (await chat.say("I want to complain about my boots")).data["text"] == say("bad_email", "en")
        await chat.say("kim@kunde.example")
        told = await chat.say("The zip is shit and I demand my money back")
        assert told.data["text"].startswith("Thank you. Your complaint has number")

    play(small_guided_shop, at(back_end), story)


ASIDES = (
    ("en", "how long does delivery take"),
    ("en", "is shipping free"),
    ("da", "hvad med fragt"),
    ("da", "koster det noget"),
    ("sv", "va kostar frakten"),
    ("sv", "kan man betala med swish"),
    ("nb", "ka koste det å sende tel Tromsø"),
    ("nb", "hvor lang tid tar det"),
    ("nn", "kor lang tid tek leveringa"),
    ("nn", "ke tid opnar de"),
)


@pytest.mark.parametrize(("language", "text"), ASIDES)
@pytest.mark.parametrize(("form", "slot"), [("call_back_form", "phone"), ("order_status_form", "order_number")])
def test_a_question_in_anybodys_words_is_no_bad_answer(
    small_guided_shop: Shop, back_end: str, form: str, slot: str, language: str, text: str
) -> None:
    """Where nobody is sure of an answer the customer is told so, and our own question comes again behind it."""

    async def story(chat: Chat) -> None:
        await chat.say(f"I want {form}")
        unsure = await chat.say(text)
        assert unsure.kind == "offered"
        assert unsure.data["text"].endswith(tuple(say(f"ask_{slot}", each) for each in LANGUAGES))

    play(small_guided_shop, at(back_end), story, language)


@pytest.mark.parametrize("text", ["ka koste det å sende tel Tromsø", "how long does delivery take", "fragtpris"])
def test_a_question_without_a_mark_is_answered(small_guided_shop: Shop, back_end: str, text: str) -> None:
    async def story(chat: Chat) -> None:
        chat.desk.shelf.found[text] = [hit("returns", 0.95)]
        await chat.say("I want call_back_form")
        sure = await chat.say(text)
        assert sure.kind == "answered"
        assert "30 days" in sure.data["text"]
        assert (await chat.say("12345678")).kind == "remarked"

    play(small_guided_shop, at(back_end), story)


def test_a_single_word_with_an_article_of_its_own_is_answered(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        chat.desk.shelf.found |= {"Returns": [hit("returns", 0.95)], "kim@kunde": [hit("returns", 0.95)]}
        await chat.say("I want order_status_form")
        assert (await chat.say("Returns")).kind == "answered"
        await chat.say("10042")
        assert (await chat.say("kim@kunde")).data["text"] == say("bad_email", "en")

    play(small_guided_shop, at(back_end), story)


def test_an_address_that_cannot_be_one_and_asks_is_answered(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        found = [hit("returns", 0.95)]
        chat.desk.shelf.found |= {"can I have it sent to the shop": found, "Storgata": found}
        for text in ("I want address_form", "10043", "kim@kunde.example"):
            await chat.say(text)
        assert (await chat.say("can I have it sent to the shop")).kind == "answered"
        assert (await chat.say("Storgata")).data["text"] == say("bad_new_address", "en")
        done = await chat.say("is it Storgata 5, 0155 Oslo")
        assert "0155 Oslo" in done.data["text"]

    play(small_guided_shop, at(back_end), story)


@pytest.mark.parametrize(
    "text",
    [
        "Why did the sole come off?",
        "hvordan kan sålen falde af efter to uger",
        "När jag öppnade paketet var den sönder",
        "Kan ikke lynes op, ka i se på det",
    ],
)
def test_words_of_their_own_are_not_stolen(small_guided_shop: Shop, back_end: str, text: str) -> None:
    async def story(chat: Chat) -> None:
        chat.desk.shelf.found[text] = [hit("returns", 0.99)]
        for said in ("I want complaint_form", "10042", "kim@kunde.example"):
            await chat.say(said)
        assert (await chat.say(text)).data["text"].startswith("Thank you. Your complaint has number")

    play(small_guided_shop, at(back_end), story)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I don't know"),
        ("da", "jeg har ikke noget ordrenummer"),
        ("sv", "jag hittar inte mejlet"),
        ("nb", "vet ikke"),
        ("nn", "det veit eg ikkje"),
    ],
)
def test_whoever_has_no_number_is_not_asked_again(
    small_guided_shop: Shop, back_end: str, language: str, text: str
) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        turn = await chat.say(text)
        assert turn.data["text"] in {say("without_it", each) for each in LANGUAGES}
        kinds = [entry.kind for entry in await chat.entries()]
        assert kinds[kinds.index("remarked") :][:2] == ["remarked", "handoff"]

    play(small_guided_shop, at(back_end), story, language)


def test_another_language_may_be_asked_for_in_the_middle(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        turn = await chat.say("are you a robot?")
        assert turn.kind == "remarked"
        assert turn.data["text"].endswith(say("ask_order_number", "en"))
        assert (await chat.say("10042")).data["text"] == say("ask_email", "en")

    play(small_guided_shop, at(back_end), story)


NODS = (("en", "ok"), ("da", "tak"), ("sv", "okej"), ("nb", "takk"), ("nn", "hei"))


@pytest.mark.parametrize(("language", "text"), NODS)
def test_a_nod_is_no_bad_answer(small_guided_shop: Shop, back_end: str, language: str, text: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        turn = await chat.say(text)
        assert turn.data["text"] in {
            f"{say('back_to_it', each)}\n\n{say('ask_order_number', each)}" for each in LANGUAGES
        }
        assert (await chat.say("10042")).data["text"] in {say("ask_email", each) for each in LANGUAGES}

    play(small_guided_shop, at(back_end), story, language)


def test_a_goodbye_ends_the_form(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        assert (await chat.say("bye")).data["text"] == wording.say("bye", "en")
        assert say("ask_email", "en") not in (await chat.say("10042")).data["text"]

    play(small_guided_shop, at(back_end), story)


def test_what_is_not_understood_is_no_answer_in_words_of_their_own(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        for text in ("I want complaint_form", "10042", "kim@kunde.example"):
            await chat.say(text)
        for text in ("what do you mean?", "I don't understand"):
            assert (await chat.say(text)).data["text"].endswith(say("ask_complaint", "en"))

    play(small_guided_shop, at(back_end), story)

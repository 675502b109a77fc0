"""In the middle of a form: what is a question of its own, what is a bad answer, and what is for people at once."""

from __future__ import annotations

import pytest

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

"""A form begins where the message says what should be done, although no article is sure."""

from __future__ import annotations

import pytest

from bot.actions import Actions
from bot.actions.words import say
from knowledge_base import articles
from tests.contracts.guided_chat import Chat, at, play
from tests.shop import Shop


@pytest.mark.parametrize(
    ("language", "text", "form"),
    [
        ("en", "I want to return order 10068", "return_form"),
        ("da", "Jeg vil gerne ændre adressen på ordre 10043", "address_form"),
        ("sv", "Var är order 10042?", "order_status_form"),
        ("nb", "Støvlene mine er ødelagt, ordre 10068", "complaint_form"),
        ("nn", "Eg vil returnere ordre 10068", "return_form"),
    ],
)
def test_the_form_that_is_wanted(small_guided_shop: Shop, back_end: str, language: str, text: str, form: str) -> None:
    async def story(chat: Chat) -> None:
        first = await chat.say(text)
        assert (first.kind, first.data["purpose"]) == ("remarked", "form")
        languages = ("en", "da", "sv", "nb", "nn")
        assert first.data["text"].startswith(tuple(say(f"begin_{form}", each) for each in languages))
        decided = [entry.data for entry in await chat.entries() if entry.kind == "decided"][-1]
        assert decided["note"] == f"{form}; asked for in so many words; asks for email"
        assert decided["form"]["requested"] == "email"

    play(small_guided_shop, at(back_end), story, language)


def test_what_is_said_at_once_is_asked_for_no_more(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        done = await chat.say("I want to return order 10068, it's too small, my email is ingrid@kunde.example")
        assert "return is set up with number R-" in done.data["text"]
        assert say("can_stop", "en") not in done.data["text"]

    play(small_guided_shop, at(back_end), story)


def test_a_form_that_no_article_names_does_not_begin(small_guided_shop: Shop, back_end: str) -> None:
    small_guided_shop.db.write_now(articles.change_root, "return_form", None, "")

    async def story(chat: Chat) -> None:
        assert (await chat.say("I want to return order 10068")).kind == "offered"

    play(small_guided_shop, at(back_end), story)


def test_without_a_back_end_nothing_begins(small_guided_shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        assert (await chat.say("I want to return order 10068")).kind == "offered"

    play(small_guided_shop, Actions(), story)


def test_threats_are_for_people_whatever_is_wanted(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        turn = await chat.say("My boots from order 10068 are broken and I will contact my lawyer")
        assert (turn.kind, turn.data["reason"]) == ("handoff", "complaint")

    play(small_guided_shop, at(back_end), story)

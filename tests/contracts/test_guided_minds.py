"""In the middle of a form somebody thinks better of it: takes back, says it twice, is heard only once."""

from __future__ import annotations

import asyncio

import pytest

from bot.actions.words import say
from bot.demo.order_desk import OrderDesk
from handoff import desk as people
from tests.contracts.guided_chat import Chat, at, play
from tests.shop import MAJA, Shop


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "no wait, the order number is 10042"),
        ("da", "nej vent, ordrenummeret er 10042"),
        ("sv", "nej förlåt, det ska vara 10042"),
        ("nb", "feil nummer, det er 10042"),
        ("nn", "nei, ikkje 10043, men 10042"),
    ],
)
def test_an_order_number_is_taken_back(small_guided_shop: Shop, back_end: str, language: str, text: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        await chat.say("10043")
        noted = await chat.say(text)
        assert "10042" in noted.data["text"]
        decided = [entry.data for entry in await chat.entries() if entry.kind == "decided"][-1]
        assert decided["note"] == "order_status_form; took back order_number"
        assert (decided["form"]["tries"], decided["form"]["slots"]) == (0, {"order_number": "10042"})
        assert "10042" in (await chat.say("kim@kunde.example")).data["text"]

    play(small_guided_shop, at(back_end), story, language)


def test_what_was_wrong_is_asked_for_anew(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        for text in ("I want return_form", "10070", "ingrid@kunde.example"):
            await chat.say(text)
        assert (await chat.say("I wrote the wrong order number")).data["text"] == say("ask_order_number", "en")
        assert (await chat.say("10068")).data["text"] == say("ask_return_reason", "en")
        assert "return is set up" in (await chat.say("I changed my mind")).data["text"]

    play(small_guided_shop, at(back_end), story)


def test_what_is_sent_twice_is_no_bad_answer(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        await chat.say("10042")
        assert (await chat.say("10042")).data["text"] == say("ask_email", "en")
        assert "10042" in (await chat.say("kim@kunde.example")).data["text"]

    play(small_guided_shop, at(back_end), story)


@pytest.mark.parametrize(("meanwhile", "turns"), [("and the zip is broken, too", 5), ("The sole came off", 4)])
def test_what_is_said_while_the_back_end_works_does_nothing_twice(
    small_guided_shop: Shop,
    orders_at: tuple[str, OrderDesk],
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: str,
    turns: int,
) -> None:
    """What is new is a turn of its own; the same words, sent by a second click, are answered with the first."""
    back_end, desk = orders_at
    made: list[str] = []

    async def story(chat: Chat) -> None:
        for text in ("I want complaint_form", "10042", "kim@kunde.example"):
            await chat.say(text)
        actions = chat.desk.turns.actions
        run = type(actions).run
        reached, go_on = asyncio.Event(), asyncio.Event()

        async def slowly(self: object, name: str, *args: object) -> object:
            done = await run(self, name, *args)  # type: ignore[arg-type]
            if name == "action_complaint":
                made.append(name)
                reached.set()
                await go_on.wait()
            return done

        monkeypatch.setattr(type(actions), "run", slowly)
        shop = chat.desk.shop
        await chat.desk.run(shop.say, "The sole came off", language="en", token=chat.token)
        await reached.wait()
        await chat.desk.run(shop.say, meanwhile, language="en", token=chat.token)
        go_on.set()
        await chat.desk.quiet()
        texts = [entry.data["text"] for entry in await chat.entries() if entry.kind == "remarked"]
        assert [text for text in texts if "Your complaint has number" in text] == [texts[2]]
        answered = [entry.data["about"] for entry in await chat.entries() if entry.kind == "decided"]
        assert len(answered) == len(set(answered)) == turns

    play(small_guided_shop, at(back_end), story)
    assert made == ["action_complaint"]
    assert desk.look_up({"number": "10042", "email": "kim@kunde.example"})[0] == 200


def test_a_back_end_that_still_fails_does_not_hand_over_again_at_once(small_guided_shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        async def ask() -> str:
            await chat.say("I want order_status_form")
            await chat.say("10042")
            return (await chat.say("kim@kunde.example")).kind

        assert await ask() == "handoff"
        reason = [entry.data["note"] for entry in await chat.entries() if entry.kind == "decided"][-1]
        assert reason.startswith("order_status_form; The back end failed: ")
        public = chat.desk.shop.row(chat.id).public_id
        await asyncio.to_thread(chat.desk.shop.claim, public)
        await asyncio.to_thread(chat.desk.shop.do, people.hand_back, public, MAJA)
        text = "I want order_status_form for 10042, kim@kunde.example"
        chat.desk.shelf.found[text] = chat.desk.shelf.found["I want order_status_form"]
        again = await chat.say(text)
        assert (again.kind, again.data["text"]) == ("offered", say("still_not", "en"))

    play(small_guided_shop, at("http://127.0.0.1:9"), story)


def test_the_log_says_why_a_form_went_as_it_did(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        for text in ("I want order_status_form", "none at all", "10042", "How long may I return things?"):
            await chat.say(text)
        for text in ("kim@kunde.example", "I want call_back_form", "never mind"):
            await chat.say(text)
        notes = [entry.data["note"] for entry in await chat.entries() if entry.kind == "decided"]
        assert notes == [
            "order_status_form; asks for order_number",
            "order_status_form; no order_number in it, try 1 of 3",
            "order_status_form; asks for email",
            "order_status_form; question 1 in between",
            "order_status_form; action_order_status is done",
            "call_back_form; asks for phone",
            "call_back_form; stopped by the customer",
        ]

    play(small_guided_shop, at(back_end), story)

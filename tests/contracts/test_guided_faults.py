"""Guided actions where something is in the way: strangers, a shop that declines, back ends that fail, restarts."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.actions.guesses import FAILURES
from bot.actions.words import say
from tests.contracts.guided_chat import Chat, at, play
from tests.contracts.turn_desk import opened
from tests.order_desks import KINDS, TOKEN, misbehaving, serving
from tests.shop import Shop


def test_nobody_gets_the_order_of_somebody_else(small_guided_shop: Shop, back_end: str) -> None:
    """A wrong number and a wrong address are told alike, and after three tries people look."""

    async def story(chat: Chat) -> None:
        said = []
        await chat.say("I want order_status_form")
        for number, address in (("10042", "astrid@kunde.example"), ("99999", "kim@kunde.example")):
            await chat.say(number)
            said.append((await chat.say(address)).data["text"])
        assert said[0] == said[1]
        assert said[0].startswith(say("no_such_order", "en"))
        await chat.say("10042")
        last = await chat.say("lars@kunde.example")
        assert last.kind == "remarked"
        kinds = [entry.kind for entry in (await chat.entries())[-4:]]
        assert kinds[:3] == ["said", "remarked", "handoff"]
        assert chat.desk.shop.row(chat.id).reason == "ambiguous"
        assert not any("on its way" in str(entry.data) for entry in await chat.entries())

    play(small_guided_shop, at(back_end), story)


def test_a_new_chat_is_no_new_try_for_ever(small_guided_shop: Shop, back_end: str) -> None:
    """Somebody knows an address and tries out numbers: at last even the right one is not told."""

    async def story(chat: Chat) -> None:
        shop, numbers = chat.desk.shop, iter(range(20_000, 30_000))
        for visitor in ("a", "b"):
            chat.token = visitor * 43
            await chat.say("I want order_status_form")
            for _ in range(3):
                await chat.say(str(next(numbers)))
                last = await chat.say("kim@kunde.example")
            assert shop.row(chat.id).status == "queued"
            assert last.kind == "remarked"
        chat.token = "c" * 43
        for text in ("I want order_status_form", "10042"):
            await chat.say(text)
        assert (await chat.say("kim@kunde.example")).data["reason"] == "policy_restriction"
        chat.token = "d" * 43
        for text in ("I want order_status_form", "10061"):
            await chat.say(text)
        assert "is ready to be picked up" in (await chat.say("lars@kunde.example")).data["text"]

    play(small_guided_shop, at(back_end), story)


def test_many_chats_at_once_are_no_more_tries(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        chats = [Chat(chat.desk) for _ in range(2 * FAILURES)]
        for number, each in enumerate(chats):
            each.token = chr(ord("a") + number) * 43
            await each.say("I want order_status_form")
            await each.say(str(20_000 + number))
        kinds = [entry.kind for entry in await asyncio.gather(*(each.say("kim@kunde.example") for each in chats))]
        assert (kinds.count("remarked"), kinds.count("handoff")) == (FAILURES, FAILURES)

    play(small_guided_shop, at(back_end), story)


def test_what_the_shop_will_not_do_goes_to_people_with_a_word(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        for text in ("I want return_form", "10070", "ingrid@kunde.example", "Changed my mind about it"):
            await chat.say(text)
        kinds = [(entry.kind, entry.data.get("text")) for entry in (await chat.entries())[-4:]]
        assert [kind for kind, _ in kinds] == ["remarked", "handoff", "decided", "noted"]
        assert "The time for returning order 10070 is over." in str(kinds[0][1])
        assert chat.desk.shop.row(chat.id).reason == "policy_restriction"
        assert "Reason for the return: Changed my mind about it" in str(kinds[3][1])

    play(small_guided_shop, at(back_end), story)


@pytest.mark.parametrize("kind", [*KINDS, "slow", "nobody"])
def test_a_back_end_that_fails_is_handed_over_with_what_was_collected(
    small_guided_shop: Shop, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        await chat.say("10042")
        handoff = await chat.say("kim@kunde.example")
        assert (handoff.kind, handoff.data["reason"]) == ("handoff", "action_failure")
        note = (await chat.entries())[-1].data["text"]
        assert note.endswith("Order number: 10042\nE-mail: kim@kunde.example")
        assert chat.desk.shop.row(chat.id).status == "queued"

    caplog.set_level(logging.DEBUG)
    with serving(misbehaving()) as url:
        address = "http://127.0.0.1:9" if kind == "nobody" else f"{url}/{kind}"
        play(small_guided_shop, at(address), story)
    assert TOKEN not in caplog.text
    assert "kim@kunde.example" not in caplog.text


def test_another_worker_goes_on_after_a_restart(guided_shop: Shop, back_end: str) -> None:
    """Nothing of a form is in memory: each message here is answered by a process that has just begun."""

    async def story(chat: Chat, texts: dict[str, str]) -> None:
        for text, part in texts.items():
            assert part in (await chat.say(text)).data["text"]

    async def run() -> None:
        for texts in (
            {"I want order_status_form": "order number"},
            {"10042": say("ask_email", "en")},
            {"kim@kunde.example": "Order 10042 is on its way."},
        ):
            async with opened(guided_shop, actions=at(back_end)) as desk_:
                await story(Chat(desk_), texts)
            db = guided_shop.db
            guided_shop.db = type(db)(db.engine.url.render_as_string(False), db.bus)

    asyncio.run(run())

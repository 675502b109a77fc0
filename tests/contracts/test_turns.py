"""Turns: what waits for the assistant is answered, offered a choice, or handed to people."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from conversation import log
from handoff import desk
from tests.contracts.turn_desk import Desk, hit, opened, stocked
from tests.shop import Shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    with stocked(database_url) as made:
        yield made


@pytest.fixture
def small_shop(tmp_path: Path) -> Iterator[Shop]:
    """SQLite only, for what does not depend on the database."""
    with stocked(f"sqlite:///{tmp_path / 'x.sqlite3'}") as made:
        yield made


def test_an_answer_with_its_source_and_its_reason(shop: Shop) -> None:
    async def run() -> None:
        async with opened(shop) as desk_:
            desk_.shelf.found["How do I return it?"] = [hit("returns", 0.91), hit("hours", 0.2)]
            chat = await desk_.run(shop.say, "How do I return it?")
            entries = await desk_.until(chat.conversation_id, "said", "answered", "decided")
            answered, decided = entries[2].data, entries[3].data
            assert answered["re"] == chat.seq
            assert "30 days" in answered["text"]
            assert "<strong>30 days</strong>" in answered["html"]
            assert answered["source"] == {
                "article": "returns", "title": "Returns", "url": "/help/en/returns", "language": "en",
            }  # fmt: skip
            assert (decided["about"], decided["outcome"], decided["threshold"]) == (chat.seq, "answer", 0.8)
            assert decided["language"] == "en"
            assert [one["certainty"] for one in decided["hits"]] == [0.91, 0.2]
            assert set(decided["hits"][0]["parts"]) == {"pooled", "agreement", "characters", "margin", "matched"}
            assert entries[3].audience == "staff"
            row = shop.row(chat.conversation_id)
            assert (row.status, row.waiting, row.last_seq) == ("bot", 0, 4)

    asyncio.run(run())


def test_an_offer_and_after_two_of_them_a_person(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.found["Something like returns?"] = [
                hit("returns", 0.5),
                hit("hours", 0.31),
                hit("secret", 0.29),
            ]
            chat = await desk_.run(small_shop.say, "Something like returns?")
            entries = await desk_.until(chat.conversation_id, "said", "offered", "decided")
            assert [choice["article"] for choice in entries[2].data["choices"]] == ["returns", "hours"]
            await desk_.run(small_shop.say, "Do you sell horses?")
            two = ["said", "offered", "decided"] * 2
            entries = await desk_.until(chat.conversation_id, *two)
            assert entries[5].data["choices"] == () or entries[5].data["choices"] == []
            await desk_.run(small_shop.say, "Or cows?")
            entries = await desk_.until(chat.conversation_id, *two, "said", "handoff", "decided")
            assert entries[8].data["reason"] == "missing_knowledge"
            row = small_shop.row(chat.conversation_id)
            assert (row.status, row.reason) == ("queued", "missing_knowledge")

    asyncio.run(run())


def test_an_answer_in_between_starts_the_count_anew(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.found["Returns?"] = [hit("returns", 0.9)]
            for text in ("Horses?", "Cows?", "Returns?", "Pigs?"):
                chat = await desk_.run(small_shop.say, text)
                await desk_.quiet()
            kinds = small_shop.kinds(chat.conversation_id)
            assert [kind for kind in kinds if kind in ("offered", "answered", "handoff")] == [
                "offered", "offered", "answered", "offered",
            ]  # fmt: skip

    asyncio.run(run())


def test_a_wish_for_a_person_needs_no_search(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            chat = await desk_.run(small_shop.say, "I want to talk to a person")
            entries = await desk_.until(chat.conversation_id, "said", "handoff", "decided")
            assert entries[2].data["reason"] == "customer_request"
            assert desk_.shelf.asked == []

    asyncio.run(run())


def test_a_chat_that_was_handed_back_does_not_come_straight_back(small_shop: Shop) -> None:
    """H4: neither for the wish that brought it to people, nor for the misses before it."""

    async def run() -> None:
        async with opened(small_shop) as desk_:
            chat = await desk_.run(small_shop.say, "I want to talk to a person")
            await desk_.until(chat.conversation_id, "said", "handoff", "decided")
            await desk_.run(small_shop.claim, chat.conversation)
            await desk_.run(small_shop.do, desk.hand_back, chat.conversation)
            start = ["said", "handoff", "decided", "claimed", "handed_back", "offered", "decided"]
            await desk_.until(chat.conversation_id, *start)
            await desk_.quiet()
            assert small_shop.row(chat.conversation_id).status == "bot"
            # Whoever asks again, gets one again.
            await desk_.run(small_shop.say, "I want to talk to a person!")
            await desk_.until(chat.conversation_id, *start, "said", "handoff", "decided")

    asyncio.run(run())


def test_misses_before_a_hand_back_do_not_count(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            for text in ("Horses?", "Cows?", "Pigs?"):
                chat = await desk_.run(small_shop.say, text)
                await desk_.quiet()
            assert small_shop.row(chat.conversation_id).status == "queued"
            await desk_.run(small_shop.claim, chat.conversation)
            await desk_.run(small_shop.do, desk.hand_back, chat.conversation)
            await desk_.quiet()
            row = small_shop.row(chat.conversation_id)
            assert (row.status, row.waiting) == ("bot", 0)
            assert small_shop.kinds(chat.conversation_id)[-2:] == ["offered", "decided"]

    asyncio.run(run())


def test_a_burst_gets_one_answer(small_shop: Shop) -> None:
    """To its last message, which answers those before it: what lies between greetings is one question."""
    for text in ("Returns?", "Hello", "For a tent"):
        chat = small_shop.say(text)

    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.found["Returns?\nFor a tent"] = [hit("returns", 0.9)]
            for _ in range(5):
                desk_.turns.look_at(chat.conversation_id)
            await desk_.quiet()
            assert desk_.shelf.asked == ["Returns?\nFor a tent"]
            assert await answers(desk_, chat.conversation_id) == [("answered", 4)]
            assert small_shop.row(chat.conversation_id).waiting == 0

    asyncio.run(run())


async def answers(desk_: Desk, conversation_id: int) -> list[tuple[str, int]]:
    entries = await desk_.shop.db.read(log.transcript, conversation_id)
    return [(entry.kind, entry.data["re"]) for entry in entries if "re" in entry.data]


def test_where_a_burst_together_finds_nothing_its_last_message_may(small_shop: Shop) -> None:
    for text in ("Horses?", "Returns?"):
        chat = small_shop.say(text)

    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.found["Returns?"] = [hit("returns", 0.9)]
            desk_.turns.look_at(chat.conversation_id)
            await desk_.quiet()
            assert await answers(desk_, chat.conversation_id) == [("answered", 3)]

    asyncio.run(run())


def test_what_is_said_while_the_assistant_thinks_belongs_to_the_question(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.found["How do I return it?\nThe blue one"] = [hit("returns", 0.9)]
            chat = await desk_.ask_and_hold("How do I return it?")
            await desk_.run(small_shop.say, "The blue one")
            await desk_.let_go()
            assert await answers(desk_, chat.conversation_id) == [("answered", 3)]

    asyncio.run(run())


def test_a_wish_for_a_person_in_a_burst_is_heard(small_shop: Shop) -> None:
    for text in ("Returns?", "I want to talk to a person", "please"):
        chat = small_shop.say(text)

    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.turns.look_at(chat.conversation_id)
            await desk_.quiet()
            assert small_shop.row(chat.conversation_id).status == "queued"
            assert desk_.shelf.asked == []

    asyncio.run(run())


def test_after_a_hand_back_the_last_open_question_is_answered(small_shop: Shop) -> None:
    """Not each message that was written while people had the chat."""

    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.found["Returns?"] = [hit("returns", 0.9)]
            chat = await desk_.run(small_shop.ask_for_person)
            for text in ("Horses?", "Returns?", "Thanks"):
                await desk_.run(small_shop.say, text)
            await desk_.run(small_shop.claim, chat.conversation)
            await desk_.run(small_shop.do, desk.hand_back, chat.conversation)
            await desk_.quiet()
            assert desk_.shelf.asked == ["Returns?"]
            assert await answers(desk_, chat.conversation_id) == [("answered", 5)]

    asyncio.run(run())


def test_a_chosen_article_is_shown_in_the_customers_language(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            chat = await desk_.run(small_shop.say, "Returns", article="returns", language="nb")
            entries = await desk_.until(chat.conversation_id, "said", "answered", "decided")
            assert entries[2].data["source"]["language"] == "nb"
            assert small_shop.row(chat.conversation_id).language == "nb"
            await desk_.run(small_shop.say, "Opening hours", article="hours")
            entries = await desk_.until(chat.conversation_id, *["said", "answered", "decided"] * 2)
            assert entries[5].data["source"]["language"] == "en"
            assert entries[5].data["text"].endswith("See you.")
            assert "menneske" in entries[5].data["text"]  # the action speaks the customer's language
            assert desk_.shelf.asked == []

    asyncio.run(run())


def test_an_internal_article_cannot_be_chosen(small_shop: Shop) -> None:
    """K12: a customer's frame may name any article."""

    async def run() -> None:
        async with opened(small_shop) as desk_:
            chat = await desk_.run(small_shop.say, "Purchase prices", article="secret")
            await desk_.until(chat.conversation_id, "said", "offered", "decided")
            await desk_.run(small_shop.say, "Or this", article="no-such\x00article")
            entries = await desk_.until(chat.conversation_id, *["said", "offered", "decided"] * 2)
            assert all("colleagues" not in str(entry.data) for entry in entries)

    asyncio.run(run())


def test_an_article_that_is_gone_is_not_invented(small_shop: Shop) -> None:
    async def run() -> None:
        async with opened(small_shop) as desk_:
            desk_.shelf.found["How do I return it?"] = [hit("archived-meanwhile", 0.95)]
            chat = await desk_.run(small_shop.say, "How do I return it?")
            entries = await desk_.until(chat.conversation_id, "said", "offered", "decided")
            assert entries[3].data["note"] == "article is gone"

    asyncio.run(run())

"""An answer that is at hand is stored with its question; where anything came in between, the question waits as ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from bot import customer_socket, wire
from bot.actions import Actions
from bot.actions.backend import Backend
from bot.at_hand import answer_at_hand
from bot.customer_socket import CustomerSocket
from bot.metrics import TURNS
from conversation import log
from conversation.events import Answered, Decided, Noted, Source
from conversation.visits import Ready
from knowledge_base import versions
from knowledge_base.drafting import draft_of
from runtime.errors import TooMany
from tests.contracts.turn_desk import Desk, hit, opened, stocked
from tests.shop import TOKEN, Shop

SOURCE = Source("shipping", "Shipping", "/help/en/shipping", "en")


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    with stocked(database_url) as made:
        yield made


def ready_for(conversation_id: int, seq: int, language: str = "nb") -> Ready:
    events = (Answered(seq, "Yes.", "<p>Yes.</p>", SOURCE, 0.9), Decided(seq, "answer", 0.8))
    return Ready(conversation_id, seq, language, events)


def answered_chat(shop: Shop) -> int:
    """A chat in which nothing waits; its last entry is number 4."""
    chat = shop.say("Hello")
    again = shop.say("And now?", ready=ready_for(chat.conversation_id, 3))
    assert again.seq == 3  # something waited already, so that one was not answered
    assert shop.kinds(chat.conversation_id) == ["started", "said", "said"]
    reply = Answered(3, "Yes.", "<p>Yes.</p>", SOURCE, 0.9)
    shop.db.write_now(log.record, chat.conversation_id, reply)
    return chat.conversation_id


def test_question_answer_and_reason_are_stored_together(shop: Shop) -> None:
    chat = answered_chat(shop)
    said = shop.say("How do I return it?", "client-x", ready=ready_for(chat, 5))
    assert (said.kind, said.seq, said.client_id) == ("said", 5, "client-x")
    entries = shop.db.read_now(log.transcript, chat)[4:]
    assert [(entry.seq, entry.kind) for entry in entries] == [(5, "said"), (6, "answered"), (7, "decided")]
    assert entries[1].data["re"] == 5
    row = shop.row(chat)
    assert (row.last_seq, row.waiting, row.last_said, row.language, row.preview_kind) == (7, 0, 5, "nb", "answered")


def test_a_repeat_gives_the_first_entry_and_no_second_answer(shop: Shop) -> None:
    chat = answered_chat(shop)
    shop.say("How do I return it?", "client-x", ready=ready_for(chat, 5))
    again = shop.say("How do I return it?", "client-x", ready=ready_for(chat, 8))
    assert again.seq == 5
    assert shop.row(chat).last_seq == 7


def test_what_came_in_between_makes_it_wait(shop: Shop) -> None:
    chat = answered_chat(shop)
    shop.db.write_now(log.record, chat, Noted("a1", "Maja", "Called"))
    assert shop.say("How do I return it?", ready=ready_for(chat, 5)).seq == 6
    assert (shop.row(chat).last_seq, shop.row(chat).waiting) == (6, 6)


def test_a_person_who_has_the_chat_answers_it(shop: Shop) -> None:
    chat = answered_chat(shop)
    claimed = shop.claim(shop.row(chat).public_id)
    said = shop.say("How do I return it?", ready=ready_for(chat, claimed.seq + 1))
    assert shop.kinds(chat)[-2:] == ["claimed", "said"]
    assert shop.row(chat).waiting == said.seq


def test_only_a_sure_answer_without_an_action_is_at_hand(shop: Shop) -> None:
    async def ask(desk: Desk, text: str, *kinds: str) -> int:
        chat = await desk.run(shop.say, text)
        await desk.until(chat.conversation_id, *kinds)
        await desk.quiet()
        return chat.conversation_id

    async def run() -> None:
        async with opened(shop) as desk:
            desk.shelf.found["How do I return it?"] = [hit("returns", 0.91)]
            desk.shelf.found["When are you open?"] = [hit("hours", 0.91)]
            desk.shelf.found["Can I rent it?"] = [hit("returns", 0.4)]
            first = ("said", "answered", "decided")
            chat = await ask(desk, "How do I return it?", *first)
            assert answer_at_hand(desk.turns, chat, "How do I return it?") is None, "the very same was said just now"
            await ask(desk, "When are you open?", *first, *first)
            assert answer_at_hand(desk.turns, chat, "When are you open?") is None, "its action must run again"
            ready = answer_at_hand(desk.turns, chat, "How do I return it?")
            assert ready is not None
            assert (ready.conversation_id, ready.seq, ready.language) == (chat, 8, "en")
            answered, decided = ready.events
            assert isinstance(answered, Answered)
            assert "<strong>30 days</strong>" in answered.html
            assert isinstance(decided, Decided)
            assert (answered.re, decided.about, decided.outcome, decided.language) == (8, 8, "answer", "en")
            for text in (
                "Something that nobody has asked",
                "hello",
                "I want to talk to a person",
                "HOW DO I RETURN IT???",
            ):
                assert answer_at_hand(desk.turns, chat, text) is None
            await ask(desk, "Can I rent it?", *first, *first, "said", "offered", "decided")
            assert answer_at_hand(desk.turns, chat, "Can I rent it?") is None, "an offer is no answer"
            assert answer_at_hand(desk.turns, chat, "How do I return it?") is not None

    asyncio.run(run())


@pytest.mark.parametrize(("backend", "at_hand"), [("", True), ("http://127.0.0.1:9", False)])
def test_an_article_with_a_form_is_at_hand_where_no_form_can_begin(shop: Shop, backend: str, at_hand: bool) -> None:
    draft = draft_of("Where is my parcel?", (), "It is on its way for two days.")
    shop.db.write_now(
        versions.publish_imported, "parcel", "en", draft, "none", None, "test", "public", "order_status_form"
    )

    async def run() -> None:
        async with opened(shop, actions=Actions(backend=Backend(backend))) as desk:
            desk.shelf.found["Where is my parcel?"] = [hit("parcel", 0.91)]
            desk.shelf.found["How do I return it?"] = [hit("returns", 0.91)]
            await desk.run(shop.say, "Where is my parcel?", token="another-customer")
            await desk.quiet()
            chat = await desk.run(shop.say, "How do I return it?")
            await desk.until(chat.conversation_id, "said", "answered", "decided")
            await desk.quiet()
            ready = answer_at_hand(desk.turns, chat.conversation_id, "Where is my parcel?")
            assert (ready is not None) is at_hand

    asyncio.run(run())


def socket_of(desk: Desk, chat: int, pace: tuple[float, float] = (100.0, 100.0)) -> CustomerSocket:
    """A customer's socket that watches this chat, without a line."""
    socket = CustomerSocket.__new__(CustomerSocket)
    room: Any = SimpleNamespace(
        db=desk.shop.db, turns=desk.turns, settings=SimpleNamespace(max_text=2000), worker="", pace=pace
    )
    guest: Any = SimpleNamespace(
        token=TOKEN, speaks="en", chosen="", page="", watch=SimpleNamespace(conversation_id=chat)
    )
    socket.room, socket.site, socket.guest = room, desk.shop.site, guest
    return socket


def damaged(chat: int) -> Ready:
    """Fits, and cannot be stored: half a character pair is no text that UTF-8 knows."""
    answered = Answered(5, "\ud800", "<p></p>", SOURCE, 0.9)
    return Ready(chat, 5, "en", (answered, Decided(5, "answer", 0.8)))


def test_an_answer_that_cannot_be_stored_leaves_its_question_to_be_answered(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with opened(shop) as desk:
            chat = answered_chat(shop)
            desk.shelf.found["How do I return it?"] = [hit("returns", 0.91)]
            monkeypatch.setattr(customer_socket, "answer_at_hand", lambda *_args: damaged(chat))
            socket, at_once = socket_of(desk, chat), TURNS["answered"].value
            assert socket.guest is not None
            said = await socket._say(socket.guest, wire.Say(client_id="client-x", text="How do I return it?"))
            assert (said.kind, said.seq, said.client_id) == ("said", 5, "client-x")
            assert (shop.row(chat).last_seq, shop.row(chat).waiting) == (5, 5), "nothing of the answer is left"
            assert TURNS["answered"].value == at_once, "it was not answered at once"
            desk.turns.look_at(chat)
            entries = await desk.until(chat, "said", "said", "answered", "said", "answered", "decided")
            assert entries[5].data["re"] == 5

    asyncio.run(run())


def test_a_question_that_is_refused_is_not_said_a_second_time_without_its_answer(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with opened(shop) as desk:
            chat = answered_chat(shop)
            monkeypatch.setattr(customer_socket, "answer_at_hand", lambda *_args: ready_for(chat, 5))
            socket = socket_of(desk, chat, (0.001, 1.0))
            assert socket.guest is not None
            first = await socket._say(socket.guest, wire.Say(client_id="client-x", text="How do I return it?"))
            assert first.seq == 5
            tried: list[bool] = []
            write = shop.db.write

            async def counted(*args: Any, **more: Any) -> Any:
                tried.append("ready" in more)
                return await write(*args, **more)

            socket.room.db = SimpleNamespace(write=counted)  # type: ignore[assignment]
            with pytest.raises(TooMany):
                await socket._say(socket.guest, wire.Say(client_id="client-y", text="And another?"))
            assert tried == [True]
            assert shop.row(chat).last_seq == 7

    asyncio.run(run())

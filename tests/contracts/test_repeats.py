"""A frame that comes twice, the second time after the world has moved on: its answer is the entry of the first time."""

from __future__ import annotations

from handoff import desk
from tests.shop import MAJA, OSKAR, Shop


def test_a_repeated_wish_for_a_person_is_answered_as_the_first_time(shop: Shop) -> None:
    asked = shop.ask_for_person("wish-0001")
    shop.claim(asked.conversation)
    assert shop.ask_for_person("wish-0001").seq == asked.seq


def test_a_repeated_claim_is_answered_as_the_first_time(shop: Shop) -> None:
    chat = shop.ask_for_person().conversation
    first = shop.claim(chat, MAJA, "claim-0001")
    shop.do(desk.release, chat, MAJA)
    shop.claim(chat, MAJA)
    assert shop.claim(chat, MAJA, "claim-0001").seq == first.seq
    shop.do(desk.release, chat, MAJA)
    shop.claim(chat, OSKAR)
    assert shop.claim(chat, MAJA, "claim-0001").seq == first.seq


def test_a_repeated_resolve_is_answered_though_somebody_else_has_the_chat_by_now(shop: Shop) -> None:
    asked = shop.ask_for_person()
    shop.claim(asked.conversation)
    first = shop.do(desk.resolve, asked.conversation, MAJA, "resolve-0001")
    shop.ask_for_person()
    shop.claim(asked.conversation, OSKAR)
    assert shop.do(desk.resolve, asked.conversation, MAJA, "resolve-0001").seq == first.seq


def test_a_repeated_release_and_handing_back_too(shop: Shop) -> None:
    asked = shop.ask_for_person()
    for verb, name in ((desk.release, "release-0001"), (desk.hand_back, "hand-back-0001")):
        shop.claim(asked.conversation)
        first = shop.do(verb, asked.conversation, MAJA, name)
        shop.ask_for_person()
        shop.claim(asked.conversation, OSKAR)
        assert shop.do(verb, asked.conversation, MAJA, name).seq == first.seq
        shop.do(desk.release, asked.conversation, OSKAR)

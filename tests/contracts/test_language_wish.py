"""Whoever names a language is answered in it from then on, where the site speaks it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.at_hand import answer_at_hand
from bot.wording import say
from conversation import log, sites
from tests.contracts.turn_desk import hit, opened, stocked
from tests.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with stocked(f"sqlite:///{tmp_path / 'x.sqlite3'}") as made:
        card = made.site
        made.db.write_now(sites.put_site, card.name, list(card.origins), ["da", "en", "nb"])
        yield made


def test_a_chat_goes_on_in_the_language_that_was_asked_for(shop: Shop) -> None:
    async def run() -> None:
        async with opened(shop) as desk:
            for text, purpose, language in (
                ("English please", "language", "en"),
                ("kan vi ta det på nynorsk?", "language", "nb"),
                ("på svenska tack", "no_language", "nb"),
                ("kan vi tage det på dansk?", "language", "da"),
            ):
                said = await desk.run(shop.say, text, language="da")
                await desk.quiet()
                entries = await shop.db.read(log.transcript, said.conversation_id)
                remark = entries[-2].data
                assert (remark["purpose"], remark["text"]) == (purpose, say(purpose, language))
                row = await shop.db.read(log.row_of, said.conversation_id)
                assert row.language == language

    asyncio.run(run())


DANISH = "Hvornår kommer pakken, som jeg bestilte i sidste uge?"


def test_a_language_that_was_chosen_binds_the_assistant(shop: Shop) -> None:
    """Whatever they write in; until they ask for another one in words, or choose anew."""

    async def run() -> None:
        async with opened(shop) as desk:
            for number, (text, chosen, language) in enumerate(
                (
                    (DANISH, "en", "en"),
                    ("Hej!", "en", "en"),
                    ("kan vi tage det på dansk?", "en", "da"),
                    (DANISH, "nb", "nb"),
                    (DANISH, "nn", "nb"),
                    (DANISH, "sv", "da"),  # the site does not speak it
                    (DANISH, "", "da"),
                )
            ):
                token = f"{number:t>43}"
                said = await desk.run(shop.say, text, language="en", chosen=chosen, token=token)
                await desk.quiet()
                row = await shop.db.read(log.row_of, said.conversation_id)
                assert row.language == language, (text, chosen)
            await desk.run(shop.say, "English please", language="da", chosen="da")
            await desk.quiet()
            said = await desk.run(shop.say, DANISH, language="da", chosen="da")  # the wish came after the choice
            await desk.quiet()
            assert (await shop.db.read(log.row_of, said.conversation_id)).language == "en"

    asyncio.run(run())


def test_an_answer_at_hand_is_in_the_chosen_language(shop: Shop) -> None:
    async def run() -> None:
        async with opened(shop) as desk:
            desk.shelf.found[DANISH] = [hit("returns", 0.95)]
            first = await desk.run(shop.say, DANISH, language="da")
            await desk.quiet()
            await desk.run(shop.say, "tak")
            await desk.quiet()
            conversation = first.conversation_id
            desk.turns.courses.held[conversation].thread.article = ""
            at_hand = {chosen: answer_at_hand(desk.turns, conversation, DANISH, chosen) for chosen in ("", "en", "sv")}
            assert {chosen: ready and ready.language for chosen, ready in at_hand.items()} == {
                "": "da",
                "en": "en",
                "sv": "da",
            }

    asyncio.run(run())

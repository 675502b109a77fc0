"""Whoever names a language is answered in it from then on, where the site speaks it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.wording import say
from conversation import log, sites
from tests.contracts.turn_desk import opened, stocked
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

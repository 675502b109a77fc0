"""A question written line by line: what is unsure waits a moment for the rest of it, what is sure does not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import leaning, turn
from runtime.measures import SECONDS, Histogram
from tests.contracts.turn_desk import Desk, hit, opened, stocked
from tests.shop import Shop

FOREVER = 60.0  # a test that waited for it would fail long before


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with stocked(f"sqlite:///{tmp_path / 'x.sqlite3'}") as made:
        yield made


async def searched(desk: Desk, times: int) -> None:
    for _ in range(1000):
        if len(desk.shelf.asked) >= times:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(desk.shelf.asked)


def test_the_rest_of_a_question_is_waited_for(shop: Shop) -> None:
    async def run() -> None:
        async with opened(shop, deadline_s=FOREVER, pause_s=FOREVER) as desk:
            desk.shelf.found["my tent"] = [hit("hours", 0.5)]
            desk.shelf.found["my tent\nis too big"] = [hit("hours", 0.6)]
            desk.shelf.found["my tent\nis too big\ncan I return it?"] = [hit("returns", 0.9)]
            chat = await desk.run(shop.say, "my tent")
            for searches, text in enumerate(("is too big", "can I return it?"), 1):
                await searched(desk, searches)
                await desk.run(shop.say, text)
            await desk.until(chat.conversation_id, "said", "said", "said", "answered", "decided")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("text", "certainty", "turn"), [("returns", 0.9, "answered"), ("Tents?", 0.5, "offered"), ("hi", 0.0, "remarked")]
)
def test_nobody_waits_for_what_is_sure_or_whole(shop: Shop, text: str, certainty: float, turn: str) -> None:
    async def run() -> None:
        async with opened(shop, pause_s=FOREVER) as desk:
            desk.shelf.found[text] = [hit("returns", certainty)]
            chat = await desk.run(shop.say, text)
            await desk.until(chat.conversation_id, "said", turn, "decided")

    asyncio.run(run())


def test_where_nothing_comes_it_is_answered_as_it_is(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = Histogram(SECONDS)
    monkeypatch.setattr(turn, "ANSWER_SECONDS", waited)

    async def run() -> None:
        async with opened(shop, pause_s=0.3) as desk:
            desk.shelf.found["my tent"] = [hit("hours", 0.5)]
            chat = await desk.run(shop.say, "my tent")
            await desk.until(chat.conversation_id, "said", "offered", "decided")
            await desk.quiet()

    asyncio.run(run())
    assert waited.total >= 0.3, "the customer waited for the pause, too"


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("mitt tält", True),
        ("har gått sönder", True),
        ("retur", True),
        ("Retur?", False),
        ("Det virker ikke.", False),
        ("hvor bliver min pakke egentlig af", False),
    ],
)
def test_what_may_be_one_line_of_several(text: str, piece: bool) -> None:
    assert leaning.is_piece(text) is piece

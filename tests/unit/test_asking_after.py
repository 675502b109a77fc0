"""Agents' questions go through the same model as the customers', behind them."""

from __future__ import annotations

import asyncio

from tests.unit.asking_desk import QUESTION, names, opened, run


@run
async def test_who_reads_along_waits_behind_every_question() -> None:
    staff = frozenset({"public", "internal"})
    async with opened() as desk:
        gate = desk.hold()
        beside = asyncio.ensure_future(desk.asker.search_after(QUESTION, "da", 3, staff))
        await asyncio.sleep(0)
        asked = desk.ask("retur label")
        await asyncio.sleep(0)
        assert desk.asker.waiting == 1, "nobody is told to wait for an agent's question"
        gate.set()
        assert await beside == desk.knowledge.search(QUESTION, "da", 3, staff)
        await asked
        assert desk.embedder.batches[:2] == [["retur label"], [QUESTION]]
        known = desk.asker.known(QUESTION, "da", 3, staff)
        assert known is not None
        assert "secret" in names(list(known))
        assert desk.asker.known(QUESTION, "da", 3) is None, "what agents may read is kept apart"


@run
async def test_what_was_found_while_something_was_published_is_not_kept() -> None:
    async with opened() as desk:
        gate = desk.hold()
        beside = asyncio.ensure_future(desk.asker.search_after(QUESTION, "da"))
        await asyncio.sleep(0)
        desk.knowledge.remove("parcel")
        gate.set()
        assert "parcel" not in names(await beside)
        assert desk.asker.known(QUESTION, "da") is None

"""Whoever asks the database is always answered: at the end, behind a strange exception, and after the last try."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
import sqlalchemy as sa

from runtime import db as db_module
from runtime.db import Tx
from runtime.errors import Unavailable
from runtime.writer import Job
from tests.shop import Shop


def test_whoever_reads_after_the_stop_is_told(shop: Shop) -> None:
    async def scenario() -> None:
        shop.db.start()
        assert await shop.db.read(lambda _: 1) == 1
        await shop.db.stop()
        for ask in (shop.db.read, shop.db.write):
            with pytest.raises(Unavailable):
                await asyncio.wait_for(ask(lambda _: 1), 10)

    asyncio.run(scenario())


def test_an_exception_that_no_future_takes_keeps_nobody_waiting(shop: Shop) -> None:
    def nothing_there(_: Tx) -> int:
        return next(iter(()))

    async def scenario() -> None:
        shop.db.start()
        both = asyncio.gather(shop.db.write(nothing_there), shop.db.write(lambda _: 2), return_exceptions=True)
        failed, done = await asyncio.wait_for(both, 10)
        assert isinstance(failed, RuntimeError)
        assert done == 2
        await shop.db.stop()

    asyncio.run(scenario())


def test_a_read_that_fails_is_not_waited_for_after_its_last_try(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[object] = []

    class Line:
        lost = False

        def begin(self) -> None:
            steps.append("try")
            raise sa.exc.OperationalError("SELECT 1", {}, psycopg.OperationalError("the connection is closed"))

        def drop(self) -> None:
            return

    monkeypatch.setattr(db_module.time, "sleep", steps.append)
    with pytest.raises(Unavailable):
        db_module._read(Line(), Job(lambda _: 1, (), {}))  # type: ignore[arg-type]
    assert steps == ["try", "try", 0.05, "try", 0.2, "try", 0.5, "try", 1.0, "try", 2.0, "try"]

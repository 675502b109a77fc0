"""What every storm must leave behind: the promise, checked against the database itself."""

from __future__ import annotations

import asyncio
import threading

import sqlalchemy as sa

from conversation import log, visits
from conversation.log import Logged, conversations, entries
from runtime.db import Database, Tx
from runtime.errors import Unavailable


def client_ids(tx: Tx) -> list[str]:
    """Of everything that customers said, sorted: one that is there twice is seen."""
    found = tx.connection.execute(sa.select(entries.c.client_id).where(entries.c.kind == "said"))
    return sorted(found.scalars())


def check(database: Database, acked: dict[str, Logged]) -> None:
    """Every acknowledged message stands in the log under its number, none twice, and the numbers have no gap."""
    stored = database.read_now(client_ids)
    assert len(stored) == len(set(stored))
    assert set(acked) <= set(stored)
    for row in database.read_now(lambda tx: tx.connection.execute(sa.select(conversations)).all()):
        transcript = database.read_now(log.transcript, row.id)
        assert [logged.seq for logged in transcript] == list(range(1, row.last_seq + 1))
        for logged in transcript:
            if logged.client_id in acked:
                known = acked[logged.client_id]
                assert (known.conversation_id, known.seq, known.data) == (row.id, logged.seq, logged.data)


async def talk(
    database: Database, site: int, who: int, until: threading.Event, acked: dict[str, Logged]
) -> tuple[int, int]:
    """One customer, who sends each message under its id until it is acknowledged, and ends after the one during which
    `until` was set. Returns how many they sent, and how often they were told to come back."""
    sent = refused = 0
    while not until.is_set():
        sent += 1
        client_id = f"{who:03d}-{sent:05d}"
        while client_id not in acked:
            try:
                acked[client_id] = await database.write(
                    visits.say, site, f"{who:043d}", client_id, f"Message {sent}", language="en"
                )
            except Unavailable:
                refused += 1
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.002)
    return sent, refused

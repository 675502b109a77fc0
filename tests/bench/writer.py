"""G3: rows a CPU-second through the writer thread, against sqlite3's own executemany."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

from conversation import visits
from runtime.db import Database
from tests.bench.report import Bound, Row
from tests.server import prepare

WRITTEN = 2  # rows of a message: its entry, inserted, and its conversation's row, changed
BATCH = 50  # rows of one commit, on both sides: so many customers write at once


def rows(folder: Path, count: int = 20_000) -> Row:
    """Messages of 50 customers through `visits.say`, with all that it looks up and checks; each writes two rows."""
    messages = asyncio.run(_ours(folder / "writer", count))
    ours = WRITTEN * messages
    bare = _bare(folder / "bare.sqlite3", count)
    details = {"svardesk_rows_per_cpu_s": ours, "messages_per_cpu_s": messages, "executemany_rows_per_cpu_s": bare}
    return Row(
        "G3",
        f"rows per CPU-second through the writer, against executemany of {BATCH}, both synchronous=FULL",
        (Bound("", ours / bare, 0.3, 0.6, "x"),),
        details,
    )


async def _ours(folder: Path, count: int) -> float:
    prepare(folder)
    db = Database(f"sqlite:///{folder / 'svardesk.sqlite3'}")
    db.start()

    async def customer(number: int, messages: int) -> None:
        for message in range(messages):
            client_id = f"bench-{number:04d}-{message:06d}"
            await db.write(visits.say, 1, f"token-{number}", client_id, "Hvor er min pakke?", language="da")

    await asyncio.gather(*(customer(number, 2) for number in range(BATCH)))
    began = time.process_time()
    await asyncio.gather(*(customer(number + BATCH, count // BATCH) for number in range(BATCH)))
    used = time.process_time() - began
    await db.stop()
    return count / used


def _bare(file: Path, count: int) -> float:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(
        "CREATE TABLE entry (id INTEGER PRIMARY KEY, conversation_id INTEGER, seq INTEGER, at INTEGER, kind TEXT,"
        " audience TEXT, client_id TEXT, re INTEGER, data TEXT, UNIQUE (conversation_id, seq),"
        " UNIQUE (conversation_id, client_id))"
    )
    data = '{"text":"Hvor er min pakke?","article":""}'
    began = time.process_time()
    for start in range(0, count, BATCH):
        values = [
            (number % BATCH, number // BATCH, 1, "said", "all", f"bench-{number:010d}", None, data)
            for number in range(start, start + BATCH)
        ]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO entry (conversation_id, seq, at, kind, audience, client_id, re, data)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )
        connection.execute("COMMIT")
    used = time.process_time() - began
    connection.close()
    return count / used

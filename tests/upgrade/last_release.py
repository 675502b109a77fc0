"""The last release's database as its own server left it when it was killed; `record.py` wrote it down."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot import migrations
from runtime.alone import alone
from runtime.db import make_engine
from runtime.rows import Tally, describe, set_counters, tally

FILE = Path(__file__).parent / "release_0001.jsonl"
LONG_AGO = 1_000_000_000_000  # a number above it is a time in milliseconds

with FILE.open(encoding="utf-8") as _lines:
    HEAD: dict[str, Any] = json.loads(next(_lines))
    ROWS: list[tuple[str, dict[str, Any]]] = [json.loads(line) for line in _lines]


def load(url: str, folder: Path | None = None) -> None:
    """Makes the release's tables by its own revision and fills them; `folder` becomes its data folder.

    Times are moved as if the server had been killed now: chats of last year would count as forgotten.
    """
    later = int(time.time() * 1000) - HEAD["recorded_at"]
    with alone(url) as connection:
        migrations.raise_to(connection, HEAD["revision"])
        connection.execute(sa.text("DELETE FROM meta"))
        metadata = sa.MetaData()
        metadata.reflect(connection)
        for name, row in ROWS:
            table = metadata.tables[name]
            values = {key: _value(table.columns[key], value, later) for key, value in row.items()}
            connection.execute(table.insert().values(**values))
        set_counters(connection, describe(connection, metadata.tables))
    if folder is not None:
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "secret.key").write_text(HEAD["secret"] + "\n")
        (folder / "secret.key").chmod(0o600)
        (folder / "facts.json").write_text(json.dumps(HEAD["facts"]))


def _value(column: sa.Column[Any], value: Any, later: int) -> Any:
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    if isinstance(column.type, sa.Boolean):
        return bool(value)
    if isinstance(value, int) and value > LONG_AGO:
        return value + later
    return value


def content(url: str) -> dict[str, Tally]:
    """Counts and checksums of the release's tables and columns, whatever has been added to them since."""
    names = {name: list(row) for name, row in ROWS}
    engine = make_engine(url)
    with engine.connect() as connection:
        found = {}
        for table in describe(connection, names):
            kept = [column for column in table.columns if column.name in names[table.name]]
            assert len(kept) == len(names[table.name]), f"{table.name} has lost a column"
            found[table.name] = tally(connection, type(table)(table.name, kept, table.key))
    engine.dispose()
    return found

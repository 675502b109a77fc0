"""Facts about the database itself, such as its epoch."""

from __future__ import annotations

from runtime.db import Tx
from runtime.tables import MetaRow


def recall(tx: Tx, key: str) -> str | None:
    """What was remembered under the key; None for nothing."""
    row = tx.session.get(MetaRow, key)
    return row.value if row is not None else None


def remember(tx: Tx, key: str, value: str) -> None:
    """Keeps one short text (at most 1,000 characters) under the key."""
    tx.session.merge(MetaRow(key=key, value=value))
    tx.session.flush()


def epoch(tx: Tx) -> str:
    """The id that was made with this database. A browser that has kept another one begins anew."""
    found = recall(tx, "epoch")
    if found is None:
        raise LookupError("The database has no epoch: it was not made by a migration.")
    return found

"""What a screen tells of how far it has come: one write at a time, of the highest number that has come meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from runtime.db import Database
from runtime.errors import AppError


class Receipts:
    """Of one socket. `start` runs a task until that socket ends."""

    __slots__ = ("_db", "_highest", "_start", "_storing")

    def __init__(self, db: Database, start: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._db, self._start = db, start
        self._highest: dict[tuple[Any, ...], int] = {}
        self._storing: set[tuple[Any, ...]] = set()

    def take(self, seq: int, verb: Callable[..., None], *names: Any) -> None:
        """Stores it by `verb(tx, *names, seq)`. Receipts only grow: a number no higher than the last says nothing."""
        which = (verb, *names)
        if seq > self._highest.get(which, 0):
            self._highest[which] = seq
            if which not in self._storing:
                self._storing.add(which)
                self._start(self._store(which))

    async def _store(self, which: tuple[Any, ...]) -> None:
        stored = 0
        write: Callable[..., Awaitable[None]] = self._db.write
        try:
            while stored < self._highest[which]:
                stored = self._highest[which]
                await write(*which, stored)
        except AppError:
            del self._highest[which]  # the next one is stored again
        finally:
            self._storing.discard(which)

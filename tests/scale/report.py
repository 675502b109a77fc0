"""What somebody sees who watches a proof."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Is told what happens while it happens."""

    def saw(self, *, kills: int = 0, cuts: int = 0, acked: int | None = None, what: str = "") -> None:
        """`kills` and `cuts` are added; `acked` is how many messages were acknowledged so far."""


class Quiet:
    """Nobody watches: the checks."""

    def saw(self, *, kills: int = 0, cuts: int = 0, acked: int | None = None, what: str = "") -> None:
        return

"""How far commands have come: a bar for each step on a terminal, and a line now and then in a file."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.copying import Steps

LINES_S = 10.0  # between two lines of a step where nobody sees a bar


@contextmanager
def steps() -> Iterator[Steps]:
    """Hands out the function to report to; the bars end with the block."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bars: dict[str, TaskID] = {}
    with Progress(*columns, console=console) as progress:

        def tell(step: str, done: int, total: int) -> None:
            if step not in bars:
                bars[step] = progress.add_task(step[:1].upper() + step[1:], total=total)
            progress.update(bars[step], completed=done, total=total)

        yield tell


def _lines() -> Steps:
    due: dict[str, float] = {}  # when each step's next line comes

    def tell(step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now >= due.get(step, 0.0) or (done == total and due[step] < math.inf):
            due[step] = math.inf if done == total else now + LINES_S
            print(f"{step[:1].upper()}{step[1:]}: {done} of {total}", file=sys.stderr, flush=True)

    return tell

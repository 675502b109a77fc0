"""Progress bars of the commands: one bar for each step that reports how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Steps = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much there is


@contextmanager
def steps() -> Iterator[Steps]:
    """Hands out the function to report to; the bars end with the block."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bars: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def tell(step: str, done: int, total: int) -> None:
            if step not in bars:
                bars[step] = progress.add_task(step[:1].upper() + step[1:], total=total)
            progress.update(bars[step], completed=done, total=total)

        yield tell

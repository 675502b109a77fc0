"""What somebody sees who watches a proof: what happens now, and at the end what became of every message."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from tests.scale.history import Fault, Name

LOST = (Name.LOST, Name.UNACKED, Name.GAP, Name.BEHIND, Name.NO_ANSWER)
DOUBLED = (Name.DOUBLED, Name.SHOWN_TWICE, Name.TWO_ANSWERS)
DISORDER = (Name.DISORDER, Name.HOLE)
WIDTH = 110  # of a log that nobody looks at while it is written
RECENT = 6  # lines of what has just happened


class Watcher(Protocol):
    """Is told what happens while it happens."""

    def saw(self, *, kills: int = 0, cuts: int = 0, acked: int | None = None, what: str = "") -> None:
        """`kills` and `cuts` are added; `acked` is how many messages were acknowledged so far."""


class Quiet:
    """Nobody watches: the checks."""

    def saw(self, *, kills: int = 0, cuts: int = 0, acked: int | None = None, what: str = "") -> None:
        return


@dataclass(slots=True)
class Act:
    """One line of the table. `faults` is None until the histories have been checked."""

    name: str
    kills: int = 0
    cuts: int = 0
    acked: int = 0
    note: str = ""
    faults: list[Fault] | None = None
    began: float = field(default_factory=time.monotonic)
    took_s: float = 0.0
    broken: str = ""

    def count(self, names: Iterable[Name]) -> str:
        if self.faults is None:
            return "!" if self.broken else "…"
        return f"{sum(fault.name in names for fault in self.faults):,}"

    def others(self) -> str:
        if self.broken:
            return "broke"  # the whole sentence stands below the table
        if self.faults is None:
            return "…"
        known = (*LOST, *DOUBLED, *DISORDER)
        return f"{sum(fault.name not in known for fault in self.faults):,}"

    @property
    def kept(self) -> bool:
        return self.faults == [] and not self.broken


class Screen:
    """A table that grows on a terminal; elsewhere one line for each thing that happens."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console()
        if not self.console.is_terminal:
            self.console.width = WIDTH
        self.acts: list[Act] = []
        self.recent: list[str] = []
        self.began = time.monotonic()
        self._live = Live(console=self.console, refresh_per_second=4) if self.console.is_terminal else None

    def __enter__(self) -> Screen:
        if self._live is not None:
            self._live.start()
        self._draw()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._draw()
            self._live.stop()
        else:
            self.console.print(self._table())
        self._sum_up()

    def begin(self, name: str) -> Act:
        act = Act(name)
        self.acts.append(act)
        self.recent.clear()
        self._say(f"— {name}")
        return act

    def saw(self, *, kills: int = 0, cuts: int = 0, acked: int | None = None, what: str = "") -> None:
        act = self.acts[-1]
        act.kills += kills
        act.cuts += cuts
        act.acked = act.acked if acked is None else acked
        self._say(f"{what:<48} {act.acked:>8,} acknowledged")

    def end(self, act: Act, faults: list[Fault], acked: int, note: str = "") -> None:
        act.faults, act.acked, act.note = faults, acked, note
        act.took_s = time.monotonic() - act.began
        self._say("checked: no fault" if act.kept else f"{len(faults)} FAULTS")

    def fail(self, act: Act, why: str) -> None:
        act.broken, act.took_s = why, time.monotonic() - act.began
        self._say(f"the proof itself broke: {why}")

    # -- drawing ------------------------------------------------------------------------------------------------

    def _say(self, words: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self.began), 60)
        line = f"{minutes:3d}:{seconds:02d}  {words}"
        self.recent = [*self.recent, line][-RECENT:]
        if self._live is None:
            self.console.print(line, highlight=False)
        self._draw()

    def _draw(self) -> None:
        if self._live is not None:
            self._live.update(Group(self._table(), Text("\n".join(self.recent), style="dim")), refresh=True)

    def _table(self) -> Table:
        table = Table(box=box.SIMPLE_HEAD, title="\nSvardesk under fire", title_justify="left", expand=False)
        table.add_column("proof", no_wrap=True)
        for column in (
            "kills",
            "bad lines",
            "messages acked",
            "lost",
            "doubled",
            "out of order",
            "other faults",
            "time",
        ):
            table.add_column(column, justify="right", min_width=5)
        for act in self.acts:
            took = act.took_s or time.monotonic() - act.began
            style = "green" if act.kept else "bold red" if act.faults or act.broken else ""
            cells = [act.count(LOST), act.count(DOUBLED), act.count(DISORDER), act.others()]
            table.add_row(
                act.name,
                f"{act.kills:,}" if act.kills else "",
                f"{act.cuts:,}" if act.cuts else "",
                f"{act.acked:,}",
                *(Text(cell, style=style) for cell in cells),
                f"{int(took) // 60}:{int(took) % 60:02d}",
            )
        return table

    def _sum_up(self) -> None:
        for act in self.acts:
            if act.note:
                self.console.print(f"  {act.name}: {act.note}", style="dim", highlight=False, soft_wrap=True)
        for act in self.acts:
            for fault in (act.faults or [])[:20]:
                self.console.print(f"{act.name}: {fault}", style="bold red", highlight=False)
            if act.broken:
                self.console.print(f"{act.name}: the proof itself broke: {act.broken}", style="bold red")
        kills, cuts, acked = (sum(getattr(act, name) for act in self.acts) for name in ("kills", "cuts", "acked"))
        faults = [fault for act in self.acts for fault in act.faults or []]
        unproved = [act.name for act in self.acts if act.faults is None]
        lost, doubled, disorder = (sum(one.name in names for one in faults) for names in (LOST, DOUBLED, DISORDER))
        self.console.print(
            f"{kills:,} kills, {cuts:,} bad lines, {acked:,} messages acknowledged: "
            f"{lost:,} lost, {doubled:,} doubled, {disorder:,} out of order"
            + (f", {len(faults) - lost - doubled - disorder:,} other faults" if faults else "")
            + (f"; NOT proved: {', '.join(unproved)}" if unproved else "")
            + ".",
            style="bold green" if not faults and not unproved else "bold red",
            highlight=False,
            soft_wrap=True,
        )

    @property
    def kept(self) -> bool:
        return bool(self.acts) and all(act.kept for act in self.acts)

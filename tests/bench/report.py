"""One row of the table: what was measured, against what, and whether that is the floor, the goal, or below both."""

from __future__ import annotations

import json
import math
import os
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure with its floor (None: there is none) and its goal; `lower` when less is better."""

    name: str
    value: float
    floor: float | None
    goal: float
    unit: str = ""
    lower: bool = False

    @property
    def verdict(self) -> str:
        def reaches(bound: float | None) -> bool:
            return bound is None or (self.value <= bound if self.lower else self.value >= bound)

        return "goal" if reaches(self.goal) else "floor" if reaches(self.floor) else "below the floor"

    def __str__(self) -> str:
        name = f"{self.name} " if self.name else ""
        return f"{name}{shown(self.value)}{self.unit}"

    def bounds(self) -> tuple[str, str]:
        floor = "" if self.floor is None else f"{shown(self.floor)}{self.unit}"
        return floor, f"{shown(self.goal)}{self.unit}"


@dataclass(frozen=True, slots=True)
class Row:
    """`details` are the figures behind it, the baseline's among them, all from the same run."""

    number: str
    what: str
    bounds: tuple[Bound, ...]
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        verdicts = {bound.verdict for bound in self.bounds}
        return next(each for each in ("below the floor", "floor", "goal") if each in verdicts)


def shown(value: float) -> str:
    """Three significant digits at most, as people read them."""
    if not math.isfinite(value):
        return "none"
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which `part` of them lie; not a number without any."""
    if len(values) < 2:
        return values[0] if values else float("nan")
    return statistics.quantiles(values, n=1000, method="inclusive")[round(part * 1000) - 1]


def machine() -> dict[str, Any]:
    """What it ran on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = int(Path("/proc/meminfo").read_text().split()[1]) * 1024
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(memory / 1e9),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load_before": round(os.getloadavg()[0], 2),
    }


def markdown(rows: Sequence[Row], about: dict[str, Any]) -> str:
    """The table, with the machine above it."""
    lines = [
        f"{about['processor']}, {about['cores']} cores, {about['memory_gb']} GB; {about['system']},"
        f" Python {about['python']}, SQLite {about['sqlite']}; load before the run {about['load_before']}.",
        "",
        "| # | What | Measured | Floor | Goal | |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        measured = ", ".join(str(bound) for bound in row.bounds)
        floors = ", ".join(bound.bounds()[0] for bound in row.bounds)
        goals = ", ".join(bound.bounds()[1] for bound in row.bounds)
        verdict = f"**{row.verdict}**" if row.verdict == "below the floor" else row.verdict
        lines.append(f"| {row.number} | {row.what} | {measured} | {floors} | {goals} | {verdict} |")
    return "\n".join(lines) + "\n"


def write(rows: Sequence[Row], about: dict[str, Any], folder: Path) -> None:
    """`bench.json` and `bench.md` in the folder."""
    found = {
        "machine": about,
        "rows": [
            {
                "number": row.number,
                "what": row.what,
                "verdict": row.verdict,
                "figures": [
                    {
                        "name": bound.name,
                        "value": bound.value if math.isfinite(bound.value) else None,
                        "floor": bound.floor,
                        "goal": bound.goal,
                        "unit": bound.unit.strip(),
                        "verdict": bound.verdict,
                    }
                    for bound in row.bounds
                ],
                "details": row.details,
            }
            for row in rows
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    (folder / "bench.md").write_text(markdown(rows, about), encoding="utf-8")

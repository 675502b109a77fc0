"""Fills the tables of docs/scaling.md from a run of the bench: python -m tests.bench.scaling bench.json.

Figures that the run does not have stay TODO-BENCH, so that nobody takes a guess for a measurement.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime.engine import READERS, WRITERS
from runtime.settings import Settings
from tests.bench.report import shown

PAGE = Path(__file__).parents[2] / "docs/scaling.md"
OPEN = "TODO-BENCH"

# Assumptions, which the page says are such: change them there for another company.
EVERY_S = 300  # an open chat asks a question so often
USED = 0.6  # of a core; the rest is for the worst minute
MOST_SOCKETS = int(Settings.model_fields["max_sockets"].default)
CONNECTIONS = READERS + WRITERS["postgresql"]  # of a worker to the database
# Measured by `python -m tests.bench.sizes`.
ROWS, KILOBYTES = 3.75, 4.4  # a question with its answer, in the database
UNIT_KB, UNITS = 4.0, 50_000  # a unit in the index of each worker; those of 10,000 articles

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table. `value` may lack figures: KeyError."""

    name: str
    how: str
    value: Callable[[Figures], float]
    unit: str


def measured(bench: Mapping[str, Any]) -> dict[str, float]:
    """The figures that the arithmetic begins with, by their letters on the page."""
    rows = {row["number"]: row for row in bench["rows"]}
    wanted = {
        "A": ("G1", "svardesk_per_cpu_s"),
        "B": ("G6", "whole_server_answers_per_cpu_s"),
        "E": ("G3", "svardesk_rows_per_cpu_s"),
    }
    found = {
        letter: float(rows[number]["details"][name])
        for letter, (number, name) in wanted.items()
        if number in rows and name in rows[number]["details"]
    }
    for letter, number in (("C", "G12"), ("D", "G11")):
        if number in rows:
            found[letter] = float(rows[number]["figures"][0]["value"])
    for number, letters in (("G14", ("F50", "F99")), ("G4", ("H50", "H99"))):
        if number in rows:
            found |= {letter: float(one["value"]) for letter, one in zip(letters, rows[number]["figures"], strict=True)}
    return found


def question_s(figures: Figures, known: float = 0.0) -> float:
    """CPU-seconds of a question; `known`: share of the questions whose answer is at hand."""
    return known / figures["A"] + (1 - known) / figures["B"]


def per_s(chats: float) -> float:
    """Questions a second of so many open chats."""
    return chats / EVERY_S


MEASURED = (
    Line(
        "A",
        "Questions whose answer is at hand: acknowledged and answered for each CPU-second (G1)",
        lambda f: f["A"],
        "/s",
    ),
    Line(
        "B",
        "Questions that nobody has asked before, the whole server with its model (G7's load)",
        lambda f: f["B"],
        "/s",
    ),
    Line("C", "Sockets opened and welcomed for each CPU-second (G12)", lambda f: f["C"], "/s"),
    Line("D", "Memory of an idle customer's socket (G11)", lambda f: f["D"], " kB"),
    Line("E", "Rows that the writer stores for each CPU-second, SQLite (G3)", lambda f: f["E"], "/s"),
    Line("F", "From one worker to a socket of the other, p50 (G14)", lambda f: f["F50"], " ms"),
    Line("", "the same, p99", lambda f: f["F99"], " ms"),
    Line("H", "Acknowledgement, 1,000 chats, 500 messages a second, p99 (G4)", lambda f: f["H99"], " ms"),
)
ONE_CORE = (
    Line("CPU time of a new question", "1/B", lambda f: question_s(f) * 1000, " ms"),
    Line("Questions a second", f"{USED} x B", lambda f: USED / question_s(f), "/s"),
    Line("the same, half of them known", f"{USED} / (0.5/A + 0.5/B)", lambda f: USED / question_s(f, 0.5), "/s"),
    Line("Open chats by CPU", f"questions a second x {EVERY_S} s", lambda f: USED / question_s(f) * EVERY_S, ""),
    Line("Memory of so many sockets", "open chats x D", lambda f: USED / question_s(f) * EVERY_S * f["D"] / 1e6, " GB"),
    Line("Staff messages a second", f"{USED} x A", lambda f: USED * f["A"], "/s"),
)


def million(chats: float = 1e6) -> tuple[Line, ...]:
    workers = chats / MOST_SOCKETS
    return (
        Line("Questions a second", f"chats / {EVERY_S} s", lambda f: per_s(chats), "/s"),
        Line("Cores", f"questions / ({USED} x B)", lambda f: per_s(chats) * question_s(f) / USED, ""),
        Line("Workers for the sockets", f"chats / {MOST_SOCKETS:,}", lambda f: workers, ""),
        Line("Memory of the sockets", "chats x D", lambda f: chats * f["D"] / 1e6, " GB"),
        Line("Connections to PostgreSQL", f"workers x {CONNECTIONS}", lambda f: workers * CONNECTIONS, ""),
        Line("Rows a second", f"questions x {ROWS}", lambda f: per_s(chats) * ROWS, "/s"),
        Line("Rows a day", "the same x 86,400", lambda f: per_s(chats) * ROWS * 86_400 / 1e6, " million"),
        Line(
            "Growth a day", f"questions x {KILOBYTES} kB x 86,400", lambda f: per_s(chats) * KILOBYTES * 0.0864, " GB"
        ),
        Line("Notices a second", "questions x 2, to each worker that listens", lambda f: per_s(chats) * 2, "/s"),
        Line(
            "A dead worker's chats are back after",
            f"{MOST_SOCKETS:,} / (C x {USED}, on one core)",
            lambda f: MOST_SOCKETS / (f["C"] * USED),
            " s, shared by all cores",
        ),
        Line(
            "Index of 10,000 articles",
            f"{UNITS:,} units x {UNIT_KB:g} kB, in each worker",
            lambda f: UNITS * UNIT_KB / 1000,
            " MB",
        ),
    )


def table(lines: tuple[Line, ...], figures: Figures, head: str) -> str:
    written = [f"| {head} |", f"|{'---|' * (head.count('|') + 1)}"]
    for line in lines:
        try:
            result = f"{shown(line.value(figures))}{line.unit}"
        except KeyError:
            result = OPEN
        written.append(f"| {line.name} | {line.how} | {result} |")
    return "\n".join(written) + "\n"


def filled(page: str, figures: Figures) -> str:
    """The page with its three tables anew, between their marks."""
    tables = {
        "measured": table(MEASURED, figures, "| What | Measured"),
        "one core": table(ONE_CORE, figures, "One core carries | How it follows | Figure"),
        "a million": table(million(), figures, "A million open chats | How it follows | Figure"),
    }
    for name, text in tables.items():
        page, done = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda m, t=text: m[1] + t + m[2], page, flags=re.S
        )
        if done != 1:
            raise SystemExit(f"docs/scaling.md has no place for the table: {name}.")
    return page


def main() -> None:
    figures = measured(json.loads(Path(sys.argv[1]).read_text("utf-8"))) if len(sys.argv) > 1 else {}
    PAGE.write_text(filled(PAGE.read_text("utf-8"), figures), "utf-8")


if __name__ == "__main__":
    main()

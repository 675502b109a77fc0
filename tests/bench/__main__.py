"""make bench: the table of what delivery costs and how soon it comes, each row against its baseline in the same run.

python -m tests.bench [G1 G4 ...] [--out FOLDER]: all rows or these; writes bench.json and bench.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from tests.bench import answering, connections, faults, large_site, messages, report, workers, writer
from tests.bench.report import Row

Measure = Callable[[Path], Row | list[Row]]
MEASURES: dict[tuple[str, ...], Measure] = {
    ("G1", "G2"): messages.cost,
    ("G3",): writer.rows,
    ("G4",): messages.ack_latency,
    ("G5", "G6", "G7"): answering.rows,
    ("G8", "G9"): faults.rows,
    ("G10",): connections.resume,
    ("G11",): connections.idle_memory,
    ("G12",): connections.connects,
    ("G13",): connections.ending,
    ("G14",): workers.rows,
    ("A1", "A2", "A3"): large_site.rows,
}


def run(wanted: Sequence[str], console: Console, done: Callable[[list[Row]], None]) -> list[Row]:
    """The rows, in the order of the table. Each measure has a folder of its own; `done` gets what there is after it."""
    found: list[Row] = []
    for numbers, measure in MEASURES.items():
        if wanted and not set(numbers) & set(wanted):
            continue
        console.print(f"{', '.join(numbers)} ...", style="dim")
        with tempfile.TemporaryDirectory(prefix="svardesk-bench-") as folder:
            rows = measure(Path(folder))
        for row in rows if isinstance(rows, list) else [rows]:
            console.print(
                f"  {row.number}  {row.what}: {', '.join(map(str, row.bounds))}  [{row.verdict}]", markup=False
            )
            found.append(row)
        done(found)
    return found


def main() -> None:
    every = [number for numbers in MEASURES for number in numbers]
    options = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    options.add_argument("rows", nargs="*", metavar="ROW", help=f"Of {', '.join(every)}; without any, all of them.")
    options.add_argument("--out", type=Path, default=Path(), help="Folder for bench.json and bench.md.")
    given = options.parse_args()
    unknown = set(given.rows) - set(every)
    if unknown:
        options.error(f"There is no row {', '.join(sorted(unknown))}.")
    console, about = Console(), report.machine()
    rows = run(given.rows, console, lambda found: report.write(found, about, given.out))
    console.print(Markdown(report.markdown(rows, about)))


if __name__ == "__main__":
    main()

"""The tables of docs/quality.md, between two marks, beside the floors and goals that were set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- make quality: from here -->", "<!-- make quality: to here -->"


@dataclass(frozen=True, slots=True)
class Wanted:
    """In percent; None where nothing is wanted."""

    floor: float | None = None
    goal: float | None = None
    coverage_floor: float | None = None
    coverage_goal: float | None = None


WANTED = {
    "clinc150, 10 variants": Wanted(90.0, 94, 64, 80),
    "banking77, 10 variants": Wanted(83.0, 90, None, None),
    "banking77, 10 variants, a quarter of the intents missing": Wanted(None, None, 50, 65),
    "stackfaq": Wanted(88.9, 95, 40, 60),
    "swefaq": Wanted(61.8, 70, 6, 20),
    "corona_sv": Wanted(59.6, 70, 17, 35),
    "xsid da, 10 variants": Wanted(90.0, 95),
    "xsid nb, 10 variants": Wanted(88.6, 94),
    "xsid da -> en, 10 variants": Wanted(76.9, 85),
    "alchemy da, titles on bodies": Wanted(77, 85),
    "alchemy nb, titles on bodies": Wanted(75, 85),
    "alchemy sv, titles on bodies": Wanted(75, 85),
}


def tables(sets: dict[str, dict[str, Any]]) -> str:
    """Markdown of all sets: who comes first, then what a fixed threshold does."""
    first = [
        "| Set | questions | R@1 (95 %) | raw e5 | wanted | R@3 | MRR@10 | AUROC | cov. 95 | raw | wanted |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    second = [
        "| Set | as it is, 0.80 | as it is, 0.95 | half without an article, 0.80 | half without, 0.95 |",
        "|---|---|---|---|---|",
    ]
    for name, row in sets.items():
        wanted = WANTED.get(name, Wanted())
        share, (low, high) = row["recall_at_1"]["share"], row["recall_at_1"]["interval"]
        first.append(
            f"| {name} | {row['questions']} | {_percent(share)} ({_percent(low)}-{_percent(high)}) "
            f"| {_percent(row['baseline']['recall_at_1'])} | {_pair(wanted.floor, wanted.goal)} "
            f"| {_percent(row['recall_at_3'])} | {_percent(row['mrr_at_10'])} | {_plain(row['auroc_answerable'])} "
            f"| {_percent(row['coverage_at_95'])} | {_percent(row['baseline']['coverage_at_95'])} "
            f"| {_pair(wanted.coverage_floor, wanted.coverage_goal)} |"
        )
        cells = [_decided(row[part][target]) for part in ("as_is", "half_unanswerable") for target in ("0.80", "0.95")]
        second.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(first) + "\n\n" + "\n".join(second) + "\n"


def written_into(page: Path, text: str) -> None:
    """Puts the text between the marks. ValueError if the page has them not."""
    whole = page.read_text("utf-8")
    before, begin, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no place for the tables: {BEGIN} ... {END}")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


def _decided(part: dict[str, Any]) -> str:
    if part["precision"] is None:
        return "none answered"
    low, high = part["interval"]
    return (
        f"{_percent(part['precision'])} right ({_percent(low)}-{_percent(high)}) of {part['answered']}, "
        f"{_percent(part['coverage'])} of all"
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"


def _plain(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _pair(floor: float | None, goal: float | None) -> str:
    return " / ".join("-" if value is None else f"{value:g}" for value in (floor, goal)) if floor or goal else "-"

"""The arithmetic of docs/scaling.md: figures of a bench in, tables out; what was not measured stays open."""

from __future__ import annotations

import pytest

from tests.bench import scaling

BENCH = {
    "rows": [
        {"number": "G1", "figures": [], "details": {"svardesk_per_cpu_s": 2000.0}},
        {"number": "G3", "figures": [], "details": {"svardesk_rows_per_cpu_s": 20000.0}},
        {"number": "G6", "figures": [], "details": {"answers_per_cpu_s": 70.0, "whole_server_answers_per_cpu_s": 50.0}},
        {"number": "G11", "figures": [{"value": 40.0}], "details": {}},
        {"number": "G12", "figures": [{"value": 800.0}], "details": {}},
        {"number": "G14", "figures": [{"value": 8.0}, {"value": 30.0}], "details": {}},
        {"number": "G4", "figures": [{"value": 1.5}, {"value": 12.0}], "details": {}},
    ]
}


def results(text: str) -> dict[str, str]:
    rows = [line.strip("| ").split(" | ") for line in text.splitlines()[2:]]
    return {row[0]: row[-1] for row in rows}


def test_a_question_costs_what_the_whole_server_spends_on_it() -> None:
    """And not what its model alone does: language, two commits and frames are half as much again."""
    figures = scaling.measured(BENCH)
    assert scaling.question_s(figures) == pytest.approx(1 / 50)
    assert scaling.question_s(figures, known=0.5) == pytest.approx(0.5 / 50 + 0.5 / 2000)
    assert scaling.question_s(figures, known=1) == pytest.approx(1 / 2000)
    core = results(scaling.table(scaling.ONE_CORE, figures, "a | b | c"))
    assert core["CPU time of a new question"] == "20 ms"
    assert core["Questions a second"] == "30/s"
    assert core["Staff messages a second"] == "1,200/s"
    whole = results(scaling.table(scaling.million(), figures, "a | b | c"))
    assert whole["Memory of the sockets"] == "40 GB"
    assert whole["Rows a second"] == "12,500/s"
    assert whole["Cores"] == "111"


def test_what_was_not_measured_stays_open() -> None:
    figures = scaling.measured({"rows": BENCH["rows"][:2]})
    core = results(scaling.table(scaling.ONE_CORE, figures, "a | b | c"))
    assert core["Staff messages a second"] == "1,200/s"
    assert core["Questions a second"] == scaling.OPEN


def test_the_page_has_a_place_for_each_table_and_filling_it_twice_changes_nothing() -> None:
    page = scaling.PAGE.read_text("utf-8")
    once = scaling.filled(page, scaling.measured(BENCH))
    assert scaling.OPEN not in once
    assert scaling.filled(once, scaling.measured(BENCH)) == once
    with pytest.raises(SystemExit, match="no place"):
        scaling.filled(page.replace("<!-- one core -->", ""), {})

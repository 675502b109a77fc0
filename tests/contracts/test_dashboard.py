"""Dashboard and alerts name only what the program counts; what it counts is shown; each panel can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml

import bot.metrics
import knowledge_base.metrics
import runtime.metrics
from bot.facts import watch
from runtime import measures
from runtime.db import Database
from runtime.settings import Settings
from tests.server import ROOT

ROOMS = (bot.metrics, knowledge_base.metrics, runtime.metrics)
UNITS = {"ops", "reqps", "s", "short", "bytes", "percentunit"}
ROWS = ["Promise", "Queues", "Latencies", "People", "Limits", "Machine"]


@pytest.fixture(autouse=True, scope="module")
def _facts_in_words(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Version and database are said at the start of the server."""
    watch(Database(f"sqlite:///{tmp_path_factory.mktemp('facts')}/none.sqlite3"), Settings(), "epoch")


def families() -> dict[str, measures.Family]:
    return {name: family for name, family in measures.FAMILIES.items() if not name.startswith("svardesk_test_")}


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "deploy/grafana/svardesk.json").read_text("utf-8"))
    return found


def panels() -> list[dict[str, Any]]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text("utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def queries() -> Iterator[str]:
    for panel in panels():
        for target in panel["targets"]:
            yield target["expr"].replace("$__rate_interval", "5m")
    for note in dashboard()["annotations"]["list"]:
        yield note["expr"]
    for rule in rules():
        yield rule["expr"]


def selectors(node: Any) -> Iterator[Any]:
    """Every vector selector of a parsed query."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for name in ("expr", "lhs", "rhs", "vector_selector", "args", "param"):
        inner = getattr(node, name, None)
        for one in inner if isinstance(inner, (list, tuple)) else [inner]:
            if one is not None and not isinstance(one, (str, int, float)):
                yield from selectors(one)


def family_of(name: str) -> measures.Family | None:
    """The family of a sample: histograms have three."""
    found = families()
    for suffix in ("", "_bucket", "_sum", "_count"):
        family = found.get(name.removesuffix(suffix)) if name.endswith(suffix) else None
        if family is not None and (suffix == "") == (family.kind != "histogram"):
            return family
    return None


def test_every_query_asks_for_what_there_is() -> None:
    asked = 0
    for query in queries():
        for selector in selectors(promql_parser.parse(query)):
            asked += 1
            if selector.name == "up":
                continue  # Prometheus' own
            family = family_of(selector.name)
            assert family is not None, f"{selector.name} in {query}"
            for matcher in selector.matchers.matchers:
                if matcher.name == "job":
                    continue
                values = {dict(labels).get(matcher.name) for labels in family.children}
                assert matcher.value in values, f"{matcher.name}={matcher.value} in {query}"
    assert asked > 80


def test_counters_are_asked_for_their_rate_and_gauges_for_themselves() -> None:
    for query in queries():
        for name in re.findall(r"svardesk_[a-z_]+", query):
            family = family_of(name)
            assert family is not None
            counted = family.kind in ("counter", "histogram")
            ranged = re.search(rf"(rate|increase)\({name}(\{{[^}}]*\}})?\[", query) is not None
            assert counted == ranged, f"{name} in {query}"


def test_everything_that_is_counted_is_shown() -> None:
    shown = {
        family.name
        for panel in panels()
        for target in panel["targets"]
        for name in re.findall(r"svardesk_[a-z_]+", target["expr"])
        if (family := family_of(name)) is not None
    }
    assert set(families()) - shown == set()


def test_every_panel_says_what_it_shows_and_in_which_unit() -> None:
    for panel in panels():
        assert panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        letters = [target["refId"] for target in panel["targets"]]
        assert letters == sorted(set(letters))
        assert all(target["legendFormat"] for target in panel["targets"])
    assert [panel["title"] for panel in dashboard()["panels"] if panel["type"] == "row"] == ROWS


def test_units_are_those_of_the_metrics() -> None:
    for panel in panels():
        unit = panel["fieldConfig"]["defaults"]["unit"]
        for target in panel["targets"]:
            for name in re.findall(r"svardesk_[a-z_]+", target["expr"]):
                seconds = re.search(r"_seconds(_bucket)?$", name) is not None
                assert not seconds or unit == "s", f"{panel['title']}: {name}"
                assert not name.endswith("_bytes") or unit == "bytes", f"{panel['title']}: {name}"


def test_no_two_panels_stand_in_one_place() -> None:
    taken: set[tuple[int, int]] = set()
    ids = [panel["id"] for panel in dashboard()["panels"]]
    assert len(ids) == len(set(ids))
    for panel in dashboard()["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells


def test_every_alert_says_what_to_do_and_is_explained() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) > 10
    for rule in rules():
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"].endswith("."), rule["alert"]
        assert rule["annotations"]["action"].endswith((".", "?")), rule["alert"]
    text = (ROOT / "docs/operating.md").read_text("utf-8")
    assert re.findall(r"^\| `(Svardesk[A-Za-z]+)` \|", text, re.MULTILINE) == names


def test_every_metric_is_explained_to_operators() -> None:
    text = (ROOT / "docs/watching.md").read_text("utf-8")
    assert sorted(re.findall(r"^\| `(svardesk_[a-z_]+)` \|", text, re.MULTILINE)) == sorted(families())


def test_docs_name_no_metric_that_there_is_not() -> None:
    for path in (ROOT / "docs").glob("*.md"):
        for name in re.findall(r"svardesk_[a-z_]*[a-z]", path.read_text("utf-8")):
            assert name in families() or family_of(name) is not None, f"{path.name}: {name}"

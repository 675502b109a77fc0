"""A stage for the director's page: its files under the real CSP, and the answers of the API as a test wants them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, Route

from bot.pages import PAGE_CSP
from tests.browser.conftest import complaints
from widget.assets import Assets

ORIGIN = "http://chat.example"
SITES = [{"key": "lyngvidde", "name": "Lyngvidde Friluft"}, {"key": "outlet", "name": "Lyngvidde Outlet"}]
SALE = "Kan jeg returnere noget, jeg har købt på udsalg?"
BINS = [
    {"low": 0.8, "high": 0.9, "answered": 74, "certainty": 0.86, "right": 0.973},
    {"low": 0.9, "high": 1.0, "answered": 189, "certainty": 0.95, "right": 0.995},
]
FIT: dict[str, Any] = {"error": 0.048, "overconfident": -0.048, "bins": BINS}
UNFIT: dict[str, Any] = {"error": 0, "overconfident": 0, "bins": []}


def report(language: str, target: float | None = 0.02, n: int = 0, wrong: int = 0, **more: Any) -> dict[str, Any]:
    """A language's report; `n` labels in the proof, half as many beside it."""
    bound = more.pop("bound", None)
    return {
        "site": "lyngvidde", "language": language, "target": target, "own_target": False, "site_target": 0.02,
        "threshold": 0.8, "wrong_answer_rate": {"labels": n * 3 // 2, "wrong": wrong, "rate": None, "bound": bound},
        "certified": False, "certified_at": None, "proof": {"answered": n, "wrong": wrong, "bound": bound},
        "missing": [{"target": share, "labels": labels} for share, labels in ((0.01, 480), (0.02, 214), (0.05, 62))],
        "contradictions": 0, "calibration": FIT if n else UNFIT, "last_step": "", **more,
    }  # fmt: skip


def check(language: str, at: str, step: str, before: float = 0.8, after: float = 0.8, **more: Any) -> dict[str, Any]:
    return {
        "language": language, "at": at, "step": step, "target": 0.02, "threshold_before": before, "threshold": after,
        "labels": 263, "answered": 176, "wrong": 0, "bound": 0.0169, "calibration_error": 0.048,
        "overconfident": -0.048, **more,
    }  # fmt: skip


def label(source: str, right: bool, name: str = "", at: str = "2026-11-20T09:12:00Z") -> dict[str, Any]:
    return {
        "conversation": "8b1f", "seq": 7, "article": "delivery-huts", "language": "da", "certainty": 0.91,
        "source": source, "name": name, "right": right, "evidence": 9, "instead": "", "at": at,
    }  # fmt: skip


def compared(question: str, outcome: str, title: str, certainty: float, people: str, reply: str = "") -> dict[str, Any]:
    return {
        "conversation": f"c{len(question)}", "seq": 4, "about": 2, "at": "2026-11-22T14:06:00Z", "question": question,
        "outcome": outcome, "article": "x", "title": title, "certainty": certainty, "people": people, "reply": reply,
        "judged": None,
    }  # fmt: skip


@dataclass(slots=True)
class Office:
    """What the server says to the director, and what it was told."""

    role: str = "director"
    sites: list[dict[str, Any]] = field(default_factory=lambda: list(SITES))
    reports: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    torn: list[dict[str, Any]] = field(default_factory=list)
    shadow: dict[str, Any] = field(default_factory=lambda: {"on": False, "decided": 0, "latest": []})
    told: list[tuple[str, Any]] = field(default_factory=list)
    away: bool = False
    held: list[Route] = field(default_factory=list)
    hold: bool = False
    assets: Assets = field(default_factory=Assets)

    def serve(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        if url.path.startswith("/api/"):
            return self._api(route, url.path.removeprefix("/api/v1/"), parse_qs(url.query))
        headers = {"Content-Security-Policy": PAGE_CSP}
        if url.path.startswith(self.assets.prefix):
            name = url.path.removeprefix(f"{self.assets.prefix}/")
            return route.fulfill(body=self.assets.files[name], content_type=Assets.kind(name), headers=headers)
        page = self.assets.page("certainty/index.html") if url.path == "/certainty" else f"<title>{url.path}</title>"
        return route.fulfill(body=page, content_type="text/html", headers=headers)

    def release(self) -> None:
        """Answers what was held."""
        self.hold = False
        for route in self.held:
            self.serve(route)

    def _api(self, route: Route, path: str, query: dict[str, list[str]]) -> None:
        account = {"id": "kim", "name": "Kim", "email": "kim@lyngvidde.example", "role": self.role, "language": "en"}
        if path == "session":
            return route.fulfill(json={"account": account, "csrf": "c"})
        if self.hold:
            return self.held.append(route)
        if self.away:
            return route.fulfill(status=503, json={"code": "unavailable", "title": "away"})
        if route.request.method == "PUT":
            self.told.append((path, json.loads(route.request.post_data or "null")))
            self._follow(*self.told[-1])
        found: dict[str, Any] = {"items": [], "total": 0}
        key = path.split("/")[1] if "/" in path else ""
        if path == "sites":
            found = {"items": self.sites}
        elif path == "certainty":
            found = {"items": self.reports, "careful": 0.8}
        elif path.endswith("/target"):
            found = {"items": [one for one in self.reports if one["site"] == key]}
        elif path.endswith("/shadow"):
            found = self.shadow | {"latest": self.shadow["latest"][: int(query.get("limit", ["50"])[0])]}
        elif path.endswith("/checks"):
            found = {"items": self.checks[: int(query["limit"][0])]}
        elif path.endswith("/contradictions"):
            here = [one for one in self.torn if one["labels"][0]["language"] == query["language"][0]]
            found = {"items": here, "total": len(here)}
        return route.fulfill(json=found)

    def _follow(self, path: str, body: dict[str, Any]) -> None:
        if path.endswith("/shadow"):
            self.shadow["on"] = body["on"]
            return
        for one in self.reports:
            if body["language"] in ("", one["language"]):
                one.update(target=body["wrong_at_most"], own_target=bool(body["language"]), certified=False)


def office() -> Office:
    """A site with a proof, one whose proof broke, one under way, one without labels."""
    made = Office()
    made.reports = [
        report("da", n=176, bound=0.0169, certified=True, certified_at="2026-11-09T04:00:00Z", contradictions=1),
        report("sv", 0.05, 41, 4, bound=0.2119, own_target=True, threshold=0.86, last_step="contradicted"),
        report("nb", n=48, wrong=1, bound=0.0951),
        report("nn"),
        report("en", site="outlet", site_target=None, target=None),
    ]
    made.checks = [
        check("sv", "2026-11-20T04:00:00Z", "contradicted", 0.8, 0.86, target=0.05, answered=41, wrong=6, bound=0.2704,
              calibration_error=0.112, overconfident=0.112),
        check("da", "2026-11-16T04:00:00Z", "kept"),
        check("nb", "2026-11-16T04:00:00Z", "not_yet", answered=48, wrong=1, labels=72, bound=0.0951),
        check("da", "2026-11-09T04:00:00Z", "certified", 0.83, 0.8, answered=163, bound=0.0182),
    ]  # fmt: skip
    who = [label("agent", False, "Maja Kjærgaard"), label("customer", True, at="2026-11-19T10:00:00Z")]
    made.torn = [{"right": False, "title": "Returret og bytte", "labels": who}]
    reply = "Hej! Ja, returfristen er 30 dage, også på udsalgsvarer. Skriv gerne ordrenummeret, så sender jeg en label."
    latest = [
        compared(SALE, "answer", "Returret og bytte", 0.93, "same_article", reply),
        compared("Hur lång tid tar leveransen till Kiruna?", "answer", "Frakt och leverans", 0.88, "own_words",
                 "Hej! Till Kiruna tar det två vardagar med PostNord."),
        compared("Har I en butik i Odense?", "offer", "Butikker og åbningstider", 0.61, "other_article", "Se her."),
        compared("Min ordre er væk, og jeg er virkelig træt af det", "hand_over", "", 0.0, "nothing"),
    ]  # fmt: skip
    latest[0]["judged"] = True
    made.shadow = {
        "on": True, "decided": 214, "outcomes": {"answer": 131, "offer": 40, "hand_over": 43}, "latest": latest,
        "answers": {"same_article": 61, "other_article": 4, "own_words": 60, "nothing": 6, "right": 12, "wrong": 1},
    }  # fmt: skip
    return made


@contextmanager
def opened(
    browser: Browser, made: Office, path: str = "/certainty", locale: str = "en-GB", **context: Any
) -> Iterator[Page]:
    """The page, which may not complain; that a server which is away cannot be reached is part of the play."""
    viewport = context.pop("viewport", {"width": 1440, "height": 900})
    watched = browser.new_context(
        viewport=viewport, locale=locale, reduced_motion="reduce", timezone_id="Europe/Copenhagen", **context
    )
    watched.route("**/*", lambda route: made.serve(route))
    page = watched.new_page()
    found = complaints(page)
    page.goto(f"{ORIGIN}{path}")
    yield page
    watched.close()
    assert not (faults := [said for said in found if "Failed to load resource" not in said]), faults

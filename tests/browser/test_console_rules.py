"""The console's pure rules, run where they run: order and urgency of the list, the brief, the thread."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import console_scene

NOW = 1_800_000_000_000


page = console_scene.bare


def rules(page: Page, module: str, call: str, *values: Any) -> Any:
    """The value of an expression in which `m` is the module and `a` the arguments."""
    script = f"async (a) => {{ const m = await import('/assets/test/console/{module}.js'); return {call}; }}"
    return page.evaluate(script, list(values))


def chat(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name, "status": "queued", "owner": "none", "last_seq": 3, "last_kind": "said", "title": name,
        "last_text": "", "updated_at": "2026-11-23T10:00:00Z", "queued_at": "2026-11-23T10:00:00Z", **more,
    }  # fmt: skip


def entry(seq: int, second: int, **data: Any) -> dict[str, Any]:
    ts = f"2026-11-23T10:{second // 60:02}:{second % 60:02}Z"
    return {"type": "entry", "conversation": "c", "seq": seq, "ts": ts, "data": data}


@pytest.mark.parametrize(
    ("minutes", "look"), [(0, ""), (5, ""), (5.01, "soon"), (10, "soon"), (10.01, "late"), (600, "late")]
)
def test_amber_past_half_the_goal_red_past_it(page: Page, minutes: float, look: str) -> None:
    assert rules(page, "rows", "m.urgency(a[0])", minutes * 60_000) == look


def test_groups_by_status_and_owner_waiting_longest_first(page: Page) -> None:
    rows = [
        chat("b", queued_at="2026-11-23T09:59:00Z"),
        chat("z", queued_at="2026-11-23T09:58:00Z"),
        chat("a", queued_at="2026-11-23T09:59:00Z"),
        chat("old", status="assigned", owner="agent:me", updated_at="2026-11-23T09:00:00Z"),
        chat("new", status="assigned", owner="agent:me"),
        chat("theirs", status="assigned", owner="agent:you"),
        chat("bot", status="bot", owner="bot"),
        chat("done", status="closed"),
    ]
    found = rules(
        page,
        "rows",
        "Object.fromEntries(Object.entries(m.arrange(a[0], 'me')).map(([g, l]) => [g, l.map((c) => c.id)]))",
        rows,
    )
    assert found == {
        "waiting": ["z", "a", "b"],
        "mine": ["new", "old"],
        "colleagues": ["theirs"],
        "assistant": ["bot"],
        "snoozed": [],
        "resolved": ["done"],
    }


@pytest.mark.parametrize(
    ("row", "is_unread"),
    [
        ({"last_said": 2}, True),
        ({"last_said": 2, "seen_by_staff": 2}, False),
        ({"last_said": 2, "seen_by_staff": 1, "last_kind": "answered"}, True),  # the assistant's words came after
        ({"last_said": 2, "seen_by_staff": 2, "last_seq": 9}, False),  # what came after is nobody's message
        ({"last_said": 2, "status": "assigned"}, True),
        ({"last_said": 2, "status": "bot"}, False),
        ({"last_said": 2, "status": "resolved"}, False),
        ({}, False),
    ],
)
def test_unread_is_what_the_customer_wrote_since(page: Page, row: dict[str, Any], is_unread: bool) -> None:
    assert rules(page, "rows", "m.unread(a[0])", chat("c", **row)) is is_unread


def test_what_was_said_to_a_form_was_not_asked(page: Page) -> None:
    def decided(seq: int, about: int, outcome: str, **form: Any) -> dict[str, Any]:
        return entry(seq, seq, kind="decided", about=about, outcome=outcome, threshold=0.8, form={"began": 1, **form})

    log = [
        entry(1, 1, kind="said", text="Jeg vil returnere ordre 10068"),
        entry(2, 2, kind="remarked", re=1, text="Mail?"),
        decided(3, 1, "remark"),
        entry(4, 4, kind="said", text="Hvad koster fragten?"),
        entry(5, 5, kind="answered", re=4, text="39 kr."),
        decided(6, 4, "answer"),
        entry(7, 7, kind="said", text="Nej, ordrenummeret er 10070"),
        entry(8, 8, kind="remarked", re=7, text="Noteret"),
        decided(9, 7, "remark"),
        entry(10, 10, kind="said", text="ingrid@kunde.example"),
        entry(11, 11, kind="handoff", reason="policy_restriction"),
        decided(12, 10, "hand_over", acted=True),
    ]
    asked = rules(page, "brief", "m.makeBrief(a[0]).asked", log)
    assert asked == ["Jeg vil returnere ordre 10068", "Hvad koster fragten?"]


def test_no_brief_without_a_handoff(page: Page) -> None:
    assert rules(page, "brief", "m.makeBrief(a[0])", [entry(1, 0, kind="said", text="Hej")]) is None


def test_the_brief_is_of_the_latest_handoff_alone(page: Page) -> None:
    hits = [{"article": "x", "title": "X", "language": "da", "certainty": 0.4, "score": 0.7, "passage": "p"}]
    log = [
        entry(1, 0, kind="said", text="gammelt"),
        entry(2, 1, kind="handoff", reason="complaint"),
        entry(3, 2, kind="claimed", agent="me", name="Maja"),
        entry(4, 3, kind="resolved", by="agent"),
        entry(5, 4, kind="said", text="nyt"),
        entry(6, 5, kind="handoff", reason="low_confidence"),
        entry(7, 6, kind="decided", about=5, outcome="hand_over", threshold=0.6, hits=hits, note=""),
        entry(8, 7, kind="decided", about=5, outcome="remark", threshold=0.6, hits=[], note=""),
        entry(9, 8, kind="said", text="efter"),
        entry(10, 9, kind="contact", email="a@b.example"),
    ]
    brief = rules(page, "brief", "m.makeBrief(a[0])", log)
    assert brief["reason"] == "low_confidence"
    assert brief["asked"] == ["nyt"]
    assert [(attempt["question"], attempt["outcome"]) for attempt in brief["tries"]] == [("nyt", "hand_over")]
    assert brief["tries"][0]["offered"] == []
    assert brief["best"] == 0.4
    assert brief["email"] == "a@b.example"


def test_a_try_names_only_what_the_customer_was_shown(page: Page) -> None:
    source = {"article": "x", "title": "X", "url": "/help/da/x", "language": "da"}
    log = [
        entry(1, 0, kind="said", text="hvad"),
        entry(2, 1, kind="offered", re=1, text="?", choices=[source]),
        entry(3, 2, kind="decided", about=1, outcome="offer", threshold=0.6, hits=[{"article": "x"}, {"article": "y"}]),
        entry(4, 3, kind="handoff", reason="customer_request"),
    ]
    brief = rules(page, "brief", "m.makeBrief(a[0])", log)
    assert [attempt["offered"] for attempt in brief["tries"]] == [["x"]]


def test_the_thread_groups_a_speaker_and_joins_asking_with_taking_over(page: Page) -> None:
    log = [
        entry(1, 0, kind="started", language="da"),
        entry(2, 1, kind="said", text="en"),
        entry(3, 2, kind="said", text="to"),
        entry(4, 400, kind="said", text="længe efter"),
        entry(5, 410, kind="handoff", reason="customer_request"),
        entry(6, 415, kind="contact", email="a@b.example"),
        entry(7, 500, kind="claimed", agent="me", name="Maja"),
        entry(8, 510, kind="replied", agent="me", name="Maja", text="Hej"),
        entry(9, 520, kind="replied", agent="you", name="Oskar", text="Hej igen"),
        entry(10, 530, kind="hidden"),
    ]
    unsent = [
        {"client_id": "x" * 8, "type": "reply", "data": {"text": "på vej"}, "at": NOW, "state": "sent"},
        {"client_id": "y" * 8, "type": "reply", "data": {"text": "afvist"}, "at": NOW, "state": "failed"},
    ]
    items = rules(page, "thread", "m.makeThread(a[0], a[1], 'me')", log, unsent)
    shape = [
        (item["who"], [bubble["text"] for bubble in item["bubbles"]]) if item["type"] == "group" else item.get("kind")
        for item in items
        if item["type"] != "day"
    ]
    assert shape == [
        ("customer", ["en", "to"]),
        ("customer", ["længe efter"]),
        "line.contact",
        "line.handoff.customer_request+line.claimed.you",
        ("own", ["Hej"]),
        ("agent", ["Hej igen"]),
        ("own", ["på vej"]),
        ("own", ["afvist"]),
    ]
    joined = next(item for item in items if "+" in item.get("kind", ""))
    assert joined["values"]["waited"] == 90_000
    assert [item["failed"] for item in items if item["type"] == "group"][-2:] == [False, True]

"""Every decision of the assistant is explained where it stands: matched units, scores, threshold, what was missing."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot import policy
from tests.browser import console_scene
from tests.browser.console_scene import at, staged, watched
from tests.browser.test_console_rules import entry, rules
from tests.unit.test_staff_strings import words

page = console_scene.bare


def hit(certainty: float, article: str = "x") -> dict[str, Any]:
    return {
        "article": article,
        "title": "X",
        "language": "da",
        "certainty": certainty,
        "score": 1.2,
        "matched": "enhed",
    }


def why(page: Page, outcome: str, *certainties: float, note: str = "", threshold: float = 0.8) -> Any:
    hits = [hit(certainty) for certainty in certainties]
    return rules(
        page,
        "why",
        "m.whyOf(a[0])",
        {"outcome": outcome, "threshold": threshold, "hits": hits, "note": note, "about": 2},
    )


@pytest.mark.parametrize(
    ("outcome", "certainties", "note", "said", "other"),
    [
        ("answer", (0.91, 0.2), "", "why.answered", "why.answered.else"),
        ("answer", (0.91,), "action_opening_hours", "why.answered", "why.answered.else"),
        ("offer", (0.85, 0.84), "the same article as just before", "why.again", "why.again.else"),
        ("answer", (), "chosen by the customer", "why.chosen", None),
        ("offer", (0.71, 0.6), "", "why.below", "why.below.else"),
        ("offer", (0.85,), "article is gone", "why.gone", None),
        ("offer", (), "", "why.nothing", "why.nothing.else"),
        ("hand_over", (0.71,), "", "why.handed", "why.below.else"),
        ("hand_over", (0.9,), "", "why.sure", None),
        ("hand_over", (), "", "why.unsought", None),
        ("hand_over", (), "TimeoutError", "why.fault", None),
        ("hand_over", (), "ActionFailed", "why.fault", None),
        ("remark", (), "", "why.remark", None),
        ("answer", (0.9,), "shadow", "why.shadow.answer", "why.answered.else"),
        ("offer", (0.5,), "shadow", "why.shadow", "why.below.else"),
        ("offer", (0.85,), "leans on the turn before: 'x'; article is gone", "why.gone", None),
    ],
)
def test_what_decided_and_what_would_have_led_elsewhere(
    page: Page, outcome: str, certainties: tuple[float, ...], note: str, said: str, other: str | None
) -> None:
    found = why(page, outcome, *certainties, note=note)
    assert found["said"]["key"] == said
    assert (found["other"] or {}).get("key") == other


def test_a_form_is_no_search(page: Page) -> None:
    decided = {
        "about": 2,
        "outcome": "remark",
        "threshold": 0.8,
        "hits": [],
        "note": "return_form",
        "form": {"name": "return_form"},
    }
    found = rules(page, "why", "m.whyOf(a[0])", decided)
    assert (found["said"]["key"], found["form"], found["threshold"]) == ("why.form", "return_form", 0)
    assert (found["notes"], found["note"]) == ([], "")
    decided["outcome"] = "hand_over"
    assert rules(page, "why", "m.whyOf(a[0])", decided)["said"]["key"] == "why.form.handed"


def test_what_was_found_and_what_it_takes_are_told(page: Page) -> None:
    found = why(page, "offer", 0.71)
    assert found["other"]["values"] == {"best": 0.71, "threshold": 0.8}
    assert found["said"]["values"] == {"best": 0.71, "threshold": 0.8}
    assert [each["matched"] for each in found["hits"]] == ["enhed"]


def test_notes_that_nobody_has_words_for_are_shown_as_they_are(page: Page) -> None:
    assert why(page, "answer", 0.9, note="a walk in the woods")["note"] == "a walk in the woods"
    assert why(page, "offer", 0.9, note="article is gone")["note"] == ""
    assert why(page, "offer", 0.9, note="two questions; article is gone")["note"] == "two questions"


@pytest.mark.parametrize(
    ("note", "key", "values"),
    [
        ("asks for a person", "note.person", {}),
        ("names lawyers or authorities", "note.legal", {}),
        ("somebody is hurt or in distress", "note.harm", {}),
        ("swearing", "note.upset", {}),
        ("says 'er træt af'", "note.upset", {}),
        ("capitals and says the same again", "note.upset", {}),
        ("none of the offered ones", "note.none_offered", {}),
        ("7 turns without being helped", "note.turns", {"n": "7"}),
        ("stated, without a sure answer", "note.complaint", {}),
        ("says the same again after an answer and an offer", "note.same_again", {}),
        ("the same article again after an answer and an offer", "note.article_again", {}),
        ("the same articles as offered before", "note.offered_before", {}),
        ("2 questions before without an answer", "note.misses", {"n": "2"}),
        ("leans on the turn before: 'retur til Norge'", "note.leans", {"text": "retur til Norge"}),
        ('2 questions, answered: "what\'s that"', "note.several", {"n": "2", "text": "what's that"}),
        ("asks for email", "note.form.asks", {}),
        ("asked for in so many words", "note.form.wished", {}),
        ("no order_number in it, try 2 of 3", "note.form.unfit", {"n": "2"}),
        ("took back order_number, email", "note.form.took_back", {}),
        ("question 2 in between", "note.form.between", {"n": "2"}),
        ("let go after 3 questions in between", "note.form.let_go", {"n": "3"}),
        ("action_order_status is done", "note.form.done", {}),
        ("stopped by the customer", "note.form.stopped", {}),
        ("has no order_number", "note.form.has_none", {}),
        ("no match, round 1 of 3", "note.form.no_match", {"n": "1"}),
        ("the back end declined", "note.form.declined", {}),
        ("too many tries with these", "note.form.too_many", {}),
        ("the message itself is for people", "note.form.urgent", {}),
        ("The back end failed: TimeoutError", "note.form.failed", {"text": "TimeoutError"}),
        ("people gave it back after this", "note.form.given_back", {}),
    ],
)
def test_what_the_policy_notes_is_worded(page: Page, note: str, key: str, values: dict[str, str]) -> None:
    found = why(page, "hand_over", 0.3, note=f"{note}; a walk in the woods")
    assert found["note"] == "a walk in the woods"
    assert [(one["key"], {name: one["values"][name] for name in values}) for one in found["notes"]] == [(key, values)]
    assert key in words("console/strings/help", "en")


def test_every_note_of_the_policy_has_words(page: Page) -> None:
    pattern = r'Reason\.\w+,\s*f?"(\w[^"]+|{[^"]+)"|return Offer\(near, again\), "([^"]+)"'
    written = re.findall(pattern, inspect.getsource(policy))
    notes = [re.sub(r"{[^}]*}", "3", first or second) for first, second in written] + list(policy.GRAVE.values())
    assert len(notes) >= 10, notes
    assert [note for note in notes if why(page, "offer", 0.9, note=note)["note"]] == []


def test_entries_of_an_older_server_are_explained_as_far_as_they_go(page: Page) -> None:
    bare = {"outcome": "offer", "threshold": 0.8, "about": 2}
    found = rules(page, "why", "m.whyOf(a[0])", bare)
    assert (found["said"]["key"], found["hits"], found["note"]) == ("why.nothing", [], "")


def test_asking_and_taking_over_are_one_sentence_across_a_decision(page: Page) -> None:
    log = [
        entry(1, 0, kind="said", text="Hjælp"),
        entry(2, 1, kind="handoff", reason="low_confidence"),
        entry(3, 1, kind="decided", about=1, outcome="hand_over", threshold=0.8, hits=[], note=""),
        entry(4, 61, kind="claimed", agent="me", name="Maja"),
    ]
    items = rules(page, "thread", "m.makeThread(a[0], [], 'me')", log)
    assert [item["type"] for item in items] == ["day", "group", "why", "line"]
    assert items[-1]["kind"] == "line.handoff.low_confidence+line.claimed.you"


def test_folded_in_the_log_and_open_on_demand(browser: Browser) -> None:
    with staged() as stage, watched(browser) as page:
        at(page, stage, "pole")
        folds = page.locator("details.why")
        expect(folds).to_have_count(2)
        first = folds.first
        expect(first).to_have_attribute("aria-live", "off")
        expect(first.locator("summary")).to_have_text("Offered a choice, did not answer: 47% sure, and it takes 62%")
        expect(first.get_by_role("table")).to_be_hidden()
        first.locator("summary").press("Enter")
        expect(first.get_by_role("row")).to_have_count(3)
        expect(first.get_by_role("row").nth(1)).to_contain_text("47%")
        expect(first.get_by_role("row").nth(1)).to_contain_text("0.78")
        expect(first.get_by_role("row").nth(1)).to_contain_text(
            "Meaning 0.47 · words 1.00 · letters 0.41 · shared words 2.50 · ahead of the next by 0.12"
        )
        expect(first).to_contain_text("It answers when it is at least 62% sure.")
        expect(first).to_contain_text("From 62% it would have answered.")
        expect(folds.nth(1).locator("summary")).to_contain_text("Answered: 81% sure, and 62% is enough")

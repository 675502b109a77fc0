"""Agents say whether an answer of the assistant was right: by one key, by button, and who said what stands below it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import console_scene
from tests.browser.console_scene import OSKAR, at, decided, hit
from tests.browser.console_stage import Stage
from tests.browser.test_console_rules import entry, rules
from tests.browser.widget_scenes import until

stage, page, bare = console_scene.stage, console_scene.page, console_scene.bare


def group(page: Page) -> Locator:
    return page.get_by_role("group", name="Was this answer right?")


def answer_of_pole(stage: Stage) -> int:
    return next(int(one["seq"]) for one in stage.logs["pole"] if one["data"]["kind"] == "answered")


def judged(stage: Stage) -> list[tuple[int, bool, str]]:
    return [(one["data"]["seq"], one["data"]["right"], one["data"].get("why", "")) for one in stage.seen("judge")]


def customer_says(right: bool, about: int) -> dict[str, Any]:
    return {"kind": "judged", "about": about, "right": right, "giver": "customer"}


# -- the rules -------------------------------------------------------------------------------------------------


def test_of_one_person_the_last_word_counts_and_agents_before_customers(bare: Page) -> None:
    said = [
        entry(4, 1, **customer_says(True, 2)),
        entry(5, 2, kind="judged", about=2, right=True, giver="agent", agent="me", name="Maja"),
        entry(6, 3, kind="judged", about=2, right=False, giver="agent", agent="me", name="Maja", why="no"),
        entry(7, 3, kind="judged", about=3, right=True, giver="agent", agent="oskar", name="Oskar"),
    ]
    found = rules(bare, "verdicts", "[...m.verdictsOf(a[0], [], [], 'me')]", said)
    (first, of_first), (second, of_second) = found
    assert (first, second) == (2, 3)
    assert [(one["source"], one["right"], one["mine"], one["why"]) for one in of_first] == [
        ("agent", False, True, "no"),
        ("customer", True, False, ""),
    ]
    assert of_second[0]["mine"] is False
    assert rules(bare, "verdicts", "[m.isTorn(a[0]), m.countsAsRight(a[0])]", of_first) == [True, False]
    on_its_way = [{"data": {"seq": 2, "right": True}}]
    again = rules(bare, "verdicts", "m.verdictsOf(a[0], a[1], [], 'me').get(2)", said, on_its_way)
    assert [one["right"] for one in again] == [True, True]
    assert rules(bare, "verdicts", "[m.isTorn(a[0]), m.countsAsRight(a[0])]", again) == [False, True]


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        ({"kind": "answered"}, True),
        ({"kind": "remarked"}, False),
        ({"kind": "offered"}, False),
        ({"kind": "decided", "note": "", "outcome": "answer", "hits": [{}]}, False),
        ({"kind": "decided", "note": "shadow", "outcome": "answer", "hits": [{}]}, True),
        ({"kind": "decided", "note": "shadow; 2 questions, answered: 'a'", "outcome": "answer", "hits": [{}]}, True),
        ({"kind": "decided", "note": "shadow", "outcome": "offer", "hits": [{}]}, False),
    ],
)
def test_only_answers_are_judged_given_or_silent(bare: Page, data: dict[str, Any], answer: bool) -> None:
    assert rules(bare, "verdicts", "m.isAnswer(a[0])", data) is answer


def test_each_answer_stands_in_a_group_of_its_own(bare: Page) -> None:
    answer = {"kind": "answered", "re": 1, "text": "x", "html": "x", "source": {}, "certainty": 0.9}
    log = [entry(2, 0, **answer), entry(3, 1, kind="remarked", text="y"), entry(4, 2, **answer)]
    items = rules(bare, "thread", "m.makeThread(a[0], [], 'me')", log)
    assert [[bubble.get("answer") for bubble in item["bubbles"]] for item in items[1:]] == [[2, None], [4]]


# -- in the chat ---------------------------------------------------------------------------------------------


def test_one_key_marks_the_last_answer_and_another_changes_it(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    number = answer_of_pole(stage)
    right, wrong = (group(page).get_by_role("button", name=name) for name in ("Right", "Wrong"))
    expect(right).to_have_attribute("aria-pressed", "false")
    expect(right).to_have_attribute("aria-keyshortcuts", "V")
    page.locator("#row-pole").focus()
    page.keyboard.press("v")
    expect(right).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#row-pole")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Answer marked as right")).to_have_count(1)
    expect(page.get_by_role("listitem").filter(has_text="You: right")).to_be_visible()
    page.keyboard.press("v")
    page.keyboard.press("x")
    expect(wrong).to_have_attribute("aria-pressed", "true")
    expect(right).to_have_attribute("aria-pressed", "false")
    assert judged(stage) == [(number, True, ""), (number, False, "")]


def test_the_key_is_for_the_answer_that_has_the_focus(page: Page, stage: Stage) -> None:
    about = stage.put("bot0", {"kind": "said", "text": "Og returfristen?"}, tell=False)
    source = {"article": "returns", "title": "Retur", "url": "/help/da/returns", "language": "da"}
    answer = {"kind": "answered", "re": about, "text": "30 dage.", "html": "<p>30 dage.</p>", "source": source}
    stage.put("bot0", {**answer, "certainty": 0.9}, tell=False)
    at(page, stage, "bot0")
    expect(group(page)).to_have_count(2)
    expect(group(page).last.get_by_role("button", name="Right")).to_have_attribute("aria-keyshortcuts", "V")
    first = group(page).first.get_by_role("button", name="Wrong")
    expect(first).not_to_have_attribute("aria-keyshortcuts", "X")
    first.focus()
    page.keyboard.press("x")
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(group(page).last.get_by_role("button", name="Wrong")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(group(page).first.get_by_role("button", name="Right")).to_have_attribute("aria-pressed", "true")
    assert [(seq, right) for seq, right, _ in judged(stage)] == [(3, False), (3, True)]


def test_letters_in_the_text_field_and_for_readers_mark_nothing(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    page.locator("#composer").fill("")
    page.locator("#composer").press_sequentially("vx")
    expect(page.locator("#composer")).to_have_value("vx")
    stage.role = "director"
    page.reload()
    expect(page.get_by_text("Your account may read chats, not answer them.")).to_be_visible()
    page.keyboard.press("v")
    expect(group(page)).to_have_count(0)
    assert judged(stage) == []


def test_a_reason_is_kept_and_shown_to_colleagues(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    group(page).get_by_role("button", name="Wrong").click()
    page.get_by_role("button", name="Say why").click()
    field = page.get_by_label("Why? Only colleagues see it.")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(page.get_by_role("button", name="Say why")).to_be_focused()
    page.keyboard.press("Enter")
    field.fill("He asked for the middle section only.")
    field.press("Enter")
    expect(page.get_by_role("button", name="Change the reason")).to_be_focused()
    expect(page.locator(".verdict__who")).to_contain_text("You: wrong “He asked for the middle section only.”")
    assert judged(stage)[-1][1:] == (False, "He asked for the middle section only.")


def test_who_contradicts_whom_is_shown_with_how_it_counts(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    number = answer_of_pole(stage)
    stage.put("pole", customer_says(True, number))
    who = page.locator(".verdict__who li")
    expect(who).to_have_text(["Customer: it helped"])
    expect(page.locator(".verdict__torn")).to_have_count(0)
    stage.put("pole", {"kind": "judged", "about": number, "right": False, "giver": "agent", **OSKAR, "why": "Post."})
    expect(who).to_have_text(["Oskar: wrong “Post.”", "Customer: it helped"])
    expect(page.locator(".verdict__torn")).to_have_text("They disagree. It counts as wrong.")
    expect(page.locator("#row-pole")).not_to_contain_text("judged")


def test_what_the_log_shows_by_itself_stands_there_too(page: Page, stage: Stage) -> None:
    number = answer_of_pole(stage)
    stage.labels["pole"] = [{"seq": number, "source": "handoff", "right": False, "instead": "spare-poles"}]
    at(page, stage, "pole")
    expect(page.locator(".verdict__who li")).to_have_text(["A colleague then sent another article"])


def test_what_is_said_without_a_line_arrives_after_a_reload(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    expect(group(page)).to_be_visible()
    stage.hold_acks = True
    page.locator("#row-pole").focus()
    page.keyboard.press("x")
    expect(group(page).get_by_role("button", name="Wrong")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Resolve", exact=True)).to_be_enabled()
    stage.hold_acks = False
    page.reload()
    expect(group(page).get_by_role("button", name="Wrong")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".verdict__who li")).to_have_text(["You: wrong"])
    until(page, lambda: page.evaluate("Object.keys(localStorage).every((key) => !key.includes('.out.'))"))
    assert [one["data"]["right"] for one in stage.logs["pole"] if one["data"]["kind"] == "judged"] == [False]


def test_what_a_silent_assistant_would_have_sent_can_be_judged(page: Page, stage: Stage) -> None:
    silent = decided(2, "answer", hit("size-guide", "Størrelsesguide til støvler", "da", 0.91, "Mål foden."))
    number = stage.put("siri", {**silent, "note": "shadow"}, tell=False)
    at(page, stage, "siri")
    expect(page.get_by_text("It would have sent")).to_be_visible()
    page.locator("#row-siri").focus()
    page.keyboard.press("x")
    expect(group(page).get_by_role("button", name="Wrong")).to_have_attribute("aria-pressed", "true")
    assert judged(stage) == [(number, False, "")]


def test_the_list_of_keys_names_them(page: Page, stage: Stage) -> None:
    at(page, stage)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("The assistant's answer was right")
    expect(keys).to_contain_text("The assistant's answer was wrong")

"""The articles above the text field: one key puts a sentence in, with its source; what is internal stays inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import console_scene
from tests.browser.console_scene import at, said, staged
from tests.browser.console_stage import Stage

PARTS = [
    ("pickup", "Hent i butikken", 0.84, "public", "Din ordre er klar inden for to timer."),
    ("prices", "Indkøbspriser", 0.41, "internal", "Stangen koster os 112 kr. i indkøb."),
    ("delivery-huts", "Levering til fjeldhytter", 0.22, "public", "Pakker er fremme efter to hverdage."),
]


def item(article: str, title: str, certainty: float, audience: str, sentence: str, **more: Any) -> dict[str, Any]:
    url = f"/help/da/{article}"
    return {
        "article": article, "language": "da", "title": title, "url": url, "certainty": certainty,
        "audience": audience, "sentence": sentence, "before": "Vælg butik i kassen.", **more,
    }  # fmt: skip


ITEMS = [item(*part) for part in PARTS]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as made:
        made.advice["hjalmar"] = {"mood": "calm", "looked": True, "items": ITEMS}
        yield made


page = console_scene.page


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Suggestions from the articles")


def field(page: Page) -> Locator:
    return page.locator("#composer")


def open_chat(page: Page, stage: Stage, chat: str = "hjalmar") -> None:
    at(page, stage, chat)
    expect(panel(page)).to_be_visible()


def test_three_articles_with_sentence_source_and_certainty(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    rows = panel(page).get_by_role("listitem")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Din ordre er klar inden for to timer.")
    expect(rows.nth(0)).to_contain_text("match 84%")
    expect(rows.nth(0).get_by_role("link")).to_have_attribute("href", "/help/da/pickup")
    expect(rows.nth(1)).to_contain_text("Internal")
    rows.nth(0).get_by_role("button", name="Show the passage").click()
    expect(rows.nth(0).locator("mark")).to_have_text("Din ordre er klar inden for to timer.")
    expect(rows.nth(0)).to_contain_text("Vælg butik i kassen.")


def test_one_key_puts_it_in_at_the_cursor_and_undo_takes_it_back(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    field(page).fill("Hej Hjalmar.Hilsen Maja")
    for _ in "Hilsen Maja":
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Alt+1")
    link = f"{stage.url}/help/da/pickup"
    expected = f"Hej Hjalmar. Din ordre er klar inden for to timer.\n{link}\nHilsen Maja"
    expect(field(page)).to_have_value(expected)
    page.keyboard.press("Control+z")
    expect(field(page)).to_have_value("Hej Hjalmar.Hilsen Maja")
    page.keyboard.press("Control+Shift+z")
    expect(field(page)).to_have_value(expected)
    page.reload()  # it is kept as what is typed is
    expect(field(page)).to_have_value(expected)


def test_a_click_puts_it_in_and_the_cursor_stands_behind_it(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    panel(page).get_by_role("button", name="Use the sentence from Levering til fjeldhytter").click()
    expect(field(page)).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Levering til fjeldhytter")).to_have_count(1)
    page.keyboard.type(" God tur")
    expect(field(page)).to_have_value(f"Pakker er fremme efter to hverdage.\n{stage.url}/help/da/delivery-huts God tur")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".sd-msg--own a[href$='/help/da/delivery-huts']")).to_be_visible()


def test_what_is_internal_never_goes_into_a_reply(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    field(page).focus()
    page.keyboard.press("Alt+2")
    expect(field(page)).to_have_value("")
    expect(panel(page)).to_contain_text("This article is internal, so it is not put into a reply.")
    panel(page).get_by_role("button", name="Put the sentence from Indkøbspriser into a note").click()
    expect(page.get_by_role("tab", name="Note")).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_have_value(f"Stangen koster os 112 kr. i indkøb.\n{stage.url}/help/da/prices")
    page.get_by_role("tab", name="Reply").click()
    expect(field(page)).to_have_value("")


def test_what_is_folded_away_has_no_key_from_then_on(page: Page, stage: Stage) -> None:
    """On a slow machine too, where it takes its time until a frame comes: here none comes at all."""
    page.clock.install()
    open_chat(page, stage)
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 60"))
    panel(page).get_by_role("button", name="Show only the best").press("Enter")
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Alt+3")
    page.keyboard.press("Alt+1")
    expect(field(page)).to_have_value(f"Din ordre er klar inden for to timer.\n{stage.url}/help/da/pickup")


def test_with_the_keyboard_alone_and_folded_to_the_best(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    fold = panel(page).get_by_role("button", name="Show only the best")
    fold.focus()
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Alt+3")
    expect(field(page)).to_have_value("")  # what is folded away has no key
    page.reload()
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    panel(page).get_by_role("button", name="2 more").press("Enter")
    panel(page).get_by_role("button", name="Use the sentence from Hent i butikken").press("Enter")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value(f"Din ordre er klar inden for to timer.\n{stage.url}/help/da/pickup")


def test_asked_once_for_the_open_chat_and_again_for_new_words(page: Page, stage: Stage) -> None:
    open_chat(page, stage)
    assert [frame["conversation"] for frame in stage.seen("suggest")] == ["hjalmar"]
    fresh = {"mood": "upset", "looked": True, "items": [item("hours", "Åbningstider", 0.9, "public", "Til kl. 18.")]}
    stage.advice["hjalmar"] = fresh
    for words in ("Hvornår lukker I?", "I Odense"):
        stage.put("hjalmar", said(words))
    expect(panel(page)).to_contain_text("Til kl. 18.")
    assert len(stage.seen("suggest")) <= 3, "what comes in a burst is not asked about word by word"
    page.locator("#row-siri").click()
    expect(page.get_by_role("heading", name="Eg vil byte")).to_be_visible()
    expect(panel(page)).to_have_count(0)


@pytest.mark.parametrize("chat", ["bot0", "rated", "oskars"])
def test_no_suggestions_where_nobody_here_would_write_them(page: Page, stage: Stage, chat: str) -> None:
    stage.advice[chat] = {"mood": "calm", "looked": True, "items": ITEMS}
    at(page, stage, chat)
    expect(page.get_by_role("log")).to_be_visible()
    expect(page.get_by_role("log").locator("article").first).to_be_visible()
    expect(panel(page)).to_have_count(0)


def test_nothing_near_is_said_and_nothing_asked_is_not(page: Page, stage: Stage) -> None:
    stage.advice["hjalmar"] = {"mood": "calm", "looked": True, "items": []}
    at(page, stage, "hjalmar")
    expect(page.get_by_text("No article comes near this.")).to_be_visible()
    page.locator("#row-siri").click()
    expect(page.get_by_text("No article comes near this.")).to_have_count(0)


def test_a_search_that_failed_can_be_tried_again(page: Page, stage: Stage) -> None:
    stage.advice["hjalmar"] = {"mood": "calm", "looked": True, "failed": True}
    at(page, stage, "hjalmar")
    expect(page.get_by_text("The articles could not be searched just now.")).to_be_visible()
    stage.advice["hjalmar"] = {"mood": "calm", "looked": True, "items": ITEMS[:1]}
    page.get_by_role("button", name="Try again").click()
    expect(panel(page).get_by_role("listitem")).to_have_count(1)


def test_while_it_is_looked_for_that_is_shown_and_a_lost_line_asks_anew(page: Page, stage: Stage) -> None:
    stage.advice["hjalmar"] = None
    at(page, stage, "hjalmar")
    expect(page.get_by_text("Looking in the articles")).to_be_attached()
    stage.advice["hjalmar"] = {"mood": "calm", "looked": True, "items": ITEMS}
    stage.drop()
    expect(panel(page).get_by_role("listitem")).to_have_count(3)


def test_on_a_low_screen_the_newest_words_stay_in_sight(page: Page, stage: Stage) -> None:
    stage.advice["pole"] = {"mood": "upset", "looked": True, "items": ITEMS, "reply": ITEMS[0]}
    page.set_viewport_size({"width": 1440, "height": 720})
    open_chat(page, stage, "pole")
    expect(page.locator("details.brief")).to_contain_text("Could say")
    expect(page.get_by_role("log").get_by_text("Det ville redde turen")).to_be_in_viewport(ratio=1)

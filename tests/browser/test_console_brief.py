"""The brief at handoff: mood, a reply to begin with, unfolded once and folded when it has been read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import console_scene
from tests.browser.console_scene import at, staged
from tests.browser.console_stage import Stage

REPLY = {
    "article": "spare-poles", "language": "da", "title": "Reservestænger", "url": "/help/da/spare-poles",
    "certainty": 0.47, "sentence": "Et helt stangsæt koster 649 kr.",
}  # fmt: skip
UPSET = {"mood": "upset", "signs": ["words", "again"], "reply": REPLY}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as made:
        made.advice["pole"] = UPSET
        yield made


page = console_scene.page


def brief(page: Page) -> Locator:
    return page.locator("details.brief")


def unfolded(page: Page) -> Any:
    return expect(brief(page).locator("dl").first)


def test_what_was_asked_tried_and_why_with_mood_and_a_reply(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    unfolded(page).to_be_visible()
    expect(brief(page)).to_contain_text("The customer asked for a person.")
    expect(brief(page)).to_contain_text("Upset (strong words, asked the same again)")
    expect(brief(page)).to_contain_text("Et helt stangsæt koster 649 kr.")
    expect(brief(page).get_by_role("link", name="Reservestænger").first).to_have_attribute(
        "href", "/help/da/spare-poles"
    )
    brief(page).get_by_text("The assistant looked for 2 answers").click()
    expect(brief(page)).to_contain_text("Offered as an article, not given as the answer.")
    expect(brief(page)).to_contain_text("81%")
    brief(page).get_by_role("button", name="Use the sentence from Reservestænger").click()
    expect(page.locator("#composer")).to_have_value(f"Et helt stangsæt koster 649 kr.\n{stage.url}/help/da/spare-poles")


def test_folded_when_it_has_been_read_and_unfolded_for_news(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    unfolded(page).to_be_visible()
    page.reload()  # nobody left it, so it is not read
    unfolded(page).to_be_visible()
    page.locator("#row-bo").click()
    unfolded(page).to_be_visible()
    expect(brief(page)).to_contain_text("Jeg har betalt to ganger")
    page.locator("#row-pole").click()
    expect(page.get_by_role("log")).to_contain_text("midterstykket")
    unfolded(page).to_be_hidden()
    expect(brief(page).locator("summary").first).to_contain_text("Upset")
    page.keyboard.press("b")
    unfolded(page).to_be_visible()
    page.keyboard.press("b")
    stage.put("pole", {"kind": "released", "agent": "maja", "name": "Maja"})
    stage.put("pole", {"kind": "handoff", "reason": "complaint"})
    unfolded(page).to_be_visible()
    expect(brief(page)).to_contain_text("The customer wants to complain.")


def test_an_answer_folds_it(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    unfolded(page).to_be_visible()
    page.locator("#composer").fill("Så er den på vej.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("log")).to_contain_text("Så er den på vej.")
    unfolded(page).to_be_hidden()


def test_an_old_chat_has_its_brief_too(page: Page, stage: Stage) -> None:
    stage.advice["rated"] = {"mood": "calm"}
    at(page, stage, "rated")
    expect(brief(page)).to_contain_text("Hvor lang er returfristen på soveposer?")
    expect(brief(page)).to_contain_text("Calm")
    expect(brief(page).get_by_role("button", name="Use")).to_have_count(0)


def test_in_the_agents_language(page: Page, stage: Stage) -> None:
    page.add_init_script("localStorage.setItem('svardesk.staff.preferences', '{\"language\":\"nn\"}')")
    page.goto(f"{stage.url}/console#/chat/pole")
    expect(brief(page)).to_contain_text("Opprørt (sterke ord, spurde om det same igjen)")
    expect(brief(page)).to_contain_text("Mogleg svar")


def test_on_a_phone_it_is_one_line(page: Page, stage: Stage) -> None:
    page.set_viewport_size({"width": 390, "height": 780})
    page.goto(f"{stage.url}/console#/chat/pole")
    expect(brief(page).locator("summary").first).to_contain_text("Upset")
    unfolded(page).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

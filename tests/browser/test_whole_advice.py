"""An agent of the demo answers with what the articles say: suggested, put in by one key, read by the customer."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Demo, complaints, sign_in
from tests.browser.test_whole_way import open_widget, say

expect.set_options(timeout=10_000)


def test_a_suggestion_of_the_real_articles_becomes_the_answer(
    demo: Demo, customer: BrowserContext, desk: BrowserContext
) -> None:
    page = customer.new_page()
    panel = open_widget(page, demo.shop)
    question = "Hvor mange hverdage går der, før mine nye støvler er fremme i Danmark?"
    say(page, panel, "Jeg vil tale med et menneske")
    expect(panel.get_by_role("region", name="Din plads i køen")).to_be_visible()
    say(page, panel, question)

    agent = desk.new_page()
    faults = complaints(agent)
    sign_in(agent, demo, "maja", "/console")
    agent.get_by_text("Jeg vil tale med et menneske").first.click()
    suggestions = agent.get_by_role("region", name="Forslag fra artiklerne")
    best = suggestions.get_by_role("listitem").first
    expect(best).to_contain_text("efter 1-3 hverdage")
    link = best.get_by_role("link")
    expect(link).to_have_attribute("href", re.compile(r"^http.*/help/da/delivery-times"))
    expect(agent.locator("details.brief")).to_contain_text("Rolig")
    agent.locator("#composer").focus()
    agent.keyboard.press("Alt+1")
    agent.keyboard.press("Control+Enter")
    expect(panel.get_by_text(re.compile("efter 1-3 hverdage"))).to_be_visible()
    expect(panel.locator("a[href*='/help/da/delivery-times']").last).to_be_visible()
    assert faults == []

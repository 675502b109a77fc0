"""A customer and a colleague disagree about an answer of the demo; the director sees it, and sets a target."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Demo, complaints, sign_in
from tests.browser.test_whole_way import open_widget, say

expect.set_options(timeout=20_000)


def test_what_is_said_of_an_answer_reaches_the_director(
    demo: Demo, customer: BrowserContext, desk: BrowserContext
) -> None:
    page = customer.new_page()
    faults = complaints(page)
    panel = open_widget(page, demo.shop)
    question = "Hvad koster fragten?"
    say(page, panel, question)
    expect(panel.get_by_role("link", name=re.compile(question[:-1]))).to_be_visible()
    panel.get_by_role("group", name="Hjalp det?").get_by_role("button", name="Ja").click()
    expect(panel.get_by_text("Tak, fordi du fortæller os det.")).to_be_visible()

    agent = desk.new_page()
    faults_of_staff = complaints(agent)
    sign_in(agent, demo, "maja", "/console")
    agent.get_by_role("button", name=re.compile("^Hos assistenten")).click()
    agent.get_by_text(question).first.click()
    expect(agent.get_by_role("listitem").filter(has_text="Kunden: det hjalp")).to_be_visible()
    agent.keyboard.press("x")
    expect(agent.get_by_role("button", name="Forkert")).to_have_attribute("aria-pressed", "true")
    expect(agent.get_by_text("De er uenige. Det tæller som forkert.")).to_be_visible()
    agent.get_by_role("button", name=re.compile("^Konto")).click()
    agent.get_by_role("menuitem", name="Log ud").click()
    agent.wait_for_url("**/login*")

    sign_in(agent, demo, "kim", "/certainty")
    row = agent.locator(".torn").first
    expect(row).to_contain_text("Maja: forkert")
    expect(row).to_contain_text("Kunden: det hjalp")
    agent.get_by_role("button", name="Ret målet for Dansk").click()
    agent.get_by_role("dialog").get_by_role("radio", name=re.compile("^højst 2")).check()
    agent.get_by_role("dialog").get_by_role("button", name="Gem").click()
    expect(agent.locator(".lang").filter(has_text="Dansk")).to_contain_text("Ikke bevist endnu")
    row.get_by_role("link", name=re.compile("Åbn chatten")).click()
    expect(agent.get_by_text("De er uenige. Det tæller som forkert.")).to_be_visible()
    assert faults == []
    assert faults_of_staff == []

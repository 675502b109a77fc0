"""The whole way once, as people go it: question, answer, person, rating, and an edit that is answered at once."""

from __future__ import annotations

import json
import re
import time

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import Demo, complaints, sign_in


def open_widget(page: Page, address: str) -> Locator:
    """The widget's panel on the shop's page."""
    page.goto(address)
    page.locator("svardesk-widget button.launch").click()
    panel = page.locator("svardesk-widget dialog")
    expect(panel).to_be_visible()
    return panel


def say(page: Page, panel: Locator, text: str) -> None:
    panel.locator("textarea").fill(text)
    page.keyboard.press("Enter")
    expect(panel.get_by_text(text, exact=True).last).to_be_visible()


def test_the_shop_has_a_strict_policy_and_another_origin(demo: Demo, customer: BrowserContext) -> None:
    page = customer.new_page()
    faults = complaints(page)
    answer = page.goto(demo.shop)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    panel = open_widget(page, demo.shop)
    expect(panel.get_by_text(re.compile("automatiske assistent"))).to_be_visible()
    say(page, panel, "Hvor er min pakke?")
    expect(panel.get_by_role("link", name=re.compile("Hvor er min pakke"))).to_be_visible()
    assert faults == []


def test_each_language_is_answered_in_itself_with_its_source(demo: Demo, customer: BrowserContext) -> None:
    for text, title, language in (
        ("Hvor er min pakke?", "Hvor er min pakke?", "da"),
        ("kan jag byta storlek?", "Hur byter jag till en annan storlek?", "sv"),
        ("can I pay with Klarna", "Can I pay later with a Klarna invoice?", "en"),
    ):
        page = customer.new_page()
        panel = open_widget(page, demo.shop)
        say(page, panel, text)
        source = panel.locator(f"a[href*='/help/{language}/']").filter(has_text=title)
        expect(source).to_be_visible()
        expect(panel).to_have_attribute("lang", language)
        with customer.expect_page() as opened:
            source.click()
        article = opened.value
        expect(article.get_by_role("heading", level=1)).to_have_text(title)
        assert article.locator("html").get_attribute("lang") == language
        page.evaluate("localStorage.clear()")
        article.close()
        page.close()


def test_question_person_rating_and_export(demo: Demo, customer: BrowserContext, desk: BrowserContext) -> None:
    agent = desk.new_page()
    agent_faults = complaints(agent)
    sign_in(agent, demo, "maja", "/console")
    expect(agent.get_by_text("Venter", exact=True).first).to_be_visible()

    page = customer.new_page()
    faults = complaints(page)
    panel = open_widget(page, demo.shop)
    say(page, panel, "Sælger I kajakker til havet?")
    expect(panel.get_by_text(re.compile("jeg gætter ikke"))).to_be_visible()
    asked_at = time.monotonic()
    panel.get_by_role("button", name="Tal med et menneske").last.click()
    expect(panel.get_by_role("region", name="Din plads i køen")).to_contain_text(re.compile("Du er nummer \\d"))

    row = agent.get_by_text("Sælger I kajakker til havet?").first
    expect(row).to_be_visible()
    assert time.monotonic() - asked_at < 10  # generous: how fast it is, the benchmark measures
    row.click()
    expect(agent.get_by_text(re.compile("Kunden bad om et menneske")).first).to_be_visible()
    expect(agent.get_by_text(re.compile("jeg gætter ikke")).last).to_be_visible()
    agent.keyboard.press("a")
    expect(panel.get_by_text("Maja er med nu")).to_be_visible()

    field = agent.get_by_role("textbox", name="Svar kunden")
    field.press_sequentially("Hej, det gør vi ikke", delay=20)
    expect(panel.get_by_text("Maja skriver").first).to_be_attached()
    field.press("Control+Enter")
    expect(panel.get_by_text("Hej, det gør vi ikke")).to_be_visible()
    expect(agent.get_by_text(re.compile("\\bset\\b")).last).to_be_visible()
    panel.locator("textarea").press_sequentially("Tak for", delay=20)
    expect(agent.locator(".sd-typing").first).to_be_attached()
    say(page, panel, "Tak for svaret")
    expect(agent.get_by_text("Tak for svaret").last).to_be_visible()
    expect(panel.get_by_text(re.compile("^Set|Set \\d"))).to_be_visible()

    agent.get_by_role("button", name=re.compile("^Afslut")).first.click()
    expect(panel.get_by_text("Hvordan var den hjælp, du fik?")).to_be_visible()
    panel.locator("input[type=radio][value='5']").check(force=True)
    panel.locator("fieldset textarea, form textarea").last.fill("Hurtigt og venligt")
    panel.get_by_role("button", name=re.compile("Send vurdering")).click()
    expect(agent.get_by_text("Hurtigt og venligt").first).to_be_visible()

    page_of_chat = agent.evaluate(
        """async () => (await (await fetch("/api/v1/conversations?status=resolved&limit=1")).json()).items[0]"""
    )
    assert page_of_chat["rated"] == 5
    exported = json.loads(demo.command("export", "--conversation", page_of_chat["id"]))
    assert exported["consistent"] is True
    assert exported["ratings"] == [{"episode": 1, "value": 5, "comment": "Hurtigt og venligt"}]
    kinds = [entry["kind"] for entry in exported["entries"]]
    assert [entry["seq"] for entry in exported["entries"]] == list(range(1, len(kinds) + 1))
    for kind in ("started", "said", "offered", "decided", "handoff", "claimed", "replied", "resolved", "rated"):
        assert kind in kinds
    assert faults == []
    assert agent_faults == []


def test_a_published_edit_is_answered_at_once(demo: Demo, customer: BrowserContext, desk: BrowserContext) -> None:
    page = customer.new_page()
    panel = open_widget(page, demo.shop)
    say(page, panel, "Hvornår kommer min ordre frem, hvis jeg bestiller i dag?")
    manager = desk.new_page()
    faults = complaints(manager)
    sign_in(manager, demo, "synne", "/manager")
    manager.get_by_role("searchbox").or_(manager.locator("input[type=search]")).first.fill("gavekort")
    manager.get_by_text("gavekort").or_(manager.get_by_text("Gift cards")).first.click()
    tab = manager.get_by_role("tab", name=re.compile("Dansk"))
    tab.click()
    body = manager.locator("textarea").nth(1)
    marker = "Gavekort kan nu også bruges til leje af telte, sagde Synne."
    body.fill(f"{marker}\n\n" + body.input_value())
    expect(manager.get_by_text(marker).last).to_be_visible()
    expect(manager.get_by_text(re.compile("^Lagret"))).to_be_visible()
    manager.get_by_role("button", name="Publiser", exact=True).click()
    manager.get_by_role("dialog").get_by_role("button", name="Publiser").click()
    live = manager.get_by_text("Publisert. Assistenten svarer med denne teksten nå.").first
    expect(live).to_be_visible(timeout=20_000)
    say(page, panel, "Hvor længe gælder et gavekort?")
    expect(panel.get_by_text(marker)).to_be_visible()
    assert faults == []

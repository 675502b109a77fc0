"""Whether an answer helped: asked once below it, never elsewhere, gone after use, over reloads, tabs and bad lines."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser import widget_scenes
from tests.browser.fake_server import FakeServer
from tests.browser.widget_scenes import SCENES, open_panel, source, until

server, context, page = widget_scenes.server, widget_scenes.context, widget_scenes.page


def question(panel: Locator) -> Locator:
    return panel.get_by_role("group", name="Hjalp det?")


def told(server: FakeServer) -> list[tuple[int, bool]]:
    return [(frame["data"]["seq"], frame["data"]["helped"]) for frame in server.of_type("helped")]


def all_acknowledged(page: Page) -> bool:
    return bool(page.evaluate("Object.keys(localStorage).every((key) => !key.includes('out:'))"))


def reopened(page: Page) -> Locator:
    page.locator("svardesk-widget .launch").click()
    panel = page.locator("svardesk-widget dialog")
    expect(panel.locator(".sd-msg--bot")).to_be_visible()
    return panel


def test_yes_is_told_once_and_thanked_for(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["answer"](server)
    question(panel).get_by_role("button", name="Ja").click()
    expect(panel.get_by_text("Tak, fordi du fortæller os det.")).to_be_visible()
    expect(question(panel)).to_have_count(0)
    until(page, lambda: told(server) == [(3, True)])
    assert server.of_type("helped")[0]["data"]["client_id"]
    panel.locator("textarea").fill("En ting til")
    panel.locator("textarea").press("Enter")
    expect(panel.get_by_text("Tak, fordi du fortæller os det.")).to_have_count(0)


def test_no_names_the_ways_on_and_by_keys_the_focus_goes_to_the_text(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["answer"](server)
    expect(question(panel)).to_be_visible()
    expect(panel.locator("textarea")).to_be_focused()
    question(panel).get_by_role("button", name="Nej").focus()
    page.keyboard.press("Enter")
    expect(panel.locator("textarea")).to_be_focused()
    expect(panel.get_by_role("log")).to_contain_text("Tak. Skriv gerne mere, eller tal med et menneske.")
    until(page, lambda: told(server) == [(3, False)])


def test_it_is_asked_of_the_last_answer_and_goes_when_the_customer_goes_on(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["answer"](server)
    server.add("hidden")
    expect(question(panel)).to_be_visible()
    panel.locator("textarea").fill("Og bukserne?")
    panel.locator("textarea").press("Enter")
    expect(question(panel)).to_have_count(0)
    until(page, lambda: len(server.entries) == 5)
    server.add("answered", re=5, text="Også.", html="<p>Også.</p>", source=source("Vask"), certainty=0.9)
    expect(question(panel)).to_have_count(1)


@pytest.mark.parametrize("scene", ["offer", "queue", "agent", "rating", "greeting", "handed over", "a form's question"])
def test_it_is_not_asked_after_anything_else(page: Page, server: FakeServer, scene: str) -> None:
    panel = open_panel(page, server)
    if scene == "greeting":
        server.add("said", text="hej")
        server.add("remarked", re=1, text="Hej! Hvad kan jeg hjælpe med?")
    elif scene == "a form's question":
        server.add("said", text="Hvor er min pakke?")
        text = "Jeg kan slå den op. Hvad er dit ordrenummer?"
        server.add("answered", re=1, text=text, html=text, source=source("Pakken"), certainty=0.9, asks=True)
        expect(panel.get_by_text("Jeg kan slå den op")).to_be_visible()
    elif scene == "handed over":
        SCENES["answer"](server)
        expect(question(panel)).to_be_visible()
        server.add("handoff", reason="customer_request")
        server.turn("queued", reason="customer_request")
        expect(panel.get_by_text("Et menneske tager over")).to_be_visible()
    else:
        SCENES[scene](server)
        expect(panel.locator(".sd-msg").first).to_be_visible()
    expect(question(panel)).to_have_count(0)


def test_it_is_not_asked_again_after_a_reload_or_in_another_tab(
    context: BrowserContext, page: Page, server: FakeServer
) -> None:
    panel = open_panel(page, server)
    SCENES["answer"](server)
    other = context.new_page()
    other.goto(server.shop)
    second = reopened(other)
    expect(question(second)).to_be_visible()
    page.reload()
    panel = reopened(page)
    question(panel).get_by_role("button", name="Ja").click()
    expect(question(second)).to_have_count(0)
    until(page, lambda: len(told(server)) == 1 and all_acknowledged(page))  # else a reload says it once more
    page.reload()
    panel = reopened(page)
    expect(question(panel)).to_have_count(0)
    assert told(server) == [(3, True)]


def test_without_a_line_it_is_kept_and_told_later(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["answer"](server)
    expect(question(panel)).to_be_visible()
    server.cut()
    question(panel).get_by_role("button", name="Nej").click()
    expect(panel.get_by_text("Tak. Skriv gerne mere")).to_be_visible()
    page.reload()
    server.refuse = False
    reopened(page)
    until(page, lambda: told(server) == [(3, False)])


def test_said_in_another_browser_already_is_no_trouble(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["answer"](server)
    page.evaluate("window.faults = []; addEventListener('svardesk:error', ({ detail }) => faults.push(detail.code))")
    server.send("error", {"code": "storage", "message": "no"})
    until(page, lambda: page.evaluate("faults.length === 1"))  # the page hears of what is one
    fault = {"code": "already_judged", "message": "no"}
    server.answer = lambda it, _, frame: it.send("error", fault | {"client_id": frame["data"]["client_id"]})
    question(panel).get_by_role("button", name="Ja").click()
    expect(panel.get_by_text("Tak, fordi du fortæller os det.")).to_be_visible()
    until(page, lambda: all_acknowledged(page))
    assert page.evaluate("faults") == ["storage"]


def test_a_long_answer_is_shown_from_its_beginning_all_the_same(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    server.add("said", text="Fortæl alt")
    html = "".join(f"<p>Afsnit {n} er ikke kort, og det er der gode grunde til.</p>" for n in range(40))
    server.add("answered", re=1, text="x", html=html, source=source("Alt"), certainty=0.9)
    expect(panel.get_by_text("Afsnit 0 er")).to_be_in_viewport()
    expect(question(panel)).not_to_be_in_viewport()

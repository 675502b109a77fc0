"""The widget's own words follow the conversation's language, and nothing that somebody was at is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser import widget_scenes
from tests.browser.fake_server import FakeServer
from tests.browser.widget_scenes import LINE_CUT, SCENES, faultless, open_panel, source, until

PAST_MS = 1_500  # strings that come late are here by then


server, context = widget_scenes.server, widget_scenes.context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page in Danish whose server may be away."""
    with faultless(context, LINE_CUT, "503") as page:
        yield page


def swedish_answer(server: FakeServer) -> None:
    """As the server sends it: the entry, and then the state that has another language than before."""
    seq = server.add("said", text="Hur tvättar jag min skaljacka?")
    server.add("answered", re=seq, text="Tvätta i 30°.", html="<p>Tvätta i 30°.</p>", source=source("Tvätta", "sv"))
    server.turn("bot", language="sv")


def answer_of(panel: Locator) -> Locator:
    return panel.locator(".sd-msg--bot .sd-bubble").last


def english_chosen(page: Page, server: FakeServer) -> Locator:
    """The panel of a conversation in Danish, whose visitor has chosen English in the menu."""
    panel = open_panel(page, server)
    server.add("started", language="da")
    server.turn("bot", language="da")
    panel.get_by_role("button", name="Menu").click()
    panel.get_by_role("menuitemradio", name="English").click()
    expect(panel).to_have_attribute("lang", "en")
    return panel


def test_a_swedish_answer_on_a_danish_page_stands_among_swedish_words(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    server.add("started", language="da")
    server.turn("bot", language="da")
    expect(panel.get_by_role("button", name="Tal med et menneske")).to_be_visible()
    assert [path for path in server.requests if path.endswith("/sv.js")] == []
    swedish_answer(server)
    expect(panel.get_by_text("Hjälpte det?")).to_be_visible()
    expect(panel.get_by_role("button", name="Prata med en människa")).to_be_visible()
    expect(panel.get_by_role("button", name="Stäng")).to_be_visible()
    expect(panel.get_by_role("textbox", name="Skriv ett meddelande")).to_be_visible()
    expect(panel.get_by_role("log", name="Samtal")).to_be_visible()
    expect(panel).to_have_attribute("lang", "sv")
    assert answer_of(panel).get_attribute("lang") is None  # as all around it
    assert server.of_type("set_language") == []  # it is the server that said so


def test_a_reload_keeps_it_and_nobody_tells_the_server_otherwise(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    server.add("started", language="da")
    swedish_answer(server)
    expect(panel).to_have_attribute("lang", "sv")
    page.keyboard.press("Escape")
    page.locator("svardesk-widget .launch").click()
    page.reload()
    expect(page.get_by_role("button", name="Öppna chatten")).to_be_visible()
    page.locator("svardesk-widget .launch").click()
    expect(panel.get_by_role("button", name="Prata med en människa")).to_be_visible()
    assert server.of_type("set_language") == []


def test_what_was_chosen_in_the_menu_is_not_changed_by_what_is_detected(page: Page, server: FakeServer) -> None:
    panel = english_chosen(page, server)
    assert server.of_type("set_language")[-1]["data"] == {"language": "en", "chosen": True}
    swedish_answer(server)
    expect(panel.get_by_text("Did that help?")).to_be_visible()
    expect(answer_of(panel)).to_have_attribute("lang", "sv")
    page.reload()
    expect(page.get_by_role("button", name="Open chat")).to_be_visible()


def test_the_page_may_change_it_for_a_visitor_who_has_not(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    server.add("started", language="da")
    swedish_answer(server)
    expect(panel).to_have_attribute("lang", "sv")
    page.evaluate("svardesk('setLocale', 'nb')")
    expect(panel).to_have_attribute("lang", "nb")
    until(page, lambda: [frame["data"] for frame in server.of_type("set_language")] == [{"language": "nb"}])
    page.evaluate("svardesk('boot', { site: 'lyngvidde', language: 'nb' })")  # as each page of the site does
    expect(panel).to_have_attribute("lang", "nb")
    assert len(server.of_type("set_language")) == 1


def test_draft_caret_and_place_stay_while_somebody_writes(page: Page, server: FakeServer) -> None:
    for number in range(30):
        server.add("said", text=f"Linje {number}\n\nog en til")
    panel = open_panel(page, server)
    server.turn("bot", language="da")
    field = panel.get_by_role("textbox")
    field.fill("Og hvad med støvler?")
    field.evaluate("node => node.setSelectionRange(3, 7)")
    log = panel.get_by_role("log")
    log.evaluate("node => node.scrollTop = 120")
    server.turn("bot", language="sv")
    expect(panel).to_have_attribute("lang", "sv")
    expect(field).to_have_value("Og hvad med støvler?")
    expect(field).to_be_focused()
    assert field.evaluate("node => [node.selectionStart, node.selectionEnd]") == [3, 7]
    assert abs(log.evaluate("node => node.scrollTop") - 120) < 2


def test_a_form_that_is_half_filled_in_is_half_filled_in_in_the_other_language(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["rating"](server)
    panel.get_by_role("radio", name="4: God").check()
    panel.get_by_role("textbox", name="Vil du tilføje").fill("Hurtigt svar")
    panel.get_by_role("button", name="Send vurdering").focus()
    server.turn("resolved", language="sv")
    expect(panel.get_by_role("radio", name="4: Bra")).to_be_checked()
    expect(panel.get_by_role("textbox", name="Vill du lägga till")).to_have_value("Hurtigt svar")
    expect(panel.get_by_role("button", name="Skicka betyg")).to_be_focused()
    expect(panel.get_by_role("button", name="Skicka betyg")).to_be_enabled()


def test_what_stood_there_is_not_read_out_again_but_the_answer_is(page: Page, server: FakeServer) -> None:
    SCENES["answer"](server)
    panel = open_panel(page, server)
    log = panel.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    swedish_answer(server)
    expect(panel).to_have_attribute("lang", "sv")
    answers = panel.locator(".sd-msg--bot")
    expect(answers).to_have_count(2)
    expect(answers.first).to_have_attribute("aria-live", "off")
    expect(log).to_have_attribute("aria-live", "polite")


def test_without_the_strings_it_goes_on_in_the_language_it_has(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    server.add("started", language="da")
    page.route(
        "**/strings/sv.js", lambda route: route.fulfill(status=503, headers={"Access-Control-Allow-Origin": "*"})
    )
    with page.expect_response("**/strings/sv.js"):
        swedish_answer(server)
    expect(answer_of(panel)).to_have_text("Tvätta i 30°.")
    expect(panel.get_by_role("button", name="Tal med et menneske")).to_be_visible()
    server.turn("bot", language="nb")
    expect(panel.get_by_role("button", name="Snakk med et menneske")).to_be_visible()


def test_a_language_that_changes_while_another_is_on_its_way_is_the_one_that_counts(
    page: Page, server: FakeServer
) -> None:
    panel = open_panel(page, server)
    server.add("started", language="da")
    page.evaluate("svardesk('setLocale', 'en')")
    expect(panel).to_have_attribute("lang", "en")  # and its strings are here
    held = list[Route]()
    page.route("**/strings/sv.js", lambda route: held.append(route))
    with page.expect_request("**/strings/sv.js"):
        page.evaluate("svardesk('setLocale', 'sv')")
    page.evaluate("svardesk('setLocale', 'en')")
    until(page, lambda: held)
    held[0].continue_()
    page.wait_for_timeout(PAST_MS)
    expect(panel).to_have_attribute("lang", "en")


def test_what_the_assistant_says_is_marked_where_the_visitor_reads_another_language(
    page: Page, server: FakeServer
) -> None:
    panel = english_chosen(page, server)
    server.turn("bot", language="sv")
    server.add("remarked", re=1, text="Hej! Vad kan jag hjälpa till med?")
    expect(answer_of(panel)).to_have_attribute("lang", "sv")
    server.add("offered", re=1, text="Det vet jag inte säkert.", choices=[])
    expect(answer_of(panel)).to_have_text("Det vet jag inte säkert.")
    expect(answer_of(panel)).to_have_attribute("lang", "sv")
    server.send("typing", {"who": "bot", "on": True, "wait_s": 20})
    expect(panel.get_by_text("Many people are asking")).to_be_visible()
    assert answer_of(panel).get_attribute("lang") is None  # the widget's own words

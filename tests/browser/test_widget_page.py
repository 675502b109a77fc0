"""The widget as a guest on a page: storage, size, commands, events, and what it does without being opened."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import widget_scenes
from tests.browser.conftest import OPEN_SHADOW_ROOTS
from tests.browser.fake_server import FakeServer
from tests.browser.widget_scenes import SCENES, open_panel, source, until

server, context, page = widget_scenes.server, widget_scenes.context, widget_scenes.page


def storage(page: Page) -> list[str]:
    keys: list[str] = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie]")
    return [key for key in keys if key]


def test_shadow_root_is_closed_to_the_page(browser: Browser, server: FakeServer) -> None:
    page = browser.new_page()
    page.goto(server.shop)
    page.wait_for_selector("svardesk-widget", state="attached")
    assert page.evaluate("document.querySelector('svardesk-widget').shadowRoot") is None
    page.close()


def test_nothing_is_stored_or_connected_before_the_panel_is_opened(page: Page, server: FakeServer) -> None:
    page.goto(server.shop)
    expect(page.get_by_role("button", name="Åbn chat")).to_be_visible()
    assert storage(page) == []
    assert [path for path in server.requests if path.startswith("/ws/") or "opened" in path] == []
    page.get_by_role("button", name="Åbn chat").click()
    expect(page.get_by_role("dialog", name="Lyngvidde Friluft")).to_be_visible()
    until(page, lambda: page.evaluate("localStorage.getItem('svardesk:lyngvidde:token')") == "t1")


def test_unread_is_counted_and_teased_while_closed_also_after_a_reload(page: Page, server: FakeServer) -> None:
    open_panel(page, server)
    page.keyboard.press("Escape")
    server.add("replied", agent="a1", name="Maja Krogh", text="Jeg har fundet din pakke")
    expect(page.get_by_role("button", name="Åbn chat, ulæste: 1")).to_be_visible()
    expect(page.locator("svardesk-widget .teaser")).to_contain_text("Jeg har fundet din pakke")
    page.reload()
    expect(page.get_by_role("button", name="Åbn chat, ulæste: 1")).to_be_visible()
    page.get_by_role("button", name="Skjul").click()
    expect(page.locator("svardesk-widget .teaser")).to_have_count(0)
    page.get_by_role("button", name="Åbn chat, ulæste: 1").click()
    expect(page.get_by_text("Jeg har fundet din pakke")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Åbn chat", exact=True)).to_be_visible()


def test_on_a_phone_it_is_the_whole_screen_and_modal(browser: Browser, server: FakeServer) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 780}, has_touch=True, locale="nb-NO")
    context.add_init_script(OPEN_SHADOW_ROOTS)
    page = context.new_page()
    panel = open_panel(page, server)
    panel.evaluate("node => Promise.all(node.getAnimations().map((one) => one.finished))")
    box = panel.bounding_box()
    assert box is not None
    assert (box["x"], box["width"], box["height"]) == (0, 390, 780)
    assert panel.evaluate("node => node.matches(':modal')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    panel.get_by_role("button", name="Luk").click()
    expect(panel).to_be_hidden()
    context.close()


def test_the_end_stays_in_sight_when_a_keyboard_comes_or_the_phone_is_turned(page: Page, server: FakeServer) -> None:
    page.set_viewport_size({"width": 768, "height": 1024})
    panel = open_panel(page, server)
    SCENES["agent"](server)
    last = panel.get_by_text("Jeg går fra Abisko lørdag morgen")
    first = panel.get_by_text("Hej Jens-Christian.")
    expect(last).to_be_in_viewport()
    for width, height in ((390, 844), (390, 420), (844, 390), (1000, 760)):
        page.set_viewport_size({"width": width, "height": height})
        expect(last).to_be_in_viewport()
        expect(panel.locator(".w__new")).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 420})
    expect(first).not_to_be_in_viewport()
    first.scroll_into_view_if_needed()
    page.wait_for_timeout(100)
    page.set_viewport_size({"width": 390, "height": 400})  # who reads above is left there
    page.wait_for_timeout(300)
    expect(first).to_be_in_viewport()
    expect(last).not_to_be_in_viewport()


@pytest.mark.parametrize("scene", SCENES)
def test_nothing_is_wider_than_a_narrow_screen(browser: Browser, server: FakeServer, scene: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 600})
    context.add_init_script(OPEN_SHADOW_ROOTS)
    page = context.new_page()
    panel = open_panel(page, server)
    SCENES[scene](server)
    page.wait_for_timeout(300)
    wide = panel.evaluate(
        """node => [...node.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > 321
          && !one.closest('.sd-sr')).map((one) => one.className)"""
    )
    assert wide == []
    context.close()


def test_commands_and_events_of_the_page(page: Page, server: FakeServer) -> None:
    page.add_init_script(
        """window.heard = [];
        for (const name of ['ready', 'open', 'close', 'message', 'unread', 'handoff', 'csat', 'error'])
          addEventListener('svardesk:' + name, (event) => heard.push([name, event.detail]));"""
    )
    page.goto(server.shop)
    until(page, lambda: page.evaluate("!!window.svardesk?.live && heard.length === 1"))
    page.evaluate("svardesk('on', 'open', () => heard.push(['mine', null])); svardesk.open()")
    panel = page.locator("svardesk-widget dialog")
    expect(panel).to_be_visible()
    page.evaluate("svardesk('showNewMessage', 'Jeg vil gerne bytte')")
    expect(panel.get_by_role("textbox")).to_have_value("Jeg vil gerne bytte")
    page.evaluate("svardesk('requestHuman')")
    expect(panel.get_by_text("Et menneske tager over")).to_be_visible()
    page.evaluate("svardesk.toggle()")
    expect(panel).to_be_hidden()
    page.evaluate("svardesk.hide()")
    expect(page.locator("svardesk-widget .launch")).to_be_hidden()
    page.evaluate("svardesk.show(); svardesk.update({ theme: 'dark', brand: '#e4002b' })")
    assert page.evaluate("document.querySelector('svardesk-widget').dataset.theme") == "dark"
    names = [name for name, _ in page.evaluate("heard")]
    assert names == ["ready", "open", "mine", "handoff", "close"]


def test_reset_forgets_the_visitor(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    page.keyboard.type("Hemmeligt")
    until(page, lambda: page.evaluate("localStorage.getItem('svardesk:lyngvidde:draft')") == "Hemmeligt")
    page.evaluate("svardesk('reset')")
    expect(panel).to_have_count(0)
    until(page, lambda: storage(page) == [] and len(server.of_type("revoke")) == 1)
    expect(page.get_by_role("button", name="Åbn chat")).to_be_visible()


def test_a_page_whose_trusted_types_forbid_ours_gets_plain_text(browser: Browser, server: FakeServer) -> None:
    server.csp = server.csp.replace("trusted-types svardesk", "trusted-types 'none'")
    page = browser.new_page(locale="da-DK")
    page.add_init_script(OPEN_SHADOW_ROOTS)
    panel = open_panel(page, server)
    server.add("started", language="da")
    html, text = "<p>Vask ved <b>30</b></p>", "Vask ved 30 grader"
    server.add("answered", re=1, text=text, html=html, source=source("Vask"), certainty=0.9)
    expect(panel.locator(".sd-msg--bot .sd-bubble")).to_have_text(text)
    page.close()

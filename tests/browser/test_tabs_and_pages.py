"""Tabs, reloads, crashes, pages put aside: on a real server nothing unsent is lost, no visitor becomes two (W5-W8)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, expect

from tests.browser.conftest import FLAGS
from tests.browser.real_shop import WAIT_MS, RealShop, customer, own, settled, write
from tests.browser.widget_scenes import until
from tests.services import chromium

NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with customer(browser) as made:
        yield made


@pytest.fixture(autouse=True)
def _a_line(shop: RealShop) -> Iterator[None]:
    shop.proxy.mend()
    yield
    shop.proxy.mend()


@pytest.mark.parametrize("locks", [True, False])
def test_two_tabs_opened_at_once_make_one_conversation(context: BrowserContext, shop: RealShop, locks: bool) -> None:
    """chatwoot#6128, #2098. The second round is a page without TLS, where a browser has no locks."""
    if not locks:
        context.add_init_script(NO_LOCKS)
    mark = f"samtidig {locks}"
    tabs = [context.new_page() for _ in range(2)]
    for page in tabs:
        page.goto(shop.shop)
        page.locator("svardesk-widget button.launch").wait_for()
    for page in tabs:  # both begin before either has a token
        page.evaluate("svardesk('open')")
    panels = [page.locator("svardesk-widget dialog") for page in tabs]
    if not locks:  # the two settle on one token before a person can have written
        expect(panels[0].get_by_text("Svarer med det samme")).to_be_visible()
        expect(panels[1].get_by_text("Svarer med det samme")).to_be_visible()
        tabs[0].wait_for_timeout(500)
    for panel, name in zip(panels, "ab", strict=True):
        write(panel, f"{mark} {name}")
    for panel in panels:
        expect(panel.locator(".sd-msg--own")).to_have_count(2)
    assert shop.conversations(mark) == 1
    assert own(panels[0]) == own(panels[1]) == shop.words("said", among=mark)


def test_enter_and_click_twice_say_it_once(context: BrowserContext, shop: RealShop) -> None:
    """chatwoot#6128, #4578: also where the line is slow."""
    page = context.new_page()
    panel = shop.open_widget(page)
    panel.locator("textarea.sd-composer__text").fill("dobbelt klik")
    panel.get_by_role("button", name="Send", exact=True).dblclick()
    panel.locator("textarea.sd-composer__text").fill("dobbelt enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    settled(panel)
    assert shop.words("said", among="dobbelt") == own(panel) == ["dobbelt klik", "dobbelt enter"]


def test_a_closed_tab_leaves_its_unsent_text_to_the_other(context: BrowserContext, shop: RealShop) -> None:
    first, second = context.new_page(), context.new_page()
    one, two = shop.open_widget(first), shop.open_widget(second)
    write(one, "arv begynder")
    expect(two.get_by_text("arv begynder")).to_be_visible()
    shop.proxy.cut()
    expect(one.get_by_text("Ingen forbindelse")).to_be_visible()
    write(one, "arv et", "arv to")
    write(two, "arv tre")
    first.close()
    expect(two.locator(".sd-msg--pending")).to_have_count(3)  # the other tab shows them too
    shop.proxy.mend()
    second.evaluate("dispatchEvent(new Event('online'))")
    settled(two)
    assert own(two) == shop.words("said", among="arv") == ["arv begynder", "arv et", "arv to", "arv tre"]
    assert second.evaluate("Object.keys(localStorage).filter((key) => key.includes(':out:'))") == []


def test_a_tab_that_crashes_with_unsent_text_and_a_draft_loses_neither(context: BrowserContext, shop: RealShop) -> None:
    page = context.new_page()
    panel = shop.open_widget(page)
    write(panel, "før styrtet")
    settled(panel)
    shop.proxy.cut()
    expect(panel.get_by_text("Ingen forbindelse")).to_be_visible()
    write(panel, "ved styrtet")
    panel.locator("textarea.sd-composer__text").fill("en kladde ved styrtet")
    until(page, lambda: "kladde" in str(page.evaluate("Object.values(localStorage).join()")))
    page.wait_for_timeout(200)  # the browser's own process has it by now
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=3000)
    shop.proxy.mend()
    after = context.new_page()
    panel = shop.open_widget(after)
    settled(panel)
    expect(panel.locator("textarea.sd-composer__text")).to_have_value("en kladde ved styrtet")
    assert own(panel) == shop.words("said", among="styrtet") == ["før styrtet", "ved styrtet"]


def test_the_network_goes_and_comes_and_the_clock_jumps(context: BrowserContext, shop: RealShop) -> None:
    context.add_init_script("{ const real = Date.now; window.ahead = 0; Date.now = () => real() + window.ahead; }")
    page = context.new_page()
    panel = shop.open_widget(page)
    write(panel, "klokken et")
    settled(panel)
    page.evaluate("window.ahead = -3600e3")
    write(panel, "klokken to")
    shop.proxy.cut()
    context.set_offline(True)
    expect(panel.get_by_text("Ingen forbindelse")).to_be_visible()
    write(panel, "klokken tre")
    page.evaluate("window.ahead = 5 * 3600e3")
    note = panel.locator(".w__legal span")
    expect(note).to_have_text(re.compile(r"Prøver igen om \d{1,2} s|Forbinder"))  # no hour in it
    shop.proxy.mend()
    context.set_offline(False)
    settled(panel)
    write(panel, "klokken fire")
    settled(panel)
    expected = ["klokken et", "klokken to", "klokken tre", "klokken fire"]
    assert own(panel) == shop.words("said", among="klokken") == expected
    assert shop.conversations("klokken") == 1


def test_a_frozen_page_comes_back_with_what_was_said(context: BrowserContext, shop: RealShop) -> None:
    first, second = context.new_page(), context.new_page()
    one, two = shop.open_widget(first), shop.open_widget(second)
    write(one, "før frosten")
    expect(two.get_by_text("før frosten")).to_be_visible()
    session = context.new_cdp_session(first)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    write(two, "under frosten")
    settled(two)
    session.send("Page.setWebLifecycleState", {"state": "active"})
    expect(one.get_by_text("under frosten")).to_be_visible(timeout=WAIT_MS)
    write(one, "efter frosten")
    settled(one)
    assert own(one) == shop.words("said", among="frosten") == ["før frosten", "under frosten", "efter frosten"]


@pytest.fixture
def keeping(browser: Browser) -> Iterator[BrowserContext]:
    """A customer's browser that may put pages aside, which Playwright's own flags forbid."""
    one = browser.browser_type.launch(
        executable_path=chromium(), args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    with customer(one) as context:
        yield context
    one.close()


def test_back_and_forward_bring_the_page_as_it_was_and_what_it_missed(keeping: BrowserContext, shop: RealShop) -> None:
    """chatwoot#4335: a page that was put aside whole, not loaded anew."""
    page, other = keeping.new_page(), keeping.new_page()
    panel = shop.open_widget(page)
    write(panel, "frem")
    settled(panel)
    panel.locator("textarea.sd-composer__text").fill("frem kladde")
    page.evaluate("addEventListener('pageshow', ({ persisted }) => { window.aside = persisted; })")
    page.goto(f"{shop.shop}/andet")
    write(shop.open_widget(other), "tilbage")
    until(other, lambda: "tilbage" in shop.words("said"))
    page.go_back(wait_until="commit")
    assert page.evaluate("window.aside") is True
    expect(panel.get_by_text("tilbage", exact=True)).to_be_visible()
    expect(panel.locator("textarea.sd-composer__text")).to_have_value("frem kladde")
    assert own(panel) == ["frem", "tilbage"]

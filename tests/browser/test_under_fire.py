"""Acknowledged means shown once and in order, on both screens, without a reload: a real widget and a real console on a
line that fails every two seconds, and a server that is killed meanwhile (W5, W6, A1, A2)."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.real_shop import WAIT_MS, RealShop, customer, own, settled, write
from tests.browser.widget_scenes import until
from tests.proxy import Weather

SPELL_MS = 2_000
# What a half-open line needs is the next test: it takes ten seconds to tell one from a slow one.
# `make scale` goes on for FIRE_ROUNDS of them.
FIRE = [Weather.DROP, "kill", Weather.TORN, Weather.SLOW] * int(os.environ.get("FIRE_ROUNDS", "1"))


@pytest.fixture(autouse=True)
def _a_line(shop: RealShop) -> Iterator[None]:
    shop.proxy.mend()
    yield
    shop.proxy.mend()


def claimed(shop: RealShop, panel: Locator, console: Page, first: str) -> None:
    """The customer's words are with an agent, who has the chat open."""
    write(panel, first)
    panel.get_by_role("button", name="Tal med et menneske").last.click()
    console.locator(".sd-item").filter(has_text=first).first.click()
    expect(console.locator(".sd-msg--customer").filter(has_text=first)).to_be_visible()
    console.locator("#conversation").get_by_role("button", name="Take the chat").click()
    expect(panel.get_by_text("Maja er med nu")).to_be_visible()


def reply(console: Page, text: str) -> None:
    console.locator("#composer").fill(text)
    console.locator("#composer").press("Control+Enter")


def bubbles(page: Page, screen: str, among: str) -> list[str]:
    texts = page.locator(f"{screen} .sd-bubble").all_inner_texts()
    return [text.strip() for text in texts if among in text]


def same_on_both(shop: RealShop, panel: Locator, console: Page, among: str) -> None:
    """Both screens show exactly the log's messages, each once, in the log's order."""
    settled(panel)
    expect(console.locator(".sd-msg--pending, .listpane .sd-banner:not(.sd-banner--ok)")).to_have_count(
        0, timeout=WAIT_MS
    )
    log = shop.words("said", "replied", among=among)
    assert len(set(log)) == len(log)
    until(panel.page, lambda: len(bubbles(panel.page, "svardesk-widget dialog", among)) >= len(log))
    until(console, lambda: len(bubbles(console, ".convo__log", among)) >= len(log))
    assert bubbles(panel.page, "svardesk-widget dialog", among) == log
    assert bubbles(console, ".convo__log", among) == log


def test_both_screens_show_the_log_once_and_in_order_through_cuts_and_a_kill(browser: Browser, shop: RealShop) -> None:
    """chatwoot#14934, #15743, #6446 in the browser: nobody reloads anything."""
    with customer(browser) as context:
        desk, console = shop.open_console(browser)
        page = context.new_page()
        panel = shop.open_widget(page)
        claimed(shop, panel, console, "ild 0")
        born = [one.evaluate("performance.timeOrigin") for one in (page, console)]
        asked, replied = ["ild 0"], []
        for number, weather in enumerate(FIRE):
            if weather == "kill":
                shop.server.kill()
            else:
                shop.proxy.turn(Weather(weather))
            for step in range(2):
                asked.append(f"ild {number} spørger {step}")
                write(panel, asked[-1])
                replied.append(f"ild {number} svarer {step}")
                reply(console, replied[-1])
                page.wait_for_timeout(SPELL_MS / 2)
            if weather == "kill":
                shop.server.start()
            shop.proxy.mend()
            page.wait_for_timeout(SPELL_MS)
        same_on_both(shop, panel, console, "ild ")
        assert shop.words("said", among="ild ") == asked  # all that was written, in the order of writing
        assert shop.words("replied", among="ild ") == replied
        assert own(panel) == asked
        assert [one.evaluate("performance.timeOrigin") for one in (page, console)] == born
        expect(console.get_by_text("seen", exact=True).last).to_be_visible()
        desk.close()


@pytest.mark.parametrize("weather", [Weather.DEAF, Weather.MUTE])
def test_a_half_open_line_is_left_within_ten_seconds(browser: Browser, shop: RealShop, weather: Weather) -> None:
    """rocketchat#36023: it takes words and brings none, or the other way round. The clock is ours, the line is real."""
    with customer(browser) as context:
        page, other = context.new_page(), context.new_page()
        page.clock.install()
        panel, second = shop.open_widget(page), shop.open_widget(other)
        mark = f"halvt {weather.name.lower()}"
        write(panel, f"{mark} et")
        expect(second.get_by_text(f"{mark} et")).to_be_visible()
        shop.proxy.turn(weather)
        write(panel, f"{mark} to")
        page.wait_for_timeout(300)
        shop.proxy.turn(Weather.CLEAR)  # for new lines; the struck one stays as it is
        write(second, f"{mark} tre")
        settled(second)
        page.clock.run_for(10_100)
        expect(panel.get_by_text(f"{mark} tre", exact=True)).to_be_visible()
        settled(panel)
        expect(second.locator(".sd-msg--own")).to_have_count(3)
        log = shop.words("said", among=mark)
        assert sorted(log) == [f"{mark} et", f"{mark} to", f"{mark} tre"]
        assert own(panel) == own(second) == log

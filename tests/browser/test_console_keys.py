"""The console by keys, in other languages and on narrow screens, and what a customer's text may not do."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser import console_scene
from tests.browser.console_scene import at
from tests.browser.console_stage import Stage

stage, page = console_scene.stage, console_scene.page


def test_the_list_is_one_tab_stop_with_arrows_and_letters(page: Page, stage: Stage) -> None:
    at(page, stage)
    assert page.locator(".listpane .sd-item[tabindex='0']").count() == 1
    page.keyboard.press("j")
    expect(page.locator("#row-bo")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#row-torbjorn")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("#row-elin")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".convo__title")).to_contain_text("Skorna luktar")
    page.keyboard.type("njae")  # the first is a command, from then on letters are text
    expect(page.locator("#tab-note")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#composer")).to_have_value("jae")
    page.keyboard.press("Escape")
    expect(page.locator("#row-elin")).to_be_focused()
    expect(page.locator(".brief")).to_have_attribute("open", "")  # its history is there
    page.keyboard.press("b")
    expect(page.locator(".brief")).not_to_have_attribute("open", "")
    page.keyboard.press("/")
    page.keyboard.type("klarna")
    expect(page.locator(".listpane .sd-item").first).to_have_id("row-bo")
    page.keyboard.press("Escape")
    page.locator("#row-bo").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#row-bo")).to_be_focused()
    assert stage.chats["bo"]["status"] == "queued"


def test_a_dialog_has_the_very_next_key(page: Page, stage: Stage) -> None:
    """On a slow machine too, where it takes its time until a frame comes: here none comes at all."""
    page.clock.install()
    at(page, stage, "elin")
    expect(page.locator(".convo__title")).to_contain_text("Skorna luktar")
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 60"))
    page.locator("#row-bo").focus()
    page.keyboard.press("?")
    page.keyboard.press("Escape")  # were it for the page, it would lead to the row of the open chat
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#row-bo")).to_be_focused()


def test_letters_can_be_turned_off_and_the_language_and_theme_changed(page: Page, stage: Stage) -> None:
    at(page, stage)
    page.get_by_role("button", name="Settings", exact=True).click()
    page.get_by_label("Letters as shortcuts").uncheck()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_label("Language").select_option("sv")
    expect(page.get_by_role("dialog", name="Inställningar")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("#group-waiting #row-bo")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Inkorg")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_on_a_phone_one_pane_at_a_time(page: Page, stage: Stage) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    at(page, stage)
    expect(page.get_by_role("main")).to_have_count(1)
    page.locator("#row-pole").click()
    expect(page.locator(".listpane")).to_be_hidden()
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.locator(".brief")).not_to_have_attribute("open", "")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="About the customer").click()
    expect(page.locator(".aside")).to_contain_text("Waited")
    page.locator(".aside").get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Back to the list").click()
    expect(page.locator("#row-pole")).to_be_focused()
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0


def test_under_1180_the_customer_opens_over_the_right_edge(page: Page, stage: Stage) -> None:
    page.set_viewport_size({"width": 1100, "height": 800})
    at(page, stage, "pole")
    expect(page.locator(".aside")).to_have_count(0)
    page.get_by_role("button", name="About the customer").click()
    expect(page.locator(".aside")).to_contain_text("Havgus 2")
    page.keyboard.press("Escape")
    expect(page.locator(".aside")).to_have_count(0)


def test_reading_further_up_keeps_its_place_and_counts_what_is_new(page: Page, stage: Stage) -> None:
    at(page, stage, "lag")
    expect(page.locator(".sd-bubble").last).to_be_in_viewport()
    page.locator(".convo__log").evaluate("log => { log.scrollTop = 0; }")
    expect(page.locator(".sd-bubble").first).to_be_in_viewport()
    stage.put("lag", {"kind": "said", "text": "Og to par til"})
    page.get_by_role("button", name="1 new").click()
    expect(page.locator(".sd-bubble").last).to_contain_text("Og to par til")
    expect(page.locator(".sd-bubble").last).to_be_in_viewport()


def test_markup_and_long_text_of_a_customer_stay_text(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    expect(page.locator(".sd-msg--own")).to_be_visible()
    stage.put("pole", {"kind": "said", "text": "<img src=x onerror=alert(1)> https://lyngvidde.example/a?b=<c>."})
    last = page.locator(".sd-msg--customer").last
    expect(last).to_contain_text("<img src=x onerror=alert(1)>")
    expect(last.locator("img")).to_have_count(0)
    expect(last.locator("a")).to_have_attribute("href", "https://lyngvidde.example/a?b=")
    stage.put("pole", {"kind": "said", "text": "\n".join(f"linje {n}" for n in range(60))})
    folded = page.locator(".sd-bubble").last
    expect(folded).not_to_contain_text("linje 59")
    page.get_by_role("button", name="Show all").click()
    expect(folded).to_contain_text("linje 59")

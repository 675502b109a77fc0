"""Takes the README's pictures: `python -m tests.browser.take_pictures` walks through a demo and writes docs/images."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.browser.certainty_stage import office, opened
from tests.browser.conftest import FLAGS, OPEN_SHADOW_ROOTS, ROOT, Demo, sign_in
from tests.services import chromium

IMAGES = ROOT / "docs/images"
MOST_BYTES = 400_000  # a README that is opened on a train
# Maja and Synne read Danish and Norwegian; the readers of the README read English.
PREFERENCES = json.dumps({"theme": "light", "language": "en"})
ENGLISH = f"localStorage.setItem('svardesk.staff.preferences', {json.dumps(PREFERENCES)})"
# Short, so that the question, the answer and its source are seen at once.
DOG = {
    "language": "da",
    "title": "Må jeg tage min hund med i butikken?",
    "questions": ["må min hund komme med ind i butikken i Aarhus?"],
    "body": "Ja, hunden er velkommen i butikken i Aarhus, når den er i snor. Der står en skål vand ved døren.\n\n"
    "Skal du prøve støvler, passer vi gerne på den imens. Du finder os under [butikker](/shops).",
}
# The shop and the widget load no fonts. DejaVu, all that a bare Linux has, is far wider than what customers have.
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include>/etc/fonts/fonts.conf</include>
<match><test name="family"><string>system-ui</string></test>
<edit name="family" mode="prepend" binding="strong"><string>Liberation Sans</string></edit></match>
<match><test name="family"><string>sans-serif</string></test>
<edit name="family" mode="prepend" binding="strong"><string>Liberation Sans</string></edit></match>
</fontconfig>"""


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    demo = Demo(folder / "data")
    demo.proxy.start()
    try:
        demo.start()
        yield demo
    finally:
        demo.stop()
        demo.proxy.stop()


@contextmanager
def running_browser(folder: Path) -> Iterator[Browser]:
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS)
    environment = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS, env=environment)
        yield browser
        browser.close()


def new_context(browser: Browser, width: int, height: int, locale: str) -> BrowserContext:
    return browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=1,
        color_scheme="light",
        reduced_motion="reduce",
        locale=locale,
        timezone_id="Europe/Copenhagen",
    )


def take(page: Page, name: str) -> None:
    page.evaluate("document.fonts.ready")
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path, animations="disabled", caret="hide")
    assert path.stat().st_size < MOST_BYTES, f"{path} has {path.stat().st_size} bytes"


# -- the customers -------------------------------------------------------------------------------------------


def customer(browser: Browser, demo: Demo, language: str) -> tuple[Page, Locator]:
    """Somebody new on the shop's page, in front of the open widget; the widget's panel."""
    context = new_context(browser, 1280, 800, language)
    context.add_init_script(OPEN_SHADOW_ROOTS)
    page = context.new_page()
    page.goto(f"{demo.shop}/?lang={language}")
    page.locator("svardesk-widget button.launch").click()
    panel = page.locator("svardesk-widget dialog")
    expect(panel).to_be_visible()
    return page, panel


def say(panel: Locator, text: str) -> None:
    panel.locator("textarea").fill(text)
    panel.locator("textarea").press("Enter")
    expect(panel.get_by_text(text, exact=True).last).to_be_visible()


def ask(panel: Locator, text: str, source: str) -> None:
    """Asks the assistant, which answers from that article."""
    say(panel, text)
    expect(panel.get_by_role("link", name=source)).to_be_visible()


def wait_for_person(panel: Locator, text: str, button: str) -> None:
    say(panel, text)
    panel.get_by_role("group").get_by_role("button", name=button).click()  # among what the assistant offers
    expect(panel.get_by_role("region").filter(has_text=re.compile(r"\d")).last).to_be_visible()


# -- the pictures --------------------------------------------------------------------------------------------


def publish(demo: Demo, article: dict[str, object]) -> None:
    credentials = {"email": "synne@lyngvidde.example", "password": demo.passwords["synne@lyngvidde.example"]}
    with httpx.Client(base_url=f"{demo.url}/api/v1", headers={"Origin": demo.url}, timeout=20) as synne:
        synne.headers["X-CSRF-Token"] = synne.post("/session", json=credentials).raise_for_status().json()["csrf"]
        made = synne.post("/articles", json=article).raise_for_status().json()
        where = f"/articles/{made['article']}/{made['language']}/publish"
        synne.post(where, json={"revision": made["revision"]}).raise_for_status()


def picture_of_widget(browser: Browser, demo: Demo) -> None:
    publish(demo, DOG)
    page, panel = customer(browser, demo, "da")
    ask(panel, "Må min hund komme med ind i butikken i Aarhus?", "Må jeg tage min hund med i butikken?")
    take(page, "widget")
    page.context.close()


def picture_of_console(browser: Browser, demo: Demo) -> None:
    desk = new_context(browser, 1440, 900, "en-GB")
    desk.add_init_script(ENGLISH)
    console = desk.new_page()
    sign_in(console, demo, "maja", "/console")
    expect(console.get_by_text("Waiting", exact=True).first).to_be_visible()

    _, reader = customer(browser, demo, "da")
    ask(reader, "Hvad koster fragten?", "Hvad koster fragten?")
    _, buyer = customer(browser, demo, "en")
    ask(buyer, "Can I rent a packraft?", "Can I rent gear?")
    wait_for_person(buyer, "Do you have a life jacket to go with it, for a child of six?", "Talk to a person")
    row = console.get_by_text("Can I rent a packraft?").first
    expect(row).to_be_visible()
    row.click()
    expect(console.get_by_text("The customer asked for a person.").first).to_be_visible()
    console.keyboard.press("a")
    field = console.get_by_role("textbox", name="Reply to the customer")
    field.fill("Hi! Yes, we have life jackets from 15 kg in all three shops. What does your child weigh, about?")
    field.press("Control+Enter")
    expect(buyer.get_by_text("What does your child weigh")).to_be_visible()
    say(buyer, "About 20 kg. We would come to the shop in Aarhus.")
    expect(console.get_by_text("About 20 kg.").last).to_be_visible()

    _, other = customer(browser, demo, "sv")
    wait_for_person(other, "Mitt tält gick sönder i stormen", "Prata med en människa")
    expect(console.get_by_text(re.compile("Mitt tält")).first).to_be_visible()
    take(console, "console")
    for context in (page.page.context for page in (reader, buyer, other)):
        context.close()
    desk.close()


def picture_of_manager(browser: Browser, demo: Demo) -> None:
    desk = new_context(browser, 1440, 900, "en-GB")
    desk.add_init_script(ENGLISH)
    manager = desk.new_page()
    sign_in(manager, demo, "synne", "/manager")
    manager.goto(f"{demo.url}/manager#/delivery-cost/en")
    expect(manager.locator("#answer")).not_to_have_value("")
    question = manager.get_by_label("Ask as a customer would")
    question.fill("How much is the shipping?")
    question.press("Enter")
    expect(manager.locator(".try__outcome")).to_be_visible()
    expect(manager.locator(".preview__host .sd-source__title")).to_be_visible()
    manager.locator(".ed__title").hover()
    take(manager, "manager")
    desk.close()


def picture_of_certainty(browser: Browser, _: Demo) -> None:
    """Played: what weeks of labels prove is not to be had in a demo that began a minute ago."""
    with opened(browser, office(), viewport={"width": 1440, "height": 1010}) as page:
        expect(page.get_by_role("heading", name="Wrong answers")).to_be_visible()
        take(page, "certainty")


PICTURES = {
    "widget": picture_of_widget,
    "console": picture_of_console,
    "manager": picture_of_manager,
    "certainty": picture_of_certainty,
}


def main() -> None:
    """All of them, or those that are named."""
    wanted = sys.argv[1:] or list(PICTURES)
    IMAGES.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=20_000)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder)) as demo,
        running_browser(Path(folder)) as browser,
    ):
        for name in wanted:
            PICTURES[name](browser, demo)


if __name__ == "__main__":
    main()

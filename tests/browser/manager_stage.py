"""A stage for the manager's tests: a shelf of articles, a page that has to stay without faults, what a writer does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.manager_server import Shelf

POLE = "tent-pole-sections"
ARTICLES = (POLE, "gift-cards", "klarna-invoice", "where-is-my-parcel")


def stocked() -> Shelf:
    shelf = Shelf(languages=("en", "da", "nb"))
    shelf.load(ARTICLES)
    return shelf


@contextmanager
def watched(browser: Browser, address: str) -> Iterator[Page]:
    """A page that fails the test for any error of its own, a CSP refusal included."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", reduced_motion="reduce", base_url=address
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert faults == []


def write(page: Page, article: str = POLE, language: str = "da") -> Locator:
    """Opens an article; the field of its answer."""
    page.goto(f"/manager#/{article}/{language}")
    field = page.locator("#answer")
    expect(field).not_to_have_value("")
    return field


def saved(page: Page, phase: str = "clean") -> None:
    expect(page.locator(".saved")).to_have_attribute("data-phase", phase, timeout=10_000)


def say(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()

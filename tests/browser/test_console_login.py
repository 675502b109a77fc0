"""The login page: clear errors, the way back only within this origin, the browser's language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import console_scene
from tests.browser.console_scene import staged, watched
from tests.browser.console_stage import PASSWORD, Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged(logged_in=False) as made:
        yield made


page = console_scene.page


def log_in(page: Page, password: str = PASSWORD, email: str = "maja@lyngvidde.example") -> None:
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.locator("button[type=submit]").click()


def test_wrong_then_right(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.url}/login")
    expect(page.locator("#email")).to_be_focused()
    page.locator("button[type=submit]").click()
    expect(page.locator("#email-help")).to_have_text("Write your email address.")
    log_in(page, "forkert")
    expect(page.get_by_role("alert")).to_contain_text("Email and password do not fit together.")
    expect(page.locator("#password")).to_be_focused()
    page.get_by_role("button", name="Show password").click()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    log_in(page)
    page.wait_for_url(f"{stage.url}/console")


def test_too_many_counts_the_seconds_and_waits(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.url}/login")
    log_in(page, email="slow@lyngvidde.example")
    expect(page.get_by_role("alert")).to_contain_text("You can try again in 7 seconds.")
    expect(page.locator("button[type=submit]")).to_be_disabled()
    expect(page.get_by_role("alert")).to_contain_text("You can try again in 6 seconds.")


@pytest.mark.parametrize(
    ("next_", "lands"),
    [
        ("/console%23/chat/pole", "/console#/chat/pole"),
        ("/manager", "/manager"),
        ("https://evil.example/", "/console"),
        ("//evil.example/", "/console"),
        ("/%5Cevil.example/", "/console"),
        ("/%09/evil.example/", "/console"),
        ("javascript:alert(1)", "/console"),
    ],
)
def test_next_stays_on_this_origin(page: Page, stage: Stage, next_: str, lands: str) -> None:
    page.goto(f"{stage.url}/login?next={next_}")
    log_in(page)
    page.wait_for_url(f"{stage.url}{lands}")


@pytest.mark.parametrize(
    ("locale", "title"),
    [("da-DK", "Log ind"), ("sv-SE", "Logga in"), ("no", "Logg inn"), ("nn-NO", "Logg inn"), ("de-DE", "Log in")],
)
def test_the_browsers_language(browser: Browser, stage: Stage, locale: str, title: str) -> None:
    with watched(browser, locale) as page:
        page.goto(f"{stage.url}/login")
        expect(page.locator("button[type=submit]")).to_have_text(title)


def test_without_a_session_the_console_leads_here_and_back(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.url}/console#/chat/pole")
    page.wait_for_url("**/login?next=*")
    log_in(page)
    page.wait_for_url(f"{stage.url}/console#/chat/pole")
    expect(page.locator(".convo__title")).to_contain_text("Hej, jeg har bøjet en stang")


def test_logging_out_ends_the_session(page: Page, stage: Stage) -> None:
    stage.logged_in = True
    page.goto(f"{stage.url}/console")
    page.get_by_role("button", name="Account, Maja Kjærgaard").click()
    page.get_by_role("menuitem", name="Log out").click()
    page.wait_for_url(f"{stage.url}/login")
    assert stage.logged_in is False

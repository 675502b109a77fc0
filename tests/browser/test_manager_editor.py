"""The knowledge manager's editor in Chromium: typed text is kept, two writers find each other, writing goes by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.manager_server import Shelf, serve
from tests.browser.manager_stage import ARTICLES, POLE, saved, say, stocked, watched, write


@pytest.fixture
def shelf() -> Shelf:
    return stocked()


@pytest.fixture
def address(shelf: Shelf) -> Iterator[str]:
    with serve(shelf) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with watched(browser, address) as opened:
        yield opened


# -- nothing typed is lost -----------------------------------------------------------------------------------


def test_saves_after_a_pause_with_the_revision_that_was_seen(page: Page, shelf: Shelf) -> None:
    field = write(page)
    before = shelf.articles[POLE]["da"]["revision"]
    field.press("Control+End")
    field.press_sequentially(" Husk muffen.", delay=20)
    saved(page)
    bodies = shelf.writes("PUT")
    assert [body["revision"] for body in bodies] == [before]
    assert bodies[0]["body"].endswith("Husk muffen.")
    expect(page.locator(".ed__state")).to_have_text("Changes not published")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('.copy.'))") == []


def test_keeps_what_could_not_be_saved_over_a_reload_and_saves_it_later(page: Page, shelf: Shelf) -> None:
    shelf.shut = True
    field = write(page)
    field.fill("Skrevet, mens serveren var væk.")
    saved(page, "failed")
    expect(page.locator(".saved")).to_have_text("Not saved, trying again")
    expect(page.get_by_text("Your text is kept on this computer")).to_be_visible()
    page.reload()
    expect(field).to_have_value("Skrevet, mens serveren var væk.")
    expect(page.get_by_text("Here is what was not saved last time.")).to_be_visible()
    shelf.shut = False
    saved(page)
    assert shelf.articles[POLE]["da"]["body"] == "Skrevet, mens serveren var væk."
    page.reload()
    expect(field).to_have_value("Skrevet, mens serveren var væk.")
    expect(page.get_by_text("Here is what was not saved last time.")).to_have_count(0)


def test_leads_back_to_what_an_earlier_visit_could_not_save(page: Page, shelf: Shelf) -> None:
    shelf.shut = True
    write(page).fill("Ligger kun her.")
    saved(page, "failed")
    page.goto("about:blank")
    shelf.shut = False
    page.goto("/manager")
    strip = page.get_by_text("Kept here, not saved yet:")
    expect(strip).to_contain_text(shelf.articles[POLE]["da"]["title"])
    say(page, "Open")
    expect(page.locator("#answer")).to_have_value("Ligger kun her.")
    saved(page)
    expect(strip).to_have_count(0)
    assert shelf.articles[POLE]["da"]["body"] == "Ligger kun her."


def test_stores_what_was_typed_when_another_article_is_opened(page: Page, shelf: Shelf) -> None:
    write(page).fill("Kort svar.")
    page.locator("[data-article=gift-cards]").click()
    expect(page.locator(".ed__title")).to_have_value(shelf.articles["gift-cards"]["en"]["title"])
    page.locator(f"[data-article={POLE}]").click()
    page.get_by_role("tab", name="Dansk").click()
    expect(page.locator("#answer")).to_have_value("Kort svar.")
    saved(page)
    assert shelf.articles[POLE]["da"]["body"] == "Kort svar."


def test_takes_its_own_save_whose_answer_got_lost_for_no_conflict(page: Page, shelf: Shelf) -> None:
    field = write(page)
    shelf.lose_answers = True
    field.fill("Gemt, men svaret gik tabt.")
    saved(page, "failed")
    shelf.lose_answers = False
    saved(page)
    expect(page.locator(".conflict")).to_have_count(0)
    assert shelf.articles[POLE]["da"]["body"] == "Gemt, men svaret gik tabt."


def test_makes_a_new_article_once_and_from_its_whole_title(page: Page, shelf: Shelf) -> None:
    page.goto("/manager")
    expect(page.locator(".art")).to_have_count(len(ARTICLES))
    page.keyboard.press("n")
    title = page.locator(".ed__title")
    expect(title).to_be_focused()
    title.press_sequentially("Hyr en", delay=10)
    page.wait_for_timeout(1_900)  # longer than the pause after which a text is saved
    assert shelf.writes("POST", "/articles") == []
    shelf.lose_answers = True
    title.press_sequentially(" packraft")
    title.press("Enter")
    page.keyboard.type("Det kan du i Tromsø.")
    saved(page, "failed")
    shelf.lose_answers = False
    saved(page)
    assert [article for article in shelf.articles if article.startswith("hyr")] == ["hyr-en-packraft"]
    expect(page).to_have_url(re.compile(r"#/hyr-en-packraft/en$"))
    expect(page.locator("[data-article=hyr-en-packraft]")).to_have_attribute("aria-current", "true")
    expect(page.locator("#answer")).to_have_value("Det kan du i Tromsø.")


# -- two writers ---------------------------------------------------------------------------------------------


def clash(page: Page, shelf: Shelf) -> Locator:
    field = write(page)
    row = shelf.articles[POLE]["da"]
    shelf.put(POLE, "da", row["title"], row["questions"], "Oskars tekst.", by="Oskar Lind")
    field.fill("Majas tekst.")
    conflict = page.locator(".conflict")
    expect(conflict).to_contain_text("Oskar Lind saved this article")
    expect(conflict.locator(".conflict__text").nth(0)).to_contain_text("Majas tekst.")
    expect(conflict.locator(".conflict__text").nth(1)).to_contain_text("Oskars tekst.")
    return conflict


def test_shows_both_texts_of_a_conflict_and_keeps_mine(page: Page, shelf: Shelf) -> None:
    clash(page, shelf)
    assert shelf.articles[POLE]["da"]["body"] == "Oskars tekst."
    say(page, "Keep mine")
    saved(page)
    assert shelf.articles[POLE]["da"]["body"] == "Majas tekst."


def test_takes_the_other_text_of_a_conflict_and_can_bring_mine_back(page: Page, shelf: Shelf) -> None:
    clash(page, shelf)
    page.reload()
    expect(page.locator(".conflict__text").nth(0)).to_contain_text("Majas tekst.")
    say(page, "Take this one")
    expect(page.locator("#answer")).to_have_value("Oskars tekst.")
    say(page, "Bring mine back")
    expect(page.locator("#answer")).to_have_value("Majas tekst.")
    saved(page)
    assert shelf.articles[POLE]["da"]["body"] == "Majas tekst."


# -- writing -------------------------------------------------------------------------------------------------


def test_formats_with_keys_and_goes_on_with_lists(page: Page) -> None:
    field = write(page)
    field.fill("fed tekst")
    field.press("Home")
    field.press("Control+Shift+ArrowRight")
    field.press("Control+b")
    expect(field).to_have_value("**fed** tekst")
    field.press("Control+b")
    expect(field).to_have_value("fed tekst")
    field.fill("1. først")
    field.press("End")
    field.press("Enter")
    page.keyboard.type("så")
    expect(field).to_have_value("1. først\n2. så")
    field.press("Enter")
    field.press("Enter")
    expect(field).to_have_value("1. først\n2. så\n")
    page.keyboard.type("se ")
    field.press("Control+k")
    page.keyboard.type("siden")
    expect(field).to_have_value("1. først\n2. så\nse [siden](https://)")
    field.press("Control+z")
    expect(field).not_to_have_value("1. først\n2. så\nse [siden](https://)")


def test_counts_words_and_warns_when_the_answer_grows_long(page: Page) -> None:
    field = write(page)
    foot = page.locator(".md__foot")
    for words, level in ((120, "short"), (121, "long"), (250, "long"), (251, "too_long")):
        field.fill("ord " * words)
        expect(foot).to_contain_text(f"{words} words")
        expect(foot).to_have_attribute("data-level", level)


def test_question_variants_are_added_edited_pasted_and_removed(page: Page, shelf: Shelf) -> None:
    write(page)
    rows = page.locator(".var__text")
    had = rows.count()
    add = page.get_by_label("Add a way of asking")
    add.fill("Teltstang knækket i går")
    add.press("Enter")
    expect(rows).to_have_count(had + 1)
    expect(add).to_be_focused()
    add.fill("teltstang  KNÆKKET i går ")
    add.press("Enter")
    expect(rows).to_have_count(had + 1)
    expect(page.locator("#variants-word")).to_have_text("“teltstang KNÆKKET i går” is there already.")
    add.evaluate(
        """field => { const data = new DataTransfer();
        data.setData("text/plain", "- et led\\n- to led\\nteltstang knækket i går");
        field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""
    )
    expect(rows).to_have_count(had + 3)
    expect(page.locator("#variants-word")).to_have_text("Added 2. 1 was there already.")
    rows.nth(had).fill("Min teltstang knækkede")
    rows.nth(had).press("Enter")
    rows.nth(had + 1).fill("to led")
    rows.nth(had + 1).blur()
    expect(rows.nth(had + 1)).to_have_value("et led")
    page.get_by_role("button", name="Remove “to led”").click()
    expect(rows).to_have_count(had + 2)
    page.keyboard.press("Control+s")
    saved(page)
    assert shelf.articles[POLE]["da"]["questions"][had:] == ["Min teltstang knækkede", "et led"]


def test_begins_a_missing_language_from_another(page: Page, shelf: Shelf) -> None:
    write(page, language="nb")
    page.get_by_role("tab", name="Nynorsk").click()
    expect(page.get_by_text("Not in Norwegian Nynorsk yet")).to_be_visible()
    say(page, "Write in Norwegian Nynorsk, from Norwegian Bokmål")
    expect(page.locator("#answer")).to_have_value(shelf.articles[POLE]["nb"]["body"])
    saved(page)
    assert shelf.articles[POLE]["nn"]["title"] == shelf.articles[POLE]["nb"]["title"]
    expect(page.locator(".ed__state")).to_have_text("Draft")

"""From the manager to the customers, in Chromium: previewed, tried, published; found in the list, by those who may."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.manager_server import Shelf, serve
from tests.browser.manager_stage import ARTICLES, POLE, saved, say, stocked, watched, write

HOSTILE = """Hej <script>window.hacked = 1</script> <img src=x onerror="window.hacked = 2">

[klik](javascript:window.hacked=3) **fed** <b onclick="window.hacked=4">tekst</b>

<iframe src="https://example.com"></iframe>"""


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


# -- to the customers ----------------------------------------------------------------------------------------


def test_publishes_after_asking_once(page: Page, shelf: Shelf) -> None:
    field = write(page)
    field.fill("Ja, hvert led for sig.")
    field.press("Control+Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Publish in Danish?")
    assert shelf.writes("POST", "/publish") == []
    dialog.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Live. The assistant answers with this text now.").first).to_be_visible()
    expect(page.locator(".ed__state")).to_have_text("Live")
    assert shelf.articles[POLE]["da"]["published"]["body"] == "Ja, hvert led for sig."
    expect(page.get_by_role("button", name="Publish", exact=True)).to_have_attribute("aria-disabled", "true")


def test_says_so_when_publishing_finds_nobody(page: Page, shelf: Shelf) -> None:
    field = write(page)
    field.fill("Ikke ude endnu.")
    saved(page)
    shelf.shut = True
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Not published: no answer from the server.")).to_be_visible()
    expect(field).to_have_value("Ikke ude endnu.")
    assert shelf.articles[POLE]["da"]["published"]["body"] != "Ikke ude endnu."


def test_shows_the_changes_line_by_line_and_goes_back_to_a_version(page: Page, shelf: Shelf) -> None:
    field = write(page)
    first = shelf.articles[POLE]["da"]["body"]
    field.fill(first.replace("79 kr.", "89 kr."))
    say(page, "See changes")
    changed = page.locator(".diff__line[data-kind=changed]")
    expect(changed).to_have_count(1)
    expect(changed.locator("del")).to_have_text("79")
    expect(changed.locator("ins")).to_have_text("89")
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.locator(".ed__state")).to_have_text("Live")
    say(page, "History")
    page.get_by_role("button", name="Version 1").click()
    say(page, "Use as draft")
    page.get_by_role("dialog", name="Go back to version 1?").get_by_role("button", name="Use as draft").click()
    expect(field).to_have_value(first)
    expect(page.locator(".ed__state")).to_have_text("Changes not published")


def test_previews_hostile_markdown_as_text_in_the_widgets_own_parts(page: Page) -> None:
    write(page).fill(HOSTILE)
    answer = page.locator(".preview__host .sd-msg--bot .sd-bubble")
    expect(answer).to_contain_text("<script>window.hacked = 1</script>")
    expect(answer.locator("strong")).to_have_text("fed")
    expect(answer.locator("script, iframe, img, [onclick], [onerror], a[href^='javascript']")).to_have_count(0)
    expect(page.locator(".preview__host .sd-source__title")).to_have_text(page.locator(".ed__title").input_value())
    assert page.evaluate("window.hacked") is None


def test_previews_in_light_and_dark(page: Page) -> None:
    write(page)
    frame = page.locator(".preview__host .w")
    colours = []
    for theme in ("Light", "Dark"):
        page.get_by_role("group", name="Colours of the preview").get_by_role("button", name=theme).click()
        expect(frame).to_have_attribute("data-theme", theme.lower())
        colours.append(frame.evaluate("node => getComputedStyle(node).backgroundColor"))
    assert colours[0] != colours[1]


def test_tries_a_question_with_the_draft_and_without_it(page: Page) -> None:
    write(page)
    add = page.get_by_label("Add a way of asking")
    add.fill("kan jeg leje en packraft")
    add.press("Enter")
    ask = page.get_by_label("Ask as a customer would")
    ask.fill("Kan jeg leje en packraft?")
    ask.press("Enter")
    expect(page.locator(".try__outcome")).to_have_text("Would be answered with this article")
    best = page.locator(".hit[data-best]")
    expect(best).to_contain_text("This article")
    expect(best).to_contain_text("100%")
    expect(best).to_contain_text("Matched: kan jeg leje en packraft")
    told = page.locator(".try__result")
    expect(told).to_contain_text(
        "answers from 62%. Less sure than that, it would be offered among others instead. Before"
    )
    ask.fill("Zebrastriber?")
    ask.press("Enter")
    expect(page.locator(".try__outcome")).to_have_text("Would not be answered: the customer is offered a person")
    expect(told).to_contain_text(
        "From there on it would answer. The customer's words as a question variant make it surer."
    )
    page.locator("#answer").press("Control+End")
    page.keyboard.type(" Mere.")
    expect(page.get_by_text("The draft has changed since.")).to_be_visible()


# -- the list, and who may write -----------------------------------------------------------------------------


def test_finds_filters_and_moves_by_keyboard(page: Page, shelf: Shelf) -> None:
    shelf.put("gift-cards", "da", "Gavekort", [], "Nyt.", by="Oskar Lind")
    page.goto("/manager")
    rows = page.locator(".art")
    expect(rows).to_have_count(len(ARTICLES))
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".ed__title")).not_to_have_value("")
    page.get_by_role("button", name="State: All states").click()
    page.get_by_role("menuitem", name="Changes not published").click()
    expect(rows).to_have_count(1)
    expect(rows.locator(".sd-dot")).to_have_attribute("aria-label", "Changes not published")
    page.keyboard.press("/")
    page.keyboard.type("teltstang")
    expect(page.get_by_text("Nothing with these filters")).to_be_visible()
    say(page, "Show them")
    expect(page.locator(f"[data-article={POLE}]")).to_be_visible()
    page.get_by_role("searchbox").fill("elefant")
    expect(page.get_by_text("Nothing for “elefant”")).to_be_visible()
    say(page, "Write “elefant”")
    expect(page.locator(".ed__title")).to_have_value("elefant")


def test_an_agent_reads_and_cannot_write(page: Page, shelf: Shelf) -> None:
    shelf.role = "agent"
    field = write(page)
    expect(page.get_by_text("Knowledge managers and administrators can edit.")).to_be_visible()
    expect(field).not_to_be_editable()
    expect(page.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="New", exact=True)).to_have_count(0)


def test_a_phone_shows_one_pane_at_a_time(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/manager")
    listed, editor, side = page.locator(".listpane"), page.locator("#answer"), page.locator(".preview__host .w")
    expect(listed).to_be_visible()
    page.locator(f"[data-article={POLE}]").click()
    expect(editor).to_be_visible()
    expect(listed).to_be_hidden()
    page.get_by_role("group", name="View").get_by_role("button", name="Preview").click()
    expect(side).to_be_visible()
    expect(editor).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Back to the list").click()
    expect(listed).to_be_visible()


def test_differences_lead_from_the_old_text_to_the_new(page: Page, address: str) -> None:
    """Pure code, run where it runs: what went and what stayed is the old text, what came and what stayed the new."""
    page.goto("/manager")
    pairs = [
        ("", "en\nto"),
        ("en\nto\ntre", ""),
        ("a\nb\nc\nd", "a\nc\nx\nd\n"),
        ("Et led koster 79 kr.\n\nSlut", "Et led koster 89 kr. nu\nIndskud\n\nSlut"),
        ("x\nx\ny\nx", "x\ny\nx\nx\ny"),
    ]
    base = page.locator("script[type=module]").get_attribute("src")
    assert base is not None
    told = page.evaluate(
        """async ([path, pairs]) => { const { diffLines } = await import(path.replace("main.js", "diff.js"));
        return pairs.map(([a, b]) => diffLines(a, b)); }""",
        [base, pairs],
    )
    for (old, new), lines in zip(pairs, told, strict=True):
        for text, other in ((old, "new"), (new, "gone")):
            kept = [line for line in lines if line["kind"] != other]
            built = ["".join(part["text"] for part in line["parts"] if part["kind"] != other) for line in kept]
            assert built == (text.split("\n") if text else [])


# -- what the assistant has read -----------------------------------------------------------------------------


def test_says_how_far_the_assistant_is_until_it_has_read_all(page: Page, shelf: Shelf) -> None:
    write(page)
    strip = page.locator(".sd-banner:has(.reading)")
    expect(strip).to_have_count(0)
    shelf.reading = (340, 1500)
    page.reload()
    expect(strip).to_contain_text("The assistant is reading: 340 of 1500 articles.")
    expect(strip.locator("progress")).to_have_attribute("max", "1500")
    shelf.reading, shelf.new_model = (700, 1500), True
    expect(strip).to_contain_text("new model: 700 of 1500 articles. Until then it answers with the old one.")
    shelf.reading, shelf.new_model = (1500, 1500), False
    expect(strip).to_have_count(0)

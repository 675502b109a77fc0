"""The knowledge manager's editor in Chromium: typed text is kept, two writers find each other, customers get it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.manager_server import Shelf, serve

POLE = "tent-pole-sections"
ARTICLES = (POLE, "gift-cards", "klarna-invoice", "where-is-my-parcel")
HOSTILE = """Hej <script>window.hacked = 1</script> <img src=x onerror="window.hacked = 2">

[klik](javascript:window.hacked=3) **fed** <b onclick="window.hacked=4">tekst</b>

<iframe src="https://example.com"></iframe>"""


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf(languages=("en", "da", "nb"))
    shelf.load(ARTICLES)
    return shelf


@pytest.fixture
def address(shelf: Shelf) -> Iterator[str]:
    with serve(shelf) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
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
    expect(best).to_contain_text("1.00")
    expect(page.locator(".try__result")).to_contain_text("The assistant answers from 0.62. Before your edit:")
    page.locator("#answer").press("Control+End")
    page.keyboard.type(" Mere.")
    expect(page.get_by_text("The draft has changed since.")).to_be_visible()


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

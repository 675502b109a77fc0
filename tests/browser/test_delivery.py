"""Nothing that a customer wrote is lost or doubled: by a reload, by a lost connection, by a killed server."""

from __future__ import annotations

import json
import re
from collections import Counter

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import Demo
from tests.browser.test_whole_way import open_widget, say

RESTART_MS = 45_000


def own_messages(panel: Locator) -> list[str]:
    """The customer's bubbles from top to bottom."""
    return [text.strip() for text in panel.locator(".sd-msg--own .sd-bubble").all_inner_texts()]


def in_the_log(demo: Demo, page: Page, words: list[str]) -> list[str]:
    """The customer's messages of the visitor's conversation, as the log has them, that are among `words`."""
    found: list[str] = []
    for conversation in demo_conversations(demo):
        said = [entry["data"]["text"] for entry in conversation["entries"] if entry["kind"] == "said"]
        if set(said) & set(words):
            assert [entry["seq"] for entry in conversation["entries"]] == list(
                range(1, len(conversation["entries"]) + 1)
            )
            assert conversation["consistent"] is True
            found += [text for text in said if text in words]
    return found


def demo_conversations(demo: Demo) -> list[dict[str, object]]:
    """Every conversation of the demo, as `svardesk export` gives it."""
    import sqlite3

    with sqlite3.connect(f"file:{demo.folder / 'svardesk.sqlite3'}?mode=ro", uri=True) as database:
        ids = [row[0] for row in database.execute("SELECT public_id FROM conversation ORDER BY id DESC LIMIT 5")]
    return [json.loads(demo.command("export", "--conversation", one)) for one in ids]


def test_a_reload_loses_and_doubles_nothing(demo: Demo, customer: BrowserContext) -> None:
    page = customer.new_page()
    panel = open_widget(page, demo.shop)
    words = [f"Besked {n} før genindlæsning" for n in (1, 2, 3)]
    for text in words:
        panel.locator("textarea").fill(text)
        page.keyboard.press("Enter")
    panel.locator("textarea").fill("En kladde, der ikke er sendt")
    page.wait_for_timeout(300)
    page.reload()
    launcher = page.locator("svardesk-widget button.launch")
    if launcher.is_visible():
        launcher.click()
    panel = page.locator("svardesk-widget dialog")
    for text in words:
        expect(panel.get_by_text(text, exact=True)).to_have_count(1)
    expect(panel.locator("textarea")).to_have_value("En kladde, der ikke er sendt")
    expect(panel.get_by_text(re.compile("gætter ikke|kølig|kø")).first).to_be_visible()
    assert [text for text in own_messages(panel) if text in words] == words
    assert in_the_log(demo, page, words) == words


def test_a_lost_connection_loses_and_doubles_nothing(demo: Demo, customer: BrowserContext) -> None:
    page = customer.new_page()
    panel = open_widget(page, demo.shop)
    say(page, panel, "Før linjen gik")
    expect(panel.locator(".sd-msg--bot, .sd-msg").nth(1)).to_be_visible()
    demo.proxy.cut()
    words = ["Første under afbrydelsen", "Anden under afbrydelsen"]
    for text in words:
        say(page, panel, text)
    expect(panel.get_by_text("Ingen forbindelse. Det, du skriver, bliver gemt.")).to_be_visible()
    demo.proxy.mend()
    expect(panel.get_by_text("Ingen forbindelse. Det, du skriver, bliver gemt.")).to_be_hidden(timeout=RESTART_MS)
    for text in words:
        expect(panel.get_by_text(text, exact=True)).to_have_count(1)
    page.wait_for_timeout(2000)
    expected = ["Før linjen gik", *words]
    assert [text for text in own_messages(panel) if text in expected] == expected
    assert in_the_log(demo, page, expected) == expected


def test_a_killed_server_loses_and_doubles_nothing(demo: Demo, customer: BrowserContext) -> None:
    page = customer.new_page()
    panel = open_widget(page, demo.shop)
    say(page, panel, "Før serveren blev dræbt")
    words = [f"Lige omkring drabet {n}" for n in (1, 2, 3, 4)]
    for text in words[:3]:
        panel.locator("textarea").fill(text)
        page.keyboard.press("Enter")
    demo.kill()
    panel.locator("textarea").fill(words[3])
    page.keyboard.press("Enter")
    demo.start()
    for text in words:
        expect(panel.get_by_text(text, exact=True)).to_have_count(1)
    expect(panel.get_by_text("Ingen forbindelse. Det, du skriver, bliver gemt.")).to_be_hidden(timeout=RESTART_MS)
    page.wait_for_timeout(2000)
    expected = ["Før serveren blev dræbt", *words]
    shown = [text for text in own_messages(panel) if text in expected]
    assert shown == expected
    assert in_the_log(demo, page, expected) == expected
    conversation = next(
        one
        for one in demo_conversations(demo)
        if any(entry["data"].get("text") == words[0] for entry in one["entries"])  # type: ignore[attr-defined]
    )
    answered = Counter(
        entry["data"]["re"]
        for entry in conversation["entries"]  # type: ignore[attr-defined]
        if entry["kind"] in ("answered", "offered", "remarked")
    )
    assert all(count == 1 for count in answered.values())

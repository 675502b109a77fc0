"""The ticks of a message: sent, delivered, seen; and who tells that it is delivered, when, and how often."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, BrowserContext, Locator, expect

from tests.browser import console_scene, widget_scenes
from tests.browser.console_scene import MAJA, at, watched
from tests.browser.console_stage import Stage
from tests.browser.fake_server import FakeServer
from tests.browser.real_shop import RealShop, customer, write
from tests.browser.widget_scenes import faultless, open_panel, until

HIDE = "Object.defineProperty(document, 'hidden', { value: true, configurable: true })"
LOOK_AGAIN = "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))"
PAST_MS = 1_500  # whatever is told once too often is told by then
WORDS = {
    "da": ("Leveret", "Set"), "sv": ("Levererat", "Sett"), "nb": ("Levert", "Sett"), "nn": ("Levert", "Sett"),
    "en": ("Delivered", "Seen"),
}  # fmt: skip


server, context, stage = widget_scenes.server, widget_scenes.context, console_scene.stage


def ticks(message: Locator) -> tuple[str, int, str]:
    """The words without the time, how many ticks, and in which colour next to that of the words."""
    meta = message.locator(".sd-msg__meta")
    words = " ".join(re.sub(r"\d\d[.:]\d\d", "", meta.inner_text()).split())
    icon = meta.locator(".sd-i")
    same = icon.evaluate("icon => getComputedStyle(icon).color === getComputedStyle(icon.parentNode).color")
    strokes = icon.locator("path").evaluate("path => path.getAttribute('d').match(/M/g).length")
    return words, strokes, "quiet" if same else "accent"


def test_widget_shows_one_tick_two_and_two_in_the_accent(context: BrowserContext, server: FakeServer) -> None:
    with faultless(context) as page:
        panel = open_panel(page, server)
        server.add("started", language="da")
        server.add("claimed", agent="a1", name="Maja Krogh")
        server.turn("assigned", agent="Maja Krogh")
        seq = server.add("said", text="Jeg går fra Abisko lørdag morgen")
        own = panel.locator(".sd-msg--own").last
        expect(own).to_contain_text("Sendt")
        assert ticks(own) == ("Sendt", 1, "quiet")
        server.send("delivered", {"who": "staff", "seq": seq})
        expect(own).to_contain_text("Leveret")
        assert ticks(own) == ("Leveret", 2, "quiet")
        server.send("seen", {"who": "staff", "seq": seq})
        expect(own).to_contain_text("Set")
        assert ticks(own) == ("Set", 2, "accent")
        server.add("said", text="Med første bus")  # which is not delivered with the one before
        expect(panel.locator(".sd-msg--own").last).to_contain_text("Sendt")


def test_widget_says_it_in_every_language(context: BrowserContext, server: FakeServer) -> None:
    with faultless(context) as page:
        panel = open_panel(page, server)
        server.add("started", language="da")
        seq = server.add("said", text="Hej")
        server.send("delivered", {"who": "staff", "seq": seq})
        own = panel.locator(".sd-msg--own").last
        for language, (delivered, _) in WORDS.items():
            page.evaluate(f"svardesk('setLocale', '{language}')")
            expect(own).to_contain_text(delivered)
        server.send("seen", {"who": "staff", "seq": seq})
        for language, (_, seen) in WORDS.items():
            page.evaluate(f"svardesk('setLocale', '{language}')")
            expect(own.locator(".sd-msg__meta")).to_have_text(re.compile(rf"^{seen} \d\d[.:]\d\d$"))


def test_widget_tells_only_what_a_person_wrote_and_nobody_looks_at(context: BrowserContext, server: FakeServer) -> None:
    with faultless(context) as page:
        panel = open_panel(page, server)
        server.add("started", language="da")
        server.add("said", text="Hej")
        server.turn("bot")
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        server.add("remarked", re=2, purpose="greeting", text="Hej, hvad kan jeg hjælpe med?")
        page.wait_for_timeout(PAST_MS)
        assert server.of_type("delivered") == []  # the assistant does not ask whether it was heard
        server.add("claimed", agent="a1", name="Maja Krogh")
        first = server.add("replied", agent="a1", name="Maja Krogh", text="Hej")
        last = server.add("replied", agent="a1", name="Maja Krogh", text="Den er afsendt")
        until(page, lambda: server.of_type("delivered") != [])
        page.wait_for_timeout(PAST_MS)
        assert [frame["data"] for frame in server.of_type("delivered")] == [{"seq": last}]
        assert first < last
        page.locator("svardesk-widget .launch").click()
        until(page, lambda: server.of_type("seen") != [] and server.of_type("seen")[-1]["data"]["seq"] == last)
        server.add("replied", agent="a1", name="Maja Krogh", text="God tur")  # looked at: seen says more
        until(page, lambda: server.of_type("seen")[-1]["data"]["seq"] == last + 1)
        page.evaluate(HIDE)
        server.add("replied", agent="a1", name="Maja Krogh", text="Skriv endelig igen")
        until(page, lambda: len(server.of_type("delivered")) == 2)
        assert server.of_type("delivered")[-1]["data"] == {"seq": last + 2}
        assert server.of_type("seen")[-1]["data"] == {"seq": last + 1}
        page.evaluate(LOOK_AGAIN)
        until(page, lambda: server.of_type("seen")[-1]["data"]["seq"] == last + 2)
        page.wait_for_timeout(PAST_MS)
        assert len(server.of_type("delivered")) == 2


def test_console_shows_one_tick_two_and_two_in_the_accent(browser: Browser, stage: Stage) -> None:
    with watched(browser) as page:
        at(page, stage, "siri")
        seq = stage.put("siri", {"kind": "replied", **MAJA, "text": "Hei igjen"})
        own = page.locator(".sd-msg--own").last
        expect(own).to_contain_text("Hei igjen")
        assert ticks(own) == ("You · sent", 1, "quiet")
        stage.tell({"type": "delivered", "conversation": "siri", "data": {"who": "customer", "seq": seq}}, "siri")
        expect(own).to_contain_text("delivered")
        assert ticks(own) == ("You · delivered", 2, "quiet")
        stage.tell({"type": "seen", "conversation": "siri", "data": {"who": "customer", "seq": seq}}, "siri")
        expect(own).to_contain_text("seen")
        assert ticks(own) == ("You · seen", 2, "accent")
        stage.put("siri", {"kind": "said", "text": "Takk"})  # the row goes out anew, and takes nothing back
        expect(page.locator(".sd-msg--customer").last).to_contain_text("Takk")
        assert ticks(own) == ("You · seen", 2, "accent")


def test_console_tells_of_my_chats_that_nobody_looks_at(browser: Browser, stage: Stage) -> None:
    with watched(browser) as page:
        stage.chats["aino"]["delivered_to_staff"] = stage.chats["aino"]["last_said"]
        at(page, stage, "siri")
        expect(page.locator(".sd-msg--own").first).to_be_visible()
        until(page, lambda: stage.seen("delivered") != [])
        page.wait_for_timeout(PAST_MS)
        # Of all chats only this one is mine and has words that no desk has told of yet.
        assert {frame["conversation"] for frame in stage.seen("delivered")} == {"lag"}
        stage.received.clear()
        stage.put("siri", {"kind": "said", "text": "Takk"})  # in front: seen
        stage.put("bo", {"kind": "said", "text": "Er det nokon der?"})  # nobody has it
        stage.put("bot0", {"kind": "said", "text": "Og returen?"})  # the assistant's
        stage.put("aino", {"kind": "said", "text": "Hello?"})
        last = stage.put("aino", {"kind": "said", "text": "Are you there?"})
        until(page, lambda: stage.seen("delivered") != [] and stage.seen("seen") != [])
        page.wait_for_timeout(PAST_MS)
        told = [(frame["conversation"], frame["data"]["seq"]) for frame in stage.seen("delivered")]
        assert told == [("aino", last)]
        assert {frame["conversation"] for frame in stage.seen("seen")} == {"siri"}
        page.evaluate(HIDE)
        hidden = stage.put("siri", {"kind": "said", "text": "Ein ting til"})
        until(page, lambda: len(stage.seen("delivered")) > 1)
        page.wait_for_timeout(PAST_MS)
        assert [(one["conversation"], one["data"]["seq"]) for one in stage.seen("delivered")][1:] == [("siri", hidden)]
        stage.received.clear()
        page.evaluate(LOOK_AGAIN)
        until(page, lambda: stage.seen("seen") != [])
        page.wait_for_timeout(PAST_MS)
        assert [(one["conversation"], one["data"]["seq"]) for one in stage.seen("seen")] == [("siri", hidden)]
        assert stage.seen("delivered") == []


def test_both_sides_on_a_real_server(browser: Browser, shop: RealShop) -> None:
    with customer(browser) as context:
        desk, console = shop.open_console(browser)
        panel = shop.open_widget(context.new_page())
        write(panel, "Er midterstykket på lager?")
        panel.get_by_role("button", name="Tal med et menneske").last.click()
        console.locator(".sd-item").filter(has_text="midterstykket").first.click()
        console.locator("#conversation").get_by_role("button", name="Take the chat").click()
        expect(panel.get_by_text("Maja er med nu")).to_be_visible()

        panel.get_by_role("textbox").press("Escape")
        expect(panel).to_be_hidden()
        console.locator("#composer").fill("Ja, i Aarhus.")
        console.locator("#composer").press("Control+Enter")
        answer = console.locator(".sd-msg--own").last
        expect(answer).to_contain_text("delivered")
        shop.reopen(panel.page)
        expect(answer).to_contain_text("seen")

        console.evaluate(HIDE)
        write(panel, "Så tager jeg det")
        asked = panel.locator(".sd-msg--own").last
        expect(asked).to_contain_text("Leveret")
        panel.page.reload()
        shop.reopen(panel.page)
        expect(asked).to_contain_text("Leveret")
        console.evaluate(LOOK_AGAIN)
        expect(asked).to_contain_text("Set")
        desk.close()

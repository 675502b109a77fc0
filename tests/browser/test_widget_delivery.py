"""What the visitor writes is kept and shown once, through reloads, lost lines, lost acks and other tabs."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from websockets.asyncio.server import ServerConnection

from tests.browser import widget_scenes
from tests.browser.fake_server import FakeServer, polite
from tests.browser.widget_scenes import SCENES, open_panel, until

server, context = widget_scenes.server, widget_scenes.context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def write(page: Page, *texts: str) -> None:
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def reconnect(page: Page, server: FakeServer) -> None:
    """The network is back, and the system says so."""
    server.refuse = False
    page.evaluate("dispatchEvent(new Event('online'))")


def own(panel: Locator) -> Locator:
    return panel.locator(".sd-msg--own .sd-bubble")


def online(page: Page) -> None:
    until(page, lambda: bool(page.evaluate("localStorage.getItem('svardesk:lyngvidde:token')")))


def said(server: FakeServer) -> list[str]:
    return [entry["data"]["text"] for entry in server.entries if entry["data"]["kind"] == "said"]


def test_a_lost_line_keeps_what_is_written_and_sends_it_once_in_order(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    write(page, "et")
    expect(panel.locator(".sd-msg__meta").first).to_contain_text("Sendt")
    server.cut()
    expect(panel.get_by_text("Ingen forbindelse. Det, du skriver, bliver gemt.")).to_be_visible()
    write(page, "to", "tre")
    expect(panel.locator(".sd-msg--pending")).to_have_count(2)
    expect(panel.get_by_text("Sendes, når du er på nettet igen")).to_be_visible()
    page.keyboard.type("kladde")
    server.add("replied", agent="a1", name="Maja Krogh", text="imens", announce=False)
    reconnect(page, server)
    expect(panel.get_by_text("Forbindelsen er tilbage")).to_be_visible()
    expect(panel.locator(".sd-msg--pending")).to_have_count(0)
    expect(panel.locator(".sd-bubble")).to_have_text(["et", "imens", "to", "tre"])
    expect(panel.get_by_role("textbox")).to_have_value("kladde")
    until(page, lambda: said(server) == ["et", "to", "tre"])
    hello = server.of_type("hello")[-1]["data"]
    assert hello["resume"] == [{"conversation": "c1", "after_seq": 1}]
    assert hello["token"] == "t1"
    expect(panel.get_by_text("Forbindelsen er tilbage")).to_have_count(0)


def tries(server: FakeServer) -> int:
    return len([path for path in server.requests if path.startswith("/ws/")])


def test_try_now_tries_now(page: Page, server: FakeServer) -> None:
    page.clock.install()
    panel = open_panel(page, server)
    online(page)
    server.cut()
    expect(panel.get_by_text("Ingen forbindelse")).to_be_visible()
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 60"))
    until(page, lambda: "Prøver igen om" in (panel.locator(".w__legal").text_content() or ""))
    before = tries(server)
    panel.get_by_role("button", name="Prøv nu").click()
    until(page, lambda: tries(server) == before + 1)


COUNT_CLOSED = """
  window.endings = 0;
  window.WebSocket = class extends WebSocket {
    constructor(...how) { super(...how); this.addEventListener("close", () => { window.endings += 1; }); }
  };
"""


def test_it_waits_longer_and_longer_and_less_while_somebody_looks(page: Page, server: FakeServer) -> None:
    page.add_init_script("Math.random = () => 0.9999")  # the longest of the waits that may be
    page.add_init_script(COUNT_CLOSED)
    page.clock.install()
    panel = open_panel(page, server)
    online(page)
    legal = panel.locator(".w__legal")
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 5"))
    server.cut()
    until(page, lambda: page.evaluate("endings") == 1)

    def wait() -> int:
        until(page, lambda: "Prøver igen om" in (legal.text_content() or ""))
        return int("".join(letter for letter in legal.text_content() or "" if letter.isdigit()))

    def pass_s(seconds: int) -> None:
        """A try, which fails."""
        before = tries(server)
        page.clock.run_for(seconds * 1000)
        until(page, lambda: tries(server) == before + 1)
        until(page, lambda: page.evaluate("endings") == before + 1)

    pass_s(1)
    waits = []
    for _ in range(6):
        waits.append(wait())
        pass_s(waits[-1])
    assert waits == [1, 2, 4, 8, 12, 12]
    page.keyboard.press("Escape")
    pass_s(12)  # the next one is for nobody who looks
    before = tries(server)
    page.clock.run_for(29_000)
    page.wait_for_timeout(300)
    assert tries(server) == before
    page.locator("svardesk-widget .launch").click()
    until(page, lambda: tries(server) == before + 1)


def test_it_comes_back_by_itself(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    write(page, "et")
    server.cut()
    expect(panel.get_by_text("Ingen forbindelse")).to_be_visible()
    server.refuse = False
    expect(panel.get_by_text("Forbindelsen er tilbage")).to_be_visible(timeout=20_000)


def test_a_reload_keeps_draft_and_unsent_text(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    write(page, "et")
    expect(panel.locator(".sd-msg__meta").first).to_contain_text("Sendt")
    server.cut()
    write(page, "to")
    page.keyboard.type("en kladde")
    page.reload()
    page.locator("svardesk-widget .launch").click()
    expect(own(panel)).to_have_text(["to"])
    expect(panel.get_by_role("textbox")).to_have_value("en kladde")
    reconnect(page, server)
    expect(own(panel)).to_have_text(["et", "to"])
    until(page, lambda: said(server) == ["et", "to"])
    expect(panel.locator(".sd-msg--pending")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes(':out:'))") == []


def test_a_lost_ack_is_sent_again_under_the_same_id_and_shown_once(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    online(page)

    def forgetful(it: FakeServer, _socket: ServerConnection, frame: dict[str, Any]) -> None:
        if frame["type"] == "say":  # committed, but neither ack nor entry reach the browser
            it.add("said", announce=False, **frame["data"])

    server.answer = forgetful
    write(page, "et")
    expect(panel.get_by_text("Sender")).to_be_visible()
    until(page, lambda: len(server.entries) == 1)
    server.answer = polite
    server.cut()
    reconnect(page, server)
    expect(panel.locator(".sd-msg__meta").first).to_contain_text("Sendt")
    expect(own(panel)).to_have_text(["et"])
    until(page, lambda: said(server) == ["et"])
    assert len({frame["data"]["client_id"] for frame in server.of_type("say")}) == 1


def test_a_silent_server_is_left_for_a_new_socket_after_ten_seconds(page: Page, server: FakeServer) -> None:
    page.clock.install()
    panel = open_panel(page, server)
    online(page)
    server.mute = True
    write(page, "et")
    until(page, lambda: len(server.of_type("say")) == 1)
    server.mute = False
    page.clock.run_for(10_100)
    expect(panel.locator(".sd-msg__meta").first).to_contain_text("Sendt")
    assert len(server.of_type("hello")) == 2
    first, again = server.of_type("say")
    assert first["data"] == again["data"]
    until(page, lambda: said(server) == ["et"])


def test_a_silent_line_is_noticed_by_its_missing_pong(page: Page, server: FakeServer) -> None:
    page.clock.install()
    open_panel(page, server)
    online(page)
    server.mute = True
    page.clock.run_for(20_100)
    until(page, lambda: len(server.of_type("ping")) == 1)
    server.mute = False
    page.clock.run_for(10_100)
    until(page, lambda: len(server.of_type("hello")) == 2)


def test_entries_are_shown_once_and_by_number_and_a_gap_is_fetched(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    online(page)
    server.add("started", language="da")
    for text in ("to", "tre", "fire"):
        server.add("replied", announce=False, agent="a1", name="Maja", text=text)
    send = server.entries[3]
    server.send("entry", send["data"], seq=4, ts=send["ts"])
    server.send("entry", send["data"], seq=4, ts=send["ts"])
    expect(panel.locator(".sd-bubble")).to_have_text(["to", "tre", "fire"])  # after a new socket asked from 1 on
    assert server.of_type("hello")[-1]["data"]["resume"] == [{"conversation": "c1", "after_seq": 1}]
    server.send("entry", {"kind": "hidden"}, seq=5)
    server.entries.append({"seq": 5, "ts": "2026-11-23T13:03:00Z", "data": {"kind": "hidden"}})
    server.add("replied", agent="a1", name="Maja", text="seks")
    expect(panel.locator(".sd-bubble")).to_have_text(["to", "tre", "fire", "seks"])


def test_a_resync_drops_what_was_there(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    server.add("started", language="da")
    server.add("replied", agent="a1", name="Maja", text="gammelt")
    expect(panel.get_by_text("gammelt")).to_be_visible()
    server.send("resync_required")
    server.entries = []
    server.send("replay_begin", {"from_seq": 1, "to_seq": 1})
    server.add("replied", agent="a1", name="Maja", text="nyt")
    server.send("replay_end", {"from_seq": 1, "to_seq": 1})
    expect(panel.locator(".sd-bubble")).to_have_text(["nyt"])


def test_a_final_refusal_is_shown_and_a_passing_one_is_tried_again(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    online(page)
    codes = ["too_many", "text_too_long"]

    def refuse(it: FakeServer, socket: ServerConnection, frame: dict[str, Any]) -> None:
        if frame["type"] != "say" or not codes:
            return polite(it, socket, frame)
        fault = {"code": codes.pop(0), "message": "no", "retry_after": 0.2, "client_id": frame["data"]["client_id"]}
        return it.send("error", fault)

    server.answer = refuse
    write(page, "et")
    expect(panel.get_by_text("Ikke sendt: teksten er for lang.")).to_be_visible()
    assert len(server.of_type("say")) == 2
    panel.get_by_role("button", name="Prøv igen").click()
    expect(panel.locator(".sd-msg__meta").first).to_contain_text("Sendt")
    until(page, lambda: said(server) == ["et"])


def test_blocked_storage_is_no_obstacle(context: BrowserContext, server: FakeServer) -> None:
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    page = context.new_page()
    panel = open_panel(page, server)
    write(page, "et")
    expect(panel.locator(".sd-msg__meta").first).to_contain_text("Sendt")
    server.cut()
    reconnect(page, server)
    until(page, lambda: len(server.of_type("hello")) == 2)
    assert server.of_type("hello")[-1]["data"]["token"] == "t1"


def test_two_tabs_share_one_visitor(context: BrowserContext, server: FakeServer) -> None:
    first, second = context.new_page(), context.new_page()
    one, two = open_panel(first, server), open_panel(second, server)
    write(second, "fra den anden")
    expect(own(one)).to_have_text(["fra den anden"])
    expect(own(two)).to_have_text(["fra den anden"])
    assert server.of_type("hello")[-1]["data"]["token"] == "t1"
    first.evaluate("svardesk('reset')")
    expect(own(two)).to_have_count(0)


def test_a_revoked_session_starts_as_a_stranger(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    write(page, "et")
    expect(panel.locator(".sd-msg__meta").first).to_contain_text("Sendt")
    server.conversation, server.entries = None, []
    server.close(4003)
    expect(own(panel)).to_have_count(0)
    expect(panel.get_by_text("Hej! Hvad kan vi hjælpe dig med?")).to_be_visible()
    until(page, lambda: len(server.of_type("hello")) == 2)
    assert server.of_type("hello")[-1]["data"]["token"] is None


def test_a_long_conversation_begins_at_its_end_and_its_past_is_not_read_out(page: Page, server: FakeServer) -> None:
    for n in range(1, 251):
        server.add("replied", announce=False, agent="a1", name="Maja", text=f"besked {n}")
    panel = open_panel(page, server)
    log = panel.get_by_role("log")
    expect(panel.get_by_text("besked 250", exact=True)).to_be_visible()
    expect(panel.locator(".sd-bubble")).to_have_count(100)
    log.evaluate("(box) => (box.scrollTop = 0)")
    first = panel.get_by_text("besked 151", exact=True)
    before = first.bounding_box()
    panel.get_by_role("button", name="Tidligere beskeder").click()
    expect(panel.locator(".sd-bubble")).to_have_count(200)
    after = first.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) < 60
    expect(panel.locator(".w__new")).to_be_hidden()
    panel.get_by_role("button", name="Tidligere beskeder").click()
    expect(panel.locator(".sd-bubble")).to_have_text([f"besked {n}" for n in range(1, 251)])
    expect(panel.get_by_role("button", name="Tidligere beskeder")).to_have_count(0)
    expect(log).to_have_attribute("aria-live", "polite")


def test_when_many_ask_it_says_so_in_words(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    server.add("started", language="da")
    server.turn("bot")
    server.add("said", text="Hvor er min pakke?")
    server.send("typing", {"who": "bot", "on": True, "wait_s": 12})
    expect(panel.get_by_text("Mange spørger lige nu. Dit svar kommer om et øjeblik.")).to_be_visible()
    server.add("remarked", re=2, text="Den er på vej", purpose="answer")
    expect(panel.get_by_text("Mange spørger lige nu.")).to_have_count(0)


def test_a_choice_clicked_twice_is_one_message(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["offer"](server)
    panel.get_by_role("button", name="Stangsæt til telte").dblclick()
    expect(own(panel).last).to_have_text("Stangsæt til telte")
    page.wait_for_timeout(300)
    assert len(server.of_type("say")) == 1

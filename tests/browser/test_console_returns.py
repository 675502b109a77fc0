"""After a lost line the console is as good as after a reload: list, archive, open chat, unsent words, version (A1)."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser import console_scene
from tests.browser.console_scene import at
from tests.browser.console_stage import Stage

stage, page = console_scene.stage, console_scene.page


def away(page: Page, stage: Stage) -> None:
    stage.refuse = "away"
    stage.drop()
    expect(page.locator(".listpane .sd-banner")).to_contain_text("No connection.")


def back(page: Page, stage: Stage) -> None:
    stage.refuse = None
    page.evaluate("dispatchEvent(new Event('online'))")  # a button would be gone, were a try of its own faster
    expect(page.locator(".listpane .sd-banner--ok")).to_contain_text("Back again")


def rows(page: Page) -> list[str]:
    return [str(one) for one in page.locator(".sd-item").evaluate_all("rows => rows.map((row) => row.id)")]


def test_a_list_in_pages_is_the_list_and_loses_what_is_gone(page: Page, stage: Stage) -> None:
    """chatwoot#14934: what changed while the line was away is on the screen with the first list."""
    stage.page = 3
    at(page, stage)
    page.get_by_role("button", name="With the assistant").click()
    expect(page.locator("#row-bot0")).to_be_visible()
    away(page, stage)
    stage.chats["bo"].update(status="resolved", owner="none")
    stage.begin("ny", "sv")
    stage.put("ny", {"kind": "said", "text": "Var är mitt paket?"}, tell=False)
    stage.put("ny", {"kind": "handoff", "reason": "customer_request"}, tell=False)
    back(page, stage)
    expect(page.locator("#group-waiting #row-ny")).to_be_visible()
    expect(page.locator("#row-bo")).to_have_count(0)
    live = rows(page)
    page.reload()
    page.get_by_role("button", name="With the assistant").click()
    expect(page.locator("#row-bot0")).to_be_visible()
    assert rows(page) == live


def test_what_was_resolved_meanwhile_is_among_the_resolved(page: Page, stage: Stage) -> None:
    at(page, stage)
    page.get_by_role("button", name="Recently resolved").click()
    expect(page.locator("#group-resolved #row-rated")).to_be_visible()
    away(page, stage)
    stage.put("bo", {"kind": "resolved", "by": "customer"}, tell=False)
    back(page, stage)
    expect(page.locator("#group-resolved #row-bo")).to_be_visible()


def test_a_long_chat_opens_at_its_end_and_its_past_can_be_asked_for(page: Page, stage: Stage) -> None:
    stage.begin("lang", "da")
    for n in range(2, 352):
        stage.put("lang", {"kind": "said", "text": f"besked {n}"}, tell=False)
    at(page, stage, "lang")
    expect(page.get_by_text("besked 351", exact=True)).to_be_visible()
    expect(page.get_by_text("besked 151", exact=True)).to_have_count(0)
    log = page.get_by_role("log", name="Messages")
    log.evaluate("(box) => (box.scrollTop = 0)")
    first = page.get_by_text("besked 152", exact=True)
    before = first.bounding_box()
    page.get_by_role("button", name="Earlier messages").click()
    expect(page.get_by_text("besked 52", exact=True)).to_be_attached()
    after = first.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) < 60  # it stands where it stood, give or take its group's head
    page.get_by_role("button", name="Earlier messages").click()
    expect(log.get_by_text("besked 2", exact=True)).to_be_attached()
    expect(page.get_by_role("button", name="Earlier messages")).to_have_count(0)
    stage.drop()
    stage.put("lang", {"kind": "said", "text": "imens"})
    expect(page.get_by_text("imens", exact=True)).to_be_attached()
    shown = page.locator(".convo__log .sd-bubble").all_inner_texts()
    assert [text.strip() for text in shown] == [*(f"besked {n}" for n in range(2, 352)), "imens"]


def test_two_tabs_of_an_agent_send_a_reply_once_also_when_its_tab_is_gone(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    expect(page.locator(".sd-msg--own")).to_be_visible()
    other = page.context.new_page()
    at(other, stage, "pole")
    stage.hold_acks = True
    page.locator("#composer").fill("Den er på vej")
    page.locator("#composer").press("Control+Enter")
    expect(page.locator(".sd-msg--pending")).to_contain_text("Den er på vej")
    expect(other.locator(".sd-msg--pending")).to_contain_text("Den er på vej")
    page.close()
    stage.hold_acks = False
    stage.drop()
    expect(other.locator(".sd-msg--own").last).to_contain_text("sent")
    expect(other.locator(".sd-msg--pending")).to_have_count(0)
    assert len({frame["data"]["client_id"] for frame in stage.seen("reply")}) == 1
    assert sum(entry["data"].get("text") == "Den er på vej" for entry in stage.logs["pole"]) == 1
    other.close()


def test_whether_the_customer_is_still_there_is_said(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    expect(page.locator(".sd-msg--own")).to_be_visible()
    expect(page.locator(".convo__head")).not_to_contain_text("Here now")
    stage.tell({"type": "presence", "conversation": "pole", "data": {"who": "customer", "here": True}}, "pole")
    expect(page.locator(".convo__head")).to_contain_text("Here now")
    stage.tell({"type": "presence", "conversation": "pole", "data": {"who": "customer", "here": False}}, "pole")
    expect(page.locator(".convo__head")).to_contain_text("Has left the page")


def test_a_newer_server_is_told_quietly_and_the_draft_stays(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    page.locator("#composer").fill("Halvt skrevet")
    page.route("**/console", lambda route: route.fulfill(body='<script src="/assets/newer/console/main.js"></script>'))
    away(page, stage)
    back(page, stage)
    hint = page.locator(".listpane .sd-banner--quiet")
    expect(hint).to_contain_text("A new version is ready.", timeout=15_000)
    expect(page.locator("#composer")).to_have_value("Halvt skrevet")
    page.unroute("**/console")
    hint.get_by_role("button", name="Reload").click()
    expect(page.locator("#composer")).to_have_value("Halvt skrevet")
    expect(page.locator(".sd-banner--quiet")).to_have_count(0)

"""The agents' console in real Chromium on a staged server (A1, A2, A4, A12, H1, H9, H11)."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import console_scene
from tests.browser.console_scene import OSKAR, at
from tests.browser.console_stage import PASSWORD, Stage

stage, page = console_scene.stage, console_scene.page


def heads(page: Page, group: str) -> list[str]:
    found = page.locator(f"#group-{group} .sd-item").evaluate_all("rows => rows.map((row) => row.id)")
    return [str(row) for row in found]


def test_waiting_is_sorted_by_wait_and_turns_amber_then_red(page: Page, stage: Stage) -> None:
    at(page, stage)
    assert heads(page, "waiting") == ["row-bo", "row-elin", "row-torbjorn", "row-turku"]
    expect(page.locator("#row-bo .sd-item__late")).to_contain_text("11 min")
    expect(page.locator("#row-elin .sd-item__soon")).to_contain_text("6 min")
    expect(page.locator("#row-turku .sd-item__late, #row-turku .sd-item__soon")).to_have_count(0)
    expect(page.locator("#row-aino .sd-dot")).to_contain_text("New message")
    expect(page.locator("#row-lag .sd-dot")).to_have_count(1)


def test_a_waiting_chat_appears_without_reloading_and_the_title_counts(page: Page, stage: Stage) -> None:
    at(page, stage)
    expect(page).to_have_title("(6) Inbox · Svardesk")
    icon = page.locator("link[rel=icon]").get_attribute("href")
    stage.begin("ny", "sv")
    stage.put("ny", {"kind": "said", "text": "Var är mitt paket?"}, tell=False)
    stage.put("ny", {"kind": "handoff", "reason": "customer_request"})
    expect(page.locator("#group-waiting #row-ny")).to_be_visible()
    expect(page).to_have_title("(7) Inbox · Svardesk")
    assert page.locator("link[rel=icon]").get_attribute("href") != icon


def test_the_brief_says_why_what_was_asked_and_what_was_tried(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    brief = page.locator(".brief")
    expect(brief).to_contain_text("The customer asked for a person.")
    expect(brief.locator(".brief__asked li")).to_have_count(3)
    brief.get_by_text("The assistant looked for 2 answers").click()
    expect(brief.locator(".try").nth(0)).to_contain_text("47%")
    expect(brief.locator(".try").nth(0)).to_contain_text("Below the 62% it may answer from. Offered as an article")
    expect(brief.locator(".try").nth(2)).to_contain_text("Given as the answer.")
    brief.get_by_role("button", name="Show the passage").first.click()
    expect(brief.locator(".try__passage")).to_contain_text("649 kr.")
    expect(page.locator(".sd-sys").last).to_have_text(
        re.compile("Asked for a person, waited 3 min 40 s. You took over at")
    )


def test_claim_by_key_reply_seen_typing_and_resolve(page: Page, stage: Stage) -> None:
    at(page, stage)
    page.keyboard.press("a")
    expect(page.locator("#group-mine #row-bo")).to_be_visible()
    expect(page.locator(".convo__head")).to_contain_text("Yours for")
    page.keyboard.press("r")
    page.keyboard.type("Hei! Eg ser på begge betalingane no.")
    page.keyboard.press("Control+Enter")
    own = page.locator(".sd-msg--own").last
    expect(own).to_contain_text("Eg ser på begge")
    expect(own).to_contain_text("sent")
    stage.tell({"type": "seen", "conversation": "bo", "data": {"who": "customer", "seq": len(stage.logs["bo"])}}, "bo")
    expect(own).to_contain_text("seen")
    stage.tell({"type": "typing", "conversation": "bo", "data": {"who": "customer", "on": True}}, "bo")
    expect(page.locator(".convo .sd-typing")).to_be_visible()
    stage.put("bo", {"kind": "said", "text": "Tusen takk!"})
    expect(page.locator(".convo .sd-typing")).to_have_count(0)
    expect(page.locator(".sd-msg--customer").last).to_contain_text("Tusen takk!")
    assert stage.seen("typing")[0]["data"] == {"on": True}
    page.locator("#composer").press("Escape")
    page.keyboard.press("e")
    expect(page.locator("#group-waiting #row-bo, #group-mine #row-bo")).to_have_count(0)
    assert stage.chats["bo"]["status"] == "resolved"
    expect(page.locator(":focus")).to_have_class(re.compile("sd-item"))  # the next row, LOOK: after resolve


def test_a_lost_claim_says_who_has_it(page: Page, stage: Stage) -> None:
    at(page, stage, "elin")
    stage.chats["elin"].update(status="assigned", owner="agent:oskar", agent=OSKAR["name"])
    page.keyboard.press("a")
    expect(page.get_by_role("alert")).to_contain_text("Oskar Lindqvist took this chat just before you.")
    stage.put("elin", {"kind": "claimed", **OSKAR})
    expect(page.locator("#group-colleagues #row-elin")).to_be_visible()
    expect(page.locator("#tab-reply")).to_have_count(0)
    assert [entry["data"]["kind"] for entry in stage.logs["elin"]].count("claimed") == 1


def test_a_reply_to_the_assistants_chat_takes_it_over(page: Page, stage: Stage) -> None:
    at(page, stage)
    page.get_by_role("button", name="With the assistant").click()
    page.locator("#row-bot0").click()
    expect(page.get_by_role("button", name="Take over")).to_be_visible()
    page.locator("#composer").fill("Jeg kigger på det med det samme.")
    page.locator("#composer").press("Control+Enter")
    expect(page.locator("#group-mine #row-bot0")).to_be_visible()
    assert [entry["data"]["kind"] for entry in stage.logs["bot0"]][-2:] == ["claimed", "replied"]


def test_drafts_are_kept_for_each_chat_and_each_tab_across_a_reload(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    page.locator("#composer").fill("Så er den på vej")
    page.locator("#tab-note").click()
    page.locator("#composer").fill("Husk kvitteringen")
    page.locator("#row-aino").click()
    expect(page.locator("#composer")).to_have_value("")
    expect(page.locator("#tab-reply")).to_have_attribute("aria-selected", "true")
    page.reload()
    page.locator("#row-pole").click()
    expect(page.locator("#composer")).to_have_value("Så er den på vej")
    page.locator("#tab-note").click()
    expect(page.locator("#composer")).to_have_value("Husk kvitteringen")


def test_an_unsent_reply_survives_a_reload_and_is_sent_once(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    expect(page.locator(".sd-msg--own")).to_be_visible()
    stage.hold_acks = True
    page.locator("#composer").fill("Sendt i dag.")
    page.locator("#composer").press("Control+Enter")
    expect(page.locator(".sd-msg--pending")).to_contain_text("Sendt i dag.")
    page.reload()
    expect(page.locator(".sd-msg--pending")).to_contain_text("Sendt i dag.")
    stage.hold_acks = False
    stage.drop()
    expect(page.locator(".sd-msg--own").last).to_contain_text("sent")
    expect(page.locator(".sd-msg--pending")).to_have_count(0)
    ids = {frame["data"]["client_id"] for frame in stage.seen("reply")}
    assert len(ids) == 1
    assert sum(entry["data"].get("text") == "Sendt i dag." for entry in stage.logs["pole"]) == 1
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('.out.'))") == []


def test_after_a_lost_line_the_screen_is_as_good_as_after_a_reload(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    expect(page.locator(".sd-msg--customer").last).to_contain_text("Ja tak!")
    stage.refuse = "away"
    stage.drop()
    expect(page.locator(".listpane .sd-banner")).to_contain_text("No connection. What you write is kept.")
    expect(page.get_by_role("button", name="Resolve", exact=True)).to_be_disabled()
    expect(page.locator("#row-elin")).to_be_visible()
    page.locator("#composer").fill("Skrevet uden forbindelse")
    page.locator("#composer").press("Control+Enter")
    expect(page.locator(".sd-msg--pending")).to_contain_text("sent when the connection is back")
    # meanwhile: a colleague's note and the customer's words in the open chat, a chat taken, another one waiting
    stage.put("pole", {"kind": "noted", **OSKAR, "text": "DHL er bestilt"})
    stage.put("pole", {"kind": "said", "text": "Kan I nå det?"})
    stage.put("elin", {"kind": "claimed", **OSKAR})
    stage.begin("ny", "sv")
    stage.put("ny", {"kind": "said", "text": "Var är mitt paket?"}, tell=False)
    stage.put("ny", {"kind": "handoff", "reason": "customer_request"}, tell=False)
    page.get_by_role("button", name="Try now").click()  # in vain: later a try of its own might take it away
    stage.refuse = None
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".listpane .sd-banner--ok")).to_contain_text("Back again")
    expect(page.locator("#group-waiting #row-ny")).to_be_visible()
    expect(page.locator("#group-colleagues #row-elin")).to_be_visible()
    expect(page.locator(".sd-msg--own").last).to_contain_text("sent")
    live = page.locator(".convo__log .sd-bubble").all_inner_texts()
    page.reload()
    expect(page.locator(".sd-msg--own").last).to_contain_text("Skrevet uden forbindelse")
    assert page.locator(".convo__log .sd-bubble").all_inner_texts() == live
    resumes = [frame["data"]["resume"] for frame in stage.seen("hello") if frame["data"].get("resume")]
    assert resumes[0][0]["conversation"] == "pole"


def test_a_restored_database_replaces_what_the_screen_had(page: Page, stage: Stage) -> None:
    at(page, stage, "aino")
    expect(page.locator(".sd-msg--customer").last).to_contain_text("left pocket")
    stage.epoch = "two"
    del stage.logs["aino"][-1]
    stage.chats["aino"]["last_seq"] -= 1
    stage.drop()
    expect(page.locator(".sd-msg--customer").last).not_to_contain_text("left pocket")


def test_signed_out_keeps_the_draft_and_leads_to_login_and_back(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    page.locator("#composer").fill("Halvt skrevet")
    stage.logged_in = False
    stage.drop(4003)
    expect(page.get_by_role("alert")).to_contain_text("You are signed out.")
    expect(page.locator("#composer")).to_have_value("Halvt skrevet")
    page.get_by_role("button", name="Log in").click()
    page.locator("#email").fill("maja@lyngvidde.example")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{stage.url}/console#/chat/pole")
    expect(page.locator("#composer")).to_have_value("Halvt skrevet")


def test_a_rating_appears_live_in_the_head_the_panel_and_the_log(page: Page, stage: Stage) -> None:
    at(page, stage, "hjalmar")
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(page.locator(".foot__why")).to_contain_text("This chat is resolved.")
    stage.put("hjalmar", {"kind": "rated", "value": 4, "comment": "Fint, men lidt ventetid"})
    expect(page.locator(".convo__head .sd-tag")).to_contain_text("4 of 5")
    expect(page.locator(".aside .rating")).to_contain_text("Fint, men lidt ventetid")
    expect(page.locator(".rated")).to_contain_text("Rated 4 of 5, good")


def test_resolved_ones_are_fetched_and_open(page: Page, stage: Stage) -> None:
    at(page, stage)
    page.get_by_role("button", name="Recently resolved").click()
    page.locator("#row-rated").click()
    expect(page.locator(".rated__words")).to_contain_text("Hurtigt og venligt")
    expect(page.locator("#composer")).to_have_attribute("placeholder", "Note that only colleagues see")


def test_release_hand_back_and_the_customers_email(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    mail = page.locator(".aside a[href^='mailto:']")
    expect(mail).to_have_attribute("href", re.compile(r"^mailto:jc\.overgaard.*@.*\?subject=Your%20question%3A%20Hej"))
    page.get_by_role("button", name="Release").click()
    expect(page.locator("#group-waiting #row-pole")).to_be_visible()
    page.locator("#row-siri").click()
    expect(page.locator(".convo__head")).to_contain_text("Norwegian Nynorsk")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Hand back to the assistant").click()
    expect(page.locator(".sd-sys").last).to_contain_text("You handed it back to the assistant")
    assert stage.chats["siri"]["status"] == "bot"


def test_a_reply_that_came_too_late_goes_back_to_the_text_field_with_a_sentence(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    expect(page.locator(".sd-msg--own")).to_be_visible()
    stage.chats["pole"].update(owner="agent:oskar", agent=OSKAR["name"])  # the row has not reached the screen yet
    page.locator("#composer").fill("Jeg sender den nu")
    page.locator("#composer").press("Control+Enter")
    expect(page.locator(".convo > .sd-banner")).to_contain_text(
        "Oskar Lindqvist has this chat now. Your reply was not sent; it is kept in the text field."
    )
    expect(page.locator("#composer")).to_have_value("Jeg sender den nu")
    expect(page.locator(".sd-msg--failed, .sd-msg--pending")).to_have_count(0)
    stage.put("pole", {"kind": "noted", **OSKAR, "text": "Jeg har den"})  # now the row has
    expect(page.locator(".foot__why")).to_contain_text("Oskar Lindqvist has this chat.")
    expect(page.locator("#composer")).to_have_value("Jeg sender den nu")
    expect(page.get_by_text("Not sent. Kept here until you delete it.")).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    page.reload()
    expect(page.locator("#composer")).to_have_value("Jeg sender den nu")
    page.locator("#composer").fill("")
    expect(page.locator("#tab-reply")).to_have_count(0)


def test_a_reply_that_is_too_long_stays_with_its_reason_and_can_be_changed(page: Page, stage: Stage) -> None:
    at(page, stage, "pole")
    expect(page.locator(".sd-msg--own")).to_be_visible()
    page.evaluate(  # as a tab of an older version may have left it
        """() => localStorage.setItem("svardesk.staff.out.maja.toolong1", JSON.stringify(
          { client_id: "toolong1", type: "reply", conversation: "pole", at: Date.now(), state: "waiting",
            data: { text: "å".repeat(4001) } }))"""
    )
    page.reload()
    expect(page.locator(".sd-msg--failed")).to_contain_text("It is longer than 4,000 characters.")
    page.locator(".sd-msg--failed").get_by_role("button", name="Edit").click()
    expect(page.locator("#composer")).to_have_value("å" * 4001)
    expect(page.locator(".sd-msg--failed")).to_have_count(0)


def test_an_unknown_chat_and_an_empty_desk_say_so(page: Page, stage: Stage) -> None:
    at(page, stage, "finnes-ikke")
    expect(page.locator(".convo")).to_contain_text("This chat is no longer here")
    stage.chats.clear()
    page.goto(f"{stage.url}/console")
    page.reload()
    expect(page.locator("#group-waiting")).to_contain_text("Nobody is waiting")
    expect(page.locator(".convo")).to_contain_text("Or press A to take the next.")


def test_a_slow_log_shows_a_skeleton_and_a_cold_server_the_rows(page: Page, stage: Stage) -> None:
    stage.slow = 2
    at(page, stage)
    page.locator("#row-pole").click()
    expect(page.locator(".logskel")).to_be_visible()
    expect(page.locator(".logskel")).to_have_count(0)
    expect(page.locator(".sd-msg--own")).to_be_visible()


def test_seen_is_told_for_my_chats_only(page: Page, stage: Stage) -> None:
    at(page, stage, "elin")
    expect(page.locator(".sd-msg--customer")).to_be_visible()
    page.locator("#row-aino").click()
    expect(page.locator("#row-aino .sd-dot")).to_have_count(0)
    told = stage.seen("seen")
    assert [frame["conversation"] for frame in told] == ["aino"]
    assert told[0]["data"]["seq"] == len(stage.logs["aino"])


def test_who_may_only_read_is_offered_nothing_else(page: Page, stage: Stage) -> None:
    stage.role = "knowledge_manager"
    at(page, stage, "elin")
    expect(page.locator(".foot__why")).to_contain_text("Your account may read chats, not answer them.")
    expect(page.locator("#composer")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Take"))).to_have_count(0)
    page.keyboard.press("a")
    expect(page.locator(".sd-msg--customer")).to_be_visible()
    assert stage.seen("claim") == []

"""The widget alone against a stand-in server: its states, keys and roles, on a page with a strict policy."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser import widget_scenes
from tests.browser.fake_server import FakeServer
from tests.browser.widget_scenes import SCENES, open_panel, source, until

server, context, page = widget_scenes.server, widget_scenes.context, widget_scenes.page


def test_first_screen_says_that_it_is_a_machine_and_suggests(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    expect(panel.get_by_text("Hej! Hvad kan vi hjælpe dig med?")).to_be_visible()
    expect(panel.get_by_text("automatiske assistent")).to_be_visible()
    expect(panel.get_by_text("Samtalen gemmes i 90 dage")).to_be_visible()
    expect(panel.get_by_role("button", name="Tal med et menneske")).to_be_visible()
    panel.get_by_role("button", name="Bytte størrelse").click()
    expect(panel.locator(".sd-msg--own .sd-bubble")).to_have_text("Bytte størrelse")
    assert server.of_type("say")[0]["data"]["text"] == "Bytte størrelse"
    assert len(server.of_type("say")[0]["data"]["client_id"]) >= 8


def test_answer_is_html_with_its_source_and_marked_as_automatic(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["answer"](server)
    answer = panel.locator(".sd-msg--bot")
    expect(answer.locator(".sd-msg__by")).to_have_text("Assistentenautomatisk svar")
    expect(answer.locator("ol li")).to_have_count(3)
    card = answer.get_by_role("link", name=re.compile("Vask din skaljakke.*Læs hele artiklen.*ny fane"))
    expect(card).to_have_attribute("href", f"{server.origin}/help/da/a1")
    expect(card).to_have_attribute("rel", "noopener noreferrer")
    expect(answer.get_by_role("link", name="imprægneringen")).to_have_attribute("target", "_blank")


def test_offer_takes_an_article_a_person_or_an_address(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["offer"](server)
    ways = panel.get_by_role("group", name="Hvordan vil du videre?").get_by_role("button")
    expect(ways).to_have_count(5)
    expect(ways.nth(2).locator("b")).to_have_attribute("lang", "en")
    ways.nth(0).click()
    expect(panel.locator(".sd-msg--own").last).to_contain_text("Stangsæt til telte")
    assert server.of_type("say")[0]["data"]["article"] == "a1"
    ways.nth(4).click()
    field = panel.get_by_label("Din mailadresse")
    expect(field).to_be_focused()
    field.fill("jens@")
    field.press("Enter")
    expect(panel.get_by_role("alert")).to_have_text("Det ligner ikke en mailadresse")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("jens@example.dk")
    field.press("Enter")
    expect(panel.get_by_text("Et menneske svarer dig på jens@example.dk")).to_be_visible()
    expect(field).to_have_count(0)


def stands_in(panel: Locator, item: Locator) -> bool:
    """Whether all of it is in the part of the log that is shown. Chromium's own word comes from a frame before, and
    stays where no frame follows.
    """
    log, box = panel.get_by_role("log").bounding_box(), item.bounding_box()
    if log is None or box is None:
        return False
    return log["y"] <= box["y"] and box["y"] + box["height"] <= log["y"] + log["height"]


def test_who_asks_for_a_person_amid_a_long_answer_sees_what_becomes_of_it(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    server.add("started", language="da")
    seq = server.add("said", text="Hvad koster fragten?")
    html = "<p>Fragten koster 39 kr.</p>" * 40
    server.add("answered", re=seq, text="39 kr.", html=html, source=source("Fragt"), certainty=0.97)
    expect(panel.get_by_text("automatisk svar")).to_be_in_viewport()
    panel.get_by_role("button", name="Tal med et menneske").click()
    until(page, lambda: stands_in(panel, panel.locator(".sd-sys").filter(has_text="Et menneske tager over")))
    server.turn("queued", reason="customer_request")
    until(page, lambda: stands_in(panel, panel.get_by_role("region", name="Din plads i køen")))


def test_a_refused_address_is_said_at_the_field(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["offer"](server)
    fault = {"code": "bad_email", "message": "no"}
    server.answer = lambda it, _, frame: it.send("error", fault | {"client_id": frame["data"]["client_id"]})
    panel.get_by_role("button", name="Få svar på mail").click()
    panel.get_by_label("Din mailadresse").fill("a@b.cd")
    panel.get_by_role("button", name="Send", exact=True).first.click()
    expect(panel.get_by_role("alert")).to_have_text("Det ligner ikke en mailadresse")
    expect(panel.get_by_label("Din mailadresse")).to_have_value("a@b.cd")


def test_queue_shows_place_and_an_honest_wait(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["queue"](server)
    card = panel.get_by_role("region", name="Din plads i køen")
    expect(card).to_contain_text("Du er nummer 3 i køen")
    expect(card).to_contain_text("5 til 9 minutter, regnet ud fra den seneste time")
    expect(card).to_contain_text("Du var nummer 5 kl.")
    expect(panel.get_by_role("button", name="Tal med et menneske")).to_be_hidden()
    server.send("queue", {"position": 1})
    expect(card).to_contain_text("Du er nummer 1 i køen")
    expect(card).to_contain_text("Vi kan endnu ikke sige, hvor lang tid det tager")
    server.send("queue", {"position": 1, "wait_s": [5, 40]})
    expect(card).to_contain_text("Omkring et minut")


def test_nobody_is_told_a_place_in_the_queue_at_the_top_while_the_line_is_gone(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["queue"](server)
    expect(panel).to_contain_text("Du står i kø")
    page.clock.install()
    server.cut()
    expect(panel).to_contain_text("Ingen forbindelse")
    expect(panel).not_to_contain_text("Du står i kø")
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 60"))  # a try of its own would take the button away
    until(page, lambda: "Prøver igen om" in (panel.locator(".w__legal").text_content() or ""))
    server.refuse = False
    panel.get_by_text("Prøv nu").click()
    expect(panel).to_contain_text("Du står i kø")


def test_a_line_that_is_gone_claims_no_place_and_no_connecting(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["queue"](server)
    card = panel.get_by_role("region", name="Din plads i køen")
    expect(card).to_contain_text("Du er nummer 3 i køen")
    page.clock.install()
    server.cut()
    expect(panel.get_by_text("Ingen forbindelse")).to_be_visible()
    expect(panel.locator(".w__head p")).to_have_text("")
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 60"))
    until(page, lambda: "Prøver igen om" in (panel.locator(".w__legal").text_content() or ""))
    expect(panel).not_to_contain_text("Forbinder")
    expect(card).to_contain_text(re.compile(r"Du var nummer 3 kl\. \d\d\.\d\d"))
    expect(card).to_contain_text("Vi holder din plads")
    for stale in ("Du er nummer", "Du står i kø", "minutter", "Du var nummer 5"):
        expect(panel).not_to_contain_text(stale)
    page.clock.resume()
    server.refuse = False
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(panel.locator(".w__head p")).to_have_text("Du står i kø")
    expect(card).to_contain_text("Du var nummer 3")  # until the server tells the place
    server.send("queue", {"position": 1})
    expect(card).to_contain_text("Du er nummer 1 i køen")


def test_an_agent_is_not_shown_as_here_while_the_line_is_gone(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["agent"](server)
    here = panel.locator(".w__head .sd-av__on")
    expect(here).to_be_visible()
    server.cut()
    expect(here).to_be_hidden()
    expect(panel.get_by_role("heading", name="Maja Krogh")).to_be_visible()
    server.refuse = False
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(here).to_be_visible()


def test_person_is_asked_for_once(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    until(page, lambda: len(server.of_type("hello")) > 0)  # muted before that, it would welcome nobody
    server.mute = True
    panel.get_by_role("button", name="Tal med et menneske").click(click_count=2)
    expect(panel.get_by_text("Vi finder et menneske til dig")).to_be_visible()
    until(page, lambda: len(server.of_type("request_human")) > 0)
    assert len(server.of_type("request_human")) == 1


def test_the_focus_goes_on_when_the_way_to_a_person_goes_away(page: Page, server: FakeServer) -> None:
    """Else it is nowhere, and Escape does nothing."""
    panel = open_panel(page, server)
    panel.get_by_role("button", name="Tal med et menneske").focus()
    page.keyboard.press("Enter")
    SCENES["queue"](server)
    expect(panel.get_by_role("textbox")).to_be_focused()


def test_agent_is_seen_writing_and_reading(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["agent"](server)
    expect(panel.get_by_role("heading", name="Maja Krogh")).to_be_visible()
    expect(panel.get_by_text("Maja er med nu")).to_be_visible()
    expect(panel.get_by_text("Maja skriver")).to_be_visible()
    expect(panel.locator(".sd-msg--own .sd-msg__meta:visible")).to_have_text(re.compile(r"^Set \d\d\.\d\d"))
    expect(panel.get_by_role("textbox")).to_have_attribute("aria-label", "Skriv til Maja")
    expect(panel.get_by_role("link", name="https://lyngvidde.example/stang", exact=True)).to_be_visible()
    server.add("replied", agent="a1", name="Maja Krogh", text="Den er afsendt")
    expect(panel.get_by_text("Maja skriver")).to_have_count(0)
    panel.get_by_role("textbox").press_sequentially("Tak")
    until(page, lambda: len(server.of_type("typing")) > 0)
    assert [frame["data"] for frame in server.of_type("typing")] == [{"on": True}]
    until(page, lambda: server.of_type("seen")[-1]["data"]["seq"] == len(server.entries))


def test_rating_is_five_radios_that_arrows_move(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["rating"](server)
    group = panel.get_by_role("group", name="Hvordan var den hjælp, du fik?")
    expect(group.get_by_role("radio")).to_have_count(5)
    send = panel.get_by_role("button", name="Send vurdering")
    expect(send).to_be_disabled()
    group.get_by_label("3: Midt imellem").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(group.get_by_label("4: God")).to_be_checked()
    assert server.of_type("rate") == []
    panel.get_by_label("Vil du tilføje noget?").fill("Hurtigt og fint")
    send.click()
    expect(panel.get_by_text("Du gav 4 ud af 5.")).to_be_visible()
    assert server.of_type("rate")[0]["data"].items() >= {"value": 4, "comment": "Hurtigt og fint"}.items()
    expect(group).to_have_count(0)


def test_skipped_rating_stays_skipped_after_a_reload(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["rating"](server)
    panel.get_by_role("button", name="Spring over").click()
    expect(panel.get_by_role("group", name="Hvordan var")).to_have_count(0)
    panel = open_panel(page, server)
    server.send("survey", {"episode": 1})
    expect(panel.get_by_text("Maja afsluttede samtalen")).to_be_visible()
    expect(panel.get_by_role("group", name="Hvordan var")).to_have_count(0)


def test_after_the_end_a_new_conversation_or_more_of_this_one(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["rating"](server)
    expect(panel.locator("textarea.sd-composer__text")).to_be_hidden()
    panel.get_by_role("button", name="Skriv mere i denne").click()
    expect(panel.locator("textarea.sd-composer__text")).to_be_focused()
    panel = open_panel(page, server)
    panel.get_by_role("button", name="Start en ny samtale").click()
    expect(panel.get_by_text("Hej! Hvad kan vi hjælpe dig med?")).to_be_visible()
    page.keyboard.type("Noget andet")
    page.keyboard.press("Enter")
    expect(panel.locator(".sd-msg--own").last).to_contain_text("Noget andet")
    assert server.of_type("say")[0]["data"]["new"] is True


def test_enter_sends_shift_enter_breaks_the_line_and_escape_closes(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    field = panel.get_by_role("textbox")
    expect(field).to_be_focused()
    expect(panel.get_by_role("button", name="Send")).to_be_disabled()
    page.keyboard.type("En")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("to")
    page.keyboard.press("Enter")
    expect(field).to_have_value("")
    until(page, lambda: len(server.of_type("say")) > 0)
    assert server.of_type("say")[0]["data"]["text"] == "En\nto"
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_role("button", name="Åbn chat")).to_be_focused()


def test_too_long_a_text_is_counted_and_not_sent(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    panel.get_by_role("textbox").fill("å" * 4012)
    expect(panel.get_by_text("12 tegn for meget")).to_be_visible()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("textbox")).to_have_value("å" * 4012)
    assert server.of_type("say") == []


def test_menu_is_a_menu_and_changes_the_language(page: Page, server: FakeServer) -> None:
    panel = open_panel(page, server)
    SCENES["answer"](server)
    button = panel.get_by_role("button", name="Menu")
    button.click()
    expect(panel.get_by_role("menuitemradio", name="Dansk", exact=True)).to_have_attribute("aria-checked", "true")
    button.click()
    expect(panel.get_by_role("menu")).to_have_count(0)
    button.click()
    page.keyboard.press("Escape")
    expect(panel.get_by_role("menu")).to_have_count(0)
    expect(button).to_be_focused()
    button.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("button", name="Prata med en människa")).to_be_visible()
    expect(panel).to_have_attribute("lang", "sv")
    expect(panel.locator(".sd-msg--bot .sd-bubble")).to_have_attribute("lang", "da")
    assert server.of_type("set_language")[-1]["data"] == {"language": "sv", "chosen": True}
    page.reload()
    expect(page.get_by_role("button", name="Öppna chatten")).to_be_visible()
    page.evaluate("svardesk('setLocale', 'en')")
    expect(page.get_by_role("button", name="Öppna chatten")).to_be_visible()  # the visitor's own choice stands


def test_only_what_is_new_is_read_out(page: Page, server: FakeServer) -> None:
    SCENES["answer"](server)
    panel = open_panel(page, server)
    log = panel.get_by_role("log", name="Samtale")
    expect(log.locator("article")).to_have_count(2)
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log.locator(".sd-msg--own")).to_have_attribute("aria-live", "off")
    assert page.evaluate(
        """() => {
          const log = document.querySelector('svardesk-widget').shadowRoot.querySelector('[role=log]');
          window.added = [];
          const note = ({ addedNodes }) => addedNodes.forEach((node) => window.added.push(node.textContent));
          new MutationObserver((changes) => changes.forEach(note)).observe(log, { childList: true });
          return log.children.length;
        }"""
    )
    server.add("replied", agent="a1", name="Maja Krogh", text="Hej igen")
    expect(log.get_by_text("Hej igen")).to_be_visible()
    added = page.evaluate("window.added")
    assert len(added) == 1
    assert added[0].startswith("Maja")

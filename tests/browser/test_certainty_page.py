"""The director's page: what labels prove beside what is wanted, setting it, the assistant on trial, and its states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.certainty_stage import SALE, Office, check, compared, office, opened


@pytest.fixture
def made() -> Office:
    return office()


@pytest.fixture
def page(browser: Browser, made: Office) -> Iterator[Page]:
    with opened(browser, made) as shown:
        expect(shown.get_by_role("heading", name="Wrong answers")).to_be_visible()
        yield shown


def language(page: Page, name: str) -> Locator:
    return page.locator(".lang").filter(has=page.get_by_role("heading", name=name, exact=True))


def rules(page: Page, call: str, *values: Any) -> Any:
    script = f"async (a) => {{ const m = await import(document.querySelector('script[type=module]').src.replace('main', 'numbers')); return {call}; }}"  # noqa: E501
    return page.evaluate(script, list(values))


# -- what is shown ---------------------------------------------------------------------------------------------


def test_the_bound_stands_beside_the_target_with_its_labels(page: Page) -> None:
    danish = language(page, "Danish")
    expect(danish).to_contain_text("Certified")
    expect(danish).to_contain_text("At most 1.7% wrong, with 95% confidence", ignore_case=True)
    expect(danish).to_contain_text("0 wrong of 176 that had no part in choosing the threshold")
    expect(danish.get_by_role("definition")).to_have_text(["at most 2% as all languages", "80%", "264, 0 wrong"])
    expect(danish.get_by_role("img")).to_have_attribute(
        "aria-label", "At most 1.7% of the answers are wrong, with 95% confidence. The target is 2%."
    )
    expect(page.get_by_text("Proved in 1 of 4 languages.")).to_be_visible()


def test_without_enough_labels_it_says_how_many_more(page: Page) -> None:
    expect(language(page, "Norwegian Bokmål")).to_contain_text("Not yet certified: about 214 more labels")
    nynorsk = language(page, "Norwegian Nynorsk")
    expect(nynorsk).to_contain_text("No labels at this threshold yet.")
    expect(nynorsk.get_by_role("definition").last).to_have_text("none yet")


def test_a_bound_within_the_target_that_is_no_proof_yet_says_why(browser: Browser, made: Office) -> None:
    made.reports[2].update(proof={"answered": 361, "wrong": 2, "bound": 0.0173})
    with opened(browser, made) as page:
        expect(language(page, "Norwegian Bokmål")).to_contain_text(
            "Within the target so far. A proof is tried only now"
        )
        expect(language(page, "Danish")).not_to_contain_text("Within the target so far")
        expect(language(page, "Swedish")).not_to_contain_text("Within the target so far")


def test_drift_and_a_check_without_a_target_have_their_words(browser: Browser, made: Office) -> None:
    made.reports[1]["last_step"] = made.checks[0]["step"] = "drifted"
    made.checks[1].update(step="watched", target=None, labels=12)
    with opened(browser, made) as page:
        expect(language(page, "Swedish")).to_contain_text("More wrong than the target")
        expect(language(page, "Swedish")).to_contain_text("moved from 80% to 86% by itself")
        rows = page.locator(".checks tbody tr")
        expect(rows.nth(0)).to_contain_text("Lately more wrong than 5%")
        expect(rows.nth(1)).to_contain_text("No target set")
        expect(rows.nth(1)).to_contain_text("on 12 new labels")


def test_a_threshold_that_moved_by_itself_is_told_where_it_counts_and_in_the_checks(page: Page) -> None:
    swedish = language(page, "Swedish")
    expect(swedish).to_contain_text("More wrong than the target: about 62 more labels")
    expect(swedish).to_contain_text("The threshold moved from 80% to 86% by itself")
    table = page.get_by_role("table").filter(has_text="Certainty off by")
    rows = table.get_by_role("row")
    expect(rows).to_have_count(5)
    expect(rows.nth(1)).to_contain_text("More wrong than 5%")
    expect(rows.nth(1)).to_contain_text("From 80% to 86%")
    expect(rows.nth(1)).to_contain_text("11.2 points, too sure")
    expect(page.get_by_text("1 threshold below moved by itself.")).to_be_visible()


def test_labels_that_no_threshold_could_have_kept_begin_anew_without_a_move(browser: Browser, made: Office) -> None:
    made.checks[0]["threshold"] = 0.8
    with opened(browser, made) as page:
        expect(language(page, "Swedish")).to_contain_text("No higher threshold would have")
        expect(page.locator(".check--moved")).to_have_count(1)
        expect(page.get_by_text("moved by itself.")).to_have_count(0)


def test_how_well_certainty_fits_is_a_fold_away(page: Page) -> None:
    fold = language(page, "Danish").locator("details")
    table = fold.get_by_role("table")
    expect(table).to_be_hidden()
    fold.locator("summary").press("Enter")
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table.get_by_role("row").nth(1)).to_contain_text("80% to 90%")
    expect(fold).to_contain_text("It is right 4.8 points more often than it says.")


def test_contradictions_lead_to_their_chats(page: Page) -> None:
    row = page.locator(".torn")
    expect(row.get_by_role("listitem")).to_have_text(["Maja Kjærgaard: wrong", "Customer: it helped"])
    expect(row).to_contain_text("Counts as wrong")
    expect(row.get_by_role("link", name="Returret og bytte", exact=True)).to_be_visible()
    expect(row.get_by_role("link", name="Open the chat")).to_have_attribute("href", "/console#/chat/8b1f")
    expect(row.get_by_role("link", name=re.compile("Open the chat.*Returret og bytte"))).to_be_visible()


@pytest.mark.parametrize(
    ("text", "share"),
    [("2", 0.02), ("1,5 %", 0.015), (" 0.1 ", 0.001), ("0.05", None), ("60", None), ("", None), ("two", None)],
)
def test_a_percentage_is_read_as_people_write_it(page: Page, text: str, share: float | None) -> None:
    found = rules(page, "m.shareIn(a[0])", text)
    assert found == (share if share is None else pytest.approx(share))


def test_the_bar_has_room_for_bound_and_target(page: Page) -> None:
    report = {"proof": {"answered": 41, "wrong": 4, "bound": 0.2119}, "target": 0.05}
    bar = rules(page, "m.barOf(a[0])", report)
    assert (bar["end"], bar["target"]) == (0.5, pytest.approx(10))
    assert 0 < bar["rate"] < bar["bound"] < 100
    nothing = {"proof": {"answered": 0, "wrong": 0, "bound": None}, "target": None}
    assert rules(page, "m.barOf(a[0])", nothing) == {"end": 0.02, "rate": 0, "bound": 0, "target": None}


# -- what is set -----------------------------------------------------------------------------------------------


def test_a_target_is_chosen_for_one_language(page: Page, made: Office) -> None:
    change = page.get_by_role("button", name="Change the target for Norwegian Bokmål")
    change.click()
    dialog = page.get_by_role("dialog", name="Norwegian Bokmål: at most how many answers may be wrong?")
    expect(dialog.get_by_role("radio", name="As all languages, at most 2%")).to_be_checked()
    expect(dialog).to_contain_text("about 480 more labels until it can be proved")
    dialog.get_by_role("radio", name="at most 5%", exact=False).check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(change).to_be_focused()
    expect(language(page, "Norwegian Bokmål").get_by_role("definition").first).to_have_text("at most 5%")
    assert made.told == [("certainty/lyngvidde/target", {"language": "nb", "wrong_at_most": 0.05})]


def test_a_number_of_ones_own_for_all_languages_is_checked_first(page: Page, made: Office) -> None:
    page.get_by_role("button", name="Change", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("No promise: it answers from 80%.")
    expect(dialog).to_contain_text("Another target is another proof, so it begins anew.")
    field = dialog.get_by_label("At most, in percent")
    field.fill("70")
    field.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("Write a number from 0.1 to 50.")
    expect(field).to_be_focused()
    expect(dialog.get_by_role("radio", name="Another number")).to_be_checked()
    field.fill("1,5")
    field.press("Enter")
    expect(dialog).to_have_count(0)
    assert made.told == [("certainty/lyngvidde/target", {"language": "", "wrong_at_most": 0.015})]


def test_a_fine_target_is_shown_whole_and_kept_where_nothing_is_changed(browser: Browser, made: Office) -> None:
    for each in made.reports:
        each.update(target=0.0025, site_target=0.0025)
    with opened(browser, made) as page:
        expect(language(page, "Danish").get_by_role("definition").first).to_have_text("at most 0.25% as all languages")
        page.get_by_role("button", name="Change", exact=True).click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_label("At most, in percent")).to_have_value("0.25")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
    assert made.told == []


def test_the_careful_default_can_be_had_back_and_a_failure_keeps_the_dialog(page: Page, made: Office) -> None:
    page.get_by_role("button", name="Change", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="the careful default").check()
    made.away = True
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(dialog.get_by_role("radio", name="the careful default")).to_be_checked()
    made.away = False
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert made.told[-1] == ("certainty/lyngvidde/target", {"language": "", "wrong_at_most": None})


def test_shadow_mode_asks_before_it_changes_who_answers(page: Page, made: Office) -> None:
    switch = page.get_by_role("switch")
    expect(switch).to_be_checked()
    switch.click()
    expect(switch).to_be_checked()
    page.get_by_role("button", name="Cancel").click()
    assert made.told == []
    switch.press("Space")
    page.get_by_role("button", name="Let it answer").click()
    expect(switch).not_to_be_checked()
    expect(page.get_by_role("status").filter(has_text="The assistant answers customers now")).to_have_count(1)
    assert made.told == [("certainty/lyngvidde/shadow", {"on": False})]


def test_what_it_would_have_said_stands_beside_what_people_did(page: Page) -> None:
    card = page.get_by_role("region", name="Shadow mode")
    expect(card).to_contain_text("214 questions: it would have")
    expect(card).to_contain_text("sent the same article61 46.6%")
    expect(card).to_contain_text("Colleagues marked 13 of its silent answers: 12 right, 1 wrong.")
    first = card.locator(".trial").first
    expect(first).to_contain_text("answered: Returret og bytte 93%")
    expect(first).to_contain_text("marked right")
    expect(first.get_by_role("link")).to_have_attribute("href", f"/console#/chat/c{len(SALE)}")


def test_there_is_more_of_both_on_request(browser: Browser, made: Office) -> None:
    made.checks = [check("da", f"2026-11-{day:02}T04:00:00Z", "kept") for day in range(28, 0, -1)]
    made.shadow["latest"] = [compared(f"Spørgsmål {'x' * n}?", "hand_over", "", 0.0, "nothing") for n in range(30)]
    with opened(browser, made) as page:
        checks, silent = (page.get_by_role("region", name=name) for name in ("Checks", "Shadow mode"))
        expect(checks.get_by_role("row")).to_have_count(11)
        checks.get_by_role("button", name="Show more").click()
        expect(checks.get_by_role("row")).to_have_count(29)
        silent.get_by_role("button", name="Show more").click()
        expect(silent.locator(".trial")).to_have_count(30)


# -- states ----------------------------------------------------------------------------------------------------


def test_another_site_has_its_own_numbers_and_address(page: Page, made: Office) -> None:
    made.shadow = {"on": False, "decided": 0, "latest": []}
    page.get_by_role("combobox", name="Site").select_option("outlet")
    expect(language(page, "English")).to_contain_text("No target")
    assert page.url.endswith("#/outlet")
    page.reload()
    expect(language(page, "English")).to_be_visible()
    expect(page.get_by_text("The assistant of Lyngvidde Outlet only watches")).to_be_visible()


def test_an_address_that_names_no_site_shows_the_first(browser: Browser, made: Office) -> None:
    with opened(browser, made, "/certainty#/%") as page:
        expect(page.get_by_role("heading", name="Wrong answers")).to_be_visible()
        expect(language(page, "Danish")).to_be_visible()


def test_only_directors_see_it_and_others_are_not_led_here(browser: Browser, made: Office) -> None:
    made.role = "agent"
    with opened(browser, made) as page:
        expect(page.get_by_text("This page is for the service director")).to_be_visible()
        expect(page.get_by_role("navigation").get_by_role("link", name="Certainty")).to_have_count(0)
        expect(page.get_by_role("navigation").get_by_role("link", name="Knowledge")).to_be_visible()


def test_before_the_first_numbers_and_without_any(browser: Browser, made: Office) -> None:
    made.hold, made.sites = True, []
    with opened(browser, made) as page:
        expect(page.locator(".skelcard")).to_have_count(3)
        made.release()
        expect(page.get_by_text("No site yet")).to_be_visible()
        expect(page.locator(".skelcard")).to_have_count(0)


def test_a_server_that_is_away_is_told_and_tried_again(browser: Browser, made: Office) -> None:
    made.away = True
    with opened(browser, made) as page:
        page.get_by_role("button", name="Try again").click(timeout=15_000)
        made.away = False
        expect(page.get_by_role("status").filter(has_text="The server did not manage that.")).to_be_visible()
        page.get_by_role("button", name="Try again").click(timeout=15_000)
        expect(language(page, "Danish")).to_be_visible()
        made.away = True
        page.evaluate("Date.now = () => performance.timeOrigin + 9e6")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.get_by_text("What you see is from")).to_be_visible(timeout=15_000)
        expect(language(page, "Danish")).to_be_visible()


def test_on_a_phone_nothing_is_cut_off(browser: Browser, made: Office) -> None:
    with opened(browser, made, viewport={"width": 320, "height": 640}) as page:
        expect(language(page, "Swedish")).to_be_visible()
        cut = """[...document.querySelectorAll(".page *")].filter((each) => each.scrollWidth > each.clientWidth + 1
            && !["inline", "-webkit-box"].includes(getComputedStyle(each).display) && !each.closest(".sd-sr")
            && each.clientWidth).map((each) => each.className || each.tagName)"""
        assert page.evaluate(cut) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_it_speaks_the_readers_language(browser: Browser, made: Office) -> None:
    with opened(browser, made) as page:
        page.get_by_role("button", name="Settings", exact=True).click()
        page.get_by_label("Language").select_option("nn")
        page.keyboard.press("Escape")
        expect(page.get_by_role("heading", name="Sikre svar")).to_be_visible()
        expect(language(page, "Dansk")).to_contain_text(re.compile("Bevist.*høgst", re.DOTALL | re.IGNORECASE))

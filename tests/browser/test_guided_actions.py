"""Guided actions in the widget of the demo: an order looked up, a call asked for, a question in between, a stop."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from bot.actions.words import say as words
from tests.browser.conftest import Demo, complaints
from tests.browser.test_whole_way import open_widget, say

expect.set_options(timeout=10_000)


def test_an_order_is_looked_up_with_a_question_in_between(demo: Demo, customer: BrowserContext) -> None:
    page = customer.new_page()
    faults = complaints(page)
    panel = open_widget(page, demo.shop)
    say(page, panel, "Hvor er min pakke?")
    expect(panel.get_by_text(words("ask_order_number", "da"))).to_be_visible()
    say(page, panel, "10042")
    expect(panel.get_by_text(words("ask_email", "da"))).to_be_visible()
    say(page, panel, "Hvad koster det at sende retur?")
    expect(panel.locator("a[href*='/help/da/how-to-return']")).to_be_visible()
    expect(panel.get_by_text(words("ask_email", "da"))).to_have_count(2)
    say(page, panel, "kim@kunde.example")
    expect(panel.get_by_text(re.compile("10042 er på vej"))).to_be_visible()
    assert faults == []


@pytest.mark.parametrize(
    ("language", "question", "phone", "topic"),
    [
        ("da", "Har I et telefonnummer?", "20 30 40 50", "om en revne i mit telt"),
        ("sv", "Vad har ni för telefonnummer?", "0701 23 45 67", "en reva i mitt tält"),
        ("nb", "hva er telefonnummeret deres", "+47 412 34 567", "en flenge i teltet mitt"),
        ("en", "whats your telephone nr", "+358 40 123 4567", "a tear in my tent"),
    ],
)
def test_a_call_is_asked_for(
    demo: Demo, customer: BrowserContext, language: str, question: str, phone: str, topic: str
) -> None:
    page = customer.new_page()
    panel = open_widget(page, demo.shop)
    say(page, panel, question)
    expect(panel.locator(f"a[href*='/help/{language}/call-me-back']")).to_be_visible()
    expect(panel.get_by_text(words("ask_phone", language))).to_be_visible()
    say(page, panel, phone)
    expect(panel.get_by_text(words("ask_call_topic", language))).to_be_visible()
    say(page, panel, topic)
    noted = words("call_back_made", language, phone="@", case="@").split("@")[0].strip()
    expect(panel.get_by_text(re.compile(re.escape(noted)))).to_be_visible()


def test_a_form_is_stopped_in_a_word(demo: Demo, customer: BrowserContext) -> None:
    page = customer.new_page()
    panel = open_widget(page, demo.shop)
    say(page, panel, "Hvor er min pakke?")
    expect(panel.get_by_text(words("ask_order_number", "da"))).to_be_visible()
    say(page, panel, "afbryd")
    expect(panel.get_by_text(words("stopped", "da"))).to_be_visible()

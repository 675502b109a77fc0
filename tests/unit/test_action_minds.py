"""Values as people in the North write them; what stops a form, and what takes back what was said before."""

from __future__ import annotations

import pytest

from bot.actions import told
from bot.actions.forms import FormState
from bot.actions.minds import takes_back, wants_to_stop
from bot.actions.slots import email, order_number, phone
from conversation.events import Decided, HandoffAsked, Noted, Reason

STATE = FormState("order_status_form", {"order_number": "10042"}, "email", began=3)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("+45\u00a012\u00a034\u00a056\u00a078", "+4512345678"),
        ("+46 (0)70-123 45 67", "+46701234567"),
        ("+46 070 123 45 67", "+46701234567"),
        ("+47 41 23 45 67", "+4741234567"),
        ("0045 12345678", "+4512345678"),
        ("+45 12 34 56", None),
        ("+47 412 34 56", None),
        ("070\u2011123 45 67", "0701234567"),
        ("2026-11-23", None),
        ("03.05.2024", None),
        ("ikke 12345678, men 87654321", "87654321"),
        ("12345678 eller 87654321", None),
    ],
)
def test_phone_numbers_as_they_are_written_in_the_north(text: str, found: str | None) -> None:
    assert phone(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10 042", "10042"),
        ("LF\u201310042", "LF-10042"),
        ("i går", None),
        ("3. maj 2024", None),
        ("not 10043 but 10042", "10042"),
        ("10042, ikke 10043", "10042"),
        ("inte 10043 utan 10042", "10042"),
    ],
)
def test_order_numbers_as_they_are_written(text: str, found: str | None) -> None:
    assert order_number(text) == found


@pytest.mark.parametrize("text", ["kim snabel-a kunde.example", "kim (at) kunde.example", "kim\uff20kunde.example"])
def test_addresses_of_mail_as_they_are_written(text: str) -> None:
    assert email(text) == "kim@kunde.example"


@pytest.mark.parametrize(
    "text",
    [
        "no thanks",
        "Sorry, I don't want to do this anymore",
        "let's stop",
        "nej tak",
        "jeg gider ikke mere",
        "Jeg vil gerne stoppe nu",
        "nej, jag vill inte längre",
        "Jag ger upp",
        "nei takk",
        "jeg vil ikke likevel",
        "eg vil ikkje meir",
        "Lat vere, takk",
    ],
)
def test_a_wish_to_stop_in_other_words(text: str) -> None:
    assert wants_to_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "I changed my mind",
        "Jeg har fortrudt",
        "Jag ångrade mig",
        "Jeg ombestemte meg",
        "Eg ombestemte meg",
        "I don't want this anymore",
        "I do not want this",
        "Not interested anymore",
        "Skal ikke bruge det alligevel",
    ],
)
def test_a_change_of_mind_is_a_reason_for_a_return(text: str) -> None:
    assert wants_to_stop(text, "order_number")
    assert not wants_to_stop(text, "return_reason")


HELD = {"order_number": "10043", "email": "kim@kunde.example"}


@pytest.mark.parametrize(
    ("text", "asked", "found"),
    [
        ("no wait, the order number is 10042", "email", {"order_number": "10042"}),
        ("nej vent, ordrenummeret er 10042", "email", {"order_number": "10042"}),
        ("nej förlåt, det ska vara 10042", "email", {"order_number": "10042"}),
        ("feil nummer, det er 10042", "email", {"order_number": "10042"}),
        ("nei, ikkje 10043, men 10042", "email", {"order_number": "10042"}),
        ("10043 was wrong, it is 10042", "email", {"order_number": "10042"}),
        ("10042", "email", {"order_number": "10042"}),
        ("10043", "email", {"order_number": "10043"}),
        ("nej, det andet nummer", "email", {"order_number": None}),
        ("jag skrev fel ordernummer", "return_reason", {"order_number": None}),
        ("wait, the order number is 1234", "return_reason", {"order_number": "1234"}),
        ("sorry, my mail is astrid@kunde.example", "return_reason", {"email": "astrid@kunde.example"}),
        ("kim@kunde.example", "email", {}),
        ("10043 and kim@kunde.example", "email", {}),
        ("no, order 10042, and kim@kunde.example", "email", {"order_number": "10042"}),
        ("The zip of order 10042 broke, too", "return_reason", {}),
        ("They sent the wrong number of socks", "complaint", {}),
        ("My order is wrong", "complaint", {}),
        ("Købt i 20240, virker ikke", "complaint", {}),
        ("köpt 20230, fungerar inte längre", "complaint", {}),
        ("Kjøpt 20240, virker ikke", "complaint", {}),
        ("kjøpt 20240, verkar ikkje", "complaint", {}),
        ("Wrong item, I wanted 44321", "return_reason", {}),
        ("Nej vent, Storgade 12, 8000 Aarhus", "new_address", {}),
        ("that was the wrong order number", "complaint", {"order_number": None}),
        ("Storgata 5, 0155 Oslo", "new_address", {}),
        ("10042", "new_address", {"order_number": "10042"}),
        ("astrid@kunde.example", "return_reason", {"email": "astrid@kunde.example"}),
        ("it broke after 2 weeks", "complaint", {}),
        ("hello there", "email", {}),
        ("Lynlåsen virker ikke, købt i 2024", "email", {}),
        ("dragkedjan på modell 20456 fungerar inte längre", "email", {}),
        ("glidelåsen på modell 20456 virker ikke", "email", {}),
        ("glidelåsen på modell 20456 verkar ikkje", "email", {}),
        ("sorry, I bought it in 2024", "email", {}),
        ("it is 10042", "email", {"order_number": "10042"}),
        ("ordrenummeret er 2024", "email", {"order_number": "2024"}),
    ],
)
def test_what_is_taken_back(text: str, asked: str, found: dict[str, str | None]) -> None:
    held = {slot: value for slot, value in HELD.items() if slot != asked}
    assert takes_back(text, held, asked) == found


def test_agents_are_told_where_something_may_have_been_done() -> None:
    decided = Decided(3, "hand_over", 0.8, form=STATE.to_data() | {"acted": True, "name": "return_form"})
    notes = told.with_form(3, "en", HandoffAsked(Reason.ACTION_FAILURE), decided, None)
    assert isinstance(notes[-1], Noted)
    assert notes[-1].text.endswith(told.WORDS["uncertain"]["en"])
    only_looks = Decided(3, "hand_over", 0.8, form=STATE.to_data() | {"acted": True})
    assert "look there" not in str(told.with_form(3, "en", HandoffAsked(Reason.ACTION_FAILURE), only_looks, None)[-1])

"""What a message holds for a form, what rasa events do to its state, and that every language has every sentence."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import told, words
from bot.actions.besides import has_none, is_question, is_reproach, may_ask
from bot.actions.forms import FORMS, ROUNDS, SLOTS, FormState, apply, domain, form_of
from bot.actions.minds import wants_to_stop
from bot.actions.slots import address, email, order_number, phone
from bot.actions.slots import words as in_words

LANGUAGES = ("en", "da", "sv", "nb", "nn")
STATE = FormState("order_status_form", {"order_number": "10042"}, "email", began=3)


@pytest.mark.parametrize("table", [words.WORDS, told.WORDS])
def test_every_sentence_in_every_language_with_the_same_values(table: dict[str, dict[str, str]]) -> None:
    for name, sentences in table.items():
        assert tuple(sentences) == LANGUAGES, name
        fields = {tuple(sorted(f for _, f, _, _ in Formatter().parse(text) if f)) for text in sentences.values()}
        assert len(fields) == 1, name


def test_the_forms_have_their_sentences() -> None:
    for form in FORMS.values():
        assert f"begin_{form.name}" in words.WORDS
        assert f"form_{form.name}" in told.WORDS
    for slot in SLOTS:
        assert f"ask_{slot}" in words.WORDS
        assert f"name_{slot}" in told.WORDS
    assert set(domain()["forms"]) == set(FORMS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10042", "10042"),
        ("lf-10042", "LF-10042"),
        ("LF10042.", "LF-10042"),
        ("Mit ordrenummer er #10042!", "10042"),
        ("ordre nr10042", "10042"),
        ("kim10042@kunde.example", None),
        ("10042 eller 10043", None),
        ("10042 og igen 10042", "10042"),
        ("2026-11-23", None),
        ("1.299,00", None),
        ("123", None),
        ("1234567890123", None),
        ("", None),
    ],
)
def test_order_numbers(text: str, found: str | None) -> None:
    assert order_number(text) == found


def test_four_digits_are_an_order_number_only_where_it_was_asked_for() -> None:
    assert order_number("4711") == "4711"
    assert order_number("Bought in 2025", whole=False) is None
    assert order_number("10042", whole=False) == "10042"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Kim@Kunde.Example", "kim@kunde.example"),
        ("it is <kim@kunde.example>.", "kim@kunde.example"),
        ("kim@kunde.example?", "kim@kunde.example"),
        ("sørine@blåbær.example", "sørine@blåbær.example"),
        ("kim@kunde", None),
        ("kim at kunde.example", None),
        ("a@b.example or c@d.example", None),
    ],
)
def test_addresses_of_mail(text: str, found: str | None) -> None:
    assert email(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("+45 12 34 56 78", "+4512345678"),
        ("0046 70-123 45 67", "+46701234567"),
        ("ring på 12345678 tak", "12345678"),
        ("(070) 123 45 67", "0701234567"),
        ("12345", None),
        ("123456789012345678", None),
        ("efter kl. 14", None),
    ],
)
def test_phone_numbers(text: str, found: str | None) -> None:
    assert phone(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Storgata 5\n0155 Oslo", "Storgata 5, 0155 Oslo"),
        ("Vestergade 12, 2. tv., 8000 Aarhus C", "Vestergade 12, 2. tv., 8000 Aarhus C"),
        ("Storgatan 5, 114 55 Stockholm", "Storgatan 5, 114 55 Stockholm"),
        ("Storgata, 0155 Oslo", None),
        ("Storgata 5", None),
        ("0155 Oslo", None),
        ("Storgata 5, 0155", None),
        ("Storgata 5, 0155 Oslo " + "x" * 300, None),
    ],
)
def test_postal_addresses(text: str, found: str | None) -> None:
    assert address(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Cancel",
        "never mind!",
        "STOP",
        "afbryd",
        "Glem det.",
        "Avbryt",
        "glöm det",
        "Gløym det",
        "nej, glem det",
        "stopp",
    ],
)
def test_a_wish_to_stop(text: str) -> None:
    assert wants_to_stop(text)


@pytest.mark.parametrize(
    "text", ["Can I cancel my order?", "afbryd min ordre", "The zip stops halfway", "10042", "", "Glem det ikke"]
)
def test_no_wish_to_stop(text: str) -> None:
    assert not wants_to_stop(text)


QUESTIONS = """
    Hvad koster fragten; what does it cost; Kor lang tid tek det; kan jeg betale senere?; korsen betale æ;
    hvor lang tid tar det; how long does delivery take; hva med frakt; og hvad koster fragt; hej, hur lång tid tar det;
    kva med frakt; men hvordan betaler jeg; åssen får jeg penga tilbake; koffer må dokker ha det
    """
MAYBE = """
    ka koste det å sende tel Tromsø; is shipping free; va kostar frakten; kan man betala med swish; når åpner dere;
    koster det noget; finns det studentrabatt; do you ship to Finland; er det gratis; kostar det noko; har I åbent;
    var ligger butiken; ka man betale med mobilepay; ke tid opnar de
    """
STATEMENTS = """
    Kan ikke lynes op længere; Is broken at the seam; 10042; Var trasig när den kom; När jag öppnade den var den sönder;
    Da jeg pakkede den ud manglede der en pind; Ka ikke lynes; min mail er kim at kunde
    """


def each(block: str) -> list[str]:
    return [" ".join(one.split()) for one in block.split(";")]


@pytest.mark.parametrize("text", each(QUESTIONS))
def test_questions(text: str) -> None:
    assert is_question(text)
    assert may_ask(text)


@pytest.mark.parametrize("text", each(MAYBE))
def test_what_is_a_question_only_where_no_sentence_is_wanted(text: str) -> None:
    assert not is_question(text)
    assert may_ask(text)


@pytest.mark.parametrize("text", each(STATEMENTS))
def test_statements(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize("text", ["10042", "kim at kunde", "storgata 5", "ok", "", "?" * 0])
def test_tries_at_an_answer_ask_nothing(text: str) -> None:
    assert not may_ask(text)


@pytest.mark.parametrize(
    ("text", "reproach"),
    [
        ("Why did the sole come off?", True),
        ("hvordan kan sålen falde af efter to uger", True),
        ("varför går den sönder", True),
        ("korleis kan han ryke", True),
        ("hvordan kan jeg få pengene tilbage", False),
        ("how can I get my money", False),
        ("hva koster frakten", False),
        ("", False),
    ],
)
def test_a_reproach_asks_only_in_form(text: str, reproach: bool) -> None:
    assert is_reproach(text) is reproach


NONE_OF_IT = """
    I don't know; I can't find it; I never got one; det ved jeg ikke; jeg har ikke noget ordrenummer; jeg har smidt
    mailen ud, kan ikke finde den; det vet jag inte; jag hittar inte mejlet; jag har inget ordernummer; vet ikke; jeg
    finner ikke nummeret; husker det ikke; det veit eg ikkje; eg finn ikkje nummeret; eg har ikkje noko nummer
    """


@pytest.mark.parametrize("text", each(NONE_OF_IT))
def test_somebody_has_none(text: str) -> None:
    assert has_none(text)


@pytest.mark.parametrize("text", ["10042", "jeg har ikke modtaget min pakke", "kim at home", "I have it here: 10042"])
def test_somebody_may_have_one(text: str) -> None:
    assert not has_none(text)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    for read in (order_number, email, phone, address, in_words):
        found = read(text)
        assert found is None or (isinstance(found, str) and found and "\x00" not in found)
    assert isinstance(wants_to_stop(text) or is_question(text), bool)


@pytest.mark.timeout(30)  # far beyond what it takes; a pattern that tries every way takes minutes
def test_no_text_takes_long_to_read() -> None:
    for filling in ("a@", "a@a.", "x", "1", "1-", "a.", "+45 ", "x@" + "a." * 95, "kim@kunde.example;"):
        text = filling * (20_000 // len(filling))
        assert order_number(text) is None
        assert phone(text) in (None, "1" * 12)
        assert email(text) == ("kim@kunde.example" if filling.startswith("kim") else None)


# -- the five kinds of events ------------------------------------------------------------------------------


def test_slots_are_set_and_emptied() -> None:
    state = apply(STATE, [{"event": "slot", "name": "email", "value": "kim@kunde.example"}])
    assert state.slots == {"order_number": "10042", "email": "kim@kunde.example"}
    assert state.missing == ""
    assert apply(state, [{"event": "slot", "name": "order_number", "value": None}]).missing == "order_number"
    assert (
        apply(STATE, [{"event": "slot", "name": "requested_slot", "value": "order_number"}]).requested == "order_number"
    )
    assert apply(STATE, [{"event": "slot", "name": "of_nobody", "value": "x"}]) == STATE
    assert STATE.slots == {"order_number": "10042"}


def test_all_slots_are_reset() -> None:
    state = apply(STATE, [{"event": "reset_slots"}])
    assert (state.slots, state.requested, state.open) == ({}, "", True)


def test_the_loop_ends_and_begins() -> None:
    assert not apply(STATE, [{"event": "active_loop", "name": None}]).open
    other = apply(STATE, [{"event": "active_loop", "name": "return_form"}])
    assert (other.name, other.slots, other.missing) == ("return_form", {"order_number": "10042"}, "email")
    assert apply(STATE, [{"event": "active_loop", "name": "of_nobody"}]) == STATE


def test_a_followup_begins_a_form_again_but_not_for_ever() -> None:
    state = STATE
    for _ in range(ROUNDS - 1):
        state = apply(state, [{"event": "followup", "name": "order_status_form"}])
        assert state.open
    state = apply(state, [{"event": "followup", "name": "order_status_form"}])
    assert (state.open, state.handed) == (False, True)
    assert apply(STATE, [{"event": "followup", "name": "action_listen"}]) == STATE


def test_a_pause_is_a_person() -> None:
    state = apply(STATE, [{"event": "pause"}])
    assert (state.open, state.handed) == (False, True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([*FORMS, *SLOTS, "requested_slot", "x"]) | JSON
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "event": st.sampled_from(["slot", "reset_slots", "active_loop", "followup", "pause", "rewind", "bot"]),
            "name": NAMES,
            "value": NAMES,
        }
    ),
    max_size=12,
)


@given(EVENTS)
def test_whatever_comes_the_state_is_one_and_survives_the_log(events: list[dict[str, Any]]) -> None:
    state = apply(STATE, events)
    assert state.name in FORMS
    assert set(state.slots) <= set(SLOTS)
    assert state.requested in ("", *SLOTS)
    back = form_of(state.to_data())
    assert back == (replace(state, handed=False) if state.open else None)


@given(JSON)
def test_whatever_stands_in_the_log_is_a_form_or_none(data: Any) -> None:
    assert form_of(data) is None
    assert form_of({**STATE.to_data(), "slots": data}) is None or isinstance(data, dict)
    assert form_of({**STATE.to_data(), "began": data}) is None or isinstance(data, int)

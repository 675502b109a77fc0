"""What of a form goes into the log beside the assistant's turn: words before a handover, and what agents see. Pure."""

from __future__ import annotations

from typing import Any

from bot.actions.forms import SLOTS, FormState
from conversation.events import Decided, Event, HandoffAsked, Noted, Reason, Remarked

NAME = "Svardesk"
ONLY_LOOKS = frozenset({"order_status_form"})  # asked twice, it tells the same

# Words for agents, in the language of the chat.
WORDS: dict[str, dict[str, str]] = {
    "collected": {
        "en": "The assistant had collected:",
        "da": "Assistenten havde indsamlet:",
        "sv": "Assistenten hade samlat in:",
        "nb": "Assistenten hadde samlet inn:",
        "nn": "Assistenten hadde samla inn:",
    },
    "uncertain": {
        "en": "The shop's system failed on it: look there whether it was done before you do it again.",
        "da": "Butikkens system fejlede undervejs: Se dér, om det blev gjort, før du gør det igen.",
        "sv": "Butikens system svarade inte som det ska: se efter där om det blev gjort innan du gör det igen.",
        "nb": "Butikkens system feilet underveis: Se der om det ble gjort, før du gjør det igjen.",
        "nn": "Systemet til butikken feila undervegs: Sjå der om det vart gjort, før du gjer det igjen.",
    },
    "name_order_number": {
        "en": "Order number",
        "da": "Ordrenummer",
        "sv": "Ordernummer",
        "nb": "Ordrenummer",
        "nn": "Ordrenummer",
    },
    "name_email": {"en": "E-mail", "da": "Mail", "sv": "Mejl", "nb": "E-post", "nn": "E-post"},
    "name_phone": {"en": "Phone", "da": "Telefon", "sv": "Telefon", "nb": "Telefon", "nn": "Telefon"},
    "name_call_topic": {"en": "About", "da": "Drejer sig om", "sv": "Gäller", "nb": "Gjelder", "nn": "Gjeld"},
    "name_return_reason": {
        "en": "Reason for the return",
        "da": "Grund til returnering",
        "sv": "Skäl till returen",
        "nb": "Grunn til returen",
        "nn": "Grunn til returen",
    },
    "name_complaint": {
        "en": "Complaint",
        "da": "Reklamation",
        "sv": "Reklamation",
        "nb": "Reklamasjon",
        "nn": "Reklamasjon",
    },
    "name_new_address": {
        "en": "New address",
        "da": "Ny adresse",
        "sv": "Ny adress",
        "nb": "Ny adresse",
        "nn": "Ny adresse",
    },
    "form_order_status_form": {
        "en": "Order status",
        "da": "Ordrestatus",
        "sv": "Orderstatus",
        "nb": "Ordrestatus",
        "nn": "Ordrestatus",
    },
    "form_return_form": {"en": "Return", "da": "Returnering", "sv": "Retur", "nb": "Retur", "nn": "Retur"},
    "form_complaint_form": {
        "en": "Complaint",
        "da": "Reklamation",
        "sv": "Reklamation",
        "nb": "Reklamasjon",
        "nn": "Reklamasjon",
    },
    "form_call_back_form": {
        "en": "Call back",
        "da": "Opringning",
        "sv": "Uppringning",
        "nb": "Oppringning",
        "nn": "Oppringing",
    },
    "form_address_form": {
        "en": "Change of address",
        "da": "Ændring af adresse",
        "sv": "Ändring av adress",
        "nb": "Endring av adresse",
        "nn": "Endring av adresse",
    },
}


def _say(name: str, language: str) -> str:
    return WORDS[name].get(language, WORDS[name]["en"])


def with_form(re: int, language: str, event: Event, decided: Decided, held: FormState | None) -> tuple[Event, ...]:
    """The turn's entries in order. `held`: the form that was open before it, for turns that broke half-way."""
    if not isinstance(event, HandoffAsked):
        return event, decided
    form: dict[str, Any] = decided.form or (held.to_data() if held is not None else {})
    said, slots = form.get("said", ""), form.get("slots", {})
    before = (Remarked(re, said, "form"),) if said else ()
    lines = [f"{_say(f'name_{slot}', language)}: {slots[slot]}" for slot in SLOTS if slots.get(slot)]
    if not lines:
        return *before, event, decided
    title = f"{_say('form_' + form['name'], language)}. {_say('collected', language)}"
    if form.get("acted") and event.reason is Reason.ACTION_FAILURE and form["name"] not in ONLY_LOOKS:
        lines.append(_say("uncertain", language))
    return *before, event, decided, Noted("", NAME, "\n".join((title, *lines)))

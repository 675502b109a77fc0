"""Forms: what each asks for, and how rasa events change the state of one that is being filled in. Pure.

The state stands in the log, in the entry `decided` of each turn: a second worker, a restart and a replay go on with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

TRIES = 3  # for the same question; then a person is better
ASIDES = 7  # questions in between without an answer to ours; then the form is let go
ROUNDS = 3  # how often an action may begin its form again (a wrong order number): more would be guessing
LONGEST = 2_000  # characters of a slot


@dataclass(frozen=True, slots=True)
class Form:
    """`slots` in the order in which they are asked for; `action` is run when all are filled."""

    name: str
    slots: tuple[str, ...]
    action: str


FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        Form("order_status_form", ("order_number", "email"), "action_order_status"),
        Form("return_form", ("order_number", "email", "return_reason"), "action_return"),
        Form("complaint_form", ("order_number", "email", "complaint"), "action_complaint"),
        Form("call_back_form", ("phone", "call_topic"), "action_call_back"),
        Form("address_form", ("order_number", "email", "new_address"), "action_change_address"),
    )
}
# What is said in the customer's own words: any sentence fits, so a question in between is known by its form alone.
IN_WORDS = frozenset({"return_reason", "complaint", "call_topic", "new_address"})
SLOTS = tuple(dict.fromkeys(slot for form in FORMS.values() for slot in form.slots))


def domain() -> dict[str, Any]:
    """What the actions may know of the assistant: the part of a Rasa domain about forms. A new one each time."""
    conditions = {slot: [{"active_loop": form.name} for form in FORMS.values() if slot in form.slots] for slot in SLOTS}
    slots = {
        slot: {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom", "conditions": where}]}
        for slot, where in conditions.items()
    }
    for name in ("language", "hours", "form_began"):
        slots[name] = {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]}
    return {
        "slots": slots,
        "forms": {form.name: {"required_slots": list(form.slots)} for form in FORMS.values()},
        "actions": [
            *(f"validate_{name}" for name in FORMS),
            *(f"action_ask_{slot}" for slot in SLOTS),
            *(form.action for form in FORMS.values()),
        ],
    }


@dataclass(frozen=True, slots=True)
class FormState:
    """A form that is being filled in. `began`: the message it began with, so that what is sent twice is known.

    `requested`: the slot that was asked for, "" before the first question and after the last answer. `handed`: an
    action has asked for a person.
    """

    name: str
    slots: Mapping[str, str] = field(default_factory=dict)
    requested: str = ""
    began: int = 0
    tries: int = 0
    asides: int = 0
    rounds: int = 0
    open: bool = True
    handed: bool = False

    @property
    def form(self) -> Form:
        return FORMS[self.name]

    @property
    def missing(self) -> str:
        """The next slot to ask for; "" when all are there."""
        return next((slot for slot in self.form.slots if not self.slots.get(slot)), "")

    def to_data(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "slots": dict(self.slots),
            "requested": self.requested,
            "began": self.began,
            "tries": self.tries,
            "asides": self.asides,
            "rounds": self.rounds,
            "open": self.open,
        }


def form_of(data: object) -> FormState | None:
    """The open form that `to_data` wrote; None for none, one that has ended, and one of a form that is no more."""
    if not isinstance(data, dict) or data.get("name") not in FORMS or data.get("open") is not True:
        return None
    slots, requested = data.get("slots"), data.get("requested")
    if not isinstance(slots, dict) or not isinstance(requested, str):
        return None
    known = {slot: value for slot, value in slots.items() if slot in SLOTS and isinstance(value, str)}
    numbers = {name: data.get(name, 0) for name in ("began", "tries", "asides", "rounds")}
    if not all(isinstance(number, int) for number in numbers.values()):
        return None
    return FormState(data["name"], known, requested, **numbers)


def apply(state: FormState, events: Iterable[Mapping[str, Any]]) -> FormState:
    """What rasa's events do to the state, one after the other: `slot`, `reset_slots`, `active_loop`, `followup` and
    `pause`. Other kinds are about rasa's own bookkeeping and change nothing here, nor do names that we do not know.
    """
    for event in events:
        match event.get("event"):
            case "slot":
                state = _set(state, event.get("name"), event.get("value"))
            case "reset_slots":
                state = replace(state, slots={}, requested="")
            case "active_loop":
                state = _loop(state, event.get("name"), again=False)
            case "followup":
                state = _loop(state, event.get("name"), again=True)
            case "pause":  # rasa's way to say that a person goes on
                state = replace(state, open=False, handed=True)
    return state


def _set(state: FormState, name: object, value: object) -> FormState:
    if name == "requested_slot":
        return replace(state, requested=value if isinstance(value, str) and value in SLOTS else "")
    if name not in SLOTS or not isinstance(name, str):
        return state
    slots = {slot: held for slot, held in state.slots.items() if slot != name}
    if value is not None and str(value).strip():
        slots[name] = str(value)[:LONGEST]
    return replace(state, slots=slots)


def _loop(state: FormState, name: object, again: bool) -> FormState:
    """None ends the form; a form's name begins it, or begins it once more."""
    if name is None and not again:
        return replace(state, open=False, requested="")
    if not isinstance(name, str) or name not in FORMS:
        return state
    rounds = state.rounds + again
    if rounds >= ROUNDS:
        return replace(state, open=False, handed=True, rounds=rounds)
    if name != state.name:
        shared = {slot: value for slot, value in state.slots.items() if slot in FORMS[name].slots}
        return FormState(name, shared, began=state.began, rounds=rounds)
    return replace(state, open=True, requested="", tries=0, rounds=rounds)

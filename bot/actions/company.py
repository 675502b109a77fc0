"""The actions and forms of a shop, as any rasa-sdk action server can load them: `--actions bot.actions.company`."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import ConversationPaused, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import slots as reading
from bot.actions.backend import Backend, BackendFailed, Declined, NoMatch, Order, backend_of_environment
from bot.actions.forms import FORMS, Form
from bot.actions.minds import READ, takes_back
from bot.actions.wants import address_in, reason_in, topic_in
from bot.actions.words import date as in_words
from bot.actions.words import say

Events = list[dict[str, Any]]


def _said(tracker: Tracker) -> str:
    return str((tracker.latest_message or {}).get("text") or "")


def _at_first(tracker: Tracker, read: Callable[[str], str | None]) -> Callable[[str], str | None] | None:
    """What is said in words is looked for in what the form begins with; later the whole message is the answer."""
    return None if tracker.slots.get("requested_slot") else read


def _language(tracker: Tracker) -> str:
    return str(tracker.slots.get("language") or "en")


# -- forms -----------------------------------------------------------------------------------------------------
# Abstract classes have an abstract method: the action server would else try to make instances of them.


class _Validation(FormValidationAction, ABC):  # type: ignore[misc]
    """What a message holds of what this form asks for. Instances keep nothing: all conversations share them."""

    @abstractmethod
    def name(self) -> str: ...

    async def get_extraction_events(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        """First what the message takes back of what was said before; then the answer to our question, if it has one."""
        held = {slot: tracker.slots.get(slot) for slot in FORMS[self.form_name()].slots}
        asked, text = str(tracker.slots.get("requested_slot") or ""), _said(tracker)
        anew = takes_back(text, held, asked) if asked else {}
        for slot, value in anew.items():
            if value is not None and value != held[slot]:
                dispatcher.utter_message(text=say(f"noted_{slot}", _language(tracker), value=value))
        events = [SlotSet(slot, value) for slot, value in anew.items()]
        tracker.slots.update(anew)
        if anew and (asked not in READ or READ[asked](text) is None):
            return events
        found: Events = await super().get_extraction_events(dispatcher, tracker, domain)
        return [*events, *found]

    # A slot that is filled stays so; one that nobody has asked for yet is taken only where it is plain to see.
    @staticmethod
    def _take(tracker: Tracker, slot: str, read: Callable[[str], str | None] | None) -> dict[str, Any]:
        text, asked = _said(tracker), tracker.slots.get("requested_slot") == slot
        if not text or (tracker.slots.get(slot) is not None and not asked):
            return {}
        found = read(text) if read is not None else None
        if found is not None:
            return {slot: found}
        return {slot: text} if asked else {}

    def extract_order_number(self, _d: CollectingDispatcher, tracker: Tracker, _domain: Any) -> dict[str, Any]:
        asked = tracker.slots.get("requested_slot") == "order_number"
        return self._take(tracker, "order_number", lambda text: reading.order_number(text, whole=asked))

    def extract_email(self, _d: CollectingDispatcher, tracker: Tracker, _domain: Any) -> dict[str, Any]:
        return self._take(tracker, "email", reading.email)

    def extract_phone(self, _d: CollectingDispatcher, tracker: Tracker, _domain: Any) -> dict[str, Any]:
        return self._take(tracker, "phone", reading.phone)

    def extract_new_address(self, _d: CollectingDispatcher, tracker: Tracker, _domain: Any) -> dict[str, Any]:
        return self._take(tracker, "new_address", _at_first(tracker, address_in))

    def extract_return_reason(self, _d: CollectingDispatcher, tracker: Tracker, _domain: Any) -> dict[str, Any]:
        return self._take(tracker, "return_reason", _at_first(tracker, reason_in))

    def extract_complaint(self, _d: CollectingDispatcher, tracker: Tracker, _domain: Any) -> dict[str, Any]:
        return self._take(tracker, "complaint", None)

    def extract_call_topic(self, _d: CollectingDispatcher, tracker: Tracker, _domain: Any) -> dict[str, Any]:
        return self._take(tracker, "call_topic", _at_first(tracker, topic_in))

    @staticmethod
    def _check(
        slot: str,
        value: Any,
        read: Callable[[str], str | None],
        fault: str,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
    ) -> dict[str, Any]:
        if value is None:  # it was taken back, and is asked for anew
            return {slot: None}
        found = read(str(value))
        if found is None:
            dispatcher.utter_message(text=say(fault, _language(tracker)))
        return {slot: found}

    def validate_order_number(self, value: Any, d: CollectingDispatcher, t: Tracker, _domain: Any) -> dict[str, Any]:
        return self._check("order_number", value, reading.order_number, "bad_order_number", d, t)

    def validate_email(self, value: Any, d: CollectingDispatcher, t: Tracker, _domain: Any) -> dict[str, Any]:
        return self._check("email", value, reading.email, "bad_email", d, t)

    def validate_phone(self, value: Any, d: CollectingDispatcher, t: Tracker, _domain: Any) -> dict[str, Any]:
        return self._check("phone", value, reading.phone, "bad_phone", d, t)

    def validate_new_address(self, value: Any, d: CollectingDispatcher, t: Tracker, _domain: Any) -> dict[str, Any]:
        return self._check("new_address", value, reading.address, "bad_new_address", d, t)

    def validate_return_reason(self, value: Any, d: CollectingDispatcher, t: Tracker, _domain: Any) -> dict[str, Any]:
        return self._check("return_reason", value, reading.words, "bad_words", d, t)

    def validate_complaint(self, value: Any, d: CollectingDispatcher, t: Tracker, _domain: Any) -> dict[str, Any]:
        return self._check("complaint", value, reading.words, "bad_words", d, t)

    def validate_call_topic(self, value: Any, d: CollectingDispatcher, t: Tracker, _domain: Any) -> dict[str, Any]:
        return self._check("call_topic", value, reading.words, "bad_words", d, t)


class ValidateOrderStatusForm(_Validation):
    def name(self) -> str:
        return "validate_order_status_form"


class ValidateReturnForm(_Validation):
    def name(self) -> str:
        return "validate_return_form"


class ValidateComplaintForm(_Validation):
    def name(self) -> str:
        return "validate_complaint_form"


class ValidateCallBackForm(_Validation):
    def name(self) -> str:
        return "validate_call_back_form"


class ValidateAddressForm(_Validation):
    def name(self) -> str:
        return "validate_address_form"


class _Ask(Action, ABC):  # type: ignore[misc]
    @abstractmethod
    def name(self) -> str: ...

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        dispatcher.utter_message(text=say(self.name().removeprefix("action_"), _language(tracker)))
        return []


class AskOrderNumber(_Ask):
    def name(self) -> str:
        return "action_ask_order_number"


class AskEmail(_Ask):
    def name(self) -> str:
        return "action_ask_email"


class AskPhone(_Ask):
    def name(self) -> str:
        return "action_ask_phone"


class AskCallTopic(_Ask):
    def name(self) -> str:
        return "action_ask_call_topic"


class AskReturnReason(_Ask):
    def name(self) -> str:
        return "action_ask_return_reason"


class AskComplaint(_Ask):
    def name(self) -> str:
        return "action_ask_complaint"


class AskNewAddress(_Ask):
    def name(self) -> str:
        return "action_ask_new_address"


# -- what is done ----------------------------------------------------------------------------------------------


class _Deed(Action, ABC):  # type: ignore[misc]
    """Asks the back end, and empties the form's slots. A fault of the back end goes up: a person takes over.

    The order number and the e-mail address go to the back end together, which answers only where both belong together.
    """

    form: Form

    def __init__(self, backend: Backend | None = None) -> None:
        self._backend = backend or backend_of_environment()

    @abstractmethod
    def name(self) -> str: ...

    @abstractmethod
    async def do(self, said: dict[str, str], key: str, language: str) -> str:
        """What the customer is told."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        language = _language(tracker)
        said = {slot: str(tracker.slots.get(slot) or "") for slot in self.form.slots}
        if not all(said.values()):
            raise BackendFailed(f"{self.name()} needs the slots {', '.join(self.form.slots)}.")
        emptied = [SlotSet(slot, None) for slot in self.form.slots]
        try:
            dispatcher.utter_message(text=await self.do(said, self._key(tracker, said), language))
        except NoMatch:
            dispatcher.utter_message(text=say("no_such_order", language))
            again = [SlotSet(slot, None) for slot in ("order_number", "email")]
            return [*again, FollowupAction(self.form.name)]
        except Declined as refusal:
            why = refusal.details["why"]
            if why == "already_packed":
                dispatcher.utter_message(text=say("refused_already_packed", language, number=said["order_number"]))
                return emptied
            if why not in ("too_late", "not_delivered"):
                raise BackendFailed("The back end declined with a code that we do not know.") from None
            dispatcher.utter_message(text=say(f"refused_{why}", language, number=said["order_number"]))
            return [ConversationPaused()]
        return emptied

    def _key(self, tracker: Tracker, said: dict[str, str]) -> str:
        """The same for the same wish: a turn that is taken twice must not send two labels."""
        parts = (str(tracker.sender_id), str(tracker.slots.get("form_began") or ""), self.name(), *said.values())
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:40]


class OrderStatus(_Deed):
    form = FORMS["order_status_form"]

    def name(self) -> str:
        return "action_order_status"

    async def do(self, said: dict[str, str], key: str, language: str) -> str:
        return _told(await self._backend.order(said["order_number"], said["email"]), language)


def _told(order: Order, language: str) -> str:
    sentences = [say(f"status_{order.status}", language, number=order.number)]
    if order.expected and order.status in ("received", "packed", "sent"):
        day = date.fromisoformat(order.expected)
        sentences.append(say("expected", language, day=in_words(day.year, day.month, day.day, language)))
    if order.tracking_url and order.status in ("sent", "ready"):
        sentences.append(say("tracking", language, url=order.tracking_url))
    return " ".join(sentences)


class Return(_Deed):
    form = FORMS["return_form"]

    def name(self) -> str:
        return "action_return"

    async def do(self, said: dict[str, str], key: str, language: str) -> str:
        made = await self._backend.return_order(said["order_number"], said["email"], said["return_reason"], key)
        return say("return_made", language, case=made.case)


class Complaint(_Deed):
    form = FORMS["complaint_form"]

    def name(self) -> str:
        return "action_complaint"

    async def do(self, said: dict[str, str], key: str, language: str) -> str:
        made = await self._backend.complain(said["order_number"], said["email"], said["complaint"], key)
        return say("complaint_made", language, case=made.case)


class CallBack(_Deed):
    form = FORMS["call_back_form"]

    def name(self) -> str:
        return "action_call_back"

    async def do(self, said: dict[str, str], key: str, language: str) -> str:
        made = await self._backend.call_back(said["phone"], said["call_topic"], language, key)
        return say("call_back_made", language, phone=said["phone"], case=made.case)


class ChangeAddress(_Deed):
    form = FORMS["address_form"]

    def name(self) -> str:
        return "action_change_address"

    async def do(self, said: dict[str, str], key: str, language: str) -> str:
        await self._backend.change_address(said["order_number"], said["email"], said["new_address"], key)
        return say("address_made", language, number=said["order_number"], address=said["new_address"])


def all_actions(backend: Backend) -> list[Action]:
    """One of each, for our own executors."""
    checks = (
        ValidateOrderStatusForm, ValidateReturnForm, ValidateComplaintForm, ValidateCallBackForm, ValidateAddressForm,
    )  # fmt: skip
    asks = (AskOrderNumber, AskEmail, AskPhone, AskCallTopic, AskReturnReason, AskComplaint, AskNewAddress)
    deeds = (OrderStatus, Return, Complaint, CallBack, ChangeAddress)
    return [*(make() for make in (*checks, *asks)), *(make(backend) for make in deeds)]

"""Actions through rasa-sdk's own executor."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import actions
from bot.actions import ActionFailed, Actions, hours_sentence, opening_hours_action
from handoff.hours import parse_hours

WEEK = (
    '{"timezone": "Europe/Oslo", "mon": [["09:00", "17:00"]], "tue": [["09:00", "17:00"]], "fri": [["10:30", "00:00"]]}'
)


def oslo(day: int, hour: int, minute: int = 0) -> int:
    """23 November 2026 is a Monday."""
    return int(datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Oslo")).timestamp() * 1000)


def run(made: Actions, name: str, slots: dict[str, Any] | None = None) -> actions.Outcome:
    return asyncio.run(made.run(name, "conversation-1", "When are you open?", slots or {}))


def action(name: str, does: Any) -> Any:
    from rasa_sdk import Action

    class Made(Action):  # type: ignore[misc]
        def name(self) -> str:
            return name

        async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
            return await does(dispatcher, tracker)

    return lambda: Made()


def test_the_opening_hours_through_the_executor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "opening_hours_action", lambda: opening_hours_action(lambda: oslo(23, 12)))
    made = Actions()
    outcome = run(made, "action_opening_hours", {"language": "nb", "hours": WEEK})
    assert outcome.texts == ("Du kan chatte med et menneske nå, fram til kl. 17:00.",)
    assert outcome.events == ()
    assert run(made, "action_opening_hours", {"language": "sv", "hours": "{}"}).texts == (
        "Du kan chatta med en människa när som helst.",
    )
    assert run(made, "action_opening_hours").texts == ("You can chat with a person at any time.",)


@pytest.mark.parametrize(
    ("day", "hour", "language", "sentence"),
    [
        (23, 8, "en", "Nobody is at the chat right now. We open today at 09:00."),
        (23, 18, "da", "Der er ingen ved chatten lige nu. Vi åbner i morgen kl. 09.00."),
        (24, 18, "sv", "Det är ingen vid chatten just nu. Vi öppnar på fredag kl. 10:30."),
        (24, 18, "nn", "Det er ingen ved chatten akkurat no. Vi opnar på fredag kl. 10:30."),
        (27, 11, "nb", "Du kan chatte med et menneske nå, fram til kl. 00:00."),
        (28, 11, "fi", "Nobody is at the chat right now. We open on Monday at 09:00."),
    ],
)
def test_the_sentence_of_the_hours(day: int, hour: int, language: str, sentence: str) -> None:
    assert hours_sentence(parse_hours(WEEK), oslo(day, hour), language) == sentence


def test_never_and_always() -> None:
    never = parse_hours('{"timezone": "Europe/Oslo"}')
    assert hours_sentence(never, oslo(23, 12), "en").startswith("Nobody is at the chat these days.")
    assert hours_sentence(None, oslo(23, 12), "en") == "You can chat with a person at any time."


def test_an_unknown_action() -> None:
    with pytest.raises(ActionFailed) as refusal:
        run(Actions(), "action_of_nobody")
    assert "action_of_nobody" in refusal.value.message


def test_an_action_that_raises_does_not_say_what() -> None:
    """What went wrong may quote the customer; the message goes to logs and to people."""

    async def fails(_dispatcher: Any, _tracker: Any) -> None:
        raise RuntimeError("card 4571 0000 0000 0000")

    with pytest.raises(ActionFailed) as refusal:
        run(Actions([action("action_fails", fails)]), "action_fails")
    assert "4571" not in refusal.value.message


def test_an_action_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "TIMEOUT_S", 0.05)
    ended = []

    async def sleeps(_dispatcher: Any, _tracker: Any) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(1)

    with pytest.raises(ActionFailed) as refusal:
        run(Actions([action("action_sleeps", sleeps)]), "action_sleeps")
    assert "TimeoutError" in refusal.value.message
    assert ended == [1]  # it was stopped, not left behind


def test_what_an_action_says_and_decides_comes_back() -> None:
    async def speaks(dispatcher: Any, tracker: Any) -> list[dict[str, Any]]:
        from rasa_sdk.events import SlotSet

        dispatcher.utter_message(text=f"You said: {tracker.latest_message['text']}")
        dispatcher.utter_message(image="https://example.com/x.png")
        dispatcher.utter_message(text="Bye")
        return [SlotSet("parcel", tracker.sender_id)]

    outcome = run(Actions([action("action_speaks", speaks)]), "action_speaks")
    assert outcome.texts == ("You said: When are you open?", "Bye")
    assert outcome.events == ({"event": "slot", "timestamp": None, "name": "parcel", "value": "conversation-1"},)


def test_an_action_cannot_change_what_others_are_given() -> None:
    async def spoils(_dispatcher: Any, tracker: Any) -> list[dict[str, Any]]:
        tracker.slots["order"]["number"] = 0
        return []

    slots = {"order": {"number": 42}}
    run(Actions([action("action_spoils", spoils)]), "action_spoils", slots)
    assert slots == {"order": {"number": 42}}


def test_many_at_once() -> None:
    async def waits(dispatcher: Any, tracker: Any) -> list[dict[str, Any]]:
        await asyncio.sleep(0)
        dispatcher.utter_message(text=tracker.sender_id)
        return []

    async def all_of_them() -> list[tuple[str, ...]]:
        made = Actions([action("action_waits", waits)])
        outcomes = await asyncio.gather(*(made.run("action_waits", f"chat-{n}", "", {}) for n in range(20)))
        return [outcome.texts for outcome in outcomes]

    assert asyncio.run(all_of_them()) == [(f"chat-{n}",) for n in range(20)]

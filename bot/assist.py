"""What an agent is helped with: the question that a customer has open now. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot import phrases

ENDS, TURNS = ("resolved", "handed_back"), ("answered", "offered")
TOGETHER = 3  # messages of one burst that are looked for together: the last ones
CALL = 200  # characters: whoever asks for a person in more of them says what about


class Told(Protocol):
    """An entry of the log."""

    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def data(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Question:
    """What the customer wants to know now: `seq` of the last message, `first` of the first that asks it; 0 and "" when
    nothing is open."""

    seq: int
    text: str
    first: int = field(default=0, compare=False)


def open_question(entries: Sequence[Told]) -> Question:
    """The customer's latest burst without courtesies, a bare yes or no, calls for a person and what was said to a form;
    where that is all there is, the burst before it, as long as nobody has answered that in person."""
    formed = {told.data["about"] for told in entries if told.kind == "decided" and _to_form(told.data)}
    burst: list[str] = []
    last = first = 0
    for logged in reversed(entries):
        if logged.kind == "said":
            last = last or logged.seq
            text = str(logged.data["text"])
            if logged.seq not in formed and _asks(text):
                burst.append(text)
                first = logged.seq
                if len(burst) == TOGETHER:
                    break
        elif logged.kind in ENDS or (last and logged.kind == "replied") or (burst and logged.kind in TURNS):
            break
    return Question(last, "\n".join(dict.fromkeys(reversed(burst))), first)


def _asks(text: str) -> bool:
    if len(text) > CALL:
        return True
    talk = phrases.small_talk(text) or phrases.is_yes(text) or phrases.is_no(text)
    return not (talk or phrases.asks_for_person(text))


def _to_form(decided: dict[str, Any]) -> bool:
    """Whether the message was an answer to a form's question, and not what the form began with. The console's brief
    reads it alike (widget/console/brief.js)."""
    form = decided.get("form")
    if not form or form.get("began") == decided.get("about"):
        return False
    return decided.get("outcome") == "remark" or bool(form.get("acted"))

"""What an agent is helped with: the question that a customer has open now. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    """What the customer wants to know now: `seq` of the last message of it; "" when nothing is open."""

    seq: int
    text: str


def open_question(entries: Sequence[Told]) -> Question:
    """The customer's latest burst without courtesies and calls for a person; where that is all there is, the burst
    before it, as long as nobody has answered that in person."""
    burst: list[str] = []
    last = 0
    for logged in reversed(entries):
        if logged.kind == "said":
            last = last or logged.seq
            text = str(logged.data["text"])
            if len(text) > CALL or not (phrases.small_talk(text) or phrases.asks_for_person(text)):
                burst.append(text)
                if len(burst) == TOGETHER:
                    break
        elif logged.kind in ENDS or (last and logged.kind == "replied") or (burst and logged.kind in TURNS):
            break
    return Question(last, "\n".join(dict.fromkeys(reversed(burst))))

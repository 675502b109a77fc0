"""Which question is open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.assist import TOGETHER, Question, open_question


@dataclass(frozen=True)
class Told:
    seq: int
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


def told(*lines: tuple[str, str]) -> list[Told]:
    return [Told(seq, kind, {"text": text} if text else {}) for seq, (kind, text) in enumerate(lines, 1)]


@pytest.mark.parametrize(
    ("lines", "question"),
    [
        ([("said", "Hej"), ("said", "Hvor er min pakke?")], Question(2, "Hvor er min pakke?")),
        ([("said", "Hvor er den?"), ("answered", "Her"), ("said", "Og retur?")], Question(3, "Og retur?")),
        # a call for a person is no question: what was asked before it is
        (
            [("said", "Hvor er den?"), ("offered", "Måske"), ("said", "Jeg vil tale med et menneske"), ("handoff", "")],
            Question(3, "Hvor er den?"),
        ),
        ([("said", "Hvor er den?"), ("replied", "Her"), ("said", "Tak!")], Question(3, "")),
        ([("said", "Hvor er den?"), ("said", "ok"), ("said", "Tak skal du have")], Question(3, "Hvor er den?")),
        ([("said", "Hvor er den?"), ("replied", "Her er den")], Question(1, "Hvor er den?")),
        ([("said", "Gammelt"), ("resolved", ""), ("said", "Hej")], Question(3, "")),
        ([(("said"), f"del {number}") for number in range(5)], Question(5, "del 2\ndel 3\ndel 4")),
        ([("said", "Hvor?"), ("noted", "hm"), ("said", "Hvor?")], Question(3, "Hvor?")),
        ([("started", "")], Question(0, "")),
    ],
)
def test_the_open_question(lines: list[tuple[str, str]], question: Question) -> None:
    assert open_question(told(*lines)) == question


def test_a_customer_who_writes_without_end_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Agents' screens ask after each message, and all chats of this process wait meanwhile."""
    looked: list[str] = []
    monkeypatch.setattr("bot.assist.phrases.asks_for_person", lambda text: looked.append(text) is not None)
    long = [f"{number} please get me a human about this " + "and that " * 400 for number in range(190)]
    question = open_question(told(*(("said", text) for text in long)))
    assert question == Question(190, "\n".join(long[-TOGETHER:]))
    assert looked == []
    short = [f"get me a human {number}" for number in range(190)]
    monkeypatch.undo()
    assert open_question(told(*(("said", text) for text in [*long, *short]))).text == "\n".join(long[-TOGETHER:])

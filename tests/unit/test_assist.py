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


def test_where_the_open_question_begins() -> None:
    log = told(("said", "Hej"), ("said", "Hvor er den?"), ("said", "Og retur?"), ("said", "Tak"))
    assert open_question(log).first == 2
    assert open_question(told(("started", ""))).first == 0


def test_what_is_said_to_a_form_is_no_question() -> None:
    def decided(seq: int, about: int, began: int, outcome: str = "remark") -> Told:
        return Told(seq, "decided", {"about": about, "outcome": outcome, "form": {"began": began}})

    begun = [
        Told(1, "said", {"text": "Jeg vil returnere min jakke"}),
        Told(2, "answered", {"text": ""}),
        decided(3, 1, 1, "answer"),
        Told(4, "said", {"text": "Den passer ikke"}),
        Told(5, "remarked", {"text": ""}),
        decided(6, 4, 1),
    ]
    assert open_question(begun) == Question(4, "Jeg vil returnere min jakke")
    ended = Told(6, "decided", {"about": 4, "outcome": "hand_over", "form": {"began": 1, "acted": True}})
    assert open_question([*begun[:5], ended]) == Question(4, "Jeg vil returnere min jakke")
    aside = [*begun, Told(7, "said", {"text": "Koster det noget?"}), decided(8, 7, 1, "offer")]
    assert open_question(aside) == Question(7, "Koster det noget?")


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

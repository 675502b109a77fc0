"""What the assistant does with a message: a pure decision from what is known, with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot import phrases
from conversation.events import Reason

CHOICES = 3
MISSES = 2  # after so many questions in a row without an answer, a person is better than another offer


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may answer: `certainty` is the probability that it does."""

    article: str
    language: str
    title: str
    certainty: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Answer from `answer` on; titles are offered from `offer` on, nearer ones first."""

    answer: float
    offer: float


@dataclass(frozen=True, slots=True)
class Remark:
    purpose: Literal["greeting", "thanks"]


@dataclass(frozen=True, slots=True)
class Answer:
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Offer:
    choices: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class HandOff:
    reason: Reason


Decision = Remark | Answer | Offer | HandOff


@lru_cache(512)  # the same few questions make most of the messages
def before_search(text: str) -> Decision | None:
    """What needs no look into the knowledge base."""
    if phrases.asks_for_person(text):
        return HandOff(Reason.CUSTOMER_REQUEST)
    if phrases.is_greeting(text):
        return Remark("greeting")
    if phrases.is_thanks(text):
        return Remark("thanks")
    return None


def decide(candidates: Sequence[Candidate], thresholds: Thresholds, misses: int) -> Decision:
    """`candidates` best first; `misses`: questions in a row, just before this one, that got no answer.

    An answer when the best is sure enough; else an offer of the near ones, and from the third miss on a person.
    """
    if candidates and candidates[0].certainty >= thresholds.answer:
        return Answer(candidates[0])
    near = tuple(candidate for candidate in candidates if candidate.certainty >= thresholds.offer)[:CHOICES]
    if misses >= MISSES:
        return HandOff(Reason.AMBIGUOUS if near else Reason.MISSING_KNOWLEDGE)
    return Offer(near)


def outcome(decision: Decision) -> str:
    """Its name in the log."""
    match decision:
        case Answer():
            return "answer"
        case Offer():
            return "offer"
        case HandOff():
            return "hand_over"
        case Remark():
            return "remark"

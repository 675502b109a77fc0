"""What the assistant does with a message: a pure decision from what is known, with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot import leaning, moods, phrases, several
from bot.moods import Complaint
from bot.phrases import Purpose
from bot.unclear import is_unclear
from conversation.events import Reason

CHOICES = 3
MISSES = 2  # after so many questions in a row without an answer, a person is better than another offer
QUIET_TURNS = 2  # of the assistant after a hand-back, in which the same cause does not bring the chat to people again
FRESH_MS = 10 * 60_000  # as long a turn is remembered: what comes later neither leans on it nor repeats it
SAME = 0.6  # share of content words from which on a message says the same again
REMEMBERED = 400  # characters of a message: what somebody pasted is not kept whole for thousands of chats
MAX_TURNS = 10
# What is no matter for a machine, even in the middle of something else, with what the log says about it.
GRAVE: dict[Complaint, str] = {"harm": "somebody is hurt or in distress", "legal": "names lawyers or authorities"}


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
class Past:
    """How the chat has gone, as far as the next decision depends on it.

    `misses`: questions in a row, just before this one, that got no answer. `turns`: answers and offers since somebody
    was helped. `question`, `article`: what was asked (its first REMEMBERED characters) and answered last, empty when
    that is long ago; `offered`: the articles of the last turn, where it was an offer. `cause`: for what the chat was
    with people last, and `back_turns` how many turns ago they gave it back. `given_back`: people read this very
    message, and gave it back.
    """

    misses: int = 0
    turns: int = 0
    question: str = ""
    article: str = ""
    offered: tuple[str, ...] = ()
    cause: str = ""
    back_turns: int = 0
    given_back: bool = False

    def bars(self, reason: Reason) -> bool:
        """Whether the chat must not go to people for this reason just now. A customer's own wish always may."""
        if self.given_back:
            return True
        own = reason is Reason.CUSTOMER_REQUEST
        return not own and reason.value == self.cause and self.back_turns < QUIET_TURNS

    def says_again(self, text: str) -> bool:
        """Whether it is what was asked last, in more or less the same words."""
        return bool(self.question) and leaning.likeness(self.question, text[:REMEMBERED]) >= SAME


NOTHING = Past()


@dataclass(frozen=True, slots=True)
class Reading:
    """What can be seen in a message alone."""

    person: bool = False
    purpose: Purpose | None = None
    upset: str = ""
    loud: tuple[str, ...] = ()
    complaint: Complaint = ""
    leans: frozenset[str] = field(default_factory=frozenset)
    parts: tuple[str, ...] = ()
    unclear: bool = False

    @property
    def is_plain(self) -> bool:
        """One question that stands by itself: what came before it does not matter, and nothing else is in it."""
        return (
            not (self.person or self.purpose or self.upset or self.loud or self.complaint or self.leans or self.unclear)
            and len(self.parts) < 2
        )


@dataclass(frozen=True, slots=True)
class Remark:
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Answer:
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Offer:
    """`again`: the nearest article was the answer just before; `instead`: that answer did not help."""

    choices: tuple[Candidate, ...]
    again: bool = False
    instead: bool = False


@dataclass(frozen=True, slots=True)
class HandOff:
    reason: Reason


Decision = Remark | Answer | Offer | HandOff
Why = tuple[Decision, str]  # with what the log says about it


@lru_cache(512)  # the same few questions make most of the messages
def read(text: str) -> Reading:
    return Reading(
        person=phrases.asks_for_person(text),
        purpose=phrases.small_talk(text),
        upset=moods.upset(text),
        loud=moods.loud(text),
        complaint=moods.complaint(text),
        leans=leaning.leans(text),
        parts=several.parts(text),
        unclear=is_unclear(text),
    )


def before_search(text: str, past: Past = NOTHING, max_turns: int = MAX_TURNS) -> Why | None:
    """What needs no look into the knowledge base. `max_turns`: 0 for no limit."""
    reading = read(text)
    for reason, note in _reasons(text, reading, past, max_turns):
        if not past.bars(reason):
            return HandOff(reason), note
    if reading.purpose is not None:
        return Remark(reading.purpose), reading.purpose
    if not past.offered and phrases.is_yes(text):
        return Remark("ok" if past.article else "help"), "a yes to nothing that was asked"
    if not (past.offered or past.article) and len(text.split()) == 1 and phrases.is_no(text):
        return Remark("ok"), "a no to nothing that was asked"
    if reading.unclear and not past.question:
        return Remark("help"), "does not understand, and nothing was answered before"
    return None


def asks_instead(text: str, past: Past) -> bool:
    """Whether it says no more than that the answer before it did not help."""
    if not past.question:
        return False
    return read(text).unclear or (bool(past.article) and len(text.split()) > 1 and phrases.is_no(text))


def instead(candidates: Sequence[Candidate]) -> Why:
    """`candidates`: what comes next to the answer that did not help, without it, best first."""
    return Offer(tuple(candidates[:CHOICES]), instead=True), "the answer before did not help"


def _reasons(text: str, reading: Reading, past: Past, max_turns: int) -> list[tuple[Reason, str]]:
    """Each reason to hand over that the message and the past give, the strongest first."""
    found: list[tuple[Reason, str]] = []
    if reading.person:
        found.append((Reason.CUSTOMER_REQUEST, "asks for a person"))
    if reading.complaint in GRAVE:
        found.append((Reason.COMPLAINT, GRAVE[reading.complaint]))
    if reading.upset:
        found.append((Reason.NEGATIVE_SENTIMENT, reading.upset))
    signs = reading.loud
    if past.turns and signs:
        signs = (*signs, "says the same again") if past.says_again(text) else signs
        if len(signs) > 1:
            found.append((Reason.NEGATIVE_SENTIMENT, " and ".join(signs)))
    if past.offered and phrases.is_no(text):
        found.append((Reason.AMBIGUOUS, "none of the offered ones"))
    if past.misses and asks_instead(text, past):
        found.append((Reason.AMBIGUOUS, "not helped by an answer, nor by what was offered"))
    if max_turns and past.turns >= max_turns and reading.purpose is None:
        found.append((Reason.MAX_TURNS, f"{past.turns} turns without being helped"))
    return found


def decide(
    candidates: Sequence[Candidate],
    thresholds: Thresholds,
    past: Past = NOTHING,
    text: str = "",
    repeats: bool = True,
    nearest: bool = False,
) -> Why:
    """`candidates` best first. An answer when the best is sure enough; else an offer of the near ones, or a person.

    The article that was the answer just before is not given again, unless `repeats` says that it may be (it runs an
    action, whose result is another one each time): whoever asks about it once more was not helped by it. `nearest`:
    nothing is nearer to a message that goes on from it than what it says already.
    """
    best = candidates[0] if candidates else None
    sure = best is not None and best.certainty >= thresholds.answer
    again = sure and best is not None and best.article == past.article and repeats
    if best is not None and sure and not again:
        return Answer(best), ""
    goes_on = bool(past.article) and bool(read(text).leans)
    told = past.article if again or goes_on else ""  # whoever goes on has read it
    near = tuple(one for one in candidates if one.certainty >= thresholds.offer and one.article != told)[:CHOICES]
    if goes_on and best is not None and nearest:
        again = again or (best.article == told and best.certainty >= thresholds.offer)
    reason, note = _enough(near, past, text, again)
    if reason is not None and not past.bars(reason):
        return HandOff(reason), note
    return Offer(near, again), "the same article as just before" if again else ""


def _enough(near: tuple[Candidate, ...], past: Past, text: str, again: bool) -> tuple[Reason | None, str]:
    """Why an offer would be one too many, if it would."""
    complains = read(text).complaint if text else ""
    if complains:
        return Reason.COMPLAINT, f"{complains}, without a sure answer"
    if again and past.misses:
        if past.says_again(text):
            return Reason.NEGATIVE_SENTIMENT, "says the same again after an answer and an offer"
        return Reason.LOW_CONFIDENCE, "the same article again after an answer and an offer"
    leans = bool(text) and bool(read(text).leans)  # another question about it: the same article may well answer that
    if past.offered and near and not leans and {one.article for one in near} <= set(past.offered):
        return Reason.AMBIGUOUS, "the same articles as offered before"
    if past.misses >= MISSES:
        reason = Reason.AMBIGUOUS if near else Reason.MISSING_KNOWLEDGE
        return reason, f"{past.misses} questions before without an answer"
    return None, ""


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

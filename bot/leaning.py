"""Messages that lean on the one before ("og til Norge?"). Pure."""

from __future__ import annotations

import re

from bot import lean_words as words
from bot.folding import any_of, fold, literals

MOST_WORDS = 8  # of a message that leans
FRAGMENT_WORDS = 4  # of what begins with "to" or "in", and is no sentence
AFTER_I = 2  # the same where that is "i": English "I lost my parcel" is one
PIECE_WORDS = 4  # of a line that may not be the whole question
MOST_EXCHANGED = 3  # words of a question that what follows it may stand for: the last ones

_BEGINS = {language: re.compile(rf"{any_of(line)}\b") for language, line in words.GOES_ON.items()}
_POINTS = {language: frozenset(literals(line)) for language, line in words.POINTS_BACK.items()}
_EMPTY = {language: frozenset(literals(line)) for language, line in words.EMPTY.items()}
_ALL_EMPTY = frozenset().union(*_EMPTY.values(), *_POINTS.values(), *(set(literals(w)) for w in words.GOES_ON.values()))
_ALL_POINTS = frozenset().union(*_POINTS.values()) - {"i"}
_PREPOSITIONS = {name: frozenset(map(fold, literals(line))) for name, line in words.PREPOSITIONS.items()}
_WORD = re.compile(r"[^\W_]+")
# "and to Norway?", "what about from the shop?": something more about what was asked.
_FRONT = any_of(words.AND, *words.WHAT_ABOUT.values())
_ADDS = re.compile(rf"(?:{_FRONT} ){{0,2}}(?={any_of(*words.PREPOSITIONS.values())} )", re.IGNORECASE)
_ALSO = re.compile(rf"[ ,]+{any_of(words.ALSO)}\s*\Z", re.IGNORECASE)
_NOT_ITS_END = " ?.!"


def leans(text: str) -> frozenset[str]:
    """The languages in which this goes on from what was said before; none where it stands by itself.

    A few words that begin with "and" or "what about", or that point back and name nothing.
    """
    folded = fold(text)
    said = folded.split()
    if not said or len(said) > MOST_WORDS:
        return frozenset()
    going_on = {name for name, pattern in _BEGINS.items() if pattern.match(folded) and len(said) > 1}
    most = AFTER_I if said[0] == "i" else FRAGMENT_WORDS
    if len(said) <= most:  # "till Norge?", "in the shop?": something about what was asked
        going_on |= {name for name, words_of in _PREPOSITIONS.items() if said[0] in words_of and len(said) > 1}
    pointing = {
        name
        for name, points in _POINTS.items()
        if not points.isdisjoint(said) and all(word in points or word in _EMPTY[name] for word in said)
    }
    return frozenset(going_on | pointing)


def is_piece(text: str) -> bool:
    """Whether it may be one line of a question that is written in several: a few words without an end."""
    return len(text.split()) <= PIECE_WORDS and not text.rstrip().endswith(("?", "!", ".", "…"))


def content(text: str) -> tuple[str, ...]:
    """The words that name something, as they were written, each once."""
    found = {fold(word): word for word in reversed(_WORD.findall(text)) if fold(word) not in _ALL_EMPTY}
    return tuple(reversed(found.values()))


def joined(before: str, text: str) -> str:
    """What to look for where `text` leans on the question `before`."""
    return f"{' '.join(content(before))} {text}".strip()


def with_question(before: str, text: str) -> tuple[str, ...]:
    """All that may be meant by `text` after the question `before`, each as a question to look for."""
    return tuple(dict.fromkeys((joined(before, text), *exchanged(before, text), *extended(before, text))))


def exchanged(before: str, text: str) -> tuple[str, ...]:
    """The question `before` about what `text` names instead, for each word of it that this may stand for; and for the
    last two, which may be one thing ("sleeping bag").

    "How do I wash my sleeping bag?" and "and the jacket?" are "How do I wash my jacket?": while both stand in one
    question, the first is found again.
    """
    new = " ".join(content(text))
    named = content(before)[-MOST_EXCHANGED:]
    if not new:
        return ()
    named += (f"{named[-2]} {named[-1]}",) if len(named) > 1 else ()
    asked = (re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, before, count=1) for old in named)
    return tuple(dict.fromkeys(question for question in asked if question != before))


def extended(before: str, text: str) -> tuple[str, ...]:
    """The question `before` with what `text` adds to it, in the place of what it said there: "What does delivery cost?"
    and "and to Norway?" are "What does delivery cost to Norway?". None where it adds nothing of the kind."""
    adds = _ADDS.match(text)
    if adds is None or not content(text):
        return ()
    added = _ALSO.sub("", text[adds.end() :].rstrip(_NOT_ITS_END))
    preposition = added.split(maxsplit=1)[0]
    asked = before.rstrip(_NOT_ITS_END)
    place = re.search(rf".*\S(?=\s{re.escape(preposition)}\s)", asked, re.IGNORECASE | re.DOTALL)
    return (f"{place.group() if place else asked} {added}?",)


def points_back(text: str) -> bool:
    """Whether a word of it stands for something that was named before."""
    return not _ALL_POINTS.isdisjoint(fold(text).split())


def likeness(one: str, other: str) -> float:
    """Share of the content words that two messages have in common, 0 to 1: 1 for the same again."""
    first, second = (set(map(fold, content(text))) or set(fold(text).split()) for text in (one, other))
    return len(first & second) / len(first | second) if first | second else 0.0

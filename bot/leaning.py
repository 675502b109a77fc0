"""Messages that lean on the one before ("og til Norge?"), and messages that ask several things at once. Pure."""

from __future__ import annotations

import re

from bot import lean_words as words
from bot.folding import any_language, any_of, fold, literals

MOST_WORDS = 8  # of a message that leans
MOST_PARTS = 3  # questions of one message that are looked for apart
SHORTEST = 12  # characters of two questions
PIECE_WORDS = 4  # of a line that may not be the whole question
LEAST_WORDS = 3  # of a question that stands by itself
MOST_EXCHANGED = 3  # words of a question that what follows it may stand for: the last ones

_BEGINS = {language: re.compile(rf"{any_of(line)}\b") for language, line in words.GOES_ON.items()}
_POINTS = {language: frozenset(literals(line)) for language, line in words.POINTS_BACK.items()}
_EMPTY = {language: frozenset(literals(line)) for language, line in words.EMPTY.items()}
_ALL_EMPTY = frozenset().union(*_EMPTY.values(), *_POINTS.values(), *(set(literals(w)) for w in words.GOES_ON.values()))
_ALL_POINTS = frozenset().union(*_POINTS.values()) - {"i"}
_WORD = re.compile(r"[^\W_]+")
_ENDS = re.compile(r"(?<=[?])[\s?!.]+|(?<=[:!]) |\n+")  # "Hi! Two questions: how ... and can I ..."
# One space and no run of them: a run is quadratic, and 4,000 spaces would hold up everybody for seconds.
_AND = re.compile(rf"(?:, ?| )(?={any_of(words.AND)} )", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]+")
_ASKS = re.compile(rf"(?:{any_of(words.AND)} )?(?:sa |so )?{any_language(words.ASKS)}\b")


def leans(text: str) -> frozenset[str]:
    """The languages in which this goes on from what was said before; none where it stands by itself.

    A few words that begin with "and" or "what about", or that point back and name nothing.
    """
    folded = fold(text)
    said = folded.split()
    if not said or len(said) > MOST_WORDS:
        return frozenset()
    going_on = {name for name, pattern in _BEGINS.items() if pattern.match(folded) and len(said) > 1}
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


def likeness(one: str, other: str) -> float:
    """Share of the content words that two messages have in common, 0 to 1: 1 for the same again."""
    first, second = (set(map(fold, content(text))) or set(fold(text).split()) for text in (one, other))
    return len(first & second) / len(first | second) if first | second else 0.0


def parts(text: str) -> tuple[str, ...]:
    """The questions of a message that asks several, each with what was said before it; the whole where it asks one."""
    spaced = _SPACES.sub(" ", text)
    if len(text) < SHORTEST or not (_ENDS.search(spaced.rstrip("?!. \n")) or _AND.search(spaced)):
        return (text,)
    pieces: list[str] = []
    for sentence in _ENDS.split(spaced):
        pieces.extend(_apart(sentence))
    found: list[str] = []
    rest = ""
    for piece in filter(None, (one.strip(" ,") for one in pieces)):
        rest = f"{rest} {piece}".strip()
        if _is_question(piece):
            found.append(rest)
            rest = ""
    if rest and found:
        found[-1] = f"{found[-1]} {rest}"
    return tuple(found[:MOST_PARTS]) if len(found) > 1 else (text,)


def _apart(sentence: str) -> list[str]:
    """Split before each "and how ...", unless that asks about something that was named before it."""
    pieces: list[str] = []
    for piece in _AND.split(sentence):
        folded = fold(piece)
        asks = _ASKS.match(folded) and _is_question(piece) and _ALL_POINTS.isdisjoint(folded.split())
        if pieces and not asks:
            pieces[-1] = f"{pieces[-1]} {piece}"
        else:
            pieces.append(piece)
    return pieces if len(pieces) > 1 else [sentence]


def _is_question(piece: str) -> bool:
    folded = fold(piece)
    asks = piece.endswith("?") or _ASKS.match(folded) is not None
    return asks and folded.count(" ") >= LEAST_WORDS - 1 and bool(content(piece))

"""The questions of a message that asks several things at once. Pure."""

from __future__ import annotations

import re

from bot import lean_words as words
from bot.folding import any_language, any_of, fold, literals
from bot.leaning import content, points_back
from bot.phrases import small_talk

MOST_PARTS = 4  # questions of one message that are looked for apart
SHORTEST = 12  # characters of two questions
LEAST_WORDS = 3  # of a question that stands by itself

_ENDS = re.compile(r"(?<=[?])[\s?!.]+|(?<=[:!]) |\n+")  # "Hi! Two questions: how ... and can I ..."
# One space and no run of them: a run is quadratic, and 4,000 spaces would hold up everybody for seconds.
_BREAKS = re.compile(rf"((?:, ?| )(?={any_of(words.AND)} )|, )", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]+")
_JOINS = re.compile(rf"(?:{any_of(words.AND)}[ ,]+)(?:(?:så|so|also|også|også|samtidig|samtidigt) )?", re.IGNORECASE)
_WONDERS = re.compile(rf"(?:(?:hi|hej|hei) )?{any_language(words.WONDERS)}\b")
_ASKING = frozenset(literals(*words.ASKS.values()))
_WHERE = frozenset(literals(*words.ASKS_BEFORE_A_VERB.values()))
_WHICH = frozenset(literals(*words.ASKS_BEFORE_A_THING.values()))
_VERBS = frozenset(literals(*words.ASKING_VERBS.values()))
_SUBJECTS = frozenset(literals(*words.SUBJECTS.values()))


def parts(text: str) -> tuple[str, ...]:
    """The questions of a message that asks several, each with what was said before it; the whole where it asks one."""
    spaced = _SPACES.sub(" ", text)
    if len(text) < SHORTEST or not (_ENDS.search(spaced.rstrip("?!. \n")) or _BREAKS.search(spaced)):
        return (text,)
    found: list[str] = []
    rest = ""
    for sentence in _ENDS.split(spaced):
        for piece in filter(None, (one.strip(" ,") for one in _apart(sentence))):
            rest = f"{rest} {piece}".strip()
            if _is_question(piece):
                found.append(rest)
                rest = ""
    if rest and found:
        found[-1] = f"{found[-1]} {rest}"
    return tuple(found[:MOST_PARTS]) if len(found) > 1 else (text,)


def bare(part: str) -> str:
    """Without the "and" in front."""
    return _JOINS.sub("", part, count=1) if _JOINS.match(part) else part


def _apart(sentence: str) -> list[str]:
    """Split before each "and how ..." or ", can I ...", where that begins a question of its own."""
    split = _BREAKS.split(sentence)
    pieces = [split[0]]
    for mark, piece in zip(split[1::2], split[2::2], strict=True):
        if _begins_question(piece) and _is_question(piece):
            pieces.append(piece)
        else:
            pieces[-1] = f"{pieces[-1]}{mark}{piece}"
    return pieces


def _begins_question(piece: str) -> bool:
    """Whether it begins as only questions do. "Is broken" and "where I bought it" go on with a sentence."""
    said = fold(bare(piece)).split()
    if len(said) < 2:
        return False
    first, second = said[:2]
    verb = second in _VERBS or (len(second) > 2 and second.endswith("r"))
    if first in _WHICH:
        return not verb
    if first in _WHERE:
        return verb
    if first in _VERBS:
        return second in _SUBJECTS
    return first in _ASKING and not (first in words.RELATIVES and second in _SUBJECTS)


def _is_question(piece: str) -> bool:
    folded = fold(bare(piece))
    wonders = _WONDERS.match(folded) is not None and not _ASKING.isdisjoint(folded.split())
    asks = piece.endswith("?") or _begins_question(piece) or wonders
    if not asks or folded.count(" ") < LEAST_WORDS - 1 or small_talk(piece) is not None:
        return False
    return bool(content(piece)) or points_back(piece)

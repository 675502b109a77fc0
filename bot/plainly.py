"""A question as it is looked for: in small letters where it is shouted, without the courtesy around it. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from bot import moods
from bot.folding import any_language, literals, unadorned

MOST = 3  # words of courtesy in front
LEAST_WORDS = 2  # of what is left: less may have meant all of it

_COURTESY = {
    "en": "hi hello hey thanks thank_you thanks_a_lot thanks_for_the_help thanks_for_your_help ok okay great perfect",
    "da": "hej hejsa goddag tak mange_tak tusind_tak tak_for_hjælpen tak_for_svaret okay super perfekt fint",
    "sv": "hejsan tack tack_så_mycket tusen_tack tack_för_hjälpen tack_för_svaret okej toppen",
    "nb": "hei heisann takk tusen_takk mange_takk takk_for_hjelpen takk_for_hjelpa takk_for_svaret greit flott",
    "nn": "hei takk tusen_takk takk_for_hjelpa takk_for_svaret greitt",
}
_AND = frozenset(literals("but and so men og och så"))
# One space and no run of them: a run inside a repeat is quadratic.
_FRONT = re.compile(rf"(?:{any_language(_COURTESY)})(?: ?[,.!:;–-]{{1,3}} ?| )", re.IGNORECASE)
_MARKS = re.compile(r"[!?\s]{2,}\Z")


@lru_cache(512)
def plainly(text: str) -> str:
    """The same question, as most people write it; the text itself where nothing is around it."""
    text = unadorned(text)
    asked = text.lower() if "capitals" in moods.loud(text) else text
    ends = _MARKS.search(asked[-20:].rstrip())
    if ends is not None:
        asked = asked.rstrip("!? \n") + ("?" if "?" in ends.group() else "")
    rest = asked
    for _ in range(MOST):
        front = _FRONT.match(rest)
        if front is None:
            break
        rest = rest[front.end() :].lstrip()
    if rest != asked:
        first, _, behind = rest.partition(" ")
        rest = behind if first.casefold() in _AND else rest
        asked = rest if len(rest.split()) >= LEAST_WORDS else asked
    return asked if asked.strip() else text

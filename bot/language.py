"""Which of our languages a text is in: py3langid's model, the words that tell neighbours apart, and as the prior the
language of the conversation so far."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection
from typing import Any, Protocol

from bot.folding import unadorned
from bot.language_words import SPELLINGS, SPOKEN_WORDS, WORDS

LANGUAGES = ("en", "da", "sv", "nb", "nn")

# The model says `no` for Bokmål. Its scores are log probabilities; the language so far gets this head start, and each
# word that only some languages have gives them `SIGN`: both chosen on the demo's questions (docs/quality.md). What
# people of the page's language also spell as their neighbours do counts half for it, beside a word that only it has.
NAMES = {"no": "nb"}
PRIOR = 4.0
SIGN = 6.0
SPOKEN = 3.0
LETTERS = 4  # "ok", "hej": too short to tell anything
LONGEST = 500

_WORD = re.compile(r"[^\W\d_]+")
_NO_WORDS = re.compile(r"\S*(?:@|://|\bwww\.|\d)\S*")  # addresses, links, order numbers
_LISTED = {word: languages for languages, words in WORDS.items() for word in words.split()}
_SPELT = tuple((re.compile(pattern), languages) for pattern, languages in SPELLINGS)


class Ranker(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


_loading = threading.Lock()
_loaded: list[Any] = []


def _model() -> Any:
    """Reading it takes 0.7 s, once: questions that come meanwhile wait for it instead of reading it as well."""
    with _loading:
        if not _loaded:
            from py3langid.langid import _load_identifier

            identifier = _load_identifier()
            identifier.set_languages(["en", "da", "sv", "no", "nn"])
            _loaded.append(identifier)
        return _loaded[0]


def warm_up() -> None:
    _model()


def is_warm() -> bool:
    """Whether the model has been read, so that `detect` need not wait for it."""
    return bool(_loaded)


def detect(text: str, prior: str, allowed: Collection[str] = LANGUAGES, ranker: Ranker | None = None) -> str:
    """The language of `text`; `prior` when it is too short, or says nothing. Always one of `allowed`, or `prior`.

    Of a text in several languages it is the one that most of its words speak for.
    """
    telling = _telling(unadorned(text[:LONGEST]))
    if sum(letter.isalpha() for letter in telling) < LETTERS:
        return prior
    ranked = {NAMES.get(name, name): score for name, score in (ranker or _model()).rank(telling)}
    said = _WORD.findall(telling.lower())
    signs = [languages for word in said if (languages := _languages_of(word))]
    if len(set(ranked.values())) < 2 and not signs:
        return prior
    scores = {name: score + SIGN * sum(name in languages for languages in signs) for name, score in ranked.items()}
    if prior in scores and (prior,) in signs:
        scores[prior] += SPOKEN * sum(word in SPOKEN_WORDS.get(prior, ()) for word in said)
    if "nn" not in allowed and "nb" in allowed:
        scores["nb"] = max(scores.get("nb", scores["nn"]), scores["nn"])
    candidates = {name: score for name, score in scores.items() if name in allowed}
    if not candidates:
        return prior
    if prior in candidates:
        candidates[prior] += PRIOR
    return max(candidates, key=lambda name: candidates[name])


def _telling(text: str) -> str:
    """Without addresses, numbers and, where enough is left, names: "Havgus" and "Outlook" are in no language."""
    words = _NO_WORDS.sub(" ", text).split()
    plain = [word for place, word in enumerate(words) if place == 0 or len(word) == 1 or not word[0].isupper()]
    return " ".join(plain if len(plain) > 1 else words)


def _languages_of(word: str) -> tuple[str, ...]:
    """Those that have a word of lower case; none where that tells nothing."""
    listed = _LISTED.get(word)
    if listed is not None:
        return listed
    return next((languages for pattern, languages in _SPELT if pattern.fullmatch(word)), ())

"""Which of our languages a text is in: py3langid's model with the conversation's language so far as the prior."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Any, Protocol

LANGUAGES = ("en", "da", "sv", "nb", "nn")

# The model says `no` for Bokmål. Its scores are log probabilities; the language so far gets this head start, which
# keeps 99 % of the demo's questions in their own language and still follows 93 % of those who switch.
NAMES = {"no": "nb"}
PRIOR = 4.0
LETTERS = 4  # "ok", "hej": too short to tell anything


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
    """The language of `text`; `prior` when it is too short, or says nothing. Always one of `allowed`, or `prior`."""
    if sum(letter.isalpha() for letter in text) < LETTERS:
        return prior
    scores = {NAMES.get(name, name): score for name, score in (ranker or _model()).rank(text[:500])}
    if len(set(scores.values())) < 2:
        return prior
    if "nn" not in allowed and "nb" in allowed:
        scores["nb"] = max(scores.get("nb", scores["nn"]), scores["nn"])
    candidates = {name: score for name, score in scores.items() if name in allowed}
    if not candidates:
        return prior
    if prior in candidates:
        candidates[prior] += PRIOR
    return max(candidates, key=lambda name: candidates[name])

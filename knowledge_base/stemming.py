"""Words of a text as search terms: Snowball stems, folded letters, and the parts of Nordic compounds."""

from __future__ import annotations

import re
import sys
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain

import snowballstemmer

_WORD = re.compile(r"[^\W_]+")
# Bokmål and Nynorsk share a stemmer, and so their words count for each other.
_SNOWBALL = {
    "da": "danish",
    "sv": "swedish",
    "no": "norwegian",
    "en": "english",
    "de": "german",
    "nl": "dutch",
    "fi": "finnish",
}
_COMPOUNDING = frozenset({"da", "sv", "no", "de", "nl", "fi"})
# Typed without a Nordic keyboard, or by a neighbour: å/aa, æ/ä/ae, ø/ö/oe meet in one spelling.
_FOLDED = str.maketrans({"å": "a", "ä": "a", "æ": "a", "ø": "o", "ö": "o", "é": "e", "è": "e", "ü": "u"})
_DIGRAPHS = (("aa", "a"), ("ae", "a"), ("oe", "o"))
_SHORTEST_PART = 3
_SHORTEST_COMPOUND = 7
# Endings that a corpus may hold as words or scraps, but that make derivations, not compounds (sikkerhedskopier-ing).
_NOT_PARTS = frozenset(
    {"ing", "ning", "else", "het", "hed", "lig", "skap", "skab", "ende", "ande", "are", "ere", "iske"}
)
_LINKS = ("", "s", "e")  # levering-s-tid, barn-e-vogn
_MOST_REMEMBERED = 8_192  # words: those of every day are among them, and visitors may type any others

_stemmers: dict[str, snowballstemmer.stemmer] = {}
_lock = threading.Lock()  # a Snowball stemmer keeps the word it works on: two threads may not share it unguarded


def words(text: str) -> list[str]:
    """Letters and digits of a text, NFKC, lower case. Every sign and blank separates."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())


def family(language: str) -> str:
    """Language tag -> the group whose words are compared with each other ("nn" and "nb" -> "no"; "en-GB" -> "en")."""
    name = language.lower().replace("_", "-").split("-")[0]
    return "no" if name in {"nb", "nn"} else name


@lru_cache(maxsize=_MOST_REMEMBERED)
def stem(word: str, language: str) -> str:
    """Folded Snowball stem; in a language without a stemmer only folded. `language` is a family."""
    name = _SNOWBALL.get(language)
    if name:
        with _lock:
            stemmer = _stemmers.get(name)
            if stemmer is None:
                stemmer = _stemmers[name] = snowballstemmer.stemmer(name)
                stemmer.maxCacheSize = 0  # PyStemmer's, which would sort all its words each time that it is full
            word = str(stemmer.stemWord(word))
    return fold(word, language)


def fold(text: str, language: str) -> str:
    """Nordic letters and their stand-ins (aa, ae, oe) to one spelling; English keeps its "oe" and "ae"."""
    text = text.translate(_FOLDED)
    if language in _COMPOUNDING:
        for pair, letter in _DIGRAPHS:
            text = text.replace(pair, letter)
    return text


class Analyser:
    """Text -> terms for one language, with the words of a corpus as the parts that compounds may consist of."""

    def __init__(self, language: str, corpus: Iterable[str]) -> None:
        self.language = language
        self._terms: dict[str, tuple[str, ...]] = {}
        self._most = _MOST_REMEMBERED
        # A word or its stem -> how often it stands alone; its stem, if another. Empty where compounds stand apart.
        self._counts: dict[str, int] = {}
        self._stems: dict[str, str] = {}
        if language in _COMPOUNDING:
            counts = Counter(chain.from_iterable(map(words, corpus)))
            for word, count in counts.items():
                if len(word) >= _SHORTEST_PART and not word.isdigit():
                    stemmed = sys.intern(stem(word, language))  # each kept once, however many words it has
                    for form in {stemmed, fold(word, language)}:
                        if len(form) >= _SHORTEST_PART and form not in _NOT_PARTS:
                            self._counts[form] = self._counts.get(form, 0) + count
                            if form != stemmed:
                                self._stems[form] = stemmed
                            else:
                                self._stems.pop(form, None)

    @contextmanager
    def reading_all(self) -> Iterator[None]:
        """Within it every word is remembered, so that each is worked on once; after it none is."""
        self._most = sys.maxsize
        try:
            yield
        finally:
            self._most = _MOST_REMEMBERED
            self._terms = {}

    def terms(self, text: str) -> list[str]:
        """Stems in the order of the text, each compound followed by its parts."""
        known = self._terms.get
        return [term for word in words(text) for term in known(word) or self._of_word(word)]

    def _of_word(self, word: str) -> tuple[str, ...]:
        known = (stem(word, self.language), *self.split(word))
        if len(self._terms) >= self._most:
            self._terms.clear()
        self._terms[word] = known
        return known

    def split(self, word: str) -> tuple[str, ...]:
        """Stems of a compound's two parts, or () if it is none.

        The split whose parts have the highest geometric mean of counts in the corpus (Koehn and Knight, EACL 2003).
        Unlike theirs the whole stays a term beside its parts, so its own count does not compete.
        """
        if not self._counts or len(word) < _SHORTEST_COMPOUND:
            return ()
        best: tuple[str, ...] = ()
        best_count = 0
        # The stem of a compound ends as the stem of its last part does: both inflections are tried with one stemming.
        endings = {fold(word, self.language), stem(word, self.language)}
        for ending in endings:
            for at in range(_SHORTEST_PART, len(ending) - _SHORTEST_PART + 1):
                right_count = self._counts.get(ending[at:], 0)
                if not right_count:
                    continue
                for link in _LINKS:
                    if not ending[:at].endswith(link):
                        continue
                    left_count = self._counts.get(ending[: at - len(link)], 0)
                    if left_count * right_count > best_count:
                        parts = ending[: at - len(link)], ending[at:]
                        best = tuple(self._stems.get(part, part) for part in parts)
                        best_count = left_count * right_count
        return best

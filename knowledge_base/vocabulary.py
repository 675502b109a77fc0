"""The words that articles are written in, and what a question's misspelt words most likely are among them. Pure.

For searching alone, like `spelling`: one slip of the fingers costs every second answer (docs/quality.md).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from knowledge_base.passages import Document, plain
from knowledge_base.stemming import family, fold, stem, words

SHORTEST = 5  # letters of a word that may be misspelt: among shorter ones too many words are neighbours
SHORTEST_MARKED = 4  # of one without its marks, in letters: "bor" is a word beside "bör"
LONGEST = 24
MOST = 8  # unknown words of one question that are looked at, so that a long one costs no more than milliseconds
_LETTERS = "abcdefghijklmnopqrstuvwxyzåäöæøé"
# What is typed or heard for another letter: neighbours on the keyboard, vowels, and consonants that sound alike.
_KEYS = ("qwertyuiopå", "asdfghjkløæ", "zxcvbnm")
_ALIKE = ("aeiouyåäöæøé", "ckqgjsz", "dt", "bp", "vwf", "mn")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """By family of languages: how often each word is written, and the words that have marks by their folded form."""

    counts: Mapping[str, Mapping[str, int]]
    marked: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Vocabulary:
        counts: dict[str, Counter[str]] = {}
        for document in documents:
            counts.setdefault(family(document.language), Counter()).update(_words_of(document))
        return cls(counts, {language: _marked(found, language) for language, found in counts.items()})

    def followed(self, document: Document) -> Vocabulary:
        """With the words of one more document. Those of an older version of it stay until all is built anew."""
        language = family(document.language)
        added = Counter(_words_of(document))
        counts = Counter(self.counts.get(language, {}))
        counts.update(added)
        marked = {**self.marked.get(language, {}), **_marked(added, language)}
        return Vocabulary({**self.counts, language: counts}, {**self.marked, language: marked})

    def corrected(self, question: str, language: str | None, is_word: Callable[[str], bool]) -> str:
        """`question` with its misspelt words as the articles have them; itself where all are known or like none.

        `is_word`: whether a word that no article has is one nevertheless. A word with a capital that is not the first
        one is a name.
        """
        name = family(language) if language else ""
        counts = self.counts.get(name)
        if not counts:
            return question
        left, unmarked = MOST, question.isascii()  # one mark tells that its writer's keyboard has them

        def correct(found: re.Match[str]) -> str:
            nonlocal left
            written = found[0]
            word = written.lower() if found.start() == 0 else written
            if not left or word in counts or not (word.isalpha() and word.islower()):
                return written
            left -= 1
            meant = (unmarked and self._marked_word(word, name)) or _meant(word, name, counts)
            return written if meant == word or is_word(word) else meant

        return _WORD.sub(correct, question)

    def _marked_word(self, word: str, language: str) -> str:
        """The word as it is with its marks, "" where none is."""
        return self.marked[language].get(fold(word, language), "") if len(word) >= SHORTEST_MARKED else ""


def _meant(word: str, language: str, counts: Mapping[str, int]) -> str:
    """The known word that is a slip away, of several the one that is written most; else the word itself."""
    known = (
        [(counts[slip], slip) for slip in _slips(word) if slip in counts] if SHORTEST <= len(word) <= LONGEST else []
    )
    meant = max(known)[1] if known else word
    return word if stem(meant, language) == stem(word, language) else meant  # inflected, not misspelt


def _words_of(document: Document) -> Iterator[str]:
    for text in (document.title, *document.questions, document.body):
        for word in words(plain(text)):
            if len(word) <= LONGEST and word.isalpha():
                yield word


def _marked(counts: Mapping[str, int], language: str) -> dict[str, str]:
    """Folded form -> the word, of those that fold to another one; of several the one that is written most."""
    marked = [(count, word) for word, count in counts.items() if not word.isascii() and len(word) > 1]
    return {fold(word, language): word for _, word in sorted(marked)}


def _near() -> dict[str, str]:
    """Of each letter those that stand for it by mistake."""
    near = {letter: "".join(group.replace(letter, "") for group in _ALIKE if letter in group) for letter in _LETTERS}
    for row, below in zip(_KEYS, (*_KEYS[1:], ""), strict=True):
        for at, letter in enumerate(row):
            for other in (*row[at + 1 : at + 2], *below[max(at - 1, 0) : at + 1]):
                near[letter] += other
                near[other] += letter
    return near


_NEAR = _near()


def _slips(word: str) -> Iterator[str]:
    """What differs by one letter more, less, or one that is near, or by two that changed places; never in the first."""
    for at in range(1, len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
            for letter in _NEAR.get(after[0], ""):
                yield before + letter + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in _LETTERS:
            yield before + letter + after

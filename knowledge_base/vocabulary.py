"""The words that articles are written in, and what a question's misspelt words most likely are among them. Pure.

For searching alone, like `spelling`: one slip of the fingers costs every second answer (docs/quality.md).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from knowledge_base.passages import Document, plain_texts
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
class _Words:
    """Of one family: how often each is written, and those that have marks by their folded form.

    What came since all were read stands apart, so that one document more copies little.
    """

    read: Mapping[str, int]
    since: Mapping[str, int]
    marked: Mapping[str, str]
    marked_since: Mapping[str, str]

    def __contains__(self, word: str) -> bool:
        return word in self.read or word in self.since

    def count(self, word: str) -> int:
        return self.read.get(word, 0) + self.since.get(word, 0)

    def marked_as(self, folded: str) -> str:
        """ "" where no word has marks that folds so."""
        return self.marked_since.get(folded) or self.marked.get(folded, "")


_NONE = _Words({}, {}, {}, {})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """By family of languages: the words that articles are written in."""

    words: Mapping[str, _Words]

    @classmethod
    def of(cls, documents: Iterable[Document], texts: Iterable[Sequence[str]] | None = None) -> Vocabulary:
        """`texts`: the `plain_texts` of each document, from whoever has them already."""
        every = list(documents)
        written: dict[str, list[str]] = {}
        for document, own in zip(every, map(plain_texts, every) if texts is None else texts, strict=True):
            written.setdefault(family(document.language), []).extend(own)
        counted = {language: _counted(own) for language, own in written.items()}
        return cls({language: _Words(found, {}, _marked(found, language), {}) for language, found in counted.items()})

    def followed(self, document: Document) -> Vocabulary:
        """With the words of one more document. Those of an older version of it stay until all is built anew."""
        language = family(document.language)
        held = self.words.get(language, _NONE)
        added = _counted(plain_texts(document))
        since = dict(held.since)
        for word, count in added.items():
            since[word] = since.get(word, 0) + count
        marked = {**held.marked_since, **_marked(added, language)}
        longer = replace(held, since=since, marked_since=marked)
        return Vocabulary({**self.words, language: longer})

    def corrected(self, question: str, language: str | None, is_word: Callable[[str], bool]) -> str:
        """`question` with its misspelt words as the articles have them; itself where all are known or like none.

        `is_word`: whether a word that no article has is one nevertheless. A word with a capital that is not the first
        one is a name.
        """
        name = family(language) if language else ""
        known = self.words.get(name)
        if known is None:
            return question
        left, unmarked = MOST, question.isascii()  # one mark tells that its writer's keyboard has them

        def correct(found: re.Match[str]) -> str:
            nonlocal left
            written = found[0]
            word = written.lower() if found.start() == 0 else written
            if not left or word in known or not (word.isalpha() and word.islower()):
                return written
            left -= 1
            meant = (unmarked and _marked_word(word, name, known)) or _meant(word, name, known)
            return written if meant == word or is_word(word) else meant

        return _WORD.sub(correct, question)


def _marked_word(word: str, language: str, known: _Words) -> str:
    """The word as it is with its marks, "" where none is."""
    return known.marked_as(fold(word, language)) if len(word) >= SHORTEST_MARKED else ""


def _meant(word: str, language: str, known: _Words) -> str:
    """The known word that is a slip away, of several the one that is written most; else the word itself."""
    near = (
        [(known.count(slip), slip) for slip in _slips(word) if slip in known]
        if SHORTEST <= len(word) <= LONGEST
        else []
    )
    meant = max(near)[1] if near else word
    return word if stem(meant, language) == stem(word, language) else meant  # inflected, not misspelt


def _counted(texts: Iterable[str]) -> dict[str, int]:
    """Counted as they are read, and chosen from afterwards: a text has most of its words from others."""
    every = Counter(chain.from_iterable(map(words, texts)))
    return {word: count for word, count in every.items() if len(word) <= LONGEST and word.isalpha()}


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

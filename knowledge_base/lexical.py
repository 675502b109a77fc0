"""Word and character evidence: BM25 over stems and compound parts, and n-grams of 3 to 5 characters for typos.

Immutable postings in numpy: a query touches only the postings of its own terms. They are in two parts, so that one
document is put in by making the small one anew, never by copying, let alone analysing, all the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge_base.passages import Document, plain_texts
from knowledge_base.postings import Keys, Postings, followed, kept, postings_of
from knowledge_base.stemming import Analyser, family
from knowledge_base.term_keys import gram_keys, term_key

# The customary BM25 constants (Robertson and Zaragoza, 2009).
_SATURATION = 1.2
_LENGTH = 0.75
# Body text enters the n-grams only where there is neither title nor question: it would be nine tenths of the memory.
_GRAM_CHARACTERS = 1_000
_FREQUENT = 64  # rows that hold a term, from which on it is remembered how many documents these are
_FEW_ROWS = 1_000  # a part of so many rows is made anew, with one document more, in a few milliseconds
NOBODY = np.int32(-1)

_Kind = tuple[str, bool]  # language, and whether it is a body


class _Field(NamedTuple):
    """A title, question or body without its Markdown."""

    text: str
    is_body: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """One field of a document, analysed: term keys with counts, length in terms, n-gram keys."""

    terms: Keys
    counts: NDArray[np.int64]
    length: int
    is_body: bool
    grams: Keys


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """Per document, 0 to 1: how much of the question's weight of words and of n-grams its best field holds.

    `covered`: how much of the weight of words it has at all, in any field; `matched`: the same where 1 is the weight of
    a word that no document has.
    """

    words: NDArray[np.float32]
    covered: NDArray[np.float32]
    characters: NDArray[np.float32]
    matched: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows that were indexed together; a row is one field of a document."""

    documents: NDArray[np.int32]  # number of each row's document; NOBODY's row is left over from an older version
    lengths: NDArray[np.float32]
    kinds: NDArray[np.int32]  # of each row, as numbered by the lexicon: rows of one kind have lengths to be compared
    gram_counts: NDArray[np.float32]
    terms: Postings
    grams: Postings

    # How many documents hold a term, by its key: of the frequent ones, for the others are counted in no time.
    remembered: dict[int, int] = field(default_factory=dict)

    def holders(self, keys: Keys, rows: NDArray[np.intp], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many documents hold each of the keys; `rows` has theirs, `sizes` of each, one key after the other."""
        found = []
        end = 0
        for key, size in zip(keys.tolist(), sizes.tolist(), strict=True):
            end += size
            count = self.remembered.get(key)
            if count is None:
                documents = self.documents[rows[end - size : end]]
                documents = documents[documents != NOBODY]
                # A document's rows stand together, so where the number changes another document begins.
                count = min(len(documents), 1) + int(np.count_nonzero(documents[1:] != documents[:-1]))
                if size >= _FREQUENT:
                    self.remembered[key] = count
            found.append(count)
        return np.array(found, np.int64)

    def without(self, at: int, move_up: bool) -> _Part:
        """Document `at` taken out; with `move_up` the numbers behind it become one less."""
        gone = self.documents == at
        numbers = np.where(gone, NOBODY, self.documents)
        if move_up:
            numbers -= numbers > at
        return replace(self, documents=numbers, remembered={} if gone.any() else self.remembered)

    def followed(self, other: _Part) -> _Part:
        """This part's rows, then the other's, in one part."""
        return _Part(
            np.concatenate([self.documents, other.documents]),
            np.concatenate([self.lengths, other.lengths]),
            np.concatenate([self.kinds, other.kinds]),
            np.concatenate([self.gram_counts, other.gram_counts]),
            followed(self.terms, other.terms, len(self.documents)),
            followed(self.grams, other.grams, len(self.documents)),
        )

    def tidied(self) -> _Part:
        """Without the rows that are left over."""
        held = self.documents != NOBODY
        if held.all():
            return self
        return _Part(
            self.documents[held],
            self.lengths[held],
            self.kinds[held],
            self.gram_counts[held],
            kept(self.terms, held),
            kept(self.grams, held),
        )


class Lexicon:
    """The postings of a set of documents. Immutable; `build`, `put` and `remove` give new ones."""

    def __init__(
        self, languages: tuple[str, ...], analysers: Mapping[str, Analyser], kinds: Mapping[_Kind, int], *parts: _Part
    ) -> None:
        self._languages = languages  # family of each document
        self._analysers = analysers
        self._kinds = kinds
        self._main, self._recent = parts
        self._parts = parts
        self._filled = [part for part in parts if len(part.documents)]
        self._sizes = Counter(languages)
        self._dampening = self._dampened()

    @classmethod
    def build(cls, documents: Sequence[Document], texts: Sequence[Sequence[str]] | None = None) -> Lexicon:
        """Analyses all documents; compound parts are learnt from their words, each language apart.

        `texts`: the `plain_texts` of each, from whoever has them already.
        """
        fields = [_fields(each) for each in (map(plain_texts, documents) if texts is None else texts)]
        corpora: dict[str, list[str]] = {}
        for document, own in zip(documents, fields, strict=True):
            corpora.setdefault(family(document.language), []).extend(field.text for field in own)
        analysers = {language: Analyser(language, corpus) for language, corpus in corpora.items()}
        kinds: dict[_Kind, int] = {}
        with ExitStack() as reading:
            for analyser in analysers.values():
                reading.enter_context(analyser.reading_all())
            main = _analysed(documents, fields, 0, analysers, kinds)
        languages = tuple(family(document.language) for document in documents)
        return cls(languages, analysers, kinds, main, _analysed([], [], 0, {}, {}))

    def put(self, at: int, document: Document) -> Lexicon:
        """Replaces document number `at`, or appends if `at` is the count of documents. Analyses only the one.

        Compounds are split by the words known at the last `build`.
        """
        language = family(document.language)
        analysers = {language: Analyser(language, ()), **self._analysers}
        kinds = dict(self._kinds)
        added = _analysed([document], [_fields(plain_texts(document))], at, analysers, kinds)
        main, recent = self._main, self._recent
        if at < len(self._languages):
            main, recent = main.without(at, move_up=False), recent.without(at, move_up=False)
        languages = (*self._languages[:at], language, *self._languages[at + 1 :])
        return Lexicon(languages, analysers, kinds, main, recent.followed(added))

    def remove(self, at: int) -> Lexicon:
        """Without document number `at`; those behind it move up by one."""
        languages = self._languages[:at] + self._languages[at + 1 :]
        parts = (part.without(at, move_up=True) for part in self._parts)
        return Lexicon(languages, self._analysers, self._kinds, *parts)

    @property
    def is_untidy(self) -> bool:
        """Whether so much has changed since the main part was made that searches and changes cost notably more."""
        changed = len(self._recent.documents) + int(np.count_nonzero(self._main.documents == NOBODY))
        return changed > _FEW_ROWS + len(self._main.documents) // 8

    def tidied(self) -> Lexicon:
        """The same documents, all in the main part, without what is left over of older versions."""
        main = self._main.tidied().followed(self._recent.tidied())
        return Lexicon(self._languages, self._analysers, self._kinds, main, _analysed([], [], 0, {}, {}))

    def score(self, question: str, language: str | None) -> LexicalScores:
        """Scores of all documents in order. Documents of another language than the question's score 0.

        Language unknown: the question is read in each language that the documents have.
        """
        count = len(self._languages)
        scores = LexicalScores(*(np.zeros(count, np.float32) for _ in range(4)))
        for name in self._sizes if language is None else (family(language),):
            if name in self._sizes:
                self._add_words(question, name, scores)
                self._add_characters(question, name, scores.characters)
        return scores

    def _add_words(self, question: str, language: str, scores: LexicalScores) -> None:
        """BM25 of the best field over the most that any text could reach for these terms.

        A term that no document has counts in that most, so an unknown word lowers the score of every document.
        """
        size = self._sizes[language]
        terms = {term_key(language, term) for term in self._analysers[language].terms(question)}
        if not terms:
            return
        keys = np.fromiter(terms, np.uint64, len(terms))
        held = np.zeros(len(keys), np.int64)
        found = []
        for part, lengths in zip(self._filled, self._dampening, strict=True):
            rows, counts, known, sizes = part.terms.of(keys)
            held[known] += part.holders(keys[known], rows, sizes)
            found.append((part, rows, counts / (counts + lengths[rows]), known, sizes))
        weights = np.log1p((size - held + 0.5) / (held + 0.5))
        whole, unheard_of = weights.sum(), np.log1p(2 * size + 1)
        shares = weights / whole  # no field can reach more than 1
        matched = np.zeros(len(scores.matched), np.float32)
        for part, rows, counted, known, sizes in found:
            totals = np.bincount(rows, np.repeat(shares[known], sizes) * counted, len(part.documents))
            touched = np.flatnonzero(totals > 0)
            _raise(scores.words, part.documents[touched], totals[touched])
            _add_matched(matched, part.documents[rows], weights[known] / unheard_of, sizes)
        np.add(scores.matched, matched, out=scores.matched)
        np.add(scores.covered, matched * np.float32(unheard_of / whole), out=scores.covered)

    def _add_characters(self, question: str, language: str, scores: NDArray[np.float32]) -> None:
        """Cosine of the sets of n-grams, of the best field."""
        grams = gram_keys(question, language)
        for part in self._filled:
            shared = np.bincount(part.grams.rows_of(grams), minlength=len(part.documents))
            touched = np.flatnonzero(shared > 0)
            lengths = np.sqrt(part.gram_counts[touched] * np.float32(len(grams)))
            _raise(scores, part.documents[touched], shared[touched] / lengths)

    def _dampened(self) -> list[NDArray[np.float32]]:
        """For each part what BM25 sets against a term's count in each row: more, the longer that is beside its kind.

        A kind: titles and questions, or bodies, in one language.
        """
        sums, counts = np.zeros(len(self._kinds)), np.zeros(len(self._kinds))
        for part in self._filled:
            held = part.documents != NOBODY
            sums += np.bincount(part.kinds[held], part.lengths[held], len(self._kinds))
            counts += np.bincount(part.kinds[held], minlength=len(self._kinds))
        means = np.maximum(sums / np.maximum(counts, 1), 1).astype(np.float32)
        relative = (part.lengths / means[part.kinds] for part in self._filled)
        return [np.float32(_SATURATION * (1 - _LENGTH)) + np.float32(_SATURATION * _LENGTH) * each for each in relative]


def _add_matched(
    scores: NDArray[np.float32], documents: NDArray[np.int32], weights: NDArray[Any], sizes: NDArray[np.int64]
) -> None:
    """Each term's weight to each of its documents, once; `documents`: those of its rows, one term after the other."""
    found = np.zeros(len(scores) + 1, np.float32)  # the last one is NOBODY's
    end = 0
    for weight, size in zip(weights.tolist(), sizes.tolist(), strict=True):
        end += size
        found[documents[end - size : end]] += weight  # once, however often a document stands there
    scores += found[:-1]


def _raise(scores: NDArray[np.float32], documents: NDArray[np.int32], values: NDArray[Any]) -> None:
    """To the greatest of a document's values."""
    left = documents == NOBODY
    if left.any():
        documents, values = documents[~left], values[~left]
    np.maximum.at(scores, documents, values.astype(np.float32))


def _analysed(
    documents: Sequence[Document],
    fields: Sequence[list[_Field]],
    first: int,
    analysers: Mapping[str, Analyser],
    kinds: dict[_Kind, int],
) -> _Part:
    """The documents with their fields, numbered from `first` on, as a part; `kinds` gets numbers of new kinds."""
    rows: list[_Row] = []
    numbers: list[int] = []
    kinds_of_row: list[int] = []
    for number, (document, own) in enumerate(zip(documents, fields, strict=True), first):
        language = family(document.language)
        for row in _rows(own, analysers[language]):
            rows.append(row)
            numbers.append(number)
            kinds_of_row.append(kinds.setdefault((language, row.is_body), len(kinds)))
    return _Part(
        np.array(numbers, np.int32),
        np.array([row.length for row in rows], np.float32),
        np.array(kinds_of_row, np.int32),
        np.array([len(row.grams) for row in rows], np.float32),
        postings_of([row.terms for row in rows], [row.counts for row in rows]),
        postings_of([row.grams for row in rows]),
    )


def _fields(texts: Sequence[str]) -> list[_Field]:
    """Of `plain_texts`, whose last is the body."""
    return [_Field(text, at == len(texts) - 1) for at, text in enumerate(texts) if text]


def _rows(fields: list[_Field], analyser: Analyser) -> list[_Row]:
    rows = []
    for text, is_body in fields:
        found = analyser.terms(text)
        counts = Counter(found)
        grams = np.zeros(0, np.uint64)
        if not is_body or len(fields) == 1:
            grams = gram_keys(text[:_GRAM_CHARACTERS], analyser.language)
        rows.append(
            _Row(
                np.fromiter(map(term_key, repeat(analyser.language), counts), np.uint64, len(counts)),
                np.fromiter(counts.values(), np.int64, len(counts)),
                len(found),
                is_body,
                grams,
            )
        )
    return rows

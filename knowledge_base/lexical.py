"""Word and character evidence: BM25 over stems and compound parts, and n-grams of 3 to 5 characters for typos.

Immutable postings in numpy: a query touches only the postings of its own terms, and one document is replaced by
copying arrays, never by analysing the others again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge_base.passages import Document, plain
from knowledge_base.stemming import Analyser, family, fold, words

# The customary BM25 constants (Robertson and Zaragoza, 2009).
_SATURATION = 1.2
_LENGTH = 0.75
_GRAMS = (3, 4, 5)
# Body text enters the n-grams only where there is neither title nor question: it would be nine tenths of the memory.
_GRAM_CHARACTERS = 1_000
_PRIME = np.uint64(1_099_511_628_211)

Keys = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Postings:
    """Key -> rows that hold it, with counts. `keys` are unique and sorted; key i has rows starts[i]:starts[i + 1]."""

    keys: Keys
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.float32]

    def of(self, key: np.uint64) -> slice:
        """The slice of `rows` and `counts` that belongs to the key, maybe empty."""
        at = int(np.searchsorted(self.keys, key))
        if at == len(self.keys) or self.keys[at] != key:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))

    def rows_of(self, keys: Keys) -> NDArray[np.int32]:
        """Rows of all the keys, one after the other; a row comes once for each key that it holds."""
        if not len(self.keys):
            return self.rows[:0]
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        at = at[self.keys[at] == keys]
        starts = self.starts[at]
        sizes = self.starts[at + 1] - starts
        offsets = np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
        return self.rows[offsets + np.arange(len(offsets))]


@dataclass(frozen=True, slots=True)
class _Row:
    """One field of a document, analysed: term keys with counts, length in terms, n-gram keys."""

    terms: Keys
    counts: NDArray[np.float32]
    length: int
    is_body: bool
    grams: Keys


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """Per document, 0 to 1: how much of the question's weight of words and of n-grams its best field holds."""

    words: NDArray[np.float32]
    characters: NDArray[np.float32]


class Lexicon:
    """The postings of a set of documents. Immutable; `build`, `put` and `remove` give new ones."""

    def __init__(
        self,
        languages: tuple[str, ...],
        analysers: Mapping[str, Analyser],
        document_of_row: NDArray[np.int32],
        length_of_row: NDArray[np.float32],
        body_rows: NDArray[np.bool_],
        grams_of_row: NDArray[np.float32],
        terms: Postings,
        grams: Postings,
    ) -> None:
        self._languages = languages  # family of each document
        self._analysers = analysers
        self._document_of_row = document_of_row
        self._length_of_row = length_of_row
        self._body_rows = body_rows
        self._grams_of_row = grams_of_row
        self._terms = terms
        self._grams = grams
        self._sizes = Counter(languages)
        self._relative_length = self._relative_lengths()

    @classmethod
    def build(cls, documents: Sequence[Document]) -> Lexicon:
        """Analyses all documents; compound parts are learnt from their words, each language apart."""
        texts: dict[str, list[str]] = {}
        for document in documents:
            texts.setdefault(family(document.language), []).extend(_fields(document))
        empty = cls(
            (),
            {language: Analyser(language, corpus) for language, corpus in texts.items()},
            np.zeros(0, np.int32),
            np.zeros(0, np.float32),
            np.zeros(0, np.bool_),
            np.zeros(0, np.float32),
            _postings(np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.float32)),
            _postings(np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.float32)),
        )
        return empty._with(documents)

    def put(self, at: int, document: Document) -> Lexicon:
        """Replaces document number `at`, or appends if `at` is the count of documents.

        Compounds are split by the words known at the last `build`.
        """
        if at == len(self._languages):
            return self._with([document])
        kept = self.remove(at)
        added = kept._with([document])
        # The new document was appended last: rename the numbers so that it stands at its place again.
        order = np.arange(len(added._languages), dtype=np.int32)
        order[at:-1] += 1
        order[-1] = at
        languages = list(kept._languages)
        languages.insert(at, family(document.language))
        return Lexicon(
            tuple(languages),
            added._analysers,
            order[added._document_of_row],
            added._length_of_row,
            added._body_rows,
            added._grams_of_row,
            added._terms,
            added._grams,
        )

    def remove(self, at: int) -> Lexicon:
        """Without document number `at`; those behind it move up by one."""
        kept = self._document_of_row != at
        numbers = self._document_of_row[kept]
        return Lexicon(
            self._languages[:at] + self._languages[at + 1 :],
            self._analysers,
            numbers - (numbers > at).astype(np.int32),
            self._length_of_row[kept],
            self._body_rows[kept],
            self._grams_of_row[kept],
            _without(self._terms, kept),
            _without(self._grams, kept),
        )

    def score(self, question: str, language: str | None) -> LexicalScores:
        """Scores of all documents in order. Documents of another language than the question's score 0.

        Language unknown: the question is read in each language that the documents have.
        """
        count = len(self._languages)
        scores = LexicalScores(np.zeros(count, np.float32), np.zeros(count, np.float32))
        for name in self._sizes if language is None else (family(language),):
            if name in self._sizes:
                self._add_words(question, name, scores.words)
                self._add_characters(question, name, scores.characters)
        return scores

    def _add_words(self, question: str, language: str, scores: NDArray[np.float32]) -> None:
        """BM25 of the best field over the most that any text could reach for these terms.

        A term that no document has counts in that most, so an unknown word lowers the score of every document.
        """
        size = self._sizes[language]
        by_row = np.zeros(len(self._document_of_row), np.float32)
        most = 0.0
        for term in set(self._analysers[language].terms(question)):
            found = self._terms.of(_key(language, term))
            rows, counts = self._terms.rows[found], self._terms.counts[found]
            holders = np.zeros(len(scores), np.bool_)
            holders[self._document_of_row[rows]] = True
            held = int(np.count_nonzero(holders))
            weight = float(np.log1p((size - held + 0.5) / (held + 0.5)))
            length = _SATURATION * (1 - _LENGTH + _LENGTH * self._relative_length[rows])
            by_row[rows] += weight * counts * (_SATURATION + 1) / (counts + length)
            most += weight * (_SATURATION + 1)
        if most:
            np.maximum.at(scores, self._document_of_row, by_row / most)

    def _add_characters(self, question: str, language: str, scores: NDArray[np.float32]) -> None:
        """Cosine of the sets of n-grams, of the best field."""
        grams = _gram_keys(question, language)
        rows = self._grams.rows_of(grams)
        if not len(rows):
            return
        shared = np.bincount(rows, minlength=len(self._document_of_row)).astype(np.float32)
        cosine = shared / np.sqrt(np.maximum(self._grams_of_row, 1) * len(grams))
        np.maximum.at(scores, self._document_of_row, cosine)

    def _relative_lengths(self) -> NDArray[np.float32]:
        """Length of each row over the mean of its kind (title and question, or body) in its language."""
        relative = np.ones(len(self._length_of_row), np.float32)
        names = sorted(self._sizes)
        codes = np.array([names.index(language) for language in self._languages], np.int32)
        language_of_row = codes[self._document_of_row] if len(codes) else self._document_of_row
        for code in range(len(names)):
            for is_body in (False, True):
                rows = (language_of_row == code) & (self._body_rows == is_body)
                if rows.any():
                    relative[rows] = self._length_of_row[rows] / max(float(self._length_of_row[rows].mean()), 1.0)
        return relative

    def _with(self, documents: Sequence[Document]) -> Lexicon:
        analysers = dict(self._analysers)
        languages = [family(document.language) for document in documents]
        for language in languages:
            if language not in analysers:
                analysers[language] = Analyser(language, ())
        first = len(self._languages)
        rows: list[_Row] = []
        numbers: list[int] = []
        for number, (document, language) in enumerate(zip(documents, languages, strict=True), first):
            analysed = _rows(document, analysers[language])
            rows.extend(analysed)
            numbers.extend([number] * len(analysed))
        offset = len(self._document_of_row)
        return Lexicon(
            (*self._languages, *languages),
            analysers,
            np.concatenate([self._document_of_row, np.array(numbers, np.int32)]),
            np.concatenate([self._length_of_row, np.array([row.length for row in rows], np.float32)]),
            np.concatenate([self._body_rows, np.array([row.is_body for row in rows], np.bool_)]),
            np.concatenate([self._grams_of_row, np.array([len(row.grams) for row in rows], np.float32)]),
            _merged(self._terms, [row.terms for row in rows], [row.counts for row in rows], offset),
            _merged(self._grams, [row.grams for row in rows], None, offset),
        )


def _fields(document: Document) -> list[str]:
    return [plain(text) for text in (document.title, *document.questions, document.body) if text.strip()]


def _rows(document: Document, analyser: Analyser) -> list[_Row]:
    short = [text for text in (document.title, *document.questions) if text.strip()]
    body = [document.body] if document.body.strip() else []
    rows = []
    for field, is_body in [(text, False) for text in short] + [(text, True) for text in body]:
        text = plain(field)
        found = analyser.terms(text)
        counts = Counter(_key(analyser.language, term) for term in found)
        grams = np.zeros(0, np.uint64)
        if not is_body or not short:
            grams = _gram_keys(text[:_GRAM_CHARACTERS], analyser.language)
        rows.append(
            _Row(
                np.fromiter(counts.keys(), np.uint64, len(counts)),
                np.fromiter(counts.values(), np.float32, len(counts)),
                len(found),
                is_body,
                grams,
            )
        )
    return rows


@lru_cache(maxsize=200_000)
def _key(language: str, term: str) -> np.uint64:
    """A term as 64 bits; two of a million distinct terms meet with a chance of 3 in 100 million."""
    digest = hashlib.blake2b(f"{language}\0{term}".encode("utf-8", "replace"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def _gram_keys(text: str, language: str) -> Keys:
    """Unique n-grams of the folded text, words parted by one blank, each as 64 bits."""
    folded = fold(" ".join(words(text)), language)
    if not folded:
        return np.zeros(0, np.uint64)
    codes = np.frombuffer(f" {folded} ".encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    seed = _key(language, "")
    keys = []
    for size in _GRAMS:
        count = max(len(codes) - size + 1, 0)
        key = np.full(count, seed ^ np.uint64(size), np.uint64)
        for column in range(size):
            key = (key ^ codes[column : column + count]) * _PRIME  # FNV-1a over code points
        keys.append(key)
    return np.unique(np.concatenate(keys))


def _postings(keys: Keys, rows: NDArray[np.int32], counts: NDArray[np.float32]) -> Postings:
    """From triples sorted by key."""
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, np.int64)
    return Postings(keys[first], np.append(first, len(keys)).astype(np.int64), rows, counts)


def _without(postings: Postings, kept_rows: NDArray[np.bool_]) -> Postings:
    kept = kept_rows[postings.rows]
    numbers = np.cumsum(kept_rows, dtype=np.int32) - 1
    keys = np.repeat(postings.keys, np.diff(postings.starts))[kept]
    return _postings(keys, numbers[postings.rows[kept]], postings.counts[kept])


def _merged(
    postings: Postings, keys: Sequence[Keys], counts: Sequence[NDArray[np.float32]] | None, offset: int
) -> Postings:
    """With more rows, numbered from `offset`. Counts default to 1."""
    if not keys:
        return postings
    added = np.concatenate(keys)
    rows = np.repeat(np.arange(len(keys), dtype=np.int32) + np.int32(offset), [len(row) for row in keys])
    numbers = np.ones(len(added), np.float32) if counts is None else np.concatenate(counts)
    order = np.argsort(added, kind="stable")
    added, rows, numbers = added[order], rows[order], numbers[order]
    old = np.repeat(postings.keys, np.diff(postings.starts))
    at = np.searchsorted(old, added, side="right")
    return _postings(
        np.insert(old, at, added), np.insert(postings.rows, at, rows), np.insert(postings.counts, at, numbers)
    )

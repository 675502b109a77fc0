"""Which rows hold a term or an n-gram: sorted keys with their rows, in plain arrays. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Postings:
    """Key -> rows that hold it, ascending, with counts.

    `keys` are unique and sorted; key i has the rows starts[i]:starts[i + 1].
    """

    keys: Keys
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.float32]

    def of(self, keys: Keys) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]]:
        """What stands under all the keys, one after the other: rows, counts, and to which of `keys` each belongs."""
        if not len(self.keys):
            return self.rows[:0], self.counts[:0], np.zeros(0, np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = np.flatnonzero(self.keys[at] == keys)
        starts = self.starts[at[known]]
        sizes = self.starts[at[known] + 1] - starts
        places = np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
        places += np.arange(len(places))
        return self.rows[places], self.counts[places], np.repeat(known, sizes)


def postings_of(keys: Sequence[Keys], counts: Sequence[NDArray[np.float32]] | None = None) -> Postings:
    """From the keys of row 0, 1, 2 ..., each key once in a row. Counts default to 1."""
    if not keys:
        return _sorted(np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.float32))
    joined = np.concatenate(keys)
    rows = np.repeat(np.arange(len(keys), dtype=np.int32), [len(row) for row in keys])
    numbers = np.ones(len(joined), np.float32) if counts is None else np.concatenate(counts)
    order = np.argsort(joined, kind="stable")
    return _sorted(joined[order], rows[order], numbers[order])


def followed(first: Postings, second: Postings, offset: int) -> Postings:
    """Both, the rows of the second numbered from `offset` on."""
    keys = np.concatenate([_each(first), _each(second)])
    order = np.argsort(keys, kind="stable")  # of two sorted halves, which costs no more than merging them
    rows = np.concatenate([first.rows, second.rows + np.int32(offset)])
    return _sorted(keys[order], rows[order], np.concatenate([first.counts, second.counts])[order])


def kept(postings: Postings, rows: NDArray[np.bool_]) -> Postings:
    """Of these rows alone, numbered anew without gaps."""
    held = rows[postings.rows]
    numbers = np.cumsum(rows, dtype=np.int32) - 1
    return _sorted(_each(postings)[held], numbers[postings.rows[held]], postings.counts[held])


def _each(postings: Postings) -> Keys:
    return np.repeat(postings.keys, np.diff(postings.starts))


def _sorted(keys: Keys, rows: NDArray[np.int32], counts: NDArray[np.float32]) -> Postings:
    """From triples sorted by key."""
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, np.int64)
    return Postings(keys[first], np.append(first, len(keys)).astype(np.int64), rows, counts)

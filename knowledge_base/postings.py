"""Which rows hold a term or an n-gram: sorted keys with their rows, in plain arrays. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Postings:
    """Key -> rows that hold it, ascending, with counts.

    `keys` are unique and sorted; key i has the rows starts[i]:starts[i + 1]. Numbers take no more bytes than they need.
    """

    keys: Keys
    starts: NDArray[np.unsignedinteger[Any]]
    rows: NDArray[np.unsignedinteger[Any]]
    counts: NDArray[np.unsignedinteger[Any]] | None  # None: each is 1

    def of(self, keys: Keys) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.intp], NDArray[np.int64]]:
        """What stands under all the keys, one after the other: (rows, counts), then which of `keys` are there, and how
        many rows each has.
        """
        known, starts, ends = self._places(keys)
        rows = _together(self.rows, starts, ends).astype(np.intp)
        counts = np.ones(len(rows), np.float32) if self.counts is None else _together(self.counts, starts, ends)
        return rows, counts.astype(np.float32, copy=False), known, ends - starts

    def rows_of(self, keys: Keys) -> NDArray[np.unsignedinteger[Any]]:
        """The rows alone: a row stands there once for each of the keys that it holds."""
        _, starts, ends = self._places(keys)
        return _together(self.rows, starts, ends)

    def _places(self, keys: Keys) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
        """(which of `keys` are there, where the rows of each begin, and where they end)"""
        if not len(self.keys):
            return np.zeros(0, np.intp), np.zeros(0, np.int64), np.zeros(0, np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = np.flatnonzero(self.keys[at] == keys)
        return known, self.starts[at[known]].astype(np.int64), self.starts[at[known] + 1].astype(np.int64)


def _together(values: NDArray[Any], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[Any]:
    """values[start:end] of each, one after the other: whole stretches are copied, and no number made for each value."""
    parts = [values[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return np.concatenate(parts) if parts else values[:0]


def postings_of(keys: Sequence[Keys], counts: Sequence[NDArray[np.int64]] | None = None) -> Postings:
    """From the keys of row 0, 1, 2 ..., each key once in a row. Without counts each is 1, for good."""
    if not keys:
        return _sorted(np.zeros(0, np.uint64), np.zeros(0, np.int64), None if counts is None else np.zeros(0, np.int64))
    joined = np.concatenate(keys)
    rows = np.repeat(np.arange(len(keys), dtype=np.int32), [len(row) for row in keys])
    order = np.argsort(joined, kind="stable")
    return _sorted(joined[order], rows[order], None if counts is None else np.concatenate(counts)[order])


def followed(first: Postings, second: Postings, offset: int) -> Postings:
    """Both, the rows of the second numbered from `offset` on. Counts of both, or of neither."""
    keys = np.concatenate([_each(first), _each(second)])
    order = np.argsort(keys, kind="stable")  # of two sorted halves, which costs no more than merging them
    rows = np.concatenate([first.rows.astype(np.int64), second.rows.astype(np.int64) + offset])
    counts = None
    if first.counts is not None and second.counts is not None:
        counts = np.concatenate([first.counts, second.counts])[order]
    return _sorted(keys[order], rows[order], counts)


def kept(postings: Postings, rows: NDArray[np.bool_]) -> Postings:
    """Of these rows alone, numbered anew without gaps."""
    held = rows[postings.rows]
    numbers = np.cumsum(rows, dtype=np.int64) - 1
    counts = None if postings.counts is None else postings.counts[held]
    return _sorted(_each(postings)[held], numbers[postings.rows[held]], counts)


def _each(postings: Postings) -> Keys:
    starts = postings.starts.astype(np.int64)
    return np.repeat(postings.keys, starts[1:] - starts[:-1])


def _sorted(keys: Keys, rows: NDArray[Any], counts: NDArray[Any] | None) -> Postings:
    """From triples sorted by key."""
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, np.int64)
    starts = np.append(first, len(keys))
    return Postings(keys[first], _packed(starts), _packed(rows), None if counts is None else _packed(counts))


def _packed(numbers: NDArray[Any]) -> NDArray[np.unsignedinteger[Any]]:
    """None of which is negative."""
    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))

"""Vectors of units, searched by inner product. The only file that knows faiss."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import faiss as untyped_faiss
import numpy as np
from numpy.typing import NDArray

faiss: Any = untyped_faiss  # its stubs describe the C++ side, not the Python wrappers that are called here


def _one_thread() -> None:
    """One question is one core's work: waiting for a second core, which may be busy, was measured to cost more.

    Called in every search, for OpenMP keeps this number for each calling thread apart, and its threads spin.
    """
    faiss.omp_set_num_threads(1)


@dataclass(frozen=True, slots=True)
class _Part:
    flat: Any
    rows: NDArray[np.float32]  # a view of the one copy, which faiss owns: valid as long as `flat` is kept beside it


def _part(rows: NDArray[np.float32]) -> _Part:
    flat = faiss.IndexFlatIP(rows.shape[1])
    flat.add(np.ascontiguousarray(rows, dtype=np.float32))
    view = faiss.rev_swig_ptr(flat.get_xb(), rows.size).reshape(rows.shape) if rows.size else np.zeros_like(rows)
    view.flags.writeable = False
    return _Part(flat, view)


class VectorIndex:
    """An exact inner-product index over float32 rows [n, dimension]. Immutable, so threads may share it."""

    def __init__(self, rows: NDArray[np.float32]) -> None:
        if rows.ndim != 2:
            raise ValueError(f"vectors must be rows of a table, not an array of shape {rows.shape}")
        self._parts: tuple[_Part, ...] = (_part(np.asarray(rows, np.float32)),)

    def __len__(self) -> int:
        return sum(len(part.rows) for part in self._parts)

    @property
    def recent(self) -> int:
        """Rows that came by `followed`: each further one copies them, but never those of the beginning."""
        return sum(len(part.rows) for part in self._parts[1:])

    def followed(self, rows: NDArray[np.float32]) -> VectorIndex:
        """With these rows behind its own."""
        longer = copy.copy(self)
        longer._parts = (self._parts[0], _part(np.concatenate([*(part.rows for part in self._parts[1:]), rows])))
        return longer

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """A copy of the rows of these numbers, in their order."""
        first = self._parts[0].rows
        if not len(numbers) or int(numbers.max()) < len(first):
            return first[numbers]
        found = np.empty((len(numbers), first.shape[1]), np.float32)
        early = numbers < len(first)
        found[early] = first[numbers[early]]
        found[~early] = self._parts[1].rows[numbers[~early] - len(first)]
        return found

    def products(self, vector: NDArray[np.float32], numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Of the rows of these numbers with the vector [dimension]; no row is copied."""
        _one_thread()
        wanted = np.ascontiguousarray(vector, np.float32)
        found = np.empty(len(numbers), np.float32)
        first = 0
        for part in self._parts:
            here: Any = slice(None)
            if len(self._parts) > 1:
                here = np.flatnonzero((numbers >= first) & (numbers < first + len(part.rows)))
            places = np.ascontiguousarray(numbers[here] - first, np.int64)
            products = np.empty(len(places), np.float32)
            if len(places):
                part.flat.compute_distance_subset(
                    1, faiss.swig_ptr(wanted), len(places), faiss.swig_ptr(products), faiss.swig_ptr(places)
                )
            found[here] = products
            first += len(part.rows)
        return found

    def search(
        self, vectors: NDArray[np.float32], count: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The `count` best rows of each vector [m, dimension], best first: (products, row numbers), both [m, count].

        `allowed` [n] leaves rows out. Fewer rows than asked for: fewer columns.
        """
        _one_thread()
        vectors = np.ascontiguousarray(vectors, np.float32)
        found = []
        first = 0
        for part in self._parts:
            held = None if allowed is None else allowed[first : first + len(part.rows)]
            most = min(count, len(part.rows) if held is None else int(np.count_nonzero(held)))
            if most > 0:
                chosen = None
                if held is not None:
                    bits = np.packbits(held, bitorder="little")
                    chosen = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
                products, numbers = part.flat.search(vectors, most, params=chosen)
                found.append((products, numbers + first))
            first += len(part.rows)
        if not found:
            return np.zeros((len(vectors), 0), np.float32), np.zeros((len(vectors), 0), np.int64)
        if len(found) == 1:
            return found[0]
        products, numbers = (np.concatenate(each, axis=1) for each in zip(*found, strict=True))
        order = np.argsort(-products, axis=1, kind="stable")[:, :count]
        return np.take_along_axis(products, order, axis=1), np.take_along_axis(numbers, order, axis=1)

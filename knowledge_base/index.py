"""Vectors of units, searched by inner product. The only file that knows faiss.

Few rows are all compared. Of many, an inverted file (Sivic and Zisserman, ICCV 2003, over k-means cells) of 8-bit codes
names those worth comparing, and rows of 16 bits then give their products. docs/performance.md has the recall by size.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import Any, Self

import faiss as untyped_faiss
import numpy as np
from numpy.typing import NDArray

_Found = tuple[NDArray[np.float32], NDArray[np.int64]]  # products and numbers of rows

faiss: Any = untyped_faiss  # its stubs describe the C++ side, not the Python wrappers that are called here

EXACT_ROWS = 20_000  # two to three milliseconds of one core
NAMED_ROWS = 2_000  # of those that are only named: a fifth of a millisecond
# Cells for a root of the rows, and one of how many is looked into: more were measured to find no more.
_CELLS = 4
_LOOKED_INTO = 8
_NAMES_LOOKED_INTO = 4  # of rows that are only named: they are fewer
_MOST_LOOKED_INTO = 128
_TRAINED_ON = 40  # rows a cell; 64 in ten rounds took three times as long and found no more
_ROUNDS = 4
_AT_ONCE = 4_096  # rows made wider or narrower at once
_SPARE = 1.25  # times as many by their codes as are wanted


def _one_thread() -> None:
    """One question is one core's work: waiting for a second core, which may be busy, was measured to cost more.

    Called in every search, for OpenMP keeps this number for each calling thread apart, and its threads spin.
    """
    faiss.omp_set_num_threads(1)


@dataclass(frozen=True, slots=True)
class _Few:
    """Rows that are all compared."""

    flat: Any
    rows: NDArray[np.float32]  # a view of the one copy, which faiss owns: valid as long as `flat` is kept beside it

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        return self.rows[numbers]

    def products(self, vector: NDArray[np.float32], numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        found = np.empty(len(numbers), np.float32)
        if len(numbers):
            self.flat.compute_distance_subset(
                1, faiss.swig_ptr(vector), len(numbers), faiss.swig_ptr(found), faiss.swig_ptr(numbers)
            )
        return found

    def named(self, vectors: NDArray[np.float32], count: int, allowed: NDArray[np.bool_] | None) -> _Found:
        plain = None if allowed is None else faiss.SearchParameters(sel=_chosen(allowed))
        found: _Found = self.flat.search(vectors, count, params=plain)
        return found


@dataclass(frozen=True, slots=True)
class _Named:
    """Rows of which nothing is kept but 8-bit codes in cells: their products are off by some thousandths."""

    cells: Any  # the inverted file
    few: int  # of which none is missed, if no more are allowed

    def __len__(self) -> int:
        return int(self.cells.ntotal)

    def named(self, vectors: NDArray[np.float32], count: int, allowed: NDArray[np.bool_] | None) -> _Found:
        # Of few that are allowed the cells that are looked into otherwise might hold too few.
        held = len(self) if allowed is None else int(np.count_nonzero(allowed))
        everywhere = held < len(self) and (held <= self.few or held * _LOOKED_INTO < len(self))
        parameters = None
        if allowed is not None:
            looked_into = self.cells.nlist if everywhere else self.cells.nprobe
            parameters = faiss.SearchParametersIVF(nprobe=looked_into, sel=_chosen(allowed))
        found: _Found = self.cells.search(vectors, count, params=parameters)
        return found


@dataclass(frozen=True, slots=True)
class _Many:
    """Rows of 16-bit numbers, half of the memory, whose products are off by a few of 100,000; cells name candidates."""

    rows: NDArray[np.int16]
    step: float  # what one of them stands for
    codes: _Named

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.take(self.rows, numbers, axis=0).astype(np.float32) * np.float32(self.step)

    def products(self, vector: NDArray[np.float32], numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        found = np.empty(len(numbers), np.float32)
        moved = vector * np.float32(self.step)
        for start in range(0, len(numbers), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            np.matmul(np.take(self.rows, numbers[part], axis=0).astype(np.float32), moved, out=found[part])
        return found

    def named(self, vectors: NDArray[np.float32], count: int, allowed: NDArray[np.bool_] | None) -> _Found:
        return self.codes.named(vectors, count, allowed)


def _table(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    if rows.ndim != 2:
        raise ValueError(f"vectors must be rows of a table, not an array of shape {rows.shape}")
    return np.asarray(rows, np.float32)


def _chosen(allowed: NDArray[np.bool_]) -> Any:
    return faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))


def _best(products: NDArray[np.float32], numbers: NDArray[np.int64], count: int) -> _Found:
    """The `count` greatest of each row, the greatest first."""
    order = np.argsort(-products, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(products, order, axis=1), np.take_along_axis(numbers, order, axis=1)


def _few(rows: NDArray[np.float32]) -> _Few:
    flat = faiss.IndexFlatIP(rows.shape[1])
    flat.add(np.ascontiguousarray(rows, dtype=np.float32))
    view = faiss.rev_swig_ptr(flat.get_xb(), rows.size).reshape(rows.shape) if rows.size else np.zeros_like(rows)
    view.flags.writeable = False
    return _Few(flat, view)


def _many(rows: NDArray[np.float32]) -> _Many:
    step = max(float(rows.max()), -float(rows.min()), 1e-9) / np.iinfo(np.int16).max
    packed = np.empty(rows.shape, np.int16)
    for start in range(0, len(rows), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        packed[part] = np.rint(rows[part] / step)
    return _Many(packed, step, _named(rows, _LOOKED_INTO, EXACT_ROWS))


def _named(rows: NDArray[np.float32], share: int, few: int) -> _Named:
    """Of whose cells one of `share` is looked into."""
    _one_thread()
    dimension = rows.shape[1]
    count = 1 << round(math.log2(_CELLS * math.sqrt(len(rows))))
    cells = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        count,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
        False,  # codes of the rows themselves, not of what their cell leaves over: one table serves all cells
    )
    cells.cp.niter = _ROUNDS
    cells.cp.max_points_per_centroid = _TRAINED_ON
    cells.cp.min_points_per_centroid = 1  # or faiss writes a warning where cells are small
    chance = np.random.default_rng(len(rows))
    learnt = chance.permutation(len(rows))[: _TRAINED_ON * count]
    cells.train(rows[np.sort(learnt)])
    cells.add(rows)
    cells.nprobe = min(math.ceil(count / share), _MOST_LOOKED_INTO)
    return _Named(cells, few)


class NameIndex:
    """Names the rows [n, dimension] whose inner products with a vector are greatest. Immutable: threads may share it.

    Of more than NAMED_ROWS nothing is kept but codes. What follows its first rows is compared one by one, until
    somebody makes a new index of all.
    """

    def __init__(self, rows: NDArray[np.float32]) -> None:
        self._parts: tuple[_Few | _Many | _Named, ...] = (
            _few(_table(rows)) if len(rows) <= NAMED_ROWS else _named(_table(rows), _NAMES_LOOKED_INTO, NAMED_ROWS),
        )

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts)

    @property
    def recent(self) -> int:
        """Rows that came by `followed`: each further one copies them, but never those of the beginning."""
        return sum(len(part) for part in self._parts[1:])

    def followed(self, rows: NDArray[np.float32]) -> Self:
        """With these rows behind its own."""
        longer = copy.copy(self)
        recent = np.concatenate([*(part.rows for part in self._parts[1:] if isinstance(part, _Few)), rows])
        longer._parts = (self._parts[0], _few(recent))
        return longer

    def named(self, vectors: NDArray[np.float32], count: int, allowed: NDArray[np.bool_] | None = None) -> _Found:
        """About the `count` best rows of each vector [m, dimension], best first: (products, row numbers), [m, count].

        `allowed` [n] leaves rows out. Fewer rows than asked for: fewer columns. Of many rows one may be missed that is
        far from the others of its cell; where cells held too few, numbers end with -1 (-infinity). Products of codes
        are off by some thousandths.
        """
        _one_thread()
        vectors = np.ascontiguousarray(vectors, np.float32)
        found = []
        first = 0
        for part in self._parts:
            held = None if allowed is None else allowed[first : first + len(part)]
            if len(part) if held is None else held.any():
                most = len(part) if held is None else int(np.count_nonzero(held))
                products, numbers = part.named(vectors, min(count, most), held)
                missing = numbers < 0
                if first or missing.any():
                    products, numbers = np.where(missing, -np.inf, products), np.where(missing, -1, numbers + first)
                found.append((products, numbers))
            first += len(part)
        if not found:
            return np.zeros((len(vectors), 0), np.float32), np.zeros((len(vectors), 0), np.int64)
        if len(found) == 1:
            return found[0]
        products, numbers = (np.concatenate(each, axis=1) for each in zip(*found, strict=True))
        return _best(products, numbers, count)


class VectorIndex(NameIndex):
    """One that keeps its rows as well, so that what it names comes with the right products."""

    def __init__(self, rows: NDArray[np.float32]) -> None:
        made = _few if len(rows) <= EXACT_ROWS else _many
        self._parts: tuple[_Few | _Many, ...] = (made(_table(rows)),)

    def search(self, vectors: NDArray[np.float32], count: int, allowed: NDArray[np.bool_] | None = None) -> _Found:
        """As `named`, by the right products: an 8-bit code may put the last of the best a place too low."""
        products, near = self.named(vectors, math.ceil(_SPARE * count), allowed)
        for vector, numbers, into in zip(vectors, near, products, strict=True):
            held = int(np.count_nonzero(numbers >= 0))  # -1 fills up what was not found, at the end
            into[:held] = self.products(vector, numbers[:held])
        return _best(products, near, count)

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """A copy of the rows of these numbers, in their order."""
        first = self._parts[0]
        held = len(first)
        if not len(numbers) or int(numbers.max()) < held:
            return first.take(numbers)
        found = np.empty((len(numbers), first.rows.shape[1]), np.float32)
        early = numbers < held
        found[early] = first.take(numbers[early])
        found[~early] = self._parts[1].take(numbers[~early] - held)
        return found

    def products(self, vector: NDArray[np.float32], numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Of the rows of these numbers with the vector [dimension]."""
        _one_thread()
        wanted = np.ascontiguousarray(vector, np.float32)
        if len(self._parts) == 1:
            return self._parts[0].products(wanted, np.ascontiguousarray(numbers, np.int64))
        found = np.empty(len(numbers), np.float32)
        first = 0
        for part in self._parts:
            here = np.flatnonzero((numbers >= first) & (numbers < first + len(part)))
            found[here] = part.products(wanted, np.ascontiguousarray(numbers[here] - first, np.int64))
            first += len(part)
        return found

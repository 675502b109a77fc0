"""Vectors of units, searched by inner product. The only file that knows faiss."""

from __future__ import annotations

from typing import Any

import faiss as untyped_faiss
import numpy as np
from numpy.typing import NDArray

faiss: Any = untyped_faiss  # its stubs describe the C++ side, not the Python wrappers that are called here
# One question is one core's work of a few milliseconds: waiting for a second core, which may be busy, was measured to
# cost more than it gains.
faiss.omp_set_num_threads(1)


class VectorIndex:
    """An exact inner-product index over float32 rows [n, dimension]. Immutable, so threads may share it."""

    def __init__(self, rows: NDArray[np.float32]) -> None:
        if rows.ndim != 2:
            raise ValueError(f"vectors must be rows of a table, not an array of shape {rows.shape}")
        self._index: Any = faiss.IndexFlatIP(rows.shape[1])
        self._index.add(np.ascontiguousarray(rows, dtype=np.float32))
        # faiss owns the one copy of the rows; this is a view of it, valid as long as the index that is kept beside it.
        self.rows: NDArray[np.float32] = (
            faiss.rev_swig_ptr(self._index.get_xb(), rows.size).reshape(rows.shape)
            if rows.size
            else np.zeros(rows.shape, np.float32)
        )
        self.rows.flags.writeable = False

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(
        self, vectors: NDArray[np.float32], count: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The `count` best rows of each vector [m, dimension], best first: (products, row numbers), both [m, count].

        `allowed` [n] leaves rows out. Fewer rows than asked for: fewer columns.
        """
        count = min(count, len(self) if allowed is None else int(np.count_nonzero(allowed)))
        if count <= 0:
            return np.zeros((len(vectors), 0), np.float32), np.zeros((len(vectors), 0), np.int64)
        chosen = None
        if allowed is not None:
            chosen = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little")))
        products, numbers = self._index.search(np.ascontiguousarray(vectors, np.float32), count, params=chosen)
        return products, numbers

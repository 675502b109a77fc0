"""A small embedder for tests of other things: fast, deterministic, near for texts that share letters."""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedder import Kind, clean


class HashEmbedder:
    """Counts of a text's three-letter pieces, hashed to 64 places; a question and a passage are treated alike."""

    name = "hash-64-1"
    dimension = 64

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """Unit rows [n, 64]."""
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            padded = f"  {clean(text, 4000).casefold()} "
            for start in range(len(padded) - 2):
                row[zlib.crc32(padded[start : start + 3].encode()) % self.dimension] += 1
            row /= np.linalg.norm(row)
        return rows

"""An embedder that keeps each text's vector in a file, so that a second run of the sets reads no text again."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedder import BUNDLED, Embedder, Kind, open_embedder
from knowledge_base.model.layout import E5_SMALL, NAME

Open = Callable[[], Embedder]

_TOGETHER = 256  # texts between two commits, so that an interrupted run loses little


class Remembered:
    """The vectors of one model, by hash of prompt and text. The model itself is loaded only for what is not known."""

    def __init__(self, folder: Path, name: str, dimension: int, open_model: Open) -> None:
        self.name = name
        self.dimension = dimension
        self._open_model = open_model
        self._model: Embedder | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(folder / f"{name}.sqlite3", timeout=60)
        self._file.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
        self._known: dict[bytes, NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """Unit rows [n, dimension] in the order of `texts`."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        keys = [_key(text, kind) for text in texts]
        self._read(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        for start in range(0, len(missing), _TOGETHER):
            self._learn(dict(list(missing.items())[start : start + _TOGETHER]), kind)
        return np.stack([self._known[key] for key in keys])

    def is_word(self, word: str) -> bool:
        """What the model says (see `BundledEmbedder.is_word`)."""
        self._model = self._model or self._open_model()
        asks: Callable[[str], bool] = getattr(self._model, "is_word", lambda _: False)
        return asks(word)

    def _read(self, keys: Iterable[bytes]) -> None:
        wanted = [key for key in dict.fromkeys(keys) if key not in self._known]
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._file.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)  # noqa: S608
            self._known.update((key, np.frombuffer(vector, np.float32)) for key, vector in rows)

    def _learn(self, missing: dict[bytes, str], kind: Kind) -> None:
        self._model = self._model or self._open_model()
        vectors = self._model.encode(list(missing.values()), kind)
        found = dict(zip(missing, vectors, strict=True))
        with self._file:
            self._file.executemany(
                "INSERT OR IGNORE INTO vectors VALUES (?, ?)", [(key, row.tobytes()) for key, row in found.items()]
            )
        self._known.update(found)


def _key(text: str, kind: Kind) -> bytes:
    return hashlib.blake2b(f"{kind}\0{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def remembered(cache: Path, model_folder: Path) -> Remembered:
    """The bundled model; it is converted into `model_folder` and loaded once a text is not known."""
    return Remembered(cache, NAME, E5_SMALL.hidden, lambda: open_embedder(BUNDLED, model_folder))

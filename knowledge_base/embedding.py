"""The units of a document as vectors, each text through the model once: what is known of an older version, of another
article or from before an interruption is taken from the database. A few texts at a time, each few stored at once.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_into_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite
from sqlmodel import col

from knowledge_base import versions
from knowledge_base.embedder import Embedder, Kind
from knowledge_base.passages import Document, Unit, plain, units_of
from knowledge_base.tables import TextVector
from knowledge_base.versions import Vectors, model_key
from runtime.db import Database, Tx

# Characters of a piece, about a tenth of a second of the model's time: that long a question may have to wait.
PIECE = 900
# A published version keeps its vectors itself; this is how long an interruption, a draft or another worker may take.
KEPT_MS = 30 * 24 * 3600 * 1000
_AT_ONCE = 200  # SQLite takes a limited number of values in one statement


class Text(NamedTuple):
    """What the model reads of a unit; equal for units that differ only in their marks."""

    kind: Kind
    words: str

    @property
    def digest(self) -> str:
        return hashlib.blake2b(f"{self.kind}\0{self.words}".encode("utf-8", "replace"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Found:
    """Vectors by digest: known before, and texts whose vectors are still to be made."""

    known: dict[str, Vectors]
    missing: list[Text]


def text_of(unit: Unit) -> Text:
    """Titles and question variants are read as questions are."""
    return Text("passage" if unit.kind == "passage" else "query", plain(unit.text))


def encode_now(db: Database, embedder: Embedder, document: Document) -> Vectors:
    """The document's vectors [units, dimension], for commands."""
    found = db.read_now(look_up, embedder.name, embedder.dimension, document)
    for piece in pieces(found.missing):
        rows = embedder.encode([text.words for text in piece], piece[0].kind)
        found.known.update(_named(piece, rows))
        db.write_now(keep, embedder.name, _named(piece, rows))
    return _table(document, found, embedder.dimension)


async def encode(db: Database, embedder: Embedder, executor: Executor, document: Document) -> Vectors:
    """As `encode_now`; a question need wait for one piece only, not for the whole of a long article."""
    loop = asyncio.get_running_loop()
    found = await db.read(look_up, embedder.name, embedder.dimension, document)
    for piece in pieces(found.missing):
        words = [text.words for text in piece]
        rows = await loop.run_in_executor(executor, embedder.encode, words, piece[0].kind)
        found.known.update(_named(piece, rows))
        await db.write(keep, embedder.name, _named(piece, rows))
    return _table(document, found, embedder.dimension)


def pieces(texts: Sequence[Text]) -> Iterator[list[Text]]:
    """Texts of one kind, together of at most PIECE characters unless one alone has more."""
    piece: list[Text] = []
    for text in texts:
        if piece and (text.kind != piece[0].kind or sum(len(each.words) for each in (*piece, text)) > PIECE):
            yield piece
            piece = []
        piece.append(text)
    if piece:
        yield piece


# -- verbs -------------------------------------------------------------------------------------------------


def look_up(tx: Tx, model: str, dimension: int, document: Document) -> Found:
    """What is known of the document's texts: from the version of it that is published, and from those kept."""
    texts = {text.digest: text for text in map(text_of, units_of(document))}
    known: dict[str, Vectors] = {}
    for entry in versions.entries(tx, model, [document.id]):
        units = units_of(entry.document)
        if entry.vectors is not None and entry.vectors.shape == (len(units), dimension):
            before = zip(map(text_of, units), entry.vectors, strict=True)
            known = {text.digest: row for text, row in before if text.digest in texts}
    unknown = [digest for digest in texts if digest not in known]
    for start in range(0, len(unknown), _AT_ONCE):
        query = sa.select(col(TextVector.digest), col(TextVector.vector)).where(
            col(TextVector.model) == model_key(model), col(TextVector.digest).in_(unknown[start : start + _AT_ONCE])
        )
        for digest, stored in tx.connection.execute(query):
            row = np.frombuffer(stored, "<f4").astype(np.float32)
            if len(row) == dimension:
                known[digest] = row
    return Found(known, [text for digest, text in texts.items() if digest not in known])


def keep(tx: Tx, model: str, vectors: dict[str, Vectors]) -> None:
    """Keeps vectors by the digests of their texts; those that are there already stay as they are."""
    insert = insert_into_postgresql if tx.connection.dialect.name == "postgresql" else insert_into_sqlite
    rows = [
        {"model": model_key(model), "digest": digest, "made_at": tx.now, "vector": row.astype("<f4").tobytes()}
        for digest, row in vectors.items()
    ]
    tx.connection.execute(insert(TextVector).on_conflict_do_nothing(), rows)


def forget_old(tx: Tx) -> int:
    """Deletes what was made more than KEPT_MS ago; how many there were."""
    gone = sa.delete(TextVector).where(col(TextVector.made_at) < tx.now - KEPT_MS)
    return tx.connection.execute(gone).rowcount


def _named(piece: Sequence[Text], rows: Vectors) -> dict[str, Vectors]:
    return {text.digest: row for text, row in zip(piece, rows, strict=True)}


def _table(document: Document, found: Found, dimension: int) -> Vectors:
    digests = [text_of(unit).digest for unit in units_of(document)]
    return np.stack([found.known[digest] for digest in digests]) if digests else np.empty((0, dimension), np.float32)

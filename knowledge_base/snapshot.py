"""All that one search needs in one immutable object: documents, units, vectors, words. A change makes another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index import VectorIndex
from knowledge_base.lexical import Lexicon
from knowledge_base.passages import Document, Unit, root_of, units_of
from knowledge_base.ranking import centred


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Documents in order; the units of document i are rows starts[i]:starts[i + 1] of the index."""

    means: NDArray[np.float32]  # [2, dimension], subtracted from queries and from passages
    documents: tuple[Document, ...]
    units: tuple[tuple[Unit, ...], ...]
    starts: NDArray[np.int64]
    document_of_row: NDArray[np.int32]
    index: VectorIndex  # centred unit vectors
    lengths: NDArray[np.float32]  # of each row before it was made a unit vector, so that the raw cosine can be told
    along: NDArray[np.float32]  # product of each row with the mean of queries, for the same reason
    is_passage: NDArray[np.bool_]  # of each row
    centroids: NDArray[np.float32]  # of each document, unit vectors, zeros where it has no unit
    lexicon: Lexicon
    numbers: dict[str, int]  # document id -> its number
    versions: dict[str, tuple[int, ...]]  # root -> numbers of its language versions
    audiences: dict[str, NDArray[np.bool_]]  # audience -> which documents are for it


def empty(means: NDArray[np.float32]) -> Snapshot:
    """Without a document; `means` [2, dimension] says how long vectors are."""
    return build([], [], means)


def build(
    documents: Sequence[Document], vectors: Sequence[NDArray[np.float32]], means: NDArray[np.float32]
) -> Snapshot:
    """`vectors`: for each document the model's unit vectors in the order of `units_of`. ValueError on a double id."""
    units = tuple(units_of(document) for document in documents)
    rows, lengths = _centred_rows(units, vectors, means)
    return _assembled(means, tuple(documents), units, rows, lengths, _centroids(units, rows), Lexicon.build(documents))


def put(snapshot: Snapshot, document: Document, vectors: NDArray[np.float32]) -> Snapshot:
    """With the document added, or in the place of the one with its id. Copies arrays, analyses only the one."""
    units = units_of(document)
    rows, lengths = _centred_rows([units], [vectors], snapshot.means)
    at = snapshot.numbers.get(document.id, len(snapshot.documents))
    first = int(snapshot.starts[at]) if at < len(snapshot.documents) else len(snapshot.index)
    last = int(snapshot.starts[at + 1]) if at < len(snapshot.documents) else first
    old = snapshot.index.rows
    return _assembled(
        snapshot.means,
        (*snapshot.documents[:at], document, *snapshot.documents[at + 1 :]),
        (*snapshot.units[:at], units, *snapshot.units[at + 1 :]),
        np.concatenate([old[:first], rows, old[last:]]),
        np.concatenate([snapshot.lengths[:first], lengths, snapshot.lengths[last:]]),
        np.concatenate([snapshot.centroids[:at], _centroids([units], rows), snapshot.centroids[at + 1 :]]),
        snapshot.lexicon.put(at, document),
    )


def remove(snapshot: Snapshot, document_id: str) -> Snapshot:
    """Without the document; the same snapshot if it has none of that id."""
    at = snapshot.numbers.get(document_id)
    if at is None:
        return snapshot
    kept = snapshot.document_of_row != at
    return _assembled(
        snapshot.means,
        snapshot.documents[:at] + snapshot.documents[at + 1 :],
        snapshot.units[:at] + snapshot.units[at + 1 :],
        snapshot.index.rows[kept],
        snapshot.lengths[kept],
        np.delete(snapshot.centroids, at, axis=0),
        snapshot.lexicon.remove(at),
    )


def _assembled(
    means: NDArray[np.float32],
    documents: tuple[Document, ...],
    units: tuple[tuple[Unit, ...], ...],
    rows: NDArray[np.float32],
    lengths: NDArray[np.float32],
    centroids: NDArray[np.float32],
    lexicon: Lexicon,
) -> Snapshot:
    counts = np.array([len(each) for each in units], np.int64)
    numbers = {document.id: number for number, document in enumerate(documents)}
    if len(numbers) < len(documents):
        raise ValueError("two documents have the same id")
    versions: dict[str, tuple[int, ...]] = {}
    for number, document in enumerate(documents):
        versions[root_of(document)] = (*versions.get(root_of(document), ()), number)
    names = np.array([document.audience for document in documents], dtype=object)
    return Snapshot(
        means=means,
        documents=documents,
        units=units,
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        document_of_row=np.repeat(np.arange(len(documents), dtype=np.int32), counts),
        index=VectorIndex(rows),
        lengths=lengths,
        along=rows @ means[0],
        is_passage=np.array([unit.kind == "passage" for each in units for unit in each], np.bool_),
        centroids=centroids,
        lexicon=lexicon,
        numbers=numbers,
        versions=versions,
        audiences={name: np.asarray(names == name, np.bool_) for name in {document.audience for document in documents}},
    )


def _centred_rows(
    units: Sequence[Sequence[Unit]], vectors: Sequence[NDArray[np.float32]], means: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    for each, rows in zip(units, vectors, strict=True):
        if rows.shape != (len(each), means.shape[1]):
            raise ValueError(f"{len(each)} units need vectors of shape {(len(each), means.shape[1])}, not {rows.shape}")
    if not any(len(each) for each in units):
        return np.zeros((0, means.shape[1]), np.float32), np.zeros(0, np.float32)
    raw = np.concatenate([rows for rows in vectors if len(rows)]).astype(np.float32, copy=False)
    kinds = np.array([int(unit.kind == "passage") for each in units for unit in each])
    lengths = np.linalg.norm(raw - means[kinds], axis=1).astype(np.float32)
    return centred(raw, means[kinds]), lengths


def _centroids(units: Sequence[Sequence[Unit]], rows: NDArray[np.float32]) -> NDArray[np.float32]:
    sums = np.zeros((len(units), rows.shape[1]), np.float32)
    np.add.at(sums, np.repeat(np.arange(len(units)), [len(each) for each in units]), rows)
    return centred(sums, np.zeros(rows.shape[1], np.float32))

"""All that one search needs in one immutable object: documents, units, vectors, words. A change makes another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index import VectorIndex
from knowledge_base.lexical import NOBODY, Lexicon
from knowledge_base.passages import Document, Unit, root_of, units_of
from knowledge_base.ranking import centred

# Rows of the index that may be left over or recent before all are laid anew, in order, which copies every vector.
_FEW_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Documents in order; the units of document i are the rows from starts[i] on of the index, counts[i] of them."""

    means: NDArray[np.float32]  # [2, dimension], subtracted from queries and from passages
    documents: tuple[Document, ...]
    units: tuple[tuple[Unit, ...], ...]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]
    document_of_row: NDArray[np.int32]  # NOBODY's rows are left over from documents that were replaced or removed
    index: VectorIndex  # centred unit vectors
    lengths: NDArray[np.float32]  # of each row before it was made a unit vector, so that the raw cosine can be told
    along: NDArray[np.float32]  # product of each row with the mean of queries, for the same reason
    is_passage: NDArray[np.bool_]  # of each row
    centroids: NDArray[np.float32]  # of each document, unit vectors, zeros where it has no unit
    lexicon: Lexicon
    names: Names


@dataclass(frozen=True, slots=True)
class Names:
    """What follows from the documents' ids, roots and audiences alone."""

    numbers: dict[str, int]  # document id -> its number
    versions: dict[str, tuple[int, ...]]  # root -> numbers of its language versions
    root_places: NDArray[np.int32]  # of each document: place of its root in the order of the roots
    audiences: dict[str, NDArray[np.bool_]]  # audience -> which documents are for it


def empty(means: NDArray[np.float32]) -> Snapshot:
    """Without a document; `means` [2, dimension] says how long vectors are."""
    return build([], [], means)


def build(
    documents: Sequence[Document], vectors: Sequence[NDArray[np.float32]], means: NDArray[np.float32]
) -> Snapshot:
    """`vectors`: for each document the model's unit vectors in the order of `units_of`. ValueError on a double id."""
    names = _names(documents)
    units = tuple(units_of(document) for document in documents)
    rows, lengths = _centred_rows(units, vectors, means)
    counts = np.array([len(each) for each in units], np.int64)
    return Snapshot(
        means=means,
        documents=tuple(documents),
        units=units,
        starts=np.cumsum(counts) - counts,
        counts=counts,
        document_of_row=np.repeat(np.arange(len(documents), dtype=np.int32), counts),
        index=VectorIndex(rows),
        lengths=lengths,
        along=rows @ means[0],
        is_passage=_passages(*units),
        centroids=_centroids(units, rows),
        lexicon=Lexicon.build(documents),
        names=names,
    )


def put(snapshot: Snapshot, document: Document, vectors: NDArray[np.float32]) -> Snapshot:
    """With the document added, or in the place of the one with its id. No other is analysed, no old vector copied."""
    units = units_of(document)
    rows, lengths = _centred_rows([units], [vectors], snapshot.means)
    at = snapshot.names.numbers.get(document.id, len(snapshot.documents))
    documents = (*snapshot.documents[:at], document, *snapshot.documents[at + 1 :])
    old = snapshot.documents[at] if at < len(snapshot.documents) else None
    same = old is not None and (root_of(old), old.audience) == (root_of(document), document.audience)
    owners = np.where(snapshot.document_of_row == at, NOBODY, snapshot.document_of_row)
    return _tidied(
        Snapshot(
            means=snapshot.means,
            documents=documents,
            units=(*snapshot.units[:at], units, *snapshot.units[at + 1 :]),
            starts=_placed(snapshot.starts, at, np.array([len(snapshot.index)])),
            counts=_placed(snapshot.counts, at, np.array([len(units)])),
            document_of_row=np.concatenate([owners, np.full(len(units), at, np.int32)]),
            index=snapshot.index.followed(rows),
            lengths=np.concatenate([snapshot.lengths, lengths]),
            along=np.concatenate([snapshot.along, rows @ snapshot.means[0]]),
            is_passage=np.concatenate([snapshot.is_passage, _passages(units)]),
            centroids=_placed(snapshot.centroids, at, _centroids([units], rows)),
            lexicon=snapshot.lexicon.put(at, document),
            names=snapshot.names if same else _names(documents),
        )
    )


def remove(snapshot: Snapshot, document_id: str) -> Snapshot:
    """Without the document; the same snapshot if it has none of that id."""
    at = snapshot.names.numbers.get(document_id)
    if at is None:
        return snapshot
    documents = snapshot.documents[:at] + snapshot.documents[at + 1 :]
    owners = np.where(snapshot.document_of_row == at, NOBODY, snapshot.document_of_row)
    return _tidied(
        replace(
            snapshot,
            documents=documents,
            units=snapshot.units[:at] + snapshot.units[at + 1 :],
            starts=np.delete(snapshot.starts, at),
            counts=np.delete(snapshot.counts, at),
            document_of_row=owners - (owners > at).astype(np.int32),
            centroids=np.delete(snapshot.centroids, at, axis=0),
            lexicon=snapshot.lexicon.remove(at),
            names=_names(documents),
        )
    )


def _tidied(snapshot: Snapshot) -> Snapshot:
    """The same, or its rows laid anew once too many are left over, or recent."""
    total, held = len(snapshot.index), int(snapshot.counts.sum())
    if snapshot.index.recent + total - held <= _FEW_ROWS + total // 8:
        return snapshot
    ends = np.cumsum(snapshot.counts)
    rows = np.repeat(snapshot.starts - (ends - snapshot.counts), snapshot.counts) + np.arange(held)
    return replace(
        snapshot,
        starts=ends - snapshot.counts,
        document_of_row=snapshot.document_of_row[rows],
        index=VectorIndex(snapshot.index.take(rows)),
        lengths=snapshot.lengths[rows],
        along=snapshot.along[rows],
        is_passage=snapshot.is_passage[rows],
    )


def _names(documents: Sequence[Document]) -> Names:
    numbers = {document.id: number for number, document in enumerate(documents)}
    if len(numbers) < len(documents):
        raise ValueError("two documents have the same id")
    roots = [root_of(document) for document in documents]
    versions: dict[str, tuple[int, ...]] = {}
    for number, root in enumerate(roots):
        versions[root] = (*versions.get(root, ()), number)
    places = {root: place for place, root in enumerate(sorted(versions))}
    audiences = np.array([document.audience for document in documents], dtype=object)
    return Names(
        numbers=numbers,
        versions=versions,
        root_places=np.array([places[root] for root in roots], np.int32),
        audiences={name: np.asarray(audiences == name, np.bool_) for name in set(audiences.tolist())},
    )


def _placed(values: NDArray[Any], at: int, value: NDArray[Any]) -> NDArray[Any]:
    """With the one of number `at` replaced, or added at the end."""
    return np.concatenate([values[:at], value.astype(values.dtype, copy=False), values[at + 1 :]])


def _passages(*units: Sequence[Unit]) -> NDArray[np.bool_]:
    return np.array([unit.kind == "passage" for each in units for unit in each], np.bool_)


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

"""All that one search needs in one immutable object: documents, units, vectors, words. A change makes another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index import NameIndex, VectorIndex
from knowledge_base.lexical import NOBODY, Lexicon
from knowledge_base.names import Names, named, names_of, names_with
from knowledge_base.passages import Document, Unit, plain_texts, root_of, units_of
from knowledge_base.ranking import centred
from knowledge_base.spread import Metric, Spread, metric_of, spread_of
from knowledge_base.vocabulary import Vocabulary

# Rows of the index that may be left over or recent, beside an eighth of them, before all should be laid anew.
_FEW_ROWS = 1_000
# One unit in so many may have changed before the metric is computed anew, which touches every row.
_METRIC_LAG = 16
# More articles tell no more about how wordings differ.
_SPREAD_ARTICLES = 2_000
_CUT = 256  # documents whose units are remembered: those that answer again and again
_AT_ONCE = 4_096  # rows that are measured at once: a copy of all would double the memory


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Documents in order; the units of document i are the rows from starts[i] on of the index, counts[i] of them."""

    means: NDArray[np.float32]  # [2, dimension], subtracted from queries and from passages
    documents: tuple[Document, ...]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]
    document_of_row: NDArray[np.int32]  # NOBODY's rows are left over from documents that were replaced or removed
    index: VectorIndex  # centred unit vectors
    sample: NDArray[np.float64]  # how wordings differ in general, [dimension, dimension]
    spread: Spread  # and how they do within these articles
    metric: Metric  # made of both, a while ago
    changed: int  # units that came or went since
    lengths: NDArray[np.float32]  # of each row under the metric
    sums: NDArray[np.float32]  # of each document: length, under the metric, of the sum of its units' directions
    # Centroids, of length 1 under the metric, name the documents to be looked at; their cosines come from the units.
    centroids: NameIndex
    document_of_centroid: NDArray[np.int32]
    lexicon: Lexicon
    vocabulary: Vocabulary
    names: Names

    @property
    def units(self) -> Units:
        return Units(self.documents)


@dataclass(frozen=True, slots=True)
class Units:
    """Of each document, by its number. Cut when they are asked for: kept, they would hold every text twice."""

    documents: tuple[Document, ...]

    def __getitem__(self, number: int) -> tuple[Unit, ...]:
        return _cut(self.documents[number])

    def __iter__(self) -> Iterator[tuple[Unit, ...]]:
        return map(units_of, self.documents)


@lru_cache(maxsize=_CUT)
def _cut(document: Document) -> tuple[Unit, ...]:
    return units_of(document)


def empty(means: NDArray[np.float32], sample: NDArray[np.float64]) -> Snapshot:
    """Without a document; `means` [2, dimension] says how long vectors are."""
    return build([], [], means, sample)


def build(
    documents: Sequence[Document],
    vectors: Sequence[NDArray[np.float32]],
    means: NDArray[np.float32],
    sample: NDArray[np.float64],
) -> Snapshot:
    """`vectors`: for each document the model's unit vectors in the order of `units_of`. ValueError on a double id."""
    names = names_of(documents)
    units = [units_of(document) for document in documents]
    rows = _centred_rows(units, vectors, means)
    counts = np.array([len(each) for each in units], np.int64)
    starts = np.cumsum(counts) - counts
    told = list(names.versions.values())[:_SPREAD_ARTICLES]
    spread = spread_of((rows[rows_of(starts, counts, versions)] for versions in told), means.shape[1])
    metric = metric_of(spread, sample)
    texts = [plain_texts(document) for document in documents]
    lengths, sums, centroids = _under(metric, rows.__getitem__, np.arange(len(rows)), counts)
    return Snapshot(
        means=means,
        documents=tuple(documents),
        starts=starts,
        counts=counts,
        document_of_row=np.repeat(np.arange(len(documents), dtype=np.int32), counts),
        index=VectorIndex(rows),
        sample=sample,
        spread=spread,
        metric=metric,
        changed=0,
        lengths=lengths,
        sums=sums,
        centroids=NameIndex(centroids),
        document_of_centroid=np.arange(len(documents), dtype=np.int32),
        lexicon=Lexicon.build(documents, texts),
        vocabulary=Vocabulary.of(documents, texts),
        names=names,
    )


def put(snapshot: Snapshot, document: Document, vectors: NDArray[np.float32]) -> Snapshot:
    """With the document added, or in the place of the one with its id. No other is analysed, no old vector copied."""
    units = units_of(document)
    rows = _centred_rows([units], [vectors], snapshot.means)
    at = snapshot.names.numbers.get(document.id, len(snapshot.documents))
    documents = (*snapshot.documents[:at], document, *snapshot.documents[at + 1 :])
    old = snapshot.documents[at] if at < len(snapshot.documents) else None
    same = old is not None and named(old) == named(document)
    owners, leads = (np.where(each == at, NOBODY, each) for each in _owners(snapshot))
    added = np.arange(len(rows)), np.array([len(units)])
    lengths, length, centroid = _under(snapshot.metric, rows.__getitem__, *added)
    gone = int(snapshot.counts[at]) if old is not None else 0
    changed = Snapshot(
        means=snapshot.means,
        documents=documents,
        starts=_placed(snapshot.starts, at, np.array([len(snapshot.index)])),
        counts=_placed(snapshot.counts, at, np.array([len(units)])),
        document_of_row=np.concatenate([owners, np.full(len(units), at, np.int32)]),
        index=snapshot.index.followed(rows),
        sample=snapshot.sample,
        spread=snapshot.spread,
        metric=snapshot.metric,
        changed=snapshot.changed + len(units) + gone,
        lengths=np.concatenate([snapshot.lengths, lengths]),
        sums=_placed(snapshot.sums, at, length),
        centroids=snapshot.centroids.followed(centroid),
        document_of_centroid=np.append(leads, np.int32(at)),
        lexicon=snapshot.lexicon.put(at, document),
        vocabulary=snapshot.vocabulary.followed(document),
        names=snapshot.names if same else names_with(snapshot.names, document) if old is None else names_of(documents),
    )
    touched = {root_of(document)} | ({root_of(old)} if old is not None else set())
    return _measured(_spread_moved(snapshot, changed, touched))


def remove(snapshot: Snapshot, document_id: str) -> Snapshot:
    """Without the document; the same snapshot if it has none of that id."""
    at = snapshot.names.numbers.get(document_id)
    if at is None:
        return snapshot
    documents = snapshot.documents[:at] + snapshot.documents[at + 1 :]
    owners, leads = (np.where(each == at, NOBODY, each - (each > at).astype(np.int32)) for each in _owners(snapshot))
    changed = replace(
        snapshot,
        documents=documents,
        starts=np.delete(snapshot.starts, at),
        counts=np.delete(snapshot.counts, at),
        document_of_row=owners,
        changed=snapshot.changed + int(snapshot.counts[at]),
        sums=np.delete(snapshot.sums, at),
        document_of_centroid=leads,
        lexicon=snapshot.lexicon.remove(at),
        names=names_of(documents),
    )
    return _measured(_spread_moved(snapshot, changed, {root_of(snapshot.documents[at])}))


def _spread_moved(before: Snapshot, after: Snapshot, roots: set[str]) -> Snapshot:
    """With the spread of the articles that changed told anew; beyond so many articles it stays as it is."""
    if len(after.names.versions) > _SPREAD_ARTICLES:
        return after
    old, new = (
        spread_of(
            (each.index.take(rows_of(each.starts, each.counts, each.names.versions.get(root, ()))) for root in roots),
            each.means.shape[1],
        )
        for each in (before, after)
    )
    return replace(after, spread=after.spread.minus(old).plus(new))


def _is_stale(snapshot: Snapshot) -> bool:
    """Whether the metric is that of too many other units."""
    return snapshot.changed * _METRIC_LAG > int(snapshot.counts.sum())


def _measured(snapshot: Snapshot) -> Snapshot:
    """The same, or with the metric computed anew where that is due. Of many rows it is when they are laid anew."""
    if not _is_stale(snapshot) or int(snapshot.counts.sum()) > _FEW_ROWS:
        return snapshot
    return _measured_anew(snapshot)


def _measured_anew(snapshot: Snapshot) -> Snapshot:
    metric = metric_of(snapshot.spread, snapshot.sample)
    used = rows_of(snapshot.starts, snapshot.counts, range(len(snapshot.documents)))
    lengths = np.ones(len(snapshot.index), np.float32)
    lengths[used], sums, centroids = _under(metric, snapshot.index.take, used, snapshot.counts)
    return _led(replace(snapshot, metric=metric, changed=0, lengths=lengths, sums=sums), centroids)


def _led(snapshot: Snapshot, centroids: NDArray[np.float32]) -> Snapshot:
    """With these centroids, one for each document."""
    numbers = np.arange(len(centroids), dtype=np.int32)
    return replace(snapshot, centroids=NameIndex(centroids), document_of_centroid=numbers)


def _owners(snapshot: Snapshot) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Numbers of the documents of rows and of centroids."""
    return snapshot.document_of_row, snapshot.document_of_centroid


def is_untidy(snapshot: Snapshot) -> bool:
    """Whether so many rows are left over, or recent, that searches and changes cost notably more."""
    total, held = len(snapshot.index), int(snapshot.counts.sum())
    many = snapshot.index.recent + total - held > _FEW_ROWS + total // 8
    return many or _is_stale(snapshot) or snapshot.lexicon.is_untidy


def tidied(snapshot: Snapshot) -> Snapshot:
    """The same documents, their rows laid anew in order. Seconds for many: every vector is copied, cells are made."""
    rows = rows_of(snapshot.starts, snapshot.counts, range(len(snapshot.documents)))
    laid = replace(
        snapshot,
        starts=np.cumsum(snapshot.counts) - snapshot.counts,
        document_of_row=snapshot.document_of_row[rows],
        index=VectorIndex(snapshot.index.take(rows)),
        lengths=snapshot.lengths[rows],
        lexicon=snapshot.lexicon.tidied(),
        vocabulary=Vocabulary.of(snapshot.documents),
    )
    if _is_stale(laid):
        return _measured_anew(laid)
    every = np.arange(len(laid.index))
    return _led(laid, _under(laid.metric, laid.index.take, every, laid.counts)[2])


def rows_of(
    starts: NDArray[np.int64], counts: NDArray[np.int64], numbers: Sequence[int] | NDArray[np.int64]
) -> NDArray[np.int64]:
    """The rows of the documents of these numbers, one document after the other."""
    chosen = np.asarray(numbers, np.int64)
    sizes = counts[chosen]
    ends = np.cumsum(sizes)
    return np.repeat(starts[chosen] - (ends - sizes), sizes) + np.arange(int(sizes.sum()))


def _placed(values: NDArray[Any], at: int, value: NDArray[Any]) -> NDArray[Any]:
    """With the one of number `at` replaced, or added at the end."""
    return np.concatenate([values[:at], value.astype(values.dtype, copy=False), values[at + 1 :]])


def _centred_rows(
    units: Sequence[Sequence[Unit]], vectors: Sequence[NDArray[np.float32]], means: NDArray[np.float32]
) -> NDArray[np.float32]:
    for each, rows in zip(units, vectors, strict=True):
        if rows.shape != (len(each), means.shape[1]):
            raise ValueError(f"{len(each)} units need vectors of shape {(len(each), means.shape[1])}, not {rows.shape}")
    if not any(len(each) for each in units):
        return np.zeros((0, means.shape[1]), np.float32)
    raw = np.concatenate([rows for rows in vectors if len(rows)]).astype(np.float32, copy=False)
    kinds = np.array([int(unit.kind == "passage") for each in units for unit in each])
    return centred(raw, means[kinds])


def _under(
    metric: Metric,
    take: Callable[[NDArray[np.int64]], NDArray[np.float32]],
    used: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Under the metric: (length of each row, that of each document's sum of directions, its centroid); `used` has the
    rows of one document after the other.

    A centroid is the mean direction of its units, all of which weigh the same. Rows are taken a few at a time.
    """
    owners = np.repeat(np.arange(len(counts)), counts)
    lengths = np.ones(len(used), np.float32)
    sums = np.zeros((len(counts), len(metric.matrix)), np.float32)
    for start in range(0, len(used), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        rows = take(used[part])
        lengths[part] = metric.lengths(rows)
        np.add.at(sums, owners[part], rows / lengths[part, None])
    together = metric.lengths(sums)
    return lengths, together, np.asarray(sums / together[:, None], np.float32)

"""What follows from the ids, roots, audiences and languages of documents alone. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge_base.passages import Document, root_of


@dataclass(frozen=True, slots=True)
class Names:
    """What follows from the documents' ids, roots and audiences alone."""

    numbers: dict[str, int]  # document id -> its number
    versions: dict[str, tuple[int, ...]]  # root -> numbers of its language versions
    roots: tuple[str, ...]  # in order
    root_places: NDArray[np.int32]  # of each document: place of its root in the order of the roots
    audiences: dict[str, NDArray[np.bool_]]  # audience -> which documents are for it
    languages: frozenset[str]  # of the documents


def named(document: Document) -> tuple[str, str, str]:
    """What `names_of` looks at, besides the id."""
    return root_of(document), document.audience, document.language


def names_of(documents: Sequence[Document]) -> Names:
    numbers = {document.id: number for number, document in enumerate(documents)}
    if len(numbers) < len(documents):
        raise ValueError("two documents have the same id")
    roots = [root_of(document) for document in documents]
    versions: dict[str, tuple[int, ...]] = {}
    for number, root in enumerate(roots):
        versions[root] = (*versions.get(root, ()), number)
    in_order = tuple(sorted(versions))
    places = {root: place for place, root in enumerate(in_order)}
    audiences = np.array([document.audience for document in documents], dtype=object)
    return Names(
        numbers=numbers,
        versions=versions,
        roots=in_order,
        root_places=np.array([places[root] for root in roots], np.int32),
        audiences={name: np.asarray(audiences == name, np.bool_) for name in set(audiences.tolist())},
        languages=frozenset(document.language for document in documents),
    )


def names_with(names: Names, document: Document) -> Names:
    """With one document more, at the end, whose id is new."""
    at, root, roots, places = len(names.root_places), root_of(document), names.roots, names.root_places
    place = bisect_left(roots, root)
    if root not in names.versions:
        roots = (*roots[:place], root, *roots[place:])
        places = places + (places >= place).astype(np.int32)
    audiences = {document.audience: np.zeros(at, np.bool_), **names.audiences}
    return Names(
        numbers={**names.numbers, document.id: at},
        versions={**names.versions, root: (*names.versions.get(root, ()), at)},
        roots=roots,
        root_places=np.append(places, np.int32(place)),
        audiences={name: np.append(held, name == document.audience) for name, held in audiences.items()},
        languages=names.languages | {document.language},
    )

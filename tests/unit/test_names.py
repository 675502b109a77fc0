"""What follows from the documents' ids and roots: told of one more document, it is as if told of all at once."""

import numpy as np

from knowledge_base import snapshot
from knowledge_base.passages import Document
from knowledge_base.snapshot import Names, Snapshot

MEANS, SAMPLE = np.zeros((2, 4), np.float32), np.eye(4)


def document(name: str, root: str, language: str = "da", audience: str = "public") -> Document:
    return Document(name, language, f"Titel {name}", (), "", audience, root)


DOCUMENTS = [
    document("m.da", "m"),
    document("z.da", "z"),
    document("m.en", "m", "en"),
    document("a.da", "a", audience="staff"),
    document("n.sv", "", "sv"),
    document("a.en", "a", "en"),
]


def vectors(count: int) -> list[np.ndarray]:
    return [np.eye(4, dtype=np.float32)[at % 4 : at % 4 + 1] for at in range(count)]


def built(documents: list[Document]) -> Snapshot:
    return snapshot.build(documents, vectors(len(documents)), MEANS, SAMPLE)


def same(one: Names, other: Names) -> bool:
    return (
        (one.numbers, one.versions, one.roots, one.languages)
        == (other.numbers, other.versions, other.roots, other.languages)
        and one.root_places.tolist() == other.root_places.tolist()
        and {name: held.tolist() for name, held in one.audiences.items()}
        == {name: held.tolist() for name, held in other.audiences.items()}
    )


def test_documents_put_one_by_one_have_the_names_of_all_at_once() -> None:
    now = snapshot.empty(MEANS, SAMPLE)
    for at, each in enumerate(DOCUMENTS):
        now = snapshot.put(now, each, vectors(at + 1)[at])
        assert same(now.names, built(DOCUMENTS[: at + 1]).names), each.id


def test_another_root_or_audience_of_a_known_document_is_told_anew() -> None:
    before = built(DOCUMENTS)
    moved = document("z.da", "a", audience="staff")
    after = snapshot.put(before, moved, vectors(2)[1])
    assert same(after.names, built([DOCUMENTS[0], moved, *DOCUMENTS[2:]]).names)
    assert "z" not in after.names.roots
    assert same(before.names, built(DOCUMENTS).names)  # the old one is as it was

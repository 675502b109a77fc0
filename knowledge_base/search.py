"""KnowledgeBase: documents in, the articles that answer a question out, best first, each with its certainty."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from knowledge_base import snapshot as snapshots
from knowledge_base.centring import mean_vectors, sample_of
from knowledge_base.certainty import AS_SHIPPED, Calibrator, calibrator_from_json, line_of_site
from knowledge_base.embedder import Embedder, Kind, clean
from knowledge_base.finding import Allowed, found
from knowledge_base.passages import Document, Unit, plain, root_of, units_of
from knowledge_base.ranking import Features, Weights, centred
from knowledge_base.rehearsal import found_without
from knowledge_base.snapshot import Snapshot, rows_of
from knowledge_base.spelling import respelt
from knowledge_base.stemming import family

Progress = Callable[[int, int], None]  # (units embedded so far, units in all)
_Change = Callable[[Snapshot], Snapshot]

QUESTION_CHARACTERS = 500
_READ_QUESTIONS = 512  # remembered: what is at hand again and again should not be read anew each time
_EMBED_AT_ONCE = 64  # units, so that progress moves and a long import can be seen to live
# Whose texts a reader of the key's language reads with least trouble, best first; English before anything else.
_NEIGHBOURS = {"da": ("no", "sv", "en"), "no": ("da", "sv", "en"), "sv": ("no", "da", "en")}


@dataclass(frozen=True, slots=True)
class Hit:
    """One article in the language version to show. Its language may differ from the customer's: then say so.

    `score` ranks within one search; `certainty` is the probability that the article answers the question.
    `passage` is the Markdown of the best passage ("" without a body) below heading `anchor`; `matched` is the unit's
    text that was nearest to the question: title, question variant or passage.
    """

    document: Document
    score: float
    certainty: float
    passage: str
    anchor: str
    matched: str
    features: Features


def default_calibrator() -> Calibrator:
    """Fitted on public sets with the bundled model (tests/bench/quality/fitting.py); see docs/quality.md and NOTICE."""
    return calibrator_from_json(files("knowledge_base").joinpath("certainty.json").read_text("utf-8"))


class KnowledgeBase:
    """Searchable documents. Readers take the snapshot once and never wait; writers make the next one and swap it in."""

    def __init__(self, embedder: Embedder, certainty: Calibrator | None = None, weights: Weights | None = None) -> None:
        self._embedder = embedder
        self._certainty = certainty or default_calibrator()
        self._weights = weights or Weights()
        self._writing = threading.Lock()
        self._tidying: list[_Change] | None = None  # what has changed since a tidier snapshot was begun
        self._snapshot = snapshots.empty(mean_vectors(embedder), sample_of(embedder.name, embedder.dimension))
        self._site = AS_SHIPPED  # what certainty is worth on these documents, learnt under `_rehearsed`
        self._rehearsed: object = self._snapshot.metric
        # Other models are not asked which words there are; then those of the articles are all that is known.
        self._is_word: Callable[[str], bool] = getattr(embedder, "is_word", lambda word: False)
        self._allowed: tuple[Snapshot, dict[frozenset[str], Allowed]] = self._snapshot, {}
        self._reads: tuple[Snapshot, dict[tuple[str, str | None], str]] = self._snapshot, {}

    @property
    def size(self) -> tuple[int, int]:
        """(documents, units)"""
        snapshot = self._snapshot
        return len(snapshot.documents), int(snapshot.counts.sum())

    @property
    def state(self) -> object:
        """Another object after each change of the documents; the same one means that every answer is the same."""
        return self._snapshot

    @property
    def dimension(self) -> int:
        """Length of a unit's vector."""
        return self._embedder.dimension

    def encode(self, document: Document) -> NDArray[np.float32]:
        """The document's unit vectors [units, dimension] as the model gives them, in the order of `units_of`."""
        return self._encoded([document], None)[0]

    def copy(self) -> KnowledgeBase:
        """A second one with the same documents; what is put into either does not show in the other."""
        second = copy.copy(self)  # the snapshot is immutable, so sharing it is enough
        second._writing, second._tidying = threading.Lock(), None
        return second

    def replace(
        self,
        documents: Sequence[Document],
        vectors: Mapping[str, NDArray[np.float32]] | None = None,
        progress: Progress | None = None,
    ) -> dict[str, NDArray[np.float32]]:
        """Makes these the documents, all at once; until then the old ones are searched.

        `vectors`: stored unit vectors by document id, of this embedder and this very text; the others are embedded.
        Gives the vectors of those that were embedded, for the caller to store. ValueError on a double id or vectors
        of the wrong shape; the old documents stay.
        """
        with self._writing:
            known = dict(vectors or {})
            missing = [document for document in documents if document.id not in known]
            fresh = dict(zip((document.id for document in missing), self._encoded(missing, progress), strict=True))
            known.update(fresh)
            self._snapshot = snapshots.build(
                documents,
                [known[document.id] for document in documents],
                self._snapshot.means,
                self._snapshot.sample,
            )
            self._tidying = None
        return fresh

    def put(self, document: Document, vectors: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Adds the document or replaces the one with its id, without touching the others. Returns its unit vectors."""
        rows = self.encode(document) if vectors is None else vectors
        self._change(lambda snapshot: snapshots.put(snapshot, document, rows))
        return rows

    def remove(self, document_id: str) -> None:
        """Takes the document out; no error if it is not there."""
        self._change(lambda snapshot: snapshots.remove(snapshot, document_id))

    def _change(self, change: _Change) -> None:
        with self._writing:
            self._snapshot = change(self._snapshot)
            if self._tidying is not None:
                self._tidying.append(change)

    @property
    def is_untidy(self) -> bool:
        """Whether so many documents have changed one by one that `tidy` is worth its time."""
        return snapshots.is_untidy(self._snapshot)

    def tidy(self) -> None:
        """Lays everything anew, in order: seconds for many documents, in which neither reader nor writer waits."""
        changes: list[_Change] = []
        with self._writing:
            before, self._tidying = self._snapshot, changes
        after = snapshots.tidied(before)
        with self._writing:
            if self._tidying is not changes:  # all were replaced, or another has begun since
                return
            for change in changes:
                after = change(after)
            self._snapshot, self._tidying = after, None

    @property
    def is_unrehearsed(self) -> bool:
        """Whether so much has changed that `rehearse` is worth its time: as much as for another metric."""
        return self._snapshot.metric is not self._rehearsed

    def rehearse(self) -> None:
        """Learns what certainty is worth here from the documents' own questions: a second, in which nobody waits."""
        before = self._snapshot
        line = line_of_site([self._certainty.log_odds(each) for each in found_without(before, self._weights)])
        with self._writing:
            self._site, self._rehearsed = line, before.metric
            self._snapshot = replace(self._snapshot)  # another state: answers are not the same any more

    def search(
        self,
        question: str,
        language: str | None,
        limit: int = 5,
        audiences: frozenset[str] = frozenset({"public"}),
    ) -> list[Hit]:
        """The best articles for a question, best first, one hit for each root, of documents for these audiences only.

        `language` is the customer's ("da"); None if unknown. An article is shown in that language if it has a version
        in it, else in its nearest neighbour. A blank question has no hits.
        """
        question = self.read(question, language)
        if not question or not len(self._snapshot.index):
            return []
        return self.find(question, self.question_vectors([question])[0], language, limit, audiences)

    def read(self, question: str, language: str | None) -> str:
        """What is searched for the question: clean, and in the spelling that the articles have."""
        snapshot = self._snapshot
        of, known = self._reads
        if of is not snapshot:
            known = {}
            self._reads = snapshot, known  # at once: the event loop and the model's thread both read questions
        read = known.get((question, language))
        if read is None:
            spelt = respelt(clean(question, QUESTION_CHARACTERS), language, "nn" in snapshot.names.languages)
            read = snapshot.vocabulary.corrected(spelt, language, self._is_word)
            if len(known) >= _READ_QUESTIONS:
                known.clear()
            known[question, language] = read
        return read

    def question_vectors(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """The vectors [n, dimension] of questions that were `read`, for `find`: the model's part of a search."""
        return self._embedder.encode(questions, "query")

    def find(
        self,
        question: str,
        raw: NDArray[np.float32],
        language: str | None,
        limit: int = 5,
        audiences: frozenset[str] = frozenset({"public"}),
    ) -> list[Hit]:
        """The other part: `search` for a question that was `read` and has its vector already."""
        snapshot = self._snapshot
        allowed = self._allowed_to(snapshot, audiences)
        if not allowed.documents.any():
            return []
        vector = centred(raw[None, :], snapshot.means[0])[0]
        asked = snapshot.metric.question(vector)
        site = self._site if _is_written_in(snapshot, language) else AS_SHIPPED
        best = found(snapshot, question, vector, language, allowed, self._weights, limit, asked)
        articles = []
        for number, ranked in best:
            versions = snapshot.names.versions[root_of(snapshot.documents[number])]
            own = [each for each in versions if allowed.documents[each]]
            preferred = _in_language(snapshot, own, language)
            articles.append((number if preferred is None else preferred, own, ranked))
        texts = _nearest_units(snapshot, [shown for shown, _, _ in articles], asked)
        return [
            Hit(
                document=snapshot.documents[shown],
                score=ranked.score,
                certainty=self._certainty.probability(ranked.features, _has_questions(snapshot, own), site),
                passage=passage,
                anchor=anchor,
                matched=matched,
                features=ranked.features,
            )
            for (shown, own, ranked), (passage, anchor, matched) in zip(articles, texts, strict=True)
        ]

    def without(self, hits: Sequence[Hit], root: str, language: str | None) -> list[Hit]:
        """What a search found, as if that article were not there: the first of the others gets the margin it then has
        to the next one, and the certainty of that."""
        snapshot = self._snapshot
        left = [hit for hit in hits if root_of(hit.document) != root]
        if len(left) == len(hits) or len(left) < 2:  # without a next one nothing tells how far it leads
            return left
        first = left[0]
        versions = snapshot.names.versions.get(root_of(first.document), ())
        features = replace(first.features, margin=first.score - left[1].score)
        site = self._site if _is_written_in(snapshot, language) else AS_SHIPPED
        certainty = self._certainty.probability(features, _has_questions(snapshot, versions), site)
        return [replace(first, features=features, certainty=certainty), *left[1:]]

    def _allowed_to(self, snapshot: Snapshot, audiences: frozenset[str]) -> Allowed:
        of, known = self._allowed
        if of is not snapshot:
            known = {}
            self._allowed = snapshot, known  # at once, as with what was read
        allowed = known.get(audiences)
        if allowed is None:
            documents = np.zeros(len(snapshot.documents), np.bool_)
            for audience in audiences & snapshot.names.audiences.keys():
                documents |= snapshot.names.audiences[audience]
            allowed = known[audiences] = Allowed.of(snapshot, documents & (snapshot.counts > 0))
        return allowed

    def _encoded(self, documents: Sequence[Document], progress: Progress | None) -> list[NDArray[np.float32]]:
        units = [(place, unit) for place, document in enumerate(documents) for unit in units_of(document)]
        rows = np.zeros((len(units), self._embedder.dimension), np.float32)
        done = 0
        kinds: tuple[Kind, ...] = ("query", "passage")
        for kind in kinds:
            chosen = [at for at, (_, unit) in enumerate(units) if _prompt(unit) == kind]
            for start in range(0, len(chosen), _EMBED_AT_ONCE):
                part = chosen[start : start + _EMBED_AT_ONCE]
                rows[part] = self._embedder.encode([plain(units[at][1].text) for at in part], kind)
                done += len(part)
                if progress:
                    progress(done, len(units))
        ends = np.cumsum([len(units_of(document)) for document in documents], dtype=np.int64)
        return np.split(rows, ends[:-1]) if len(documents) else []


def _prompt(unit: Unit) -> Kind:
    """What the model is told a unit is: titles and question variants are read as questions are."""
    return "passage" if unit.kind == "passage" else "query"


def _has_questions(snapshot: Snapshot, versions: Sequence[int]) -> bool:
    """Whether the article has a title or a question in any of these versions."""
    texts = (
        text for each in versions for text in (snapshot.documents[each].title, *snapshot.documents[each].questions)
    )
    return any(text.strip() for text in texts)


def _is_written_in(snapshot: Snapshot, language: str | None) -> bool:
    """Whether there is a document in the question's language, or it may be in any."""
    return language is None or family(language) in {family(each) for each in snapshot.names.languages}


def _in_language(snapshot: Snapshot, versions: Sequence[int], language: str | None) -> int | None:
    """The version in the language, else its relative or neighbour; None if the language is unknown or none fits."""
    if language is None:
        return None
    wanted = family(language)
    exact = [number for number in versions if snapshot.documents[number].language == language]
    for name in (wanted, *_NEIGHBOURS.get(wanted, ("en",))):
        exact += [number for number in versions if family(snapshot.documents[number].language) == name]
    return exact[0] if exact else None


def _nearest_units(
    snapshot: Snapshot, numbers: Sequence[int], asked: NDArray[np.float32]
) -> Iterator[tuple[str, str, str]]:
    """Of each of the documents, which all have units: (best passage, its anchor, text of the best unit)."""
    rows = rows_of(snapshot.starts, snapshot.counts, numbers)
    cosines = snapshot.index.products(asked, rows) / snapshot.lengths[rows]
    nearness, at = cosines.tolist(), 0
    for number in numbers:
        units = snapshot.units[number]
        own = nearness[at : at + len(units)]
        at += len(units)
        passages = [place for place, unit in enumerate(units) if unit.kind == "passage"]
        passage = units[max(passages, key=own.__getitem__)] if passages else None  # the first of several as near
        nearest = units[max(range(len(units)), key=own.__getitem__)]
        yield (passage.text if passage else ""), (passage.anchor if passage else ""), nearest.text

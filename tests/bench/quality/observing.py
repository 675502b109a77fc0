"""Asks a knowledge base the questions of a set, each one a second time with the article that answers it taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from knowledge_base.certainty import Calibrator, Line, line_of_site
from knowledge_base.embedder import Embedder, clean
from knowledge_base.evaluation import Question
from knowledge_base.passages import Document, root_of, units_of
from knowledge_base.ranking import Features, Weights
from knowledge_base.rehearsal import found_without
from knowledge_base.search import QUESTION_CHARACTERS, KnowledgeBase
from knowledge_base.snapshot import Snapshot
from knowledge_base.stemming import family
from tests.bench.quality.sets import QuestionSet

Kind = Literal["known", "hidden", "unknown"]  # has its article; its article was taken away; never had one


@dataclass(frozen=True, slots=True)
class Observation:
    """What was found for a question, best first; features of the first, and whether that has a title or question.

    `rehearsed`: what the site's own questions found while their article was missing, if it has any in this language.
    """

    question: Question
    kind: Kind
    found: tuple[str, ...]
    features: Features
    asked: bool
    rehearsed: tuple[Features, ...] = ()

    @property
    def right(self) -> bool:
        return self.kind == "known" and self.found[0] in self.question.gold


def certainties(observed: Sequence[Observation], calibrator: Calibrator) -> NDArray[np.float64]:
    """Of each observation, by what the calibrator and the site that it was made on say."""
    lines: dict[int, Line] = {}
    found = []
    for each in observed:
        if id(each.rehearsed) not in lines:
            lines[id(each.rehearsed)] = line_of_site([calibrator.log_odds(features) for features in each.rehearsed])
        found.append(calibrator.probability(each.features, each.asked, lines[id(each.rehearsed)]))
    return np.array(found)


def observe(questions: QuestionSet, embedder: Embedder, depth: int = 10, rehearsing: bool = True) -> list[Observation]:
    """Of each question as it is, and, where it has an article, of it without that. None where nothing is found."""
    knowledge = KnowledgeBase(embedder)
    knowledge.replace(questions.documents)
    state = knowledge.state
    assert isinstance(state, Snapshot)
    rehearsed = tuple(found_without(state, Weights())) if rehearsing else ()
    written = {family(document.language) for document in questions.documents}
    asked_of = _with_questions(questions.documents)
    read = {question.id: knowledge.read(question.text, question.language) for question in questions.questions}
    vectors = dict(zip(read, embedder.encode(list(read.values()), "query"), strict=True))
    observed = []
    for question in questions.questions:
        kind: Kind = "known" if question.gold else "unknown"
        observed += _asked(knowledge, question, read[question.id], vectors[question.id], kind, asked_of, depth)
    by_gold: dict[frozenset[str], list[Question]] = {}
    for question in questions.questions:
        if question.gold:
            by_gold.setdefault(question.gold, []).append(question)
    for gold, group in by_gold.items():
        without = knowledge.copy()
        for document in questions.documents:
            if root_of(document) in gold:
                without.remove(document.id)
        for question in group:
            observed += _asked(without, question, read[question.id], vectors[question.id], "hidden", asked_of, 1)
    return [
        replace(each, rehearsed=rehearsed) if family(each.question.language) in written else each for each in observed
    ]


def weights(observed: Sequence[Observation]) -> NDArray[np.float64]:
    """Of each observation, so that half of all weight is on questions without an article.

    Those that never had one count in full, those whose article is hidden only for what is missing to the half.
    """
    known, unknown = (sum(each.kind == kind for each in observed) for kind in ("known", "unknown"))
    of_kind = {
        "known": 1.0,
        "unknown": min(1.0, known / unknown) if unknown else 0.0,
        "hidden": max(known - unknown, 0) / known if known else 0.0,
    }
    return np.array([of_kind[each.kind] for each in observed])


def raw_cosines(questions: QuestionSet, embedder: Embedder) -> list[tuple[bool, float]]:
    """The baseline: of each question whether the unit with the greatest cosine, as the model gives it, is right, and
    that cosine.
    """
    knowledge = KnowledgeBase(embedder)
    owners, rows = [], []
    for document in questions.documents:
        encoded = knowledge.encode(document)
        owners += [root_of(document)] * len(encoded)
        rows.append(encoded)
    units = np.concatenate(rows)
    texts = [clean(question.text, QUESTION_CHARACTERS) for question in questions.questions]
    vectors = embedder.encode(texts, "query")
    found = []
    for question, vector in zip(questions.questions, vectors, strict=True):
        cosines = units @ vector
        best = int(cosines.argmax())
        found.append((owners[best] in question.gold, float(cosines[best])))
    return found


def _asked(
    knowledge: KnowledgeBase,
    question: Question,
    read: str,
    vector: NDArray[np.float32],
    kind: Kind,
    asked_of: frozenset[str],
    depth: int,
) -> list[Observation]:
    hits = knowledge.find(read, vector, question.language, depth)
    found = tuple(root_of(hit.document) for hit in hits)
    return [Observation(question, kind, found, hits[0].features, found[0] in asked_of)] if hits else []


def _with_questions(documents: Sequence[Document]) -> frozenset[str]:
    """Roots of the articles that have a title or a question."""
    return frozenset(
        root_of(document) for document in documents if any(unit.kind != "passage" for unit in units_of(document)[:1])
    )

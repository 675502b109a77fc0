"""As many articles as wanted, made from the demo's, and vectors around the true ones: for timing, never for quality.

Sentences are dealt out anew and a part of their words is joined to new ones, so that the vocabulary grows as that of a
real site does. Vectors lie around those of the demo's own units, with noise that the units of an article share.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.demo import FOLDER
from knowledge_base import versions
from knowledge_base.embedder import Embedder
from knowledge_base.intake import read_documents
from knowledge_base.passages import Document, units_of
from knowledge_base.search import KnowledgeBase

Vectors = NDArray[np.float32]

QUESTIONS = 2
SENTENCES = 22  # about two passages
NEW_WORDS = 0.12
# Lengths beside unit vectors. With the common mean taken away, a unit then has a cosine of about 0.8 with its origin.
ARTICLE_NOISE, UNIT_NOISE = 0.25, 0.15

_SENTENCE = re.compile(r"[^.!?\n]{20,}[.!?]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """The demo's articles of some languages with their true vectors."""

    documents: list[Document]
    vectors: list[Vectors]


def pattern(embedder: Embedder, languages: Sequence[str] = ("da", "en")) -> Pattern:
    """Embeds them: a minute or so with the bundled model."""
    documents = [
        versions.document_of(item.article, item.language, item.draft, "public")
        for item in read_documents(FOLDER).items
        if item.language in languages
    ]
    knowledge = KnowledgeBase(embedder)
    return Pattern(documents, [knowledge.encode(document) for document in documents])


def articles(of: Pattern, count: int, seed: int = 1) -> list[Document]:
    """`count` documents, about five units each: a title, two questions, two passages."""
    chance = random.Random(seed)  # noqa: S311
    sentences: dict[str, list[str]] = {}
    for document in of.documents:
        sentences.setdefault(document.language, []).extend(_SENTENCE.findall(document.body))
    words = {language: " ".join(texts).split() for language, texts in sentences.items()}
    made = []
    for number in range(count):
        origin = of.documents[number % len(of.documents)]
        known = words[origin.language]

        def reworded(text: str, known: list[str] = known) -> str:
            return " ".join(
                chance.choice(known).strip(",.") + word.lower() if chance.random() < NEW_WORDS else word
                for word in text.split(" ")
            )

        questions = chance.sample(origin.questions, min(QUESTIONS, len(origin.questions)))
        body = [reworded(text) for text in chance.choices(sentences[origin.language], k=SENTENCES)]
        made.append(
            Document(
                f"article-{number}.{origin.language}",
                origin.language,
                reworded(origin.title),
                tuple(reworded(question) for question in questions),
                " ".join(body[: SENTENCES // 2]) + "\n\n" + " ".join(body[SENTENCES // 2 :]),
                root=f"article-{number}",
            )
        )
    return made


def vectors_of(of: Pattern, documents: Sequence[Document], seed: int = 1) -> dict[str, Vectors]:
    """Vectors of the units of `articles`, by document."""
    chance = np.random.default_rng(seed)
    found = {}
    for number, document in enumerate(documents):
        true = of.vectors[number % len(of.documents)]
        kinds = [unit.kind == "passage" for unit in units_of(of.documents[number % len(of.documents)])]
        shared = noise(chance, 1, true.shape[1], ARTICLE_NOISE)
        wanted = [unit.kind == "passage" for unit in units_of(document)]
        chosen = [chance.choice(np.flatnonzero(np.array(kinds) == kind)) for kind in wanted]
        rows = true[chosen] + shared + noise(chance, len(chosen), true.shape[1], UNIT_NOISE)
        found[document.id] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return found


def noise(chance: np.random.Generator, count: int, dimension: int, length: float) -> Vectors:
    """Rows of this length in any direction."""
    rows = chance.standard_normal((count, dimension)).astype(np.float32)
    return np.asarray(length * rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

"""Fits knowledge_base/certainty.json on public sets: python -m tests.bench.fit_certainty DATA_FOLDER MODEL_FOLDER.

Only sets whose licence allows it: CLINC150 (CC BY 3.0), BANKING77 (CC BY 4.0), Alchemy Insights (CC BY 4.0) and xSID
(CC BY-SA 4.0); NOTICE names them. Unanswerable questions are made by hiding a random share of the articles. Nothing of
the data is written: certainty.json holds six weights.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import knowledge_base
from knowledge_base.certainty import Calibrator, fit
from knowledge_base.embedder import BUNDLED, Embedder, Kind, open_embedder
from knowledge_base.passages import Document
from knowledge_base.ranking import FEATURES, Features
from knowledge_base.search import KnowledgeBase

VARIANTS = (1, 2, 3, 5, 10)
HIDDEN = (0.3, 0.5, 0.7)
QUESTIONS = 500  # of one set in one round
SEED = 20


@dataclass(frozen=True, slots=True)
class Trial:
    """Articles, and questions as (text, language, id of the article or "" if there is none)."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[tuple[str, str, str], ...]


class Remembering:
    """An embedder that encodes each text once: the same sentences come back in every round."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[tuple[str, Kind], NDArray[np.float32]] = {}
        self.name = embedder.name
        self.dimension = embedder.dimension

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        missing = list(dict.fromkeys(text for text in texts if (text, kind) not in self._known))
        for text, vector in zip(missing, self._embedder.encode(missing, kind), strict=True):
            self._known[text, kind] = vector
        return (
            np.stack([self._known[text, kind] for text in texts])
            if texts
            else np.zeros((0, self.dimension), np.float32)
        )


def trials(data: Path, chance: random.Random) -> Iterator[Trial]:
    """Every set with every number of variants, and articles with and without their titles."""
    for variants in VARIANTS:
        for name in ("clinc150", "banking77"):
            yield _intents(
                f"{name}, {variants}",
                _rows(data / name / "train.jsonl"),
                _rows(data / name / "test.jsonl"),
                variants,
                chance,
            )
        for articles, asked in (("da", "da"), ("nb", "nb"), ("en", "en"), ("en", "da")):
            yield _intents(
                f"xsid {articles} asked in {asked}, {variants}",
                _bokmal(_rows(data / "xsid" / f"{articles}.valid.jsonl")),
                _bokmal(_rows(data / "xsid" / f"{asked}.test.jsonl")),
                variants,
                chance,
            )
    for size in (100, 400):
        rows = chance.sample(_rows(data / "alchemy" / "kb.da.jsonl"), size)
        other = {row["id"]: row["title"] for row in _rows(data / "alchemy" / "kb.nb.jsonl")}
        bodies = tuple(Document(row["id"], "da", "", (), row["body"]) for row in rows)
        yield Trial(f"alchemy, answers only, {size}", bodies, tuple((row["title"], "da", row["id"]) for row in rows))
        # The Norwegian title stands for the Danish one in other words, as a customer's question does.
        titled = tuple(replace(body, title=row["title"]) for body, row in zip(bodies, rows, strict=True))
        yield Trial(f"alchemy, titles, {size}", titled, tuple((other[row["id"]], "da", row["id"]) for row in rows))


def observations(
    trial: Trial, embedder: Embedder, hidden: float, chance: random.Random
) -> list[tuple[Features, bool, bool]]:
    """(features of the best article, whether it was right, whether there was a right one) of each question."""
    shown = [document for document in trial.documents if chance.random() >= hidden]
    knowledge = KnowledgeBase(
        embedder, Calibrator((0.0,) * len(FEATURES), (1.0,) * len(FEATURES), (0.0,) * len(FEATURES), 0.0)
    )
    knowledge.replace(shown)
    ids = {document.id for document in shown}
    found = []
    for text, language, gold in chance.sample(trial.questions, min(QUESTIONS, len(trial.questions))):
        hits = knowledge.search(text, language, limit=1)
        if hits:
            found.append((hits[0].features, hits[0].document.id == gold, gold in ids))
    return found


def observe(data: Path, embedder: Embedder) -> dict[str, list[tuple[Features, bool, bool]]]:
    """Observations by trial and hidden share."""
    chance = random.Random(SEED)  # noqa: S311 - a repeatable draw, nothing secret
    found = {}
    for trial in trials(data, chance):
        for hidden in HIDDEN:
            found[f"{trial.name}, hidden {hidden}"] = observations(trial, embedder, hidden, chance)
        print(trial.name, flush=True)
    return found


def fitted(found: dict[str, list[tuple[Features, bool, bool]]]) -> Calibrator:
    """Each trial counts as much as the others; in each, half of the weight is on questions without an article."""
    features, right, importance = [], [], []
    for rows in found.values():
        answerable = sum(known for _, _, known in rows)
        for values, was_right, known in rows:
            features.append(values)
            right.append(was_right)
            importance.append(QUESTIONS / 2 / (answerable if known else len(rows) - answerable))
    return fit(features, right, importance)


def main(data: Path, model_folder: Path) -> None:
    found = observe(data, Remembering(open_embedder(BUNDLED, model_folder)))
    target = Path(knowledge_base.__file__).with_name("certainty.json")
    calibrator = fitted(found)
    target.write_text(calibrator.to_json(), encoding="utf-8")
    print(f"{target}: fitted on {sum(map(len, found.values()))} questions\n{calibrator.to_json()}")


def _intents(
    name: str, train: list[dict[str, Any]], test: list[dict[str, Any]], variants: int, chance: random.Random
) -> Trial:
    sentences: dict[str, set[str]] = {}
    for row in train:
        if row["label"] != "oos":
            sentences.setdefault(row["label"], set()).add(row["text"])
    documents = []
    for label, texts in sorted(sentences.items()):
        chosen = chance.sample(sorted(texts), min(variants, len(texts)))
        documents.append(Document(label, train[0]["lang"], chosen[0], tuple(chosen[1:]), ""))
    questions = tuple((row["text"], row["lang"], "" if row["label"] == "oos" else row["label"]) for row in test)
    return Trial(name, tuple(documents), questions)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _bokmal(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row.get("dialect", "B") == "B"]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

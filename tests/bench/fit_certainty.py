"""Fits knowledge_base/certainty.json on public sets: python -m tests.bench.fit_certainty DATA_FOLDER MODEL_FOLDER.

Only sets whose licence allows it: CLINC150 (CC BY 3.0), BANKING77 (CC BY 4.0), Alchemy Insights (CC BY 4.0) and xSID
(CC BY-SA 4.0); NOTICE names them. Unanswerable questions are of two kinds: near, whose article is hidden (a random
share of the articles is), and far, from another set. Nothing of the data is written: certainty.json holds six weights.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
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
HIDDEN = (0.25, 0.5)
QUESTIONS = 300  # of one kind in one trial
OF_A_SOURCE = 5_000.0  # the weight of a source, in rows: only its size next to the penalty matters
SEED = 20


@dataclass(frozen=True, slots=True)
class Trial:
    """Articles; questions as (text, language, id of the article or ""); and questions from another set, "" too."""

    source: str
    name: str
    documents: tuple[Document, ...]
    questions: tuple[tuple[str, str, str], ...]
    far: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """The features of the best article for one question, and whether it was right; `kind` is known, near or far."""

    features: Features
    right: bool
    kind: str


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
    titles = {lang: _rows(data / "alchemy" / f"kb.{lang}.jsonl") for lang in ("da", "nb")}
    spoken = {lang: _bokmal(_rows(data / "xsid" / f"{lang}.test.jsonl")) for lang in ("da", "nb", "en")}
    banking = [row["text"] for row in _rows(data / "banking77" / "test.jsonl")]
    # CLINC150 has intents about banking, which BANKING77 could answer.
    clinc = [row["text"] for row in _rows(data / "clinc150" / "test.jsonl") if row["label"] == "oos"]
    far = {
        "clinc150": banking + [row["text"] for row in spoken["en"]],
        "banking77": clinc + [row["text"] for row in spoken["en"]],
        "da": [row["title"] for row in titles["da"]],
        "nb": [row["title"] for row in titles["nb"]],
        "en": banking,
    }
    for variants in VARIANTS:
        for name in ("clinc150", "banking77"):
            train, test = _rows(data / name / "train.jsonl"), _rows(data / name / "test.jsonl")
            yield _intents(name, name, train, test, variants, far[name], chance)
        for articles, asked in (("da", "da"), ("nb", "nb"), ("en", "en"), ("en", "da")):
            train = _bokmal(_rows(data / "xsid" / f"{articles}.valid.jsonl"))
            name = f"xsid {articles} asked in {asked}"
            yield _intents("xsid", name, train, spoken[asked], variants, far[asked], chance)
    strangers = tuple((row["text"], "da", "") for row in spoken["da"] + spoken["nb"])
    for size in (100, 400):
        rows = chance.sample(titles["da"], size)
        other = {row["id"]: row["title"] for row in titles["nb"]}
        bodies = tuple(Document(row["id"], "da", "", (), row["body"]) for row in rows)
        in_danish = tuple((row["title"], "da", row["id"]) for row in rows)
        yield Trial("alchemy", f"alchemy answers only, {size}", bodies, in_danish, strangers)
        # The Norwegian title stands for the Danish one in other words, as a customer's question does.
        titled = tuple(replace(body, title=row["title"]) for body, row in zip(bodies, rows, strict=True))
        in_norwegian = tuple((other[row["id"]], "da", row["id"]) for row in rows)
        yield Trial("alchemy", f"alchemy with titles, {size}", titled, in_norwegian, strangers)


def observations(trial: Trial, embedder: Embedder, hidden: float, chance: random.Random) -> list[Observation]:
    """What a knowledge base that lacks a share of the articles makes of the questions."""
    shown = [document for document in trial.documents if chance.random() >= hidden]
    nothing = (0.0,) * len(FEATURES)
    knowledge = KnowledgeBase(embedder, Calibrator(nothing, (1.0,) * len(FEATURES), nothing, 0.0))
    knowledge.replace(shown)
    ids = {document.id for document in shown}
    found = []
    for questions, is_far in ((trial.questions, False), (trial.far, True)):
        for text, language, gold in chance.sample(questions, min(QUESTIONS, len(questions))):
            hits = knowledge.search(text, language, limit=1)
            kind = "far" if is_far else "known" if gold in ids else "near"
            if hits:
                found.append(Observation(hits[0].features, hits[0].document.id == gold, kind))
    return found


def observe(data: Path, embedder: Embedder) -> dict[tuple[str, str], list[Observation]]:
    """Observations by (source, trial and hidden share)."""
    chance = random.Random(SEED)  # noqa: S311 - a repeatable draw, nothing secret
    found = {}
    for trial in trials(data, chance):
        for hidden in HIDDEN:
            found[trial.source, f"{trial.name}, hidden {hidden}"] = observations(trial, embedder, hidden, chance)
        print(trial.name, flush=True)
    return found


def weighted(found: dict[tuple[str, str], list[Observation]]) -> tuple[list[Observation], list[float]]:
    """All observations with their weights: every source counts the same, in it every trial, and in that half of the
    weight is on known questions, a quarter on near and a quarter on far ones.
    """
    trials_of = Counter(source for source, _ in found)
    shares = {"known": 0.5, "near": 0.25, "far": 0.25}
    observed, weights = [], []
    for (source, _), rows in found.items():
        counts = Counter(row.kind for row in rows)
        for row in rows:
            observed.append(row)
            weights.append(OF_A_SOURCE / trials_of[source] * shares[row.kind] / counts[row.kind])
    return observed, weights


def fitted(found: dict[tuple[str, str], list[Observation]]) -> Calibrator:
    observed, weights = weighted(found)
    return fit([row.features for row in observed], [row.right for row in observed], weights)


def main(data: Path, model_folder: Path) -> None:
    found = observe(data, Remembering(open_embedder(BUNDLED, model_folder)))
    target = Path(knowledge_base.__file__).with_name("certainty.json")
    calibrator = fitted(found)
    target.write_text(calibrator.to_json(), encoding="utf-8")
    print(f"{target}: fitted on {sum(map(len, found.values()))} questions\n{calibrator.to_json()}")


def _intents(
    source: str,
    name: str,
    train: list[dict[str, Any]],
    test: list[dict[str, Any]],
    variants: int,
    far: list[str],
    chance: random.Random,
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
    strangers = tuple((text, test[0]["lang"], "") for text in far)
    return Trial(source, f"{name}, {variants} variants", tuple(documents), questions, strangers)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _bokmal(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row.get("dialect", "B") == "B"]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

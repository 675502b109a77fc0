"""Fits what ships: knowledge_base/wordings.npz and certainty.json, on the fit parts of the sets that allow it.

python -m tests.bench.quality.fitting SETS_FOLDER MODEL_FOLDER [CACHE_FOLDER]
Never on a test file, never on an intent or article of a test part: part_of in sets.py says which those are. Nothing of
the texts is written: a covariance, and a dozen numbers.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import knowledge_base
from knowledge_base.centring import mean_vectors, sample_of
from knowledge_base.certainty import Calibrator, Example, fit
from knowledge_base.embedder import Embedder
from knowledge_base.evaluation import Question
from knowledge_base.ranking import centred
from knowledge_base.spread import spread_of
from tests.bench.quality.observing import observe, weights
from tests.bench.quality.remembered import remembered
from tests.bench.quality.sets import (
    TRAINABLE,
    UNKNOWN,
    Part,
    QuestionSet,
    bodies,
    drawn,
    measured,
    part_of,
    rows,
    words_of,
)

VARIANTS = (1, 2, 3, 5, 10)
QUESTIONS = 600  # of one trial at most
OF_A_SOURCE = 5_000.0  # the weight of a source, in examples: only its size next to the penalty matters
PARALLEL = ("da", "nb", "sv")  # the languages that Alchemy's titles are there in, besides the English ones
SEED = 20


def trials(folder: Path, measured_on: frozenset[str] = frozenset()) -> Iterator[QuestionSet]:
    """The fit parts, with every number of variants, and articles with and without their titles.

    `measured_on`: `words_of` the questions that will be measured on. Whatever says the same is left out.
    """
    for trial in _trials(folder):
        questions = tuple(each for each in trial.questions if words_of(each.text) not in measured_on)
        documents = (
            replace(each, questions=tuple(text for text in each.questions if words_of(text) not in measured_on))
            for each in trial.documents
        )
        yield replace(trial, documents=tuple(documents), questions=questions)


def asked_in(sets: Iterable[QuestionSet]) -> frozenset[str]:
    """`words_of` all questions of the sets."""
    return frozenset(words_of(question.text) for each in sets for question in each.questions)


def _trials(folder: Path) -> Iterator[QuestionSet]:
    for variants in VARIANTS:
        for source, file in (("clinc150", "train"), ("banking77", "train")):
            train = rows(folder / source / f"{file}.jsonl")
            yield _sentences(source, f"{source}, {variants} variants", train, train, variants)
        for articles, asked in (("da", "da"), ("nb", "nb"), ("en", "en"), ("en", "da")):
            train, other = (rows(folder / "xsid" / f"{language}.valid.jsonl") for language in (articles, asked))
            name = f"xsid {asked} -> {articles}, {variants} variants"
            yield _sentences("xsid", name, train, other, variants)
            yield _sentences("xsid", f"{name}, the other way round", train, other, variants, written="test")
    chance = random.Random(SEED)  # noqa: S311 - a repeatable draw, nothing secret
    for whole in (bodies(folder, "da"), bodies(folder, "da", asked_in="nb", titled=True)):
        documents = tuple(document for document in whole.documents if part_of(document.id) == "fit")
        for size in (100, len(documents)):
            some = tuple(chance.sample(documents, size))
            ids = {document.id for document in some}
            questions = tuple(question for question in whole.questions if question.gold <= ids)
            yield replace(whole, name=f"{whole.name}, {size}", documents=some, questions=questions)


def examples(folder: Path, embedder: Embedder) -> list[Example]:
    """Every source weighs the same, in it every trial, and in that half is on questions without an article."""
    chance = random.Random(SEED)  # noqa: S311
    observed = []
    for trial in trials(folder, asked_in(measured(folder))):
        asked = tuple(chance.sample(trial.questions, min(QUESTIONS, len(trial.questions))))
        observed.append((trial, observe(replace(trial, questions=asked), embedder, depth=1, rehearsing=False)))
        print(f"{trial.name}: {len(asked)} questions", flush=True)
    found = []
    for trial, seen in observed:
        importance = weights(seen)
        importance *= OF_A_SOURCE / sum(other.source == trial.source for other, _ in observed) / importance.sum()
        pairs = zip(seen, importance.tolist(), strict=True)
        found += [Example(trial.source, each.features, each.right, weight) for each, weight in pairs]
    return found


def without(found: list[Example], source: str) -> Calibrator:
    """Fitted on every source but this one."""
    return fit([example for example in found if example.source != source])


def wordings(folder: Path, embedder: Embedder) -> NDArray[np.float16]:
    """Lower triangle of the covariance of one article's titles in four languages, of Alchemy's fit part."""
    titles: dict[str, list[str]] = {}
    for language in PARALLEL:
        for row in rows(folder / "alchemy" / f"kb.{language}.jsonl"):
            if part_of(row["id"]) == "fit":
                english = [row["title_en"]] if language == PARALLEL[0] else []
                titles.setdefault(row["id"], []).extend([row["title"], *english])
    mean = mean_vectors(embedder)[0]
    articles = (centred(embedder.encode(texts, "query"), mean) for _, texts in sorted(titles.items()))
    spread = spread_of(articles, embedder.dimension)
    covariance = spread.squares / spread.units
    return covariance[np.tril_indices(embedder.dimension)].astype(np.float16)


def main(folder: Path, model_folder: Path, cache: Path) -> None:
    embedder = remembered(cache, model_folder)
    home = Path(knowledge_base.__file__).parent
    np.savez_compressed(home / "wordings.npz", allow_pickle=False, **{embedder.name: wordings(folder, embedder)})
    sample_of.cache_clear()
    found = examples(folder, embedder)
    calibrator = fit(found)
    if set(calibrator.sources) != set(TRAINABLE):
        raise SystemExit(f"fitted on {sorted(calibrator.sources)}, not on {sorted(TRAINABLE)}: is a set missing?")
    (home / "certainty.json").write_text(calibrator.to_json(), encoding="utf-8")
    print(f"fitted on {len(found)} examples\n{calibrator.to_json()}")


def _sentences(
    source: str,
    name: str,
    train: list[dict[str, Any]],
    asked: list[dict[str, Any]],
    variants: int,
    written: Part = "fit",
) -> QuestionSet:
    """Half of the sentences of each intent of the fit part are for articles, the other half are asked.

    Sentences that are translations of each other share an id, so none is asked of an article that has its translation.
    """
    documents = drawn([row for row in _fit(train) if part_of(_key(row)) == written], variants, SEED)
    known = {document.id for document in documents}
    questions = _questions([row for row in _fit(asked) if part_of(_key(row)) != written], known)
    return QuestionSet(name, source, documents, questions)


def _fit(train: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in train if row["label"] != UNKNOWN and part_of(row["label"]) == "fit"]


def _questions(asked: list[dict[str, Any]], known: Collection[str]) -> tuple[Question, ...]:
    return tuple(
        Question(str(number), row["lang"], row["text"], frozenset({row["label"]}))
        for number, row in enumerate(asked, 1)
        if row["label"] in known
    )


def _key(row: dict[str, Any]) -> str:
    return f"sentence {str(row['id']).partition('/')[0] if 'id' in row else row['text']}"


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:]]
    main(given[0], given[1], given[2] if len(given) > 2 else Path(".quality"))

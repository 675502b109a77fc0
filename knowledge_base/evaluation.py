"""How good the answers are on a labelled question set: reads the set, asks every question, counts. Stores nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from conversation.csat import wilson
from knowledge_base.bounds import bound
from knowledge_base.certainty import answer_threshold, outcome
from knowledge_base.embedder import Embedder
from knowledge_base.passages import Document, root_of
from knowledge_base.search import KnowledgeBase

Progress = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much there is

_DEPTH = 10  # articles looked at for each question


class DatasetError(ValueError):
    """A line that cannot be read. The message names file and line and says what is wrong."""


@dataclass(frozen=True, slots=True)
class Question:
    """`gold`: ids of the articles that answer it; empty means that it should be declined."""

    id: str
    language: str
    text: str
    gold: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of one question. `found`: article ids, best first, at most ten; `certainty` is of the first."""

    question: Question
    found: tuple[str, ...]
    certainty: float
    milliseconds: float

    @property
    def right(self) -> bool:
        return bool(self.found) and self.found[0] in self.question.gold


def read_articles(paths: Sequence[Path]) -> list[Document]:
    """JSON Lines `id, lang, title?, questions?, body?` (not all three empty) of all files together.

    The same id in another language is a translation of the same article. Other fields are ignored. DatasetError names
    the first bad line.
    """
    documents: list[Document] = []
    seen: dict[tuple[str, str], str] = {}
    for path in paths:
        for where, row in _rows(path):
            identity, language = _text(row, "id", where), _text(row, "lang", where)
            title, body = _text(row, "title", where, ""), _text(row, "body", where, "")
            questions = tuple(_texts(row, "questions", where, ()))
            if not (title.strip() or body.strip() or any(question.strip() for question in questions)):
                raise DatasetError(f"{where}: title, questions and body are all empty")
            if (identity, language) in seen:
                raise DatasetError(
                    f'{where}: article "{identity}" in "{language}" is already in {seen[identity, language]}'
                )
            seen[identity, language] = where
            documents.append(Document(f"{identity}.{language}", language, title, questions, body, root=identity))
    return documents


def read_questions(path: Path) -> list[Question]:
    """JSON Lines `id, lang, text, gold` (list of article ids, maybe empty). DatasetError names the first bad line."""
    questions: list[Question] = []
    for where, row in _rows(path):
        text = _text(row, "text", where)
        if "gold" not in row:
            raise DatasetError(f'{where}: "gold" is missing (an empty list means that the question should be declined)')
        gold = frozenset(_texts(row, "gold", where))
        questions.append(Question(_text(row, "id", where), _text(row, "lang", where), text, gold))
    return questions


def evaluate_files(
    articles: list[Path], questions: Path, embedder: Embedder, target: float, progress: Progress | None = None
) -> dict[str, Any]:
    """Reads the files, builds a knowledge base in memory, asks every question; see `measures` for what it returns.

    On top of those: `target`, `threshold`, `articles`, `index_seconds` (embedding and building) and `languages`, the
    same measures for each language of the questions. DatasetError on a bad line, ValueError on a target outside 0-1.
    """
    threshold = answer_threshold(target)
    documents, asked_for = read_articles(articles), read_questions(questions)
    if not documents or not asked_for:
        raise DatasetError(f"{questions if documents else articles[0]}: there is nothing in it")
    known = {root_of(document) for document in documents}
    for question in asked_for:
        if not question.gold <= known:
            missing = ", ".join(sorted(question.gold - known))
            raise DatasetError(f'{questions}: question "{question.id}" names articles that are in no file: {missing}')
    tell = progress or (lambda step, done, total: None)
    knowledge = KnowledgeBase(embedder)
    started = time.perf_counter()
    knowledge.replace(documents, progress=lambda done, total: tell("embedding articles", done, total))
    knowledge.rehearse()
    index_seconds = time.perf_counter() - started
    asked = []
    for number, question in enumerate(asked_for, 1):
        asked.append(ask(knowledge, question))
        tell("asking questions", number, len(asked_for))
    result = measures(asked, threshold)
    languages = sorted({question.language for question in asked_for})
    return {
        "target": target,
        "threshold": threshold,
        "articles": len(documents),
        **result,
        "index_seconds": round(index_seconds, 3),
        "languages": {
            language: measures([each for each in asked if each.question.language == language], threshold)
            for language in languages
        },
    }


def ask(knowledge: KnowledgeBase, question: Question) -> Asked:
    """One question through the whole search, embedding included."""
    started = time.perf_counter()
    hits = knowledge.search(question.text, question.language, limit=_DEPTH)
    milliseconds = (time.perf_counter() - started) * 1000
    found = tuple(root_of(hit.document) for hit in hits)
    return Asked(question, found, hits[0].certainty if hits else 0.0, milliseconds)


def measures(asked: Sequence[Asked], threshold: float) -> dict[str, Any]:
    """Shares are 0 to 1; None where there is nothing to divide by.

    - n: questions.
    - recall_at_k: of the questions with a gold article, the share that has one among the first k.
    - mrr_at_10: mean over the same questions of 1 / place of the first gold article, 0 beyond the tenth place.
    - auroc_answerable: the chance that a question with a gold article gets a higher certainty than one without.
    - coverage_at_95, coverage_at_98: the largest share of all questions that could be answered with at least 95 (98) %
      of the answers right, by the best threshold on certainty in hindsight. An answer is right if its article is gold;
      answering a question without a gold article is wrong.
    - decided: counts of answered (certainty at or above the threshold fixed beforehand), right and wrong among them,
      offered (the best three to choose from), handed_over; realised_precision = right / answered; wrong_at_most: the
      exact upper bound, 95 % sure, on the share of wrong ones, 1 without answers.
    - intervals: of recall_at_k and realised_precision, those of Wilson, 95 % sure.
    - latency_ms: p50 and p95 of one search, embedding of the question included.
    """
    answerable = [each for each in asked if each.question.gold]
    places = [_place(each) for each in answerable]
    outcomes = [outcome(each.certainty, threshold) if each.found else "hand_over" for each in asked]
    answered = [each for each, chosen in zip(asked, outcomes, strict=True) if chosen == "answer"]
    right = sum(each.right for each in answered)
    times = [each.milliseconds for each in asked]
    first = {f"recall_at_{most}": sum(place <= most for place in places) for most in (1, 3, 5)}
    intervals = {name: _interval(part, len(places)) for name, part in first.items()}
    return {
        "n": len(asked),
        **{name: _share(part, len(places)) for name, part in first.items()},
        "mrr_at_10": _share(sum(1 / place for place in places), len(places)),
        "auroc_answerable": _auroc(
            [each.certainty for each in answerable], [each.certainty for each in asked if not each.question.gold]
        ),
        "coverage_at_95": _coverage(asked, 0.95),
        "coverage_at_98": _coverage(asked, 0.98),
        "decided": {
            "answered": len(answered),
            "right": right,
            "wrong": len(answered) - right,
            "offered": outcomes.count("offer"),
            "handed_over": outcomes.count("hand_over"),
            "realised_precision": _share(right, len(answered)),
            "wrong_at_most": round(bound(len(answered) - right, len(answered)), 4),
        },
        "intervals": {**intervals, "realised_precision": _interval(right, len(answered))},
        "latency_ms": {
            "p50": round(float(np.percentile(times, 50)), 2) if times else None,
            "p95": round(float(np.percentile(times, 95)), 2) if times else None,
        },
    }


def _interval(part: int, whole: int) -> list[float] | None:
    return [round(end, 4) for end in wilson(part, whole)] if whole else None


def _place(asked: Asked) -> float:
    """Place of the first gold article, 1 for the best; infinite if it is not among those found."""
    return next((place for place, found in enumerate(asked.found, 1) if found in asked.question.gold), float("inf"))


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Mann-Whitney: a tie counts half."""
    if not positives or not negatives:
        return None
    ordered = np.sort(np.array(negatives))
    below = np.searchsorted(ordered, positives, side="left")
    up_to = np.searchsorted(ordered, positives, side="right")
    return round(float((below + up_to).sum() / 2 / (len(positives) * len(negatives))), 4)


def _coverage(asked: Sequence[Asked], precision: float) -> float | None:
    """Largest share answered at the precision; questions of equal certainty are answered together."""
    if not asked:
        return None
    certainty = np.array([each.certainty for each in asked])
    order = np.argsort(-certainty, kind="stable")
    right = np.cumsum(np.array([each.right for each in asked])[order])
    answered = np.arange(1, len(asked) + 1)
    last_of_ties = np.append(certainty[order][1:] != certainty[order][:-1], True)
    enough = (right >= precision * answered - 1e-9) & last_of_ties
    return _share(int(answered[enough].max(initial=0)), len(asked))


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """("file, line n", object) of each line that is not blank."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror})") from error
    for number, line in enumerate(lines, 1):
        where = f"{path}, line {number}"
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except UnicodeDecodeError as error:
            raise DatasetError(f"{where}: not UTF-8") from error
        except ValueError as error:
            raise DatasetError(f"{where}: not JSON ({error})") from error
        if not isinstance(row, dict):
            raise DatasetError(f"{where}: not an object")
        yield where, row


def _text(row: dict[str, Any], name: str, where: str, default: str | None = None) -> str:
    value = row.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise DatasetError(f'{where}: "{name}" is {"missing" if value is None else "not a text"}')
    if default is None and not value.strip():
        raise DatasetError(f'{where}: "{name}" is empty')
    return value


def _texts(row: dict[str, Any], name: str, where: str, default: Sequence[str] | None = None) -> list[str]:
    value = row.get(name)
    if value is None and default is not None:
        return list(default)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise DatasetError(f'{where}: "{name}" is not a list of texts')
    return value

"""The arithmetic of `make quality`: intervals, what half of the questions without an article weighs, the page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from conversation.csat import wilson
from knowledge_base.certainty import Calibrator, Line
from knowledge_base.embedder import Kind as Prompt
from knowledge_base.evaluation import Question
from knowledge_base.passages import Document
from knowledge_base.ranking import Features
from tests.bench.quality.figures import figures, of_draws, worst
from tests.bench.quality.observing import Kind, Observation, observe, raw_cosines, weights
from tests.bench.quality.page import BEGIN, END, tables, written_into
from tests.bench.quality.remembered import Remembered
from tests.bench.quality.sets import QuestionSet
from tests.embedders import HashEmbedder

# The certainty is the logistic of the feature `pooled` alone.
AS_POOLED = Calibrator((0.0,) * 5, (1.0,) * 5, (1.0, 0, 0, 0, 0), {"one": Line(1.0, 0.0)})
SURE, UNSURE = 5.0, -5.0  # 0.993 and 0.007


_numbers = count()


def seen(kind: Kind, right: bool = False, pooled: float = SURE, question: str = "") -> Observation:
    """Of a question of its own, if not said otherwise."""
    gold = frozenset() if kind == "unknown" else frozenset({"a"})
    asked = Question(question or str(next(_numbers)), "da", "?", gold)
    return Observation(asked, kind, ("a" if right else "b",), Features(pooled, 0, 0, 0), True)


def test_half_of_the_weight_is_without_an_article() -> None:
    observed = [*[seen("known", True)] * 6, *[seen("hidden")] * 6, *[seen("unknown")] * 2]
    found = weights(observed)
    assert found[:6].sum() == found[6:].sum() == 6
    assert found[12:].tolist() == [1, 1]


def test_questions_that_never_had_an_article_do_not_weigh_more_than_half() -> None:
    found = weights([seen("known", True), seen("hidden"), *[seen("unknown")] * 4])
    assert found.tolist() == [1, 0, 0.25, 0.25, 0.25, 0.25]


def test_precision_at_the_fixed_threshold_as_it_is_and_with_half_unanswerable() -> None:
    observed = [
        *[seen("known", True) for _ in range(8)],
        *[seen("known", False, UNSURE) for _ in range(2)],
        *[seen("hidden") for _ in range(2)],
        *[seen("hidden", pooled=UNSURE) for _ in range(8)],
    ]
    result = figures(observed, [(True, 0.9)] * 5 + [(False, 0.8)] * 5, AS_POOLED, "")
    assert result["recall_at_1"]["share"] == 0.8
    assert result["baseline"] == {"recall_at_1": 0.5, "coverage_at_95": 0.5}
    as_is, half = result["as_is"]["0.95"], result["half_unanswerable"]["0.95"]
    assert (as_is["answered"], as_is["coverage"], as_is["precision"]) == (8, 0.8, 1.0)
    assert (half["answered"], half["coverage"], half["precision"]) == (10, 0.5, 0.8)
    assert half["interval"] == pytest.approx(wilson(8, 10), abs=1e-4)


def test_where_nothing_is_answered_there_is_no_precision() -> None:
    result = figures([seen("known", True, UNSURE)], [(True, 0.9)], AS_POOLED, "")
    assert result["as_is"]["0.95"] == {"answered": 0, "coverage": 0.0, "precision": None, "interval": None}


def test_a_question_that_several_sets_ask_counts_once_for_the_intervals() -> None:
    of_two = [seen("known", name != "c", question=name) for name in "abcde"] * 2
    result = figures(of_two, [(True, 0.9)] * 10, AS_POOLED, "")
    once = wilson(4, 5)
    assert (result["questions"], result["with_article"]) == (5, 5)
    assert result["recall_at_1"] == {"share": 0.8, "interval": pytest.approx(list(once), abs=1e-4)}
    assert result["as_is"]["0.95"]["answered"] == 10
    assert result["as_is"]["0.95"]["interval"] == pytest.approx(list(once), abs=1e-4)


def test_the_worst_of_several_sets_is_that_of_each_figure() -> None:
    many_wrong = [seen("known", True), seen("known", False, UNSURE), seen("known", False, UNSURE)], [(True, 0.9)] * 3
    sure_and_wrong = [seen("known", True), seen("known", True), seen("known")], [(False, 0.9)] * 3
    silent = [seen("known", True, UNSURE)], [(True, 0.9)]
    found = [figures(observed, raw, AS_POOLED, "") for observed, raw in (silent, many_wrong, sure_and_wrong)]
    result = worst(found)
    assert result["questions"] == 1
    assert result["recall_at_1"] == found[1]["recall_at_1"]
    assert result["baseline"]["recall_at_1"] == 0.0
    assert result["auroc_answerable"] is None
    assert result["as_is"]["0.95"] == found[2]["as_is"]["0.95"]
    assert worst(found[:1]) == found[0]


def test_what_is_counted_in_hindsight_is_the_mean_of_the_draws_and_all_else_of_them_together() -> None:
    clear = [seen("known", True), seen("unknown", pooled=UNSURE)], [(True, 0.9), (False, 0.1)]
    wrong = [seen("known", False), seen("unknown", pooled=UNSURE)], [(False, 0.9), (False, 0.1)]
    alone = [figures(*each, AS_POOLED, "") for each in (clear, wrong)]
    together = figures(clear[0] + wrong[0], clear[1] + wrong[1], AS_POOLED, "")
    result = of_draws(together, alone)
    assert (alone[0]["coverage_at_95"], alone[1]["coverage_at_95"]) == (0.5, 0.0)
    assert (result["coverage_at_95"], result["baseline"]["coverage_at_95"], result["draws"]) == (0.25, 0.25, 2)
    assert result["auroc_answerable"] == 1.0
    assert result["recall_at_1"] == together["recall_at_1"]
    assert result["as_is"] == together["as_is"]
    alone[1]["auroc_answerable"] = None
    assert of_draws(together, alone)["auroc_answerable"] == alone[0]["auroc_answerable"]


def small() -> QuestionSet:
    documents = (
        Document("parcel", "da", "Hvor er min pakke?", (), ""),
        Document("returns", "da", "Hvordan returnerer jeg?", (), ""),
    )
    questions = (
        Question("1", "da", "hvor er pakken", frozenset({"parcel"})),
        Question("2", "da", "vejret i morgen", frozenset()),
    )
    return QuestionSet("small", "small", documents, questions)


def test_each_question_with_an_article_is_asked_again_without_it() -> None:
    observed = observe(small(), HashEmbedder())
    assert [
        (each.question.id, each.kind, each.found[0], each.right) for each in observed if each.question.id == "1"
    ] == [
        ("1", "known", "parcel", True),
        ("1", "hidden", "returns", False),
    ]
    assert [each.kind for each in observed if each.question.id == "2"] == ["unknown"]
    assert all(each.asked for each in observed)


def test_the_baseline_takes_the_greatest_cosine_of_the_model() -> None:
    (right, cosine), (wrong, _) = raw_cosines(small(), HashEmbedder())
    assert right
    assert 0 < cosine < 1
    assert not wrong


class Counting(HashEmbedder):
    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, texts: Sequence[str], kind: Prompt) -> NDArray[np.float32]:
        self.read.extend(texts)
        return super().encode(texts, kind)


def test_a_second_run_reads_no_text_again_nor_opens_the_model(tmp_path: Path) -> None:
    model = Counting()
    first = Remembered(tmp_path, model.name, model.dimension, lambda: model)
    expected = HashEmbedder().encode(["a", "b", "a"], "query")
    assert first.encode(["a", "b", "a"], "query") == pytest.approx(expected)
    assert model.read == ["a", "b"]

    def refuse() -> Counting:
        raise AssertionError("the model was opened")

    second = Remembered(tmp_path, model.name, model.dimension, refuse)
    assert second.encode(["b", "a", "a"], "query") == pytest.approx(expected[[1, 0, 0]])
    with pytest.raises(AssertionError, match="opened"):
        second.encode(["b"], "passage")  # the same text under the other prompt is another text


def test_the_tables_stand_between_their_marks_and_what_is_around_them_stays(tmp_path: Path) -> None:
    observed = [seen("known", True), seen("hidden", pooled=UNSURE)]
    text = tables({"stackfaq": figures(observed, [(True, 0.9)], AS_POOLED, "")})
    assert "| stackfaq | 1 | 100.0 (20.6-100.0) | 100.0 | 88.9 / 95 |" in text
    page = tmp_path / "page.md"
    page.write_text(f"Before\n{BEGIN}\nold\n{END}\nAfter\n", encoding="utf-8")
    written_into(page, text)
    written_into(page, text)
    assert page.read_text("utf-8") == f"Before\n{BEGIN}\n\n{text}\n{END}\nAfter\n"
    page.write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="no place"):
        written_into(page, text)

"""What each measure of an evaluation means, on sets small enough to count by hand; and that bad lines are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge_base.evaluation import (
    Asked,
    DatasetError,
    Question,
    evaluate_files,
    measures,
    read_articles,
    read_questions,
)
from tests.embedders import HashEmbedder


def asked(certainty: float, found: str = "", gold: str = "", language: str = "da", milliseconds: float = 1) -> Asked:
    question = Question("q", language, "text", frozenset(gold.split()))
    return Asked(question, tuple(found.split()), certainty, milliseconds)


def test_recall_and_reciprocal_rank_count_only_questions_with_an_article() -> None:
    result = measures(
        [
            asked(0.9, "a b", "a"),
            asked(0.8, "x y a", "a"),
            asked(0.7, "x", "a"),
            asked(0.6, "a"),
            asked(0.5, "x b", "a b"),
        ],
        0.99,
    )
    assert result["n"] == 5
    assert result["recall_at_1"] == 0.25
    assert result["recall_at_3"] == result["recall_at_5"] == 0.75
    assert result["intervals"]["recall_at_1"] == [0.0456, 0.6994]
    assert result["mrr_at_10"] == pytest.approx((1 + 1 / 3 + 0 + 1 / 2) / 4, abs=1e-4)


def test_auroc_counts_ties_half() -> None:
    assert measures([asked(0.9, "a", "a"), asked(0.5, "a", "a"), asked(0.5, "a")], 0.5)["auroc_answerable"] == 0.75
    assert measures([asked(0.9, "a", "a")], 0.5)["auroc_answerable"] is None
    assert measures([asked(0.9, "a")], 0.5)["auroc_answerable"] is None


def test_coverage_is_the_largest_share_at_the_precision() -> None:
    right = [asked(0.9 - 0.001 * number, "a", "a") for number in range(19)]
    wrong = asked(0.5, "x", "a")
    below = [asked(0.1, "x", "a") for _ in range(20)]
    result = measures([*right, wrong, *below], 0.5)
    assert result["coverage_at_95"] == 0.5  # 19 of 20 are right down to 0.5
    assert result["coverage_at_98"] == 0.475


def test_coverage_answers_equal_certainties_together() -> None:
    assert measures([asked(0.9, "a", "a"), asked(0.9, "x", "a")], 0.5)["coverage_at_95"] == 0
    assert measures([asked(0.9, "a", "a"), asked(0.8, "x", "a")], 0.5)["coverage_at_95"] == 0.5


def test_a_wrong_first_answer_does_not_end_the_coverage() -> None:
    rows = [asked(0.99, "x", "a"), *(asked(0.9, "a", "a") for _ in range(19))]
    assert measures(rows, 0.5)["coverage_at_95"] == 1


def test_decided_counts_every_question_once() -> None:
    rows = [
        asked(0.9, "a", "a"),
        asked(0.9, "x", "a"),
        asked(0.9, "a"),
        asked(0.5, "a", "a"),
        asked(0.01, "a"),
        asked(0.0, "", "a"),
    ]
    assert measures(rows, 0.8)["decided"] == {
        "answered": 3,
        "right": 1,
        "wrong": 2,
        "offered": 1,
        "handed_over": 2,
        "realised_precision": 0.3333,
        "wrong_at_most": 0.983,  # 1 - x where 1 - (1 - x)^3 is 0.05
    }
    assert measures(rows, 0.8)["intervals"]["realised_precision"] == [0.0615, 0.7923]


def test_no_questions_give_no_numbers_but_no_error() -> None:
    result = measures([], 0.9)
    assert result["n"] == 0
    assert result["recall_at_1"] is result["coverage_at_95"] is result["latency_ms"]["p50"] is None
    assert result["decided"]["realised_precision"] is None
    assert result["decided"]["wrong_at_most"] == 1
    assert set(result["intervals"].values()) == {None}


def test_latency_percentiles() -> None:
    assert measures([asked(0, milliseconds=number) for number in range(101)], 0.5)["latency_ms"] == {
        "p50": 50,
        "p95": 95,
    }


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return path


ARTICLE = {"id": "a", "lang": "da", "title": "Hvor er min pakke?", "body": "Se sporing.", "category": 3}


def test_evaluate_reads_several_files_and_tells_languages_apart(tmp_path: Path) -> None:
    danish = lines(
        tmp_path / "kb.da.jsonl", ARTICLE, "", {"id": "b", "lang": "da", "body": "Gavekort gælder i tre år."}
    )
    english = lines(tmp_path / "kb.en.jsonl", {"id": "a", "lang": "en", "title": None, "questions": ["Where is it?"]})
    questions = lines(
        tmp_path / "queries.jsonl",
        {"id": "1", "lang": "da", "text": "hvor er pakken", "gold": ["a"]},
        {"id": "2", "lang": "da", "text": "gavekort", "gold": ["b"], "group": 7},
        {"id": "3", "lang": "en", "text": "where is it", "gold": ["a"]},
        {"id": "4", "lang": "en", "text": "zzz", "gold": []},
    )
    steps: list[tuple[str, int, int]] = []
    result = evaluate_files([danish, english], questions, HashEmbedder(), 0.9, lambda *step: steps.append(step))
    assert (result["n"], result["articles"], result["target"]) == (4, 3, 0.9)
    assert result["recall_at_1"] == 1
    assert {name: part["n"] for name, part in result["languages"].items()} == {"da": 2, "en": 2}
    assert result["languages"]["da"]["auroc_answerable"] is None
    assert sum(result["decided"][name] for name in ("answered", "offered", "handed_over")) == 4
    assert result["index_seconds"] >= 0
    assert steps[-1] == ("asking questions", 4, 4)
    assert json.loads(json.dumps(result)) == result


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("{nonsense", "line 2: not JSON"),
        ("[1]", "line 2: not an object"),
        ({"lang": "da", "title": "x"}, 'line 2: "id" is missing'),
        ({"id": 7, "lang": "da", "title": "x"}, 'line 2: "id" is not a text'),
        ({"id": "b", "lang": " ", "title": "x"}, 'line 2: "lang" is empty'),
        ({"id": "b", "lang": "da", "title": "", "questions": [" "]}, "line 2: title, questions and body are all empty"),
        ({"id": "b", "lang": "da", "questions": "x"}, 'line 2: "questions" is not a list of texts'),
        ({"id": "a", "lang": "da", "title": "x"}, "is already in .*line 1"),
    ],
)
def test_bad_article_lines_are_named(tmp_path: Path, row: object, complaint: str) -> None:
    with pytest.raises(DatasetError, match=rf"kb\.jsonl.*{complaint}"):
        read_articles([lines(tmp_path / "kb.jsonl", ARTICLE, row)])


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"id": "1", "lang": "da", "gold": []}, 'line 1: "text" is missing'),
        ({"id": "1", "lang": "da", "text": "x"}, 'line 1: "gold" is missing'),
        ({"id": "1", "lang": "da", "text": "x", "gold": [3]}, 'line 1: "gold" is not a list of texts'),
    ],
)
def test_bad_question_lines_are_named(tmp_path: Path, row: object, complaint: str) -> None:
    with pytest.raises(DatasetError, match=complaint):
        read_questions(lines(tmp_path / "queries.jsonl", row))


def test_bytes_that_are_not_utf8_and_missing_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "kb.jsonl"
    path.write_bytes(b'{"id": "a", "lang": "da", "title": "\xff"}\n')
    with pytest.raises(DatasetError, match="line 1: not UTF-8"):
        read_articles([path])
    with pytest.raises(DatasetError, match="cannot be read"):
        read_questions(tmp_path / "nowhere.jsonl")


def test_gold_that_no_file_has_is_named(tmp_path: Path) -> None:
    questions = lines(tmp_path / "q.jsonl", {"id": "q9", "lang": "da", "text": "x", "gold": ["b", "a"]})
    with pytest.raises(DatasetError, match='question "q9" names articles that are in no file: b'):
        evaluate_files([lines(tmp_path / "kb.jsonl", ARTICLE)], questions, HashEmbedder(), 0.9)


def test_empty_files_are_named(tmp_path: Path) -> None:
    empty, full = lines(tmp_path / "empty.jsonl"), lines(tmp_path / "kb.jsonl", ARTICLE)
    with pytest.raises(DatasetError, match=r"empty\.jsonl: there is nothing in it"):
        evaluate_files([full], empty, HashEmbedder(), 0.9)
    with pytest.raises(DatasetError, match=r"empty\.jsonl: there is nothing in it"):
        evaluate_files([empty], lines(tmp_path / "q.jsonl"), HashEmbedder(), 0.9)


def test_target_must_be_a_share(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        evaluate_files([], tmp_path / "q.jsonl", HashEmbedder(), 95)

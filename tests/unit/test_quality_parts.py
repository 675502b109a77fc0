"""Nothing is fitted on what it is measured on, and what ships was fitted only on what allows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from tests.bench.quality import fitting
from tests.bench.quality.sets import (
    PARTITIONS,
    QUARTERS,
    TRAINABLE,
    WITH_FILES,
    QuestionSet,
    SetsMissing,
    found_in,
    lacking,
    measured,
    part_of,
    words_of,
)

ROOT = Path(__file__).parents[2]
# As the licences of NOTICE call them.
CALLED = {"alchemy": "OfficeDocs-AlchemyInsights", "banking77": "BANKING77", "clinc150": "CLINC150", "xsid": "xSID"}
LANGUAGES = ("da", "nb", "sv", "en")


def put(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small sets of invented texts in the shape of the real ones, with traps: the same text in both parts."""
    folder = tmp_path_factory.mktemp("sets")
    for source in ("clinc150", "banking77"):
        for file in ("train", "test"):
            rows: list[dict[str, object]] = [
                {"text": f"{source} {file} intent {label} sentence {number}", "label": f"i{label}", "lang": "en"}
                for label in range(20)
                for number in range(12)
            ]
            rows.append({"text": f"{source} of no intent {file}", "label": "oos", "lang": "en"})
            rows.append({"text": f"{source}: Said in BOTH files?", "label": "i3", "lang": "en"})
            put(folder / source / f"{file}.jsonl", rows)
    for language in LANGUAGES:
        for file, first in (("valid", 0), ("test", 1000)):
            put(
                folder / "xsid" / f"{language}.{file}.jsonl",
                [
                    {"id": f"{first + n}", "text": f"{language} {n} {file}", "label": f"x{n % 16}", "lang": language}
                    for n in range(160)
                ],
            )
    for language in ("da", "nb", "sv"):
        put(
            folder / "alchemy" / f"kb.{language}.jsonl",
            [
                {
                    "id": f"slug-{n}",
                    "lang": language,
                    "title": f"{language} title {n}",
                    "title_en": f"title {n}",
                    "body": f"{language} body {n}",
                }
                for n in range(400)
            ],
        )
    return folder


def sets(folder: Path) -> Iterator[QuestionSet]:
    return (each for each in measured(folder) if each.source != "demo")


def test_no_intent_or_article_of_a_test_part_is_fitted_on(folder: Path) -> None:
    trials = list(fitting.trials(folder))
    assert {trial.source for trial in trials} == set(TRAINABLE)
    for trial in trials:
        assert trial.documents, trial.name
        assert {part_of(document.id) for document in trial.documents} == {"fit"}, trial.name
        assert {part_of(gold) for question in trial.questions for gold in question.gold} == {"fit"}, trial.name


def test_no_test_file_of_labelled_sentences_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    rows = fitting.rows

    def noted(path: Path) -> list[dict[str, object]]:
        read.append(path.name)
        return rows(path)

    monkeypatch.setattr(fitting, "rows", noted)
    list(fitting.trials(folder))
    assert read
    assert [name for name in read if "test" in name] == []


def test_nothing_that_is_measured_on_is_fitted_on_even_where_a_set_says_it_twice(folder: Path) -> None:
    asked = fitting.asked_in(sets(folder))
    twice = words_of("banking77: Said in BOTH files?")
    assert twice in asked
    said = {
        words_of(text)
        for trial in fitting.trials(folder, asked)
        for text in [question.text for question in trial.questions]
        + [variant for document in trial.documents for variant in document.questions]
    }
    assert said & asked == set()


def test_measured_articles_of_alchemy_are_of_the_test_part(folder: Path) -> None:
    alchemy = [each for each in measured(folder) if each.source == "alchemy"]
    assert len(alchemy) == 3
    for each in alchemy:
        assert each.questions
        assert {part_of(gold) for question in each.questions for gold in question.gold} == {"test"}
        assert {part_of(document.id) for document in each.documents} == {"test"}


def test_no_translation_of_an_articles_sentence_is_asked_in_a_trial(folder: Path) -> None:
    sentences = [row for language in LANGUAGES for row in fitting.rows(folder / "xsid" / f"{language}.valid.jsonl")]
    ids = {row["text"]: row["id"] for row in sentences}
    trials = [trial for trial in fitting.trials(folder) if trial.source == "xsid"]
    assert len(trials) == 2 * 4 * len(fitting.VARIANTS)
    for trial in trials:
        written = {ids[text] for document in trial.documents for text in document.questions}
        assert written & {ids[question.text] for question in trial.questions} == set(), trial.name
        assert trial.questions


def test_parts_are_about_equal_and_never_change() -> None:
    parts = [part_of(f"intent {number}") for number in range(1000)]
    assert 400 < parts.count("fit") < 600
    assert [part_of(key) for key in ("card_arrival", "translate", "weather/find")] == ["test", "fit", "fit"]


def test_a_missing_quarter_leaves_its_questions_without_an_article(folder: Path) -> None:
    whole = next(each for each in measured(folder) if each.source == "banking77")
    for quarter in range(QUARTERS):
        less = lacking(whole, 0, quarter)
        there = {document.id for document in less.documents}
        assert len(whole.documents) - len(there) in (len(whole.documents) // 4, -(-len(whole.documents) // 4))
        for before, after in zip(whole.questions, less.questions, strict=True):
            assert after.gold == before.gold & there


def test_each_intent_is_missing_in_just_one_quarter_of_each_draw_that_is_measured(folder: Path) -> None:
    whole, *quarters = [each for each in measured(folder) if each.source == "banking77"]
    assert {each.name for each in quarters} == {f"{whole.name}, a quarter of the intents missing"}
    ids = {document.id for document in whole.documents}
    missing = [ids - {document.id for document in each.documents} for each in quarters]
    draws = [missing[at : at + QUARTERS] for at in range(0, len(missing), QUARTERS)]
    assert len(draws) == PARTITIONS
    assert all(sorted(name for quarter in draw for name in quarter) == sorted(ids) for draw in draws)
    assert len({frozenset(map(frozenset, draw)) for draw in draws}) == PARTITIONS


def test_a_folder_without_sets_is_said_so_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SetsMissing, match="make quality SETS="):
        found_in(tmp_path / "nowhere")


def test_the_shipped_certainty_names_only_sources_whose_licence_allows_it_and_notice_does_too() -> None:
    manifest = json.loads(files("knowledge_base").joinpath("certainty.json").read_text("utf-8"))["fitted_on"]
    notice = (ROOT / "NOTICE").read_text("utf-8")
    assert set(manifest) <= set(TRAINABLE)
    for source in manifest:
        assert CALLED[source] in notice
    for licence in ("CC BY 3.0", "CC BY 4.0", "CC BY-SA 4.0"):
        assert licence in notice
    for source in WITH_FILES:
        assert source not in TRAINABLE
        assert source not in notice.casefold()


def test_no_set_is_in_the_project() -> None:
    for source in (*TRAINABLE, *WITH_FILES):
        assert not list(ROOT.glob(f"[!.]*/**/{source}/*.jsonl"))

"""What of an article answers a question is worked out once, until the article or what was found is another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot import answers as module
from bot.answers import Answers, Written
from knowledge_base.articles import Published
from tests.contracts.turn_desk import hit

SHOP = "https://shop.example"


def written(body: str) -> Written:
    article = Published("returns", "en", "Returns", body, "", 1, 0)
    return Written(article, body, f"<p>{body}</p>")


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions for which it was worked out."""
    questions: list[str] = []
    real = module.extract

    def counted(question: str, *more: Any) -> Any:
        questions.append(question)
        return real(question, *more)

    monkeypatch.setattr(module, "extract", counted)
    return questions


def test_the_same_question_is_worked_out_once(worked_out: list[str]) -> None:
    answers, article, hits = Answers(None, None), written("Within 30 days."), [hit("returns", 0.9)]  # type: ignore[arg-type]
    first = answers.answer("How long?", article, hits, SHOP)
    assert answers.answer("How long?", article, hits, SHOP) == first
    assert worked_out == ["How long?"]


def test_another_article_find_question_or_shop_is_worked_out_anew(worked_out: list[str]) -> None:
    answers, article, hits = Answers(None, None), written("Within 30 days."), [hit("returns", 0.9)]  # type: ignore[arg-type]
    answers.answer("How long?", article, hits, SHOP)
    changed = written("Within 60 days.")
    assert answers.answer("How long?", changed, hits, SHOP)[0].text == "Within 60 days."
    answers.answer("How long?", changed, [replace(hits[0], passage="Not worn.")], SHOP)
    answers.answer("Until when?", changed, hits, SHOP)
    answers.answer("Until when?", changed, hits, "https://other.example")
    assert worked_out == ["How long?"] * 3 + ["Until when?"] * 2


def test_only_so_many_and_no_long_ones_are_kept(worked_out: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TEXTS", 2)
    answers, article, hits = Answers(None, None), written("Within 30 days."), [hit("returns", 0.9)]  # type: ignore[arg-type]
    for question in ("a?", "b?", "c?", "a?", "c?", "x" * 300, "x" * 300):
        answers.answer(question, article, hits, SHOP)
    assert worked_out == ["a?", "b?", "c?", "a?", "x" * 300, "x" * 300]

"""The demo shop's labelled questions: balanced, covering every article, and not copied from the articles."""

import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest
import yaml

from bot.demo import HOURS

DEMO = Path(__file__).parents[2] / "bot" / "demo"
LANGUAGES = ("da", "sv", "nb", "en")
TRAITS = {"typo", "dialect", "short", "long", "mixed"}
CARELESS = {"typo", "dialect"}


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of questions.jsonl; an empty `gold` means that the bot should decline."""

    id: str
    lang: str
    text: str
    gold: list[str]
    traits: list[str]


def read_questions() -> list[Question]:
    lines = (DEMO / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [msgspec.json.decode(line, type=Question) for line in lines]


def plain(text: str) -> str:
    """Case-folded words with single spaces, so that punctuation cannot hide a copy."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def article_slugs() -> set[str]:
    return {path.stem for path in (DEMO / "articles" / "en").glob("*.md")}


def titles_and_variants() -> dict[str, str]:
    """Every title and question variant of every article, made plain -> the file it stands in."""
    found: dict[str, str] = {}
    for path in sorted((DEMO / "articles").glob("*/*.md")):
        front = yaml.safe_load(path.read_text(encoding="utf-8").split("---", 2)[1])
        for text in [front["title"], *front["questions"]]:
            found[plain(text)] = f"{path.parent.name}/{path.name}"
    return found


QUESTIONS = read_questions()


@pytest.fixture(params=LANGUAGES)
def of_language(request: pytest.FixtureRequest) -> list[Question]:
    return [question for question in QUESTIONS if question.lang == request.param]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("article", ["opening-hours", "call-me-back"])
def test_people_are_there_at_the_hours_that_the_chat_tells(language: str, article: str) -> None:
    days = {day: spans for day, spans in HOURS.items() if day != "timezone"}
    assert days == {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    text = (DEMO / "articles" / language / f"{article}.md").read_text(encoding="utf-8").split("---", 2)[2]
    first = text.strip().splitlines()[0]  # further down are the shops' own
    assert re.search(r"\b[Mm](?:onday to F|andag til f|åndag till f)(?:riday|redag)\b", first), first
    assert re.findall(r"\b(\d+)(?:-| (?:to|and) )(\d+)\b", first) == [("9", "17")]


def test_only_known_languages_traits_and_unique_ids() -> None:
    assert {question.lang for question in QUESTIONS} == set(LANGUAGES)
    assert {trait for question in QUESTIONS for trait in question.traits} == TRAITS
    ids = Counter(question.id for question in QUESTIONS)
    assert [id_ for id_, times in ids.items() if times > 1] == []
    assert [q.id for q in QUESTIONS if not re.fullmatch(rf"{q.lang}-\d{{3}}", q.id)] == []


def test_enough_questions(of_language: list[Question]) -> None:
    assert len(of_language) >= 115


def test_about_a_quarter_has_no_answer(of_language: list[Question]) -> None:
    share = sum(not question.gold for question in of_language) / len(of_language)
    assert 0.20 <= share <= 0.30


def test_a_good_part_is_careless_or_dialect_with_and_without_answer(of_language: list[Question]) -> None:
    careless = [question for question in of_language if CARELESS & set(question.traits)]
    assert len(careless) / len(of_language) >= 0.20
    assert sum(not question.gold for question in careless) >= 5


def test_gold_names_only_articles_that_exist() -> None:
    slugs = article_slugs()
    assert len(slugs) == 42
    assert [(q.id, q.gold) for q in QUESTIONS if not set(q.gold) <= slugs] == []
    assert [q.id for q in QUESTIONS if len(set(q.gold)) != len(q.gold) or len(q.gold) > 2] == []


def test_every_article_is_asked_for_at_least_twice(of_language: list[Question]) -> None:
    asked = Counter(slug for question in of_language for slug in question.gold)
    assert {slug: asked[slug] for slug in article_slugs() if asked[slug] < 2} == {}


def test_no_question_stands_twice() -> None:
    texts = Counter(plain(question.text) for question in QUESTIONS)
    assert [text for text, times in texts.items() if times > 1 or not text] == []


def test_no_question_is_copied_from_an_article() -> None:
    written = titles_and_variants()
    assert len(written) >= 42 * 6  # a title and five variants or more for each article
    copies = {q.id: (q.text, written[plain(q.text)]) for q in QUESTIONS if plain(q.text) in written}
    assert copies == {}

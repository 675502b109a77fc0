"""A misspelt word of a question is read as the word of the articles that it is a slip away from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.passages import Document
from knowledge_base.search import KnowledgeBase
from knowledge_base.vocabulary import LONGEST, MOST, Vocabulary
from tests.embedders import HashEmbedder

DA = Document("time", "da", "Hvor lang tid tager leveringen?", ("hvornår kommer pakken",), "Støvler kommer i en æske.")
SV = Document("boots", "sv", "Kängor och skaljacka", ("tvätta skaljackan", "på vintern"), "")
EN = Document("returns", "en", "How do I return a tent?", ("porch of the tent",), "A warranty of two years.")


def never(word: str) -> bool:
    return False


WORDS = Vocabulary.of([DA, SV, EN])


@pytest.mark.parametrize(
    ("language", "written", "meant"),
    [
        ("da", "Leverigen til Århus?", "leveringen til Århus?"),
        ("da", "levreingen", "leveringen"),
        ("da", "hvornaar kommer pakkeen", "hvornår kommer pakken"),
        ("da", "stoevler", "støvler"),
        ("sv", "tvatta kangor pa vintern", "tvätta kängor pa vintern"),
        ("en", "how do i retrun it", "how do i return it"),
        ("en-GB", "waranty", "warranty"),
    ],
)
def test_a_slip_is_read_as_the_word_it_was_meant_to_be(language: str, written: str, meant: str) -> None:
    assert WORDS.corrected(written, language, never) == meant


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "Hvor lang tid tager leveringen?"),
        ("da", "leveringer"),  # inflected: its stem is that of the articles' word
        ("da", "pakkr"),  # ends so, or so: too short to tell
        ("en", "pouch"),  # no slip makes "porch" of it
        ("da", "stovler på vej"),  # whoever writes one å has all of them
        ("en", "of Bill Retrun"),
        ("en", "e-mail addres-s 12345 retrun1"),
        ("fi", "leverigen"),
        (None, "leverigen"),
        ("en", f"retrun{'n' * LONGEST}"),
    ],
)
def test_what_is_known_or_like_nothing_stays(language: str | None, text: str) -> None:
    assert WORDS.corrected(text, language, never) == text


def test_of_two_words_the_one_that_is_written_more_often_is_meant() -> None:
    words = Vocabulary.of([Document("a", "en", "a barrel", ("barren barren",), "")])
    assert words.corrected("barrex", "en", never) == "barrex"
    assert words.corrected("barrern", "en", never) == "barren"
    assert words.corrected("barreln", "en", never) == "barren"


def test_a_word_that_no_article_has_may_be_one() -> None:
    assert WORDS.corrected("teng", "en", never) == "teng"
    assert WORDS.corrected("a tentt", "en", never) == "a tent"
    assert WORDS.corrected("a tentt", "en", {"tentt"}.__contains__) == "a tentt"


def test_only_so_many_unknown_words_are_looked_at() -> None:
    assert WORDS.corrected("qqqqq " * (MOST - 1) + "retrun", "en", never).endswith("return")
    assert WORDS.corrected("qqqqq " * MOST + "retrun", "en", never).endswith("retrun")


def test_what_is_published_is_known_from_then_on() -> None:
    knowledge = KnowledgeBase(HashEmbedder())
    knowledge.replace([DA])
    assert knowledge.read("leveringer med cyklen", "da") == "leveringer med cyklen"
    assert knowledge.read("hvornår kommer cyklne", "da") == "hvornår kommer cyklne"
    knowledge.put(Document("cykel", "da", "Kan jeg hente cyklen?", (), ""))
    assert knowledge.read("hvornår kommer cyklne", "da") == "hvornår kommer cyklen"
    assert knowledge.read("leverigen", "da") == "leveringen"
    assert [hit.document.id for hit in knowledge.search("cyklne?", "da", 1)] == ["cykel"]
    assert knowledge.copy().read("cyklne", "da") == "cyklen"
    knowledge.remove("cykel")
    knowledge.tidy()
    assert knowledge.read("hvornår kommer cyklne", "da") == "hvornår kommer cyklne"


@given(st.text(st.characters(exclude_categories=()), max_size=200), st.sampled_from(["da", "sv", "en"]))
def test_any_text_can_be_read(text: str, language: str) -> None:
    once = WORDS.corrected(text, language, never)
    assert WORDS.corrected(once, language, never) == once
    assert len(once.split()) == len(text.split())


@pytest.mark.timeout(30)  # far beyond what it takes
def test_no_question_takes_long_to_read() -> None:
    for filling in ("a", "a ", "retrun", "xyzxyzx ", "aa", "æ"):
        assert WORDS.corrected(filling * (20_000 // len(filling)), "en", never)


def test_what_came_one_by_one_is_known_as_if_all_had_been_read_and_not_before() -> None:
    documents = [DA, SV, EN, Document("barrel", "en", "a barrel", ("barren barren",), ""), DA]
    grown = [Vocabulary.of(documents[:1])]
    for document in documents[1:]:
        grown.append(grown[-1].followed(document))
    for count, known in enumerate(grown, 1):
        whole = Vocabulary.of(documents[:count])
        for language, text in (
            ("da", "Leverigen til Århus"),
            ("da", "stoevler"),
            ("sv", "tvatta kangor"),
            ("en", "a tentt retrun"),
            ("en", "barreln barrern"),
        ):
            assert known.corrected(text, language, never) == whole.corrected(text, language, never)
    assert grown[0].corrected("a tentt", "en", never) == "a tentt"
    assert grown[-1].corrected("a tentt", "en", never) == "a tent"

"""What of an article a customer gets to read: its short answer or a passage, and the sentence that answers in bold."""

from __future__ import annotations

import pytest

from bot.extracts import extract
from knowledge_base.passages import Document, split
from knowledge_base.ranking import Features
from knowledge_base.rendering import render, short_answer
from knowledge_base.search import Hit

BODY = """Vi sender til hele Norden. Pakken får du af vores eget bud. Du kan følge den hele vejen.

## Til Danmark

Det tager to hverdage, og fragten koster 39 kr. Du henter pakken i en butik nær dig.

## Til Norge

Det tager fem hverdage. Told og moms betaler du til [speditøren][told], når pakken kommer. Vi kan ikke lægge det ud.

1. Du får en sms.
2. Du betaler.

[told]: https://told.example/"""
SHORT = short_answer(BODY)
TO_NORWAY = next(text for text, anchor in split(BODY) if anchor == "til-norge")


def hit(passage: str = TO_NORWAY, anchor: str = "til-norge", title: str = "Levering") -> Hit:
    return Hit(Document("levering.da", "da", title, (), BODY), 1.0, 0.9, passage, anchor, title, Features(0, 0, 0, 0))


def test_the_passage_that_answers_takes_the_place_of_the_first_lines() -> None:
    found = extract("hvem betaler told og moms?", SHORT, BODY, hit())
    assert found.text.startswith("## Til Norge\n\nDet tager fem hverdage.")
    assert "2. Du betaler." in found.text
    assert "hele Norden" not in found.text


def test_its_links_lead_where_they_lead_in_the_article() -> None:
    assert 'href="https://told.example/"' in render(extract("betaler jeg told og moms?", SHORT, BODY, hit()).text)


def test_the_sentence_that_answers_is_bold_on_the_page_alone() -> None:
    found = extract("hvem betaler told og moms?", SHORT, BODY, hit())
    assert "**Told og moms betaler du til [speditøren][told], når pakken kommer.**" in found.marked
    assert found.marked.replace("**", "") == found.text


@pytest.mark.parametrize("question", ["who pays customs duty?", "hvad med det der?", ""])
def test_without_a_word_that_points_there_the_author_chooses(question: str) -> None:
    found = extract(question, SHORT, BODY, hit())
    assert found.text == found.marked == SHORT


def test_a_question_that_the_first_lines_answer_gets_those() -> None:
    found = extract("kan jeg følge pakken hele vejen?", SHORT, BODY, hit())
    assert found.text == SHORT
    assert "**Du kan følge den hele vejen.**" in found.marked


def test_a_passage_that_is_among_the_first_lines_changes_nothing() -> None:
    passage, anchor = split(BODY)[0]
    assert extract("hvem sender til Norden?", SHORT, BODY, hit(passage, anchor)).text == SHORT


def test_no_passage_no_choice() -> None:
    assert extract("told?", SHORT, BODY, hit("", "")).text == SHORT


def test_of_two_sentences_none_is_marked() -> None:
    short = "Det koster 39 kr. Du henter pakken i en butik."
    assert extract("hvad koster det?", short, short, hit("", "")).marked == short


def test_nothing_is_marked_in_a_list_nor_inside_of_emphasis() -> None:
    short = "Sådan gør du. Det er let. Held og lykke.\n\n- Told betaler du selv.\n\nMoms er **altid** med. Resten ikke."
    for question in ("hvem betaler told?", "er moms med?"):
        assert extract(question, short, short, hit("", "")).marked == short


def test_an_answer_too_far_down_in_a_long_passage_is_not_hidden_behind_its_beginning() -> None:
    filler = "Her står der noget andet om pakker og bude. " * 14
    body = f"{SHORT}\n\n## Til Norge\n\n{filler}\n\nTolden betaler du til speditøren."
    passage = next(text for text, anchor in split(body) if anchor == "til-norge" and "Tolden" in text)
    assert extract("hvem betaler tolden til speditøren?", SHORT, body, hit(passage)).text == SHORT

"""Which sentence of a passage answers a question."""

from __future__ import annotations

import pytest

from bot.sentences import LONGEST, Marked, answering_sentence

DELIVERY = """## Levering

I Danmark får du din pakke efter 1-3 hverdage. Bestiller du før kl. 13 på en hverdag, sender vi samme dag.
Bestiller du senere, sender vi den næste hverdag.

Et par eksempler:

- Bestilt tirsdag: fremme mellem onsdag og fredag.
- Bestilt lørdag: sendt mandag.

Når pakken tager af sted, får du et [sporingslink](/help/track) på **mail og sms**."""


@pytest.mark.parametrize(
    ("question", "language", "sentence"),
    [
        ("Hvor lang tid tager det?", "da", "I Danmark får du din pakke efter 1-3 hverdage."),
        ("Hvad hvis jeg bestiller kl. 12?", "da", "Bestiller du før kl. 13 på en hverdag, sender vi samme dag."),
        ("Får jeg et sporingslink på sms?", "da", "Når pakken tager af sted, får du et sporingslink på mail og sms."),
        ("bestilt lørdag, hvornår kommer den", "da", "Bestilt lørdag: sendt mandag."),
        ("", "da", "I Danmark får du din pakke efter 1-3 hverdage."),
    ],
)
def test_the_sentence_that_answers_is_marked(question: str, language: str, sentence: str) -> None:
    marked = answering_sentence(question, DELIVERY, language)
    assert marked.sentence == sentence
    assert "Levering" not in marked.before, "a heading is no sentence"


def test_marked_in_its_place() -> None:
    marked = answering_sentence("kl. 12?", "Før først. Vi har åbent fra kl. 10 til kl. 18 hver dag. Efter sidst.", "da")
    assert marked == Marked("Før først.", "Vi har åbent fra kl. 10 til kl. 18 hver dag.", "Efter sidst.")


def test_the_matched_unit_says_it_in_the_words_of_the_article() -> None:
    passage = "Vi har mange slags støvler i butikken. Nye såler koster 699 kr. og tager to uger."
    question = "går det an at redde mine gamle sko"
    assert answering_sentence(question, passage, "da").sentence.startswith("Vi har")
    assert answering_sentence(question, passage, "da", matched="hvad koster nye såler").sentence.startswith("Nye såler")


def test_what_announces_a_list_brings_it_along() -> None:
    passage = "Butikken har åbent:\n\n- mandag kl. 10-18\n- lørdag kl. 10-16\n\nVi har ingen telefon."
    marked = answering_sentence("hvornår har butikken åbent", passage, "da")
    assert marked.sentence == "Butikken har åbent:\n- mandag kl. 10-18\n- lørdag kl. 10-16"
    assert marked.after == "Vi har ingen telefon."


def test_a_list_without_end_is_cut() -> None:
    passage = "Butikken har åbent:\n\n" + "\n".join(f"- dag nummer {day} fra ti til atten" for day in range(60))
    assert len(answering_sentence("hvornår har butikken åbent", passage, "da").sentence) <= LONGEST


def test_a_bare_yes_takes_the_next_sentence_along() -> None:
    passage = "Ja, det kan du. Vælg Klarna i kassen og betal inden for 30 dage. Renten er nul."
    assert answering_sentence("kan", passage, "da").sentence.endswith("30 dage.")


def test_a_question_is_no_answer() -> None:
    passage = "Hvad koster fragten til Norge? Den koster 69 kr. til hele landet."
    assert answering_sentence("Hvad koster fragten til Norge?", passage, "da").sentence.startswith("Den koster")


def test_rows_of_a_table_are_sentences() -> None:
    passage = "| Land | Pris |\n|---|---|\n| Norge | 69 kr. |\n| Sverige | 49 kr. |"
    assert "Sverige, 49 kr." in answering_sentence("Hvad koster det til Sverige?", passage, "da").sentence


@pytest.mark.parametrize("passage", ["", "  \n", "## Kun en overskrift", "|---|"])
def test_no_words_no_sentence(passage: str) -> None:
    assert answering_sentence("Hvad?", passage, "da") == Marked("", "", "")

"""Articles become titles, questions and passages with their headings and stable anchors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import passages
from knowledge_base.passages import PASSAGE_CHARACTERS, Document, anchors, plain, root_of, split, units_of

SENTENCE = "Vi sender pakken samme dag, hvis du bestiller før klokken ett. "


def document(**changes: object) -> Document:
    fields: dict[str, object] = {"id": "a", "language": "da", "title": "Titel", "questions": (), "body": "Tekst."}
    return Document(**(fields | changes))  # type: ignore[arg-type]


def test_units_are_title_then_questions_then_passages() -> None:
    units = units_of(document(questions=("Hvor er den?", "  ", "Hvornår?"), body="Først.\n\n## Siden\n\nSå."))
    assert [(unit.kind, unit.text, unit.anchor) for unit in units] == [
        ("title", "Titel", ""),
        ("question", "Hvor er den?", ""),
        ("question", "Hvornår?", ""),
        ("passage", "Først.", ""),
        ("passage", "## Siden\n\nSå.", "siden"),
    ]


@pytest.mark.parametrize(
    ("title", "questions", "body", "kinds"),
    [
        ("", (), "Kun brødtekst", ["passage"]),
        ("Kun titel", (), "", ["title"]),
        ("", ("Kun spørgsmål?",), " \n ", ["question"]),
        (" ", (), "", []),
    ],
)
def test_blank_parts_make_no_unit(title: str, questions: tuple[str, ...], body: str, kinds: list[str]) -> None:
    assert [unit.kind for unit in units_of(document(title=title, questions=questions, body=body))] == kinds


def test_root_is_the_id_unless_translations_share_one() -> None:
    assert root_of(document()) == "a"
    assert root_of(document(id="a.da", root="a")) == "a"


def test_small_paragraphs_of_one_section_stay_together() -> None:
    assert split("Et.\n\nTo.\n\n- tre\n- fire") == [("Et.\n\nTo.\n\n- tre\n- fire", "")]


def test_long_section_is_cut_between_paragraphs_and_repeats_its_heading() -> None:
    paragraph = SENTENCE * 6
    passages = split(f"## Levering\n\n{paragraph}\n\n{paragraph}\n\n{paragraph}")
    assert len(passages) == 2 or len(passages) == 3
    assert all(text.startswith("## Levering\n\n") and anchor == "levering" for text, anchor in passages)
    assert all(len(text) <= PASSAGE_CHARACTERS for text, _ in passages)


def test_long_paragraph_is_cut_at_sentences() -> None:
    passages = split(SENTENCE * 40)
    assert len(passages) > 2
    assert all(text.endswith("ett.") for text, _ in passages)


def test_long_list_is_cut_at_its_lines() -> None:
    passages = split("\n".join(f"- punkt {number} " + "x" * 60 for number in range(40)))
    assert len(passages) > 1
    assert all(line.startswith("- punkt") for text, _ in passages for line in text.splitlines())


def test_word_without_end_is_cut_hard() -> None:
    assert [len(text) for text, _ in split("x" * 2000, limit=900)] == [900, 900, 200]


def test_heading_without_text_goes_with_the_section_below() -> None:
    assert split("# Alt\n\n## Del\n\nTekst.") == [("# Alt\n\n## Del\n\nTekst.", "del")]
    assert split("Tekst.\n\n## Tom") == [("Tekst.", ""), ("## Tom", "tom")]


def test_hash_in_a_code_block_is_no_heading() -> None:
    assert split("```\n# kommentar\n\nls\n```\n\nEfter.") == [("```\n# kommentar\n\nls\n```\n\nEfter.", "")]
    assert anchors("~~~\n# nej\n~~~\n# ja") == [("ja", "ja")]


def test_anchors_are_unique_and_keep_nordic_letters() -> None:
    body = "# Få pengene *tilbage*?\n\n## Æble\n\n## Æble\n\n## ???\n"
    assert anchors(body) == [
        ("få-pengene-tilbage", "Få pengene tilbage?"),
        ("æble", "Æble"),
        ("æble-2", "Æble"),
        ("section", "???"),
    ]


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("Se [dine ordrer](/account) her", "Se dine ordrer her"),
        ('![billede](/a.png "titel") efter', "billede efter"),
        ("[a](/x_(y)) b", "a b"),
        ("**fed** og _skrå_ og `kode`", "fed og skrå og kode"),
        ("2 * 3 * 4 og snake_case", "2 * 3 * 4 og snake_case"),
        ("# Titel\n\n> citat\n- punkt\n1. først", "Titel citat punkt først"),
        ("```js\nlet a = 1\n```", "let a = 1"),
    ],
)
def test_plain_keeps_words_and_drops_marks(markdown: str, words: str) -> None:
    assert plain(markdown) == words


@given(
    st.lists(
        st.sampled_from(["\n", " ", "- ", "-", "# ", "> ", "1. ", "2)", "* ", "*", "```x", "a", "[b](c)"]), max_size=12
    )
)
def test_marks_at_the_start_of_lines_go_as_one_pattern_over_the_text_takes_them(pieces: list[str]) -> None:
    text = "".join(pieces)
    whole = passages._LINE_START.sub("", passages._LINK.sub(r"\1", text))
    assert plain(text) == " ".join(passages._MARK.sub("", whole).split())


@given(st.text(alphabet="ab #`~\n-.æ[]()", max_size=400))
def test_no_word_of_a_body_is_lost_and_passages_stay_short(body: str) -> None:
    passages = split(body, limit=60)
    lost = set(body.split()) - {word for text, _ in passages for word in text.split()}
    assert not {word for word in lost if len(word) < 20}
    assert all(text.strip() for text, _ in passages)

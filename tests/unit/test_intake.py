"""Articles from files: what is right comes in whole, what is wrong is named with its file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge_base.intake import Fault, ImportRefused, Reading, read_documents
from runtime.errors import BadInput

RIGHT = "---\nid: retur\ntitle: Retur\nquestions:\n  - Kan jeg sende det tilbage?\n---\nDu har 60 dage.\n"


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def fault_of(folder: Path, files: dict[str, str | bytes]) -> Fault:
    """The single fault of these files, which stand beside one that is right."""
    found = read_documents(written(folder, {"da/retur.md": RIGHT, **files}), skip_bad=True)
    assert "retur" in [item.article for item in found.items]
    assert len(found.faults) == 1, found.faults
    return found.faults[0]


def lines(*rows: object) -> str:
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)


def article(number: int, **changes: object) -> dict[str, object]:
    row = {"id": f"a{number}", "lang": "sv", "title": f"Titel {number}", "questions": ["Hur?"], "body": "Så."}
    return {**row, **changes}


def test_reads_folders_named_by_language(tmp_path: Path) -> None:
    found = read_documents(written(tmp_path, {"da/retur.md": RIGHT, "sv/retur.md": RIGHT, "README.md": "no article"}))
    assert [(item.article, item.language) for item in found.items] == [("retur", "da"), ("retur", "sv")]
    assert found.items[0].draft.title == "Retur"
    assert found.items[0].draft.questions == ("Kan jeg sende det tilbage?",)
    assert found.items[0].draft.body == "Du har 60 dage."
    assert (found.items[0].audience, found.items[0].action) == (None, None)


def test_front_matter_may_say_everything(tmp_path: Path) -> None:
    fields = "id: tider\ntitle: Hours\nlanguage: en\naudience: internal\naction: action_opening_hours\n"
    text = f"---\n{fields}---\nNine to five.\n"
    (item,) = read_documents(written(tmp_path, {"anything/x.md": text})).items
    assert (item.article, item.language, item.audience, item.action) == (
        "tider",
        "en",
        "internal",
        "action_opening_hours",
    )


def test_plain_markdown_takes_its_name_and_its_first_heading(tmp_path: Path) -> None:
    (item,) = read_documents(
        written(tmp_path, {"nb/frakt.md": "\ufeff# Hva koster frakt?\r\n\r\nDet koster 69 kr.\r\n"})
    ).items
    assert (item.article, item.draft.title, item.draft.body) == ("frakt", "Hva koster frakt?", "Det koster 69 kr.")


def test_one_file_may_be_read_alone(tmp_path: Path) -> None:
    folder = written(tmp_path, {"da/retur.md": RIGHT, "kb.jsonl": lines(article(1), "", article(2, language="sv"))})
    assert len(read_documents(folder / "da" / "retur.md").items) == 1
    assert [item.article for item in read_documents(folder / "kb.jsonl").items] == ["a1", "a2"]


@pytest.mark.parametrize(
    ("content", "where", "said"),
    [
        ("---\ntitle: a\nquestions: [a\n---\nx", "da/x.md, line 4", "not valid YAML"),
        ("---\ntitle: a\n\tb: c\n---\nx", "da/x.md, line 3", "not valid YAML"),
        ("---\ntitle: never ends\nx", "da/x.md, line 1", "does not end"),
        ("---\n- a\n- b\n---\nx", "da/x.md, line 1", "`name: value`"),
        ("---\ntitle: a\nquestions:\n  - Kan jeg: betale\n---\nx", "da/x.md", "question 1 must be text"),
        ("---\ntitle: a\nquestions: 7\n---\nx", "da/x.md", "must be a list"),
        ("---\ntitle: {a: b}\n---\nx", "da/x.md", "title must be text"),
        ("Only text, no title.", "da/x.md", "title"),
        ("---\ntitle: a\nlanguage: klingon\n---\nx", "da/x.md", "no language 'klingon'"),
        ("---\ntitle: a\nid: two words\n---\nx", "da/x.md", "cannot be the id"),
        ("---\ntitle: a\naudience: everybody\n---\nx", "da/x.md", "no audience"),
        ("---\ntitle: a\naction: rm -rf\n---\nx", "da/x.md", "not the name of an action"),
        (f"---\ntitle: {'a' * 201}\n---\nx", "da/x.md", "at most 200"),
        (b"---\ntitle: a\n---\nline four\n\xe6\xf8\xe5\n", "da/x.md, line 5", "not UTF-8"),
        ("# a\n\n" + "x" * 200_001, "da/x.md", "at most 200,000"),
        ("# a\n\n" + "x" * 1_100_000, "da/x.md", "1.1 MB"),
    ],
)
def test_names_what_is_wrong_in_markdown(tmp_path: Path, content: str | bytes, where: str, said: str) -> None:
    fault = fault_of(tmp_path, {"da/x.md": content})
    assert fault.where == where
    assert said in fault.message


def test_asks_for_the_language_where_nothing_says_it(tmp_path: Path) -> None:
    fault = fault_of(tmp_path, {"articles/x.md": "# A title\n\nText."})
    assert "language is not known" in fault.message


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "a", ', "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ('["a"]', "must be an object"),
        (article(317, id=""), '"id" is missing'),
        ({"id": "a", "title": "b"}, '"lang" is missing'),
        (article(317, lang="fi"), "no language 'fi'"),
        (article(317, title=""), "title"),
        (article(317, title=True), "title must be text"),
        (article(317, questions=[["a"]]), "question 1 must be text"),
        (article(1), "'a1' in 'sv' is already in kb.jsonl, line 1"),
        (article(317, body="x" * 20_000_000), "more than 1 MB"),
    ],
)
def test_names_line_317(tmp_path: Path, line: object, said: str) -> None:
    rows = [article(number) for number in range(1, 317)]
    folder = written(tmp_path, {"kb.jsonl": lines(*rows, line, article(318))})
    with pytest.raises(ImportRefused) as refused:
        read_documents(folder)
    assert "kb.jsonl, line 317: " in refused.value.message
    assert said in refused.value.message
    assert "--skip-bad" in refused.value.message
    rest = read_documents(folder, skip_bad=True)
    assert len(rest.items) == 317
    assert rest.items[-1].article == "a318"
    assert [fault.where for fault in rest.faults] == ["kb.jsonl, line 317"]


def test_translations_may_not_contradict_each_other(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        {
            "kb.jsonl": lines(
                article(1, audience="internal"), article(1, lang="da"), article(1, lang="nb", audience="public")
            )
        },
    )
    found = read_documents(folder, skip_bad=True)
    assert [item.language for item in found.items] == ["sv", "da"]
    assert "'internal' in kb.jsonl, line 1" in found.faults[0].message


def test_shows_the_first_faults_and_counts_the_rest(tmp_path: Path) -> None:
    folder = written(tmp_path, {"kb.jsonl": lines(*["no"] * 50)})
    with pytest.raises(ImportRefused) as refused:
        read_documents(folder)
    assert "… and 30 more" in refused.value.message
    assert len(refused.value.details["faults"]) == 50


def test_nothing_to_read_is_a_fault_too(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no article"):
        read_documents(tmp_path)
    with pytest.raises(BadInput, match="no file or folder"):
        read_documents(tmp_path / "nowhere")
    with pytest.raises(BadInput, match="neither Markdown"):
        read_documents(written(tmp_path, {"a.docx": "x"}) / "a.docx")


def test_control_characters_and_surrogates_do_not_get_in(tmp_path: Path) -> None:
    row = '{"id": "a", "lang": "da", "title": "T\\u0000i\\ud800tel", "body": "x\\u202ey"}\n'
    reading: Reading = read_documents(written(tmp_path, {"kb.jsonl": row}))
    assert (reading.items[0].draft.title, reading.items[0].draft.body) == ("Titel", "xy")

"""Articles out of a Rasa project: what pairs comes in whole, what does not is named, and what is broken stops all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot import phrases
from knowledge_base.intake import ImportRefused, Item
from knowledge_base.rasa_intake import RasaReading, read_rasa
from knowledge_base.rendering import render
from runtime.errors import BadInput

PROJECT = Path(__file__).parent / "rasa"


@pytest.fixture(scope="module")
def reading() -> RasaReading:
    return read_rasa(PROJECT, is_small_talk=lambda text: phrases.small_talk(text) is not None)


def item_of(reading: RasaReading, article: str) -> Item:
    return next(item for item in reading.items if item.article == article)


def project(folder: Path, **files: str | bytes) -> Path:
    """`nlu="..."` is data/nlu.yml."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        file = folder / f"{name}.yml" if name in ("domain", "config") else folder / "data" / f"{name}.yml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def nlu(*intents: tuple[str, str]) -> str:
    return "nlu:\n" + "".join(f"- intent: {name}\n  examples: |\n    - {text}\n" for name, text in intents)


def answered(name: str, text: str) -> str:
    return f"responses:\n  utter_{name}:\n  - text: {text}\n"


def test_what_pairs_becomes_an_article(reading: RasaReading) -> None:
    assert [(item.article, item.language) for item in reading.items] == [("laan-cykel", "da"), ("faq-pris", "da")]
    assert all(item.audience is None and item.action is None for item in reading.items)


def test_a_retrieval_intent_takes_its_own_response(reading: RasaReading) -> None:
    item = item_of(reading, "faq-pris")
    assert item.draft.title == "Er det gratis?"
    assert item.draft.questions == ("hvad koster det",)
    assert item.draft.body == "Det er **gratis** i tre dage, derefter 50 kr. om dagen."
    assert item.where == "data/responses.yml, line 6"


def test_intents_with_one_response_are_one_article_without_marks_of_entities(reading: RasaReading) -> None:
    draft = item_of(reading, "laan-cykel").draft
    assert draft.title == "Hvordan låner jeg en el cykel?"
    assert draft.questions == ("jeg vil låne en ladcykel", "låne ladcykel i weekenden", "kan man låne el")


def test_lines_image_and_buttons_are_kept(reading: RasaReading) -> None:
    html = render(item_of(reading, "laan-cykel").draft.body, language="da", base_url="https://chat.example")
    assert "tre dage.<br>" in html
    assert "med.</p>" in html
    assert 'href="https://cykelbibliotek.example/ladcykel.jpg"' in html
    assert 'href="https://chat.example/help/da/faq-pris"' in html
    assert ">Hvad koster det?</a>" in html
    assert 'href="https://cykelbibliotek.example/book"' in html
    assert ">Book (nu)</a>" in html
    assert "<li>Noget andet</li>" in html


def test_everything_else_is_named_with_its_reason(reading: RasaReading) -> None:
    assert sorted(map(str, reading.left_out)) == sorted(
        [
            "data/nlu.yml, line 26: intent faq/uden_svar: there is no response utter_faq/uden_svar",
            "data/nlu.yml, line 32: intent to_svar: rules answer it with both utter_greet and utter_laan_cykel",
            "data/nlu.yml, line 35: intent find_cykel: no rule of two steps answers it",
            "data/nlu.yml, line 38: intent noget_andet: no rule of two steps answers it",
            "data/nlu.yml, line 3: intent greet: it is small talk, which the assistant answers by itself",
            "data/nlu.yml, line 41: synonyms (1): the search needs none",
            "data/nlu.yml, line 44: lookup tables (1): the search needs none",
            "data/responses.yml, line 4: wording of utter_faq/pris: it is for the channel slack only",
            "data/responses.yml, line 8: wording of utter_faq/medlem: it is filled in from the slot {antal}",
            "data/rules.yml, line 31: rule Find: it runs action_find_cykel",
            "data/rules.yml, line 35: rule Med betingelse: it has condition",
            "data/rules.yml, line 41: rule Tre skridt: it is not just an intent and the response to it",
            "data/rules.yml, line 47: stories (2): a way through a chat is no article",
            "domain.yml, line 17: what the button “Noget andet” does: there is no article behind it",
            "domain.yml, line 30: wording of utter_laan_cykel: an article has one text, and another wording came first",
            "domain.yml, line 32: wording of utter_hilsen_navn: it is filled in from the slot {navn}",
            "domain.yml, line 34: response utter_kun_medlem: no intent leads to it directly",
            "domain.yml, line 40: response utter_ubrugt: no intent leads to it directly",
            "domain.yml, line 42: actions action_find_cykel: each is code: run it behind /webhooks/actions, or "
            "write it anew (docs/actions.md)",
            "domain.yml, line 45: forms laan_form: each asks for things one by one: Svardesk's own forms "
            "(docs/actions.md) do that",
            "domain.yml, line 7: entities cykeltype: each is taken out of the examples, whose words stay",
            "domain.yml, line 9: slots navn: each is filled in while a chat goes on",
        ]
    )


def test_a_conditional_wording_is_no_answer_for_everybody(tmp_path: Path) -> None:
    conditional = "responses:\n  utter_a/b:\n  - condition:\n    - {type: slot, name: m, value: x}\n    text: Ja\n"
    folder = project(tmp_path, config="language: no", nlu=nlu(("a/b", "kan jeg?")), responses=conditional)
    assert read_rasa(folder).items == ()
    (folder / "data/responses.yml").write_text(conditional + "  - text: Nei\n", "utf-8")
    found = read_rasa(folder)
    assert [(item.language, item.draft.body) for item in found.items] == [("nb", "Nei")]
    assert [left.why for left in found.left_out] == ["it is said on a condition only"]


def test_a_domain_in_parts_and_names_that_become_alike(tmp_path: Path) -> None:
    folder = project(tmp_path, nlu=nlu(("a/b-c", "en?"), ("a-b/c", "två?")))
    (folder / "domain").mkdir()
    (folder / "domain/one.yml").write_text(answered("a/b-c", "Ett"), "utf-8")
    (folder / "domain/two.yaml").write_text(answered("a-b/c", "Två"), "utf-8")
    found = read_rasa(folder, "sv")
    assert [(item.article, item.draft.body) for item in found.items] == [("a-b-c", "Ett"), ("a-b-c-2", "Två")]


def test_more_examples_than_fit_are_counted(tmp_path: Path) -> None:
    examples = "".join(f"    - fråga {number}\n" for number in range(60)) + f"    - {'x' * 301}\n"
    data = f"nlu:\n- intent: a/b\n  examples: |\n{examples}"
    found = read_rasa(project(tmp_path, nlu=data, responses=answered("a/b", "Ja")), "sv")
    assert len(found.items[0].draft.questions) == 50
    assert [left.what for left in found.left_out] == ["10 examples of a/b"]


def test_the_language_must_be_said(tmp_path: Path) -> None:
    folder = project(tmp_path, nlu=nlu(("a/b", "en?")), responses=answered("a/b", "Ja"))
    with pytest.raises(BadInput, match="--language"):
        read_rasa(folder)
    with pytest.raises(BadInput, match="no language 'fi'"):
        read_rasa(folder, "fi")
    project(tmp_path, config="language: en-GB\n")
    assert read_rasa(folder).items[0].language == "en"
    assert read_rasa(folder, "da").items[0].language == "da"


def test_a_folder_without_a_project(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Nothing", "utf-8")
    with pytest.raises(BadInput, match="no Rasa project"):
        read_rasa(tmp_path, "da")
    with pytest.raises(BadInput, match="no folder"):
        read_rasa(tmp_path / "gone", "da")


def test_old_markdown_and_files_of_others_are_left(tmp_path: Path) -> None:
    folder = project(tmp_path, nlu=nlu(("a/b", "en?")), responses=answered("a/b", "Ja"))
    (folder / "data/nlu.md").write_text("## intent:greet\n- hej\n", "utf-8")
    (folder / "data/README.md").write_text("## What this is\n", "utf-8")
    (folder / "credentials.yml").write_text("rest: &a [*a]", "utf-8")
    (folder / "docker-compose.yml").write_text("x: !thing y", "utf-8")
    (folder / "data/secret.yml").symlink_to("/etc/passwd")
    found = read_rasa(folder, "sv")
    assert len(found.items) == 1
    assert [(left.where, left.what) for left in found.left_out] == [
        ("data/nlu.md", "training data in Rasa 1's Markdown"),
        ("data/secret.yml", "a link"),
    ]


BOMB = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True))


@pytest.mark.parametrize(
    ("content", "where", "said"),
    [
        ("nlu:\n- intent: x\n  examples: |\n   - a\n  - b\n", ", line 5", "not valid YAML"),
        ("nlu: [a\n", ", line 2", "not valid YAML"),
        ("nlu: !!python/object/apply:os.system ['touch hacked']\n", ", line 1", "only plain data is read"),
        ("nlu:\n- !Ref x\n", ", line 2", "only plain data is read"),
        (BOMB, ", line 1", "anchor or alias"),
        ("nlu: &loop\n- *loop\n", ", line 1", "anchor or alias"),
        ("nlu: " + "[" * 100_000, ", line 1", "levels deep"),
        ("nlu: " + "{a: " * 40 + "x" + "}" * 40, ", line 1", "levels deep"),
        ("nlu:\n- intent: x\n  intent: y\n", ", line 3", "'intent' twice"),
        ("? [a, b]\n: c\n", ", line 1", "no text"),
        ("- a\n- b\n", ", line 1", "must be lines of `name:`"),
        ("nlu:\n  intent: x\n", ", line 2", "nlu must be a list"),
        ("nlu:\n- name: x\n", ", line 2", "needs `intent:`"),
        ("nlu:\n- intent:\n", ", line 2", "name of the intent is missing"),
        ("nlu:\n- intent: x\n  examples: |\n    - a\n    b\n", ", line 5", "must begin with `- `"),
        ("nlu:\n- intent: x\n  examples:\n  - [a]\n", ", line 4", "example must be text"),
        ("responses: [a]\n", ", line 1", "responses must be lines"),
        ("responses:\n  utter_ok:\n  - text: twice\n", ", line 3", "utter_ok is already in data/aaa.yml, line 3"),
        ("responses:\n  utter_a:\n  - text: [a]\n", ", line 3", "text must be text"),
        ("responses:\n  utter_a:\n  - text: a\n    buttons:\n    - payload: /b\n", ", line 5", "needs a title"),
        ("rules: 7\n", ", line 1", "rules must be a list"),
        (b"nlu:\n- intent: \xe6\n", ", line 2", "not UTF-8"),
        ("nlu:\n- intent: a\x00b\n", ", line 2", "not valid YAML"),
        ("a: b\n---\nc: d\n", ", line 2", "not valid YAML"),
        ("# " + "x" * 8_000_001, "", "too much"),
    ],
)
def test_whatever_is_broken_stops_all_of_it(tmp_path: Path, content: str | bytes, where: str, said: str) -> None:
    folder = project(tmp_path, aaa=answered("ok", "Ja") + nlu(("ok", "ok?")), bad=content)
    with pytest.raises(ImportRefused) as refused:
        read_rasa(folder, "da")
    (fault,) = refused.value.details["faults"]
    assert fault.startswith(f"data/bad.yml{where}: ")
    assert said in fault
    assert not (Path.cwd() / "hacked").exists()


def test_every_broken_file_is_named_at_once(tmp_path: Path) -> None:
    folder = project(tmp_path, one="nlu: [", two="rules: {", three=nlu(("a/b", "ja?")))
    with pytest.raises(ImportRefused) as refused:
        read_rasa(folder, "da")
    assert [fault.split(",")[0] for fault in refused.value.details["faults"]] == ["data/one.yml", "data/two.yml"]


def test_a_text_that_cannot_be_an_article_stops_all_of_it(tmp_path: Path) -> None:
    long = answered("a/b", "x" * 300) + answered("c/d", "kort").removeprefix("responses:\n")
    folder = project(tmp_path, nlu=nlu(("a/b", "ja?"), ("c/d", "nej?")), responses=long)
    with pytest.raises(ImportRefused, match=r"data/responses.yml, line 3: utter_a/b: The text has 300 characters"):
        read_rasa(folder, "da", max_body=200)


def test_brackets_without_end_do_not_hold_it_up(tmp_path: Path) -> None:
    folder = project(tmp_path, nlu=nlu(("a/b", "[" * 1_000_000), ("a/b", "ok?")), responses=answered("a/b", "Ja"))
    assert read_rasa(folder, "da").items[0].draft.title == "Ok?"


def test_the_code_of_the_project_is_not_touched(tmp_path: Path) -> None:
    copy = shutil.copytree(PROJECT, tmp_path / "copy")
    (copy / "data" / "actions.py").write_text("raise SystemExit", "utf-8")
    assert len(read_rasa(copy).items) == 2 + 1  # with "Hej!", where nobody says what small talk is

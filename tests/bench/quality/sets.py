"""The public question sets as articles and questions, and which part of each may be fitted on. Reads files, no more.

The folder holds one folder for each set of JSON Lines; docs/quality.md says where they come from, a set's README
under which licence. What is fitted uses the fit parts of the TRAINABLE sets alone.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from bot.demo import FOLDER
from knowledge_base.evaluation import Question, read_articles, read_questions
from knowledge_base.intake import read_documents
from knowledge_base.passages import Document

Part = Literal["fit", "test"]

# Their licences allow what is fitted on them to be shipped (NOTICE names them); any other set is for measuring alone.
TRAINABLE = ("alchemy", "banking77", "clinc150", "xsid")
WITH_FILES = ("corona_sv", "covidfaq", "stackfaq", "swefaq")  # kb.jsonl and queries.jsonl, as `svardesk evaluate` reads
VARIANTS = 10
QUARTERS = 4
PARTITIONS = 5  # times that the intents are put into quarters anew, by chance
BODIES = 400  # of Alchemy's articles at once
DRAW = 1
UNKNOWN = "oos"  # CLINC150's label of what has no intent


class SetsMissing(Exception):
    """The folder or a set is not there. The message says what is, and where to get it."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """`source` is the folder that it comes from. Articles are known by their roots, which questions name as gold."""

    name: str
    source: str
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]


def part_of(key: str) -> Part:
    """Of an intent's label or an article's id: the same in every language, number of variants and run."""
    return "fit" if _digest(key) % 2 == 0 else "test"


def words_of(text: str) -> str:
    """What texts share that differ in order, case and signs alone."""
    return " ".join(sorted(set(re.findall(r"\w+", text.casefold()))))


def found_in(folder: Path) -> tuple[str, ...]:
    """Names of the sets that are there. SetsMissing if none is."""
    known = sorted({*TRAINABLE, *WITH_FILES})
    found = tuple(name for name in known if (folder / name).is_dir())
    if not found:
        raise SetsMissing(
            f'There are no question sets in "{folder}". They are not part of this project: fetch those that you want '
            f"to measure ({', '.join(known)}), each into a folder of its name, and say where they are with "
            "make quality SETS=FOLDER. docs/quality.md says where they come from and what their files are called."
        )
    return found


def measured(folder: Path) -> Iterator[QuestionSet]:
    """Every set that is measured, of those that are there, and the demo's own. Those of one name follow each other and
    are counted together.
    """
    there = found_in(folder)
    if "clinc150" in there:
        yield intents(folder, "clinc150", "clinc150, 10 variants", "train", "test", VARIANTS)
    if "banking77" in there:
        banking = intents(folder, "banking77", "banking77, 10 variants", "train", "test", VARIANTS)
        yield banking
        yield from (lacking(banking, draw, quarter) for draw in range(PARTITIONS) for quarter in range(QUARTERS))
    yield from (answers(folder, name) for name in WITH_FILES if name in there)
    if "xsid" in there:
        yield intents(folder, "xsid", "xsid da, 10 variants", "da.valid", "da.test", VARIANTS)
        yield intents(folder, "xsid", "xsid nb, 10 variants", "nb.valid", "nb.test", VARIANTS)
        yield intents(folder, "xsid", "xsid da -> en, 10 variants", "en.valid", "da.test", VARIANTS)
    if "alchemy" in there:
        yield from (unseen(bodies(folder, language)) for language in ("da", "nb", "sv"))
    yield demo()


def intents(
    folder: Path, source: str, name: str, articles: str, questions: str, variants: int, draw: int = DRAW
) -> QuestionSet:
    """Each label as an article of so many sentences of the file `articles`, asked for with those of `questions`."""
    train, test = rows(folder / source / f"{articles}.jsonl"), rows(folder / source / f"{questions}.jsonl")
    documents = drawn(train, variants, draw)
    known = {document.id for document in documents}
    asked = (
        Question(str(number), row["lang"], row["text"], frozenset({row["label"]} & known))
        for number, row in enumerate(test, 1)
        if row["label"] in known or row["label"] == UNKNOWN
    )
    return QuestionSet(name, source, documents, tuple(asked))


def drawn(train: Sequence[dict[str, Any]], variants: int, draw: int) -> tuple[Document, ...]:
    chance = random.Random(draw)  # noqa: S311 - a repeatable draw, nothing secret
    sentences: dict[str, set[str]] = {}
    for row in train:
        if row["label"] != UNKNOWN:
            sentences.setdefault(row["label"], set()).add(row["text"])
    return tuple(
        Document(label, train[0]["lang"], "", tuple(chance.sample(sorted(texts), min(variants, len(texts)))), "")
        for label, texts in sorted(sentences.items())
    )


def answers(folder: Path, source: str) -> QuestionSet:
    """A set with articles and questions of its own."""
    articles, questions = (folder / source / name for name in ("kb.jsonl", "queries.jsonl"))
    return QuestionSet(source, source, tuple(read_articles([articles])), tuple(read_questions(questions)))


def bodies(folder: Path, language: str, asked_in: str = "", titled: bool = False) -> QuestionSet:
    """Alchemy's articles without their titles, which are asked as questions.

    With `titled` the articles keep them and the titles of `asked_in` stand for them in other words.
    """
    written = rows(folder / "alchemy" / f"kb.{language}.jsonl")
    asked_in = asked_in or language
    titles = {row["id"]: row["title"] for row in rows(folder / "alchemy" / f"kb.{asked_in}.jsonl")}
    documents = [Document(row["id"], language, row["title"] if titled else "", (), row["body"]) for row in written]
    questions = [
        Question(row["id"], language if titled else asked_in, titles[row["id"]], frozenset({row["id"]}))
        for row in written
    ]
    return QuestionSet(f"alchemy {language}, titles on bodies", "alchemy", tuple(documents), tuple(questions))


def lacking(whole: QuestionSet, draw: int, quarter: int) -> QuestionSet:
    """A quarter of the intents (0 to 3) has no article, so that their questions should be declined.

    Which intents are missing together is chance, and the figures hang on it: each `draw` puts them into four quarters
    anew, so that in each of them every intent is missing once.
    """
    ids = sorted(document.id for document in whole.documents)
    random.Random(draw).shuffle(ids)  # noqa: S311 - a repeatable draw, nothing secret
    missing = set(ids[quarter::QUARTERS])
    documents = tuple(document for document in whole.documents if document.id not in missing)
    questions = tuple(replace(question, gold=question.gold - missing) for question in whole.questions)
    return QuestionSet(f"{whole.name}, a quarter of the intents missing", whole.source, documents, questions)


def unseen(whole: QuestionSet) -> QuestionSet:
    """So many articles that nothing was fitted on, and their questions."""
    ids = sorted(document.id for document in whole.documents if part_of(document.id) == "test")
    chosen = set(random.Random(DRAW).sample(ids, min(BODIES, len(ids))))  # noqa: S311
    documents = tuple(document for document in whole.documents if document.id in chosen)
    questions = tuple(question for question in whole.questions if question.gold <= chosen)
    return replace(whole, documents=documents, questions=questions)


def demo() -> QuestionSet:
    """The project's own questions to the demo's articles, in four languages."""
    documents = tuple(
        Document(
            f"{item.article}.{item.language}",
            item.language,
            item.draft.title,
            tuple(item.draft.questions),
            item.draft.body,
            root=item.article,
        )
        for item in read_documents(FOLDER).items
    )
    return QuestionSet("demo (ours)", "demo", documents, tuple(read_questions(FOLDER.with_name("questions.jsonl"))))


def rows(path: Path) -> list[dict[str, Any]]:
    """Of xSID's Norwegian rows those in Bokmål. SetsMissing names a file that is not there."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise SetsMissing(f"{path}: cannot be read ({error.strerror})") from error
    read = [json.loads(line) for line in lines if line.strip()]
    return [row for row in read if row.get("dialect", "B") == "B"]


def _digest(key: str) -> int:
    return hashlib.blake2b(key.encode(), digest_size=8).digest()[0]

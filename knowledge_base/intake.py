"""Reads articles from Markdown folders and JSON Lines. Whatever is wrong is named with its file and line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.drafting import (
    LANGUAGES,
    MAX_BODY,
    Draft,
    check_action,
    check_audience,
    check_id,
    check_language,
    check_publishable,
    draft_of,
    slug,
)
from runtime.errors import AppError, BadInput

MAX_ARTICLE_BYTES = 1_000_000  # five times the longest text that may be stored; more is another kind of file
SHOWN_FAULTS = 20
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIRST_HEADING = re.compile(r"\A\s*#[ \t]+(?P<title>[^\n]+?)[ \t#]*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Item:
    """One language of an article as a file has it. `audience` and `action` are None where the file is silent."""

    article: str
    language: str
    draft: Draft
    audience: str | None
    action: str | None
    where: str


@dataclass(frozen=True, slots=True)
class Fault:
    """`where` is `folder/file.md, line 3`."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Reading:
    items: tuple[Item, ...]
    faults: tuple[Fault, ...]


class ImportRefused(BadInput):
    """Details: `faults`, each a sentence with file and line."""

    code = "import_refused"


class _Wrong(Exception):
    """What is wrong at a line of the file being read; 0 for the whole of it."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message, self.line = message, line


def read_documents(
    path: Path, skip_bad: bool = False, max_body: int = MAX_BODY, language: str | None = None
) -> Reading:
    """All articles of a folder (its *.md and *.jsonl, README.md left out) or of one such file.

    ImportRefused with every fault found, unless `skip_bad`: then the faults come along with what is right.
    Markdown: `<language>/<id>.md`, or front matter with any of id, title, questions, language, audience, action;
    without a title there the first `# heading` is the title. JSON Lines: `id, lang, title, questions, body`.
    `language` is that of files which do not say theirs.
    """
    files = _files(path)
    items: list[Item] = []
    faults: list[Fault] = []
    for file in files:
        shown = file.relative_to(path).as_posix() if path.is_dir() else file.name
        for found in _read(file, shown, max_body, language):
            (items if isinstance(found, Item) else faults).append(found)  # type: ignore[arg-type]
    items, doubled = _single(items)
    faults += doubled
    if faults and not skip_bad:
        raise refusal(faults)
    if not items and not faults:
        raise BadInput(f"There is no article in {path}: no *.md or *.jsonl file with anything in it.")
    return Reading(tuple(items), tuple(faults))


def refusal(faults: Sequence[Fault]) -> ImportRefused:
    lines = [str(fault) for fault in faults]
    more = f"\n… and {len(lines) - SHOWN_FAULTS} more" if len(lines) > SHOWN_FAULTS else ""
    return ImportRefused(
        "Nothing was imported:\n"
        + "\n".join(lines[:SHOWN_FAULTS])
        + f"{more}\nPut this right, or import the rest with --skip-bad.",
        faults=lines,
    )


def _files(path: Path) -> list[Path]:
    if path.is_file():
        if path.suffix.lower() not in (".md", ".markdown", ".jsonl", ".ndjson"):
            raise BadInput(f"{path.name} is neither Markdown (*.md) nor JSON Lines (*.jsonl).")
        return [path]
    if not path.is_dir():
        raise BadInput(f"There is no file or folder {path}.")
    kinds = {".md", ".markdown", ".jsonl", ".ndjson"}
    return sorted(
        file
        for file in path.rglob("*")
        if file.suffix.lower() in kinds and file.stem.lower() != "readme" and file.is_file()
    )


def _read(file: Path, shown: str, max_body: int, language: str | None) -> Iterator[Item | Fault]:
    try:
        if file.suffix.lower() in (".jsonl", ".ndjson"):
            yield from _read_json_lines(file, shown, max_body)
            return
        yield _item_of_markdown(file, shown, max_body, language)
    except OSError as error:
        yield Fault(shown, f"cannot be read ({error.strerror})")
    except _Wrong as wrong:
        yield Fault(f"{shown}, line {wrong.line}" if wrong.line else shown, wrong.message)


def _single(items: Sequence[Item]) -> tuple[list[Item], list[Fault]]:
    """The first of each id and language; the others as faults, and with them roots that contradict each other."""
    kept: dict[tuple[str, str], Item] = {}
    roots: dict[str, dict[str, Item]] = {}
    faults = []
    for item in items:
        first = kept.setdefault((item.article, item.language), item)
        if first is not item:
            faults.append(Fault(item.where, f"{item.article!r} in {item.language!r} is already in {first.where}"))
            continue
        for name in ("audience", "action"):
            value = getattr(item, name)
            other = roots.setdefault(item.article, {}).setdefault(name, item) if value is not None else item
            if getattr(other, name) != value:
                faults.append(Fault(item.where, f"{name} is {value!r}, but {getattr(other, name)!r} in {other.where}"))
                del kept[item.article, item.language]
                break
    return list(kept.values()), faults


# -- Markdown ----------------------------------------------------------------------------------------------


def _item_of_markdown(file: Path, shown: str, max_body: int, otherwise: str | None) -> Item:
    size = file.stat().st_size
    if size > MAX_ARTICLE_BYTES:
        raise _Wrong(f"has {size / 1e6:.1f} MB; an article may have 1 MB. Divide it into several")
    text = _decoded(file.read_bytes(), 0).replace("\r\n", "\n").replace("\r", "\n")
    fields, body = _front_matter(text)
    title = fields.get("title")
    heading = _FIRST_HEADING.match(body)
    if title is None and heading:
        title, body = heading["title"], body[heading.end() :]
    folder = file.parent.name
    unsaid = folder if folder in LANGUAGES or otherwise is None else otherwise
    language = fields.get("language", fields.get("lang", unsaid))
    if language not in LANGUAGES and "language" not in fields and "lang" not in fields:
        raise _Wrong(
            f"its language is not known. Put it into a folder named {', '.join(LANGUAGES)}, "
            "write `language: da` into its front matter, or name one for all with --language"
        )
    article = fields.get("id", file.stem if file.stem.isascii() else slug(file.stem))
    return _item({**fields, "title": title, "body": body, "id": article}, language, shown, 0, max_body)


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    if not re.match(r"---[ \t]*\n", text):
        return {}, text
    found = _FRONT_MATTER.match(text)
    if found is None:
        raise _Wrong("the front matter begins with --- but does not end with a line of ---", 1)
    try:
        fields = yaml.safe_load(found["yaml"])
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise _Wrong(f"the front matter is not valid YAML: {error.problem or 'it cannot be read'}", line) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise _Wrong("the front matter is not valid YAML", 1) from None
    if not isinstance(fields, dict):
        if fields is None:
            return {}, text[found.end() :]
        raise _Wrong("the front matter must be lines of `name: value`", 1)
    return {str(name): value for name, value in fields.items()}, text[found.end() :]


# -- JSON Lines --------------------------------------------------------------------------------------------


def _read_json_lines(file: Path, shown: str, max_body: int) -> Iterator[Item | Fault]:
    for number, line in enumerate(_lines(file), 1):
        where = f"{shown}, line {number}"
        try:
            if line is None:
                raise _Wrong("the article has more than 1 MB. Divide it into several")
            text = _decoded(line, number)
            if text.strip():
                yield _item_of_json(text, where, max_body)
        except _Wrong as wrong:
            yield Fault(where, wrong.message)


def _lines(file: Path) -> Iterator[bytes | None]:
    """The lines; None for one that is too long, which is passed over without being held in memory."""
    with file.open("rb") as stream:
        while line := stream.readline(MAX_ARTICLE_BYTES + 1):
            if len(line) <= MAX_ARTICLE_BYTES or line.endswith(b"\n"):
                yield line
                continue
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_ARTICLE_BYTES)
            yield None


def _item_of_json(text: str, where: str, max_body: int) -> Item:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        at = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        raise _Wrong(f"is not valid JSON{at}") from None
    if not isinstance(fields, dict):
        raise _Wrong('must be an object such as {"id": …, "lang": …, "title": …, "questions": […], "body": …}')
    for name in ("id", "lang"):
        if fields.get(name, fields.get("language") if name == "lang" else None) in (None, ""):
            raise _Wrong(f'"{name}" is missing')
    return _item(fields, fields.get("lang", fields.get("language")), where, 0, max_body)


# -- both --------------------------------------------------------------------------------------------------


def _decoded(content: bytes, number: int) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = number or content[: error.start].count(b"\n") + 1
        raise _Wrong("is not UTF-8. Save it as UTF-8 and try again", line) from None


def _item(fields: dict[str, Any], language: Any, where: str, line: int, max_body: int) -> Item:
    try:
        draft = draft_of(
            _text(fields, "title"), _questions(fields.get("questions")), _text(fields, "body"), max_body=max_body
        )
        check_publishable(draft)
        audience, action = fields.get("audience"), fields.get("action")
        return Item(
            article=check_id(str(fields["id"])),
            language=check_language(str(language)),
            draft=draft,
            audience=None if audience is None else check_audience(str(audience)),
            action=None if action is None else check_action(str(action)),
            where=where,
        )
    except AppError as error:
        raise _Wrong(error.message, line) from None


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise _Wrong(f"{name} must be text; put it in quotes")


def _questions(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise _Wrong("questions must be a list of texts")
    # `- Kan jeg: betale` is a mapping to YAML; its writer meant a sentence.
    return [_text({f"question {number}": each}, f"question {number}") for number, each in enumerate(value, 1)]

"""Turns an article into the units that are searched: its title, its question variants, and passages of its body."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

# About 250 tokens of Nordic text (3.6 to 4.4 characters a token); longer passages blur what they are about.
PASSAGE_CHARACTERS = 900

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"\n]*\")?\)")
_MARK = re.compile(r"(\*\*|__|~~|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w))")
_MARKS = "*_~`"  # without one of them there is nothing to look for
_LINE_START = re.compile(r"^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+|\d{1,3}[.)]\s+|```\w*|~~~\w*)", re.MULTILINE)
_NOT_WORD = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """What is embedded: a title or question as "query", a passage as "passage". `text` is Markdown as written."""

    kind: Literal["title", "question", "passage"]
    text: str
    anchor: str = ""  # of the heading above the passage, "" before the first heading


@dataclass(frozen=True, slots=True)
class Document:
    """One language version of an article. `root` is shared by its translations; "" means that `id` is the root."""

    id: str
    language: str
    title: str
    questions: tuple[str, ...]
    body: str
    audience: str = "public"
    root: str = ""


def root_of(document: Document) -> str:
    """The id that all translations of the document share."""
    return document.root or document.id


def units_of(document: Document) -> tuple[Unit, ...]:
    """The document's units in a fixed order: title, question variants, passages. Blank texts make no unit."""
    titles = [Unit("title", document.title.strip())] if document.title.strip() else []
    questions = [Unit("question", question.strip()) for question in document.questions if question.strip()]
    passages = [Unit("passage", text, anchor) for text, anchor in split(document.body)]
    return (*titles, *questions, *passages)


def split(body: str, limit: int = PASSAGE_CHARACTERS) -> list[tuple[str, str]]:
    """Markdown -> (passage, anchor) of at most about `limit` characters. Each passage starts with its heading."""
    passages: list[tuple[str, str]] = []
    heading = anchor = ""  # heading: lines that wait for the text below them
    for anchor, title, blocks in _sections(body):
        heading = f"{heading}\n\n{title}".strip()
        if not blocks:
            continue
        room = max(limit - len(heading), limit // 2)
        for text in _packed(blocks, room):
            passages.append((f"{heading}\n\n{text}".strip(), anchor))
        heading = ""
    if heading:
        passages.append((heading, anchor))
    return passages


def anchors(body: str) -> list[tuple[str, str]]:
    """(anchor, heading text) of each heading in order; the renderer of articles gives its headings these ids."""
    return [(anchor, plain(title)) for anchor, title, _ in _sections(body) if title]


def plain_texts(document: Document) -> list[str]:
    """Title, question variants and body, each `plain`; of them the blank ones too."""
    return [plain(text) for text in (document.title, *document.questions, document.body)]


def plain(markdown: str) -> str:
    """The words of a Markdown text: link targets, emphasis, list and heading marks removed; white space made single."""
    text = _LINK.sub(r"\1", markdown) if "](" in markdown else markdown
    text = _without_line_starts(text)
    if any(mark in text for mark in _MARKS):
        text = _MARK.sub("", text)
    return " ".join(text.split())


def _without_line_starts(text: str) -> str:
    """What the pattern's `sub` gives, which would try every character of every line."""
    kept = []
    at = copied = 0
    while True:
        if found := _LINE_START.match(text, at):
            kept.append(text[copied : found.start()])
            at = copied = found.end()
        if not found or text[at - 1] != "\n":
            at = text.find("\n", at) + 1
            if not at:
                return "".join([*kept, text[copied:]])


def _sections(body: str) -> Iterator[tuple[str, str, list[str]]]:
    """(anchor, heading line, blocks between blank lines); the first section may have no heading."""
    used: dict[str, int] = {}
    anchor, title, blocks, lines = "", "", list[str](), list[str]()
    fence = ""

    def close() -> None:
        block = "\n".join(lines).strip("\n")
        if block.strip():
            blocks.append(block)
        lines.clear()

    for line in body.splitlines():
        opening = _FENCE.match(line)
        if opening and not fence:
            fence = opening[1]
        elif opening and fence == opening[1]:
            fence = ""
        heading = None if fence or opening else _HEADING.match(line)
        if heading:
            close()
            if title or blocks:
                yield anchor, title, blocks
            name = _slug(heading[2])
            used[name] = used.get(name, 0) + 1
            anchor = name if used[name] == 1 else f"{name}-{used[name]}"
            title, blocks = line.strip(), []
        elif not line.strip() and not fence:
            close()
        else:
            lines.append(line.rstrip())
    close()
    if title or blocks:
        yield anchor, title, blocks


def _slug(heading: str) -> str:
    text = unicodedata.normalize("NFKC", plain(heading)).casefold()
    return _NOT_WORD.sub("-", text).strip("-") or "section"


def _packed(blocks: list[str], limit: int) -> Iterator[str]:
    """Whole blocks together up to the limit; a block that is longer is cut at its lines, sentences or words."""
    packed = ""
    for block in blocks:
        for piece in _pieces(block, limit):
            if packed and len(packed) + len(piece) + 2 > limit:
                yield packed
                packed = piece
            else:
                packed = f"{packed}\n\n{piece}" if packed else piece
    if packed:
        yield packed


def _pieces(block: str, limit: int) -> Iterator[str]:
    if len(block) <= limit:
        yield block
        return
    for separator, joint in ((re.compile(r"\n"), "\n"), (_SENTENCE_END, " "), (re.compile(r"\s+"), " ")):
        parts = [part for part in separator.split(block) if part.strip()]
        if len(parts) > 1:
            packed = ""
            for part in parts:
                if packed and len(packed) + len(part) + 1 > limit:
                    yield from _pieces(packed, limit)
                    packed = part
                else:
                    packed = f"{packed}{joint}{part}" if packed else part
            yield from _pieces(packed, limit)
            return
    for start in range(0, len(block), limit):
        yield block[start : start + limit]

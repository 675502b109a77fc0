"""What of an article answers a question: its own short answer where that does, else the passage that does. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sentences import answering_sentence
from knowledge_base.passages import plain
from knowledge_base.rendering import short_answer
from knowledge_base.search import Hit

FEWEST = 3  # sentences: of two, the eye finds the right one by itself

_END = re.compile(r"(?<=[.!?…])[\"”»)]?(?=\s+\S|\s*$)")
_NO_PROSE = re.compile(r"^\s*(?:#{1,6}\s|[-*+>|]\s?|\d{1,3}[.)]\s|```|~~~|\[[^\]]+\]:)")
_EMPHASIS = re.compile(r"\*\*|__|`|(?<!\w)[*_]|[*_](?!\w)")


@dataclass(frozen=True, slots=True)
class Extract:
    """Markdown: `text` as the article has it, `marked` with the sentence that answers made bold."""

    text: str
    marked: str


def extract(question: str, short: str, body: str, hit: Hit) -> Extract:
    """`short`: the short answer of the article whose `body` this is; `hit` has its passage.

    The passage takes its place only where the question's own words point there: of two parts that nothing tells
    apart, the one that the author wrote first is the better answer.
    """
    language, title = hit.document.language, hit.document.title
    text = short
    if hit.passage and not _holds(short, hit.passage):
        both = answering_sentence(question, f"{short}\n\n{hit.passage}", language, title, hit.matched)
        if both.clear and not _holds(short, both.sentence):
            text = short_answer(body, passage=hit.passage)
            if not _holds(text, both.sentence):  # it stands too far down in a long passage
                text = short
    found = answering_sentence(question, text, language, title, hit.matched)
    return Extract(text, _marked(text, found.sentence) if found.clear else text)


def _holds(markdown: str, part: str) -> bool:
    return plain(part) in plain(markdown)


def _marked(text: str, sentence: str) -> str:
    """With the sentence made bold where it stands in a paragraph of its own words, and not alone or nearly so."""
    paragraphs = text.split("\n\n")
    if sum(len(_END.findall(paragraph)) for paragraph in paragraphs) < FEWEST:
        return text
    for number, paragraph in enumerate(paragraphs):
        if _NO_PROSE.match(paragraph) or _EMPHASIS.search(paragraph):
            continue
        starts = [0, *(found.end() for found in _END.finditer(paragraph))]
        for start in starts:
            begin = start + len(paragraph[start:]) - len(paragraph[start:].lstrip())
            for end in (each for each in starts if each > begin):
                if plain(paragraph[begin:end]) == sentence:
                    paragraphs[number] = f"{paragraph[:begin]}**{paragraph[begin:end]}**{paragraph[end:]}"
                    return "\n\n".join(paragraphs)
    return text

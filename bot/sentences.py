"""The sentence of a text that answers a question. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from knowledge_base.passages import plain
from knowledge_base.stemming import Analyser, family

PASSAGES = 512  # that are remembered in pieces: much is asked about few articles
SHORTEST = 28  # characters; "Yes." alone answers nobody, so the next sentence goes along
LONGEST = 420  # characters of a sentence with the list that it announces

# What shares no word with the question may still be its answer: the first sentence of a passage mostly is.
_FIRST, _FIGURE, _ASKING = 0.15, 0.2, 2.0
_CLEAR = 0.2  # of the question's words, by what they tell apart
_LIKENESS = 0.5  # words of the title and the matched unit, against those of the question itself

_HEADING = re.compile(r"^ {0,3}#{1,6}\s")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
_RULE = re.compile(r"^[\s|:*_-]*$")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”»)]?\s+(?=\S)")
# Before a number or a small letter, a full stop after these ends nothing.
_SHORT = re.compile(
    r"\b(?:kl|ca|nr|str|evt|inkl|ekskl|maks|min|fx|bl\.a|t\.ex|f\.eks|e\.g|i\.e|approx|no|tlf|kr|\d)\.$", re.IGNORECASE
)
_FIGURES = re.compile(
    r"\b(?:how (?:long|much|many|fast|soon|often|late)|when|what time|price|cost|"
    r"hvor (?:lang|lenge|længe|meget|mange|mye|hurtig|raskt|ofte|sent)\w*|hvornår|pris\w*|koster?|"
    r"hur (?:lång|länge|mycket|många|snabb|fort|ofta|sent)\w*|kostar?|"
    r"kor (?:lang|lenge|mykje|mange|fort|ofte|seint)\w*)\b"
    r"|^n[åä]r\b",  # further on the Nordic "when" is an "if"
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Marked:
    """A passage in plain words, cut at the sentence that answers. Items of a list stand on lines of their own."""

    before: str
    sentence: str
    after: str
    clear: bool = field(default=False, compare=False)  # whether the question's words point there more than elsewhere


def answering_sentence(question: str, passage: str, language: str, title: str = "", matched: str = "") -> Marked:
    """The sentence of a passage (Markdown) that most probably answers; `matched` is the unit that was nearest.

    Words of the question weigh as much as they tell the sentences of this passage apart (inverse sentence frequency,
    after Sparck Jones, 1972), long words more than short ones; those of title and matched unit count less. Headings
    are no sentences. Everything is "" for a passage without words.
    """
    pieces = _pieces(passage)
    if not pieces:
        return Marked("", "", "")
    texts = [piece.text for piece in pieces]
    analyser = Analyser(family(language), (question, title, matched, plain(passage)))
    terms = [set(analyser.terms(text)) for text in texts]
    spread = Counter(term for each in terms for term in each)
    asked = set(analyser.terms(question))
    near = set(analyser.terms(f"{title} {'' if len(matched) > LONGEST else matched}")) - asked

    def shares(wanted: set[str]) -> list[float]:
        """Of each sentence, how much of these words it has. Every answer of the assistant waits for this."""
        weights = {
            term: math.log(1 + len(pieces) / max(1, spread[term])) * min(1.0, len(term) / 6) for term in sorted(wanted)
        }
        whole = sum(weights.values()) or 1.0
        return [sum(weights[term] for term in sorted(each & wanted)) / whole for each in terms]

    pointed, nearly = shares(asked), shares(near)
    figures = bool(_FIGURES.search(question))

    def worth(number: int) -> float:
        value = pointed[number] + _LIKENESS * nearly[number] + _FIRST / (1 + number)
        if figures and _DIGIT.search(texts[number]):
            value += _FIGURE
        return value - _ASKING if texts[number].endswith("?") else value

    best = max(range(len(pieces)), key=lambda number: (worth(number), -number))
    end = _end(pieces, best)
    clear = pointed[best] >= _CLEAR and all(each < pointed[best] for at, each in enumerate(pointed) if at != best)
    return Marked(_joined(pieces[:best]), _joined(pieces[best:end]), _joined(pieces[end:]), clear)


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    item: bool  # of a list or a table


def _end(pieces: Sequence[_Piece], best: int) -> int:
    """One further than the last piece that belongs to the best: the list it announces, or what a short one needs."""
    end = best + 1
    if pieces[best].text.endswith(":"):
        while end < len(pieces) and pieces[end].item and len(_joined(pieces[best : end + 1])) <= LONGEST:
            end += 1
    elif len(pieces[best].text) < SHORTEST and end < len(pieces) and pieces[end].item == pieces[best].item:
        end += 1
    return end


def _joined(pieces: Sequence[_Piece]) -> str:
    text = ""
    for before, piece in zip((None, *pieces), pieces, strict=False):
        apart = "\n" if before and (piece.item or before.item) else " "
        text += f"{apart if text else ''}{'- ' if piece.item and len(pieces) > 1 else ''}{piece.text}"
    return text


@lru_cache(PASSAGES)
def _pieces(passage: str) -> tuple[_Piece, ...]:
    """The sentences of a passage in plain words; items of lists and rows of tables stay whole."""
    blocks: list[tuple[str, bool]] = []
    joined = False
    for line in passage.splitlines():
        if not line.strip() or _HEADING.match(line) or _RULE.match(line):
            joined = False
            continue
        table = line.lstrip().startswith("|")
        item = table or bool(_ITEM.match(line))
        if joined and not item:
            blocks[-1] = (f"{blocks[-1][0]} {line.strip()}", blocks[-1][1])  # it was wrapped
        else:
            blocks.append((", ".join(cell.strip() for cell in line.strip(" |").split("|")) if table else line, item))
        joined = not table
    return tuple(
        _Piece(text, item)
        for block, item in blocks
        for text in ([plain(block)] if item else sentences(plain(block)))
        if text
    )


def sentences(text: str) -> list[str]:
    """Of a text in one paragraph, each with its end."""
    found: list[str] = []
    start = 0
    for gap in _SENTENCE_END.finditer(text):
        head = text[start : gap.end()].rstrip()
        follows = text[gap.end()]
        if _SHORT.search(head) and (follows.isdigit() or follows.islower()):
            continue
        found.append(head)
        start = gap.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found

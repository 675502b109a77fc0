"""How upset a message is, and whether it complains: signs that can be named. Pure; the words are in `mood_words.py`."""

from __future__ import annotations

import re
from typing import Literal

from bot import mood_words as words
from bot.folding import any_language, fold, literals

LOUD_LETTERS = 8  # "OK TAK" and "DHL GLS" are not shouted
LOUD_SHARE = 0.8

_SWEARING = re.compile(rf"\b{any_language(words.SWEARING)}\b")
_FED_UP = re.compile(rf"\b{any_language(words.FED_UP)}\b")
_COMPLAINING = re.compile(rf"\b{any_language(words.COMPLAINING)}\b")
_LEGAL = re.compile(rf"\b{any_language(words.LEGAL)}\b")
_HARM = re.compile(rf"\b{any_language(words.HARM)}\b")
_ABOUT = re.compile(rf"\b{any_language(words.ABOUT)}\b")
_ASKING = re.compile(rf"(?:(?:hi|hey|hello|hej|hei|hejsa) )?{any_language(words.ASKING)}\b")
_MANY_MARKS = re.compile(r"[!?](?:\s*[!?]){2,}")
_SPACED = re.compile(r"\s+|\S+")
_SENTENCES = re.compile(r"[.!?\n]+")


def _marks() -> frozenset[str]:
    """One word of each phrase, its longest: a message without any of them needs no look through the patterns."""
    lists = (words.SWEARING, words.FED_UP, words.COMPLAINING, words.LEGAL, words.HARM, words.ABOUT)
    return frozenset(max(phrase.split(), key=len) for one in lists for phrase in literals(*one.values()))


_MARKS = _marks()
Complaint = Literal["", "harm", "legal", "stated", "about"]


def upset(text: str) -> str:
    """The sign that this customer should not get one more answer from a machine; empty for none."""
    folded = fold(text)
    if _MARKS.isdisjoint(folded.split()):
        return ""
    if _SWEARING.search(folded):
        return "swearing"
    found = _FED_UP.search(folded)
    return f"says '{found.group()}'" if found else ""


def loud(text: str) -> tuple[str, ...]:
    """Signs that mean something only together, or after an answer that did not help."""
    letters = [letter for letter in text if letter.isalpha()]
    upper = sum(letter.isupper() for letter in letters)
    capitals = len(letters) >= LOUD_LETTERS and upper >= LOUD_SHARE * len(letters) and len(text.split()) > 1
    marks = _MANY_MARKS.search(text) is not None
    return ("capitals",) * capitals + ("repeated marks",) * marks


def complaint(text: str) -> Complaint:
    """`harm`: somebody is hurt or in distress; `legal`: it names lawyers or authorities; `stated`: somebody complains;
    `about`: it asks about complaints."""
    folded = fold(text)
    if _MARKS.isdisjoint(folded.split()):
        return ""
    if "@" in text:  # "kim@advokat.example" threatens nobody
        text = "".join(word if "@" not in word else " " for word in _SPACED.findall(text))
        folded = fold(text)
    if _HARM.search(folded):
        return "harm"
    if _LEGAL.search(folded):
        return "legal"
    for sentence in map(fold, _SENTENCES.split(text)):
        if _COMPLAINING.search(sentence) and not _ASKING.match(sentence):
            return "stated"
    return "about" if _ABOUT.search(folded) else ""

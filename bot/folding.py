"""Text as the patterns of phrases want it: small letters without marks, words only, one space between them. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

_WORDS = re.compile(r"[^\W_]+")


@lru_cache(maxsize=256)  # each message is folded for each of the questions about it
def fold(text: str) -> str:
    """`å` and `ä` become `a`, `ø` and `ö` become `o`, `æ` becomes `ae`."""
    text = text.casefold().replace("ø", "o").replace("æ", "ae")
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(_WORDS.findall(text))


def unadorned(text: str) -> str:
    """Without the marks that are piled on letters which have no such form: "w̵h̶e̸r̷e̴" is "where", "é" stays."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Mn")


def any_of(*lists: str) -> str:
    """A pattern for any of the words in the lists: blanks divide them, `_` stands for a blank inside one.

    Words that begin alike share their beginning, as in a trie: tried one by one, a hundred take many times as long.
    """
    trie: dict[str, Any] = {}
    for word in literals(*lists):
        place = trie
        for letter in word:
            place = place.setdefault(letter, {})
        place[""] = {}
    return _pattern(trie)


def literals(*lists: str) -> list[str]:
    return [word.replace("_", " ") for words in lists for word in words.split()]


def any_language(words: dict[str, str]) -> str:
    return any_of(*words.values())


def _pattern(trie: dict[str, Any]) -> str:
    """Longer words first, so that a word's beginning is not taken for the whole."""
    branches = [letter + _pattern(rest) for letter, rest in trie.items() if letter]
    if not branches:
        return ""
    if len(branches) == 1 and "" not in trie:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if '' in trie else ''}"

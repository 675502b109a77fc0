"""What people write as they speak ("ka koste det å sende tel Tromsø"), in the spelling that articles have. Pure.

For searching alone: what is shown and kept stays as it was written.
"""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge_base.spelling_words import ENDINGS, STAY, WORDS
from knowledge_base.stemming import family

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")  # "e-post" is one word, so that its "e" is not looked up


class _Spelling:
    """Tables of WORDS, ready to be looked up."""

    def __init__(self, tables: tuple[str, ...]) -> None:
        self._said = {other: usual for table in tables for usual, others in _entries(table) for other in others}
        several = sorted((other for other in self._said if " " in other), key=len, reverse=True)
        self._several = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, several))})(?![\w-])")
        self._endings = tuple((re.compile(form), usual) for table in tables for form, usual in ENDINGS.get(table, ()))
        self._stay = frozenset(word for table in tables for word in STAY.get(table, "").split())

    def respelt(self, text: str) -> str:
        text = self._several.sub(lambda found: self._said[found[0]], text)
        return _WORD.sub(lambda found: self._of_word(found[0]), text)

    def _of_word(self, word: str) -> str:
        usual = self._said.get(word.replace("’", "'"))
        if usual is not None:
            return usual
        for form, ending in self._endings if word.islower() and word not in self._stay else ():
            if found := form.fullmatch(word):
                return f"{found[1]}{ending}"
        return word


def _entries(table: str) -> list[tuple[str, list[str]]]:
    entries = ([word.replace("_", " ") for word in entry.split()] for entry in WORDS[table].split(";"))
    return [(usual, others) for usual, *others in entries]


@lru_cache(8)
def _spelling(name: str, nynorsk_stays: bool) -> _Spelling | None:
    if name not in WORDS:
        return None
    return _Spelling(("no", "nn") if name == "no" and not nynorsk_stays else (name,))


def respelt(question: str, language: str | None, nynorsk_stays: bool = False) -> str:
    """`question` with dialect, abbreviations and Nynorsk in the usual spelling; itself where there is none of that.

    `language` is the customer's ("nn"); None leaves the question as it is. `nynorsk_stays`: where articles are written
    in it. A word with a capital that is not the first one is a name, unless all is in capitals.
    """
    spelling = _spelling(family(language), nynorsk_stays) if language else None
    if spelling is None or not question:
        return question
    loud = question.isupper()
    text = question.lower() if loud else question[:1].lower() + question[1:]
    changed = spelling.respelt(text)
    if changed == text:
        return question
    return changed[:1].upper() + changed[1:] if question[0].isupper() and not loud else changed

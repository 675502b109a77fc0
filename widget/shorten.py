"""Shorter names for what a joined module calls its variables: one word becomes one short word, everywhere in it.

Not a parser. It tells names from properties by what stands beside them, in the house's plain style, and leaves every
word alone that the browser may know too, or that is declared nowhere in the module.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAMES = [*_LETTERS, *(a + b for a in _LETTERS for b in _LETTERS)]
_BEFORE_OBJECT = {"(", ",", "=", ":", "[", "?", "&", "|", "return", "const", "let"}
# Words that mean something to the language or are the window's, whatever else they are called in a file.
_TAKEN = set(
    """of get set as from async await static this super new in do if for let const class function return case default
    switch break continue throw try catch finally typeof void delete else while import export extends instanceof
    yield null true false undefined name status event focus blur close open stop find print origin history location
    top self parent length frames scroll screen performance alert confirm prompt document window navigator crypto
    fetch""".split()  # noqa: SIM905 - a list of a hundred strings is no easier to read
)


def shorten(signs: list[str]) -> list[str]:
    """The tokens of a module, its spaces among them, with short names for what it declares itself.

    Two names may become the same word where no statement of the module's top uses both.
    """
    places = [place for place, sign in enumerate(signs) if not sign.isspace()]
    words = [signs[place] for place in places]
    depth, statement = zip(*_statements(words), strict=True)
    uses = list(_uses(words))
    fixed = _TAKEN | {word for at, word in enumerate(words) if "export" in words[max(0, at - 3) : at]}
    fixed |= {words[at] for at, kind in uses if kind != "p"} - {words[at] for at in _declared(words)}
    count = Counter(words[at] for at, kind in uses if kind != "p")
    where: dict[str, set[int]] = {}
    for at, kind in uses:
        if kind != "p":
            where.setdefault(words[at], set()).add(statement[at])
    for at, word in enumerate(words):
        if word in ("const", "let", "class", "function") and not depth[at]:
            where[words[at + 1]].add(-1)  # of the top itself: no two of them may be one
    taken: dict[str, set[int]] = {word: where.get(word, set()) for word in fixed}
    short: dict[str, str] = {}
    for word in sorted(set(where) - fixed, key=lambda word: (-count[word], word)):
        fit = next(name for name in _NAMES if name not in fixed and not taken.get(name, set()) & where[word])
        short[word] = fit
        taken.setdefault(fit, set()).update(where[word])
    for at, kind in uses:
        word = words[at]
        if word in short and kind != "p":
            signs[places[at]] = f"{word}:{short[word]}" if kind == "k" else short[word]
    return signs


def join_declarations(signs: list[str]) -> list[str]:
    """The tokens with declarations that follow each other as one: `let a=1,b=2`. Nothing constant is ever assigned."""
    out: list[str] = []
    declares = [False]  # by depth: whether the statement that is being read is a declaration
    begins = True
    at = 0
    while at < len(signs):
        sign = signs[at]
        if sign in ("\n", ";") and declares[-1] and signs[at + 1] in ("const", "let"):
            out.append(",")
            at += 3 if signs[at + 2] == " " else 2
            continue
        if begins:
            declares[-1] = sign in ("const", "let")
        if _closes(sign):
            declares.pop()
        if _opens(sign):
            declares.append(False)
        begins = sign in ("\n", ";", "{") or (sign == "}" and not declares[-1])
        out.append("let" if sign == "const" else sign)
        at += 1
    return out


def _statements(words: list[str]) -> Iterator[tuple[int, int]]:
    """For each token, how deep it stands, and in which statement of the module's top."""
    depth = number = 0
    for word in words:
        number += not depth and word in ("const", "let", "class", "function")
        yield depth, number
        depth += _opens(word) - _closes(word)


def _uses(words: list[str]) -> Iterator[tuple[int, str]]:
    """Where names stand: `n` a variable, `k` one that is a key too (`{ a }`), `p` a property."""
    open_: list[str] = []
    label = False
    for at, word in enumerate(words):
        before, after = words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
        if word == "{":
            kind = "class" if _heads_class(words, at) else "block"
            if kind == "block" and before in _BEFORE_OBJECT and not (before == ":" and label):
                kind = "object"
            open_.append(kind)
        else:
            if _closes(word):
                open_.pop()
            if _opens(word):
                open_.append(word)
        if word in ("case", "default"):
            label = True
        elif before == ":" and label:
            label = False
        if not _NAME.fullmatch(word):
            continue
        inside = open_[-1] if open_ else ""
        member = inside == "class" and before in ("{", "}", ";", "async", "static", "get", "set")
        key = inside == "object" and before in ("{", ",", "async", "get", "set") and after in (":", "(")
        if (before == "." and words[at - 2 : at] != [".", "."]) or before == "#" or member or key:
            yield at, "p"
        elif inside == "object" and before in ("{", ",") and after in (",", "}", "="):
            yield at, "k"
        else:
            yield at, "n"


def _opens(word: str) -> bool:
    """A bracket, or the part of a template before a `${}`."""
    return word in ("(", "{", "[") or (len(word) > 1 and word.endswith("${") and word[0] in "`}")


def _closes(word: str) -> bool:
    return word in (")", "}", "]") or (len(word) > 1 and word[0] == "}")


def _heads_class(words: list[str], at: int) -> bool:
    return "class" in words[max(0, at - 4) : at] and not {"{", ";", "}"} & set(
        words[at - words[at::-1].index("class") : at]
    )


def _declared(words: list[str]) -> Iterator[int]:
    """Where a name is declared: after const and its like, and as a parameter."""
    pairs: dict[int, int] = {}
    open_: list[int] = []
    for at, word in enumerate(words):
        if _closes(word):
            pairs[open_.pop()] = at
        if _opens(word):
            open_.append(at)
    for at, word in enumerate(words[:-1]):
        if word in ("const", "let", "class", "function"):
            if words[at + 1] in ("{", "["):
                yield from _bound(words, at + 1, pairs[at + 1])
            else:
                yield at + 1
        elif word == "(" and (
            words[pairs[at] + 1 : pairs[at] + 3] == ["=", ">"]
            or (words[pairs[at] + 1 : pairs[at] + 2] == ["{"] and words[at - 1] not in ("if", "for", "while", "switch"))
        ):
            yield from _bound(words, at, pairs[at])
        elif words[at + 1 : at + 3] == ["=", ">"] and _NAME.fullmatch(word):
            yield at


def _bound(words: list[str], start: int, end: int) -> Iterator[int]:
    """The names that a pattern or a list of parameters binds, without what stands in its defaults."""
    for at in range(start + 1, end):
        if (
            _NAME.fullmatch(words[at])
            and words[at - 1] in ("(", ",", "{", "[", ":", ".")
            and words[at + 1] in (",", ")", "}", "]", "=")
        ):
            yield at

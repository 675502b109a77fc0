"""The widget's files as they are served: joined where one request beats twenty, without comments and needless spaces.

Done once, when the files are read. Not a parser: it knows the house's plain style and refuses what it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from posixpath import dirname, join, normpath

from widget.shorten import join_declarations, shorten

JOINED = ("embed/embed.js", "embed/opened.js", "embed/opened.css")  # with all that they import
WORDS, WITH_WORDS = "embed/strings/en.js", "embed/opened.js"
OUTSIDE = ("--sd-brand", "--sd-font")  # tokens that a page may set on the widget

# What must stay as it is (strings, templates, regular expressions), comments, and runs of space.
_TOKEN = re.compile(
    r"""(?P<keep>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<template>`)"""
    r"""|(?P<comment>/\*[\s\S]*?\*/|//[^\n]*)"""
    r"""|(?P<regex>(?<=[(,=:\[!&|?{};])\s*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+/[a-z]*)"""
    r"""|(?P<space>\s+)|(?P<other>[\w$]+|.)"""
)
_IMPORT = re.compile(r'^(?:import|export) \{([^}]*)\} from "(\.[^"]+)";\n', re.M)
_STYLE = re.compile(r'^@import "(\.[^"]+)";$', re.M)
_SHORT = {"true": "!0", "false": "!1", "undefined": "void 0"}  # no property of ours has such a name
_TOKEN_SET = re.compile(r"(--sd-[\w-]+):([^;{}]*)(?=[;}])")
_SCALED = re.compile(r"calc\(([\d.]+)px \* ([\d.]+)\)")
_TOP = re.compile(r"^(?:export )?(?:async )?(?:const|let|class|function) (\w+)", re.M)


def served(name: str, read: Callable[[str], str]) -> str:
    """The file `name` (a path inside the package) as it goes out; `read` gives the text of a file on the disk."""
    if not name.startswith("embed/"):
        return read(name)
    if name.endswith(".css"):
        return settle_tokens(join_styles(name, read)) if name in JOINED else squeeze_css(read(name))
    if name.endswith(".js"):
        if name not in JOINED:
            return squeeze_js(shorten_words(read(name), read))
        return shorten_names(squeeze_js(shorten_words(join_modules(name, read), read)))
    return read(name)


def join_styles(name: str, read: Callable[[str], str]) -> str:
    """With the files that it imports in their places: a constructed sheet takes no @import."""
    return _STYLE.sub(lambda found: join_styles(normpath(join(dirname(name), found[1])), read), read(name))


def settle_tokens(text: str) -> str:
    """Tokens that have one plain value everywhere become it, unread ones go, and the rest get short names.

    Those that a page may set on the widget keep theirs. Where there is a `:host`, nothing is a `:root`.
    """
    text = re.sub(r":root(:not\([^)]*\))?,(?=:host)", "", squeeze_css(text))
    # Nothing in the shadow root has a theme or a brand of its own.
    text = re.sub(r'(?<=:host)(,\[data-(?:theme|brand)(="light")?\])+|\[data-theme="dark"\],(?=:host)', "", text)
    text = re.sub(r"^(:host\{[^{}]*\})+", _last_word, text)
    before = ""
    while before != text:  # what one token is worth may make another one plain
        before = text
        values: dict[str, set[str]] = {}
        for name, value in _TOKEN_SET.findall(text):
            values.setdefault(name, set()).add(value)
        plain = {name: value.pop() for name, value in values.items() if len(value) == 1 and name not in OUTSIDE}
        plain = {name: value for name, value in plain.items() if "var(" not in value}
        text = re.sub(r"var\((--sd-[\w-]+)\)", partial(_plainly, plain), text)
        text = _SCALED.sub(lambda found: f"{float(found[1]) * float(found[2]):g}px", text)
    read = set(re.findall(r"var\((--sd-[\w-]+)", text)) | set(OUTSIDE)
    text = re.sub(r"(--sd-[\w-]+):[^;{}]*(;|(?=}))", lambda found: found[0] if found[1] in read else "", text)
    rank = sorted(read - set(OUTSIDE), key=lambda name: (-text.count(name), name))
    short = {name: f"--{_letters(place)}" for place, name in enumerate(rank)}
    return re.sub(r"--sd-[\w-]+", lambda found: short.get(found[0], found[0]), text)


def _plainly(plain: dict[str, str], found: re.Match[str]) -> str:
    return plain.get(found[1], found[0])


def _last_word(found: re.Match[str]) -> str:
    """One rule of several for the same, with the last value of each property."""
    said = dict(re.findall(r"([\w-]+):([^;{}]*)(?=[;}])", found[0].replace(":host{", ";")))
    return ":host{" + ";".join(f"{name}:{value}" for name, value in said.items()) + "}"


def shorten_words(text: str, read: Callable[[str], str]) -> str:
    """The strings are kept and asked for by short names: those in camelCase, as nothing else in quotes is, and those
    that are in quotes only where they are asked for."""
    code = join_modules(WITH_WORDS, read)
    names = re.findall(r"^  ([A-Za-z]+):", read(WORDS), re.M)
    camel = {name for name in names if not name.islower()}
    names = [name for name in names if name in camel or code.count(f'"{name}"') == code.count(f'say("{name}"')]
    short = {name: _letters(place) for place, name in enumerate(names)}
    text = re.sub(r'"(\w+)"', lambda found: f'"{short[found[1]]}"' if found[1] in camel else found[0], text)
    text = re.sub(r'say\("(\w+)"', lambda found: f'say("{short.get(found[1], found[1])}"', text)
    return re.sub(r'^  (\w+)(?=: ")', lambda found: f"  {short.get(found[1], found[1])}", text, flags=re.M)


def _letters(number: int) -> str:
    return chr(97 + number % 26) + (str(number // 26) if number >= 26 else "")


def join_modules(root: str, read: Callable[[str], str]) -> str:
    """One module of `root` and all that it imports by name, in the order of need. ValueError when two use one name."""
    texts: dict[str, str] = {}
    _gather(root, read, texts)
    owners: dict[str, str] = {}
    for name, text in texts.items():
        for top in _TOP.findall(text):
            if top in owners:
                raise ValueError(f"{name} and {owners[top]} both have a {top} at the top: they cannot be joined.")
            owners[top] = name
    return "\n".join(
        text if name == root else re.sub(r"^export ", "", text, flags=re.M) for name, text in texts.items()
    )


def _gather(name: str, read: Callable[[str], str], texts: dict[str, str]) -> None:
    text = read(name)
    exports: list[str] = []
    for found in _IMPORT.finditer(text):
        target = normpath(join(dirname(name), found[2]))
        if target not in texts:
            _gather(target, read, texts)
        if " as " in found[1]:
            raise ValueError(f"{name} imports under another name: {found[0].strip()}")
        if found[0].startswith("export"):
            exports.append(found[1].strip())
    rest = _IMPORT.sub("", text)
    if re.search(r"^import [^(]", rest, re.M):
        raise ValueError(f"{name} has an import that cannot be joined.")
    texts[name] = rest + "".join(f"export {{ {names} }};\n" for names in exports)


def squeeze_js(text: str, private: dict[str, str] | None = None) -> str:
    """Without comments, with spaces only where they part two words; newlines stay, as they may end a statement.

    Private names (#this) become short; nothing outside can know them. `private`: those of the class that is around.
    """
    out: list[str] = []
    private = {} if private is None else private
    at = 0
    pending = ""
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:  # cannot be: `other` takes anything
            raise ValueError(text[at : at + 40])
        at = found.end()
        if found["comment"] or found["space"]:
            broken = "\n" in found[0]
            pending = "\n" if broken or pending == "\n" else " "
            continue
        word = found[0].strip()
        if found["template"]:
            end = _template_end(text, at)
            style = out[-1:] == ["="] and out[-2].strip() == "STYLE"
            word = f"`{squeeze_css(text[at : end - 1]).strip()}`" if style else _template(text[at - 1 : end], private)
            at = end
        gap = _between(out[-1][-1] if out else "\n", pending, word[0])
        if (word == "}" and out and out[-1] == ";") or (word in ")]}" and out and out[-1] == ","):
            out.pop()
        elif word == "=" and text.startswith(">", at) and _lone_parameter(out):
            out[-3:] = out[-2:-1]
        elif word == "class" and text.startswith(" ", at):
            private = {}  # each has names of its own
        elif out and out[-1].endswith("#") and found["other"]:
            word = private.setdefault(word, _letters(len(private)))
        elif found["other"] and re.fullmatch(r"[1-9][\d_]*000", word):
            number = word.replace("_", "")
            word = f"{number.rstrip('0')}e{len(number) - len(number.rstrip('0'))}"
        out.append(gap + (_SHORT.get(word, word) if found["other"] else word))
        pending = ""
    return "".join(out) + "\n"


def _template(text: str, private: dict[str, str]) -> str:
    """What it holds is squeezed; the rest is text."""
    out, at = "", 0
    while (hold := text.find("${", at)) >= 0:
        close = _hold_end(text, hold + 2)
        out += text[at : hold + 2] + squeeze_js(text[hold + 2 : close - 1], private).strip() + "}"
        at = close
    return out + text[at:]


def shorten_names(text: str) -> str:
    """Squeezed text with short names for what it declares; a page has no use for ours."""
    return "".join(join_declarations(shorten(_tokens(text))))


def _tokens(text: str) -> list[str]:
    """Of squeezed text; a template comes in parts: "`a${", the tokens of what it holds, "}b`"."""
    tokens: list[str] = []
    at = 0
    while found := _TOKEN.match(text, at):
        at = found.end()
        if not found["template"]:
            tokens.append(found[0])
            continue
        end = _template_end(text, at)
        start = found.start()
        while (hold := text.find("${", start, end)) >= 0:
            close = _hold_end(text, hold + 2)
            tokens += [text[start : hold + 2], *_tokens(text[hold + 2 : close - 1])]
            start = close - 1
        tokens.append(text[start:end])
        at = end
    return tokens


def _lone_parameter(out: list[str]) -> bool:
    """Whether `(name)` has just been written where an arrow function may begin."""
    return len(out) > 3 and out[-1] == ")" and out[-3] == "(" and out[-2].isidentifier() and out[-4][-1] in "(,=:?&|[{"


def _between(before: str, space: str, after: str) -> str:
    if not space:
        return ""
    word = re.compile(r"[\w$]")
    if space == "\n":
        return "" if before in "{([,;\n=?:&|" or after in ".?:)&|" else "\n"
    if word.match(before) and (word.match(after) or after in "#\"'`"):
        return " " if word.match(after) or after == "#" else ""
    return " " if (before in "+-" and after in "+-") or (word.match(before) and after == "#") else ""


def _template_end(text: str, at: int) -> int:
    """Where the template that began before `at` ends; what it holds in `${}` may hold templates again."""
    while text[at] != "`":
        if text[at] == "\\":
            at += 2
        elif text.startswith("${", at):
            at = _hold_end(text, at + 2)
        else:
            at += 1
    return at + 1


def _hold_end(text: str, at: int) -> int:
    """Where the `${}` ends whose inside begins at `at`."""
    depth = 1
    while depth:
        if text[at] == "`":
            at = _template_end(text, at + 1)
            continue
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return at


def squeeze_css(text: str) -> str:
    """Without comments and needless spaces; around + and - and in selectors they mean something, and stay."""
    parts = re.split(r"""("(?:\\.|[^"\\])*")""", re.sub(r"/\*[\s\S]*?\*/", "", text))
    for index in range(0, len(parts), 2):
        plain = re.sub(r"\s+", " ", parts[index])
        plain = re.sub(r"(?<=[ (,:])(0?\.\d*?[1-9])0+(?=[ ),;}])", r"\1", plain)
        parts[index] = re.sub(r" ?([{};,>]) ?", r"\1", plain).replace(": ", ":").replace(";}", "}")
    return "".join(parts).strip() + "\n"

"""Markdown of articles -> HTML that is safe on anybody's page. Preview, answers and help pages all come from here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge_base.passages import anchors, plain

TOP_IN_CHAT = 3  # an answer stands below a heading of the page that it is shown on
TOP_ON_PAGE = 2
SHORT_ANSWER = 450  # about what fits into the panel together with its question and its source

_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "em"),
    *("s", "a", "img", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
}
_ARTICLE_LINK = re.compile(r"/help/(?:(?P<language>[a-z]{2})/)?(?P<article>[A-Za-z0-9._~-]+)(?P<rest>[?#].*)?")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]}*_~]")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”»)]?\s+")
_LINKS = {"http", "https", "mailto"}

# markdown-it looks ahead from every bracket: ten thousands of open ones would keep a core busy for a minute.
_MOST_BRACKETS = 5_000

_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
NO_BREAK_SPACE = "\u00a0"
# The space between a number and its unit, inside "5 000" and behind "kl.": a line that ends there is read twice.
_UNITS = re.compile(
    r"(?<=\d) (?=(?:kr|DKK|SEK|NOK|EUR|euro|kg|km|cm|mm|°C)\b|%|\d{3}\b)|(?<=\b[Kk]l\.) (?=\d)", re.ASCII
)


def render(
    body: str,
    *,
    top: int = TOP_IN_CHAT,
    language: str = "",
    base_url: str = "",
    same_tab: bool = False,
    shop_url: str = "",
) -> str:
    """Sanitised HTML of an article's Markdown; HTML in it is shown as text.

    The highest heading becomes `h<top>`. Links to `/help/<article>` lead to that article in `language` below
    `base_url`: in the widget a relative link would end on the shop's own pages. `same_tab` is for help pages: links to
    articles stay in the tab, and headings get the ids that passages name as their anchors. Other relative links are
    pages of the shop: in the widget they are right as they are, on our own host they need its `shop_url`.
    """
    body = _bounded(body)
    tokens = _markdown.parse(body)
    _shift_headings(tokens, top)
    if same_tab:
        _name_headings(tokens, body)
    for token in tokens:
        if token.children:
            token.children = list(_inline(token.children, _Aim(language, base_url, same_tab, shop_url)))
    return nh3.clean(
        _markdown.renderer.render(tokens, _markdown.options, {}),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        tag_attribute_values={"a": {"target": {"_blank"}}, "img": {"loading": {"lazy"}}},
        url_schemes=_LINKS,
        link_rel="noopener noreferrer nofollow",
    ).strip()


@dataclass(frozen=True, slots=True)
class _Aim:
    """Where links lead from the place where the article is shown."""

    language: str
    base_url: str
    same_tab: bool
    shop_url: str

    def point(self, token: Token) -> None:
        href = str(token.attrGet("href") or "")
        stays = href.startswith("#")
        if href.startswith("//"):
            href = f"https:{href}"
        found = _ARTICLE_LINK.fullmatch(href)
        if found:
            stays = True
            language = found["language"] or self.language
            folder = f"/help/{language}" if language else "/help"
            href = f"{self.base_url}{folder}/{found['article']}{found['rest'] or ''}"
        elif href.startswith("/"):
            href = f"{self.shop_url}{href}"
        token.attrSet("href", href)
        if not (self.same_tab and stays):
            token.attrSet("target", "_blank")


def _bounded(body: str) -> str:
    """Without lone surrogates, and without links where there are more than any article has."""
    body = body.encode("utf-8", "replace").decode("utf-8")
    return body if body.count("[") <= _MOST_BRACKETS else body.replace("[", "\\[")


def _shift_headings(tokens: Sequence[Token], top: int) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) - highest + top)}"


def _name_headings(tokens: Sequence[Token], body: str) -> None:
    # Passages know headings that are written with # at the left margin; if they see others, ids would be shifted.
    headings = [
        token for token in tokens if token.type == "heading_open" and token.level == 0 and token.markup.startswith("#")
    ]
    names = anchors(body)
    if len(names) == len(headings):
        for token, (name, _) in zip(headings, names, strict=True):
            token.attrSet("id", name)


def _inline(children: Sequence[Token], aim: _Aim) -> Iterator[Token]:
    depth = 0  # inside of a link there is no other
    for token in children:
        if token.type == "link_open":
            depth += 1
            aim.point(token)
        elif token.type == "link_close":
            depth -= 1
        elif token.type == "image":
            token = _image(token)
            if token.type == "image" and not aim.same_tab:
                yield from _image_link(token, aim, inside=depth > 0)
                continue
        if token.type == "text":
            token.content = _UNITS.sub(NO_BREAK_SPACE, token.content)
        if token.type == "text" and not depth:
            yield from _linked(token)
        else:
            yield token


def _is_relative(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc


def _image(token: Token) -> Token:
    """The image, if it is our own or comes encrypted; its text otherwise."""
    source = str(token.attrGet("src") or "")
    if source.startswith("//"):
        source = f"https:{source}"
    if not source or not (source.lower().startswith("https://") or _is_relative(source)):
        return Token("text", "", 0, content=token.content)
    token.attrSet("src", source)
    token.attrSet("loading", "lazy")
    return token


def _image_link(token: Token, aim: _Aim, inside: bool) -> Iterator[Token]:
    """In the chat, which stands on pages whose policy we do not know, an image is a link to it."""
    text = Token("text", "", 0, content=token.content or str(token.attrGet("src")))
    if inside:
        yield text
        return
    link = Token("link_open", "a", 1, attrs={"href": str(token.attrGet("src"))})
    aim.point(link)
    yield from (link, text, Token("link_close", "a", -1))


def _linked(token: Token) -> Iterator[Token]:
    """A text with the addresses in it as links."""
    at = 0
    for found in _ADDRESS.finditer(token.content):
        if found.start() > at:
            yield Token("text", "", 0, content=token.content[at : found.start()])
        address = _markdown.normalizeLink(found[0])
        yield Token("link_open", "a", 1, attrs={"href": address, "target": "_blank"})
        yield Token("text", "", 0, content=found[0])
        yield Token("link_close", "a", -1)
        at = found.end()
    if not at:
        yield token
    elif at < len(token.content):
        yield Token("text", "", 0, content=token.content[at:])


# -- the part that fits into a chat ------------------------------------------------------------------------


def short_answer(body: str, limit: int = SHORT_ANSWER, passage: str = "") -> str:
    """The leading blocks of an article that read as an answer, as Markdown of about `limit` characters; lists and
    links stay whole. It ends before the next heading, unless nearly nothing stands above that. "" for no text.

    With a `passage` of the article the same of that, below the heading that says what it is about.
    """
    environment: dict[str, Any] = {}
    lines = _bounded(body).splitlines()
    tokens = _markdown.parse("\n".join(lines), environment)
    if passage:
        lines = _bounded(passage).splitlines()
        tokens = _markdown.parse("\n".join(lines), {"references": dict(environment.get("references", {}))})
    taken: list[str] = []
    blocks = list(_blocks(tokens))
    about = ""
    while blocks and blocks[0][0].type == "heading_open" and len(blocks) > 1:
        about = _source(lines, blocks.pop(0)[0])  # of the article it repeats the title, or what the first lines say
    for block in blocks:
        room = limit - sum(len(each) + 2 for each in taken)
        text = _source(lines, block[0])
        if block[0].type == "heading_open" and not _wants_more(taken, limit):
            break
        if len(text) > room:
            part = _part(lines, block, max(room, 0)) if room > limit // 4 or not taken else ""
            if not part and taken and taken[-1].endswith(":"):
                part = _part(lines, block, limit // 2)  # "Do this:" must not stand alone
            if not taken and not 0 < len(part) <= 2 * limit:
                part = _cut(plain(text), limit)
            if part:
                taken.append(part)
            break
        taken.append(text)
    while len(taken) > 1 and taken[-1].startswith("#"):
        taken.pop()
    if passage and about:
        taken.insert(0, about)
    return "\n\n".join(taken) + _definitions("\n".join(taken), environment)


def _blocks(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each block at the left margin."""
    block: list[Token] = []
    for token in tokens:
        block.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield block
            block = []


def _source(lines: Sequence[str], token: Token) -> str:
    first, last = token.map or (0, 0)
    return "\n".join(lines[first:last]).strip("\n").rstrip()


def _wants_more(taken: Sequence[str], limit: int) -> bool:
    return not taken or taken[-1].endswith(":") or sum(map(len, taken)) < limit // 6


def _part(lines: Sequence[str], block: Sequence[Token], room: int) -> str:
    """What fits of a block: the first items of a list, the first sentences of a paragraph. At least one of them."""
    kind = block[0].type
    if kind in ("bullet_list_open", "ordered_list_open"):
        items = [_source(lines, token) for token in block if token.type == "list_item_open" and token.level == 1]
        return "\n".join(_fitting(items, room))
    if kind == "paragraph_open":
        return _whole_sentences(_source(lines, block[0]), room)
    return _source(lines, block[0]) if kind in ("table_open", "blockquote_open") and room >= SHORT_ANSWER // 2 else ""


def _fitting(parts: Sequence[str], room: int) -> list[str]:
    kept: list[str] = []
    for part in parts:
        if kept and sum(len(each) + 1 for each in kept) + len(part) > room:
            break
        kept.append(part)
    return kept


def _whole_sentences(text: str, room: int) -> str:
    """The longest run of sentences that fits and cuts through no link or emphasis; the first such run otherwise."""
    best = ""
    for found in _SENTENCE_END.finditer(text):
        head = text[: found.end()].rstrip()
        if best and len(head) > room:
            break
        if _is_closed(head):
            best = head
    return best or text


def _cut(words: str, room: int) -> str:
    """The words that fit, for a block that has no place to end earlier: a long table, a sentence without an end."""
    return words if len(words) <= room else words[:room].rpartition(" ")[0].rstrip() + " …"


def _is_closed(text: str) -> bool:
    pairs = text.count("[") == text.count("]") and text.count("(") == text.count(")")
    return pairs and all(text.count(mark) % 2 == 0 for mark in ("**", "__", "`"))


def _definitions(text: str, environment: dict[str, Any]) -> str:
    """`[label]: address` lines for the labels that the text uses, since they may stand anywhere in the article."""
    folded = " ".join(text.casefold().split())
    lines = [
        f"[{label}]: <{found['href']}>"
        for label, found in environment.get("references", {}).items()
        if f"[{label.casefold()}]" in folded
    ]
    return "\n\n" + "\n".join(lines) if lines else ""

"""What a message may hold, before it is stored or shown: pure rules."""

from __future__ import annotations

import re
from functools import lru_cache

from runtime.errors import BadInput

MAX_MESSAGE = 4_000
PREVIEW = 140

# Control characters (but tab and line feed), lone surrogates, and the marks that turn the reading direction around,
# with which a sender can make a line read as something else on an agent's screen.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
# Space and marks without a glyph (joiners, variation selectors, Hangul fillers): alone, they are an empty message.
_INVISIBLE = re.compile(
    r"[\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\uffa0]+"
)
_EMAIL = re.compile(r"[^@\s<>\",;:()\[\]\\]{1,64}@[^@\s<>\"',;:()\[\]\\]+\.[^@\s.<>\"',;:()\[\]\\]{2,63}")


class TextEmpty(BadInput):
    code = "text_empty"


class TextTooLong(BadInput):
    code = "text_too_long"


class BadEmail(BadInput):
    code = "bad_email"


def clean_message(text: str, limit: int = MAX_MESSAGE) -> str:
    """The text as it will be stored; TextEmpty or TextTooLong when it cannot be. `limit` is in characters."""
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not text or _INVISIBLE.fullmatch(text):
        raise TextEmpty("The message is empty.")
    if len(text) > limit:
        raise TextTooLong(
            f"The message has {len(text):,} characters; at most {limit:,} fit. Send it in parts.", limit=limit
        )
    return text


def clean_comment(text: str, limit: int = 2_000) -> str:
    """Like a message, but it may be empty and is cut at `limit`."""
    return _UNWANTED.sub("", text).strip()[:limit]


def clean_email(text: str) -> str:
    """One plausible address; BadEmail otherwise. Whether it exists is known only by writing to it."""
    address = text.strip()
    if len(address) > 254 or _UNWANTED.search(address) or not _EMAIL.fullmatch(address):
        raise BadEmail("This does not look like an e-mail address. It should read like name@example.com.")
    return address


@lru_cache(256)  # the same few articles are most of the answers
def preview(text: str) -> str:
    """One line for a list."""
    start = text[: 8 * PREVIEW]  # an article's text may be long, and this runs for every entry
    line = " ".join(start.split())
    whole = len(line) <= PREVIEW and len(start) == len(text)
    return line if whole else line[: PREVIEW - 1].rstrip() + "…"

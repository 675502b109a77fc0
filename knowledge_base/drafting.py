"""What a draft may hold, before it is stored: pure rules, each refusal a sentence for the person who writes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from runtime.errors import BadInput

# Those in which the bot speaks; an article in another could never be preferred, only mistaken for one of these.
LANGUAGES = ("en", "da", "sv", "nb", "nn")
AUDIENCES = ("public", "signed_in", "internal")

MAX_TITLE = 200
MAX_QUESTIONS = 50
MAX_QUESTION = 300
MAX_BODY = 200_000
MAX_ID = 120

# Control characters (but tab and line feed), lone surrogates, which neither UTF-8 nor PostgreSQL can hold, and the
# marks that turn the reading direction around.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._~-]{{0,{MAX_ID - 1}}}")
_ACTION = re.compile(r"[A-Za-z0-9_.-]{0,80}")
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ß": "ss", "ð": "d", "þ": "th", "ł": "l", "đ": "d"})


class TooLong(BadInput):
    code = "too_long"


class TitleMissing(BadInput):
    code = "title_missing"


@dataclass(frozen=True, slots=True)
class Draft:
    """The words of one language of an article, clean and within the limits."""

    title: str
    questions: tuple[str, ...]
    body: str


def draft_of(title: str, questions: Sequence[str], body: str, max_body: int = MAX_BODY) -> Draft:
    """The texts as they will be stored; TooLong says which does not fit. Blank and doubled questions are left out."""
    title = one_line(title)
    if len(title) > MAX_TITLE:
        raise TooLong(f"The title has {len(title):,} characters; at most {MAX_TITLE} fit.", field="title")
    kept: dict[str, str] = {}
    for question in questions:
        question = one_line(question)
        if len(question) > MAX_QUESTION:
            raise TooLong(
                f"The question “{question[:40]}…” has {len(question):,} characters; at most {MAX_QUESTION} fit.",
                field="questions",
            )
        if question:
            kept.setdefault(question.casefold(), question)
    if len(kept) > MAX_QUESTIONS:
        raise TooLong(f"There are {len(kept)} questions; at most {MAX_QUESTIONS} fit.", field="questions")
    body = _UNWANTED.sub("", body.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(body) > max_body:
        raise TooLong(
            f"The text has {len(body):,} characters; at most {max_body:,} fit. Divide it into several articles.",
            field="body",
        )
    return Draft(title, tuple(kept.values()), body)


def check_publishable(draft: Draft) -> None:
    """TitleMissing without a title: it is what customers are offered, and what the source link says."""
    if not draft.title:
        raise TitleMissing("Give the article a title before publishing it; customers see it.", field="title")


def check_language(language: str) -> str:
    if language not in LANGUAGES:
        raise BadInput(f"There is no language {language!r} here. Use {', '.join(LANGUAGES)}.", field="language")
    return language


def check_audience(audience: str) -> str:
    if audience not in AUDIENCES:
        raise BadInput(f"There is no audience {audience!r}. Use {', '.join(AUDIENCES)}.", field="audience")
    return audience


def check_action(action: str) -> str:
    if not _ACTION.fullmatch(action):
        raise BadInput(
            f"{action!r} is not the name of an action: letters, digits, _ . - and at most 80 of them.", field="action"
        )
    return action


def can_be_id(article: str) -> bool:
    return _ID.fullmatch(article) is not None


def check_id(article: str) -> str:
    """An id is part of addresses, so it is made of what needs no escaping there."""
    if not can_be_id(article):
        raise BadInput(
            f"{article[:80]!r} cannot be the id of an article. Use letters a-z, digits and - _ . ~, at most {MAX_ID}, "
            "beginning with a letter or digit.",
            field="id",
        )
    return article


def slug(title: str) -> str:
    """`Hvor er min pakke på vej?` -> `hvor-er-min-pakke-pa-vej`; `article` where nothing is left."""
    text = title.casefold().translate(_LETTERS)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:80].strip("-") or "article"


def one_line(text: str) -> str:
    return " ".join(_UNWANTED.sub("", text.replace("\r", "\n")).split())

"""The list of articles as its keepers see it: found by words, newest change first, with the state of each language."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from knowledge_base.articles import State, state_of
from knowledge_base.drafting import can_be_id, one_line
from knowledge_base.tables import Article, ArticleLanguage, ArticleVersion
from runtime.db import Tx
from runtime.errors import BadInput


@dataclass(frozen=True, slots=True)
class LanguageLine:
    """`outdated`: the language that was written first has a newer edition than this translation has seen."""

    language: str
    state: State
    title: str
    updated_at: int
    outdated: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One article of the list; `title` is that of the language written first. Times in milliseconds."""

    id: str
    title: str
    audience: str
    languages: tuple[LanguageLine, ...]
    updated_at: int


def articles(tx: Tx, words: str = "", limit: int = 50, cursor: str = "") -> tuple[list[Line], str | None]:
    """Up to `limit` articles that hold `words` in any language, the last changed first, and the cursor of the rest."""
    newest = sa.func.max(ArticleLanguage.updated_at)
    query = select(ArticleLanguage.article_id, newest).group_by(col(ArticleLanguage.article_id))
    if words := one_line(words):
        query = query.where(col(ArticleLanguage.article_id).in_(_holding(words)))
    if cursor:
        at, article = _position(cursor)
        query = query.having(sa.or_(newest < at, sa.and_(newest == at, col(ArticleLanguage.article_id) > article)))
    query = query.order_by(newest.desc(), col(ArticleLanguage.article_id)).limit(limit + 1)
    found = list(tx.session.exec(query))
    rest = _cursor(found[limit - 1][1], found[limit - 1][0]) if len(found) > limit else None
    return _lines(tx, [article for article, _ in found[:limit]]), rest


def _holding(words: str) -> sa.Select[str]:
    """Ids of the articles with the words in their id, a title, a question or a text; capital letters do not matter."""
    # SQLite folds a-z only: the four usual ways of writing make up for it where a word has an Å.
    forms = {words, words.lower(), words.upper(), words.capitalize()}
    columns = (ArticleLanguage.article_id, ArticleLanguage.title, ArticleLanguage.questions, ArticleLanguage.body)
    return sa.select(col(ArticleLanguage.article_id)).where(
        sa.or_(*(col(column).icontains(form, autoescape=True) for column in columns for form in sorted(forms)))
    )


def _lines(tx: Tx, wanted: list[str]) -> list[Line]:
    rows = tx.session.exec(
        select(Article, ArticleLanguage, ArticleVersion)
        .join(ArticleLanguage, col(ArticleLanguage.article_id) == Article.id)
        .outerjoin(
            ArticleVersion,
            sa.and_(
                col(ArticleVersion.article_language_id) == ArticleLanguage.id,
                col(ArticleVersion.version) == ArticleLanguage.published,
            ),
        )
        .where(col(Article.id).in_(wanted))
        .order_by(col(ArticleLanguage.id))
    )
    editions: dict[str, list[tuple[ArticleLanguage, ArticleVersion | None]]] = {}
    roots: dict[str, Article] = {}
    for root, row, current in rows:
        roots[root.id] = root
        editions.setdefault(root.id, []).append((row, current))
    return [_line(roots[article], editions[article]) for article in wanted]


def _line(root: Article, editions: list[tuple[ArticleLanguage, ArticleVersion | None]]) -> Line:
    first, original = editions[0]
    # A first publication changes nothing for those who translate from the draft; a second one does.
    changed_at = original.published_at if original is not None and original.version > 1 else 0
    lines = []
    for row, current in editions:
        seen_at = max(row.updated_at, current.published_at if current else 0)
        outdated = row is not first and not row.archived and seen_at < changed_at
        lines.append(LanguageLine(row.language, state_of(row, current), row.title, row.updated_at, outdated))
    return Line(root.id, first.title, root.audience, tuple(lines), max(row.updated_at for row, _ in editions))


def titles(tx: Tx, articles: Collection[str], language: str) -> dict[str, str]:
    """What they are called: in this language, or else in the one written first. An article that is gone has no name."""
    found = tx.session.exec(
        select(ArticleLanguage.article_id, ArticleLanguage.title)
        .where(col(ArticleLanguage.article_id).in_(articles))
        .order_by(col(ArticleLanguage.language) != language, col(ArticleLanguage.id))
    )
    named: dict[str, str] = {}
    for article, title in found:
        named.setdefault(article, title)
    return named


def _cursor(at: int, article: str) -> str:
    return base64.urlsafe_b64encode(f"{at}:{article}".encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[int, str]:
    try:
        at, _, article = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
        if not (can_be_id(article) and 0 <= int(at) < 2**53):
            raise ValueError(article)
        return int(at), article
    except (ValueError, binascii.Error):
        raise BadInput("The cursor is not one of ours. Begin at the first page again.", field="cursor") from None

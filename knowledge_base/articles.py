"""Articles as people write them: roots, a draft in each language, and what customers get of them now."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_into_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite
from sqlmodel import col, select

from knowledge_base.drafting import (
    LANGUAGES,
    MAX_BODY,
    Draft,
    can_be_id,
    check_action,
    check_audience,
    check_id,
    check_language,
    draft_of,
    slug,
)
from knowledge_base.tables import Article, ArticleLanguage, ArticleVersion
from runtime.clock import rfc3339
from runtime.db import Tx
from runtime.errors import Conflict, NotFound

State = Literal["draft", "published", "changed", "archived"]


class EditedElsewhere(Conflict):
    """Details: `by` (name), `at` (RFC 3339), `revision` (the one that is stored)."""

    code = "edited_elsewhere"


class ArticleExists(Conflict):
    code = "article_exists"


@dataclass(frozen=True, slots=True)
class Version:
    """What was published once. Times in milliseconds."""

    version: int
    title: str
    questions: tuple[str, ...]
    body: str
    published_at: int
    published_by: str

    @property
    def draft(self) -> Draft:
        return Draft(self.title, self.questions, self.body)


@dataclass(frozen=True, slots=True)
class Edition:
    """One language of an article: its draft, and the version that customers get (None while they get none)."""

    article: str
    language: str
    state: State
    revision: int
    draft: Draft
    updated_at: int
    updated_by: str
    published: Version | None


@dataclass(frozen=True, slots=True)
class Root:
    """An article with all its languages, the one written first at the front."""

    id: str
    audience: str
    action: str
    editions: tuple[Edition, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """What may be shown of an article in one language. `action` names an action to run with the answer, "" for none."""

    article: str
    language: str
    title: str
    body: str
    action: str
    version: int
    published_at: int
    audience: str = "public"


def document_id(article: str, language: str) -> str:
    """The id under which the search index knows one language of an article."""
    return f"{article}.{language}"


def of_document(document: str) -> tuple[str, str]:
    """(article, language) of a document id."""
    article, _, language = document.rpartition(".")
    return article, language


# -- reading -----------------------------------------------------------------------------------------------


def published(tx: Tx, article: str, language: str) -> Published | None:
    """What customers get of the article in that language now; None for a draft, an archived or an unknown one."""
    if not can_exist(article, language):
        return None
    found = tx.session.exec(
        select(ArticleVersion, Article)
        .join(ArticleLanguage, _is_current())
        .join(Article, col(Article.id) == ArticleLanguage.article_id)
        .where(Article.id == article, ArticleLanguage.language == language)
    ).first()
    if found is None:
        return None
    version, root = found
    return Published(
        article=root.id,
        language=language,
        title=version.title,
        body=version.body,
        action=root.action,
        version=version.version,
        published_at=version.published_at,
        audience=root.audience,
    )


def published_titles(tx: Tx, article: str, audiences: Collection[str]) -> dict[str, str]:
    """Language -> title of each language in which these audiences can read the article."""
    if not can_exist(article):
        return {}
    found = tx.session.exec(
        select(ArticleLanguage.language, ArticleVersion.title)
        .join(ArticleVersion, _is_current())
        .join(Article, col(Article.id) == ArticleLanguage.article_id)
        .where(Article.id == article, col(Article.audience).in_(audiences))
    )
    titles = {language: title for language, title in found}
    return {language: titles[language] for language in sorted(titles)}


def article_of(tx: Tx, article: str) -> Root:
    """The article with its languages; NotFound."""
    root = tx.session.get(Article, article) if can_exist(article) else None
    if root is None:
        raise NotFound("There is no such article.")
    rows = tx.session.exec(
        select(ArticleLanguage, ArticleVersion)
        .outerjoin(ArticleVersion, _is_current())
        .where(ArticleLanguage.article_id == article)
        .order_by(col(ArticleLanguage.id))
    )
    return Root(root.id, root.audience, root.action, tuple(_edition(row, version) for row, version in rows))


def edition(tx: Tx, article: str, language: str) -> Edition:
    """One language of an article; NotFound."""
    row = row_of(tx, article, language)
    current = tx.session.get(ArticleVersion, (row.id, row.published)) if row.published else None
    return _edition(row, current)


def row_of(tx: Tx, article: str, language: str, *, lock: bool = False) -> ArticleLanguage:
    """The stored row, locked against other writers if asked; NotFound."""
    query = select(ArticleLanguage).where(ArticleLanguage.article_id == article, ArticleLanguage.language == language)
    known = can_exist(article, language)
    row = tx.session.exec(query.with_for_update() if lock else query).first() if known else None
    if row is None:
        raise NotFound("There is no such article in this language.")
    return row


def can_exist(article: str, language: str = "en") -> bool:
    """Whether the database may be asked: PostgreSQL fails, and with it all that it does just then, on a NUL."""
    return can_be_id(article) and language in LANGUAGES


def questions_of(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored))


def stored_questions(questions: Sequence[str]) -> str:
    return json.dumps(list(questions), ensure_ascii=False)


def state_of(row: ArticleLanguage, current: ArticleVersion | None) -> State:
    if row.archived:
        return "archived"
    if current is None:
        return "draft"
    same = (row.title, row.questions, row.body) == (current.title, current.questions, current.body)
    return "published" if same else "changed"


def version_of(row: ArticleVersion) -> Version:
    return Version(row.version, row.title, questions_of(row.questions), row.body, row.published_at, row.published_by)


def _edition(row: ArticleLanguage, current: ArticleVersion | None) -> Edition:
    return Edition(
        article=row.article_id,
        language=row.language,
        state=state_of(row, current),
        revision=row.revision,
        draft=Draft(row.title, questions_of(row.questions), row.body),
        updated_at=row.updated_at,
        updated_by=row.updated_by,
        published=version_of(current) if current else None,
    )


def _is_current() -> sa.ColumnElement[bool]:
    return sa.and_(
        col(ArticleVersion.article_language_id) == ArticleLanguage.id,
        col(ArticleVersion.version) == ArticleLanguage.published,
        col(ArticleLanguage.archived).is_(False),
    )


# -- writing -----------------------------------------------------------------------------------------------


def create(
    tx: Tx,
    language: str,
    title: str,
    questions: Sequence[str],
    body: str,
    by: str,
    article: str | None = None,
    audience: str = "public",
    action: str = "",
    max_body: int = MAX_BODY,
) -> Edition:
    """A new article, or with the id of one that is there, its first draft in another language.

    Without `article` the id is made from the title. `by` is the name of the person. ArticleExists, BadInput.
    """
    check_language(language)
    draft = draft_of(title, questions, body, max_body)
    if article is None:
        article = _new_root(tx, slug(draft.title), check_audience(audience), check_action(action))
    else:
        _insert_root(tx, check_id(article), check_audience(audience), check_action(action))
        # Two people who add the same language at once wait here for each other.
        tx.session.exec(select(Article).where(Article.id == article).with_for_update()).one()
        known = select(ArticleLanguage.id).where(
            ArticleLanguage.article_id == article, ArticleLanguage.language == language
        )
        if tx.session.exec(known).first() is not None:
            raise ArticleExists("There is already an article with this id in this language.", field="id")
    row = ArticleLanguage(
        article_id=article,
        language=language,
        title=draft.title,
        questions=stored_questions(draft.questions),
        body=draft.body,
        updated_at=tx.now,
        updated_by=by,
    )
    tx.session.add(row)
    tx.session.flush()
    return _edition(row, None)


def _new_root(tx: Tx, name: str, audience: str, action: str) -> str:
    for number in count(1):
        article = name if number == 1 else f"{name}-{number}"
        if _insert_root(tx, article, audience, action):
            return article
    raise AssertionError("unreachable: the numbers do not end")


def _insert_root(tx: Tx, article: str, audience: str, action: str) -> bool:
    """Whether the id was free. The database decides, so that two who ask at once cannot both get it."""
    values = {"id": article, "audience": audience, "action": action, "created_at": tx.now}
    insert = insert_into_postgresql if tx.connection.dialect.name == "postgresql" else insert_into_sqlite
    statement = insert(Article).values(values).on_conflict_do_nothing().returning(col(Article.id))
    return tx.session.exec(statement).first() is not None


def check_revision(row: ArticleLanguage, revision: int) -> None:
    """EditedElsewhere when the stored draft is not the one that the writer saw."""
    if row.revision != revision:
        raise EditedElsewhere(
            f"{row.updated_by or 'Somebody'} has changed this article meanwhile. Nothing of yours was stored.",
            by=row.updated_by,
            at=rfc3339(row.updated_at),
            revision=row.revision,
        )


def save_draft(
    tx: Tx,
    article: str,
    language: str,
    title: str,
    questions: Sequence[str],
    body: str,
    revision: int,
    by: str,
    max_body: int = MAX_BODY,
) -> Edition:
    """Stores the draft under the next revision; the same words again change nothing. EditedElsewhere, BadInput."""
    draft = draft_of(title, questions, body, max_body)
    row = row_of(tx, article, language, lock=True)
    check_revision(row, revision)
    if draft != Draft(row.title, questions_of(row.questions), row.body):
        replace_draft(tx, row, draft, by)
    return edition(tx, article, language)


def replace_draft(tx: Tx, row: ArticleLanguage, draft: Draft, by: str) -> None:
    """The draft under the next revision, without asking which one the writer saw."""
    row.title, row.questions, row.body = draft.title, stored_questions(draft.questions), draft.body
    row.revision += 1
    row.updated_at, row.updated_by = tx.now, by
    tx.session.add(row)
    tx.session.flush()


def change_root(tx: Tx, article: str, audience: str | None = None, action: str | None = None) -> Root:
    """Who may read the article, and which action goes with it; takes effect at once. NotFound, BadInput."""
    query = select(Article).where(Article.id == article).with_for_update()
    root = tx.session.exec(query).first() if can_exist(article) else None
    if root is None:
        raise NotFound("There is no such article.")
    if audience is not None:
        root.audience = check_audience(audience)
    if action is not None:
        root.action = check_action(action)
    tx.session.add(root)
    tx.session.flush()
    changed = article_of(tx, article)
    for each in changed.editions:
        if each.published:
            tx.notify("article", document_id(article, each.language), each.published.version)
    return changed

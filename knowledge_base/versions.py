"""Versions of an article: publish one, look back at them, take one up again, and take the article out of use."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlmodel import col, select

from knowledge_base.articles import (
    Edition,
    Version,
    change_root,
    check_revision,
    create,
    document_id,
    edition,
    of_document,
    questions_of,
    replace_draft,
    row_of,
    version_of,
)
from knowledge_base.drafting import Draft, check_publishable
from knowledge_base.passages import Document
from knowledge_base.tables import Article, ArticleLanguage, ArticleVersion, UnitVectors
from runtime.db import Tx
from runtime.errors import NotFound

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Entry:
    """A published document for the search index. `vectors` [units, dimension] are None where none are stored."""

    document: Document
    version: int
    vectors: Vectors | None


def document_of(article: str, language: str, draft: Draft, audience: str) -> Document:
    return Document(
        id=document_id(article, language),
        language=language,
        title=draft.title,
        questions=draft.questions,
        body=draft.body,
        audience=audience,
        root=article,
    )


# -- publishing --------------------------------------------------------------------------------------------


def to_publish(tx: Tx, article: str, language: str, revision: int) -> Document:
    """The draft as a document to embed before `publish`. EditedElsewhere, TitleMissing, NotFound."""
    row = row_of(tx, article, language)
    check_revision(row, revision)
    draft = Draft(row.title, questions_of(row.questions), row.body)
    check_publishable(draft)
    root = tx.session.get(Article, article)
    assert root is not None  # noqa: S101 - a foreign key says so
    return document_of(article, language, draft, root.audience)


def publish(tx: Tx, article: str, language: str, revision: int, model: str, vectors: Vectors, by: str) -> Edition:
    """Gives the draft to customers as the next version; `vectors` are those of this revision's units by `model`.

    An archived article is in use again. Publishing what is published already changes nothing. EditedElsewhere when the
    draft is no longer the one that was embedded; TitleMissing; NotFound.
    """
    row = row_of(tx, article, language, lock=True)
    check_revision(row, revision)
    check_publishable(Draft(row.title, questions_of(row.questions), row.body))
    if edition(tx, article, language).state != "published":
        _add_version(tx, row, by)
        store_vectors(tx, document_id(article, language), row.published, model, vectors)
    return edition(tx, article, language)


def _add_version(tx: Tx, row: ArticleLanguage, by: str) -> None:
    last = tx.session.exec(
        select(sa.func.max(ArticleVersion.version)).where(ArticleVersion.article_language_id == row.id)
    ).one()
    version = ArticleVersion(
        article_language_id=row.id or 0,
        version=(last or 0) + 1,
        title=row.title,
        questions=row.questions,
        body=row.body,
        published_at=tx.now,
        published_by=by,
    )
    tx.session.add(version)
    row.published, row.archived = version.version, False
    tx.session.add(row)
    tx.session.flush()
    tx.notify("article", document_id(row.article_id, row.language), version.version)


def archive(tx: Tx, article: str, language: str, by: str) -> Edition:
    """Nobody gets the article in this language any more; draft and versions stay. NotFound."""
    row = row_of(tx, article, language, lock=True)
    if not row.archived:
        row.archived, row.published = True, 0
        row.updated_at, row.updated_by = tx.now, by
        tx.session.add(row)
        tx.session.exec(sa.delete(UnitVectors).where(col(UnitVectors.article_language_id) == row.id))
        tx.session.flush()
        tx.notify("article", document_id(article, language))
    return edition(tx, article, language)


Arrival = Literal["published", "unchanged", "kept"]


def arrival(tx: Tx, article: str, language: str, draft: Draft) -> Arrival:
    """What publishing an imported text would do: give it to customers; nothing, since it is there already; or nothing,
    since the article holds edits that nobody has published yet, which must not be lost."""
    try:
        there = edition(tx, article, language)
    except NotFound:
        return "published"
    if there.published and there.published.draft == draft:
        return "unchanged"
    if there.state == "archived" and there.draft == draft:
        return "unchanged"  # somebody took this very text out of use
    return "kept" if there.state in ("draft", "changed") and there.draft != draft else "published"


def publish_imported(
    tx: Tx,
    article: str,
    language: str,
    draft: Draft,
    model: str,
    vectors: Vectors | None,
    by: str,
    audience: str | None = None,
    action: str | None = None,
) -> Arrival:
    """Makes or replaces the draft and publishes it at once, as `arrival` says; audience and action only where given.

    Without `vectors` they are made when they are first missed.
    """
    outcome = arrival(tx, article, language, draft)
    if outcome == "kept":
        return outcome
    if outcome == "published":
        try:
            row = row_of(tx, article, language, lock=True)
        except NotFound:
            create(tx, language, draft.title, draft.questions, draft.body, by, article, max_body=len(draft.body))
            row = row_of(tx, article, language)
        if Draft(row.title, questions_of(row.questions), row.body) != draft:
            replace_draft(tx, row, draft, by)
        _add_version(tx, row, by)
        if vectors is not None:
            store_vectors(tx, document_id(article, language), row.published, model, vectors)
    root = tx.session.get_one(Article, article)
    if (audience or root.audience, root.action if action is None else action) != (root.audience, root.action):
        change_root(tx, article, audience, action)
    return outcome


# -- looking back ------------------------------------------------------------------------------------------


def versions(tx: Tx, article: str, language: str, before: int | None = None, limit: int = 20) -> list[Version]:
    """The versions below number `before`, newest first. NotFound."""
    row = row_of(tx, article, language)
    query = select(ArticleVersion).where(ArticleVersion.article_language_id == row.id)
    if before is not None:
        query = query.where(ArticleVersion.version < before)
    return [
        version_of(each) for each in tx.session.exec(query.order_by(col(ArticleVersion.version).desc()).limit(limit))
    ]


def revert(tx: Tx, article: str, language: str, version: int, by: str, revision: int | None = None) -> Edition:
    """The words of an old version as a new draft, to be looked at and published. EditedElsewhere, NotFound."""
    row = row_of(tx, article, language, lock=True)
    if revision is not None:
        check_revision(row, revision)
    old = tx.session.get(ArticleVersion, (row.id, version))
    if old is None:
        raise NotFound(f"There is no version {version} of this article in this language.")
    replace_draft(tx, row, Draft(old.title, questions_of(old.questions), old.body), by)
    return edition(tx, article, language)


# -- what the search index is made of ----------------------------------------------------------------------


def model_key(name: str) -> str:
    """An embedder's name as it is stored: a long one, such as a folder's, is shortened to a digest of it."""
    return name if len(name) <= 80 else f"{name[:15]}#{hashlib.sha256(name.encode()).hexdigest()}"


def store_vectors(tx: Tx, document: str, version: int, model: str, vectors: Vectors) -> bool:
    """Keeps the vectors of a published version in place of older ones; False when that version is published no more."""
    row = row_of(tx, *of_document(document), lock=True)
    if row.published != version or row.archived:
        return False
    tx.session.exec(
        sa.delete(UnitVectors).where(
            col(UnitVectors.article_language_id) == row.id, col(UnitVectors.model) == model_key(model)
        )
    )
    units, dimension = vectors.shape
    values = {
        "article_language_id": row.id,
        "model": model_key(model),
        "version": version,
        "units": units,
        "dimension": dimension,
        "vectors": vectors.astype("<f4").tobytes(),
    }
    tx.session.exec(sa.insert(UnitVectors).values(values))
    return True


def published_state(tx: Tx) -> dict[str, tuple[int, str]]:
    """Document id -> (version, audience) of everything that is published: what an index must hold, cheaply."""
    found = tx.connection.execute(
        sa.select(
            col(ArticleLanguage.article_id),
            col(ArticleLanguage.language),
            col(ArticleLanguage.published),
            col(Article.audience),
        )
        .join(Article, col(Article.id) == ArticleLanguage.article_id)
        .where(col(ArticleLanguage.published) > 0, col(ArticleLanguage.archived).is_(False))
    )
    return {document_id(article, language): (version, audience) for article, language, version, audience in found}


def entries(tx: Tx, model: str, documents: Sequence[str] | None = None) -> list[Entry]:
    """The published documents, all or those of these ids, with their vectors by that model. Others are left out."""
    if documents is None:
        return list(_entries(tx, model, []))
    found: list[Entry] = []
    for start in range(0, len(documents), 200):  # SQLite takes a limited number of values in one statement
        pairs = [of_document(each) for each in documents[start : start + 200]]
        wanted = [
            sa.and_(col(ArticleLanguage.article_id) == article, col(ArticleLanguage.language) == language)
            for article, language in pairs
        ]
        found.extend(_entries(tx, model, [sa.or_(*wanted)]))
    return found


def _entries(tx: Tx, model: str, where: list[sa.ColumnElement[bool]]) -> Iterator[Entry]:
    query = (
        sa.select(
            col(ArticleLanguage.article_id),
            col(ArticleLanguage.language),
            col(ArticleVersion.version),
            col(ArticleVersion.title),
            col(ArticleVersion.questions),
            col(ArticleVersion.body),
            col(Article.audience),
            col(UnitVectors.units),
            col(UnitVectors.dimension),
            col(UnitVectors.vectors),
        )
        .select_from(ArticleLanguage)
        .join(Article, col(Article.id) == ArticleLanguage.article_id)
        .join(
            ArticleVersion,
            sa.and_(
                col(ArticleVersion.article_language_id) == ArticleLanguage.id,
                col(ArticleVersion.version) == ArticleLanguage.published,
            ),
        )
        .outerjoin(
            UnitVectors,
            sa.and_(
                col(UnitVectors.article_language_id) == ArticleLanguage.id,
                col(UnitVectors.version) == ArticleLanguage.published,
                col(UnitVectors.model) == model_key(model),
            ),
        )
        .where(col(ArticleLanguage.archived).is_(False), *where)
        .order_by(col(ArticleLanguage.id))
    )
    for row in tx.connection.execute(query):
        article, language, version, title, questions, body, audience, units, dimension, stored = row
        vectors = None if stored is None else np.frombuffer(stored, "<f4").reshape(units, dimension).astype(np.float32)
        yield Entry(
            document_of(article, language, Draft(title, questions_of(questions), body), audience), version, vectors
        )

"""The rows of the knowledge base: articles, their languages, what was published, and the vectors. Times are ms UTC."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Article(SQLModel, table=True):
    """The root that translations share. `action` names an action that is run when this article is the answer."""

    id: str = Field(sa_type=sa.String(128), primary_key=True)
    audience: str = Field(default="public", sa_type=sa.String(16))
    action: str = Field(default="", sa_type=sa.String(80))
    created_at: int = Field(sa_type=sa.BigInteger)


class ArticleLanguage(SQLModel, table=True):
    """The draft in one language. `published` is the version that customers get, 0 for none. `questions` is JSON."""

    __tablename__ = "article_language"
    __table_args__ = (sa.UniqueConstraint("article_id", "language", name="uq_article_language"),)

    id: int | None = Field(default=None, sa_column=sa.Column(BIG, primary_key=True, autoincrement=True))
    article_id: str = Field(sa_type=sa.String(128), foreign_key="article.id", ondelete="CASCADE")
    language: str = Field(sa_type=sa.String(8))
    title: str = Field(default="", sa_type=sa.Text)
    questions: str = Field(default="[]", sa_type=sa.Text)
    body: str = Field(default="", sa_type=sa.Text)
    revision: int = 1
    archived: bool = False
    published: int = 0
    updated_at: int = Field(sa_type=sa.BigInteger)
    updated_by: str = Field(default="", sa_type=sa.String(120))


class ArticleVersion(SQLModel, table=True):
    """What was published once, never changed afterwards."""

    __tablename__ = "article_version"

    article_language_id: int = Field(
        sa_column=sa.Column(BIG, sa.ForeignKey("article_language.id", ondelete="CASCADE"), primary_key=True)
    )
    version: int = Field(primary_key=True)
    title: str = Field(sa_type=sa.Text)
    questions: str = Field(sa_type=sa.Text)
    body: str = Field(sa_type=sa.Text)
    published_at: int = Field(sa_type=sa.BigInteger)
    published_by: str = Field(default="", sa_type=sa.String(120))


class UnitVectors(SQLModel, table=True):
    """The vectors of one published version by one model: float32, little endian, [units, dimension]."""

    __tablename__ = "unit_vectors"

    article_language_id: int = Field(
        sa_column=sa.Column(BIG, sa.ForeignKey("article_language.id", ondelete="CASCADE"), primary_key=True)
    )
    model: str = Field(sa_type=sa.String(80), primary_key=True)
    version: int
    units: int
    dimension: int
    vectors: bytes = Field(sa_type=sa.LargeBinary)

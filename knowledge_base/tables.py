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


class AnswerRule(SQLModel, table=True):
    """How often answers of a site may be wrong, and the threshold that its labels have led to. Times are ms UTC.

    A row without a language is the target of all languages that have none of their own. The rest of the columns is
    `certified.Standing`; no `threshold` yet: the one of the settings.
    """

    __tablename__ = "answer_rule"

    site_id: int = Field(sa_column=sa.Column(BIG, sa.ForeignKey("site.id", ondelete="CASCADE"), primary_key=True))
    language: str = Field(primary_key=True, sa_type=sa.String(8))
    wrong_at_most: float | None = None
    threshold: float | None = None
    certified_at: int = Field(default=0, sa_type=sa.BigInteger)
    looks: int = 0
    looked_at: int = 0
    since: int = Field(default=0, sa_type=sa.BigInteger)
    reviewed_at: int = Field(default=0, sa_type=sa.BigInteger)
    set_by: str = Field(default="", sa_type=sa.String(120))


class CertaintyCheck(SQLModel, table=True):
    """What a look at the labels of a site's language has found, for the director. `step`: see `certified.Step`."""

    __tablename__ = "certainty_check"
    __table_args__ = (sa.Index("ix_certainty_check_place", "site_id", "language", "at"),)

    id: int | None = Field(default=None, sa_column=sa.Column(BIG, primary_key=True, autoincrement=True))
    site_id: int = Field(sa_column=sa.Column(BIG, sa.ForeignKey("site.id", ondelete="CASCADE"), nullable=False))
    language: str = Field(sa_type=sa.String(8))
    at: int = Field(sa_type=sa.BigInteger)
    step: str = Field(sa_type=sa.String(16))
    target: float
    threshold_before: float
    threshold: float
    labels: int
    answered: int
    wrong: int
    bound: float
    calibration_error: float
    overconfident: float


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


class TextVector(SQLModel, table=True):
    """The vector of a text as the model read it, float32, little endian: kept for a while from when it was made."""

    __tablename__ = "text_vector"
    __table_args__ = (sa.Index("ix_text_vector_made_at", "made_at"),)

    model: str = Field(sa_type=sa.String(80), primary_key=True)
    digest: str = Field(sa_type=sa.String(32), primary_key=True)
    made_at: int = Field(sa_type=sa.BigInteger)
    vector: bytes = Field(sa_type=sa.LargeBinary)

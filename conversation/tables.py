"""The rows of a conversation: sites, visitors, conversations and their entries. Times are milliseconds UTC."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

# SQLite counts rows by itself only in a column of type INTEGER; PostgreSQL wants 64 bits.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key() -> sa.Column[int]:
    return sa.Column(BIG, primary_key=True, autoincrement=True)


def _parent(target: str) -> sa.Column[int]:
    return sa.Column(BIG, sa.ForeignKey(target, ondelete="CASCADE"), nullable=False)


class Site(SQLModel, table=True):
    """A website with the widget on it. `origins`, `languages`, `suggestions` are JSON."""

    id: int | None = Field(default=None, sa_column=_key())
    key: str = Field(sa_type=sa.String(40), unique=True)
    name: str = Field(sa_type=sa.String(120))
    origins: str = Field(sa_type=sa.Text)
    languages: str = Field(sa_type=sa.Text)
    suggestions: str = Field(default="{}", sa_type=sa.Text)
    brand: str = Field(default="", sa_type=sa.String(40))
    hours: str = Field(default="{}", sa_type=sa.Text)
    # The assistant decides and says nothing; people answer everybody.
    shadow: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    created_at: int = Field(sa_type=sa.BigInteger)


class AnswerLabel(SQLModel, table=True):
    """Somebody's word on an answer: a reading of the log that outlives its chat, and so holds nobody's text.

    `conversation` is the public id, which leads nowhere once the chat is erased. `seq`: the answer; `evidence`: the
    entry that says so. `whose`: an agent's account, or empty. `bar`: the threshold when it was given, 0 where the
    assistant had no choice. `instead`: the article that a person answered with.
    """

    __tablename__ = "answer_label"
    __table_args__ = (
        sa.UniqueConstraint("conversation", "seq", "source", "whose", name="uq_answer_label"),
        sa.Index("ix_answer_label_place", "site_id", "language", "answered_at"),
    )

    id: int | None = Field(default=None, sa_column=_key())
    conversation: str = Field(sa_type=sa.String(26))
    seq: int
    source: str = Field(sa_type=sa.String(12))
    whose: str = Field(default="", sa_type=sa.String(26))
    name: str = Field(default="", sa_type=sa.String(120))
    is_right: bool
    evidence: int
    instead: str = Field(default="", sa_type=sa.String(128))
    site_id: int = Field(sa_column=_parent("site.id"))
    language: str = Field(sa_type=sa.String(8))
    article: str = Field(sa_type=sa.String(128))
    certainty: float
    bar: float
    answered_at: int = Field(sa_type=sa.BigInteger)
    at: int = Field(sa_type=sa.BigInteger)


class Visitor(SQLModel, table=True):
    """Whoever holds the token. Only its SHA-256 is kept."""

    id: int | None = Field(default=None, sa_column=_key())
    site_id: int = Field(sa_column=_parent("site.id"))
    token_hash: str = Field(sa_type=sa.String(64), unique=True)
    created_at: int = Field(sa_type=sa.BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=sa.BigInteger)


class Conversation(SQLModel, table=True):
    """The stored state is what replaying the entries gives; it stands here so that nobody has to replay."""

    __table_args__ = (
        sa.UniqueConstraint("visitor_id", "opened_by", name="uq_conversation_opened_by"),
        sa.Index("ix_conversation_status", "status", "queued_at"),
        sa.Index("ix_conversation_updated", "updated_at"),
    )

    id: int | None = Field(default=None, sa_column=_key())
    public_id: str = Field(sa_type=sa.String(26), unique=True)
    site_id: int = Field(sa_column=_parent("site.id"))
    visitor_id: int = Field(sa_column=_parent("visitor.id"))
    opened_by: str = Field(sa_type=sa.String(64))
    language: str = Field(sa_type=sa.String(8))
    page: str = Field(default="", sa_type=sa.Text)
    email: str | None = Field(default=None, sa_type=sa.String(254))
    status: str = Field(sa_type=sa.String(12))
    owner: str = Field(sa_type=sa.String(40))
    episode: int = 1
    waiting: int = 0
    last_said: int = 0
    rated: int | None = None
    reason: str | None = Field(default=None, sa_type=sa.String(32))
    agent_name: str | None = Field(default=None, sa_type=sa.String(120))
    until: int | None = Field(default=None, sa_type=sa.BigInteger)
    last_seq: int = 0
    seen_by_customer: int = 0
    seen_by_staff: int = 0
    created_at: int = Field(sa_type=sa.BigInteger)
    updated_at: int = Field(sa_type=sa.BigInteger)
    queued_at: int | None = Field(default=None, sa_type=sa.BigInteger)
    waiting_since: int | None = Field(default=None, sa_type=sa.BigInteger)
    resolved_at: int | None = Field(default=None, sa_type=sa.BigInteger)
    preview: str = Field(default="", sa_type=sa.Text)
    preview_kind: str = Field(default="", sa_type=sa.String(16))
    title: str = Field(default="", sa_type=sa.Text)
    # Which worker took the message that waits: another one takes it over when that worker is dead.
    worker: str = Field(default="", sa_type=sa.String(26), sa_column_kwargs={"server_default": ""})
    # The customer's token bucket (tokens spent at `spent_at`), here because every message writes this row anyway.
    spent: float = Field(default=0, sa_column_kwargs={"server_default": "0"})
    spent_at: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    # As far as the chat has reached a screen of theirs; `seen` is as far as somebody looked at it.
    delivered_to_customer: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    delivered_to_staff: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


def _unique_where_there_is_one(column: str) -> sa.Index:
    """Within a conversation. Entries without one, which most are, cost the index nothing."""
    there = sa.text(f"{column} IS NOT NULL")
    name = f"uq_entry_{column}"
    return sa.Index(name, "conversation_id", column, unique=True, sqlite_where=there, postgresql_where=there)


class Entry(SQLModel, table=True):
    """One fact. `data` is the event's fields as JSON; `re` is the question that an answer belongs to."""

    __table_args__ = (
        sa.UniqueConstraint("conversation_id", "seq", name="uq_entry_seq"),
        _unique_where_there_is_one("client_id"),
        _unique_where_there_is_one("re"),
        sa.Index("ix_entry_kind", "kind", "at"),
    )

    id: int | None = Field(default=None, sa_column=_key())
    conversation_id: int = Field(sa_column=_parent("conversation.id"))
    seq: int
    at: int = Field(sa_type=sa.BigInteger)
    kind: str = Field(sa_type=sa.String(16))
    audience: str = Field(sa_type=sa.String(8))
    client_id: str | None = Field(default=None, sa_type=sa.String(64))
    re: int | None = None
    data: str = Field(sa_type=sa.Text)

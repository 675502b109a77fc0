"""Rows of the runtime: accounts of the staff, their sign-ins, the workers, and facts about the database itself."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class AccountRow(SQLModel, table=True):
    __tablename__ = "account"

    id: str = Field(primary_key=True, max_length=26)
    email: str = Field(unique=True, max_length=254)  # in small letters
    name: str = Field(max_length=100)
    role: str = Field(max_length=32)
    language: str = Field(max_length=8)
    password_hash: str = Field(max_length=255)
    disabled: bool = Field(default=False)
    created_at: int = Field(sa_type=sa.BigInteger)  # milliseconds, as every time in the database


class LoginRow(SQLModel, table=True):
    """A sign-in. Only the SHA-256 of its token is kept: who reads the database cannot sign in with it."""

    __tablename__ = "login"

    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: str = Field(foreign_key="account.id", index=True, max_length=26)
    csrf: str = Field(max_length=64)
    created_at: int = Field(sa_type=sa.BigInteger)
    expires_at: int = Field(sa_type=sa.BigInteger, index=True)


class MetaRow(SQLModel, table=True):
    """`epoch`: made with the database; a browser that knows another one drops what it has kept."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True, max_length=64)
    value: str = Field(max_length=1000)


class WorkerRow(SQLModel, table=True):
    """A server process. Alive is whose `beat` grows: clocks of several machines do not have to agree."""

    __tablename__ = "worker"

    id: str = Field(primary_key=True, max_length=26)
    name: str = Field(max_length=120)  # host and process, for people
    started_at: int = Field(sa_type=sa.BigInteger)
    beat: int = Field(sa_type=sa.BigInteger)


class PresenceRow(SQLModel, table=True):
    """How many sockets a worker holds for `key`: an address, account or conversation. Worth as much as its worker."""

    __tablename__ = "presence"
    __table_args__ = (sa.Index("ix_presence_key", "kind", "key"),)

    worker_id: str = Field(primary_key=True, foreign_key="worker.id", ondelete="CASCADE", max_length=26)
    kind: str = Field(primary_key=True, max_length=16)
    key: str = Field(primary_key=True, max_length=80)
    count: int


class BucketRow(SQLModel, table=True):
    """A token bucket that all workers share: `level` tokens at `at`."""

    __tablename__ = "bucket"

    key: str = Field(primary_key=True, max_length=160)
    level: float
    at: int = Field(sa_type=sa.BigInteger)

"""Chats by the thousand, put straight into the tables: for tests of backup, restore and moves, and their timing."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa

from runtime import clock

# Everything that a way through files and other databases may spoil.
TEXTS = (
    "Hvor er min pakke?",
    'Blåbærgrød, ½ liter – "på lager"? C:\\temp, 100 %, $1, {x}, \t tab',
    "🧊 første linje\nanden linje\r\ntredje  ",
    "x" * 20_000,
    "",
)


def tables(engine: sa.Engine) -> dict[str, sa.Table]:
    """As they stand in the database, whatever its revision."""
    metadata = sa.MetaData()
    metadata.reflect(engine)
    return dict(metadata.tables)


def insert_chats(engine: sa.Engine, chats: int, entries: int, texts: tuple[str, ...] = TEXTS) -> None:
    """One site, `chats` visitors with a conversation each, `entries` entries in every conversation, one sign-in."""
    found, now = tables(engine), clock.now_ms()
    with engine.connect() as plain:
        connection = plain.execution_options(writing=True)
        with connection.begin():

            def put(name: str, rows: list[dict[str, Any]]) -> None:
                connection.execute(found[name].insert(), rows)

            put("site", [_site(now)])
            put("account", [_account(now)])
            put("login", [_login(now)])
            put("visitor", [_visitor(n, now) for n in range(1, chats + 1)])
            put("conversation", [_conversation(n, entries, now) for n in range(1, chats + 1)])
            for n in range(1, chats + 1):
                put("entry", [_entry(n, seq, texts, now) for seq in range(1, entries + 1)])
            if connection.dialect.name == "postgresql":
                for name in ("site", "visitor", "conversation", "entry"):
                    connection.execute(
                        sa.text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))")  # noqa: S608
                    )


def _site(now: int) -> dict[str, Any]:
    more = {"suggestions": "{}", "brand": "", "hours": "{}", "created_at": now}
    return {"id": 1, "key": "k" * 22, "name": "Lyngvidde", "origins": "[]", "languages": '["da"]', **more}


def _account(now: int) -> dict[str, Any]:
    who = {"id": "a" * 26, "email": "maja@lyngvidde.example", "name": "Maja", "role": "admin", "language": "da"}
    return {**who, "password_hash": "no", "disabled": True, "created_at": now}


def _login(now: int) -> dict[str, Any]:
    token = hashlib.sha256(b"token").hexdigest()
    return {"token_hash": token, "account_id": "a" * 26, "csrf": "c", "created_at": now, "expires_at": now + 10**9}


def _visitor(n: int, now: int) -> dict[str, Any]:
    token = hashlib.sha256(str(n).encode()).hexdigest()
    return {"id": n, "site_id": 1, "token_hash": token, "created_at": now, "revoked_at": now if n % 7 == 0 else None}


def _conversation(n: int, entries: int, now: int) -> dict[str, Any]:
    return {
        "id": n,
        "public_id": f"{n:026}",
        "site_id": 1,
        "visitor_id": n,
        "opened_by": "first",
        "language": "da",
        "page": "https://shop.example/telte?x=1&y=ø",
        "email": "kunde@example.com" if n % 2 else None,
        "status": "resolved",
        "owner": "none",
        "episode": 1,
        "waiting": 0,
        "last_said": entries,
        "last_seq": entries,
        "seen_by_customer": 0,
        "seen_by_staff": 0,
        "created_at": now,
        "updated_at": now,
        "resolved_at": now,
        "preview": "Hvor er min pakke?",
        "preview_kind": "said",
        "title": "Hvor er min pakke?",
    }


def _entry(n: int, seq: int, texts: tuple[str, ...], now: int) -> dict[str, Any]:
    data = json.dumps({"text": texts[(n * 31 + seq) % len(texts)], "article": None}, ensure_ascii=False)
    return {
        "conversation_id": n,
        "seq": seq,
        "at": now + seq,
        "kind": "said",
        "audience": "all",
        "client_id": f"c{seq}" if seq % 2 else None,
        "re": None,
        "data": data,
    }

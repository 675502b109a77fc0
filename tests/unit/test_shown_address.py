"""Addresses of databases as people get to see them."""

from __future__ import annotations

import pytest

from runtime.alone import shown


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("sqlite:////srv/data/svardesk.sqlite3", "sqlite:////srv/data/svardesk.sqlite3"),
        ("postgresql+psycopg://desk:hush@host/db", "postgresql+psycopg://desk:***@host/db"),
        ("postgresql+psycopg://desk@host/db?password=hush", "postgresql+psycopg://desk@host/db?password=..."),
        (
            "postgresql+psycopg:///db?host=/run&sslpassword=hush",
            "postgresql+psycopg:///db?host=%2Frun&sslpassword=...",
        ),
    ],
)
def test_no_password_is_shown(url: str, seen: str) -> None:
    assert shown(url) == seen

"""What `svardesk doctor` looks at: each check is a function that sees one thing and says what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "look", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`look`: it works, and could be better. `fault`: something fails or will be lost. `advice` is empty for `ok`."""

    subject: str
    seen: str
    level: Level = "ok"
    advice: str = ""


def ok(subject: str, seen: str) -> Finding:
    return Finding(subject, seen)


def look(subject: str, seen: str, advice: str) -> Finding:
    return Finding(subject, seen, "look", advice)


def fault(subject: str, seen: str, advice: str) -> Finding:
    return Finding(subject, seen, "fault", advice)

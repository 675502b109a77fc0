"""How a chat has gone: followed entry by entry as it is written, or read from the log's last entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa

from bot import leaning, phrases, policy
from bot.unclear import is_unclear
from conversation.log import entries
from runtime.db import Tx

KINDS = ("said", "answered", "offered", "remarked", "handoff", "replied", "handed_back", "resolved")
READ = 60  # entries of these kinds: more than the most turns that are counted
HELPED = ("thanks", "praise")  # whoever says so was helped


@lru_cache(512)  # the same few questions make most of the messages
def _stands_alone(text: str) -> bool:
    """Whether it is a question that needs no other to be understood."""
    return not (leaning.leans(text) or phrases.small_talk(text) or is_unclear(text))


@dataclass(slots=True)
class Thread:
    """Names as in `policy.Past`. `said`: how the customer's messages since the last turn begin; `told_at`: when that
    was."""

    said: list[tuple[int, str]] = field(default_factory=list)
    misses: int = 0
    turns: int = 0
    question: str = ""
    article: str = ""
    offered: tuple[str, ...] = ()
    told_at: int = 0
    reason: str = ""
    cause: str = ""
    back_turns: int = 0
    handed_back: int = 0  # the entry by which a person gave it back last, 0 for none
    chosen: str = ""
    wished: str = ""  # the language that was asked for in words since one was chosen

    def follow(self, kind: str, seq: int, at: int, data: dict[str, Any]) -> None:
        match kind:
            case "said":
                self._speak(data)
                self.said = [*self.said[-9:], (seq, data["text"][: policy.REMEMBERED])]
            case "answered" | "offered":
                self._told(kind, at, data)
            case "remarked":
                self.said = [(number, text) for number, text in self.said if number > data["re"]]
                if data["purpose"] in HELPED:
                    self.turns = 0
            case "handoff":
                self.reason = data["reason"]
            case "replied":
                self._begin_anew()
            case "resolved":
                self._begin_anew()
                self.cause = ""
            case "handed_back":
                self._begin_anew()
                self.handed_back, self.cause = seq, self.reason

    def _speak(self, data: dict[str, Any]) -> None:
        chosen = data.get("chosen", "")
        if chosen != self.chosen:
            self.chosen, self.wished = chosen, ""
        self.wished = phrases.wished_language(data["text"]) or self.wished

    def _told(self, kind: str, at: int, data: dict[str, Any]) -> None:
        asked = [text for number, text in self.said if number <= data["re"]]
        whole = [text for text in asked if _stands_alone(text)]
        fresh = at - self.told_at <= policy.FRESH_MS
        if whole or not fresh:  # what leans on the question before it leaves that the topic
            self.question = (whole or asked or [""])[-1]
        self.said = [(number, text) for number, text in self.said if number > data["re"]]
        self.turns += 1
        self.back_turns += 1
        self.told_at = at
        if kind == "answered":
            self.misses, self.article, self.offered = 0, data["source"]["article"], ()
        else:
            self.misses += 1
            self.offered = tuple(choice["article"] for choice in data["choices"])

    def _begin_anew(self) -> None:
        self.misses = self.turns = self.back_turns = self.told_at = 0
        self.question = self.article = ""
        self.offered = ()
        self.said = []

    def past(self, at: int, given_back: bool = False) -> policy.Past:
        """What of it counts for a message of that moment."""
        fresh = at - self.told_at <= policy.FRESH_MS
        return policy.Past(
            misses=self.misses,
            turns=self.turns,
            question=self.question if fresh else "",
            article=self.article if fresh else "",
            offered=self.offered if fresh else (),
            cause=self.cause,
            back_turns=self.back_turns,
            given_back=given_back,
        )


def thread_of(tx: Tx, conversation_id: int, last_seq: int) -> Thread:
    """What following all entries up to that number would have given."""
    columns = entries.c
    rows = tx.connection.execute(
        sa.select(columns.seq, columns.kind, columns.at, columns.data)
        .where(columns.conversation_id == conversation_id, columns.seq <= last_seq, columns.kind.in_(KINDS))
        .order_by(columns.seq.desc())
        .limit(READ)
    ).all()
    thread = Thread()
    for row in reversed(rows):
        thread.follow(row.kind, row.seq, row.at, msgspec.json.decode(row.data))
    return thread

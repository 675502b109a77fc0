"""The last entries that this process has committed, so that nobody here need read again what was just written."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any

from conversation.log import Logged, Recorded

ENTRIES = 8  # of one conversation: a question, its answer, the reason, and what came around them
CONVERSATIONS = 2_048  # which had an entry last; with the texts of entries about 16 MB


@dataclass(slots=True)
class Tail:
    """`entries` follow each other without a gap; the last one has the number `row.last_seq`."""

    row: Any
    entries: deque[Logged]


@dataclass(slots=True)
class Tails:
    held: OrderedDict[int, Tail] = field(default_factory=OrderedDict)

    def take(self, fact: Recorded) -> None:
        """Keeps the entries. Those that do not follow the last begin the tail anew; old ones are left alone."""
        row = fact.row
        tail = self.held.get(row.id)
        if tail is not None and row.last_seq <= tail.row.last_seq:
            return
        if tail is None or fact.entries[0].seq != tail.row.last_seq + 1:
            self.held[row.id] = Tail(row, deque(fact.entries, ENTRIES))
        else:
            tail.row = row
            tail.entries.extend(fact.entries)
        self.held.move_to_end(row.id)
        if len(self.held) > CONVERSATIONS:
            self.held.popitem(last=False)

    def hear(self, conversation_id: int, seq: int) -> bool:
        """A notice without an entry. False when everything up to this number came with its entries already."""
        tail = self.held.get(conversation_id)
        if tail is None:
            return True
        if seq <= tail.row.last_seq:
            return False
        del self.held[conversation_id]  # another process is ahead: from here on only the log knows
        return True

    def see(self, conversation_id: int, what: str, who: str, seq: int) -> None:
        """A receipt changes the row without an entry; what was `seen` was `delivered`."""
        tail = self.held.get(conversation_id)
        if tail is not None:
            names = (f"delivered_to_{who}", f"seen_by_{who}")[: 2 if what == "seen" else 1]
            tail.row = tail.row._replace(**{name: seq for name in names if getattr(tail.row, name) < seq})

    def forget(self, conversation_id: int) -> None:
        """The row has changed, and nobody says how."""
        self.held.pop(conversation_id, None)

    def since(self, conversation_id: int, after_seq: int) -> tuple[Any, list[Logged]] | None:
        """The row and the entries after that number; None when they must be read."""
        tail = self.held.get(conversation_id)
        if tail is None or after_seq > tail.row.last_seq or after_seq < tail.entries[0].seq - 1:
            return None
        return tail.row, [logged for logged in tail.entries if logged.seq > after_seq]

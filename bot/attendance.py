"""Whether the customer of a chat is here: told to the staff who have that chat open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot import wire
from bot.watch import Watch
from conversation.events import Audience
from runtime.bus import Bus, Notice

KIND = "conversation"
RELOAD_S = 5.0  # a page that is loaded again is back by then


class Counts(Protocol):
    """How many sockets there are for a key, over all workers (`Presence`)."""

    def join(self, kind: str, key: int | str) -> None: ...

    def leave(self, kind: str, key: int | str) -> None: ...

    def count(self, kind: str, key: int | str) -> int: ...


@dataclass(slots=True)
class Attendance:
    """`watches` is the hub's own table; `everywhere` knows of the sockets of other workers, where there are some."""

    bus: Bus
    watches: Mapping[int, set[Watch]]
    everywhere: Counts | None = None
    _going: dict[int, asyncio.TimerHandle] = field(default_factory=dict)

    def joined(self, watch: Watch) -> None:
        conversation_id = watch.conversation_id
        watch.joined = True
        if watch.pipe.audience is not Audience.ALL:
            self._tell(watch, self.is_here(conversation_id))
            return
        going = self._going.pop(conversation_id, None)
        if going is not None:
            going.cancel()
        elif self._customers(conversation_id) == 1:
            if self.everywhere is not None:
                self.everywhere.join(KIND, conversation_id)
            self.bus.publish([Notice("presence", conversation_id, 1)])

    def left(self, watch: Watch) -> None:
        conversation_id = watch.conversation_id
        if not watch.joined or watch.pipe.audience is not Audience.ALL or self._customers(conversation_id):
            return
        if conversation_id not in self._going:
            loop = asyncio.get_running_loop()
            self._going[conversation_id] = loop.call_later(RELOAD_S, self._gone, conversation_id)

    def _gone(self, conversation_id: int) -> None:
        self._going.pop(conversation_id, None)
        if self.everywhere is not None:
            self.everywhere.leave(KIND, conversation_id)
        self.bus.publish([Notice("presence", conversation_id, 0)])

    def hear(self, conversation_id: int, here: bool) -> None:
        """Somebody came or went, at this worker or at another one."""
        for watch in self.watches.get(conversation_id, ()):
            if watch.joined and watch.pipe.audience is Audience.STAFF:
                self._tell(watch, here or self.is_here(conversation_id))

    def look(self) -> None:
        """Again for every chat that staff have open: a notice may have been lost, or a worker have died."""
        for conversation_id, watchers in self.watches.items():
            for watch in watchers:
                if watch.joined and watch.pipe.audience is Audience.STAFF:
                    self._tell(watch, self.is_here(conversation_id))

    def is_here(self, conversation_id: int) -> bool:
        if conversation_id in self._going or self._customers(conversation_id):
            return True
        return self.everywhere is not None and self.everywhere.count(KIND, conversation_id) > 0

    def _customers(self, conversation_id: int) -> int:
        watchers = self.watches.get(conversation_id, ())
        return sum(1 for watch in watchers if watch.joined and watch.pipe.audience is Audience.ALL)

    def _tell(self, watch: Watch, here: bool) -> None:
        if watch.here is not here:
            watch.here = here
            data = wire.Presence(who="customer", here=here)
            watch.pipe.hint(wire.PresenceFrame(v=1, conversation=watch.conversation, data=data))

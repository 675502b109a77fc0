"""One socket on one conversation: the way out to it, and what it has been shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot import wire
from conversation.events import Audience

CERTAIN_S = 0.25  # what is behind for so long has lost its notice; less, and it is still on its way


class Pipe(Protocol):
    """The way out to one socket."""

    audience: Audience

    def send(self, frame: wire.Frame) -> None:
        """Queues the frame at once; a socket that is too slow is cut off and resumes."""

    def hint(self, frame: wire.Frame) -> None:
        """As `send`, for what is true only now: a slow socket does without it."""

    async def send_slowly(self, frame: wire.Frame) -> None:
        """Waits for room: for replays, which may be longer than the queue."""


@dataclass(slots=True, eq=False)
class Watch:
    """One socket on one conversation. `sent` is the last number it was given; `live` once its replay is over.

    `behind`: something came meanwhile of which only the log knows. `seen`, `delivered`: the other side's receipts as
    they were told.
    """

    pipe: Pipe
    conversation_id: int
    conversation: str
    sent: int
    live: bool = False
    behind: bool = False
    joined: bool = False  # counted as present
    seen: int = 0
    delivered: int = 0
    here: bool | None = None
    state: wire.State | None = None
    place: wire.Queue | None = None

"""What every socket of this process shares: the database, the hub, the turns, limits, and who is here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.hub import Hub
from bot.pipe import SocketPipe
from bot.turn import Turns
from conversation.log import Logged
from runtime.accounts import Account
from runtime.bus import Bus, Notice
from runtime.db import Database
from runtime.limits import Buckets
from runtime.settings import Settings
from runtime.tokens import Tokens

REVOKED = 4003


class GuestSocket(Protocol):
    """A customer's socket, as the room sees it."""

    pipe: SocketPipe

    def follow_soon(self, logged: Logged) -> None:
        """Another tab of the same visitor has begun a conversation."""


class DeskSocket(Protocol):
    """An agent's socket, as the room sees it."""

    account: Account

    def check_soon(self) -> None:
        """Look again whether the session still holds."""


@dataclass(slots=True)
class Room:
    db: Database
    bus: Bus
    hub: Hub
    turns: Turns
    settings: Settings
    epoch: str
    tokens: Tokens
    customers: Buckets = field(init=False)
    openings: Buckets = field(init=False)
    addresses: Counter[str] = field(default_factory=Counter)
    guests: dict[str, set[GuestSocket]] = field(default_factory=dict)
    staff: set[DeskSocket] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.customers = Buckets(self.settings.customer_messages_per_s, self.settings.customer_burst)
        # Whoever reconnects all day would otherwise get a new allowance of messages with each new token.
        sockets = self.settings.sockets_per_address
        self.openings = Buckets(sockets / 10, sockets * 5)
        self.bus.listen(self._on_notices)

    def _on_notices(self, notices: Sequence[Notice]) -> None:
        """A session has ended, or an account may do other things now: its sockets look again who they are."""
        for notice in notices:
            if notice.topic == "signed_out":
                for socket in tuple(self.staff):
                    if socket.account.id == notice.key:
                        socket.check_soon()

    # -- who is here -----------------------------------------------------------------------------------------

    def joined(self, token: str, socket: GuestSocket) -> None:
        self.guests.setdefault(token, set()).add(socket)

    def left(self, token: str, socket: GuestSocket) -> None:
        here = self.guests.get(token)
        if here is not None:
            here.discard(socket)
            if not here:
                del self.guests[token]

    def revoke(self, token: str) -> None:
        for socket in tuple(self.guests.get(token, ())):
            socket.pipe.close(REVOKED, "session ended")

    def move_others(self, token: str, socket: GuestSocket, logged: Logged) -> None:
        """The visitor's other tabs go along to the conversation that this one has begun."""
        for other in tuple(self.guests.get(token, ())):
            if other is not socket:
                other.follow_soon(logged)

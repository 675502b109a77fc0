"""What every socket of this process shares: the database, the hub, the turns, limits, and who is here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot import wire
from bot.hub import Hub
from bot.turn import Turns
from conversation.sites import SiteCard
from runtime.bus import Bus, Notice
from runtime.db import Database
from runtime.limits import Buckets
from runtime.settings import Settings
from runtime.tokens import Tokens

if TYPE_CHECKING:
    from bot.customer_socket import CustomerSocket
    from bot.staff_socket import StaffSocket
    from conversation.log import Logged

REVOKED = 4003


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
    guests: dict[str, set[CustomerSocket]] = field(default_factory=dict)
    staff: set[StaffSocket] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.customers = Buckets(self.settings.customer_messages_per_s, self.settings.customer_burst)
        # Whoever reconnects all day would otherwise get a new allowance of messages with each new token.
        sockets = self.settings.sockets_per_address
        self.openings = Buckets(sockets / 10, sockets * 5)
        self.bus.listen(self._on_notices)

    @property
    def retention_days(self) -> int:
        return self.settings.retention_days

    @property
    def max_text(self) -> int:
        return self.settings.max_text

    @property
    def staff_rate(self) -> float:
        return self.settings.staff_messages_per_s

    @property
    def staff_burst(self) -> int:
        return self.settings.staff_burst

    def site_card(self, sites: Sequence[SiteCard]) -> wire.Site:
        """The site that the console names; the first one, where there are several."""
        if not sites:
            return wire.Site("Svardesk", ["en"], self.retention_days)
        first = sites[0]
        return wire.Site(first.name, list(first.languages), self.retention_days, first.brand)

    def _on_notices(self, notices: Sequence[Notice]) -> None:
        """A session has ended, or an account may do other things now: its sockets look again who they are."""
        for notice in notices:
            if notice.topic == "signed_out":
                for socket in tuple(self.staff):
                    if socket.account.id == notice.key:
                        socket.check_soon()

    # -- who is here -----------------------------------------------------------------------------------------

    def joined(self, socket: CustomerSocket) -> None:
        assert socket.guest is not None  # noqa: S101 - joined after the hello
        self.guests.setdefault(socket.guest.token, set()).add(socket)

    def left(self, socket: CustomerSocket) -> None:
        assert socket.guest is not None  # noqa: S101
        here = self.guests.get(socket.guest.token)
        if here is not None:
            here.discard(socket)
            if not here:
                del self.guests[socket.guest.token]

    def revoke(self, token: str) -> None:
        for socket in tuple(self.guests.get(token, ())):
            socket.pipe.close(REVOKED, "session ended")

    def move_others(self, socket: CustomerSocket, logged: Logged) -> None:
        """The visitor's other tabs go along to the conversation that this one has begun."""
        assert socket.guest is not None  # noqa: S101
        for other in tuple(self.guests.get(socket.guest.token, ())):
            if other is not socket:
                other.follow_soon(logged)

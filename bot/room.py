"""What every socket of this process shares: the database, the hub, the turns, limits, and who is here."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.hub import Hub
from bot.pipe import SocketPipe
from bot.suggesting import Suggesting
from bot.turn import Turns
from conversation import sites, visits
from conversation.sites import SiteCard
from runtime.accounts import Account
from runtime.bus import Bus, Notice
from runtime.db import Database
from runtime.limits import Buckets
from runtime.settings import Settings
from runtime.tokens import Tokens

REVOKED = 4003
SITE_S = 2.0


class GuestSocket(Protocol):
    """A customer's socket, as the room sees it."""

    pipe: SocketPipe

    def follow_soon(self, conversation_id: int, conversation: str) -> None:
        """Another tab of the same visitor has begun a conversation."""


class DeskSocket(Protocol):
    """An agent's socket, as the room sees it."""

    account: Account
    pipe: SocketPipe

    def check_soon(self) -> None:
        """Look again whether the session still holds."""


@dataclass(slots=True)
class Room:
    """`worker`: this process, where there are several."""

    db: Database
    bus: Bus
    hub: Hub
    turns: Turns
    suggesting: Suggesting
    settings: Settings
    epoch: str
    tokens: Tokens
    worker: str = ""
    customers: Buckets = field(init=False)
    pace: tuple[float, float] = field(init=False)
    guests: dict[str, set[GuestSocket]] = field(default_factory=dict)  # by the hash of their token
    staff: set[DeskSocket] = field(default_factory=set)
    _sites: dict[str, tuple[float, SiteCard]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pace = (self.settings.customer_messages_per_s, self.settings.customer_burst)
        self.customers = Buckets(*self.pace)
        self.bus.listen(self._on_notices)

    def _on_notices(self, notices: Sequence[Notice]) -> None:
        """A session has ended, an account may do other things now, a visitor has begun another conversation."""
        for notice in notices:
            if notice.topic == "signed_out":
                for desk in tuple(self.staff):
                    if desk.account.id == notice.key:
                        desk.check_soon()
            elif notice.topic == "site":
                self._sites.clear()
            elif notice.topic == "guest":
                for guest in tuple(self.guests.get(str(notice.key), ())):
                    if notice.number:
                        guest.follow_soon(notice.number, notice.data)
                    else:
                        guest.pipe.close(REVOKED, "session ended")

    async def site(self, key: str) -> SiteCard:
        """As `sites.site_by_key`, read again after two seconds: a command of another process may have changed it."""
        held = self._sites.get(key)
        if held is None or time.monotonic() - held[0] > SITE_S:
            site = await self.db.read(sites.site_by_key, key)
            held = self._sites[key] = (time.monotonic(), site)
        return held[1]

    # -- who is here -----------------------------------------------------------------------------------------

    def joined(self, token: str, socket: GuestSocket) -> None:
        self.guests.setdefault(visits.hash_token(token), set()).add(socket)

    def left(self, token: str, socket: GuestSocket) -> None:
        key = visits.hash_token(token)
        here = self.guests.get(key)
        if here is not None:
            here.discard(socket)
            if not here:
                del self.guests[key]

    def revoke(self, token: str) -> None:
        """Closes the visitor's sockets, at every worker."""
        self.bus.publish([Notice("guest", visits.hash_token(token))])

    def move_others(self, token: str, conversation_id: int, conversation: str) -> None:
        """The visitor's other tabs go along to the conversation that one of them has begun."""
        self.bus.publish([Notice("guest", visits.hash_token(token), conversation_id, conversation)])

"""The customers' socket: parse, pace, call a verb, answer. What a frame means is decided elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot import views, wire
from bot.hub import Watch
from bot.pipe import HELLO_S, SocketPipe, receive_text
from bot.room import Room
from conversation import log, visits
from conversation.events import Audience
from conversation.log import Logged
from conversation.sites import SiteCard
from handoff import hours
from runtime import clock
from runtime.bus import Notice
from runtime.errors import AppError, TooMany
from runtime.limits import Bucket

# Of all kinds together, on one socket: receipts and typing are cheap, but not free.
FRAMES_PER_S, FRAMES_AT_ONCE = 20, 200


@dataclass(slots=True)
class Guest:
    """Who is at the other end. `watch` is their current conversation, if there is one."""

    token: str
    language: str
    page: str
    watch: Watch | None = None


class CustomerSocket:
    def __init__(self, room: Room, websocket: WebSocket, site: SiteCard) -> None:
        self.room, self.websocket, self.site = room, websocket, site
        self.pipe = SocketPipe(websocket, Audience.ALL)
        self.guest: Guest | None = None
        self.bucket = Bucket(FRAMES_PER_S, FRAMES_AT_ONCE)
        self._tasks: set[asyncio.Future[None]] = set()
        self._moving = asyncio.Lock()  # two moves at once would leave two watches on one socket

    async def run(self) -> None:
        """Until the socket closes, for whatever reason."""
        try:
            hello = await asyncio.wait_for(self._hello(), HELLO_S)
            if hello is not None:
                await self._welcome(hello)
                while True:
                    await self._take(await receive_text(self.websocket))
        except TimeoutError:
            self.pipe.close(1008, "no hello")
        except WebSocketDisconnect:
            pass
        except AppError as error:  # the database, while it was welcomed
            self._fault(error, None)
            self.pipe.close(1013, "try again")
        finally:
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self.guest is not None:
                self.room.left(self.guest.token, self)
                if self.guest.watch is not None:
                    self.room.hub.leave(self.guest.watch)
            await self.pipe.finish()

    async def _hello(self) -> wire.Hello | None:
        text = await receive_text(self.websocket)
        try:
            frame = wire.parse_customer(text)
        except AppError as error:
            self._fault(error, None)
            self.pipe.close(1008, "bad hello")
            return None
        if not isinstance(frame, wire.HelloFrame):
            self._fault(wire.BadFrame("Say hello first."), None)
            self.pipe.close(1008, "no hello")
            return None
        return frame.data

    async def _welcome(self, hello: wire.Hello) -> None:
        token = hello.token or ""
        visitor = await self.room.db.read(visits.find_visitor, self.site.id, token) if token else None
        if visitor is None and not await self._may_keep(token):
            token = self.room.tokens.make()
        language = hello.language if hello.language in self.site.languages else self.site.languages[0]
        guest = self.guest = Guest(token, language, hello.page)
        self.room.joined(token, self)
        row = await self.room.db.read(visits.current, visitor) if visitor is not None else None
        resync = hello.epoch is not None and hello.epoch != self.room.epoch
        opening = hours.parse_hours(self.site.hours)
        welcome = wire.Welcome(
            token=token,
            epoch=self.room.epoch,
            site=views.site(self.site, self.room.settings.retention_days),
            language=row.language if row is not None else language,
            people_available=hours.at(opening, clock.now_ms()).open,
            last_seq=row.last_seq if row is not None else 0,
            state=views.state(row, Audience.ALL) if row is not None else None,
            seen_by_staff=row.seen_by_staff if row is not None else 0,
        )
        conversation = row.public_id if row is not None else None
        self.pipe.send(wire.WelcomeFrame(v=1, conversation=conversation, data=welcome))
        if row is None:
            return
        after = next((known.after_seq for known in hello.resume if known.conversation == row.public_id), 0)
        if resync and after:
            self.pipe.send(wire.ResyncRequiredFrame(v=1, conversation=row.public_id))
            after = 0
        guest.watch = await self.room.hub.watch(self.pipe, row.id, row.public_id, after)

    async def _may_keep(self, token: str) -> bool:
        """One of our own making whose first message has not arrived yet: it may be on its way on another socket."""
        return self.room.tokens.is_ours(token) and not await self.room.db.read(visits.was_revoked, token)

    async def _take(self, text: str) -> None:
        client_id: str | None = None
        try:
            frame = wire.parse_customer(text)
            client_id = getattr(getattr(frame, "data", None), "client_id", None)
            wait = self.bucket.take(time.monotonic())
            if wait:
                raise TooMany("That was too much at once.", wait)
            if isinstance(frame, wire.ConversationFrame) and frame.conversation is not None:
                await self._check_own(frame.conversation)
            await self._do(frame)
        except AppError as error:
            self._fault(error, client_id)

    async def _do(self, frame: wire.CustomerFrame) -> None:
        assert self.guest is not None  # noqa: S101 - _welcome has run
        guest, site, db = self.guest, self.site, self.room.db
        match frame:
            case wire.SayFrame(data=data):
                self._pace()
                await self._did(
                    data.client_id,
                    db.write(
                        visits.say,
                        site.id,
                        guest.token,
                        data.client_id,
                        data.text,
                        language=guest.language,
                        page=guest.page,
                        article=data.article or "",
                        new=data.new,
                        limit=self.room.settings.max_text,
                    ),
                )
            case wire.RequestHumanFrame(data=data):
                self._pace()
                asked = db.write(
                    visits.request_human,
                    site.id,
                    guest.token,
                    data.client_id,
                    language=guest.language,
                    page=guest.page,
                )
                await self._did(data.client_id, asked)
            case wire.LeaveEmailFrame(data=data):
                self._pace()
                await self._did(
                    data.client_id, db.write(visits.leave_email, site.id, guest.token, data.client_id, data.email)
                )
            case wire.EndFrame(data=data):
                self._pace()
                await self._did(data.client_id, db.write(visits.end, site.id, guest.token, data.client_id))
            case wire.RateFrame(data=data):
                self._pace()
                await self._did(
                    data.client_id,
                    db.write(visits.rate, site.id, guest.token, data.client_id, data.value, data.comment),
                )
            case wire.SeenFrame(data=data):
                if guest.watch is not None:
                    await db.write(log.mark_seen, guest.watch.conversation_id, "customer", data.seq)
            case wire.TypingFrame(data=data):
                if guest.watch is not None:
                    notice = Notice("typing", guest.watch.conversation_id, int(data.on), "customer:")
                    self.room.bus.publish([notice])
            case wire.SetLanguageFrame(data=data):
                guest.language = data.language
                if guest.watch is not None:
                    await db.write(visits.set_language, site.id, guest.token, data.language)
            case wire.PingFrame():
                self.pipe.send(wire.PongFrame(v=1))
                if guest.watch is not None:
                    self.room.hub.wake(guest.watch.conversation_id)
            case wire.RevokeFrame():
                await db.write(visits.revoke, site.id, guest.token)
                self.room.revoke(guest.token)
            case wire.HelloFrame():
                raise wire.BadFrame("Hello was said already.")

    async def _check_own(self, conversation: str) -> None:
        """A frame for somebody else's conversation is refused; one for an older chat of their own is theirs."""
        guest = self.guest
        assert guest is not None  # noqa: S101 - _welcome has run
        if guest.watch is None or guest.watch.conversation != conversation:
            await self.room.db.read(visits.check_own, self.site.id, guest.token, conversation)

    async def _did(self, client_id: str, work: Awaitable[Logged]) -> None:
        logged = await work
        await self._follow(logged)
        ack = wire.Ack(client_id=client_id, seq=logged.seq)
        self.pipe.send(wire.AckFrame(v=1, conversation=logged.conversation, data=ack))
        self.room.turns.look_at(logged.conversation_id)

    async def _follow(self, logged: Logged) -> None:
        """The first message makes the conversation, a later one may begin another: watch that one from now on."""
        guest = self.guest
        assert guest is not None  # noqa: S101 - _welcome has run
        if guest.watch is not None and guest.watch.conversation_id == logged.conversation_id:
            return
        await self._move(logged)
        self.room.move_others(guest.token, self, logged)

    async def _move(self, logged: Logged) -> None:
        guest = self.guest
        assert guest is not None  # noqa: S101 - _welcome has run
        async with self._moving:
            # A repeat of an old message stands in an older conversation: nobody goes back there.
            if guest.watch is not None and guest.watch.conversation_id >= logged.conversation_id:
                return
            if guest.watch is not None:
                self.room.hub.leave(guest.watch)
            guest.watch = await self.room.hub.watch(self.pipe, logged.conversation_id, logged.conversation, 0)

    def follow_soon(self, logged: Logged) -> None:
        """Another tab of the same visitor has begun a conversation."""
        task = asyncio.ensure_future(self._move_or_close(logged))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _move_or_close(self, logged: Logged) -> None:
        try:
            await self._move(logged)
        except AppError:
            self.pipe.close(1013, "try again")  # the browser comes back, and to the right conversation

    def _pace(self) -> None:
        assert self.guest is not None  # noqa: S101 - _welcome has run
        wait = self.room.customers.take(self.guest.token, time.monotonic())
        if wait:
            raise TooMany("That was a little fast. Your message will be sent in a moment.", wait)

    def _fault(self, error: AppError, client_id: str | None) -> None:
        self.pipe.send(views.fault(error, client_id))

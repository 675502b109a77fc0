"""The customers' socket: parse, pace, call a verb, answer. What a frame means is decided elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot import views, wire
from bot.at_hand import answer_at_hand, count_answer
from bot.line import line_of
from bot.metrics import ACK_SECONDS, ACKS, CLOSED, FRAMES_IN, HANDSHAKE_SECONDS, OPENED, SOCKETS
from bot.pipe import HELLO_S, SocketPipe, receive_text
from bot.receipts import Receipts
from bot.room import REVOKED, Room
from bot.watch import Watch
from conversation import log, visits
from conversation.events import Audience
from conversation.log import Logged
from conversation.sites import SiteCard
from handoff import hours
from runtime import clock
from runtime.bus import Notice
from runtime.db import Tx
from runtime.errors import AppError, TooMany, Unavailable
from runtime.limits import Bucket
from runtime.metrics import REFUSED
from runtime.tasks import Tasks

# Of all kinds together, on one socket: receipts and typing are cheap, but not free.
FRAMES_PER_S, FRAMES_AT_ONCE = 20, 200

logger = structlog.get_logger()
_sockets, _opened, _frames = SOCKETS["customer"], OPENED["customer"], FRAMES_IN["customer"]
_acks, _ack_seconds = ACKS["customer"], ACK_SECONDS["customer"]


@dataclass(slots=True)
class Guest:
    """Who is at the other end. `language`: of their page; `chosen`: by themselves, "" where they have not. `watch` is
    their current conversation, if there is one."""

    token: str
    language: str
    chosen: str
    page: str
    watch: Watch | None = None

    @property
    def speaks(self) -> str:
        """What the next conversation begins in: what they have chosen, else the language of the one before it."""
        state = self.watch.state if self.watch is not None else None
        return self.chosen or (state and state.language) or self.language


@dataclass(slots=True)
class _Known:
    """`visitor` holds the token, `row` is their current conversation; `revoked`: it opens nothing any more."""

    visitor: int | None
    row: Any
    revoked: bool


def who_is(tx: Tx, site_id: int, token: str) -> _Known:
    visitor = visits.find_visitor(tx, site_id, token)
    if visitor is None:
        return _Known(None, None, visits.was_revoked(tx, token))
    return _Known(visitor, visits.current(tx, visitor), False)


class CustomerSocket:
    __slots__ = ("_moving", "_receipts", "_seen", "_tasks", "bucket", "guest", "pipe", "room", "site", "websocket")

    def __init__(self, room: Room, websocket: WebSocket, site: SiteCard) -> None:
        self.room, self.websocket, self.site = room, websocket, site
        self.pipe = SocketPipe(line_of(websocket), Audience.ALL)
        self.guest: Guest | None = None
        self.bucket = Bucket(FRAMES_PER_S, FRAMES_AT_ONCE)
        self._tasks: Tasks | None = None
        self._moving: asyncio.Lock | None = None  # two moves at once would leave two watches on one socket
        self._seen = 0  # as far as they had seen the chat when they came
        self._receipts: Receipts | None = None

    async def run(self) -> None:
        """Until the socket closes, for whatever reason."""
        _sockets.inc()
        _opened.inc()
        code = 1000
        try:
            async with asyncio.timeout(HELLO_S):
                hello = await self._hello()
            if hello is not None:
                await self._welcome(hello)
                while True:
                    await self._take(await receive_text(self.websocket))
        except TimeoutError:
            self.pipe.close(1008, "no hello")
        except WebSocketDisconnect as gone:
            code = gone.code
        except AppError as error:  # the database, while it was welcomed
            self._fault(error, None)
            self.pipe.close(1013, "try again")
        finally:
            if self._tasks is not None:
                await self._tasks.stop()
            if self.guest is not None:
                self.room.left(self.guest.token, self)
                if self.guest.watch is not None:
                    self.room.hub.leave(self.guest.watch)
            await self.pipe.finish()
            _sockets.dec()
            CLOSED.get(str(self.pipe.code or code), CLOSED["other"]).inc()

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
        began = time.monotonic()
        token, row = hello.token or "", None
        if token:
            known = await self.room.db.read(who_is, self.site.id, token)
            row = known.row
            # One of our own making may belong to nobody yet: its first message is on its way on another socket.
            if known.visitor is None and (known.revoked or not self.room.tokens.is_ours(token)):
                token = ""
        token = token or self.room.tokens.make()
        language = hello.language if hello.language in self.site.languages else self.site.languages[0]
        chosen = language if hello.chosen and language == hello.language else ""
        guest = self.guest = Guest(token, language, chosen, hello.page)
        self.room.joined(token, self)
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
            delivered_to_staff=max(row.delivered_to_staff, row.seen_by_staff) if row is not None else 0,
        )
        conversation = row.public_id if row is not None else None
        self.pipe.send(wire.WelcomeFrame(v=1, conversation=conversation, data=welcome))
        HANDSHAKE_SECONDS.observe(time.monotonic() - began)
        if row is None:
            return
        after = next((known.after_seq for known in hello.resume if known.conversation == row.public_id), 0)
        if resync and after:
            self.pipe.send(wire.ResyncRequiredFrame(v=1, conversation=row.public_id))
            after = 0
        self._seen = row.seen_by_customer
        guest.watch = await self.room.hub.watch(self.pipe, row.id, row.public_id, after, hello.window, row.last_seq)

    async def _take(self, text: str) -> None:
        began = time.monotonic()
        _frames.inc()
        client_id: str | None = None
        try:
            frame = wire.parse_customer(text)
            client_id = getattr(getattr(frame, "data", None), "client_id", None)
            wait = self.bucket.take(began)
            if wait:
                REFUSED["frames"].inc()
                raise TooMany("That was too much at once.", wait)
            if isinstance(frame, wire.ConversationFrame) and frame.conversation is not None:
                await self._check_own(frame.conversation)
            await self._do(frame)
        except AppError as error:
            self._fault(error, client_id)
        else:
            if client_id is not None:
                _acks.inc()
                _ack_seconds.observe(time.monotonic() - began)

    async def _do(self, frame: wire.CustomerFrame) -> None:
        assert self.guest is not None  # noqa: S101 - _welcome has run
        guest, site, db, pace = self.guest, self.site, self.room.db, self.room.pace
        match frame:
            case wire.SayFrame(data=data):
                self._pace()
                await self._did(data.client_id, self._say(guest, data))
            case wire.RequestHumanFrame(data=data):
                self._pace()
                asked = db.write(
                    visits.request_human, site.id, guest.token, data.client_id, language=guest.speaks,
                    page=guest.page, new=data.new, worker=self.room.worker, pace=pace,
                )  # fmt: skip
                await self._did(data.client_id, asked)
            case wire.LeaveEmailFrame(data=data):
                self._pace()
                left = db.write(visits.leave_email, site.id, guest.token, data.client_id, data.email, pace=pace)
                await self._did(data.client_id, left)
            case wire.EndFrame(data=data):
                self._pace()
                await self._did(data.client_id, db.write(visits.end, site.id, guest.token, data.client_id, pace=pace))
            case wire.RateFrame(data=data):
                self._pace()
                rated = db.write(visits.rate, site.id, guest.token, data.client_id, data.value, data.comment, pace=pace)
                await self._did(data.client_id, rated)
            case wire.HelpedFrame(data=data):
                self._pace()
                said = db.write(visits.judge, site.id, guest.token, data.client_id, data.seq, data.helped, pace=pace)
                await self._did(data.client_id, said)
            case wire.SeenFrame(data=data):
                self._received(log.mark_seen, data.seq)
            case wire.DeliveredFrame(data=data):
                self._received(log.mark_delivered, data.seq)
            case wire.TypingFrame(data=data):
                if guest.watch is not None:
                    notice = Notice("typing", guest.watch.conversation_id, int(data.on), "customer:")
                    self.room.bus.publish([notice])
            case wire.BackFrame(data=data):
                if guest.watch is not None:
                    await self.room.hub.past(guest.watch, data.before_seq, data.limit)
            case wire.SetLanguageFrame(data=data):
                guest.language = data.language
                guest.chosen = data.language if data.chosen and data.language in site.languages else ""
                if guest.watch is not None:
                    self._pace()
                    await db.write(visits.set_language, site.id, guest.token, data.language)
            case wire.PingFrame():
                self.pipe.send(wire.PongFrame(v=1))
                if self.room.hub.several():
                    await self._look_again()
            case wire.RevokeFrame():
                await db.write(visits.revoke, site.id, guest.token)
                self.room.revoke(guest.token)
            case wire.HelloFrame():
                raise wire.BadFrame("Hello was said already.")

    async def _say(self, guest: Guest, data: wire.Say) -> Logged:
        """The message, and in the same transaction its answer, where that is at hand."""
        room, began = self.room, time.monotonic()
        write: Callable[..., Awaitable[Logged]] = room.db.write
        say = partial(
            write, visits.say, self.site.id, guest.token, data.client_id, data.text,
            language=guest.speaks, page=guest.page, article=data.article or "", chosen=guest.chosen, new=data.new,
            limit=room.settings.max_text, worker=room.worker, pace=room.pace,
        )  # fmt: skip
        watch = guest.watch if not data.article else None
        ready = (
            answer_at_hand(room.turns, watch.conversation_id, data.text, guest.chosen) if watch is not None else None
        )
        if ready is None:
            return await say()
        try:
            logged = await say(ready=ready)
        except (Unavailable, TooMany):
            raise
        except Exception as error:  # an answer that cannot be stored must not keep its question from being heard
            logged = await say()  # where it was the question, this tells the customer so
            logger.warning("answer_not_stored", conversation=ready.conversation_id, error=type(error).__name__)
            return logged
        count_answer(ready, logged, time.monotonic() - began)
        return logged

    async def _check_own(self, conversation: str) -> None:
        """A frame for somebody else's conversation is refused; one for an older chat of their own is theirs."""
        guest = self.guest
        assert guest is not None  # noqa: S101 - _welcome has run
        if guest.watch is None or guest.watch.conversation != conversation:
            await self.room.db.read(visits.check_own, self.site.id, guest.token, conversation)

    async def _did(self, client_id: str, work: Awaitable[Logged]) -> None:
        logged = await work
        guest = self.guest
        assert guest is not None  # noqa: S101 - _welcome has run
        # The first message makes the conversation, a later one may begin another: watch that one from now on.
        if guest.watch is None or guest.watch.conversation_id != logged.conversation_id:
            await self._move(logged.conversation_id, logged.conversation, logged.seq)
            self.room.move_others(guest.token, logged.conversation_id, logged.conversation)
        ack = wire.Ack(client_id=client_id, seq=logged.seq)
        self.pipe.send(wire.AckFrame(v=1, conversation=logged.conversation, data=ack))
        self.room.turns.look_at(logged.conversation_id)

    async def _move(self, conversation_id: int, conversation: str, last_seq: int) -> None:
        guest = self.guest
        assert guest is not None  # noqa: S101 - _welcome has run
        self._moving = self._moving or asyncio.Lock()
        async with self._moving:
            # A repeat of an old message stands in an older conversation: nobody goes back there.
            if guest.watch is not None and guest.watch.conversation_id >= conversation_id:
                return
            if guest.watch is not None:
                self.room.hub.leave(guest.watch)
            guest.watch = await self.room.hub.watch(self.pipe, conversation_id, conversation, 0, None, last_seq)
            self._seen = 0

    def follow_soon(self, conversation_id: int, conversation: str) -> None:
        """Another tab of the same visitor has begun a conversation."""
        watch = self.guest.watch if self.guest is not None else None
        if watch is None or watch.conversation_id < conversation_id:
            self._start(self._move_or_close(conversation_id, conversation))

    async def _move_or_close(self, conversation_id: int, conversation: str) -> None:
        try:
            await self._move(conversation_id, conversation, 0)
        except AppError:
            self.pipe.close(1013, "try again")  # the browser comes back, and to the right conversation

    async def _look_again(self) -> None:
        """What another worker told of this visitor may have been lost: a conversation begun there, or the end."""
        guest = self.guest
        assert guest is not None  # noqa: S101 - _welcome has run
        known = await self.room.db.read(who_is, self.site.id, guest.token)
        if known.revoked:
            self.pipe.close(REVOKED, "session ended")
        elif known.row is not None:
            await self._move(known.row.id, known.row.public_id, known.row.last_seq)

    def _received(self, verb: Callable[..., None], seq: int) -> None:
        guest = self.guest
        if guest is None or guest.watch is None or seq <= self._seen:
            return
        self._receipts = self._receipts or Receipts(self.room.db, self._start)
        self._receipts.take(seq, verb, guest.watch.conversation_id, "customer")

    def _start(self, work: Any) -> None:
        self._tasks = self._tasks or Tasks()
        self._tasks.start(work)

    def _pace(self) -> None:
        assert self.guest is not None  # noqa: S101 - _welcome has run
        wait = self.room.customers.take(self.guest.token, time.monotonic())
        if wait:
            raise TooMany("That was a little fast. Your message will be sent in a moment.", wait)

    def _fault(self, error: AppError, client_id: str | None) -> None:
        views.count_fault(error, client_id)
        self.pipe.send(views.fault(error, client_id))

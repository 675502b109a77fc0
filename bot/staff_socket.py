"""The agents' socket: parse, pace, call a verb, answer. The chats that are open on the screen are watched."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot import views, wire
from bot.line import line_of
from bot.metrics import ACK_SECONDS, ACKS, CLOSED, FRAMES_IN, HANDSHAKE_SECONDS, OPENED, SOCKETS
from bot.pipe import HELLO_S, SocketPipe, receive_text
from bot.receipts import Receipts
from bot.room import REVOKED, Room
from bot.watch import Watch
from conversation import log, sites
from conversation.events import Audience
from conversation.log import Logged
from handoff import desk
from handoff.desk import Agent
from runtime import auth
from runtime.accounts import Account
from runtime.bus import Notice
from runtime.db import Tx
from runtime.errors import AppError, Forbidden, NotFound, TooMany
from runtime.limits import Bucket
from runtime.metrics import REFUSED
from runtime.tasks import Tasks

OPEN_AT_ONCE = 64

_sockets, _opened, _frames = SOCKETS["staff"], OPENED["staff"], FRAMES_IN["staff"]
_acks, _ack_seconds = ACKS["staff"], ACK_SECONDS["staff"]


def _where(tx: Tx, conversation: str) -> tuple[int, int]:
    """Row id and last number; NotFound."""
    conversation_id = log.id_of(tx, conversation)
    return conversation_id, log.row_of(tx, conversation_id).last_seq


class StaffSocket:
    def __init__(self, room: Room, websocket: WebSocket, account: Account) -> None:
        self.room, self.websocket, self.account = room, websocket, account
        self.pipe = SocketPipe(line_of(websocket), Audience.STAFF)
        self.agent = Agent(account.id, account.name)
        self.watches: dict[str, Watch] = {}
        self.window: int | None = None
        self._tasks = Tasks()
        self._suggesting: set[str] = set()
        self._receipts = Receipts(room.db, self._tasks.start)
        self.bucket = Bucket(room.settings.staff_messages_per_s, room.settings.staff_burst)

    async def run(self) -> None:
        """Until the socket closes, for whatever reason."""
        _sockets.inc()
        _opened.inc()
        code = 1000
        try:
            async with asyncio.timeout(HELLO_S):
                text = await receive_text(self.websocket)
            frame = wire.parse_staff(text)
            if not isinstance(frame, wire.StaffHelloFrame):
                raise wire.BadFrame("Say hello first.")
            self.room.staff.add(self)
            await self._welcome(frame.data)
            while True:
                await self._take(await receive_text(self.websocket))
        except TimeoutError:
            self.pipe.close(1008, "no hello")
        except AppError as error:
            self.pipe.send(views.fault(error, None))
            if isinstance(error, wire.BadFrame):
                self.pipe.close(1008, "bad hello")
            else:
                self.pipe.close(1013, "try again")  # the database, while they were welcomed
        except WebSocketDisconnect as gone:
            code = gone.code
        finally:
            await self._tasks.stop()
            self.room.staff.discard(self)
            self.room.hub.lists.leave(self.pipe)
            for watch in self.watches.values():
                self.room.hub.leave(watch)
            await self.pipe.finish()
            _sockets.dec()
            CLOSED.get(str(self.pipe.code or code), CLOSED["other"]).inc()

    async def _welcome(self, hello: wire.StaffHello) -> None:
        began, self.window = time.monotonic(), hello.window
        days = self.room.settings.retention_days
        cards = await self.room.db.read(sites.all_sites)  # the console names the first, where there are several
        site = views.site(cards[0], days) if cards else wire.Site("Svardesk", ["en"], days)
        me = wire.Me(self.account.id, self.account.name, str(self.account.role), self.account.language)
        self.pipe.send(wire.StaffWelcomeFrame(v=1, data=wire.StaffWelcome(me=me, epoch=self.room.epoch, site=site)))
        HANDSHAKE_SECONDS.observe(time.monotonic() - began)
        # Beside what follows: with thousands of chats it takes seconds, and nobody's first word waits for them.
        self._tasks.start(self._list())
        for known in hello.resume:
            after = known.after_seq
            if hello.epoch is not None and hello.epoch != self.room.epoch:
                self.pipe.send(wire.ResyncRequiredFrame(v=1, conversation=known.conversation))
                after = 0
            try:
                await self._open(known.conversation, after, hello.window)
            except AppError as error:
                self.pipe.send(views.fault(error, None, known.conversation))

    async def _list(self) -> None:
        try:
            await self.room.hub.lists.join(self.pipe)
        except AppError as error:
            self.pipe.send(views.fault(error, None))
            self.pipe.close(1013, "try again")
        except Exception:  # whoever comes back gets another try; nobody may sit before half a list
            self.pipe.close(1011, "no list")
            raise

    async def _take(self, text: str) -> None:
        began = time.monotonic()
        _frames.inc()
        client_id: str | None = None
        conversation: str | None = None
        try:
            frame = wire.parse_staff(text)
            client_id = getattr(getattr(frame, "data", None), "client_id", None)
            conversation = getattr(frame, "conversation", None)
            await self._do(frame)
            if client_id is not None:
                _acks.inc()
                _ack_seconds.observe(time.monotonic() - began)
        except AppError as error:
            views.count_fault(error, client_id)
            self.pipe.send(views.fault(error, client_id, conversation))

    async def _do(self, frame: wire.StaffFrames) -> None:
        match frame:
            case wire.OpenFrame(conversation=conversation, data=data):
                await self._open(conversation, data.after_seq, data.window or self.window)
            case wire.ShutFrame(conversation=conversation):
                watch = self.watches.pop(conversation, None)
                if watch is not None:
                    self.room.hub.leave(watch)
            case wire.ReplyFrame(conversation=conversation, data=data):
                await self._did(desk.reply, conversation, data.client_id, data.text)
            case wire.NoteFrame(conversation=conversation, data=data):
                await self._did(desk.note, conversation, data.client_id, data.text)
            case wire.ClaimFrame(conversation=conversation, data=act):
                await self._did(desk.claim, conversation, act.client_id)
            case wire.ReleaseFrame(conversation=conversation, data=act):
                await self._did(desk.release, conversation, act.client_id)
            case wire.HandBackFrame(conversation=conversation, data=act):
                logged = await self._did(desk.hand_back, conversation, act.client_id)
                self.room.turns.look_at(logged.conversation_id)  # the assistant has it again
            case wire.ResolveFrame(conversation=conversation, data=act):
                await self._did(desk.resolve, conversation, act.client_id)
            case wire.JudgeFrame(conversation=conversation, data=data):
                await self._did(desk.judge, conversation, data.client_id, data.seq, data.right, data.why)
            case wire.StaffTypingFrame(conversation=conversation, data=typing):
                watch = self.watches.get(conversation)
                if watch is not None and self.account.may("agent"):
                    who = f"agent:{self.agent.name}"
                    self.room.bus.publish([Notice("typing", watch.conversation_id, int(typing.on), who)])
            case wire.StaffSeenFrame(conversation=conversation, data=seen):
                watch = self.watches.get(conversation)
                if watch is not None and self.account.may("agent"):
                    self._receipts.take(seen.seq, log.mark_seen, watch.conversation_id, "staff")
            case wire.StaffDeliveredFrame(conversation=conversation, data=delivered):
                if self.account.may("agent"):
                    self._receipts.take(delivered.seq, desk.receive, conversation)
            case wire.BackFrame(conversation=conversation, data=back):
                watch = self.watches.get(conversation or "")
                if watch is None:
                    raise NotFound("Open this chat first.")
                await self.room.hub.past(watch, back.before_seq, back.limit)
            case wire.SuggestFrame(conversation=conversation):
                watch = self.watches.get(conversation)
                if watch is None:
                    raise NotFound("Open this chat first.")
                if conversation not in self._suggesting:  # whoever asks twice gets one answer
                    self._suggesting.add(conversation)
                    self._tasks.start(self._suggest(conversation, watch.conversation_id))
            case wire.PingFrame():
                await self._check()
                self.pipe.send(wire.PongFrame(v=1))
            case wire.StaffHelloFrame():
                raise wire.BadFrame("Hello was said already.")

    def check_soon(self) -> None:
        self._tasks.start(self._check())

    async def _check(self) -> None:
        """Closes the socket when its session has ended; otherwise takes over what the account may do now."""
        account = await auth.account_of_websocket(self.websocket)
        if account is None:
            REFUSED["session"].inc()
            self.pipe.close(REVOKED, "signed out")
        else:
            self.account, self.agent = account, Agent(account.id, account.name)

    async def _suggest(self, conversation: str, conversation_id: int) -> None:
        try:
            data = await self.room.suggesting.of(conversation_id, look=self.account.may("agent"))
            if conversation in self.watches:
                self.pipe.send(wire.SuggestionsFrame(v=1, conversation=conversation, data=data))
        except AppError as error:
            self.pipe.send(views.fault(error, None, conversation))
        finally:
            self._suggesting.discard(conversation)

    async def _open(self, conversation: str, after_seq: int, window: int | None) -> None:
        if conversation in self.watches:
            self.room.hub.leave(self.watches.pop(conversation))
        if len(self.watches) >= OPEN_AT_ONCE:
            raise TooMany(f"At most {OPEN_AT_ONCE} chats can be open at once. Close one first.", 1.0)
        conversation_id, last_seq = await self.room.db.read(_where, conversation)
        self.watches[conversation] = await self.room.hub.watch(
            self.pipe, conversation_id, conversation, after_seq, window, last_seq
        )

    async def _did(self, verb: Callable[..., Logged], conversation: str, client_id: str, *words: Any) -> Logged:
        if not self.account.may("agent"):
            raise Forbidden("Your account may read chats, not answer them. Ask an admin if it should.")
        wait = self.bucket.take(time.monotonic())
        if wait:
            raise TooMany("That was a little fast.", wait)
        logged = await self.room.db.write(verb, conversation, self.agent, client_id, *words)
        ack = wire.Ack(client_id=client_id, seq=logged.seq)
        self.pipe.send(wire.AckFrame(v=1, conversation=conversation, data=ack))
        return logged

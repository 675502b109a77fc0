"""The agents' socket: parse, pace, call a verb, answer. The chats that are open on the screen are watched."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot import views, wire
from bot.hub import Watch
from bot.pipe import HELLO_S, SocketPipe, receive_text
from bot.room import REVOKED, Room
from conversation import log, sites
from conversation.events import Audience
from conversation.log import Logged
from handoff import chats, desk
from handoff.desk import Agent
from runtime import auth
from runtime.accounts import Account
from runtime.bus import Notice
from runtime.errors import AppError, Forbidden, TooMany
from runtime.limits import Bucket

OPEN_AT_ONCE = 64


class StaffSocket:
    def __init__(self, room: Room, websocket: WebSocket, account: Account) -> None:
        self.room, self.websocket, self.account = room, websocket, account
        self.pipe = SocketPipe(websocket, Audience.STAFF)
        self.agent = Agent(account.id, account.name)
        self.watches: dict[str, Watch] = {}
        self._tasks: set[asyncio.Future[None]] = set()
        self.bucket = Bucket(room.settings.staff_messages_per_s, room.settings.staff_burst)

    async def run(self) -> None:
        """Until the socket closes, for whatever reason."""
        try:
            frame = wire.parse_staff(await asyncio.wait_for(receive_text(self.websocket), HELLO_S))
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
        except WebSocketDisconnect:
            pass
        finally:
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self.room.staff.discard(self)
            self.room.hub.desks.discard(self.pipe)
            for watch in self.watches.values():
                self.room.hub.leave(watch)
            await self.pipe.finish()

    async def _welcome(self, hello: wire.StaffHello) -> None:
        days = self.room.settings.retention_days
        cards = await self.room.db.read(sites.all_sites)  # the console names the first, where there are several
        site = views.site(cards[0], days) if cards else wire.Site("Svardesk", ["en"], days)
        me = wire.Me(self.account.id, self.account.name, str(self.account.role), self.account.language)
        self.pipe.send(wire.StaffWelcomeFrame(v=1, data=wire.StaffWelcome(me=me, epoch=self.room.epoch, site=site)))
        # First the subscription, then the snapshot: a change in between comes as a row after it.
        self.room.hub.desks.add(self.pipe)
        rows = await self.room.db.read(chats.live)
        await self.pipe.send_slowly(wire.ChatsFrame(v=1, data=wire.Chats([views.chat(row) for row in rows])))
        for known in hello.resume:
            after = known.after_seq
            if hello.epoch is not None and hello.epoch != self.room.epoch:
                self.pipe.send(wire.ResyncRequiredFrame(v=1, conversation=known.conversation))
                after = 0
            try:
                await self._open(known.conversation, after)
            except AppError as error:
                self.pipe.send(views.fault(error, None, known.conversation))

    async def _take(self, text: str) -> None:
        client_id: str | None = None
        conversation: str | None = None
        try:
            frame = wire.parse_staff(text)
            client_id = getattr(getattr(frame, "data", None), "client_id", None)
            conversation = getattr(frame, "conversation", None)
            await self._do(frame)
        except AppError as error:
            self.pipe.send(views.fault(error, client_id, conversation))

    async def _do(self, frame: wire.StaffFrames) -> None:
        match frame:
            case wire.OpenFrame(conversation=conversation, data=data):
                await self._open(conversation, data.after_seq)
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
                await self._did(desk.hand_back, conversation, act.client_id)
            case wire.ResolveFrame(conversation=conversation, data=act):
                await self._did(desk.resolve, conversation, act.client_id)
            case wire.StaffTypingFrame(conversation=conversation, data=typing):
                watch = self.watches.get(conversation)
                if watch is not None and self.account.may("agent"):
                    who = f"agent:{self.agent.name}"
                    self.room.bus.publish([Notice("typing", watch.conversation_id, int(typing.on), who)])
            case wire.StaffSeenFrame(conversation=conversation, data=seen):
                watch = self.watches.get(conversation)
                if watch is not None and self.account.may("agent"):
                    await self.room.db.write(log.mark_seen, watch.conversation_id, "staff", seen.seq)
            case wire.PingFrame():
                await self._check()
                self.pipe.send(wire.PongFrame(v=1))
                for watch in self.watches.values():
                    self.room.hub.wake(watch.conversation_id)
            case wire.StaffHelloFrame():
                raise wire.BadFrame("Hello was said already.")

    def check_soon(self) -> None:
        task = asyncio.ensure_future(self._check())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _check(self) -> None:
        """Closes the socket when its session has ended; otherwise takes over what the account may do now."""
        account = await auth.account_of_websocket(self.websocket)
        if account is None:
            self.pipe.close(REVOKED, "signed out")
        else:
            self.account, self.agent = account, Agent(account.id, account.name)

    async def _open(self, conversation: str, after_seq: int) -> None:
        if conversation in self.watches:
            self.room.hub.leave(self.watches.pop(conversation))
        if len(self.watches) >= OPEN_AT_ONCE:
            raise TooMany(f"At most {OPEN_AT_ONCE} chats can be open at once. Close one first.", 1.0)
        conversation_id = await self.room.db.read(log.id_of, conversation)
        self.watches[conversation] = await self.room.hub.watch(self.pipe, conversation_id, conversation, after_seq)

    async def _did(self, verb: Callable[..., Logged], conversation: str, client_id: str, *words: str) -> None:
        if not self.account.may("agent"):
            raise Forbidden("Your account may read chats, not answer them. Ask an admin if it should.")
        wait = self.bucket.take(time.monotonic())
        if wait:
            raise TooMany("That was a little fast.", wait)
        logged = await self.room.db.write(verb, conversation, self.agent, client_id, *words)
        ack = wire.Ack(client_id=client_id, seq=logged.seq)
        self.pipe.send(wire.AckFrame(v=1, conversation=conversation, data=ack))
        self.room.turns.look_at(logged.conversation_id)

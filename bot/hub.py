"""This process's sockets: who watches which conversation, and what each has been sent.

A notice says only "conversation c has reached n". Whoever has less gets the entries from the log, in order, once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from bot import views, wire
from conversation import csat, log
from conversation.events import Audience
from conversation.log import Logged
from conversation.machine import Status
from handoff import chats, queue
from runtime.bus import Bus, Notice
from runtime.db import Database, Tx
from runtime.errors import AppError

PAGE = 500  # entries of one reading of the log
ROWS_EVERY_S = 0.05  # a busy chat changes its row in the agents' lists at most this often

logger = structlog.get_logger()


class Pipe(Protocol):
    """The way out to one socket."""

    audience: Audience

    def send(self, frame: wire.Frame) -> None:
        """Queues the frame at once; a socket that is too slow is cut off and resumes."""

    async def send_slowly(self, frame: wire.Frame) -> None:
        """Waits for room: for replays, which may be longer than the queue."""


@dataclass(slots=True, eq=False)
class Watch:
    """One socket on one conversation. `sent` is the last number it was given; `live` once its replay is over."""

    pipe: Pipe
    conversation_id: int
    conversation: str
    sent: int
    live: bool = False
    state: wire.State | None = None
    place: wire.Queue | None = None


@dataclass(slots=True)
class _Reading:
    row: Any
    entries: list[Logged]
    spoke: bool


def _read(tx: Tx, conversation_id: int, after_seq: int) -> _Reading:
    row = log.row_of(tx, conversation_id)
    return _Reading(row, log.since(tx, conversation_id, after_seq, PAGE), row.last_said > 0)


def _rows(tx: Tx, ids: set[int]) -> list[tuple[Any, str | None]]:
    return [(row, chats.comment(tx, row.id) if row.rated else None) for row in chats.rows(tx, ids)]


@dataclass(slots=True)
class Hub:
    db: Database
    bus: Bus
    watches: dict[int, set[Watch]] = field(default_factory=dict)
    desks: set[Pipe] = field(default_factory=set)
    _dirty: set[int] = field(default_factory=set)
    _busy: set[int] = field(default_factory=set)
    _rows: set[int] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _waking: dict[str, bool] = field(default_factory=dict)
    _stop: Callable[[], None] | None = None

    def start(self) -> None:
        self._stop = self.bus.listen(self._on_notices)

    async def stop(self) -> None:
        if self._stop is not None:
            self._stop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- joining and leaving ---------------------------------------------------------------------------

    async def watch(self, pipe: Pipe, conversation_id: int, conversation: str, after_seq: int) -> Watch:
        """Subscribes first, then replays from `after_seq`; a number that was never given means `resync_required`."""
        row = await self.db.read(log.row_of, conversation_id)
        watch = Watch(pipe, conversation_id, conversation, after_seq)
        self.watches.setdefault(conversation_id, set()).add(watch)
        try:
            await self._replay(watch, row.last_seq)
        except BaseException:  # the socket is gone, or the database: nobody would ever leave
            self.leave(watch)
            raise
        watch.live = True
        self.wake(conversation_id)
        self._wake_places()
        return watch

    async def _replay(self, watch: Watch, last_seq: int) -> None:
        pipe, conversation = watch.pipe, watch.conversation
        if watch.sent > last_seq:
            await pipe.send_slowly(wire.ResyncRequiredFrame(v=1, conversation=conversation))
            watch.sent = 0
        span = wire.Replay(from_seq=watch.sent + 1, to_seq=last_seq)
        await pipe.send_slowly(wire.ReplayBeginFrame(v=1, conversation=conversation, data=span))
        while watch.sent < span.to_seq:
            reading = await self.db.read(_read, watch.conversation_id, watch.sent)
            for logged in reading.entries:
                await pipe.send_slowly(views.entry(logged, pipe.audience))
                watch.sent = logged.seq
        await pipe.send_slowly(wire.ReplayEndFrame(v=1, conversation=conversation, data=span))

    def leave(self, watch: Watch) -> None:
        watchers = self.watches.get(watch.conversation_id)
        if watchers is not None:
            watchers.discard(watch)
            if not watchers:
                del self.watches[watch.conversation_id]

    # -- notices -----------------------------------------------------------------------------------------

    def _on_notices(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            match notice.topic:
                case "conversation" | "row":
                    self.wake(int(notice.key))
                    self._wake_row(int(notice.key))
                case "seen":
                    self._seen(int(notice.key), notice.data, notice.number)
                    self._wake_row(int(notice.key))
                case "typing":
                    self._typing(int(notice.key), notice.data, bool(notice.number))
                case "queue":
                    self._wake_places()

    def wake(self, conversation_id: int) -> None:
        """Gives every watcher what it lacks. One reader a conversation; a notice meanwhile makes it read again."""
        if conversation_id not in self.watches:
            return
        self._dirty.add(conversation_id)
        if conversation_id not in self._busy:
            self._busy.add(conversation_id)
            self._spawn(self._catch_up(conversation_id))

    async def _catch_up(self, conversation_id: int) -> None:
        try:
            while conversation_id in self._dirty:
                self._dirty.discard(conversation_id)
                watchers = [watch for watch in self.watches.get(conversation_id, ()) if watch.live]
                if not watchers:
                    continue
                try:
                    reading = await self.db.read(_read, conversation_id, min(watch.sent for watch in watchers))
                except AppError as error:
                    logger.warning("catch_up_failed", conversation=conversation_id, code=error.code)
                    continue
                if len(reading.entries) == PAGE:
                    self._dirty.add(conversation_id)
                for watch in watchers:
                    self._give(watch, reading)
        finally:
            self._busy.discard(conversation_id)

    def _give(self, watch: Watch, reading: _Reading) -> None:
        for logged in reading.entries:
            if logged.seq == watch.sent + 1:
                watch.pipe.send(views.entry(logged, watch.pipe.audience))
                watch.sent = logged.seq
        state = views.state(reading.row, watch.pipe.audience)
        if state != watch.state and watch.sent == reading.row.last_seq:
            watch.pipe.send(wire.StateFrame(v=1, conversation=watch.conversation, data=state))
            before, watch.state = watch.state, state
            if state.status != Status.QUEUED:
                watch.place = None
            asks = csat.may_rate(log.state_of(reading.row), reading.spoke) and reading.row.status == Status.RESOLVED
            asked = before is not None and before.status == state.status and before.episode == state.episode
            if watch.pipe.audience is Audience.ALL and asks and not asked:
                survey = wire.Survey(episode=state.episode)
                watch.pipe.send(wire.SurveyFrame(v=1, conversation=watch.conversation, data=survey))

    def _seen(self, conversation_id: int, who: str, seq: int) -> None:
        for watch in self.watches.get(conversation_id, ()):
            if (watch.pipe.audience is Audience.ALL) != (who == "customer"):
                frame = wire.SeenByFrame(v=1, conversation=watch.conversation, data=wire.SeenBy(who=who, seq=seq))
                watch.pipe.send(frame)

    def _typing(self, conversation_id: int, who: str, on: bool) -> None:
        role, _, name = who.partition(":")
        for watch in self.watches.get(conversation_id, ()):
            if watch.live and (watch.pipe.audience is Audience.ALL) != (role == "customer"):
                data = wire.Typist(who=role, on=on, name=name)
                watch.pipe.send(wire.TypistFrame(v=1, conversation=watch.conversation, data=data))

    # -- the agents' lists and the places in the queue -----------------------------------------------------

    def _wake_row(self, conversation_id: int) -> None:
        if self.desks:
            self._rows.add(conversation_id)
            self._wake("rows", self._send_rows)

    def _wake_places(self) -> None:
        self._wake("places", self._send_places)

    def _wake(self, name: str, job: Callable[[], Any]) -> None:
        if not self._waking.get(name):
            self._waking[name] = True
            self._spawn(self._soon(name, job))

    async def _soon(self, name: str, job: Callable[[], Any]) -> None:
        await asyncio.sleep(ROWS_EVERY_S)
        self._waking[name] = False
        try:
            await job()
        except AppError as error:
            logger.warning("lists_failed", code=error.code)

    async def _send_rows(self) -> None:
        ids, self._rows = self._rows, set()
        try:
            rows = await self.db.read(_rows, ids)
        except AppError:
            self._rows |= ids  # they go out with the next ones
            raise
        for row, comment in rows:
            frame = wire.ChatFrame(v=1, conversation=row.public_id, data=views.chat(row, comment))
            for pipe in tuple(self.desks):
                pipe.send(frame)

    async def _send_places(self) -> None:
        for place in await self.db.read(queue.places):
            data = wire.Queue(position=place.position, wait_s=place.wait_s)
            for watch in self.watches.get(place.conversation_id, ()):
                if watch.live and watch.pipe.audience is Audience.ALL and watch.place != data:
                    watch.place = data
                    watch.pipe.send(wire.QueueFrame(v=1, conversation=watch.conversation, data=data))

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

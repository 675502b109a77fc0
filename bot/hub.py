"""This process's sockets: who watches which conversation, and what each has been sent.

A notice says "conversation c has reached n", and in the process that wrote it brings the entry along. Whoever has less
than that gets the rest from the log: in order, once.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot import readings, views, wire
from bot.attendance import Attendance
from bot.lists import Lists
from bot.metrics import HEALED, REPLAYED, RESUMED
from bot.tails import Tails
from bot.watch import CERTAIN_S, Pipe, Watch
from conversation import csat, log
from conversation.events import Audience
from conversation.log import Logged, Recorded
from conversation.machine import Status
from runtime.bus import Bus, Notice
from runtime.db import Database
from runtime.errors import AppError
from runtime.tasks import Tasks

HEAL_S = 2.0  # what a lost notice may cost, where notices come from other processes
QUIET = 10  # times as seldom where only commands of this machine write besides us
MARKS = 500  # conversations in one look

logger = structlog.get_logger()


@dataclass(slots=True)
class Hub:
    """`several`: whether notices come from other processes too, and may be lost on the way."""

    db: Database
    bus: Bus
    several: Callable[[], bool] = lambda: False
    watches: dict[int, set[Watch]] = field(default_factory=dict)
    tails: Tails = field(default_factory=Tails)
    lists: Lists = field(init=False)
    attendance: Attendance = field(init=False)
    tasks: Tasks = field(default_factory=Tasks)
    _dirty: set[int] = field(default_factory=set)
    _busy: set[int] = field(default_factory=set)
    _stop: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        self.lists = Lists(self.db, self.tasks, self.watches)
        self.attendance = Attendance(self.bus, self.watches)

    def start(self) -> None:
        self._stop = self.bus.listen(self._on_notices)

    def look(self) -> None:
        """From now on looks by itself for what lost notices left behind; ends with `stop`."""
        self.tasks.start(self._look_on())

    async def stop(self) -> None:
        if self._stop is not None:
            self._stop()
        await self.tasks.stop()

    # -- joining and leaving ---------------------------------------------------------------------------

    async def watch(
        self,
        pipe: Pipe,
        conversation_id: int,
        conversation: str,
        after_seq: int,
        window: int | None = None,
        at_least: int = 0,
    ) -> Watch:
        """Subscribes first, then replays from `after_seq`; a number that was never given means `resync_required`.

        `window`: where more entries than this are missing, only the newest of them. `at_least`: there are so many.
        """
        watch = Watch(pipe, conversation_id, conversation, after_seq)
        self.watches.setdefault(conversation_id, set()).add(watch)
        try:
            row = await self._replay(watch, window, at_least)
        except BaseException:  # the socket is gone, or the database: nobody would ever leave
            self.leave(watch)
            raise
        watch.live = True
        # After what the caller has to say first, such as the ack of the message that made the conversation.
        asyncio.get_running_loop().call_soon(self._settle, watch, row)
        return watch

    def _settle(self, watch: Watch, row: Any) -> None:
        """What a socket gets after its replay. `row`: as it was when the last entry of that was read."""
        if watch not in self.watches.get(watch.conversation_id, ()):
            return
        known = self.tails.since(watch.conversation_id, watch.sent)
        if known is not None:
            row = known[0]
            self._give(watch, *known)
        elif row.last_seq == watch.sent:
            self._give(watch, row, [])
        else:
            watch.behind = True
        self._tell_receipts(watch, row)
        if watch.behind:
            self.wake(watch.conversation_id)
        self.attendance.joined(watch)
        self.lists.wake_places()

    async def _replay(self, watch: Watch, window: int | None, at_least: int) -> Any:
        """The row as it was when the last of these entries was read."""
        pipe, conversation = watch.pipe, watch.conversation
        reading = await self._after(watch, window, at_least)
        if watch.sent > reading.row.last_seq:
            watch.sent = 0
            reading = await self._after(watch, window, at_least)
            RESUMED["resync"].inc()
            await pipe.send_slowly(wire.ResyncRequiredFrame(v=1, conversation=conversation))
        elif reading.after > watch.sent > 0:  # there would be a gap
            RESUMED["snapshot"].inc()
            await pipe.send_slowly(wire.ResyncRequiredFrame(v=1, conversation=conversation))
        else:
            RESUMED["replay" if watch.sent < reading.row.last_seq else "nothing"].inc()
        watch.sent = reading.after
        span = wire.Replay(from_seq=watch.sent + 1, to_seq=reading.row.last_seq)
        await pipe.send_slowly(wire.ReplayBeginFrame(v=1, conversation=conversation, data=span))
        while True:
            for logged in reading.entries:
                await pipe.send_slowly(views.entry(logged, pipe.audience))
                watch.sent = logged.seq
            REPLAYED.inc(len(reading.entries))
            if watch.sent >= span.to_seq:
                break
            reading = await self.db.read(readings.read, watch.conversation_id, watch.sent)
        await pipe.send_slowly(wire.ReplayEndFrame(v=1, conversation=conversation, data=span))
        return reading.row

    async def _after(self, watch: Watch, window: int | None, at_least: int) -> readings.Reading:
        known = self.tails.since(watch.conversation_id, watch.sent)
        if known is not None and known[0].last_seq >= at_least and (window is None or len(known[1]) <= window):
            return readings.Reading(*known, watch.sent)
        if window is None:
            return await self.db.read(readings.read, watch.conversation_id, watch.sent)
        return await self.db.read(readings.read, watch.conversation_id, watch.sent, window)

    async def past(self, watch: Watch, before_seq: int, limit: int) -> None:
        """An older page of the chat, for whoever scrolls back."""
        entries = await self.db.read(readings.past, watch.conversation_id, before_seq, limit)
        data = wire.Past(before_seq, [views.entry(logged, watch.pipe.audience) for logged in entries])
        await watch.pipe.send_slowly(wire.PastFrame(v=1, conversation=watch.conversation, data=data))

    def leave(self, watch: Watch) -> None:
        watchers = self.watches.get(watch.conversation_id)
        if watchers is not None:
            watchers.discard(watch)
            if not watchers:
                del self.watches[watch.conversation_id]
        self.attendance.left(watch)

    # -- notices -----------------------------------------------------------------------------------------

    def _on_notices(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            match notice.topic:
                case "conversation":
                    conversation_id, fact = int(notice.key), notice.item
                    if isinstance(fact, Recorded):
                        self._deliver(fact)
                    elif self.tails.hear(conversation_id, notice.number):
                        self.wake(conversation_id)
                    self.lists.wake_row(conversation_id)
                case "row":
                    self.tails.forget(int(notice.key))
                    self.wake(int(notice.key))
                    self.lists.wake_row(int(notice.key))
                case "seen" | "delivered" as what:
                    self.tails.see(int(notice.key), what, notice.data, notice.number)
                    self._receipt(int(notice.key), what, notice.data, notice.number)
                    self.lists.wake_row(int(notice.key))
                case "typing":
                    self._typing(int(notice.key), notice.data, notice.number)
                case "presence":
                    self.attendance.hear(int(notice.key), bool(notice.number))
                case "queue":
                    self.lists.wake_places()

    def _deliver(self, fact: Recorded) -> None:
        """Entries that this process has committed: to everyone who has all before them."""
        row = fact.row
        self.tails.take(fact)
        gap = False
        for watch in self.watches.get(row.id, ()):
            if watch.live:
                self._give(watch, row, fact.entries)
                gap = gap or watch.sent < row.last_seq
        if gap:
            self.wake(row.id)

    def wake(self, conversation_id: int) -> None:
        """Gives every watcher what it lacks. One reader a conversation; a notice meanwhile makes it read again."""
        watchers = self.watches.get(conversation_id)
        if watchers is None:
            return
        for watch in watchers:
            watch.behind = watch.behind or not watch.live
        self._dirty.add(conversation_id)
        if conversation_id not in self._busy:
            self._busy.add(conversation_id)
            self.tasks.start(self._catch_up(conversation_id))

    async def _catch_up(self, conversation_id: int) -> None:
        try:
            while conversation_id in self._dirty:
                self._dirty.discard(conversation_id)
                watchers = [watch for watch in self.watches.get(conversation_id, ()) if watch.live]
                if not watchers:
                    continue
                try:
                    reading = await self.db.read(readings.read, conversation_id, min(watch.sent for watch in watchers))
                except AppError as error:
                    logger.warning("catch_up_failed", conversation=conversation_id, code=error.code)
                    continue
                if len(reading.entries) == readings.PAGE:
                    self._dirty.add(conversation_id)
                for watch in watchers:
                    watch.behind = False
                    self._give(watch, reading.row, reading.entries)
        finally:
            self._busy.discard(conversation_id)

    def _give(self, watch: Watch, row: Any, entries: Sequence[Logged]) -> None:
        pipe = watch.pipe
        for logged in entries:
            if logged.seq == watch.sent + 1:
                pipe.send(views.entry(logged, pipe.audience))
                watch.sent = logged.seq
        customer = pipe.audience is Audience.ALL
        self._tell_seen(watch, row.seen_by_staff if customer else row.seen_by_customer)
        if watch.sent != row.last_seq:
            return
        state = views.state(row, pipe.audience)
        if state != watch.state:
            pipe.send(wire.StateFrame(v=1, conversation=watch.conversation, data=state))
            before, watch.state = watch.state, state
            if state.status != Status.QUEUED:
                watch.place = None
            asks = csat.may_rate(log.state_of(row), row.last_said > 0) and row.status == Status.RESOLVED
            asked = before is not None and before.status == state.status and before.episode == state.episode
            if customer and asks and not asked:
                survey = wire.Survey(episode=state.episode)
                pipe.send(wire.SurveyFrame(v=1, conversation=watch.conversation, data=survey))

    def _tell_seen(self, watch: Watch, seq: int) -> None:
        """Receipts only grow: a late or repeated one says nothing."""
        if seq > watch.seen:
            watch.seen = seq
            who = "staff" if watch.pipe.audience is Audience.ALL else "customer"
            data = wire.SeenBy(who=who, seq=seq)
            watch.pipe.send(wire.SeenByFrame(v=1, conversation=watch.conversation, data=data))

    def _tell_delivered(self, watch: Watch, seq: int) -> None:
        """As `_tell_seen`; what was seen was delivered. `_give` leaves it out: it seldom changes, entries are many."""
        if seq > max(watch.delivered, watch.seen):
            watch.delivered = seq
            who = "staff" if watch.pipe.audience is Audience.ALL else "customer"
            data = wire.DeliveredTo(who=who, seq=seq)
            watch.pipe.send(wire.DeliveredToFrame(v=1, conversation=watch.conversation, data=data))

    def _tell_receipts(self, watch: Watch, row: Any) -> None:
        customer = watch.pipe.audience is Audience.ALL
        self._tell_seen(watch, row.seen_by_staff if customer else row.seen_by_customer)
        self._tell_delivered(watch, row.delivered_to_staff if customer else row.delivered_to_customer)

    def _receipt(self, conversation_id: int, what: str, who: str, seq: int) -> None:
        tell = self._tell_seen if what == "seen" else self._tell_delivered
        for watch in self.watches.get(conversation_id, ()):
            if watch.live and (watch.pipe.audience is Audience.ALL) != (who == "customer"):
                tell(watch, seq)

    def _typing(self, conversation_id: int, who: str, number: int) -> None:
        """`number`: 0 for nobody any more, 1 for now; more is that many seconds that an answer will take."""
        watchers = self.watches.get(conversation_id)
        if watchers is None:
            return
        role, _, name = who.partition(":")
        data = wire.Typist(who=role, on=number > 0, name=name, wait_s=number if number > 1 else None)
        frame: wire.Frame | None = None
        for watch in watchers:
            if watch.live and (watch.pipe.audience is Audience.ALL) != (role == "customer"):
                frame = frame or wire.TypistFrame(v=1, conversation=watch.conversation, data=data)
                watch.pipe.hint(frame)

    # -- what lost notices left behind ---------------------------------------------------------------------

    async def _look_on(self) -> None:
        for number in itertools.count(1):
            await asyncio.sleep(HEAL_S)
            if number % QUIET and not self.several():
                continue
            try:
                await self.look_once()
            except Exception as error:  # it must go on looking, whatever went wrong this time
                logger.warning("look_failed", error=type(error).__name__)

    async def look_once(self) -> None:
        """Compares what was shown with what the database holds: open chats, receipts, rows of lists, places."""
        suspects: dict[int, int] = {}
        ids = list(self.watches)
        for start in range(0, len(ids), MARKS):
            for row in await self.db.read(readings.marks, ids[start : start + MARKS]):
                for watch in self.watches.get(row.id, ()):
                    if watch.live:
                        self._tell_receipts(watch, row)
                        if watch.sent < row.last_seq:
                            suspects[row.id] = row.last_seq
        if suspects:
            await asyncio.sleep(CERTAIN_S)
        for conversation_id, last_seq in suspects.items():
            if any(watch.live and watch.sent < last_seq for watch in self.watches.get(conversation_id, ())):
                HEALED.inc()
                self.wake(conversation_id)
        self.attendance.look()
        await self.lists.compare()

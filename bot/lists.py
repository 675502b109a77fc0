"""What many screens show of many chats: the rows of the agents' lists, and the customers' places in the queue."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import structlog

from bot import views, wire
from bot.metrics import HEALED
from bot.watch import CERTAIN_S, Pipe, Watch
from conversation.events import Audience
from conversation.log import conversations, entries
from conversation.machine import LIVE, Status
from conversation.texts import preview
from handoff import chats, queue
from runtime.db import Database, Tx
from runtime.errors import AppError
from runtime.tasks import Tasks

ROWS_EVERY_S = 0.05  # a busy chat changes its row in the agents' lists at most this often
WAITS_EVERY_S = 2.0  # how long it takes to be served is looked up at most this often
PAGE = 200  # rows of one frame
MOST = 10_000  # rows of one snapshot: more than anybody looks at
AT_ONCE = 500  # rows of one reading
MARGIN_MS = 60_000  # how far the clocks of two workers may be apart

# Who waits for people or has one comes first; the assistant's own chats, most of them, after that.
PEOPLE = (Status.QUEUED.value, Status.ASSIGNED.value, Status.SNOOZED.value)
# What a chat that is over may get without being `updated` by it.
ASIDE = ("noted", "judged", "decided")
_LIVE = tuple(status.value for status in LIVE)

logger = structlog.get_logger()

# Last number, the four receipts, language: whatever else changes comes with an entry.
Mark = tuple[int, int, int, int, int, str]


def _with_words() -> sa.Select[Any]:
    """Conversations with the customer's last message of the episode beside them."""
    last = sa.and_(entries.c.conversation_id == conversations.c.id, entries.c.seq == conversations.c.last_said)
    return sa.select(conversations, entries.c.data.label("said_data")).outerjoin(entries, last)


def _chat(tx: Tx, row: Any) -> wire.Chat:
    frame = views.chat(row, chats.comment(tx, row.id) if row.rated else None)
    if row.said_data:
        frame.said = preview(json.loads(row.said_data).get("text", "")) or None
    return frame


def rows_of(tx: Tx, ids: Collection[int]) -> list[tuple[Any, wire.Chat]]:
    """The conversations' rows, and the frames' data made of them."""
    wanted = list(ids)
    found: list[Any] = []
    for start in range(0, len(wanted), AT_ONCE):
        part = conversations.c.id.in_(wanted[start : start + AT_ONCE])
        found.extend(tx.connection.execute(_with_words().where(part)).all())
    return [(row, _chat(tx, row)) for row in found]


def page_of(tx: Tx, people: bool, before_id: int | None, limit: int) -> list[tuple[Any, wire.Chat]]:
    """Live chats, newest first; of those that people have to do with, or of the assistant's."""
    status = conversations.c.status
    statement = _with_words().where(status.in_(PEOPLE) if people else status == Status.BOT.value)
    if before_id is not None:
        statement = statement.where(conversations.c.id < before_id)
    found = tx.connection.execute(statement.order_by(conversations.c.id.desc()).limit(limit)).all()
    return [(row, _chat(tx, row)) for row in found]


def marks_of_lists(tx: Tx, since_ms: int | None) -> list[Any]:
    """Of every live chat, and of those that changed since (or lately), what tells whether its row has changed."""
    columns = conversations.c
    since_ms = tx.now - MARGIN_MS if since_ms is None else since_ms - MARGIN_MS
    statement = sa.select(
        columns.id, columns.last_seq, columns.seen_by_customer, columns.seen_by_staff, columns.delivered_to_customer,
        columns.delivered_to_staff, columns.language, columns.updated_at,
    )  # fmt: skip
    live = statement.where(columns.status.in_(_LIVE))
    over = statement.where(columns.status.not_in(_LIVE))
    changed = over.where(columns.updated_at >= since_ms)
    aside = sa.select(entries.c.conversation_id).where(entries.c.kind.in_(ASIDE), entries.c.at >= since_ms)
    noted = over.where(columns.id.in_(aside), columns.updated_at < since_ms)
    parts = (live, changed.limit(MOST), noted.limit(MOST))
    return [row for part in parts for row in tx.connection.execute(part).all()]


def _mark(row: Any) -> Mark:
    return (
        row.last_seq, row.seen_by_customer, row.seen_by_staff, row.delivered_to_customer, row.delivered_to_staff,
        row.language,
    )  # fmt: skip


@dataclass(slots=True)
class Lists:
    """`desks`: the sockets that show the list. `watches` is the hub's own table, for the places."""

    db: Database
    tasks: Tasks
    watches: Mapping[int, set[Watch]]
    desks: set[Pipe] = field(default_factory=set)
    _due: set[int] = field(default_factory=set)
    _waking: set[str] = field(default_factory=set)
    _told: dict[int, Mark] = field(default_factory=dict)  # what every desk has been shown, or began with
    _newest: int = 0  # the latest `updated_at` that was seen, by the clocks of those who wrote
    _paging: dict[Pipe, set[int]] = field(default_factory=dict)
    _wait_s: tuple[int, int] | None = None  # how long it takes at present, until it is looked up again
    _waits_until: float = 0.0

    # -- rows --------------------------------------------------------------------------------------------

    async def join(self, pipe: Pipe) -> None:
        """First the subscription, then the snapshot, page by page; what changed meanwhile is told once more."""
        first = not self.desks
        self.desks.add(pipe)
        if first:
            self._keep(await self.db.read(marks_of_lists, None))
        changed = self._paging[pipe] = set()
        try:
            number = total = 0
            async for items, more in self._pages():
                number, total = number + 1, total + len(items)
                more = more and total < MOST
                await pipe.send_slowly(wire.ChatsFrame(v=1, data=wire.Chats(items, number, more)))
                if not more:
                    break
        finally:
            self._paging.pop(pipe, None)
        for conversation_id in changed:
            self.wake_row(conversation_id)

    async def _pages(self) -> AsyncIterator[tuple[list[wire.Chat], bool]]:
        """Full pages and one last, which may be empty; whether more follow."""
        items: list[wire.Chat] = []
        for people in (True, False):
            before: int | None = None
            while True:
                wanted = PAGE + 1 - len(items)  # one more than a page tells whether it is the last
                rows = await self.db.read(page_of, people, before, wanted)
                items.extend(chat for _, chat in rows)
                if len(items) > PAGE:
                    yield items[:PAGE], True
                    items = items[PAGE:]
                if len(rows) < wanted:
                    break
                before = rows[-1][0].id
        yield items, False

    def leave(self, pipe: Pipe) -> None:
        self.desks.discard(pipe)

    def _keep(self, found: Collection[Any]) -> None:
        self._told = {row.id: _mark(row) for row in found}
        self._newest = max((row.updated_at for row in found), default=0)

    def wake_row(self, conversation_id: int) -> None:
        if self.desks:
            self._due.add(conversation_id)
            self._wake("rows", self._send_rows)
            for changed in self._paging.values():
                changed.add(conversation_id)

    async def _send_rows(self) -> None:
        ids, self._due = self._due, set()
        try:
            rows = await self.db.read(rows_of, ids)
        except AppError:
            self._due |= ids  # they go out with the next ones
            raise
        for row, chat in rows:
            self._told[row.id] = _mark(row)
            frame = wire.ChatFrame(v=1, conversation=row.public_id, data=chat)
            for pipe in tuple(self.desks):
                pipe.send(frame)

    async def compare(self) -> None:
        """Finds rows that no notice has told of, and places that are out of date."""
        if self.desks:
            found = await self.db.read(marks_of_lists, self._newest or None)
            suspects = {row.id: _mark(row) for row in found if self._told.get(row.id) != _mark(row)}
            if suspects:
                await asyncio.sleep(CERTAIN_S)
            for conversation_id, mark in suspects.items():
                told = self._told.get(conversation_id)
                if told is None or told[:-1] < mark[:-1] or told[-1] != mark[-1]:
                    HEALED.inc()
                    self.wake_row(conversation_id)
            here = {row.id for row in found}
            self._told = {key: mark for key, mark in self._told.items() if key in here}
            self._newest = max((row.updated_at for row in found), default=self._newest)
        if any(watch.state is not None and watch.state.status == Status.QUEUED for watch in self._customers()):
            self.wake_places()

    def _customers(self) -> list[Watch]:
        return [
            watch
            for watchers in self.watches.values()
            for watch in watchers
            if watch.live and watch.pipe.audience is Audience.ALL
        ]

    # -- places ------------------------------------------------------------------------------------------

    def wake_places(self) -> None:
        self._wake("places", self._send_places)

    async def _send_places(self) -> None:
        waiting = await self.db.read(queue.waiting)
        if self.watches.keys().isdisjoint(waiting):
            return
        if time.monotonic() >= self._waits_until:
            self._wait_s = queue.wait_range(await self.db.read(queue.recent_waits))
            self._waits_until = time.monotonic() + WAITS_EVERY_S
        for position, conversation_id in enumerate(waiting, 1):
            data = wire.Queue(position=position, wait_s=self._wait_s)
            for watch in self.watches.get(conversation_id, ()):
                if watch.live and watch.pipe.audience is Audience.ALL and watch.place != data:
                    watch.place = data
                    watch.pipe.send(wire.QueueFrame(v=1, conversation=watch.conversation, data=data))

    # -- soon, and not too often -------------------------------------------------------------------------

    def _wake(self, name: str, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if name not in self._waking:
            self._waking.add(name)
            self.tasks.start(self._soon(name, job))

    async def _soon(self, name: str, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await asyncio.sleep(ROWS_EVERY_S)
        self._waking.discard(name)
        try:
            await job()
        except AppError as error:
            logger.warning("lists_failed", code=error.code)

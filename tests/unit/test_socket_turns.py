"""One socket among many: it has its turn and no more, and a receipt of its next chat is not lost."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bot.customer_socket import CustomerSocket
from bot.line import TURN, Inbox, LineProtocol
from bot.staff_socket import StaffSocket
from conversation import log


def test_many_messages_in_one_reading_leave_the_others_their_turns() -> None:
    async def scenario() -> None:
        line = LineProtocol.__new__(LineProtocol)
        line.queue, line._rest = Inbox(asyncio.get_running_loop()), b""
        line._in_a_row, line.read_paused = 0, False
        for number in range(TURN * 4 + 1):
            line.queue.put_nowait({"type": "websocket.receive", "text": str(number)})
        turns: list[int] = []

        async def others() -> None:
            while True:
                turns.append(line.queue.qsize())
                await asyncio.sleep(0)

        beside = asyncio.create_task(others())
        taken = [(await line.receive())["text"] for _ in range(TURN * 4 + 1)]
        beside.cancel()
        assert taken == [str(number) for number in range(TURN * 4 + 1)]
        assert len(turns) == 4

    asyncio.run(scenario())


def test_a_receipt_of_the_next_chat_is_stored_after_that_of_the_last_one() -> None:
    async def scenario() -> None:
        stored: list[tuple[int, int]] = []
        gate = asyncio.Event()

        async def write(_verb: Any, conversation_id: int, _who: str, seq: int) -> None:
            await gate.wait()
            stored.append((conversation_id, seq))

        socket = CustomerSocket.__new__(CustomerSocket)
        socket.room = SimpleNamespace(db=SimpleNamespace(write=write))  # type: ignore[assignment]
        socket._tasks, socket._seen, socket._receipts = None, 0, None
        guest: Any = SimpleNamespace(watch=SimpleNamespace(conversation_id=1))
        socket.guest = guest
        socket._received(log.mark_seen, 5)
        await asyncio.sleep(0)
        for seq in (6, 8, 7):  # while the first is being stored: of these the highest
            socket._received(log.mark_seen, seq)
        guest.watch, socket._seen = SimpleNamespace(conversation_id=2), 0  # as a move does
        socket._received(log.mark_seen, 2)
        socket._received(log.mark_delivered, 3)
        gate.set()
        async with asyncio.timeout(10):
            while socket._tasks:
                await asyncio.wait(tuple(socket._tasks))
        assert sorted(stored) == [(1, 5), (1, 8), (2, 2), (2, 3)]
        assert stored.index((1, 5)) < stored.index((1, 8))

    asyncio.run(scenario())


def test_a_socket_whose_list_breaks_off_is_closed() -> None:
    """Else an agent would sit before half a list, and nobody would tell them."""

    async def scenario() -> None:
        closed: list[int] = []

        async def broken(_pipe: Any) -> None:
            raise RuntimeError("a fault of ours")

        socket = StaffSocket.__new__(StaffSocket)
        socket.room = SimpleNamespace(hub=SimpleNamespace(lists=SimpleNamespace(join=broken)))  # type: ignore[assignment]
        socket.pipe = SimpleNamespace(close=lambda code, _reason: closed.append(code))  # type: ignore[assignment]
        with pytest.raises(RuntimeError):
            await socket._list()
        assert closed == [1011]

    asyncio.run(scenario())

"""Websocket frames in every right form and every wrong one, in pieces of any size: read as RFC 6455 says, or refused.

Ordinary text frames take a way of our own through the server (`bot/line.py`); these speak to it byte by byte.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tests.scale.stage import House, Stage, until
from tests.scale.weather import handshake

pytestmark = pytest.mark.anyio

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
WAIT_S = 30.0
HELLO = json.dumps({"v": 1, "type": "hello", "data": {"language": "da"}}).encode()
ASK = json.dumps({"v": 1, "type": "ping"}).encode()
# How a conversation may end, and with which close code the server answers; None: it just goes.
ENDS: dict[str, tuple[bytes, int | None]] = {}


def frame(opcode: int, payload: bytes, fin: bool = True, reserved: int = 0, masked: bool = True) -> bytes:
    head = bytes([(0x80 if fin else 0) | reserved << 4 | opcode])
    mark = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([mark | len(payload)])
    elif len(payload) < 0x10000:
        head += bytes([mark | 126]) + struct.pack("!H", len(payload))
    else:
        head += bytes([mark | 127]) + struct.pack("!Q", len(payload))
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def end(name: str, code: int | None, *parts: bytes) -> None:
    ENDS[name] = (b"".join(parts), code)


end("a close", 1000, frame(CLOSE, struct.pack("!H", 1000)))
end("a close without a code", 1005, frame(CLOSE, b""))
end("a close of one byte", 1002, frame(CLOSE, b"x"))
end("a close with a code that nobody may send", 1002, frame(CLOSE, struct.pack("!H", 1005)))
end("a text that is no UTF-8", 1007, frame(TEXT, b'{"v":1,"type":"\xff"}'))
end("a text that is no UTF-8, in two frames", 1007, frame(TEXT, b'{"v":"\xc3', fin=False), frame(0, b'\x28"}'))
end("a frame above the limit", 1009, frame(TEXT, b"x" * 65_537))
end("frames that are together above the limit", 1009, frame(TEXT, b"x" * 40_000, fin=False), frame(0, b"x" * 40_000))
end("a frame that is not masked", 1002, frame(TEXT, ASK, masked=False))
end("a reserved bit", 1002, frame(TEXT, ASK, reserved=4))
end("a reserved opcode", 1002, frame(3, ASK))
end("a reserved control opcode", 1002, frame(11, b""))
end("a control frame in pieces", 1002, frame(PING, b"x", fin=False))
end("a control frame that is too long", 1002, frame(PING, b"x" * 126))
end("a continuation of nothing", 1002, frame(0, ASK))
end("a second beginning", 1002, frame(TEXT, b"{", fin=False), frame(TEXT, ASK))
end("a binary frame", 1003, frame(BINARY, b"\x00\x01"))


@dataclass(slots=True)
class Heard:
    pongs: int = 0
    refusals: int = 0
    echoes: list[bytes] = field(default_factory=list)
    code: int | None = None
    welcomed: bool = False


class Mouth:
    """One raw connection: what goes out is ours to the byte, what comes in is parsed strictly."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.heard = reader, writer, Heard()
        self.changed = asyncio.Event()
        self.listening = asyncio.create_task(self._listen())

    @classmethod
    @asynccontextmanager
    async def open(cls, house: House) -> AsyncIterator[Mouth]:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(handshake(house))
        assert b" 101 " in await reader.readline()
        while await reader.readline() != b"\r\n":
            continue
        mouth = cls(reader, writer)
        try:
            yield mouth
        finally:
            writer.transport.abort()
            await asyncio.gather(mouth.listening, return_exceptions=True)

    async def say(self, data: bytes, chance: random.Random) -> None:
        """In pieces, some of them alone on their way."""
        while data:
            size = chance.choice((1, 2, 3, 7, 130, 1_400, 5_000, 70_000))
            self.writer.write(data[:size])
            data = data[size:]
            if chance.random() < 0.3:
                await asyncio.sleep(0)
            elif chance.random() < 0.1:
                await asyncio.sleep(0.002)

    async def _listen(self) -> None:
        try:
            while True:
                first, second = await self.reader.readexactly(2)
                assert first & 0x70 == 0, "reserved bits"
                assert second & 0x80 == 0, "a server does not mask"
                length = second
                if length == 126:
                    length = int.from_bytes(await self.reader.readexactly(2), "big")
                elif length == 127:
                    length = int.from_bytes(await self.reader.readexactly(8), "big")
                self._hear(first & 0x0F, await self.reader.readexactly(length))
                self.changed.set()
        except (asyncio.IncompleteReadError, OSError):
            self.changed.set()

    def _hear(self, opcode: int, payload: bytes) -> None:
        heard = self.heard
        if opcode == PONG:
            heard.echoes.append(payload)
        elif opcode == CLOSE:
            heard.code = int.from_bytes(payload[:2], "big") if payload else 1005
        elif opcode == TEXT:
            found = json.loads(payload)
            for one in found if isinstance(found, list) else [found]:
                heard.pongs += one["type"] == "pong"
                heard.refusals += one["type"] == "error"
                heard.welcomed |= one["type"] == "welcome"

    async def until(self, pongs: int, refusals: int, echoes: int) -> None:
        async with asyncio.timeout(WAIT_S):
            while True:
                self.changed.clear()
                heard = self.heard
                if heard.pongs >= pongs and heard.refusals >= refusals and len(heard.echoes) >= echoes:
                    return
                assert not self.listening.done(), heard
                await self.changed.wait()


def conversation(chance: random.Random) -> tuple[bytes, int, int, list[bytes]]:
    """Right frames of all forms; how many pongs and refusals they must bring, and the echoes of control pings."""
    data, pongs, refusals, echoes = b"", 0, 0, []
    for _ in range(chance.randint(5, 30)):
        match chance.randrange(7):
            case 0 | 1:
                data, pongs = data + frame(TEXT, ASK), pongs + 1
            case 2:
                at, then = sorted((chance.randint(0, len(ASK)), chance.randint(0, len(ASK))))
                echo = os.urandom(chance.randint(0, 125))
                data += frame(TEXT, ASK[:at], fin=False) + frame(PING, echo)
                data += frame(0, ASK[at:then], fin=False) + frame(0, ASK[then:])
                echoes.append(echo)
                pongs += 1
            case 3:
                echo = os.urandom(chance.choice((0, 1, 125)))
                data += frame(PING, echo)
                echoes.append(echo)
            case 4:
                data += frame(PONG, b"nobody asked")
            case 5:
                size = chance.choice((1, 125, 126, 127, 4_000, 65_535, 65_536))
                data, refusals = data + frame(TEXT, b"x" * size), refusals + 1
            case _:
                long = json.dumps(
                    {"v": 1, "type": "ping", "later": "å" * chance.choice((60, 120, 30_000))}, ensure_ascii=False
                )
                data, pongs = data + frame(TEXT, long.encode()), pongs + 1
    return data, pongs, refusals, echoes


async def test_right_frames_in_pieces_of_any_size(sqlite_stage: Stage) -> None:
    house = await sqlite_stage.house().start()
    for seed in range(40):
        chance = random.Random(seed)  # noqa: S311 - a test's dice
        data, pongs, refusals, echoes = conversation(chance)
        async with Mouth.open(house) as mouth:
            await mouth.say(frame(TEXT, HELLO) + data, chance)
            await mouth.until(pongs, refusals, len(echoes))
            heard = mouth.heard
            assert (heard.pongs, heard.refusals, heard.echoes) == (pongs, refusals, echoes), seed
            await mouth.say(ENDS["a close"][0], chance)
            await asyncio.wait_for(mouth.listening, WAIT_S)
            assert heard.code == 1000


@pytest.mark.parametrize("together", [False, True], ids=["after an answer", "in one piece with what came before"])
async def test_every_wrong_end_is_refused_by_its_code(sqlite_stage: Stage, together: bool) -> None:
    house = await sqlite_stage.house().start()
    found, expected = {}, {}
    for name, (data, code) in ENDS.items():
        chance = random.Random(name)  # noqa: S311 - a test's dice
        before = frame(TEXT, HELLO) + frame(TEXT, ASK)
        async with Mouth.open(house) as mouth:
            if together:
                mouth.writer.write(before + data)
            else:
                await mouth.say(before, chance)
                await mouth.until(1, 0, 0)
                await mouth.say(data, chance)
            await asyncio.wait_for(mouth.listening, WAIT_S)
            found[name], expected[name] = mouth.heard.code, code
    assert found == expected
    async with Mouth.open(house) as mouth:  # and the server is as well as before
        mouth.writer.write(frame(TEXT, HELLO) + frame(TEXT, ASK))
        await mouth.until(1, 0, 0)


async def test_a_flood_of_frames_is_slowed_and_hurts_nobody_else(sqlite_stage: Stage) -> None:
    house = await sqlite_stage.house().start()
    async with Mouth.open(house) as flood, Mouth.open(house) as other:
        flood.writer.write(frame(TEXT, HELLO) + frame(TEXT, ASK) * 5_000)
        other.writer.write(frame(TEXT, HELLO) + frame(TEXT, ASK))
        await other.until(1, 0, 0)
        # Told to slow down, or cut off because it does not read its answers as fast as it asks.
        await until(lambda: flood.heard.refusals or flood.heard.code == 4008, "the flood is stemmed")
        assert flood.heard.pongs < 5_000

"""Bad weather over a server that goes on: no room on the disk, a locked database, a wrong clock, rude clients."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import resource
import secrets
import socket
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

from tests.scale.history import Acked, Fault, Name, Sent, Trouble
from tests.scale.link import Frame
from tests.scale.matrix import Talk, open_customer
from tests.scale.report import Quiet, Watcher
from tests.scale.stage import House, Stage, until
from tests.scale.visitor import Crowd, Visitor
from tests.server import SITE_ORIGIN

PER_ADDRESS = 50
SEEN_S = 0.5  # who comes when another one goes may be seen a little before that one's farewell is
STRANGER = "127.0.0.66"  # another address of this machine, so that the crowd's own is not full
FULL_S, LOCKED_S, WRONG_S = 2.0, 3.0, 2.0
WAIT_S = 60.0
MOST_TEXTS = 1_200  # of 15 KB each: more than the system's buffers and our queue hold together


@dataclass(slots=True)
class Endured:
    acked: int = 0
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


async def bad_weather(
    stage: Stage,
    watcher: Watcher | None = None,
    sockets: int = 10_000,
    texts: int = MOST_TEXTS,
    visitors: int = 8,
    seed: int = 4,
) -> Endured:
    """One after the other, while a crowd talks all the time. `stage` is on SQLite.

    `sockets` are opened from one address; `texts` of 15 KB each come for the reader of one byte a second.
    """
    watcher = watcher or Quiet()
    clock = stage.folder.parent / "clock"
    house = await stage.house(CLOCK_FILE=str(clock), SVARDESK_SOCKETS_PER_ADDRESS=str(PER_ADDRESS)).start()
    crowd = Crowd(lambda: house.ws, house, seed)
    endured = Endured()
    await crowd.enter(visitors, pause_s=0.4)

    async def pause(what: str) -> None:
        watcher.saw(cuts=1, acked=crowd.count("acked"), what=what)
        await asyncio.sleep(1)

    try:
        await asyncio.sleep(1)
        refused = await _disk_full(stage, house, crowd)
        endured.notes.append(f"{refused} told that the disk is full")
        await pause("no room on the disk")
        await _locked(stage)
        await pause("the database locked by a stranger")
        clock.write_text("-3600")
        await asyncio.sleep(WRONG_S)
        clock.unlink()
        await pause("the clock an hour back, and right again")
        endured.faults += await _old_frames(house, crowd.visitors[0])
        await pause("old frames again")
        statuses, at_once = await _many_sockets(house, sockets)
        flood = f"{sockets:,} sockets from one address (limit {PER_ADDRESS}): {statuses[101]} let in, {at_once} at once"
        endured.notes.append(flood)
        if not 0 < at_once <= PER_ADDRESS:
            endured.faults.append(Fault(Trouble.LIMIT, f"{flood}: {dict(statuses)}"))
        await pause("a flood of sockets")
        cut, late = await _one_byte_a_second(house, texts)
        ended = "cut off, as too slow" if cut else "still there"
        endured.notes.append(f"the reader of one byte a second held nobody up: {ended}")
        if not cut and texts >= MOST_TEXTS:
            endured.faults.append(Fault(Trouble.LIMIT, f"{texts:,} texts wait for a reader of one byte a second"))
        await pause("a reader of one byte a second")
        await crowd.hush()
        endured.faults += await stage.settle([*crowd.stories, late.story])
        await late.stop()
    finally:
        await crowd.leave()
    endured.acked = crowd.count("acked")
    return endured


def _told(crowd: Crowd) -> int:
    return sum(link.counts.later.get("storage", 0) for link in crowd.links)


async def _disk_full(stage: Stage, house: House, crowd: Crowd) -> int:
    """No file of the server may grow for a while. Reads go on. How many were told that there is no room."""
    wal = stage.folder / "svardesk.sqlite3-wal"
    size = wal.stat().st_size if wal.exists() else 0
    before = _told(crowd)
    resource.prlimit(house.pid, resource.RLIMIT_FSIZE, (max(size, 1), resource.RLIM_INFINITY))
    try:
        # A write-ahead log begins anew at its front when all of it is in the database: then there is room for a while.
        await until(lambda: _told(crowd) > before, "somebody is told that the disk is full")
        await asyncio.sleep(FULL_S)
        async with httpx.AsyncClient(timeout=10) as client:
            assert (await client.get(f"{house.url}/healthz")).status_code == 200
        reader, welcome = await open_customer(house, crowd.visitors[0].token)
        await reader.socket.close()
        assert "conversation" in welcome, "reads go on"
    finally:
        resource.prlimit(house.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return _told(crowd) - before


async def _locked(stage: Stage) -> None:
    lock = sqlite3.connect(stage.folder / "svardesk.sqlite3", isolation_level=None)
    lock.execute("PRAGMA busy_timeout=10000")
    lock.execute("BEGIN IMMEDIATE")
    await asyncio.sleep(LOCKED_S)
    lock.execute("ROLLBACK")
    lock.close()


async def _old_frames(house: House, visitor: Visitor) -> list[Fault]:
    """Everything that a visitor has ever had acknowledged, again: the same acks, and not one entry more."""
    sent = {moment.client_id: moment for moment in visitor.story.moments if isinstance(moment, Sent)}
    acks = [one for one in visitor.story.moments if isinstance(one, Acked) and sent[one.client_id].frame == "say"]
    talk, _ = await open_customer(house, visitor.token)
    frames: list[Frame] = []
    for ack in acks:
        old = sent[ack.client_id]
        data = {"client_id": ack.client_id, **old.data}
        await talk.socket.send(json.dumps({"v": 1, "type": old.frame, "data": data}))
        frames += await _answer(talk, ack.client_id)
    await talk.socket.close()
    again = {
        (one["data"]["client_id"], one["conversation"], one["data"]["seq"]) for one in frames if one["type"] == "ack"
    }
    missing = {(ack.client_id, ack.conversation, ack.seq) for ack in acks} - again
    return [Fault(Name.MOVED, f"an old frame: {one}") for one in sorted(missing)]


async def _answer(talk: Talk, client_id: str) -> list[Frame]:
    """Up to the ack of this frame, or the refusal."""
    frames: list[Frame] = []
    while not any(one["type"] in ("ack", "error") and one["data"].get("client_id") == client_id for one in frames):
        found = json.loads(await asyncio.wait_for(talk.socket.recv(), WAIT_S))
        frames += found if isinstance(found, list) else [found]
    return frames


async def _many_sockets(house: House, count: int) -> tuple[Counter[int], int]:
    """How `count` handshakes from one address ended (0: cut), each held open until the server closes it, which it does
    with all who say no hello; and how many were open at once."""
    statuses: Counter[int] = Counter()
    held: list[asyncio.StreamWriter] = []
    open_: list[tuple[float, float]] = []
    watching: set[asyncio.Task[None]] = set()
    gate = asyncio.Semaphore(200)

    async def watch(reader: asyncio.StreamReader) -> None:
        began = time.monotonic()
        await reader.readuntil(b"\r\n\r\n")
        with contextlib.suppress(OSError):
            await reader.read(1)  # the beginning of its farewell
        open_.append((began + SEEN_S, time.monotonic()))

    async def one() -> None:
        async with gate:
            try:
                async with asyncio.timeout(WAIT_S):
                    reader, writer = await asyncio.open_connection("127.0.0.1", house.port, local_addr=(STRANGER, 0))
                    held.append(writer)
                    writer.write(handshake(house))
                    line = await reader.readline()
                status = int(line.split()[1]) if line else 0
                statuses[status] += 1
                if status == 101:
                    watching.add(asyncio.create_task(watch(reader)))
            except (OSError, TimeoutError):
                statuses[0] += 1

    await asyncio.gather(*(one() for _ in range(count)))
    await asyncio.wait(watching, timeout=WAIT_S)
    for writer in held:
        writer.transport.abort()
    await asyncio.gather(*watching)
    return statuses, _at_once(open_)


def _at_once(spans: list[tuple[float, float]]) -> int:
    """The most of these spans (from, until) that one moment lies in."""
    steps = sorted(
        [(start, 1) for start, end in spans if end > start] + [(end, -1) for start, end in spans if end > start]
    )
    return max(itertools.accumulate(step for _, step in steps), default=0)


def handshake(house: House) -> bytes:
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    head = (
        f"GET /ws/customer/{house.facts['site']} HTTP/1.1",
        f"Host: 127.0.0.1:{house.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Origin: {SITE_ORIGIN}",
    )
    return ("\r\n".join(head) + "\r\n\r\n").encode()


def masked(text: str) -> bytes:
    """A client's text frame, below 64 KiB."""
    payload, mask = text.encode(), os.urandom(4)
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return b"\x81" + length + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


async def _cut_off(house: House) -> bool:
    """Whether the server has closed somebody with 4008."""
    async with httpx.AsyncClient(timeout=10) as client:
        page = (await client.get(f"{house.url}/metrics")).text
    return any(float(line.split()[-1]) > 0 for line in page.splitlines() if "closed" in line and '"4008"' in line)


async def _one_byte_a_second(house: House, texts: int) -> tuple[bool, Visitor]:
    """A second tab of a talkative customer that hardly reads; whether it was cut off as too slow, and a tab that came
    later and has all."""
    writer = Visitor("talkative", lambda: house.ws, house.facts["site"])
    writer.start()
    writer.send("request_human")  # the assistant would think about each of the many words that follow
    await until(lambda: not writer.outbox, "the first word is kept")
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    slow.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(slow, ("127.0.0.1", house.port))
    hello = {"v": 1, "type": "hello", "data": {"token": writer.token, "language": "da"}}
    await loop.sock_sendall(slow, handshake(house))
    while b"\r\n\r\n" not in await loop.sock_recv(slow, 1024):
        continue
    await loop.sock_sendall(slow, masked(json.dumps(hello)))

    async def read_slowly() -> None:
        with contextlib.suppress(OSError):
            while await loop.sock_recv(slow, 1):  # noqa: ASYNC110
                await asyncio.sleep(1)

    reading = asyncio.create_task(read_slowly())
    for number in range(texts):
        await until(lambda: len(writer.outbox) <= 40, "what was written is kept")
        writer.say(f"{number} " + "🏕" * 3_900)
    # For this reader the line ends only when it has read megabytes; the server has let go long before.
    cut = await _cut_off(house)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    slow.close()
    late = Visitor("came later", lambda: house.ws, house.facts["site"], writer.token)
    late.start()
    await until(lambda: not writer.outbox and late.conversation, "a tab that comes later shows the chat")
    # What the first tab sent and had acknowledged belongs to the same visitor; what it showed was its own screen.
    late.story.moments[:0] = [one for one in writer.story.moments if isinstance(one, (Sent, Acked))]
    await writer.stop()
    return cut, late

"""The load generator: many websocket customers in one process, cheap enough that the server is what is measured.

python -m tests.bench.load '{...}' runs one job and prints what it saw as JSON; `generate` starts it on a core.
The frames are read and written by hand: a websocket library here would cost as much as the server under test.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections import deque
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvloop

from tests.bench.cpu import by_thread, cpu_s, thread_cpu_s
from tests.bench.job import Job, Seen

ROOT = Path(__file__).parents[2]
ANSWERS = (b'"kind":"answered"', b'"kind":"offered"', b'"kind":"remarked"', b'"kind":"handoff"')
HANDED_OVER = ANSWERS[-1]
ASK_AGAIN = ("echo", "skeleton", "ask")  # jobs whose customers ask again as soon as they have been answered
ACK, ERROR, WELCOME = b'"type":"ack"', b'"type":"error"', b'"type":"welcome"'


def client_id(prefix: str, customer: int, message: int) -> str:
    """The name of a customer's message; the first one is number 1."""
    return f"{prefix}-{customer:05d}-{message:06d}"


def encode(text: bytes, opcode: int = 1) -> bytes:
    """One masked frame. The mask is zero, which the standard allows and which costs nothing to apply."""
    length = len(text)
    if length < 126:
        head = bytes((0x80 | opcode, 0x80 | length))
    else:
        head = bytes((0x80 | opcode, 0xFE)) + length.to_bytes(2, "big")
    return head + b"\0\0\0\0" + text


class Customer(asyncio.Protocol):
    """One socket. `done` is set when it is gone."""

    def __init__(self, run: Run, number: int) -> None:
        self.run, self.number = run, number
        self.buffer = b""
        self.open = self.handed_over = False
        self.sent: deque[float] = deque()  # of messages without an ack, in order
        self.asked: deque[float] = deque()  # of messages without an answer
        self.count = self.acks = 0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        job = self.run.job
        origin = f"Origin: {job.origin}\r\n" if job.origin else ""
        transport.write(
            f"GET {job.path} HTTP/1.1\r\nHost: 127.0.0.1:{job.port}\r\n{origin}"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"refused: {self.buffer[:200]!r}"))
        if not self.gone.done():
            self.gone.set_result(None)
        if self.run.going:
            self.run.seen.lost += 1

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        if not self.open:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self.buffer.startswith(b"HTTP/1.1 101"):
                self.transport.abort()
                return
            self.open, self.buffer = True, self.buffer[end + 4 :]
            self.opened()
        buffer, start, size = self.buffer, 0, len(self.buffer)
        while size - start >= 2:
            length, head = buffer[start + 1], 2
            if length == 126:
                if size - start < 4:
                    break
                length, head = int.from_bytes(buffer[start + 2 : start + 4], "big"), 4
            elif length == 127:
                if size - start < 10:
                    break
                length, head = int.from_bytes(buffer[start + 2 : start + 10], "big"), 10
            if size - start < head + length:
                break
            opcode = buffer[start] & 15
            text = buffer[start + head : start + head + length]
            start += head + length
            if opcode == 1:
                self.take(text)
            elif opcode == 9:
                self.transport.write(encode(text, 10))
            elif opcode == 8:
                self.transport.close()
        self.buffer = buffer[start:]

    def opened(self) -> None:
        if self.run.job.kind in ("echo", "skeleton"):
            self.ready.set_result(None)
            return
        hello = {"v": 1, "type": "hello", "data": {"language": "da", "page": self.run.job.origin}}
        self.transport.write(encode(json.dumps(hello).encode()))

    def take(self, text: bytes) -> None:
        """A message of the server: one frame, or several as a JSON array."""
        seen, kind = self.run.seen, self.run.job.kind
        now = time.perf_counter()
        if kind == "echo":
            self.acked(1, now)
            self.answered(1, now)
        else:
            if not self.ready.done() and WELCOME in text:
                self.ready.set_result(None)
            if ERROR in text:
                seen.errors += 1
                self.run.problem = text[:300].decode("utf-8", "replace")
            self.acked(text.count(ACK), now)
            self.handed_over = self.handed_over or HANDED_OVER in text
            self.answered(sum(text.count(kind_) for kind_ in ANSWERS), now)
        if (
            kind not in ("rate", "connect")
            and self.run.going
            and not self.asked
            and not self.sent
            and self.ready.done()
        ):
            self.ask(now)

    def acked(self, count: int, now: float) -> None:
        for _ in range(min(count, len(self.sent))):
            began = self.sent.popleft()
            self.acks += 1
            if began >= self.run.from_s and self.run.going:
                self.run.seen.acked += 1
                self.run.seen.ack_s.append(now - began)

    def answered(self, count: int, now: float) -> None:
        for _ in range(min(count, len(self.asked))):
            began = self.asked.popleft()
            if began >= self.run.from_s and self.run.going:
                self.run.seen.answered += 1
                self.run.seen.answer_s.append(now - began)

    def ask(self, now: float) -> None:
        job = self.run.job
        if self.gone.done():
            return
        self.count += 1
        text = job.texts[(self.number * 7 + self.count) % len(job.texts)]
        if job.unique:
            text = f"{text} {self.number}-{self.count}"
        name = client_id(job.prefix, self.number, self.count)
        data: dict[str, Any] = {"client_id": name, "text": text}
        if self.handed_over:  # nobody is there who would answer: they begin another chat
            self.handed_over, data["new"] = False, True
            end = {"v": 1, "type": "end", "data": {"client_id": f"{name}-end"}}
            self.sent.append(now)
            self.transport.write(encode(json.dumps(end).encode()))
        self.sent.append(now)
        self.asked.append(now)
        self.transport.write(encode(json.dumps({"v": 1, "type": "say", "data": data}).encode()))


class Run:
    """One job under way: `from_s` is when counting begins, `going` until it ends."""

    def __init__(self, job: Job) -> None:
        self.job, self.seen = job, Seen()
        self.from_s = float("inf")
        self.going = False
        self.problem = ""

    async def connect(self, number: int) -> Customer:
        loop = asyncio.get_running_loop()
        _, customer = await loop.create_connection(lambda: Customer(self, number), "127.0.0.1", self.job.port)
        await asyncio.wait_for(customer.ready, 60)
        return customer

    async def open_all(self) -> list[Customer]:
        """At most 32 at a time: a server's backlog is not what is measured here."""
        free = asyncio.Semaphore(32)

        async def one(number: int) -> Customer:
            async with free:
                return await self.connect(number)

        return list(await asyncio.gather(*(one(number) for number in range(self.job.sockets))))

    async def run(self) -> Seen:
        match self.job.kind:
            case "connect":
                await self._connect_again_and_again()
            case "idle":
                customers = await self.open_all()
                print(len(customers), flush=True)
                await asyncio.to_thread(sys.stdin.read)
            case _:
                await self._ask()
        return self.seen

    async def _ask(self) -> None:
        customers = await self.open_all()
        self.going = True
        began = time.perf_counter()
        self.from_s = began + self.job.warm_s
        if self.job.kind == "rate":
            await self._at_rate(customers, self.from_s + self.job.seconds)
        else:
            for customer in customers:
                customer.ask(time.perf_counter())
            await asyncio.sleep(self.job.warm_s)
            print("begin", flush=True)
            await asyncio.sleep(self.job.seconds)
        self.seen.seconds = time.perf_counter() - self.from_s
        print("end", flush=True)
        self.going = False
        self.seen.acks_of = [customer.acks for customer in customers]
        for customer in customers:
            customer.transport.abort()

    async def _at_rate(self, customers: list[Customer], until_s: float) -> None:
        began = time.perf_counter()
        number, told = 0, False
        while (now := time.perf_counter()) < until_s:
            if not told and now >= self.from_s:
                told = True
                print("begin", flush=True)
            if all(customer.gone.done() for customer in customers):
                break
            while began + number / self.job.rate <= now:
                customers[number % len(customers)].ask(now)
                number += 1
            await asyncio.sleep(0.001)
        await asyncio.sleep(1)  # the last ones' acks

    async def _connect_again_and_again(self) -> None:
        async def again(number: int) -> None:
            while self.going:
                customer = await self.connect(number)
                customer.transport.abort()
                if time.perf_counter() >= self.from_s:
                    self.seen.opened += 1

        self.from_s = time.perf_counter() + self.job.warm_s
        self.going = True
        tasks = [asyncio.create_task(again(number)) for number in range(self.job.sockets)]
        await asyncio.sleep(self.job.warm_s)
        print("begin", flush=True)
        await asyncio.sleep(self.job.seconds)
        self.seen.seconds = time.perf_counter() - self.from_s
        print("end", flush=True)
        self.going = False
        await asyncio.gather(*tasks, return_exceptions=True)
        self.seen.lost = 0


def start(job: Job, core: int | None) -> subprocess.Popen[str]:
    """The job in a process of its own, on `core` if the machine has that one."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.load", json.dumps(asdict(job))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    if core is not None and core in os.sched_getaffinity(0):
        os.sched_setaffinity(process.pid, {core})
    return process


def generate(
    job: Job, pids: list[int], core: int | None = 1, threads: dict[str, float] | None = None
) -> tuple[Seen, float]:
    """Runs the job; what it saw, and the CPU seconds that the server's processes used in its measured seconds.

    `threads` gets those of the first process's event loop, of its busiest other thread and of the rest.
    """
    process = start(job, core)
    assert process.stdout is not None
    used, before, after = 0.0, {}, {}
    for line in process.stdout:
        if line == "begin\n":
            used, before = cpu_s(pids), thread_cpu_s(pids[0])
        elif line == "end\n":
            used, after = cpu_s(pids) - used, thread_cpu_s(pids[0])
        else:
            result = json.loads(line)
            break
    else:
        raise SystemExit(f"The load generator ended with code {process.wait()}.")
    process.wait(30)
    if result["problem"]:
        raise SystemExit(f"The server refused: {result['problem']}")
    if threads is not None:
        threads.update(by_thread(pids[0], before, after))
    return Seen(**result["seen"]), used


def main() -> None:
    run = Run(Job(**json.loads(sys.argv[1])))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        seen = runner.run(run.run())
    print(json.dumps({"seen": asdict(seen), "problem": run.problem}), flush=True)


if __name__ == "__main__":
    main()

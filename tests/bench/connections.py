"""G10 to G13: coming back after a long absence, what an idle socket weighs, new connections, and the server's end."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

from websockets.asyncio.client import connect

from conversation import log, visits
from conversation.events import Said
from runtime.db import Database, Tx
from tests.bench.job import Job
from tests.bench.load import client_id, generate, start
from tests.bench.report import Bound, Row, quantile
from tests.bench.server import Target, serving
from tests.server import prepare

WARM = 200
PAGE = 100  # entries that the widget asks for first
TOKEN = "visitor-with-a-long-history"


def resume(folder: Path, entries: int = 10_000, times: int = 60) -> Row:
    """A customer who has none of so many entries: from hello to the end of the first page, as the widget asks."""
    home = folder / "resume"
    prepare(home)
    db = Database(f"sqlite:///{home / 'svardesk.sqlite3'}")
    first = db.write_now(visits.request_human, 1, TOKEN, "bench-first-message", language="da")

    def fill(tx: Tx) -> None:
        for number in range(entries - first.seq):
            log.record(tx, first.conversation_id, Said(f"Besked nummer {number}"), f"bench-{number:08d}")

    db.write_now(fill)
    db.engine.dispose()
    with serving(home, prepared=True) as target:
        took = asyncio.run(_come_back(target, times))
    p99 = quantile(took, 0.99) * 1000
    details = {
        "entries": entries,
        "page": PAGE,
        "first_page_p50_ms": quantile(took, 0.5) * 1000,
    }
    bound = Bound("p99", p99, 200, 50, " ms", lower=True)
    return Row("G10", "coming back 10,000 messages behind, to the first page", (bound,), details)


async def _come_back(target: Target, times: int) -> list[float]:
    took = []
    address = f"ws://127.0.0.1:{target.port}{target.path}"
    for _ in range(times):
        async with connect(address, origin=target.origin, max_queue=None) as socket:  # type: ignore[arg-type]
            data = {"token": TOKEN, "language": "da", "page": target.origin, "window": PAGE}
            began = time.perf_counter()
            await socket.send(json.dumps({"v": 1, "type": "hello", "data": data}))
            while '"type":"replay_end"' not in str(await asyncio.wait_for(socket.recv(), 60)):
                pass
            took.append(time.perf_counter() - began)
    return took


def idle_memory(folder: Path, sockets: int = 2000) -> Row:
    """Resident memory of the server before and after so many customers have said hello."""
    with serving(folder / "idle") as target:
        warm = Job("ask", target.port, target.path, target.origin, sockets=200, seconds=1, prefix="warm")
        generate(warm, target.pids)
        hold(target, WARM)  # buffers and caches that stay: they are not a socket's
        time.sleep(1)
        before = target.memory_kb
        after = hold(target, sockets)
    each = (after - before) / (sockets - WARM)  # the memory of the warm ones may have been used again
    details = {"sockets": sockets, "before_mb": before / 1000, "after_mb": after / 1000}
    bound = Bound("", each, 80, 50, " kB", lower=True)
    return Row("G11", "memory of an idle customer socket that has said hello", (bound,), details)


def hold(target: Target, sockets: int) -> float:
    """Opens so many, waits a moment, closes them; the server's memory in kB while they were open."""
    process = start(Job("idle", target.port, target.path, target.origin, sockets=sockets), 1)
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != str(sockets):
            raise SystemExit("Not every socket could be opened.")
        time.sleep(2)
        return target.memory_kb
    finally:
        process.communicate(timeout=60)


def connects(folder: Path, seconds: float = 6) -> Row:
    """New sockets, each with hello and welcome and then gone, for each CPU second of the server."""
    with serving(folder / "connects") as target:
        job = Job("connect", target.port, target.path, target.origin, sockets=16, seconds=seconds)
        seen, used = generate(job, target.pids)
    details = {"opened": seen.opened, "per_s": seen.opened / seen.seconds}
    bound = Bound("", seen.opened / used, 400, 700, "/s")
    return Row("G12", "connect, hello, welcome: per second and core", (bound,), details)


def ending(folder: Path, chats: int = 1000, rate: float = 200) -> Row:
    """SIGTERM in the middle of so many live chats: seconds until the process is gone, and acked messages lost."""
    home = folder / "ending"
    with serving(home) as target:
        job = Job("rate", target.port, target.path, target.origin, chats, 30, warm_s=0, rate=rate, prefix="ending")
        process = start(job, 1)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(5)
        began = time.perf_counter()
        target.process.send_signal(signal.SIGTERM)
        try:
            code = target.process.wait(60)
            took = time.perf_counter() - began
        except subprocess.TimeoutExpired:
            target.process.kill()
            code, took = -1, float("inf")
        told = json.loads(process.stdout.read().splitlines()[-1])["seen"]
        process.wait(30)
    connection = sqlite3.connect(home / "svardesk.sqlite3")
    kept = {name for (name,) in connection.execute("SELECT client_id FROM entry WHERE client_id LIKE 'ending-%'")}
    connection.close()
    acked = {
        client_id("ending", customer, message + 1)
        for customer, count in enumerate(told["acks_of"])
        for message in range(count)
    }
    bounds = (
        Bound("exit after", took, 10, 3, " s", lower=True),
        Bound("acked messages lost:", len(acked - kept), 0, 0, lower=True),
    )
    details = {"chats": chats, "acked": len(acked), "kept": len(kept), "exit_code": code}
    return Row("G13", "SIGTERM with 1,000 live chats", bounds, details)

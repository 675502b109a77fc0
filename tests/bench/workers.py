"""G14: two workers on one PostgreSQL and one Redis: from sending to the socket that the other worker holds."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests import services
from tests.bench.report import Bound, Row, quantile
from tests.bench.server import Target, serving
from tests.clients import sign_in
from tests.server import Server, prepare

CHATS = 20
A_SECOND = 40  # messages, over all chats: a busy team's rate


def rows(folder: Path, seconds: float = 10) -> Row:
    """Customers on one worker, an agent on the other, who has their chats open; customers write, the agent sees it."""
    with services.postgresql(safe=True) as database, services.redis(folder) as redis:
        url = database.url(database.create_database())
        shared = {"DATABASE_URL": url, "REDIS_URL": redis}
        first, second = folder / "first", folder / "second"
        prepare(first, url=url)
        second.mkdir(mode=0o700)
        (second / "facts.json").write_text((first / "facts.json").read_text())
        with (
            serving(first, core=None, prepared=True, **shared) as one,
            serving(second, core=None, prepared=True, **shared) as two,
        ):
            took = asyncio.run(_across(one, two, seconds))
    p50, p99 = quantile(took, 0.5) * 1000, quantile(took, 0.99) * 1000
    bounds = (Bound("p50", p50, 20, 10, " ms", lower=True), Bound("p99", p99, 100, 40, " ms", lower=True))
    details = {"messages": len(took), "per_s": A_SECOND, "chats": CHATS, "slowest_ms": max(took) * 1000}
    return Row("G14", "two workers, PostgreSQL and Redis: to a socket of the other worker", bounds, details)


async def _across(one: Target, two: Target, seconds: float) -> list[float]:
    customers = [await _customer(one, number) for number in range(CHATS)]
    cookie, _ = await asyncio.to_thread(sign_in, Server(two.folder, two.port), "Maja")
    desk = await connect(
        f"ws://127.0.0.1:{two.port}/ws/staff",
        origin=f"http://127.0.0.1:{two.port}",  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie},
    )
    await _send(desk, "hello", {})
    for _, conversation in customers:
        await _send(desk, "open", {"after_seq": 0}, conversation)
    sent: dict[str, float] = {}
    took: list[float] = []
    looking = asyncio.create_task(_look(desk, sent, took))
    reading = [asyncio.create_task(_drain(socket)) for socket, _ in customers]
    began = time.perf_counter()
    number = 0
    while (now := time.perf_counter()) < began + seconds:
        socket, _ = customers[number % CHATS]
        name = f"across-{number:08d}"
        sent[name] = now
        await _send(socket, "say", {"client_id": name, "text": f"Besked {number}"})
        number += 1
        await asyncio.sleep(max(0.0, began + number / A_SECOND - time.perf_counter()))
    await asyncio.sleep(3)
    for task in (looking, *reading):
        task.cancel()
    for socket, _ in customers:
        await socket.close()
    await desk.close()
    if len(took) < number:
        raise SystemExit(f"{number - len(took)} of {number} messages did not reach the other worker's socket.")
    return took


async def _customer(target: Target, number: int) -> tuple[ClientConnection, str]:
    """A customer who waits for a person, so that the assistant keeps quiet."""
    socket = await connect(f"ws://127.0.0.1:{target.port}{target.path}", origin=target.origin)  # type: ignore[arg-type]
    await _send(socket, "hello", {"language": "da", "page": target.origin})
    await _send(socket, "request_human", {"client_id": f"queue-me-{number:05d}"})
    while True:
        for frame in _frames(await asyncio.wait_for(socket.recv(), 30)):
            if frame["type"] == "ack":
                return socket, frame["conversation"]


async def _look(desk: ClientConnection, sent: dict[str, float], took: list[float]) -> None:
    while True:
        text = await desk.recv()
        now = time.perf_counter()
        for frame in _frames(text):
            if frame["type"] == "entry" and frame["data"].get("client_id") in sent:
                took.append(now - sent[frame["data"]["client_id"]])


async def _drain(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


async def _send(socket: ClientConnection, kind: str, data: dict[str, Any], conversation: str | None = None) -> None:
    frame: dict[str, Any] = {"v": 1, "type": kind, "data": data}
    if conversation is not None:
        frame["conversation"] = conversation
    await socket.send(json.dumps(frame))


def _frames(text: str | bytes) -> list[dict[str, Any]]:
    found = json.loads(text)
    return found if isinstance(found, list) else [found]

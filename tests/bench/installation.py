"""The figures of docs/operating.md, measured on this machine: start, memory, one question's way, answers a second.

python -m tests.bench.installation [--customers N] [--seconds S]: a real server, the bundled model, the demo's articles.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import ClientConnection, connect

from bot.demo import FOLDER
from runtime.settings import PREFIX
from tests.services import free_port

# Without limits: one machine plays all customers here, from one address.
WITHOUT_LIMITS = {"CUSTOMER_MESSAGES_PER_S": "1000", "CUSTOMER_BURST": "10000", "SOCKETS_PER_ADDRESS": "100000"}


@contextlib.contextmanager
def demo_server(folder: Path) -> Iterator[tuple[int, float, subprocess.Popen[bytes]]]:
    """Port, seconds until ready, process. The first start fills the data folder, the second is the one that counts."""
    for start in ("first", "second"):
        port = free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        environment |= {PREFIX + name: value for name, value in WITHOUT_LIMITS.items()}
        environment |= {PREFIX + "DATA_FOLDER": str(folder), PREFIX + "LOG_LEVEL": "warning"}
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL
        )
        try:
            while not _ready(port):
                if process.poll() is not None:
                    raise SystemExit("The server did not start.")
                time.sleep(0.02)
            took = time.perf_counter() - began
            if start == "second":
                yield port, took, process
        finally:
            process.terminate()
            process.wait(30)


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    """Resident memory, in MB of 1,000,000 bytes."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) * 1024 / 1e6


def site_of(port: int) -> tuple[str, str]:
    """The demo site's key and an origin that it allows, read from the shop page."""
    origin = f"http://127.0.0.1:{port + 1}"
    with urllib.request.urlopen(origin, timeout=10) as response:
        page = response.read().decode()
    return page.split("{site:'")[1].split("'")[0], origin


async def ask(port: int, site: str, origin: str, questions: list[str], until_s: float) -> list[float]:
    """Customers one after the other, each with four questions or until a person is wanted. Seconds of each answer."""
    took: list[float] = []
    left = itertools.cycle(questions)
    while time.perf_counter() < until_s:
        address = f"ws://127.0.0.1:{port}/ws/customer/{site}"
        async with connect(address, origin=origin) as socket:  # type: ignore[arg-type]
            await socket.send(json.dumps({"v": 1, "type": "hello", "data": {"language": "da", "page": origin}}))
            for number, text in enumerate(itertools.islice(left, 4)):
                began = time.perf_counter()
                data = {"client_id": f"question-{number:06d}", "text": text}
                await socket.send(json.dumps({"v": 1, "type": "say", "data": data}))
                if not await answered(socket):
                    break
                took.append(time.perf_counter() - began)
    return took


async def answered(socket: ClientConnection) -> bool:
    """Waits for what the bot says; False when it hands over instead."""
    while True:
        frame = json.loads(await asyncio.wait_for(socket.recv(), 60))
        if frame["type"] == "error":
            raise SystemExit(f"refused: {frame['data']}")
        if frame["type"] == "entry" and frame["data"]["kind"] in ("answered", "offered", "remarked"):
            return True
        if frame["type"] == "entry" and frame["data"]["kind"] == "handoff":
            return False


async def crowd(port: int, customers: int, seconds: float) -> tuple[list[float], float]:
    """All answer times of so many customers at once, and the seconds that it took."""
    site, origin = site_of(port)
    rows = [json.loads(line) for line in (FOLDER.with_name("questions.jsonl")).read_text("utf-8").splitlines()]
    texts = [row["text"] for row in rows if row["gold"]]
    began = time.perf_counter()
    turns = [texts[start::customers] + texts[:start] for start in range(customers)]
    found = await asyncio.gather(*(ask(port, site, origin, each, began + seconds) for each in turns))
    return [one for each in found for one in each], time.perf_counter() - began


def _shown(seconds: list[float]) -> str:
    quantiles = statistics.quantiles(seconds, n=100)
    return f"p50 {quantiles[49] * 1000:.0f} ms, p95 {quantiles[94] * 1000:.0f} ms (n = {len(seconds)})"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.bench.installation")
    options.add_argument("--customers", type=int, default=16)
    options.add_argument("--seconds", type=float, default=15)
    options.add_argument("--folder", type=Path, help="Data folder to keep from one run to the next.")
    given = options.parse_args()
    table = Table("What", "Measured")
    with tempfile.TemporaryDirectory() as folder, demo_server(given.folder or Path(folder)) as (port, start_s, process):
        table.add_row("second start until ready", f"{start_s:.1f} s")
        table.add_row("memory, idle", f"{memory_mb(process):.0f} MB")
        alone, _ = asyncio.run(crowd(port, 1, given.seconds))
        table.add_row("one question, one customer at a time", _shown(alone))
        many, seconds = asyncio.run(crowd(port, given.customers, given.seconds))
        table.add_row(
            f"{given.customers} customers at once",
            f"{len(many) / seconds:.0f} answers/s, {_shown(many)}",
        )
        table.add_row("memory, afterwards", f"{memory_mb(process):.0f} MB")
    Console().print(table)


if __name__ == "__main__":
    main()

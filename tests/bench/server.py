"""The real server, for measuring, everything on; with a stub for the search where the way around it is what is timed.

python -m tests.bench.server with SVARDESK_* settings; the stub finds the same article for every question.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime.settings import PREFIX
from tests.server import SITE_ORIGIN, prepare
from tests.services import free_port

ROOT = Path(__file__).parents[2]
STUB = "BENCH_STUB"
# One machine plays all customers here, from one address: the limits are on, but high. Nobody here is ever helped.
HIGH_LIMITS = {
    "CUSTOMER_MESSAGES_PER_S": "1000",
    "CUSTOMER_BURST": "10000",
    "SOCKETS_PER_ADDRESS": "100000",
    "MAX_BOT_TURNS": "0",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A server under test. `pids` are all its processes."""

    port: int
    pids: list[int]
    path: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def origin(self) -> str:
        return SITE_ORIGIN

    @property
    def memory_kb(self) -> float:
        """Resident memory of all its processes, in units of 1,000 bytes."""
        total = 0
        for pid in self.pids:
            total += int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0])
        return total * 1.024


@contextlib.contextmanager
def serving(
    folder: Path, core: int | None = 0, prepared: bool = False, stub: bool = True, **settings: str
) -> Iterator[Target]:
    """The server on `core` (None: on any), with a database of its own in `folder`; stopped at the end."""
    if not prepared:
        prepare(folder)
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment |= {PREFIX + name: value for name, value in (HIGH_LIMITS | settings).items()}
    environment |= {PREFIX + "DATA_FOLDER": str(folder), PREFIX + "PORT": str(port), PREFIX + "LOG_LEVEL": "warning"}
    environment |= {STUB: "1"} if stub else {}
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.server"], env=environment, cwd=ROOT, stdout=log, stderr=log
        )
    if core is not None and core in os.sched_getaffinity(0):
        os.sched_setaffinity(process.pid, {core})
    try:
        wait_until_ready(port, process)
        site = json.loads((folder / "facts.json").read_text())["site"]
        yield Target(port, [process.pid], f"/ws/customer/{site}", folder, process)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)


@contextlib.contextmanager
def baseline(kind: str, folder: Path, core: int | None = 0) -> Iterator[Target]:
    """A server of `baselines` on the same core."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.baselines", kind, str(port), str(folder)], cwd=ROOT)
    if core is not None and core in os.sched_getaffinity(0):
        os.sched_setaffinity(process.pid, {core})
    try:
        wait_until_ready(port, process, "/")
        yield Target(port, [process.pid], "/", folder, process)
    finally:
        process.terminate()
        process.wait(30)


def wait_until_ready(port: int, process: subprocess.Popen[bytes], path: str = "/readyz") -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit("The server did not start.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
                if response.status == 200:
                    return
        except urllib.error.HTTPError as error:
            if path == "/" and error.code in (404, 426):  # the baselines have no such page
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit("The server did not become ready.")


def stub_search() -> None:
    """Every search finds what the first one found, for sure; and it is given each time, though it was just before."""
    from dataclasses import replace

    from bot import policy
    from knowledge_base.search import KnowledgeBase

    policy.FRESH_MS = -1
    real = KnowledgeBase.find
    found: list[Any] = []

    def find(self: KnowledgeBase, *args: Any, **kwargs: Any) -> list[Any]:
        if not found:
            found.extend(replace(hit, certainty=0.99) for hit in real(self, *args, **kwargs)[:1])
        return list(found)

    KnowledgeBase.find = find  # type: ignore[method-assign]


def main() -> None:
    from bot import serving as door
    from bot.app import build_app
    from runtime import logs
    from runtime.settings import load
    from tests.embedders import HashEmbedder

    settings = load()
    logs.configure(settings)
    stub = STUB in os.environ
    if stub:
        stub_search()
    sock, settings = door.listen(settings)
    door.run(build_app(settings, HashEmbedder() if stub else None), settings, sock)


if __name__ == "__main__":
    main()

"""A server that kills itself with SIGKILL at a named point, and a nursery that starts many of them quickly.

The product knows nothing of this. The points hang where every way to the database and to a socket leads through: the
database driver's own cursors and commits, and the line that writes to the network. As a program,
`python -m tests.scale.failing_server`, it is the nursery: it has imported everything and forks a server for each line
of JSON on its standard input.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
POINTS = (
    "before the commit",
    "after the commit, before the ack",
    "after the ack, before the answer",
    "in the middle of the answer",
    "in the middle of a batch",
    "while entries go out",
)
MOST_OF_ONE = 2  # entries that one verb writes (a start and a message, an answer and its reason): a third is another's
ANSWERS = ("answered", "offered", "remarked")


@dataclass(slots=True)
class Trap:
    """Dies at the `after`-th passing of `point`; `mark` then holds the point's name, so that nobody has to guess."""

    point: str
    after: int
    mark: str

    def passing(self, point: str) -> None:
        if point != self.point:
            return
        self.after -= 1
        if self.after <= 0:
            file = os.open(self.mark, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.write(file, point.encode())
            os.close(file)
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)  # the signal is on its way: this thread does nothing more


class Watch(threading.local):
    """How many entries the transaction of this thread has written so far."""

    entries = 0


WATCH = Watch()


def statement(trap: Trap, sql: object, values: object, run: Callable[[], Any]) -> Any:
    words = str(sql).lstrip().upper()[:40]
    if words == "COMMIT":
        return commit(trap, run)
    found = run()
    if words.startswith(("BEGIN", "ROLLBACK")) and " TO " not in words:
        WATCH.entries = 0
    elif words.startswith(("INSERT INTO ENTRY ", 'INSERT INTO "ENTRY"', "INSERT INTO ENTRY(")):
        WATCH.entries += 1
        if any(f"'{kind}'" in repr(values) for kind in ANSWERS):
            trap.passing("in the middle of the answer")
        if WATCH.entries > MOST_OF_ONE:
            trap.passing("in the middle of a batch")
    return found


def commit(trap: Trap, run: Callable[[], Any]) -> Any:
    wrote = WATCH.entries > 0
    if wrote:
        trap.passing("before the commit")
    found = run()
    WATCH.entries = 0
    if wrote:
        trap.passing("after the commit, before the ack")
    return found


def watch_sqlite(trap: Trap) -> None:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, values: Any = (), /) -> Any:
            return statement(trap, sql, values, lambda: sqlite3.Cursor.execute(self, sql, values))

        def executemany(self, sql: str, values: Any, /) -> Any:
            values = list(values)
            return statement(trap, sql, values, lambda: sqlite3.Cursor.executemany(self, sql, values))

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, sql: str, values: Any = (), /) -> Any:
            return self.cursor().execute(sql, values)

        def executemany(self, sql: str, values: Any, /) -> Any:
            return self.cursor().executemany(sql, values)

        def commit(self) -> None:
            commit(trap, super().commit)

    plain = sqlite3.connect

    def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        return plain(*args, **{"factory": Connection, **kwargs})

    sqlite3.connect = sqlite3.dbapi2.connect = connect  # type: ignore[assignment]


def watch_postgresql(trap: Trap) -> None:
    import psycopg

    execute, executemany, plain_commit = psycopg.Cursor.execute, psycopg.Cursor.executemany, psycopg.Connection.commit

    def run(self: Any, query: Any, params: Any = None, **more: Any) -> Any:
        return statement(trap, query, params, lambda: execute(self, query, params, **more))

    def run_many(self: Any, query: Any, params_seq: Any, **more: Any) -> Any:
        values = list(params_seq)
        return statement(trap, query, values, lambda: executemany(self, query, values, **more))

    psycopg.Cursor.execute = run  # type: ignore[method-assign]
    psycopg.Cursor.executemany = run_many  # type: ignore[method-assign]
    psycopg.Connection.commit = lambda self: commit(trap, lambda: plain_commit(self))  # type: ignore[method-assign]


def watch_sockets(trap: Trap) -> None:
    """Every message to a socket leaves through the line's `write`."""
    from bot.line import LineProtocol

    plain = LineProtocol.write

    def write(self: LineProtocol, payload: bytes) -> None:
        if b'"type":"entry"' in payload:
            trap.passing("while entries go out")
        plain(self, payload)
        if b'"type":"ack"' in payload:
            trap.passing("after the ack, before the answer")

    LineProtocol.write = write  # type: ignore[method-assign]


def step_back(file: str) -> None:
    """The clock of this server is wrong by as many seconds as the file says, once there is one."""
    real = time.time_ns

    def wrong() -> int:
        with contextlib.suppress(OSError, ValueError):
            return real() + int(float(Path(file).read_text()) * 1e9)
        return real()

    time.time_ns = wrong


def serve() -> None:
    """One server, as its environment says: FAIL_AT, FAIL_AFTER, FAIL_MARK, CLOCK_FILE, COUNT_TASKS."""
    from bot import serving
    from bot.app import build_app
    from runtime import logs
    from runtime.settings import load
    from tests.embedders import HashEmbedder

    if os.environ.get("CLOCK_FILE"):
        step_back(os.environ["CLOCK_FILE"])
    trap = Trap(os.environ.get("FAIL_AT", ""), int(os.environ.get("FAIL_AFTER", "1")), os.environ.get("FAIL_MARK", ""))
    if trap.point:
        watch_sqlite(trap)
        watch_postgresql(trap)
        watch_sockets(trap)
    settings = load()
    logs.configure(settings)
    sock, settings = serving.listen(settings)
    app = build_app(settings, HashEmbedder())
    if os.environ.get("COUNT_TASKS"):

        @app.get("/tasks")
        async def tasks() -> int:
            return len(asyncio.all_tasks())

    serving.run(app, settings, sock)


# -- the nursery -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Nursery:
    """Starts servers in the time of a fork: importing the program takes most of a start."""

    process: subprocess.Popen[str]

    @classmethod
    def open(cls) -> Nursery:
        # A thread of OpenBLAS or OpenMP does not survive the fork, and whoever waits for it waits for ever.
        single = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SVARDESK_")}
        return cls(
            subprocess.Popen(
                [sys.executable, "-m", "tests.scale.failing_server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env=environment | single,
            )
        )

    def spawn(self, environment: dict[str, str], log: Path) -> int:
        """The process id of a new server with these variables."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"environment": environment, "log": str(log)}) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def nurse() -> None:
    import uvicorn.lifespan.on  # uvicorn imports these by name when it starts
    import uvicorn.protocols.http.httptools_impl
    import uvicorn.protocols.websockets.websockets_sansio_impl  # noqa: F401

    import bot.app
    import bot.language
    import bot.serving

    with contextlib.suppress(ModuleNotFoundError):
        import psycopg  # noqa: F401
        import redis.asyncio  # noqa: F401
        import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401
    # What costs each start a second, and has nothing to do with what is proved here.
    bot.language.warm_up()
    assets = bot.app.Assets()
    bot.app.Assets = lambda: assets  # type: ignore[assignment, misc]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here: their ids vanish with them
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(order["environment"], order["log"])
        print(child, flush=True)


def _become(environment: dict[str, str], log: str) -> None:
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for descriptor in (1, 2):
            os.dup2(file, descriptor)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.update(environment)
        serve()
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    nurse()

"""Real servers for tests: PostgreSQL, Redis and Chromium, each of our own, in a temporary folder and on a free port."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
START_S = 60


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def chromium() -> str:
    """The path of Chromium; a plain failure when it is missing, for a skipped browser test proves nothing."""
    for path in CHROMIUM:
        if Path(path).exists():
            return path
    pytest.fail("Chromium is missing. `make test` installs it; by hand: apt-get install chromium")


@dataclass(frozen=True, slots=True)
class Postgresql:
    port: int

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://svardesk@127.0.0.1:{self.port}/{database}"

    def create_database(self) -> str:
        name = f"test_{secrets.token_hex(6)}"
        self._run(f"CREATE DATABASE {name}")
        return name

    def drop_database(self, name: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        engine = sa.create_engine(self.url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


def _binary(name: str) -> str:
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(newest[-1]) if newest else shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is missing. `make test` installs it; by hand: apt-get install postgresql")
    return found


def _as_nobody(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: hand the folder to an ordinary user and run as that one."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            os.chown(folder, user.pw_uid, user.pw_gid)
            return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    pytest.fail("There is no ordinary user to run PostgreSQL as.")


@contextlib.contextmanager
def postgresql(safe: bool = False) -> Iterator[Postgresql]:
    """A server of our own. `safe`: a commit is on the disk, as in operation; tests need that only when they measure."""
    # A folder of its own: pytest's are closed to other users, and closed again whenever another run of pytest begins.
    with (
        tempfile.TemporaryDirectory(prefix="svardesk-postgresql-") as folder,
        _postgresql(Path(folder), safe) as server,
    ):
        yield server


@contextlib.contextmanager
def _postgresql(folder: Path, safe: bool) -> Iterator[Postgresql]:
    user = _as_nobody(folder)
    data, port = folder / "data", free_port()
    setup = [_binary("initdb"), "-D", str(data), "-U", "svardesk", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    made = subprocess.run([*user, *setup], capture_output=True, text=True, cwd=folder, check=False)
    assert made.returncode == 0, made.stderr
    options = (
        "listen_addresses=127.0.0.1",
        f"port={port}",
        f"unix_socket_directories={folder}",
        f"fsync={'on' if safe else 'off'}",
    )
    command = [_binary("postgres"), "-D", str(data), *(part for one in options for part in ("-c", one))]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*user, *command], stdout=log, stderr=log, cwd=folder)
    server = Postgresql(port)
    try:
        _wait(process, folder / "log", lambda: server._run("SELECT 1"))
        yield server
    finally:
        process.send_signal(signal.SIGINT)  # "fast shutdown": it does not wait for forgotten connections
        process.wait(30)


@dataclass(slots=True)
class Redis:
    """A server that may be killed, stopped and started again on its port."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        found = shutil.which("redis-server") or pytest.fail(
            "redis-server is missing. `make test` installs it; by hand: apt-get install redis-server"
        )
        command = [found, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        port = self.port
        _wait(
            self.process,
            self.folder / "log",
            lambda: socket.create_connection(("127.0.0.1", port), 1).close(),
        )

    def send(self, number: signal.Signals) -> None:
        """SIGSTOP, SIGCONT."""
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, also when it is stopped; without effect when it is dead."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(30)


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[Redis]:
    """One that the test may treat badly."""
    server = Redis(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    with redis_server(folder) as server:
        yield server.url


def _wait(process: subprocess.Popen[bytes], log: Path, attempt: object) -> None:
    """Until the attempt succeeds; fails with the server's own log when it ends or takes too long."""
    assert callable(attempt)
    end = time.monotonic() + START_S
    while True:
        try:
            attempt()
            return
        except (OSError, sa.exc.OperationalError):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"The server did not start:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.05)

"""A PostgreSQL and a Redis that can be frozen, killed and started again in their old place."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from tests.services import Postgresql, _as_nobody, _binary, free_port

START_S = 60.0


def family(pid: int) -> list[int]:
    """A process and all that come from it: PostgreSQL's servers lead groups of their own, so groups do not help."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it has just ended
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found, look = [], [pid]
    while look:
        found.append(look.pop())
        look += parents.get(found[-1], [])
    return found


@dataclass(slots=True)
class Machine:
    """One program that others depend on. `folder` and `port` outlive it."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, cwd=self.folder)
        deadline = time.monotonic() + START_S
        while not self.answers():
            assert self.process.poll() is None, (self.folder / "log").read_text(errors="replace")[-2000:]
            assert time.monotonic() < deadline, "It did not start."
            time.sleep(0.05)

    def kill(self) -> None:
        """All of it, at once: as when the power goes."""
        self.signal(signal.SIGKILL)
        assert self.process is not None
        self.process.wait(30)

    def signal(self, number: signal.Signals) -> None:
        """SIGSTOP: it holds all its connections and answers nobody, until SIGCONT."""
        assert self.process is not None
        for pid in family(self.process.pid):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(slots=True)
class PostgresqlMachine(Machine):
    """With its fsync on: what it has said to have committed is there after a kill."""

    user: list[str] = field(default_factory=list)

    @classmethod
    def made(cls) -> PostgresqlMachine:
        folder = Path(tempfile.mkdtemp(prefix="svardesk-postgresql-"))
        machine = cls(folder, user=_as_nobody(folder))
        setup = [_binary("initdb"), "-D", str(folder / "data"), "-U", "svardesk", "-A", "trust", "-E", "UTF8", "-N"]
        subprocess.run([*machine.user, *setup, "--locale=C"], check=True, capture_output=True, cwd=folder)
        machine.start()
        return machine

    @property
    def server(self) -> Postgresql:
        return Postgresql(self.port)

    def command(self) -> list[str]:
        options = ("listen_addresses=127.0.0.1", f"port={self.port}", f"unix_socket_directories={self.folder}")
        settings = [part for one in options for part in ("-c", one)]
        return [*self.user, _binary("postgres"), "-D", str(self.folder / "data"), *settings]

    def answers(self) -> bool:
        try:
            self.server._run("SELECT 1")
        except sa.exc.OperationalError:
            return False
        return True


@dataclass(slots=True)
class RedisMachine(Machine):
    @classmethod
    def made(cls) -> RedisMachine:
        machine = cls(Path(tempfile.mkdtemp(prefix="svardesk-redis-")))
        machine.start()
        return machine

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        found = shutil.which("redis-server")
        assert found is not None, "redis-server is missing. `make test` installs it."
        return [found, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]

    def answers(self) -> bool:
        import socket

        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

"""`svardesk doctor` on real faults: a bent proxy, a damaged file, a Redis that is not there, open modes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import SHUT_RDWR, create_connection, create_server, socket
from typing import Any

import pytest
import sqlalchemy as sa

from bot import migrations
from bot.checks import Finding, bus, database, outside, places, program
from runtime.db import make_engine
from runtime.settings import Settings
from runtime.workers import process_name
from tests.bulk import insert_chats
from tests.doors.command_line import Run
from tests.server import SITE_ORIGIN, Server
from tests.services import free_port


def one(findings: list[Finding], subject: str) -> Finding:
    [found] = [finding for finding in findings if finding.subject == subject]
    return found


# -- through a proxy ---------------------------------------------------------------------------------------


class BentProxy:
    """Passes a request on after `change` of its head; `mute` keeps what comes after the server's head, `cut_s` cuts."""

    def __init__(
        self, port: int, change: Callable[[bytes], bytes] = bytes, mute: bool = False, cut_s: float | None = None
    ) -> None:
        self.upstream, self.change, self.mute, self.cut_s = port, change, mute, cut_s
        self.listener = create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.open: list[socket] = [self.listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = create_connection(("127.0.0.1", self.upstream))
                self.open += [client, server]
                threading.Thread(target=self._up, args=(client, server), daemon=True).start()
                threading.Thread(target=self._down, args=(server, client), daemon=True).start()

    def _up(self, client: socket, server: socket) -> None:
        with contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(65536)
            server.sendall(self.change(head))
            if self.cut_s is not None:
                threading.Timer(self.cut_s, client.shutdown, [SHUT_RDWR]).start()
            while more := client.recv(65536):
                server.sendall(more)

    def _down(self, server: socket, client: socket) -> None:
        with contextlib.suppress(OSError):
            client.sendall(server.recv(65536).split(b"\r\n\r\n")[0] + b"\r\n\r\n" if self.mute else server.recv(65536))
            while more := server.recv(65536):
                if not self.mute:
                    client.sendall(more)

    def close(self) -> None:
        for each in self.open:
            each.close()


@pytest.fixture
def bent(server: Server) -> Iterator[Callable[..., str]]:
    """Makes proxies before the server; the address of each."""
    proxies: list[BentProxy] = []

    def make(**how: Any) -> str:
        proxies.append(BentProxy(server.port, **how))
        return proxies[-1].url

    yield make
    for proxy in proxies:
        proxy.close()


def looked_at(server: Server, url: str, idle_s: float = 0) -> list[Finding]:
    return list(outside.websocket(url, server.facts["site"], SITE_ORIGIN, idle_s))


def without(*names: bytes) -> Callable[[bytes], bytes]:
    """Drops these headers."""

    def change(head: bytes) -> bytes:
        lines = head.split(b"\r\n")
        return b"\r\n".join(line for line in lines if line.split(b":")[0].lower() not in names)

    return change


def test_a_right_proxy(server: Server, bent: Callable[..., str]) -> None:
    found = looked_at(server, bent(), 0.5)
    assert [finding.level for finding in found] == ["ok", "ok"], found
    answer, dated = outside.page(bent())
    assert answer.level == "ok", answer
    assert dated is not None
    assert dated.level == "ok", dated


def test_a_proxy_that_drops_the_upgrade(server: Server, bent: Callable[..., str]) -> None:
    url = bent(change=without(b"upgrade", b"connection"))
    assert outside.page(url)[0].level == "ok", "its pages work, which is what makes this fault hard to see"
    [found] = looked_at(server, url)
    assert found.level == "fault"
    assert "proxy_set_header Upgrade" in found.advice


def test_a_proxy_that_drops_the_origin(server: Server, bent: Callable[..., str]) -> None:
    [found] = looked_at(server, bent(change=without(b"origin")))
    assert found.level == "fault"
    assert "Origin header" in found.advice


def test_a_proxy_that_holds_frames_back(
    server: Server, bent: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "PATIENCE_S", 1.0)
    [found] = looked_at(server, bent(mute=True))
    assert found.level == "fault"
    assert "proxy_buffering off" in found.advice


def test_a_proxy_that_cuts_idle_sockets(server: Server, bent: Callable[..., str]) -> None:
    opened, found = looked_at(server, bent(cut_s=1.0), 3.0)
    assert opened.level == "ok"
    assert found.level == "fault"
    assert "proxy_read_timeout" in found.advice


def test_nobody_and_somebody_else_at_the_public_address() -> None:
    nobody, _ = outside.page(f"http://127.0.0.1:{free_port()}")
    assert "Start the proxy and the server" in nobody.advice

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>Welcome to nginx!</html>")

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Other) as other:
        thread = threading.Thread(target=other.serve_forever, daemon=True)
        thread.start()
        found, _ = outside.page(f"http://127.0.0.1:{other.server_port}")
        other.shutdown()
        thread.join()
    assert "That is not Svardesk" in found.advice


# -- databases and the bus ---------------------------------------------------------------------------------


def test_a_damaged_file_is_found(tmp_path: Path) -> None:
    file = tmp_path / "svardesk.sqlite3"
    engine = make_engine(f"sqlite:///{file}")
    migrations.migrate(engine)
    insert_chats(engine, 40, 20)
    engine.dispose()
    settings = Settings(database_url=f"sqlite:///{file}")
    assert {finding.level for finding in database.database(settings)} == {"ok"}
    with contextlib.closing(sqlite3.connect(file)) as connection:
        [root] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_entry_kind'").fetchone()
    content = bytearray(file.read_bytes())
    start = (root - 1) * 4096
    content[start : start + 2000] = b"\xee" * 2000
    file.write_bytes(content)
    found = one(list(database.database(settings)), "pages")
    assert found.level == "fault"
    assert "restore a backup" in found.advice


def test_postgresql_that_would_forget(postgresql_url: str) -> None:
    """That of the tests runs with fsync off, which makes them fast and the doctor loud."""
    engine = make_engine(postgresql_url)
    migrations.migrate(engine)
    engine.dispose()
    found = list(database.database(Settings(database_url=postgresql_url, workers=2)))
    assert "ALTER SYSTEM SET fsync = on" in one(found, "durability").advice
    for subject in ("database", "PostgreSQL", "connections", "database's clock", "clock"):
        assert one(found, subject).level == "ok", found
    [many] = [
        each
        for each in database.database(Settings(database_url=postgresql_url, workers=64))
        if each.subject == "connections"
    ]
    assert "max_connections" in many.advice


def test_workers_that_run_already_are_counted(postgresql_url: str) -> None:
    """Those of `serve --workers 2` are in no setting that the doctor sees."""
    engine = make_engine(postgresql_url)
    migrations.migrate(engine)
    ours = process_name()
    space = ours.split(" ")[3]
    with engine.begin() as connection:
        for number, name in enumerate([ours, ours, f"here 1 0 {space}", "other 7 7 else"]):  # the third is gone
            connection.execute(
                sa.text("INSERT INTO worker (id, name, started_at, beat) VALUES (:id, :name, 1, 1)"),
                {"id": f"w{number}", "name": name},
            )
    engine.dispose()
    found = one(list(database.database(Settings(database_url=postgresql_url))), "connections")
    assert "2 workers of this machine and 1 elsewhere may need 18" in found.seen


def test_a_database_that_is_away_is_told_once(svardesk: Run, server: Server) -> None:
    url = f"postgresql+psycopg://x@127.0.0.1:{free_port()}/x"
    done = svardesk("doctor", port=str(server.port), database_url=url, data_folder=str(server.folder))
    assert done.returncode == 1
    assert done.stderr == ""
    assert done.stdout.count("Connection refused") == 1, done.stdout
    assert "the database cannot be asked for a site" in done.stdout
    assert "svardesk site set" not in done.stdout


def test_databases_that_are_not_there(tmp_path: Path) -> None:
    [found] = database.database(Settings(database_url=f"postgresql+psycopg://x@127.0.0.1:{free_port()}/x"))
    assert "Is it running, and is the address right?" in found.advice
    [found] = database.database(Settings(database_url=f"sqlite:///{tmp_path}/none.sqlite3"))
    assert "svardesk migrate" in found.advice
    assert not (tmp_path / "none.sqlite3").exists(), "a doctor makes no databases"
    [found] = database.database(Settings(database_url="nonsense"))
    assert "is not a database address" in found.advice


def test_redis(redis_url: str) -> None:
    found = asyncio.run(bus.round_trip(redis_url))
    assert found.level == "ok", found
    assert "from one worker to another" in found.seen


def test_redis_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "PATIENCE_S", 1.0)
    found = asyncio.run(bus.round_trip(f"redis://127.0.0.1:{free_port()}/0"))
    assert "Is it running" in found.advice


# -- the machine, and the whole ----------------------------------------------------------------------------


def test_modes(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert places.folder(folder).level == "ok"
    file = folder / "svardesk.sqlite3"
    file.touch(mode=0o644)
    assert list(places.database_file(file)) == [], "nobody else comes as far as the file"
    folder.chmod(0o755)
    assert "chmod 700" in places.folder(folder).advice
    [found] = places.database_file(file)
    assert f"chmod 600 {file}" in found.advice
    (folder / "secret.key").chmod(0o644)
    [found] = places.secret(folder)
    assert "chmod 600" in found.advice


def test_modes_in_a_pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An emptyDir belongs to root and is open to all, a Secret's file is read-only: nobody there could change them."""
    folder = tmp_path / "data"
    assert places.folder(folder).level == "ok"
    folder.chmod(0o2777)
    (folder / "secret.key").chmod(0o440)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
    assert [found.level for found in (places.folder(folder), *places.secret(folder))] == ["ok", "ok"]


def test_the_disk_is_measured_and_left_clean(tmp_path: Path) -> None:
    assert "fsync" in places.fsync(tmp_path).seen
    assert list(tmp_path.iterdir()) == []
    assert "cannot be written there" in places.fsync(Path("/proc")).advice


def test_a_server_that_runs_and_one_that_does_not(server: Server) -> None:
    assert program.answers(Settings(port=server.port))
    assert not program.answers(Settings(port=free_port()))
    with create_server(("127.0.0.1", 0)) as silent:
        assert not program.answers(Settings(port=silent.getsockname()[1]))


def test_a_running_server_is_well(svardesk: Run, server: Server) -> None:
    words = {"data_folder": str(server.folder), "port": str(server.port)}
    done = svardesk("doctor", **words)
    assert done.returncode == 0, done.stdout
    assert "welcome after" in done.stdout
    assert "✗" not in done.stdout
    told = json.loads(svardesk("doctor", "--json", **words).stdout)
    assert {finding["level"] for finding in told} <= {"ok", "look"}
    assert [finding["subject"] for finding in told][:2] == ["data folder", "secret key"]


def test_faults_end_with_code_1_and_are_counted(svardesk: Run, tmp_path: Path) -> None:
    svardesk("migrate")
    (tmp_path / "data").chmod(0o755)
    done = svardesk("doctor", port=str(free_port()), trusted_proxies="*")
    assert done.returncode == 1
    assert "To repair: 3." in done.stdout, done.stdout  # the folder, the database in it, the proxy
    told = json.loads(svardesk("doctor", "--json", trusted_proxies="*").stdout)
    assert sum(finding["level"] == "fault" for finding in told) == 3

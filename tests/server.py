"""A real server process for tests, which may be killed: `python -m tests.server` with settings in the environment."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.services import free_port

ROOT = Path(__file__).parent.parent
PASSWORD = "en lang adgangskode 42"
SITE_ORIGIN = "http://shop.example"
START_S = 180


class Place:
    """Where a server is: on this machine, at `port`. `folder` is its data folder."""

    __slots__ = ()

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def facts(self) -> dict[str, Any]:
        """What `prepare` wrote down: the site's key, the accounts."""
        found: dict[str, Any] = json.loads((self.folder / "facts.json").read_text())
        return found


@dataclass(slots=True)
class Server(Place):
    """Its folder outlives the process."""

    folder: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        """What browsers write in `Origin` on our own pages."""
        return self.url

    def start(self) -> Server:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SVARDESK_")}
        environment |= {
            "SVARDESK_DATA_FOLDER": str(self.folder),
            "SVARDESK_PORT": str(self.port),
            "SVARDESK_LOG_FORMAT": "json",
            "PYTHONPATH": str(ROOT),
            **self.settings,
        }
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.server"], env=environment, stdout=log, stderr=log, cwd=ROOT
            )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"The server ended: {self.log()}")
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return self
            time.sleep(0.05)
        raise AssertionError(f"The server did not become ready: {self.log()}")

    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")[-4000:]

    def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def prepare(
    folder: Path,
    origins: list[str] | None = None,
    url: str = "",
    articles: int | None = None,
    embedder: Any = None,
) -> None:
    """A migrated database with a site, two agents, a knowledge manager and the demo's articles, or the first few.

    `embedder`: who makes their vectors, for a server with a real model.
    """
    from bot.migrations import migrate
    from conversation.sites import put_site
    from knowledge_base.intake import read_documents
    from knowledge_base.publishing import import_documents
    from runtime.accounts import create_account
    from runtime.db import Database
    from tests.embedders import HashEmbedder

    folder.mkdir(mode=0o700, exist_ok=True)
    db = Database(url or f"sqlite:///{folder / 'svardesk.sqlite3'}")
    migrate(db.engine)
    site = db.write_now(put_site, "Lyngvidde Friluft", origins or [SITE_ORIGIN], ["da", "sv", "nb", "en"])
    accounts = {}
    for name, role in (("Maja", "agent"), ("Oskar", "agent"), ("Synne", "knowledge_manager"), ("Kim", "director")):
        email = f"{name.lower()}@lyngvidde.example"
        db.write_now(create_account, email, name, role, PASSWORD)
        accounts[name] = email
    items = read_documents(ROOT / "bot" / "demo" / "articles").items[:articles]
    import_documents(db, embedder or HashEmbedder(), items, "test")
    db.engine.dispose()
    (folder / "facts.json").write_text(json.dumps({"site": site.key, "accounts": accounts}))


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[Server]:
    """A prepared and started server; stopped (or found dead) at the end. SVARDESK_WORKERS: so many processes."""
    prepare(folder, url=settings.get("SVARDESK_DATABASE_URL", ""))
    server = Server(folder, settings=settings).start()
    try:
        yield server
    finally:
        server.stop()


def main() -> None:
    from bot import serving
    from bot.app import build_app
    from runtime import logs
    from runtime.settings import load
    from tests.embedders import HashEmbedder

    settings = load()
    logs.configure(settings)
    sock, settings = serving.listen(settings)
    if settings.workers > 1:
        sys.exit(serving.run_workers(settings, sock, lambda: logs.logger("serve").info("ready"), "tests.worker"))
    serving.run(build_app(settings, HashEmbedder()), settings, sock)


if __name__ == "__main__":
    main()

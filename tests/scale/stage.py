"""Where a proof takes place: a database of either kind, servers from the nursery, and the log read from outside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from tests.scale.failing_server import Nursery
from tests.scale.history import Fault, Line, Name, Story, check
from tests.server import Place, prepare
from tests.services import Postgresql, free_port

ARTICLES = 12  # each start reads them all; what is proved here needs some answers, not all of them
START_S = 60.0
SETTLE_S = 60.0  # after which what is still missing counts as missing; far above what any fault here may cost
MORE_S = 3.0  # in which all that is on its way arrives, so that only what is really wrong is told
# Time heals none of these.
FINAL = frozenset({Name.DOUBLED, Name.HOLE, Name.TWO_ANSWERS, Name.SHOWN_TWICE, Name.GAP, Name.DISORDER, Name.LEAKED})
# The proofs are about delivery: no limit of politeness may stand in their way.
SETTINGS = {
    "SVARDESK_CUSTOMER_MESSAGES_PER_S": "1000",
    "SVARDESK_CUSTOMER_BURST": "10000",
    "SVARDESK_STAFF_MESSAGES_PER_S": "1000",
    "SVARDESK_STAFF_BURST": "10000",
    "SVARDESK_SOCKETS_PER_ADDRESS": "100000",
    "SVARDESK_LOG_FORMAT": "json",
}
LOG = sa.text(
    "SELECT c.public_id, e.seq, e.kind, e.audience, e.client_id, e.data FROM entry e"
    " JOIN conversation c ON c.id = e.conversation_id ORDER BY c.public_id, e.seq"
)


async def until(true: Callable[[], Any], what: str) -> None:
    """What must become true sooner or later; how soon is not the question here."""
    try:
        async with asyncio.timeout(SETTLE_S):
            while not true():  # noqa: ASYNC110 - many things are waited for, and none of them has an event
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"It never came: {what}") from None


@dataclass(slots=True)
class House(Place):
    """A server of the nursery, as `tests.clients` knows one. Its folder, port and database outlive the process."""

    nursery: Nursery
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    pid: int = 0

    @property
    def origin(self) -> str:
        """Of our own pages, where browsers see them."""
        return self.settings.get("SVARDESK_PUBLIC_URL") or self.url

    @property
    def mark(self) -> Path:
        return self.folder / f"died-{self.port}"

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return self.pid != 0

    def begin(self, fail_at: str = "", fail_after: int = 1) -> None:
        """Starts it and does not wait."""
        self.mark.unlink(missing_ok=True)
        fail = {"FAIL_AT": fail_at, "FAIL_AFTER": str(fail_after), "FAIL_MARK": str(self.mark)}
        own = {"SVARDESK_DATA_FOLDER": str(self.folder), "SVARDESK_PORT": str(self.port)}
        self.pid = self.nursery.spawn(SETTINGS | own | self.settings | fail, self.folder / "server.log")

    async def start(self, fail_at: str = "", fail_after: int = 1) -> House:
        """Ready, unless its trap closed before it was."""
        self.begin(fail_at, fail_after)
        async with httpx.AsyncClient(timeout=2) as client:
            deadline = time.monotonic() + START_S
            while time.monotonic() < deadline:
                if not self.alive:
                    if self.mark.exists():
                        return self
                    raise AssertionError(f"The server ended: {self.log_tail()}")
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"{self.url}/readyz")).status_code == 200:
                        return self
                await asyncio.sleep(0.02)
        raise AssertionError(f"The server did not become ready: {self.log_tail()}")

    def log_tail(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")[-3000:]

    async def kill(self) -> None:
        await self._end(signal.SIGKILL, 10)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM, 20)

    async def _end(self, number: signal.Signals, patience_s: float) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self.pid:
                os.kill(self.pid, number)
        await self.gone(patience_s)

    async def gone(self, patience_s: float) -> None:
        """Waits for its end, and makes it end when it takes longer than `patience_s`; TimeoutError then."""
        deadline = time.monotonic() + patience_s
        while self.alive:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                raise TimeoutError(f"The server did not end: {self.log_tail()}")
            await asyncio.sleep(0.01)


@dataclass(slots=True)
class Stage:
    """`folder` holds a prepared site; `url` is its database."""

    nursery: Nursery
    folder: Path
    url: str
    houses: list[House] = field(default_factory=list)

    def house(self, **settings: str) -> House:
        """Another server on the same database and folder."""
        house = House(self.nursery, self.folder, {"SVARDESK_DATABASE_URL": self.url, **settings})
        self.houses.append(house)
        return house

    def log(self) -> list[Line]:
        """All of it, read by our own eyes and not the program's."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            lines = [Line(*row[:5], json.loads(row[5])) for row in connection.execute(LOG)]
        engine.dispose()
        return lines

    async def settle(self, stories: Sequence[Story]) -> list[Fault]:
        """Waits until nothing is missing any more; what is wrong then, or after a long while."""
        deadline = time.monotonic() + SETTLE_S
        while True:
            faults = await self._faults(stories)
            if FINAL & {fault.name for fault in faults or ()}:
                deadline = min(deadline, time.monotonic() + MORE_S)
            if faults is not None and (not faults or time.monotonic() > deadline):
                return faults
            await asyncio.sleep(0.2)

    async def _faults(self, stories: Sequence[Story]) -> list[Fault] | None:
        """None while the database cannot be read."""
        # As they stand before the log is read: what is acknowledged meanwhile would look lost.
        then = [replace(story, moments=list(story.moments)) for story in stories]
        try:
            log = await asyncio.to_thread(self.log)
        except sa.exc.OperationalError:
            return None
        return check(then, log)

    async def close(self) -> None:
        """Ends what still runs, gently; whoever does not end is a fault."""
        for house in self.houses:
            if house.pid:
                await house.stop()


@dataclass(slots=True)
class Theatre:
    """One prepared site, copied for every stage: preparing one costs seconds."""

    nursery: Nursery
    folder: Path
    postgresql: Postgresql | None = None
    _template: str = ""

    @contextlib.contextmanager
    def stage(self, kind: str) -> Iterator[Stage]:
        """A site of its own, on `sqlite` or `postgresql`."""
        source = self.folder / f"prepared-{kind}"
        if kind == "sqlite" and not source.exists():
            prepare(source, articles=ARTICLES)
        database = self._copy_of_template(source) if kind == "postgresql" else ""
        with tempfile.TemporaryDirectory(prefix="svardesk-stage-", ignore_cleanup_errors=True) as name:
            folder = Path(name) / "data"
            shutil.copytree(source, folder)
            folder.chmod(0o700)
            if not database:
                yield Stage(self.nursery, folder, f"sqlite:///{folder / 'svardesk.sqlite3'}")
                return
            assert self.postgresql is not None
            try:
                yield Stage(self.nursery, folder, self.postgresql.url(database))
            finally:
                with contextlib.suppress(sa.exc.OperationalError):  # its server may be what the proof took down
                    self.postgresql.drop_database(database)

    def _copy_of_template(self, folder: Path) -> str:
        assert self.postgresql is not None
        if not self._template:
            self._template = self.postgresql.create_database()
            prepare(folder, url=self.postgresql.url(self._template), articles=ARTICLES)
        name = f"{self._template}_{free_port()}"
        self.postgresql._run(f"CREATE DATABASE {name} TEMPLATE {self._template}")
        return name

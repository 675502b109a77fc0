"""Two workers on one PostgreSQL, with Redis and without: what one takes, the other shows; limits count over both."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.clients import ask, customer, new_id, queued, staff
from tests.scale.stage import Stage
from tests.scale.visitor import Crowd
from tests.server import PASSWORD, SITE_ORIGIN, Server, prepare
from tests.services import Postgresql

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sockets_are_closed")]


@contextlib.contextmanager
def pair(folder: Path, url: str, **settings: str) -> Iterator[tuple[Server, Server]]:
    """Two servers of one worker each, so that a test knows which one it speaks to. Both have the same secret key."""
    first, second = folder / "first", folder / "second"
    prepare(first, url=url, articles=12)
    common = {"SVARDESK_DATABASE_URL": url, "SVARDESK_SOCKETS_PER_ADDRESS": "40", **settings}
    one = Server(first, settings=common).start()
    second.mkdir(mode=0o700)
    for name in ("facts.json", "secret.key"):
        shutil.copy(first / name, second / name)
    two = Server(second, settings=common)
    try:
        two.start()
        yield one, two
    finally:
        one.stop()
        if two.process is not None:
            two.stop()


@pytest.fixture(scope="module", params=["redis", "polling"])
def servers(
    request: pytest.FixtureRequest, postgresql: Postgresql, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Server]]:
    redis = {"SVARDESK_REDIS_URL": request.getfixturevalue("redis_url")} if request.param == "redis" else {}
    name = postgresql.create_database()
    try:
        with pair(tmp_path_factory.mktemp("workers"), postgresql.url(name), **redis) as both:
            yield both
    finally:
        postgresql.drop_database(name)


async def test_what_one_worker_takes_the_other_one_shows(servers: tuple[Server, Server]) -> None:
    one, two = servers
    shopper, conversation = await queued(one)
    desk, _ = await staff(two, "Maja")
    await desk.send("open", conversation, after_seq=0)
    await desk.frame("replay_end")
    await shopper.send("say", client_id=new_id(), text="Er der nogen?")
    await desk.entry("said", text="Er der nogen?")
    await desk.send("claim", conversation, client_id=new_id())
    await desk.frame("ack")
    await shopper.frame("state", status="assigned")
    await desk.send("reply", conversation, client_id=new_id(), text="Ja, jeg er her.")
    await shopper.entry("replied", text="Ja, jeg er her.")
    for client in (shopper, desk):
        assert client.seqs == list(range(1, len(client.seqs) + 1))


async def test_two_tabs_of_a_visitor_on_two_workers(servers: tuple[Server, Server]) -> None:
    one, two = servers
    first, welcome = await customer(one)
    second, other = await customer(two, token=welcome["data"]["token"])
    assert other["data"]["token"] == welcome["data"]["token"]
    conversation, _ = await ask(first)
    await second.send("say", client_id=new_id(), text="Og i den anden fane")
    assert (await second.frame("ack"))["conversation"] == conversation
    for tab in (first, second):
        tab.taken = 0
        await tab.entry("said", text="Hvor er min pakke?")
        await tab.entry("said", text="Og i den anden fane")


async def test_the_second_of_two_claims_is_refused(servers: tuple[Server, Server]) -> None:
    one, two = servers
    _, conversation = await queued(one)
    maja, _ = await staff(one, "Maja")
    oskar, _ = await staff(two, "Oskar")
    for desk in (maja, oskar):
        await desk.send("open", conversation, after_seq=0)
        await desk.frame("replay_end")
    await asyncio.gather(*(desk.send("claim", conversation, client_id=new_id()) for desk in (maja, oskar)))
    ends = [
        (await desk.until(lambda frame: frame["type"] in ("ack", "error"), "an end of the claim"))["type"]
        for desk in (maja, oskar)
    ]
    assert sorted(ends) == ["ack", "error"]
    for desk in (maja, oskar):
        desk.taken = 0  # whose claim it was has seen it before its ack
    names = [(await desk.entry("claimed"))["data"]["name"] for desk in (maja, oskar)]
    assert names[0] == names[1]


async def test_sockets_of_an_address_are_counted_over_both(servers: tuple[Server, Server]) -> None:
    one, two = servers
    site = one.facts["site"]

    async def opens(server: Server) -> bool:
        try:
            await customer(server)
        except InvalidStatus:
            return False
        return True

    let_in = 0
    async with asyncio.timeout(60):  # sockets of the test before may still be counted for two seconds
        while let_in < 40 and (await opens(one) or let_in < 30):
            let_in += 1
        while await opens(two):  # noqa: ASYNC110 - the other process hears of them within two seconds
            await asyncio.sleep(0.5)
    for server in servers:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{server.ws}/ws/customer/{site}", origin=SITE_ORIGIN)  # type: ignore[arg-type]
        assert refused.value.response.status_code == 429


async def test_sign_in_tries_are_counted_over_both(servers: tuple[Server, Server]) -> None:
    one, _ = servers
    codes = []
    for number in range(14):
        server = servers[number % 2]
        credentials = {"email": one.facts["accounts"]["Kim"], "password": PASSWORD[:-1]}
        headers = {"Origin": server.url}
        async with httpx.AsyncClient(timeout=20) as client:
            answer = await client.post(f"{server.url}/api/v1/session", json=credentials, headers=headers)
        codes.append(answer.status_code)
    assert set(codes) == {401, 429}
    assert codes.count(401) <= 10
    assert codes == sorted(codes)


# -- svardesk serve --workers ----------------------------------------------------------------------------------


@pytest.fixture
async def several(make_postgresql_url: Callable[[], str], tmp_path: Path) -> AsyncIterator[tuple[Server, Stage]]:
    """One server of two processes, which have not been started."""
    folder, url = tmp_path / "data", make_postgresql_url()
    prepare(folder, url=url, articles=12)
    settings = {
        "SVARDESK_DATABASE_URL": url,
        "SVARDESK_WORKERS": "2",
        "SVARDESK_CUSTOMER_MESSAGES_PER_S": "1000",
        "SVARDESK_CUSTOMER_BURST": "10000",
        "SVARDESK_STAFF_MESSAGES_PER_S": "1000",
        "SVARDESK_SOCKETS_PER_ADDRESS": "100000",
    }
    server = Server(folder, settings=settings)
    yield server, Stage(None, folder, url)  # type: ignore[arg-type]
    if server.process is not None and server.process.poll() is None:
        server.stop()


def workers_of(server: Server) -> list[int]:
    """Process numbers of the workers, in the order in which they became ready."""
    lines = [json.loads(line) for line in (server.folder / "server.log").read_text().splitlines() if line[:1] == "{"]
    return [line["pid"] for line in lines if line["event"] == "worker_ready"]


async def said(server: Server, words: str, times: int = 1) -> None:
    """Waits until the log says it so often."""
    async with asyncio.timeout(120):
        while (server.folder / "server.log").read_text().count(words) < times:
            assert server.process is not None
            assert server.process.poll() is None, server.log()
            await asyncio.sleep(0.1)


async def test_a_rolling_restart_under_traffic_loses_nothing(several: tuple[Server, Stage]) -> None:
    server, stage = several
    await asyncio.to_thread(server.start)
    await said(server, '"event": "ready"')
    assert server.process is not None
    crowd = Crowd(lambda: server.ws, server)
    await crowd.enter(10)
    await asyncio.sleep(2)
    server.process.send_signal(signal.SIGHUP)
    await said(server, '"restarted"')
    await asyncio.sleep(1)
    await crowd.hush()
    faults = await stage.settle(crowd.stories)
    acked = crowd.count("acked")
    await crowd.leave()
    assert faults == []
    assert acked > 20
    assert server.log().count("worker_died") == 0
    assert await asyncio.to_thread(server.stop) == 0


def ignores(process: int, number: signal.Signals) -> bool:
    [line] = [line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("SigIgn")]
    return bool(int(line.split()[1], 16) >> (number - 1) & 1)


async def test_a_killed_worker_is_replaced_and_nothing_is_lost(several: tuple[Server, Stage]) -> None:
    server, stage = several
    await asyncio.to_thread(server.start)
    await said(server, '"event": "ready"')
    assert server.process is not None
    for worker in workers_of(server):
        assert ignores(worker, signal.SIGHUP), "only the supervisor acts on it, and a group gets it too"
        os.kill(worker, signal.SIGHUP)
    crowd = Crowd(lambda: server.ws, server, seed=2)
    await crowd.enter(10)
    await asyncio.sleep(1)
    os.kill(workers_of(server)[0], signal.SIGKILL)
    await said(server, '"worker_ready"', 3)
    await asyncio.sleep(1)
    await crowd.hush()
    faults = await stage.settle(crowd.stories)
    await crowd.leave()
    assert faults == []
    assert (server.folder / "server.log").read_text().count("worker_died") == 1
    assert await asyncio.to_thread(server.stop) == 0

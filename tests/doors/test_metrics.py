"""The door /metrics: who may read it, how its names are formed, and that they tell what happens."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from websockets.exceptions import InvalidStatus

import bot.metrics
import knowledge_base.metrics
import runtime.metrics
from bot.facts import watch
from bot.migrations import migrate
from runtime import api, api_metrics, measures
from runtime.db import Database
from runtime.settings import Settings
from tests import clients
from tests.server import Server, running

TOKEN = "s3cret-for-prometheus"
ROOMS = (bot.metrics, knowledge_base.metrics, runtime.metrics)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A busy machine must not make the assistant give up: its answers are counted here."""
    with running(tmp_path_factory.mktemp("counted") / "data", SVARDESK_ANSWER_DEADLINE_S="60") as found:
        yield found


@asynccontextmanager
async def door(settings: Settings, peer: str = "127.0.0.1") -> AsyncIterator[httpx.AsyncClient]:
    app, db = FastAPI(), Database(settings.database)
    migrate(db.engine)
    app.state.settings, app.state.db = settings, db
    app.state.watching = watch(db, settings, "epoch")
    app.include_router(api_metrics.router)
    api.install_problems(app)
    try:
        transport = httpx.ASGITransport(app, client=(peer, 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            yield client
    finally:
        await app.state.watching.facts.stop()
        await db.stop()


@pytest.mark.anyio
async def test_programs_on_this_machine_may_read_it(settings: Settings) -> None:
    async with door(settings) as client:
        answer = await client.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        assert 'svardesk_database_info{epoch="epoch",kind="sqlite"} 1.0' in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        *({name: "127.0.0.1"} for name in api_metrics.PASSED_ON),
        {"Host": "chat.example.com"},
        {"Host": "127.0.0.1.example.com"},
        {"Host": ""},
    ],
    ids=str,
)
@pytest.mark.anyio
async def test_what_a_proxy_passes_on_is_not_from_this_machine(settings: Settings, headers: dict[str, str]) -> None:
    async with door(settings) as client:
        answer = await client.get("/metrics", headers=headers)
        assert answer.status_code == 404
        assert "svardesk_" not in answer.text


@pytest.mark.anyio
async def test_another_machine_reads_nothing(settings: Settings) -> None:
    async with door(settings, peer="192.0.2.7") as client:
        assert (await client.get("/metrics")).status_code == 404
        assert (await client.get("/metrics", headers={"Authorization": "Bearer "})).status_code == 404


@pytest.mark.anyio
async def test_with_a_token_the_token_alone_decides(settings: Settings) -> None:
    for peer in ("127.0.0.1", "192.0.2.7"):
        async with door(settings.model_copy(update={"metrics_token": TOKEN}), peer) as client:
            for wrong in (None, TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer ", "Bearer å"):
                headers = {} if wrong is None else {"Authorization": wrong.encode()}
                assert (await client.get("/metrics", headers=headers)).status_code == 404, wrong
            answer = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "1"})
            assert answer.status_code == 200


def test_the_door_stands_open_in_the_real_server(server: Server) -> None:
    answer = httpx.get(f"{server.url}/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")
    assert httpx.get(f"{server.url}/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


# -- names ---------------------------------------------------------------------------------------------------

NOT_BASE = re.compile(
    r"_(ms|milliseconds?|microseconds?|us|ns|minutes?|hours?|days?|kb|mb|kilobytes?|megabytes?|percent)(_|$)"
)


def families(text: str) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(text)}


def test_names_follow_the_rules_of_prometheus(server: Server) -> None:
    """What `promtool check metrics` looks for, and a sentence of help for each."""
    found = families(httpx.get(f"{server.url}/metrics").text)
    assert len(found) > 50
    for name, family in found.items():
        whole = f"{name}_total" if family.type == "counter" else name
        assert re.fullmatch(r"svardesk_[a-z]+(_[a-z0-9]+)*", whole), whole
        assert not NOT_BASE.search(whole), f"{whole}: base units only"
        assert family.documentation.endswith("."), whole
        assert family.type in ("counter", "gauge", "histogram"), whole
        assert family.type == "counter" or not whole.endswith("_total"), whole
        assert not whole.endswith(("_count", "_sum", "_bucket")), whole
        for sample in family.samples:
            assert set(sample.labels) - {"le"} <= LABELS, sample
            assert family.type != "counter" or sample.name.endswith("_total")


LABELS = {"kind", "outcome", "reason", "way", "status", "code", "result", "version", "python", "epoch"}


def test_every_metric_of_the_rooms_is_on_the_page(server: Server) -> None:
    text = httpx.get(f"{server.url}/metrics").text
    declared = {name for name in measures.FAMILIES if not name.startswith("svardesk_test_")}
    assert declared
    assert {name for name in declared if f"# TYPE {name} " not in text} == set()


# -- that they tell what happens -------------------------------------------------------------------------------


def samples(url: str) -> dict[str, float]:
    """Every sample by its name and its labels' values."""
    return {
        " ".join([sample.name, *sample.labels.values()]): float(sample.value)
        for family in families(httpx.get(f"{url}/metrics").text).values()
        for sample in family.samples
    }


def test_requests_and_the_machine_are_counted(server: Server) -> None:
    before = samples(server.url)
    httpx.get(f"{server.url}/api/v1/session")
    httpx.get(f"{server.url}/no-such-page")
    httpx.get(f"{server.url}/healthz")
    after = samples(server.url)
    assert after["svardesk_http_requests_total 4xx"] - before["svardesk_http_requests_total 4xx"] == 2
    assert after["svardesk_http_request_seconds_count"] - before["svardesk_http_request_seconds_count"] == 2
    assert after["svardesk_process_cpu_seconds_total"] > before["svardesk_process_cpu_seconds_total"]
    assert after["svardesk_process_resident_memory_bytes"] > 20e6
    assert 5 < after["svardesk_process_open_files"] <= after["svardesk_process_open_files_limit"]
    assert after["svardesk_data_folder_free_bytes"] > 0
    assert abs(after["svardesk_process_start_time_seconds"] - time.time()) < 3600


def test_a_body_that_is_too_large_is_counted(server: Server) -> None:
    before = samples(server.url)["svardesk_refused_total body"]
    httpx.post(f"{server.url}/api/v1/session", content=b" " * 3_000_000)
    assert samples(server.url)["svardesk_refused_total body"] == before + 1


@pytest.mark.usefixtures("sockets_are_closed")
@pytest.mark.anyio
async def test_who_waits_is_read_from_the_database(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        maja, _ = await clients.staff(server, "Maja")
        _, first = await clients.queued(server)
        await clients.queued(server)
        await maja.send("claim", first, client_id=clients.new_id())
        await maja.frame("ack")
        found = await asyncio.to_thread(samples, server.url)
        assert found["svardesk_conversations queued"] == 1
        assert found["svardesk_conversations assigned"] == 1
        assert found["svardesk_queue_oldest_wait_seconds"] > 0
        assert abs(found["svardesk_facts_time_seconds"] - time.time()) < 600
        await clients.queued(server)
        again = await asyncio.to_thread(samples, server.url)
        assert again["svardesk_facts_time_seconds"] == found["svardesk_facts_time_seconds"], "read again too soon"
        assert again["svardesk_conversations queued"] == 1


@pytest.mark.anyio
@pytest.mark.usefixtures("sockets_are_closed")
async def test_a_chat_moves_what_it_should(server: Server) -> None:
    def look() -> dict[str, float]:
        return samples(server.url)

    before = await asyncio.to_thread(look)
    client, _ = await clients.customer(server)
    await clients.ask(client, "Hvor er min pakke?")
    await client.until(lambda frame: frame["type"] == "entry" and frame["seq"] > 2, "an answer")
    during = await asyncio.to_thread(look)

    def grown(name: str, now: dict[str, float] = during) -> float:
        return now[f"svardesk_{name}"] - before[f"svardesk_{name}"]

    assert grown("sockets_open customer") == grown("sockets_opened_total customer") == 1
    assert grown("acks_total customer") == grown("ack_seconds_count customer") == 1
    assert grown("frames_received_total customer") >= 1
    assert grown("frames_sent_total customer") >= 5
    assert grown("writes_total done") >= 2
    assert grown("write_batch_seconds_count") >= 2
    assert grown("read_seconds_count") >= 1
    assert sum(grown(f"turns_total {end}") for end in bot.metrics.TURNS) == 1
    assert sum(grown(f"answer_cache_total {found}") for found in knowledge_base.metrics.CACHE) == 1
    assert during["svardesk_index_articles"] > 10
    assert during["svardesk_index_passages"] > during["svardesk_index_articles"]
    assert during["svardesk_articles_waiting_for_vectors"] == 0
    assert during["svardesk_workers_alive"] == during["svardesk_bus_connected"] == 1
    await client.send("say", client_id=clients.new_id(), text="")
    await client.frame("error")
    await client.close()
    async with asyncio.timeout(30):
        while grown("sockets_open customer", after := await asyncio.to_thread(look)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert sum(grown(f"sockets_closed_total {code}", after) for code in bot.metrics.CLOSED) == 1
    assert grown("faults_sent_total refused", after) == 1
    assert grown("acks_total customer", after) == 1


@pytest.mark.anyio
@pytest.mark.usefixtures("sockets_are_closed")
async def test_whoever_is_refused_is_counted(server: Server) -> None:
    before = await asyncio.to_thread(samples, server.url)
    with pytest.raises(InvalidStatus):
        await clients.customer(server, origin="http://elsewhere.example")
    client, _ = await clients.customer(server)
    await client.socket.send("{no frame")
    await client.frame("error")
    for _ in range(60):  # ten more than their burst
        await client.send("say", client_id=clients.new_id(), text="Hej")
    await client.until(lambda frame: frame["type"] == "error" and frame["data"]["code"] == "too_many", "a limit")
    after = await asyncio.to_thread(samples, server.url)
    for reason in ("origin", "bad_frame", "pace"):
        assert after[f"svardesk_refused_total {reason}"] > before[f"svardesk_refused_total {reason}"], reason


@pytest.mark.anyio
@pytest.mark.usefixtures("sockets_are_closed")
async def test_two_workers_of_one_machine_are_one_page(postgresql_url: str, tmp_path: Path) -> None:
    """Whichever is asked, both are counted; what a killed one had counted stays."""
    settings = {"SVARDESK_DATABASE_URL": postgresql_url, "SVARDESK_WORKERS": "2"}
    with running(tmp_path / "data", **settings) as server:
        before = await _when(server, lambda found: found["svardesk_workers_alive"] == 2)
        customers = [(await clients.customer(server))[0] for _ in range(8)]  # the system deals them out as it likes
        for customer in customers:
            await clients.ask(customer)
        found = await _when(server, lambda found: found["svardesk_acks_total customer"] == 8)
        assert found["svardesk_sockets_open customer"] == 8
        assert found["svardesk_process_cpu_seconds_total"] > before["svardesk_process_cpu_seconds_total"]
        pids = await asyncio.to_thread(_workers, server)
        folders = [await asyncio.to_thread(_folder, pid) for pid in pids]
        assert len(folders) == 2
        assert folders[0] == folders[1]
        await _until(lambda: _left_acks(folders[0]) == 8)  # each knows what the other counted when that has left it
        for _ in range(10):  # whoever answers
            assert (await asyncio.to_thread(samples, server.url))["svardesk_acks_total customer"] == 8
        os.kill(pids[0], signal.SIGKILL)
        await _until(lambda: not list(folders[0].glob(f"{pids[0]}-*.json")))
        cut = sum(customer.socket.close_code is not None for customer in customers)
        left = await _when(server, lambda found: found["svardesk_sockets_open customer"] == 8 - cut, fails=True)
        assert left["svardesk_acks_total customer"] == 8


async def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not await asyncio.to_thread(true):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


def _workers(server: Server) -> list[int]:
    assert server.process is not None
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def _folder(pid: int) -> Path:
    """Where that worker leaves its numbers for the other one."""
    variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    (named,) = [one for one in variables if one.startswith(b"WORKERS_METRICS_FOLDER=")]
    return Path(named.partition(b"=")[2].decode())


def _left_acks(folder: Path) -> float:
    """Acknowledgements in what both workers have left there; 0 while one of them has left nothing."""
    left = [json.loads(path.read_bytes()) for path in folder.glob("*-*.json")]
    return sum(number for values in left for _, number in values["svardesk_acks_total"]) if len(left) == 2 else 0


async def _when(server: Server, wanted: Callable[[dict[str, float]], bool], fails: bool = False) -> dict[str, float]:
    """The page once it says so: workers leave their numbers for each other every second."""
    deadline = time.monotonic() + 20
    while True:
        try:
            found = await asyncio.to_thread(samples, server.url)
            if wanted(found):
                return found
        except httpx.TransportError:  # it was the killed one that should have answered
            assert fails
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)

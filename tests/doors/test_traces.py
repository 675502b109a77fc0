"""A question's way as OpenTelemetry shows it, sent to a receiver of our own; and nothing of it unless asked for."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bot.traces import STEPS
from runtime import traces
from runtime.errors import SettingsError
from tests import clients
from tests.server import Server, running

WAIT_S = 15.0
SECRET = "Kanelsnegl hvor er min pakke 0612 345 678"


@dataclass(slots=True)
class Receiver:
    """What arrived: the requests as they are on the wire, decoded."""

    port: int = 0
    requests: list[ExportTraceServiceRequest] = field(default_factory=list)
    raw: bytes = b""

    def spans(self) -> list[Any]:
        return [
            span
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def until(self, wanted: Callable[[list[Any]], bool]) -> list[Any]:
        deadline = time.monotonic() + WAIT_S
        while not wanted(found := self.spans()):
            assert time.monotonic() < deadline, sorted({span.name for span in found})
            time.sleep(0.05)
        return found


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/v1/traces"
            assert self.headers["Content-Type"] == "application/x-protobuf"
            receiver.raw += body
            receiver.requests.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Take) as server:
        receiver.port = server.server_port
        threading.Thread(target=server.serve_forever).start()
        try:
            yield receiver
        finally:
            server.shutdown()


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Server]:
    environment = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{receiver.port}",
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
        "SVARDESK_ANSWER_DEADLINE_S": "60",  # the search must be seen, however busy the machine
    }
    with running(tmp_path_factory.mktemp("traced") / "data", **environment) as server:
        yield server


def attributes(span: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


@pytest.mark.anyio
@pytest.mark.usefixtures("sockets_are_closed")
async def test_a_question_is_followed_to_its_answer(traced: Server, receiver: Receiver) -> None:
    client, _ = await clients.customer(traced)
    await clients.ask(client, SECRET)
    await client.until(lambda frame: frame["type"] == "entry" and "re" in frame["data"], "an answer")
    needed = {"receive", "store", "write batch", "answer", "decide", "search", "deliver"}
    found = receiver.until(lambda spans: needed <= {span.name for span in spans})
    (receive,) = [span for span in found if attributes(span).get("svardesk.frame") == "say"]
    way = {span.name: span for span in found if span.trace_id == receive.trace_id}
    assert {"receive", "store", "answer", "decide", "search"} <= set(way)
    assert way["search"].parent_span_id == way["decide"].span_id
    assert way["decide"].parent_span_id == way["answer"].span_id
    assert attributes(way["answer"]).keys() == {"svardesk.conversation", "svardesk.entry"}
    assert attributes(way["decide"])["svardesk.outcome"] in ("answer", "offer", "hand_over", "remark")
    verbs = {attributes(span).get("svardesk.verb") for span in found if span.name == "store"}
    assert "conversation.visits.say" in verbs
    for span in found:
        assert 0 < span.end_time_unix_nano - span.start_time_unix_nano < 60e9
    resource = receiver.requests[0].resource_spans[0].resource
    assert attributes(resource)["service.name"] == "svardesk"
    assert attributes(resource)["deployment.environment.name"] == "test"


@pytest.mark.anyio
@pytest.mark.usefixtures("sockets_are_closed")
async def test_nothing_that_anybody_wrote_leaves_the_house(traced: Server, receiver: Receiver) -> None:
    client, welcome = await clients.customer(traced)
    await clients.ask(client, SECRET)
    await client.send("say", client_id="short", text="")  # refused, with a sentence
    await client.frame("error")
    await client.send("leave_email", client_id=clients.new_id(), email="kunde@example.com")
    await client.frame("ack")
    receiver.until(lambda spans: any(attributes(span).get("svardesk.frame") == "leave_email" for span in spans))
    for private in (SECRET, "Kanelsnegl", "kunde@example.com", welcome["data"]["token"]):
        assert private.encode() not in receiver.raw


def test_requests_are_named_by_their_route(traced: Server, receiver: Receiver) -> None:
    httpx.get(f"{traced.url}/healthz")
    httpx.get(f"{traced.url}/api/v1/session", params={"token": "abc"})

    def requests(spans: list[Any]) -> list[dict[str, Any]]:
        return [attributes(span) for span in spans if span.name == "HTTP"]

    found = requests(receiver.until(lambda spans: bool(requests(spans))))
    assert {
        "http.request.method": "GET",
        "http.response.status_code": 401,
        "http.route": "/api/v1/session",
    } in found
    assert not any("healthz" in str(one) for one in found)


def test_a_receiver_that_is_gone_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with receiving() as gone:
        port = gone.port
    with running(tmp_path / "data", OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}") as server:
        httpx.get(f"{server.url}/api/v1/session")
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 10


# -- asked for, or not ---------------------------------------------------------------------------------------

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "chat"}, False),
        (ENDPOINT, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({**ENDPOINT, "OTEL_TRACES_EXPORTER": "none"}, False),
        ({**ENDPOINT, "OTEL_SDK_DISABLED": "true"}, False),
        ({**ENDPOINT, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, True),
    ],
)
def test_the_standard_variables_decide(environment: dict[str, str], asked: bool) -> None:
    assert traces.asked_for(environment) is asked


@pytest.mark.parametrize("wrong", [{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, {"OTEL_TRACES_EXPORTER": "jaeger"}])
def test_what_we_cannot_do_is_said(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="must be"):
        traces.asked_for({**ENDPOINT, **wrong})


def test_missing_packages_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError, match=r'pip install "svardesk\[telemetry\]"'):
        traces.start(ENDPOINT, STEPS)


@pytest.mark.anyio
async def test_without_them_no_step_is_touched_and_afterwards_none_either() -> None:
    plain = [getattr(step.owner, step.name) for step in STEPS]
    assert traces.start({}, STEPS).provider is None
    assert [getattr(step.owner, step.name) for step in STEPS] == plain
    started = traces.start({"OTEL_TRACES_EXPORTER": "otlp"}, STEPS)
    assert all(getattr(step.owner, step.name) is not one for step, one in zip(STEPS, plain, strict=True))
    await started.stop()
    assert [getattr(step.owner, step.name) for step in STEPS] == plain

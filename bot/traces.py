"""The steps that a trace shows: a question's way from the socket to the screens, the writer's batches, HTTP."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot import wire
from bot.customer_socket import CustomerSocket
from bot.guided import Guided
from bot.hub import Hub
from bot.staff_socket import StaffSocket
from bot.turn import Turns
from bot.watch import Watch
from knowledge_base.asking import Asker
from runtime import traces
from runtime.db import Database
from runtime.surroundings import QUIET, Exchange
from runtime.traces import Attributes, Step, Traces
from runtime.writer import Writer

if TYPE_CHECKING:
    from bot.questions import Job

QUIET_FRAMES = (wire.PingFrame, wire.TypingFrame, wire.StaffTypingFrame)


def _frame(_socket: Any, frame: wire.Frame) -> Attributes:
    return {"svardesk.frame": str(frame.__struct_config__.tag)}


def _is_quiet(_socket: Any, frame: wire.Frame) -> bool:
    return isinstance(frame, QUIET_FRAMES)


def _verb(_db: Database, verb: Any, *_args: Any, **_kwargs: Any) -> Attributes:
    return {"svardesk.verb": f"{verb.__module__}.{verb.__qualname__}"}


def _job(_turns: object, job: Job) -> Attributes:
    return {"svardesk.conversation": job.conversation_id, "svardesk.entry": job.seq}


def _decided(result: tuple[str, Any, Any], *_args: Any) -> Attributes:
    language, _, decided = result
    return {"svardesk.language": language, "svardesk.outcome": decided.outcome}


def _given(_hub: Hub, watch: Watch, _row: Any, entries: Sequence[Any]) -> Attributes:
    return {"svardesk.conversation": watch.conversation_id, "svardesk.entries": len(entries)}


def _request(exchange: Exchange, _app: Any) -> Attributes:
    return {"http.request.method": exchange.scope["method"]}


def _response(_result: None, exchange: Exchange, _app: Any) -> Attributes:
    route = getattr(exchange.scope.get("route"), "path", "")
    return {"http.response.status_code": exchange.status, **({"http.route": route} if route else {})}


STEPS = (
    Step(CustomerSocket, "_do", "receive", _frame, skip=_is_quiet),
    Step(StaffSocket, "_do", "receive", _frame, skip=_is_quiet),
    Step(Database, "write", "store", _verb),
    Step(Database, "read", "read", _verb),
    Step(Writer, "run", "write batch", lambda _writer, batch: {"svardesk.writes": len(batch)}),
    Step(Turns, "take", "answer", _job),
    Step(Guided, "turn", "decide", _job, _decided),
    Step(Asker, "search", "search", after=lambda hits, *_args: {"svardesk.hits": len(hits)}),
    Step(Hub, "_give", "deliver", _given, skip=lambda _hub, _watch, _row, entries: not entries),
    Step(
        Exchange,
        "run",
        "HTTP",
        _request,
        _response,
        skip=lambda exchange, _app: exchange.scope["path"].startswith(QUIET),
    ),
)


def start(environment: Mapping[str, str] = os.environ) -> Traces:
    """Traces, if the OTEL_* variables ask for them."""
    return traces.start(environment, STEPS)

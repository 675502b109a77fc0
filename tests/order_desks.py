"""The demo's back end on a port of its own, and others in its place that are slow, broken or talk nonsense."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.demo.order_desk import OrderDesk
from tests.services import free_port

TOKEN = "order-desk-token-0001"


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address of the app while it runs in a thread of its own."""
    port = free_port()
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise AssertionError("The back end did not start.")
        threading.Event().wait(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


@contextmanager
def order_desk() -> Iterator[tuple[str, OrderDesk]]:
    desk = OrderDesk(TOKEN)
    with serving(desk.app()) as url:
        yield url, desk


def misbehaving() -> Starlette:
    """`/KIND/orders/lookup` behaves as its kind says."""

    async def answer(request: Request) -> Response:
        kind = request.path_params["kind"]
        if kind == "slow":
            await asyncio.sleep(30)
        if kind == "moved":
            return RedirectResponse("http://127.0.0.1:9/orders/lookup", 307)
        content, status = {
            "error": (b'{"code": "internal"}', 500),
            "html": (b"<html>Sign in</html>", 200),
            "list": (b"[1, 2]", 200),
            "deep": (b"[" * 50_000, 200),
            "long": (b'{"number": "10042", "status": "sent", "more": "' + b"x" * 200_000 + b'"}', 200),
            "status": (b'{"number": "10042", "status": "eaten by a bear"}', 200),
            "script": (b'{"number": "10042", "status": "sent", "tracking_url": "javascript:alert(1)"}', 200),
            "day": (b'{"number": "10042", "status": "sent", "expected": "soon"}', 200),
            "number": (b'{"number": "10042 <b>", "status": "sent"}', 200),
            "latin": (b'{"number": "\xe6", "status": "sent"}', 200),
            "empty": (b"", 200),
            "missing": (b"Not found", 404),
            "gone": (b'{"code": "no_such_route"}', 404),
            "declined": (b'{"code": "full moon"}', 409),
        }[kind]
        return Response(content, status, media_type="application/json")

    return Starlette(routes=[Route("/{kind}/{rest:path}", answer, methods=["POST"])])


KINDS = (
    "error", "html", "list", "deep", "long", "status", "script", "day", "number", "latin", "empty", "missing", "gone",
    "declined", "moved",
)  # fmt: skip

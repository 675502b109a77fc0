"""What surrounds every request: a request id, one log line, a limit for bodies, and an end for unforeseen faults."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime import clock, metrics
from runtime.errors import AppError, TooLarge
from runtime.logs import logger

QUIET = ("/assets/", "/healthz", "/readyz", "/metrics")  # at level debug: they would drown the rest
_LOG = logger("http")


class BodyTooLarge(TooLarge):
    """Raised while the body is read, so that no more of it is read."""


def problem(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """A problem document of RFC 9457 with our stable `code`."""
    reserved = {"type", "title", "status", "code", "detail"}
    extra = {name: value for name, value in more.items() if name not in reserved}
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail, **extra}


def problem_of(error: AppError) -> dict[str, Any]:
    return problem(error.status, error.code, error.message, **error.details)


class Surroundings:
    """ASGI middleware. `most_bytes` may be asked of the settings at each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = clock.new_id()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            if scope["type"] == "websocket":
                await self._app(scope, receive, send)
            else:
                await Exchange(scope, receive, send, request_id).run(self._app)


class Exchange:
    """One request and its response."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        self.scope, self._receive, self._send, self._id = scope, receive, send, request_id
        self._most_bytes = _most_bytes(scope)
        self._read = 0
        self.status = 0

    async def run(self, app: ASGIApp) -> None:
        began = time.perf_counter()
        try:
            if self._announced() > self._most_bytes:
                metrics.REFUSED["body"].inc()
                raise BodyTooLarge(_too_large(self._most_bytes))
            await app(self.scope, self.receive, self.send)
        except AppError as error:
            await self._refuse(problem_of(error))
        except Exception:
            _LOG.error("request failed", method=self.scope["method"], path=self.scope["path"], exc_info=True)
            await self._refuse(problem(500, "internal", "Something went wrong here. It has been noted in the log."))
        path = self.scope["path"]
        quiet = path.startswith(QUIET)
        say = _LOG.debug if quiet else _LOG.info
        took = time.perf_counter() - began
        if not quiet:
            metrics.REQUEST_SECONDS.observe(took)
            metrics.REQUESTS[f"{self.status // 100}xx" if self.status else "5xx"].inc()
        milliseconds = round(took * 1000, 1)
        say("request", method=self.scope["method"], path=path, status=self.status, ms=milliseconds)

    def _announced(self) -> int:
        for name, value in self.scope["headers"]:
            if name == b"content-length":
                return int(value) if value.isdigit() else 0
        return 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self._most_bytes:
            metrics.REFUSED["body"].inc()
            raise BodyTooLarge(_too_large(self._most_bytes))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message.setdefault("headers", [])
            message["headers"] = [*message["headers"], (b"x-request-id", self._id.encode())]
        await self._send(message)

    async def _refuse(self, document: dict[str, Any]) -> None:
        if self.status:
            return  # the response has begun: there is nothing left to say it with
        body = json.dumps(document).encode()
        headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
        await self.send({"type": "http.response.start", "status": document["status"], "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def _most_bytes(scope: Scope) -> int:
    """The longest article as JSON, each character as an escape at worst, and room for the rest."""
    settings = getattr(scope["app"].state, "settings", None) if "app" in scope else None
    return 6 * (settings.max_article if settings is not None else 200_000) + 65_536


def _too_large(most: int) -> str:
    return f"That is too large. At most {most // 1024} KiB can be sent at once."

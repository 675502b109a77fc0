"""A stand-in for the server, for tests of the widget alone: assets, a strict shop page, a socket that a test drives."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from widget.assets import Assets

KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8", ".json": "application/json"}
SITE = {
    "name": "Lyngvidde Friluft",
    "brand": "",
    "languages": ["da", "sv", "nb", "en"],
    "retention_days": 90,
    "suggestions": {
        "da": ["Hvor er min pakke?", "Bytte størrelse", "Hvilket telt til fjeldet i oktober?"],
        "en": ["Where is my parcel?", "Change the size"],
    },
}
CSP = (
    "default-src 'none'; script-src {chat}; connect-src {chat} {socket}; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; require-trusted-types-for 'script'; trusted-types svardesk"
)
Answer = Callable[["FakeServer", ServerConnection, dict[str, Any]], None]


class FakeServer:
    """Runs in a thread of its own. `heard` has every frame from clients; `answer` may be replaced by a test."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.answer: Answer = polite
        self.entries: list[dict[str, Any]] = []
        self.state: dict[str, Any] | None = None
        self.conversation: str | None = None
        self.refuse = False
        self.welcomed = 0
        self.mute = False
        self.csp = CSP
        self._files = Assets().files
        self._sockets: set[ServerConnection] = set()
        self._loop = asyncio.new_event_loop()
        self._server: Server | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> FakeServer:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(0), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def shop(self) -> str:
        """The page of the shop: the same port under another host name, so another origin."""
        return f"http://127.0.0.1:{self.port}/shop.html"

    # -- what a test does ------------------------------------------------------------------------------

    def send(self, type_: str, data: dict[str, Any] | None = None, **fields: Any) -> None:
        """To every socket."""
        frame = {"v": 1, "type": type_, **({"conversation": self.conversation} if self.conversation else {}), **fields}
        text = json.dumps(frame | ({"data": data} if data is not None else {}))
        for socket in list(self._sockets):
            asyncio.run_coroutine_threadsafe(socket.send(text), self._loop).result(10)

    def add(self, kind: str, *, announce: bool = True, **fields: Any) -> int:
        """A new entry of the log; its number."""
        self.conversation = self.conversation or "c1"
        seq = len(self.entries) + 1
        entry = {"seq": seq, "ts": "2026-11-23T13:02:00Z", "data": {"kind": kind, **fields}}
        self.entries.append(entry)
        if announce:
            self.send("entry", entry["data"], seq=seq, ts=entry["ts"])
        return seq

    def turn(self, status: str, **fields: Any) -> None:
        owner = {"bot": "bot", "assigned": "agent:a1"}.get(status, "none")
        self.state = {"status": status, "owner": owner, "episode": 1, **fields}
        self.send("state", self.state)

    def cut(self) -> None:
        """All sockets are gone without a goodbye, and new ones are refused until `refuse` is False."""
        self.refuse = True
        for socket in list(self._sockets):
            self._loop.call_soon_threadsafe(socket.transport.abort)

    def close(self, code: int) -> None:
        for socket in list(self._sockets):
            asyncio.run_coroutine_threadsafe(socket.close(code), self._loop).result(10)

    def of_type(self, type_: str) -> list[dict[str, Any]]:
        return [frame for frame in list(self.heard) if frame["type"] == type_]

    # -- what the server does ----------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _start(self, port: int) -> None:
        self._server = await serve(self._talk, "127.0.0.1", port, process_request=self._http, ping_interval=None)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    def _http(self, connection: ServerConnection, request: Request) -> Response | None:
        path = request.path.split("?")[0]
        self.requests.append(path)
        if path.startswith("/ws/"):
            return connection.respond(HTTPStatus.FORBIDDEN, "") if self.refuse else None
        headers = Headers({"Access-Control-Allow-Origin": "*", "Connection": "close"})
        body = self._body(path, headers)
        if body is None:
            headers["Content-Length"] = "0"
            return Response(404, "Not Found", headers, b"")
        headers["Content-Length"] = str(len(body))
        return Response(200, "OK", headers, body)

    def _body(self, path: str, headers: Headers) -> bytes | None:
        kind = KINDS.get(Path(path).suffix, "application/json")
        headers["Content-Type"] = kind
        if path == "/shop.html":
            headers["Content-Security-Policy"] = self.csp.format(
                chat=self.origin, socket=self.origin.replace("http", "ws")
            )
            script = f'<script async src="{self.origin}/widget.js" data-site="lyngvidde"></script>'
            head = (
                '<!doctype html><html lang="da"><meta name="viewport" content="width=device-width"><title>Telte</title>'
            )
            return f"{head}<link rel=icon href=/favicon.ico><h1>Telte</h1><button>Køb</button>{script}".encode()
        if path == "/favicon.ico":
            return b""
        if path == "/widget.js":
            return self._files["loader.js"].replace(b"__EMBED__", b"/assets/0/embed/embed.js")
        if path.startswith("/api/v1/sites/"):
            return json.dumps(SITE).encode() if path.endswith("/lyngvidde") else None
        if path.startswith("/assets/0/"):
            return self._files.get(path.removeprefix("/assets/0/"))
        return None

    async def _talk(self, socket: ServerConnection) -> None:
        self._sockets.add(socket)
        try:
            while True:
                text = await socket.recv()
                frame = json.loads(text)
                self.heard.append(frame)
                if not self.mute:
                    await self._reply(socket, frame)
        except ConnectionClosed:
            pass
        finally:
            self._sockets.discard(socket)

    async def _reply(self, socket: ServerConnection, frame: dict[str, Any]) -> None:
        if frame["type"] == "ping":
            await socket.send(json.dumps({"v": 1, "type": "pong"}))
        elif frame["type"] == "hello":
            await self._welcome(socket, frame)
        elif frame["type"] == "history":
            end = frame["data"]["before_seq"]
            past = [{"v": 1, "type": "entry", "conversation": self.conversation, **one} for one in self.entries]
            page = {"before_seq": end, "entries": past[max(0, end - 101) : end - 1]}
            answer = {"v": 1, "type": "history", "conversation": self.conversation, "data": page}
            await socket.send(json.dumps(answer))
        elif frame["type"] == "revoke":
            self.conversation, self.entries, self.state = None, [], None
        else:
            self._loop.run_in_executor(None, self.answer, self, socket, frame)

    async def _welcome(self, socket: ServerConnection, frame: dict[str, Any]) -> None:
        after = next((one["after_seq"] for one in frame["data"].get("resume", [])), 0)
        if len(self.entries) - after > frame["data"].get("window", 1000):
            after = len(self.entries) - frame["data"]["window"]
        data = {
            "token": "t1",
            "epoch": "e1",
            "site": SITE | {"suggestions": None},
            "language": "da",
            "people_available": True,
        }
        data |= {"last_seq": len(self.entries)} | ({"state": self.state} if self.state else {})
        about = {"conversation": self.conversation} if self.conversation else {}
        await socket.send(json.dumps({"v": 1, "type": "welcome", "data": data, **about}))
        self.welcomed += 1
        if not self.conversation:
            return
        span = {"from_seq": after + 1, "to_seq": len(self.entries)}
        await socket.send(json.dumps({"v": 1, "type": "replay_begin", "data": span, **about}))
        for entry in self.entries[after:]:
            await socket.send(json.dumps({"v": 1, "type": "entry", **entry, **about}))
        await socket.send(json.dumps({"v": 1, "type": "replay_end", "data": span, **about}))


def polite(server: FakeServer, socket: ServerConnection, frame: dict[str, Any]) -> None:
    """Keeps what is said, once for each client id, and acks it."""
    data = frame.get("data", {})
    client_id = data.get("client_id")
    if not client_id:
        return
    if data.get("new"):
        server.conversation, server.entries, server.state = "c2", [], None
    known = next((entry["seq"] for entry in server.entries if entry["data"].get("client_id") == client_id), None)
    kinds = {"say": "said", "request_human": "handoff", "leave_email": "contact", "end": "resolved", "rate": "rated"}
    kinds["helped"] = "hidden"
    kind = kinds[frame["type"]]
    fields = {key: value for key, value in data.items() if key != "new"}
    fields |= {"handoff": {"reason": "customer_request"}, "resolved": {"by": "customer"}}.get(kind, {})
    seq = known or server.add(kind, announce=False, **fields)
    server.send("ack", {"client_id": client_id, "seq": seq})
    if known is None:
        entry = server.entries[seq - 1]
        server.send("entry", entry["data"], seq=seq, ts=entry["ts"])

"""A stage for the console's tests: the browser files under the real CSP, a staff socket played by the test."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse, Response

from bot.pages import PAGE_CSP
from widget.assets import KINDS, STAFF_HEAD, filled

WIDGET = Path(__file__).parents[2] / "widget"
MAJA = {"id": "maja", "name": "Maja Kjærgaard", "email": "maja@lyngvidde.example", "role": "agent", "language": "en"}
PASSWORD = "fjord-og-fjeld"
CUSTOMER_KINDS = ("said", "contact")


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Stage:
    """One agent's world. Methods without `async` may be called from the test's thread."""

    def __init__(self) -> None:
        self.chats: dict[str, dict[str, Any]] = {}
        self.logs: dict[str, list[dict[str, Any]]] = {}
        self.sockets: dict[WebSocket, set[str]] = {}
        self.received: list[dict[str, Any]] = []
        self.done: dict[str, dict[str, Any]] = {}
        self.logged_in = True
        self.refuse: str | None = None  # a status for HTTP and sockets alike: the server is away
        self.hold_acks = False
        self.advice: dict[str, dict[str, Any] | None] = {}  # what `suggest` gets, by chat; None: nothing, ever
        self.labels: dict[str, list[dict[str, Any]]] = {}
        self.slow = 0.0
        self.page = 1000  # rows in one page of the list
        self.epoch = "one"
        self.role = "agent"
        self.now = datetime.now(UTC)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            self.app(), host="127.0.0.1", port=self.port, log_level="error", lifespan="off", ws="websockets-sansio"
        )
        self.server = uvicorn.Server(config)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        while not self.server.started:
            threading.Event().wait(0.02)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.server.serve())
        self.loop.close()

    def stop(self) -> None:
        self.server.should_exit = True
        self.server.force_exit = True
        self.thread.join(10)

    def do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    # -- what happens in the conversations ---------------------------------------------------------------

    def begin(self, chat: str, language: str, page: str = "", ago_s: float = 0) -> None:
        """A new chat with the assistant; nobody is told until something else happens in it."""
        at = stamp(self.now - timedelta(seconds=ago_s))
        self.chats[chat] = {
            "id": chat, "status": "bot", "owner": "bot", "episode": 1, "language": language, "last_seq": 0, "title": "",
            "last_text": "", "last_kind": "started", "created_at": at, "updated_at": at, "page": page,
        }  # fmt: skip
        self.logs[chat] = []
        self.put(chat, {"kind": "started", "language": language, "page": page}, ago_s, tell=False)

    def put(self, chat: str, data: dict[str, Any], ago_s: float = 0, tell: bool = True) -> int:
        """Writes an entry as the server would, and moves the row along."""
        moment = (datetime.now(UTC) if tell else self.now) - timedelta(seconds=ago_s)
        entry = self._write(chat, data, moment)
        if tell:
            self.do(self._tell(chat, entry))
        return entry["seq"]

    def _write(self, chat: str, data: dict[str, Any], moment: datetime) -> dict[str, Any]:
        row, log = self.chats[chat], self.logs[chat]
        at, seq = stamp(moment), len(log) + 1
        log.append({"seq": seq, "ts": at, "data": data})
        row.update(last_seq=seq, updated_at=at)
        if data["kind"] not in ("decided", "judged"):
            row.update(last_kind=data["kind"], last_text=data.get("text", row["last_text"])[:200])
        self._follow(row, data, at, seq)
        return log[-1]

    async def _tell(self, chat: str, entry: dict[str, Any]) -> None:
        await self._everyone({"type": "entry", "conversation": chat, **entry}, chat)
        await self._everyone({"type": "chat", "conversation": chat, "data": self.chats[chat]})

    @staticmethod
    def _follow(row: dict[str, Any], data: dict[str, Any], at: str, seq: int) -> None:
        match data["kind"]:
            case "said":
                row["title"] = row["title"] or data["text"][:120]
                row["last_said"] = seq
                if row["status"] == "resolved":
                    row.update(status="bot", owner="bot", episode=row["episode"] + 1, rated=None)
            case "handoff":
                row.update(status="queued", owner="none", reason=data["reason"], queued_at=at)
            case "claimed":
                row.update(status="assigned", owner=f"agent:{data['agent']}", agent=data["name"], queued_at=None)
            case "released":
                row.update(status="queued", owner="none", agent=None, queued_at=at)
            case "handed_back":
                row.update(status="bot", owner="bot", agent=None)
            case "replied":
                row["seen_by_staff"] = seq
            case "resolved":
                row.update(status="resolved", owner="none")
            case "rated":
                row.update(rated=data["value"], comment=data.get("comment", ""))
            case "contact":
                row["email"] = data["email"]

    def tell(self, frame: dict[str, Any], chat: str | None = None) -> None:
        sides = {"seen": "seen_by", "delivered": "delivered_to"}
        side = sides.get(frame["type"])
        if side is not None and chat is not None:  # a row that goes out later must not take it back
            self.chats[chat][f"{side}_{frame['data']['who']}"] = frame["data"]["seq"]
        self.do(self._everyone(frame, chat))

    def drop(self, code: int = 1001) -> None:
        """Cuts every socket."""

        async def cut() -> None:
            for ws in list(self.sockets):
                self.sockets.pop(ws, None)
                with suppress(RuntimeError):
                    await ws.close(code)

        self.do(cut())

    def seen(self, *types: str) -> list[dict[str, Any]]:
        return [frame for frame in list(self.received) if frame["type"] in types]

    async def _everyone(self, frame: dict[str, Any], chat: str | None = None) -> None:
        for ws, opened in list(self.sockets.items()):
            if chat is None or chat in opened:
                await self._send(ws, frame)

    @staticmethod
    async def _send(ws: WebSocket, frame: dict[str, Any]) -> None:
        with suppress(RuntimeError, WebSocketDisconnect):
            await ws.send_text(json.dumps({"v": 1, **frame}))

    async def _replay(self, ws: WebSocket, chat: str, after: int, window: int | None = None) -> None:
        if chat not in self.logs:
            fault = {"code": "not_found", "message": "There is no such conversation."}
            return await self._send(ws, {"type": "error", "conversation": chat, "data": fault})
        if self.slow:
            await asyncio.sleep(self.slow)
        self.sockets[ws].add(chat)
        log = self.logs[chat]
        if window and len(log) - after > window:
            if after:
                await self._send(ws, {"type": "resync_required", "conversation": chat})
            after = len(log) - window
        span = {"from_seq": after + 1, "to_seq": len(log)}
        await self._send(ws, {"type": "replay_begin", "conversation": chat, "data": span})
        for entry in log[after:]:
            await self._send(ws, {"type": "entry", "conversation": chat, **entry})
        await self._send(ws, {"type": "replay_end", "conversation": chat, "data": span})

    # -- the socket ----------------------------------------------------------------------------------------

    async def staff(self, ws: WebSocket) -> None:
        if self.refuse or not self.logged_in:
            await ws.close(1008)
            return
        await ws.accept()
        try:
            hello = json.loads(await ws.receive_text())
        except WebSocketDisconnect:
            return
        self.received.append(hello)
        self.sockets[ws] = set()
        site = {"name": "Lyngvidde", "languages": ["da", "sv", "nb", "en"], "retention_days": 90}
        me = {key: MAJA[key] for key in ("id", "name", "role", "language")}
        welcome = {"me": me, "epoch": self.epoch, "site": site}
        await self._send(ws, {"type": "staff_welcome", "ts": stamp(datetime.now(UTC)), "data": welcome})
        live = [row for row in self.chats.values() if row["status"] not in ("resolved", "closed")]
        for start in range(0, max(1, len(live)), self.page):
            more = start + self.page < len(live)
            data = {"items": live[start : start + self.page], "page": start // self.page + 1, "more": more}
            await self._send(ws, {"type": "chats", "data": data})
        for resume in hello["data"].get("resume", []):
            known = hello["data"].get("epoch") in (None, self.epoch)
            if not known:
                await self._send(ws, {"type": "resync_required", "conversation": resume["conversation"]})
            after = resume.get("after_seq", 0) if known else 0
            await self._replay(ws, resume["conversation"], after, hello["data"].get("window"))
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                frame = json.loads(await ws.receive_text())
                self.received.append(frame)
                await self.answer(ws, frame)
        self.sockets.pop(ws, None)

    async def answer(self, ws: WebSocket, frame: dict[str, Any]) -> None:
        kind, chat, data = frame["type"], frame.get("conversation", ""), frame.get("data") or {}
        if kind == "ping":
            return await self._send(ws, {"type": "pong"})
        if kind == "open":
            return await self._replay(ws, chat, data.get("after_seq", 0), data.get("window"))
        if kind == "history":
            past = self.logs[chat][max(0, data["before_seq"] - 101) : data["before_seq"] - 1]
            entries = [{"type": "entry", "conversation": chat, **entry} for entry in past]
            data = {"before_seq": data["before_seq"], "entries": entries}
            return await self._send(ws, {"type": "history", "conversation": chat, "data": data})
        if kind == "shut":
            self.sockets.get(ws, set()).discard(chat)
            return None
        if kind == "suggest":
            nothing = {"mood": "calm"}
            found = self.advice.get(chat, nothing)
            if found is None:
                return None
            data = {"seq": self.chats[chat].get("last_said", 0), **found}
            return await self._send(ws, {"type": "suggestions", "conversation": chat, "data": data})
        if kind in ("seen", "delivered"):
            self.chats[chat]["seen_by_staff" if kind == "seen" else "delivered_to_staff"] = data["seq"]
            return await self._everyone({"type": "chat", "conversation": chat, "data": self.chats[chat]})
        if kind not in ("reply", "note", "claim", "release", "hand_back", "resolve", "judge") or self.hold_acks:
            return None
        client_id = data["client_id"]
        if client_id not in self.done:
            row = self.chats[chat]
            mine = row["owner"] == "agent:maja"
            if row["status"] == "assigned" and not mine and kind not in ("note", "judge"):
                code = "already_claimed" if kind == "claim" else "not_yours"
                fault = {"code": code, "message": "Taken.", "client_id": client_id, "owner": row["agent"]}
                return await self._send(ws, {"type": "error", "conversation": chat, "data": fault})
            if len(data.get("text", "")) > 4000:
                fault = {"code": "text_too_long", "message": "Too long.", "client_id": client_id}
                return await self._send(ws, {"type": "error", "conversation": chat, "data": fault})
            agent = {"agent": "maja", "name": MAJA["name"]}
            if kind in ("claim", "reply") and not mine:
                await self._record(chat, {"kind": "claimed", **agent})
            kinds = {"reply": "replied", "note": "noted", "release": "released", "hand_back": "handed_back"}
            if kind == "resolve":
                await self._record(chat, {"kind": "resolved", "by": "agent", "client_id": client_id, **agent})
            elif kind == "judge":
                said = {"kind": "judged", "about": data["seq"], "right": data["right"], "why": data.get("why", "")}
                await self._record(chat, {**said, "giver": "agent", "client_id": client_id, **agent})
            elif kind != "claim":
                text = {"text": data["text"]} if "text" in data else {}
                await self._record(chat, {"kind": kinds[kind], "client_id": client_id, **agent, **text})
            self.done[client_id] = {"client_id": client_id, "seq": len(self.logs[chat])}
        return await self._send(ws, {"type": "ack", "conversation": chat, "data": self.done[client_id]})

    async def _record(self, chat: str, data: dict[str, Any]) -> None:
        await self._tell(chat, self._write(chat, data, datetime.now(UTC)))

    # -- HTTP ------------------------------------------------------------------------------------------------

    def app(self) -> FastAPI:
        app = FastAPI()

        def problem(status: int, code: str, **more: Any) -> JSONResponse:
            headers = {"Retry-After": str(more["retry_after"])} if "retry_after" in more else None
            body = {"type": "about:blank", "title": code, "status": status, "code": code, **more}
            return JSONResponse(body, status, headers)

        @app.middleware("http")
        async def away(request: Request, go_on: Any) -> Response:
            if self.refuse and request.url.path.startswith("/api/"):
                return problem(503, "unavailable")
            answer: Response = await go_on(request)
            answer.headers["Content-Security-Policy"] = PAGE_CSP
            return answer

        def page(name: str) -> Response:
            text, head = ((WIDGET / part).read_text() for part in (f"{name}/index.html", STAFF_HEAD))
            return Response(filled(text, head, "/assets/test"), media_type="text/html")

        app.get("/console")(lambda: page("console"))
        app.get("/manager")(lambda: Response("<!doctype html><title>manager</title>", media_type="text/html"))
        app.get("/login")(lambda: page("login"))

        @app.get("/assets/test/{path:path}")
        def asset(path: str) -> Response:
            file = WIDGET / path
            return (
                Response(file.read_bytes(), media_type=KINDS[file.suffix])
                if file.is_file()
                else Response(status_code=404)
            )

        @app.get("/api/v1/session")
        def session() -> Response:
            account = MAJA | {"role": self.role}
            return JSONResponse({"account": account, "csrf": "c"}) if self.logged_in else problem(401, "not_logged_in")

        @app.post("/api/v1/session")
        async def enter(request: Request) -> Response:
            body = await request.json()
            if body["email"].startswith("slow"):
                return problem(429, "too_many", retry_after=7)
            if body["password"] != PASSWORD:
                return problem(401, "bad_credentials")
            self.logged_in = True
            return JSONResponse({"account": MAJA, "csrf": "c"})

        @app.delete("/api/v1/session")
        def leave(request: Request) -> Response:
            if request.headers.get("X-CSRF-Token") != "c":
                return problem(403, "csrf")
            self.logged_in = False
            return Response(status_code=204)

        @app.get("/api/v1/conversations")
        def archive() -> Response:
            items = [row for row in self.chats.values() if row["status"] == "resolved"]
            return JSONResponse({"items": items, "next_cursor": None})

        @app.get("/api/v1/conversations/{chat}")
        def one(chat: str) -> Response:
            if chat not in self.chats:
                return problem(404, "not_found")
            return JSONResponse({"chat": self.chats[chat], "entries": self.logs[chat]})

        @app.get("/api/v1/conversations/{chat}/labels")
        def labels(chat: str) -> Response:
            return JSONResponse({"items": self.labels.get(chat, [])})

        app.websocket("/ws/staff")(self.staff)
        return app

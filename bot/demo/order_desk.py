"""The demo shop's back end: invented orders behind the few addresses that the actions ask (docs/actions.md).

It forgets everything when it ends. Your own takes its place with SVARDESK_ACTION_BACKEND_URL.
"""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

TRACKING = "https://parcel.example/track/"
KEPT = 1_000  # answers that are given again to the same key
DAY = timedelta(days=1)


@dataclass(slots=True)
class DemoOrder:
    """`days`: when it is expected, counted from today; below zero: since when it is there."""

    email: str
    status: str
    days: int | None = None
    tracking: str = ""
    address: str = ""


def invented() -> dict[str, DemoOrder]:
    return {
        "10042": DemoOrder("kim@kunde.example", "sent", 2, "LF10042DK"),
        "10043": DemoOrder("kim@kunde.example", "received", 4),
        "10057": DemoOrder("astrid@kunde.example", "packed", 3),
        "10061": DemoOrder("lars@kunde.example", "ready", None, "LF10061SE"),
        "10068": DemoOrder("ingrid@kunde.example", "delivered", -5),
        "10070": DemoOrder("ingrid@kunde.example", "delivered", -90),
        "10074": DemoOrder("emil@kunde.example", "cancelled"),
        "10081": DemoOrder("sunniva@kunde.example", "returned"),
    }


@dataclass(slots=True)
class OrderDesk:
    """`token`: whoever asks must bring it."""

    token: str
    orders: dict[str, DemoOrder] = field(default_factory=invented)
    _given: OrderedDict[str, tuple[int, dict[str, Any]]] = field(default_factory=OrderedDict)
    _cases: int = 1000

    def _find(self, body: dict[str, Any]) -> DemoOrder | None:
        """Only whoever knows the number and the address of an order is told that it exists."""
        number = str(body.get("number", "")).upper().removeprefix("LF-")
        order = self.orders.get(number)
        return order if order is not None and order.email == str(body.get("email", "")).lower() else None

    def _case(self, letter: str) -> dict[str, Any]:
        self._cases += 1
        return {"case": f"{letter}-{self._cases}"}

    def look_up(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        order = self._find(body)
        if order is None:
            return 404, {"code": "no_match"}
        found: dict[str, Any] = {"number": str(body["number"]), "status": order.status}
        if order.days is not None and order.days >= 0:
            found["expected"] = (datetime.now(UTC) + order.days * DAY).date().isoformat()
        if order.tracking:
            found["tracking_url"] = TRACKING + order.tracking
        return 200, found

    def send_back(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        order = self._find(body)
        if order is None:
            return 404, {"code": "no_match"}
        if order.status != "delivered":
            return 409, {"code": "not_delivered"}
        if order.days is not None and order.days < -60:
            return 409, {"code": "too_late"}
        return 201, self._case("R")

    def complain(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return (404, {"code": "no_match"}) if self._find(body) is None else (201, self._case("C"))

    def change_address(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        order = self._find(body)
        if order is None:
            return 404, {"code": "no_match"}
        if order.status != "received":
            return 409, {"code": "already_packed"}
        order.address = str(body.get("address", ""))
        return 201, self._case("A")

    def call_back(self, _body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return 201, self._case("T")

    def once(self, key: str, does: Callable[[], tuple[int, dict[str, Any]]]) -> tuple[int, dict[str, Any]]:
        """The same key gets the same answer, and nothing is done a second time."""
        if key in self._given:
            return self._given[key]
        answer = does()
        if key and answer[0] < 300:
            self._given[key] = answer
            if len(self._given) > KEPT:
                self._given.popitem(last=False)
        return answer

    def app(self) -> Starlette:
        ways = {
            "/orders/lookup": self.look_up,
            "/orders/return": self.send_back,
            "/orders/complaint": self.complain,
            "/orders/address": self.change_address,
            "/call-backs": self.call_back,
        }
        return Starlette(routes=[Route(path, self._door(does), methods=["POST"]) for path, does in ways.items()])

    def _door(
        self, does: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]
    ) -> Callable[[Request], Awaitable[JSONResponse]]:
        async def answer(request: Request) -> JSONResponse:
            given = request.headers.get("authorization", "")
            if not secrets.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
                return JSONResponse({"code": "unauthorized"}, 401)
            try:
                body = json.loads(await request.body())
            except ValueError:
                body = None
            if not isinstance(body, dict):
                return JSONResponse({"code": "bad_request"}, 400)
            status, found = self.once(request.headers.get("idempotency-key", ""), lambda: does(body))
            return JSONResponse(found, status)

        return answer

"""The company's own back end for the actions, over HTTP: a few requests, each with a limit of time and size."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

from runtime.errors import AppError
from runtime.settings import PREFIX

TIMEOUT_S = 2.0  # of one request, all of it; an action may take 3 s, the whole answer 5 s
MOST_BYTES = 65_536
_CASE = re.compile(r"[A-Za-z0-9ÆØÅæøåÄÖäö._/-]{1,40}")
Shape = TypeVar("Shape", bound=msgspec.Struct)


class BackendFailed(AppError):
    """It did not answer in time, or not in a way that can be told to a customer. Says nothing of what was asked."""

    code = "backend_failed"
    status = 502


class NoMatch(AppError):
    """There is no order with this number and this e-mail address; nobody learns which of both is wrong."""

    code = "no_match"
    status = 404


class Declined(AppError):
    """The back end will not do it; `details["why"]` is its code."""

    code = "declined"
    status = 409


Status = Literal["received", "packed", "sent", "ready", "delivered", "cancelled", "returned"]


class Order(msgspec.Struct, frozen=True):
    """`expected` is a day, `tracking_url` an address for browsers; "" where there is none."""

    number: str
    status: Status
    expected: str = ""
    tracking_url: str = ""

    def __post_init__(self) -> None:
        if not _CASE.fullmatch(self.number):
            raise ValueError("number")
        if self.expected:
            date.fromisoformat(self.expected)
        if self.tracking_url:
            parts = urlsplit(self.tracking_url)
            plain = self.tracking_url.isascii() and self.tracking_url.isprintable() and " " not in self.tracking_url
            if parts.scheme not in ("http", "https") or not parts.hostname or not plain or len(self.tracking_url) > 300:
                raise ValueError("tracking_url")


class Case(msgspec.Struct, frozen=True):
    """What was made, under the number that the customer is told."""

    case: str

    def __post_init__(self) -> None:
        if not _CASE.fullmatch(self.case):
            raise ValueError("case")


class _Refusal(msgspec.Struct, frozen=True):
    code: str


@cache
def _trust() -> ssl.SSLContext:
    """Made once: reading the machine's certificates takes tens of milliseconds."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Backend:
    """`url` is what the paths below are put behind; `token` goes along as a bearer token."""

    url: str
    token: str = ""
    timeout_s: float = TIMEOUT_S

    async def order(self, number: str, email: str) -> Order:
        """NoMatch, BackendFailed."""
        return await self._post("/orders/lookup", {"number": number, "email": email}, Order)

    async def return_order(self, number: str, email: str, reason: str, key: str) -> Case:
        """As `order`; Declined `too_late` or `not_delivered`. `key`: the same one means the same wish, sent again."""
        return await self._post("/orders/return", {"number": number, "email": email, "reason": reason}, Case, key)

    async def complain(self, number: str, email: str, text: str, key: str) -> Case:
        return await self._post("/orders/complaint", {"number": number, "email": email, "text": text}, Case, key)

    async def change_address(self, number: str, email: str, address: str, key: str) -> Case:
        """As `order`; Declined `already_packed`."""
        return await self._post("/orders/address", {"number": number, "email": email, "address": address}, Case, key)

    async def call_back(self, phone: str, topic: str, language: str, key: str) -> Case:
        return await self._post("/call-backs", {"phone": phone, "topic": topic, "language": language}, Case, key)

    async def _post(self, path: str, body: dict[str, Any], shape: type[Shape], key: str = "") -> Shape:
        """Everything by POST: an e-mail address in a path or a query would stand in the logs of every proxy."""
        if not self.url:
            raise BackendFailed("There is no back end: SVARDESK_ACTION_BACKEND_URL is empty.")
        try:
            async with asyncio.timeout(self.timeout_s):
                status, content = await self._exchange(path, body, key)
            if status in (200, 201):
                return msgspec.json.decode(content, type=shape)
            why = msgspec.json.decode(content, type=_Refusal).code
        except BackendFailed:
            raise
        except Exception as error:  # a fault of the line, of time, of sense: to a customer all the same
            raise BackendFailed(f"The back end failed: {type(error).__name__}.") from None
        if status == 404 and why == "no_match":  # any other 404 is a wrong address
            raise NoMatch("There is no such order.")
        if status == 409:
            raise Declined("The back end declined.", why=why)
        raise BackendFailed(f"The back end answered with status {status}.")

    async def _exchange(self, path: str, body: dict[str, Any], key: str) -> tuple[int, bytes]:
        import httpx  # with the first action, as rasa-sdk

        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        verify = _trust() if self.url.startswith("https://") else False
        async with (
            # A proxy of the environment is for the way out, and the back end is mostly next door.
            httpx.AsyncClient(verify=verify, trust_env=False, timeout=self.timeout_s) as client,
            client.stream("POST", self.url.rstrip("/") + path, json=body, headers=headers) as response,
        ):
            content = bytearray()
            async for part in response.aiter_raw():
                content += part
                if len(content) > MOST_BYTES:
                    raise BackendFailed("The back end's answer is too long.")
            return response.status_code, bytes(content)


def backend_of_environment() -> Backend:
    """For actions in an action server of their own: the same two variables as here."""
    url, token = (os.environ.get(f"{PREFIX}ACTION_BACKEND_{name}", "") for name in ("URL", "TOKEN"))
    return Backend(url, token)

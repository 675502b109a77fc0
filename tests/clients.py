"""Customers and agents for tests: plain websockets that remember every frame they were shown."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.server import PASSWORD, SITE_ORIGIN, Server

WAIT_S = 15.0
Frame = dict[str, Any]
OPEN: list[ClientConnection] = []


async def closing_code(socket: ClientConnection) -> int:
    """Reads until the server closes the socket; its close code. A test's own time limit ends a socket left open."""
    try:
        while True:
            await asyncio.wait_for(socket.recv(), WAIT_S)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 1006


async def close_all() -> None:
    """For the end of a test: no socket outlives its event loop."""
    while OPEN:
        await OPEN.pop().close()


def frames_of(message: str | bytes) -> list[Frame]:
    """The frames of one message: one of them, or several in a list."""
    held = json.loads(message)
    return held if isinstance(held, list) else [held]


def new_id() -> str:
    return secrets.token_hex(8)


@dataclass(slots=True)
class Client:
    socket: ClientConnection
    frames: list[Frame] = field(default_factory=list)
    taken: int = 0

    async def send(self, kind: str, conversation: str | None = None, **data: Any) -> None:
        frame: Frame = {"v": 1, "type": kind, "data": data}
        if conversation is not None:
            frame["conversation"] = conversation
        await self.socket.send(json.dumps(frame))

    async def until(self, wanted: Callable[[Frame], bool], what: str = "the frame") -> Frame:
        """The next frame that fits; frames before it are kept in `frames`."""

        async def look() -> Frame:
            while True:
                while self.taken < len(self.frames):
                    frame = self.frames[self.taken]
                    self.taken += 1
                    if wanted(frame):
                        return frame
                self.frames.extend(frames_of(await self.socket.recv()))

        try:
            return await asyncio.wait_for(look(), WAIT_S)
        except TimeoutError:
            raise AssertionError(f"{what} did not come; seen: {self.frames[-8:]}") from None

    async def frame(self, frame_type: str, /, **data: Any) -> Frame:
        """The next frame of that type whose data has these values."""

        def fits(frame: Frame) -> bool:
            held = frame.get("data", {})
            return frame["type"] == frame_type and all(held.get(name) == value for name, value in data.items())

        return await self.until(fits, f"{frame_type} {data}")

    async def entry(self, kind: str, /, **data: Any) -> Frame:
        return await self.frame("entry", kind=kind, **data)

    @property
    def seqs(self) -> list[int]:
        """Numbers of the entries in the order in which they were shown."""
        return [frame["seq"] for frame in self.frames if frame["type"] == "entry"]

    async def close(self) -> None:
        await self.socket.close()


async def customer(
    server: Server,
    token: str | None = None,
    resume: list[Frame] | None = None,
    language: str = "da",
    origin: str = SITE_ORIGIN,
    epoch: str | None = None,
) -> tuple[Client, Frame]:
    """A customer who has said hello, and their welcome."""
    socket = await connect(f"{server.ws}/ws/customer/{server.facts['site']}", origin=origin)  # type: ignore[arg-type]
    OPEN.append(socket)
    client = Client(socket)
    hello: Frame = {"language": language, "page": f"{origin}/telte", "resume": resume or []}
    if token is not None:
        hello["token"] = token
    if epoch is not None:
        hello["epoch"] = epoch
    await client.send("hello", **hello)
    return client, await client.frame("welcome")


def sign_in(server: Server, name: str) -> tuple[str, str]:
    """Cookie header and CSRF token."""
    credentials = {"email": server.facts["accounts"][name], "password": PASSWORD}
    answer = httpx.post(f"{server.url}/api/v1/session", json=credentials, headers={"Origin": server.url}, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.headers["Set-Cookie"].split(";")[0], answer.json()["csrf"]


async def staff(server: Server, name: str, resume: list[Frame] | None = None) -> tuple[Client, Frame]:
    """A member of staff who has signed in and said hello, and the snapshot of chats that they got."""
    cookie, _ = await asyncio.to_thread(sign_in, server, name)
    socket = await connect(
        f"{server.ws}/ws/staff",
        origin=server.url,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie},
    )
    OPEN.append(socket)
    client = Client(socket)
    await client.send("hello", resume=resume or [])
    await client.frame("staff_welcome")
    return client, await client.frame("chats")


async def ask(client: Client, text: str = "Hvor er min pakke?") -> tuple[str, int]:
    """Says it; the conversation's id and the entry's number."""
    await client.send("say", client_id=new_id(), text=text)
    ack = await client.frame("ack")
    return ack["conversation"], ack["data"]["seq"]


async def queued(server: Server) -> tuple[Client, str]:
    """A customer who waits for a person."""
    client, _ = await customer(server)
    await client.send("request_human", client_id=new_id())
    ack = await client.frame("ack")
    await client.frame("state", status="queued")
    return client, ack["conversation"]

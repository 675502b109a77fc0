"""Who may do what on a socket: Origin x token x role x frame, asked of a real server, a fresh socket for each cell."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.clients import sign_in
from tests.scale.link import new_id
from tests.scale.stage import House
from tests.server import SITE_ORIGIN

WAIT_S = 30.0
Frame = dict[str, Any]

ACT = {"client_id": "{id}"}
WORDS = {**ACT, "text": "Hvor er min pakke?"}
# A frame of every type, right in itself: what becomes of it depends on who sends it.
DATA: dict[str, Frame] = {
    "hello": {},
    "say": WORDS,
    "request_human": ACT,
    "leave_email": {**ACT, "email": "ida@example.dk"},
    "end": ACT,
    "rate": {**ACT, "value": 4},
    "helped": {**ACT, "seq": 1, "helped": True},
    "set_language": {"language": "sv"},
    "revoke": {},
    "typing": {"on": True},
    "seen": {"seq": 1},
    "delivered": {"seq": 1},
    "history": {"before_seq": 2},
    "ping": {},
    "open": {"after_seq": 0},
    "shut": {},
    "reply": WORDS,
    "note": WORDS,
    "claim": ACT,
    "release": ACT,
    "hand_back": ACT,
    "resolve": ACT,
    "judge": {**ACT, "seq": 1, "right": False, "why": "Forkert artikel."},
    "suggest": {},
    # what only the server says, and what nobody says
    "welcome": {"token": "x", "epoch": "x"},
    "entry": {"kind": "said", "text": "x"},
    "ack": {**ACT, "seq": 1},
    "chat": {},
    "unheard_of": {},
}


def frame(kind: str, conversation: str | None = None) -> str:
    whole: Frame = {"v": 1, "type": kind, "data": DATA[kind]}
    if conversation is not None:
        whole["conversation"] = conversation
    return json.dumps(whole).replace("{id}", new_id())


def outcome_of(frames: list[Frame], asked: str) -> str:
    """The word for what came back: an error's code, `ack`, `entries` for a replay, `history`, or `nothing`."""
    for one in frames:
        if one["type"] == "error":
            return str(one["data"]["code"])
    kinds = {one["type"] for one in frames}
    if "ack" in kinds:
        return "ack"
    if "replay_end" in kinds:
        return "entries"
    if "history" in kinds:
        return "history"
    return "pong" if asked == "ping" else "nothing"


@dataclass(slots=True)
class Talk:
    socket: ClientConnection

    async def frames_until(self, kind: str) -> list[Frame]:
        frames: list[Frame] = []
        async with asyncio.timeout(WAIT_S):
            while not any(one["type"] == kind for one in frames):
                found = json.loads(await self.socket.recv())
                frames += found if isinstance(found, list) else [found]
        return frames

    async def outcome(self, kind: str, conversation: str | None = None) -> str:
        """Sends it, then a ping: what came before the pong was the answer. `closed N` when the socket ended."""
        try:
            await self.socket.send(frame(kind, conversation))
            await self.socket.send(frame("ping"))
            return outcome_of(await self.frames_until("pong"), kind)
        except ConnectionClosed as closed:
            return f"closed {closed.rcvd.code if closed.rcvd else 1006}"

    async def say(self) -> str:
        """A message of this customer; the conversation it is in."""
        await self.socket.send(frame("say"))
        ack = next(one for one in await self.frames_until("ack") if one["type"] == "ack")
        return str(ack["conversation"])


async def handshake(url: str, origin: str | None, cookie: str = "") -> int:
    """101, or the status of the refusal."""
    headers = {"Cookie": cookie} if cookie else {}
    try:
        async with connect(url, origin=origin, additional_headers=headers, proxy=None):  # type: ignore[arg-type]
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


async def open_customer(house: House, token: str | None = None) -> tuple[Talk, Frame]:
    """A customer's socket after its welcome."""
    url = f"{house.ws}/ws/customer/{house.facts['site']}"
    talk = Talk(await connect(url, origin=SITE_ORIGIN, proxy=None))  # type: ignore[arg-type]
    hello = {"language": "da"} | ({} if token is None else {"token": token})
    await talk.socket.send(json.dumps({"v": 1, "type": "hello", "data": hello}))
    frames = await talk.frames_until("welcome")
    if "conversation" in frames[0] and not any(one["type"] == "replay_end" for one in frames):
        await talk.frames_until("replay_end")
    return talk, frames[0]


async def token_of(house: House, kind: str) -> str | None:
    """A token of that kind; `known` and `foreign` have a conversation, `revoked` had one."""
    if kind == "none":
        return None
    if kind == "garbage":
        return "x" * 54
    talk, welcome = await open_customer(house)
    token: str = welcome["data"]["token"]
    if kind != "fresh":
        await talk.say()
    if kind == "revoked":
        await talk.outcome("revoke")
    if kind == "forged":
        token = ("B" if token[0] == "A" else "A") + token[1:]
    await talk.socket.close()
    return token


async def open_staff(house: House, cookie: str) -> Talk:
    """An agent's socket after its welcome and list."""
    headers = {"Cookie": cookie}
    talk = Talk(
        await connect(f"{house.ws}/ws/staff", origin=house.url, additional_headers=headers, proxy=None)  # type: ignore[arg-type]
    )
    await talk.socket.send(frame("hello"))
    await talk.frames_until("chats")
    return talk


async def cookie_of(house: House, who: str) -> str:
    """A cookie that is signed in, `signed out` (it was, once), `garbage` or none."""
    if who == "nobody":
        return ""
    if who == "garbage":
        return "svardesk_session=" + "x" * 43
    if who != "signed out":
        return (await asyncio.to_thread(sign_in, house, who))[0]  # type: ignore[arg-type]
    cookie, csrf = await asyncio.to_thread(sign_in, house, "Maja")  # type: ignore[arg-type]
    headers = {"Cookie": cookie, "X-CSRF-Token": csrf, "Origin": house.url}
    async with httpx.AsyncClient() as client:
        assert (await client.delete(f"{house.url}/api/v1/session", headers=headers)).status_code == 204
    return cookie

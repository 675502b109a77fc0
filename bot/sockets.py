"""The two websocket endpoints: who may open one, once admission has let them in. Their classes read the rest."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, WebSocket
from starlette.responses import Response

from bot.admission import seat_of
from bot.customer_socket import CustomerSocket
from bot.pages import EVERYWHERE
from bot.room import Room
from bot.staff_socket import StaffSocket
from runtime import auth
from runtime.errors import NotFound
from runtime.metrics import REFUSED

router = APIRouter()


def _room(websocket: WebSocket) -> Room:
    room: Room = websocket.app.state.room
    return room


async def _refuse(websocket: WebSocket, status: int, sentence: str) -> None:
    await websocket.send_denial_response(Response(sentence, status, EVERYWHERE, media_type="text/plain"))


async def customer(websocket: WebSocket) -> None:
    room = _room(websocket)
    try:
        site = await room.site(websocket.path_params["site_key"])
    except NotFound as error:
        REFUSED["site"].inc()
        await _refuse(websocket, 404, error.message)
        return
    origin = websocket.headers.get("origin")
    if origin not in site.origins:
        REFUSED["origin"].inc()
        await _refuse(websocket, 403, "This page may not open a chat here: its origin is not on the site's list.")
        return
    await websocket.accept()
    socket = CustomerSocket(room, websocket, site)
    seat_of(websocket).closes_with(socket.pipe.close)
    # In a task of its own: each message would else wake some twenty coroutines of the frameworks, one inside the other.
    await asyncio.create_task(socket.run())


async def staff(websocket: WebSocket) -> None:
    room = _room(websocket)
    account = await auth.account_of_websocket(websocket)
    if account is None:
        REFUSED["session"].inc()
        await _refuse(websocket, 403, "Please sign in.")
        return
    await websocket.accept()
    socket = StaffSocket(room, websocket, account)
    seat_of(websocket).closes_with(socket.pipe.close)
    presence = websocket.app.state.presence
    presence.join("account", account.id)
    try:
        await socket.run()
    finally:
        presence.leave("account", account.id)


# Starlette's own routes: what FastAPI would resolve for each handshake, these two have not.
router.add_websocket_route("/ws/customer/{site_key}", customer)
router.add_websocket_route("/ws/staff", staff)

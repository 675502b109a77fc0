"""The two websocket endpoints: who may open one. What is said on them is read by customer_socket and staff_socket."""

from __future__ import annotations

import time

from fastapi import APIRouter, WebSocket
from starlette.responses import Response

from bot.customer_socket import CustomerSocket
from bot.pages import EVERYWHERE
from bot.room import Room
from bot.staff_socket import StaffSocket
from conversation import sites
from runtime import auth
from runtime.errors import NotFound

router = APIRouter()


def _room(websocket: WebSocket) -> Room:
    room: Room = websocket.app.state.room
    return room


async def _refuse(websocket: WebSocket, status: int, sentence: str) -> None:
    await websocket.send_denial_response(Response(sentence, status, EVERYWHERE, media_type="text/plain"))


@router.websocket("/ws/customer/{site_key}")
async def customer(websocket: WebSocket, site_key: str) -> None:
    room = _room(websocket)
    try:
        site = await room.db.read(sites.site_by_key, site_key)
    except NotFound as error:
        await _refuse(websocket, 404, error.message)
        return
    origin = websocket.headers.get("origin")
    if origin not in site.origins:
        await _refuse(websocket, 403, "This page may not open a chat here: its origin is not on the site's list.")
        return
    address = auth.address_of(websocket)
    if room.addresses[address] >= room.settings.sockets_per_address:
        await _refuse(websocket, 429, "Too many chats are open from this address.")
        return
    if room.openings.take(address, time.monotonic()):
        await _refuse(websocket, 429, "Too many chats were opened from this address. Wait a moment.")
        return
    room.addresses[address] += 1
    try:
        await websocket.accept()
        await CustomerSocket(room, websocket, site).run()
    finally:
        room.addresses[address] -= 1
        if room.addresses[address] <= 0:
            del room.addresses[address]


@router.websocket("/ws/staff")
async def staff(websocket: WebSocket) -> None:
    account = await auth.account_of_websocket(websocket)
    if account is None:
        await _refuse(websocket, 403, "Please sign in.")
        return
    await websocket.accept()
    await StaffSocket(_room(websocket), websocket, account).run()

"""Doors for Rasa: our actions for an action endpoint of theirs, and Rasa's REST channel with our assistant behind it.

Both are closed (404) until SVARDESK_RASA_TOKEN is set.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
import zlib
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from bot.actions.door import ActionDoor
from bot.rest_channel import messages, read_choice, wait_for_turn
from bot.room import Room
from conversation import sites, visits
from runtime import auth, clock
from runtime.errors import BadInput, TooLarge, TooMany, Unauthorized
from runtime.limits import Buckets

router = APIRouter(prefix="/webhooks", tags=["rasa"])

MOST_BYTES = 4 * 2**20  # of a call, also when it is unpacked: a tracker carries the whole conversation
CALLS_PER_S, CALLS_AT_ONCE = 50, 200  # of the whole REST channel: one server speaks for all its senders


def check_token(request: Request) -> None:
    """404 where there is no token: strangers need not know that there is something. 401 for a wrong one."""
    token = auth.settings_of(request).rasa_token
    if not token:
        raise HTTPException(404)
    given = request.headers.get("authorization", "")
    if not secrets.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise Unauthorized("This door needs the token of SVARDESK_RASA_TOKEN.")


Allowed = Depends(check_token)


# -- an action server ------------------------------------------------------------------------------------------


def _door(request: Request) -> ActionDoor:
    state = request.app.state
    if getattr(state, "action_door", None) is None:
        room: Room = state.room
        state.action_door = ActionDoor(room.turns.actions)
    door: ActionDoor = state.action_door
    return door


async def _body(request: Request) -> dict[str, Any]:
    """The JSON of a call, deflated or not. TooLarge also for a few bytes that unpack to many."""
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > MOST_BYTES:
            raise TooLarge(f"The body is longer than {MOST_BYTES:,} bytes.")
    try:
        if request.headers.get("content-encoding", "").lower() == "deflate":
            unpacking = zlib.decompressobj()
            unpacked = unpacking.decompress(bytes(raw), MOST_BYTES)
            if unpacking.unconsumed_tail:
                raise TooLarge(f"The body unpacks to more than {MOST_BYTES:,} bytes.")
            raw = bytearray(unpacked)
        body = json.loads(raw)
    except (ValueError, zlib.error, RecursionError):
        raise BadInput("The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise BadInput("The body is not a call of an action.")
    return body


@router.post("/actions", dependencies=[Allowed], response_model=None)
async def actions_webhook(request: Request) -> Response:
    """Runs one action for a Rasa server (rasa-sdk's protocol): `{next_action, tracker, domain | domain_digest}`."""
    status, answer = await _door(request).call(await _body(request))
    return JSONResponse(answer, status)


@router.get("/actions/health", dependencies=[Allowed])
async def actions_health() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/actions/actions", dependencies=[Allowed], response_model=None)
async def actions_list(request: Request) -> Response:
    """The names of the actions, as rasa-sdk's own server lists them."""
    executor: Any = await _door(request).executor()
    return JSONResponse([one.model_dump() for one in executor.list_actions()])


# -- the REST channel ------------------------------------------------------------------------------------------


class RestMessage(BaseModel):
    """Rasa's own two fields. `metadata`: `language`, `site` (a site's key), `message_id` (the same one is the same
    message, sent again)."""

    model_config = ConfigDict(extra="ignore")

    sender: Annotated[str, Field(min_length=1, max_length=200)]
    message: Annotated[str, Field(max_length=65_536)]
    metadata: dict[str, Any] | None = None


@dataclass(slots=True)
class _Limits:
    buckets: Buckets = field(default_factory=lambda: Buckets(CALLS_PER_S, CALLS_AT_ONCE))


@router.post("/rest/webhook", dependencies=[Allowed], response_model=None)
async def rest_webhook(request: Request, body: RestMessage) -> Response:
    """One message of a customer; what the assistant says to it, as `[{recipient_id, text, buttons?}]`.

    Nothing comes back while a person has the chat: what people write cannot be pushed here.
    """
    room: Room = request.app.state.room
    state = request.app.state
    if getattr(state, "rest_limits", None) is None:
        state.rest_limits = _Limits()
    wait = state.rest_limits.buckets.take("rest", time.monotonic())
    if wait:
        raise TooMany("That was too much at once.", wait)
    told = body.metadata or {}
    site = await _site(room, told.get("site"))
    language = told.get("language")
    if language not in site.languages:
        language = site.languages[0]
    text, article = read_choice(body.message)
    token = room.tokens.made_for(f"rest {site.key} {body.sender}")
    given = told.get("message_id")
    client_id = hashlib.sha256(str(given).encode()).hexdigest()[:40] if given else clock.new_id()
    logged = await room.db.write(
        visits.say, site.id, token, client_id, text, language=language, article=article,
        limit=room.settings.max_text, worker=room.worker, pace=room.pace,
    )  # fmt: skip
    room.turns.look_at(logged.conversation_id)
    await wait_for_turn(room.bus, room.db, logged, room.settings.answer_deadline_s)
    return JSONResponse(await room.db.read(messages, logged.conversation_id, logged.seq, body.sender))


async def _site(room: Room, key: object) -> sites.SiteCard:
    """The one with this key; without a key the first one."""
    if isinstance(key, str):
        return await room.site(key)
    cards = await room.db.read(sites.all_sites)
    if not cards:
        raise BadInput("There is no site yet: svardesk site add.")
    return cards[0]

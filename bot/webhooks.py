"""Doors for Rasa: our actions for an action endpoint of theirs, and Rasa's REST channel with our assistant behind it.

Both are closed (404) until SVARDESK_RASA_TOKEN is set.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
import zlib
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
from runtime.limits import Bucket

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


# With a limit, pydantic looks at the characters, too: half a one would break what comes behind.
Short = Annotated[str, Field(max_length=200)]


class Metadata(BaseModel):
    """`site`: a site's key; `message_id`: the same one is the same message, sent again."""

    model_config = ConfigDict(extra="ignore")

    language: Short | None = None
    site: Short | None = None
    message_id: Short | int | None = None


class RestMessage(BaseModel):
    """Rasa's own two fields, and what of its `metadata` is ours."""

    model_config = ConfigDict(extra="ignore")

    sender: Annotated[Short, Field(min_length=1)]
    message: Annotated[str, Field(max_length=65_536)]
    metadata: Metadata | None = None


@router.post("/rest/webhook", dependencies=[Allowed], response_model=None)
async def rest_webhook(request: Request, body: RestMessage) -> Response:
    """One message of a customer; what the assistant says to it, as `[{recipient_id, text, buttons?}]`.

    Nothing comes back while a person has the chat: what people write cannot be pushed here.
    """
    state = request.app.state
    room: Room = state.room
    if getattr(state, "rest_limit", None) is None:
        state.rest_limit = Bucket(CALLS_PER_S, CALLS_AT_ONCE)
    wait = state.rest_limit.take(time.monotonic())
    if wait:
        raise TooMany("That was too much at once.", wait)
    told = body.metadata or Metadata()
    site = await _site(room, told.site)
    language = told.language if told.language in site.languages else site.languages[0]
    text, article = read_choice(body.message)
    token = room.tokens.made_for(f"rest {site.key} {body.sender}")
    given = str(told.message_id or "")
    client_id = hashlib.sha256(given.encode()).hexdigest()[:40] if given else clock.new_id()
    logged = await room.db.write(
        visits.say, site.id, token, client_id, text, language=language, article=article,
        limit=room.settings.max_text, worker=room.worker, pace=room.pace,
    )  # fmt: skip
    room.turns.look_at(logged.conversation_id)
    await wait_for_turn(room.bus, room.db, logged, room.settings.answer_deadline_s)
    return JSONResponse(await room.db.read(messages, logged.conversation_id, logged.seq, body.sender))


async def _site(room: Room, key: str | None) -> sites.SiteCard:
    """The one with this key; without a key the first one."""
    if key is not None:
        return await room.site(key)
    cards = await room.db.read(sites.all_sites)
    if not cards:
        raise BadInput("There is no site yet: svardesk site add.")
    return cards[0]

"""HTTP doors for the desk: chats, their entries, and everything an agent does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from conversation import labels, log
from conversation.export import export_conversation
from conversation.log import Logged
from handoff import chats, desk
from handoff.desk import Agent
from runtime import auth
from runtime.accounts import Account
from runtime.clock import rfc3339
from runtime.db import Tx

router = APIRouter(prefix="/api/v1/conversations", tags=["conversations"])

Staff = Annotated[Account, Depends(auth.require())]
AgentAccount = Annotated[Account, Depends(auth.require("agent"))]


class Act(BaseModel):
    """`client_id`: made by the caller; a repeat of the request does nothing twice."""

    model_config = ConfigDict(extra="forbid")
    client_id: str = Field(min_length=8, max_length=64, pattern="^[A-Za-z0-9_-]+$")


class Words(Act):
    text: str


class Judgement(Act):
    """`seq`: an answer of the assistant."""

    seq: int = Field(ge=1, le=log.MOST)
    right: bool
    why: str = Field("", max_length=2000)


def entry_card(logged: Logged) -> dict[str, Any]:
    data = {"kind": logged.kind, **logged.data}
    if logged.client_id is not None:
        data["client_id"] = logged.client_id
    return {"seq": logged.seq, "ts": rfc3339(logged.at), "data": data}


@router.get("")
async def list_chats(
    request: Request,
    _staff: Staff,
    status: str | None = None,
    limit: Annotated[int, Query(ge=1, le=chats.PAGE)] = 50,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Newest first, a page at a time."""
    page = await auth.database_of(request).read(chats.page, status, limit, cursor)
    return {"items": [chats.card(row) for row in page.rows], "next_cursor": page.next_cursor}


def _whole(tx: Tx, conversation: str) -> dict[str, Any]:
    row = log.row_of(tx, log.id_of(tx, conversation))
    entries = [entry_card(logged) for logged in log.transcript(tx, row.id)]
    return {"chat": chats.card(row, chats.comment(tx, row.id)), "entries": entries}


@router.get("/{conversation}")
async def one_chat(request: Request, _staff: Staff, conversation: str) -> dict[str, Any]:
    return await auth.database_of(request).read(_whole, conversation)


@router.get("/{conversation}/export")
async def export(request: Request, _staff: Staff, conversation: str) -> dict[str, Any]:
    return await auth.database_of(request).read(export_conversation, conversation)


async def _do(
    request: Request, account: Account, verb: Callable[..., Logged], conversation: str, *words: Any
) -> dict[str, Any]:
    agent = Agent(account.id, account.name)
    logged = await auth.database_of(request).write(verb, conversation, agent, *words)
    turns = getattr(request.app.state, "turns", None)
    if turns is not None:
        turns.look_at(logged.conversation_id)
    return {"conversation": logged.conversation, **entry_card(logged)}


@router.post("/{conversation}/claim")
async def claim(request: Request, account: AgentAccount, conversation: str, body: Act) -> dict[str, Any]:
    return await _do(request, account, desk.claim, conversation, body.client_id)


@router.post("/{conversation}/release")
async def release(request: Request, account: AgentAccount, conversation: str, body: Act) -> dict[str, Any]:
    return await _do(request, account, desk.release, conversation, body.client_id)


@router.post("/{conversation}/hand_back")
async def hand_back(request: Request, account: AgentAccount, conversation: str, body: Act) -> dict[str, Any]:
    return await _do(request, account, desk.hand_back, conversation, body.client_id)


@router.post("/{conversation}/resolve")
async def resolve(request: Request, account: AgentAccount, conversation: str, body: Act) -> dict[str, Any]:
    return await _do(request, account, desk.resolve, conversation, body.client_id)


@router.post("/{conversation}/replies")
async def reply(request: Request, account: AgentAccount, conversation: str, body: Words) -> dict[str, Any]:
    return await _do(request, account, desk.reply, conversation, body.client_id, body.text)


@router.post("/{conversation}/notes")
async def note(request: Request, account: AgentAccount, conversation: str, body: Words) -> dict[str, Any]:
    return await _do(request, account, desk.note, conversation, body.client_id, body.text)


@router.post("/{conversation}/labels")
async def judge(request: Request, account: AgentAccount, conversation: str, body: Judgement) -> dict[str, Any]:
    """Right or wrong; a later word of the same agent on the same answer replaces the earlier one."""
    return await _do(request, account, desk.judge, conversation, body.client_id, body.seq, body.right, body.why)


@router.get("/{conversation}/labels")
async def list_labels(request: Request, _staff: Staff, conversation: str) -> dict[str, Any]:
    """What agents, the customer and signs in the log say of the chat's answers. Reasons stand in its entries."""
    found = await auth.database_of(request).read(labels.of_conversation, conversation)
    return {"items": [labels.card(label) for label in found]}

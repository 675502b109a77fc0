"""Suggestions over the sockets of a real server: to who has the chat open, and to nobody else."""

from __future__ import annotations

import json

import pytest

from tests.clients import ask, new_id, queued, staff
from tests.server import Server

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sockets_are_closed")]


async def test_an_agent_who_has_the_chat_open_gets_suggestions(server: Server) -> None:
    client, conversation = await queued(server)
    _, seq = await ask(client, "Hvor er min pakke?")
    agent, _ = await staff(server, "Maja")
    await agent.send("suggest", conversation)
    assert (await agent.frame("error"))["data"]["code"] == "not_found"
    await agent.send("open", conversation)
    await agent.frame("replay_end")
    await agent.send("suggest", conversation)
    frame = await agent.frame("suggestions")
    assert frame["conversation"] == conversation
    assert frame["data"]["seq"] == seq
    assert frame["data"]["looked"]
    assert not frame["data"].get("failed", False)
    assert frame["data"]["mood"] == "calm"
    for item in frame["data"].get("items", []):
        assert item["sentence"]
        assert item["url"].startswith("http")
    await agent.send("reply", conversation, client_id=new_id(), text="Hej")
    await client.entry("replied")
    assert "suggestions" not in json.dumps(client.frames)


async def test_customers_may_not_ask_for_suggestions(server: Server) -> None:
    client, conversation = await queued(server)
    await client.send("suggest", conversation)
    assert (await client.frame("error"))["data"]["code"] == "bad_frame"

"""The sockets of a real server process: one conversation all the way, and what else customers and agents do."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.clients import Client, ask, customer, new_id, queued, staff
from tests.server import Server

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sockets_are_closed")]


async def outcome(client: Client) -> dict[str, Any]:
    return await client.until(
        lambda frame: frame["type"] in ("ack", "error") and "client_id" in frame["data"], "ack or error"
    )


async def test_a_question_a_person_and_a_rating(server: Server) -> None:
    client, welcome = await customer(server)
    assert welcome["data"]["site"]["name"] == "Lyngvidde Friluft"
    conversation, seq = await ask(client)
    reply = await client.until(
        lambda frame: frame["type"] == "entry" and frame["data"]["kind"] in ("answered", "offered"), "a reply"
    )
    assert reply["data"]["re"] == seq
    await client.send("request_human", client_id=new_id())
    queue = await client.frame("queue")
    assert queue["data"]["position"] >= 1

    agent, chats = await staff(server, "Maja")
    waiting = next(chat for chat in chats["data"]["items"] if chat["id"] == conversation)
    assert waiting["reason"] == "customer_request"
    await agent.send("open", conversation)
    await agent.frame("replay_end")
    kinds = [frame["data"]["kind"] for frame in agent.frames if frame["type"] == "entry"]
    assert kinds[:2] == ["started", "said"]
    assert "decided" in kinds
    await agent.send("claim", conversation, client_id=new_id())
    assert (await client.entry("claimed"))["data"] == {"kind": "claimed", "name": "Maja"}
    await agent.send("typing", conversation, on=True)
    assert (await client.frame("typing", who="agent"))["data"]["name"] == "Maja"
    await agent.send("reply", conversation, client_id=new_id(), text="Hej, jeg kigger på det.")
    said = await client.entry("replied", text="Hej, jeg kigger på det.")
    await client.send("seen", seq=said["seq"])
    assert (await agent.frame("seen", who="customer"))["data"]["seq"] == said["seq"]
    await client.send("typing", on=True)
    await agent.frame("typing", who="customer")
    await agent.send("resolve", conversation, client_id=new_id())
    await client.frame("survey", episode=1)
    await client.send("rate", client_id=new_id(), value=5, comment="Hurtigt")
    assert (await agent.entry("rated"))["data"]["value"] == 5
    assert (await agent.frame("chat", rated=5))["data"]["comment"] == "Hurtigt"
    assert client.seqs == list(range(1, len(client.seqs) + 1))
    assert agent.seqs == list(range(1, len(agent.seqs) + 1))


async def test_what_is_for_staff_reaches_the_customer_as_a_bare_number(server: Server) -> None:
    client, conversation = await queued(server)
    agent, _ = await staff(server, "Maja")
    await agent.send("note", conversation, client_id=new_id(), text="Ring til lageret")
    hidden = await client.entry("hidden")
    assert hidden["data"] == {"kind": "hidden"}
    assert "lageret" not in json.dumps(client.frames)


async def test_of_two_agents_who_claim_one_wins_and_the_other_is_told_who_has_it(server: Server) -> None:
    client, conversation = await queued(server)
    maja, _ = await staff(server, "Maja")
    oskar, _ = await staff(server, "Oskar")
    await asyncio.gather(
        maja.send("claim", conversation, client_id=new_id()), oskar.send("claim", conversation, client_id=new_id())
    )
    first, second = await outcome(maja), await outcome(oskar)
    won, lost = (first, second) if first["type"] == "ack" else (second, first)
    winner = "Maja" if won is first else "Oskar"
    assert won["type"] == "ack"
    assert (lost["data"]["code"], lost["data"]["owner"]) == ("already_claimed", winner)
    assert (await client.entry("claimed"))["data"]["name"] == winner
    other = oskar if won is first else maja
    await other.send("reply", conversation, client_id=new_id(), text="Og jeg?")
    refused = await outcome(other)
    assert (refused["data"]["code"], refused["data"]["owner"]) == ("not_yours", winner)


async def test_a_new_chat_reaches_the_console_without_reloading(server: Server) -> None:
    agent, _ = await staff(server, "Oskar")
    _, conversation = await queued(server)
    frame = await agent.until(
        lambda frame: (
            frame["type"] == "chat" and frame["conversation"] == conversation and frame["data"]["status"] == "queued"
        ),
        "the row",
    )
    assert frame["data"]["queued_at"]


async def test_a_repeated_message_is_acknowledged_as_the_first_and_shown_once(server: Server) -> None:
    client, _ = await customer(server)
    client_id = new_id()
    for _ in range(3):
        await client.send("say", client_id=client_id, text="Hvad koster fragten?")
    acks = [await client.frame("ack") for _ in range(3)]
    assert len({ack["data"]["seq"] for ack in acks}) == 1
    assert len({ack["conversation"] for ack in acks}) == 1
    await client.send("say", client_id=client_id, text="noget andet")
    assert (await client.frame("error"))["data"]["code"] == "client_id_reused"
    shown = [f for f in client.frames if f["type"] == "entry" and f["data"].get("client_id") == client_id]
    assert len(shown) == 1


async def test_resume_by_number_gives_what_was_missed_and_nothing_twice(server: Server) -> None:
    client, welcome = await customer(server)
    conversation, _ = await ask(client)
    await client.until(lambda f: f["type"] == "entry" and f["data"]["kind"] in ("answered", "offered"))
    last = client.seqs[-1]
    await client.close()
    token = welcome["data"]["token"]
    again, second = await customer(server, token, [{"conversation": conversation, "after_seq": last}])
    assert second["conversation"] == conversation
    end = await again.frame("replay_end")
    assert again.seqs == list(range(last + 1, end["data"]["to_seq"] + 1))
    beyond, _ = await customer(server, token, [{"conversation": conversation, "after_seq": 999}])
    await beyond.frame("resync_required")
    await beyond.frame("replay_end")
    assert beyond.seqs[0] == 1
    stale, _ = await customer(server, token, [{"conversation": conversation, "after_seq": last}], epoch="another")
    await stale.frame("resync_required")
    await stale.frame("replay_end")
    assert stale.seqs[0] == 1


async def test_another_visitors_conversation_cannot_be_read(server: Server) -> None:
    client, _ = await customer(server)
    conversation, _ = await ask(client, "Mit ordrenummer er 4711")
    stranger, welcome = await customer(server, resume=[{"conversation": conversation, "after_seq": 0}])
    assert "conversation" not in welcome
    for kind, data in (("say", {"text": "Hej"}), ("request_human", {}), ("end", {}), ("rate", {"value": 1})):
        await stranger.send(kind, conversation, client_id=new_id(), **data)
        assert (await stranger.frame("error"))["data"]["code"] == "not_found"
    assert "4711" not in json.dumps(stranger.frames)
    guess, _ = await customer(server, token="x" * 43, resume=[{"conversation": conversation, "after_seq": 0}])
    await guess.send("ping")
    await guess.frame("pong")
    assert guess.seqs == []


async def test_hostile_text_is_stored_and_answered(server: Server) -> None:
    client, _ = await customer(server)
    for text in ("\ufdfa" * 1000, "a\x00b", "Z" + "\u0301" * 500, "<script>alert(1)</script>", "\u202eeslaf"):
        await ask(client, text)
        reply = await client.until(
            lambda f: f["type"] == "entry" and f["data"]["kind"] in ("answered", "offered", "handoff"), "a reply"
        )
        if reply["data"]["kind"] == "handoff":
            break
    said = [frame["data"]["text"] for frame in client.frames if frame.get("data", {}).get("kind") == "said"]
    assert "ab" in said
    assert not any("\u202e" in text for text in said)


async def test_after_an_end_the_next_message_reopens_or_begins_anew(server: Server) -> None:
    client, _ = await customer(server)
    conversation, _ = await ask(client)
    await client.send("end", client_id=new_id())
    await client.frame("state", status="resolved", episode=1)
    await ask(client, "Og en ting mere")
    await client.frame("state", status="bot", episode=2)
    await client.send("end", client_id=new_id())
    await client.frame("state", status="resolved", episode=2)
    client_id = new_id()
    for _ in range(2):
        await client.send("say", client_id=client_id, text="Noget helt nyt", new=True)
    acks = [await client.frame("ack", client_id=client_id) for _ in range(2)]
    assert acks[0]["conversation"] == acks[1]["conversation"] != conversation


async def test_an_answer_by_email_goes_to_people(server: Server) -> None:
    client, _ = await customer(server)
    await ask(client, "Har I kajakker?")
    await client.send("leave_email", client_id=new_id(), email="ikke en adresse")
    assert (await client.frame("error"))["data"]["code"] == "bad_email"
    await client.send("leave_email", client_id=new_id(), email="jens@example.com")
    state = await client.frame("state", status="queued")
    assert state["data"]["email"] == "jens@example.com"

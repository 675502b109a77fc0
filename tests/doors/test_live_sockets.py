"""Sockets under way: windows and pages, who is here, receipts, and old frames sent again, on the real server."""

from __future__ import annotations

import pytest
from websockets.asyncio.client import connect

from tests.clients import OPEN, Client, customer, new_id, queued, staff
from tests.server import SITE_ORIGIN, Server

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sockets_are_closed")]


async def opened(server: Server, **hello: object) -> tuple[Client, dict[str, object]]:
    """A customer whose hello has these words too."""
    socket = await connect(f"{server.ws}/ws/customer/{server.facts['site']}", origin=SITE_ORIGIN)  # type: ignore[arg-type]
    OPEN.append(socket)
    client = Client(socket)
    await client.send("hello", language="da", page=f"{SITE_ORIGIN}/telte", **hello)
    return client, await client.frame("welcome")


async def test_the_newest_come_first_and_older_ones_on_request(server: Server) -> None:
    client, conversation = await queued(server)
    for number in range(12):
        await client.send("say", client_id=new_id(), text=f"Besked {number}")
        await client.frame("ack")
    token = client.frames[0]["data"]["token"]
    late, welcome = await opened(server, token=token, window=4)
    last = welcome["data"]["last_seq"]  # type: ignore[index]
    assert (await late.frame("replay_begin"))["data"] == {"from_seq": last - 3, "to_seq": last}
    await late.frame("replay_end")
    assert late.seqs == list(range(last - 3, last + 1))
    await late.send("history", before_seq=last - 3, limit=200)
    past = (await late.frame("history"))["data"]
    assert [entry["seq"] for entry in past["entries"]] == list(range(1, last - 3))
    await late.send("history", before_seq=1)
    assert (await late.frame("history"))["data"]["entries"] == []

    desk, _ = await staff(server, "Maja")
    await desk.send("history", conversation, before_seq=5)
    assert (await desk.frame("error"))["data"]["code"] == "not_found"  # it is not open here
    await desk.send("open", conversation, after_seq=2, window=3)
    await desk.frame("resync_required")
    await desk.frame("replay_end")
    assert desk.seqs == [last - 2, last - 1, last]
    await desk.send("history", conversation, before_seq=3)
    assert [entry["seq"] for entry in (await desk.frame("history"))["data"]["entries"]] == [1, 2]


async def test_staff_see_the_customer_come_and_go(server: Server) -> None:
    client, conversation = await queued(server)
    desk, _ = await staff(server, "Maja")
    await desk.send("open", conversation, after_seq=0)
    assert (await desk.frame("presence"))["data"] == {"who": "customer", "here": True}
    await client.close()
    assert (await desk.frame("presence"))["data"] == {"who": "customer", "here": False}


async def test_receipts_are_kept_once_and_only_grow(server: Server) -> None:
    client, conversation = await queued(server)
    desk, _ = await staff(server, "Maja")
    await desk.send("open", conversation, after_seq=0)
    await desk.frame("replay_end")
    for seq in (1, 2, 1, 2, 1, 999_999):
        await client.send("seen", seq=seq)
    await desk.frame("seen", who="customer", seq=2)
    await client.send("say", client_id=new_id(), text="Er der nogen?")
    await desk.entry("said", text="Er der nogen?")
    told = [frame["data"]["seq"] for frame in desk.frames if frame["type"] == "seen"]
    assert told == sorted(set(told))  # the receipt for what did not exist was cut down to what did


async def test_delivered_is_told_to_the_other_side_and_kept(server: Server) -> None:
    client, conversation = await queued(server)
    token = client.frames[0]["data"]["token"]
    desk, _ = await staff(server, "Maja")
    last = max(client.seqs)
    await desk.send("delivered", conversation, seq=last)  # a row of the list brought it: the chat is not open here
    assert (await client.frame("delivered"))["data"] == {"who": "staff", "seq": last}
    assert (await desk.frame("chat", delivered_to_staff=last))["data"].get("seen_by_staff", 0) == 0
    await desk.send("delivered", "01m00000000000000000000000", seq=1)  # said of no chat, it is passed over
    await desk.send("open", conversation, after_seq=0)
    await desk.frame("replay_end")
    await desk.send("reply", conversation, client_id=new_id(), text="Hej")
    seq = (await client.entry("replied"))["seq"]
    await client.send("delivered", seq=seq)
    assert (await desk.frame("delivered"))["data"] == {"who": "customer", "seq": seq}
    await client.send("seen", seq=seq)
    await client.send("delivered", seq=seq)
    await desk.frame("seen", who="customer", seq=seq)
    assert len([frame for frame in desk.frames if frame["type"] == "delivered"]) == 1
    _, welcome = await opened(server, token=token)
    assert welcome["data"]["delivered_to_staff"] == last  # type: ignore[index]


async def test_who_may_only_read_delivers_nothing(server: Server) -> None:
    client, conversation = await queued(server)
    reader, _ = await staff(server, "Synne")
    agent, _ = await staff(server, "Maja")
    await reader.send("delivered", conversation, seq=1)
    await reader.send("ping")
    await reader.frame("pong")
    await agent.send("delivered", conversation, seq=2)
    assert (await client.frame("delivered"))["data"]["seq"] == 2
    assert len([frame for frame in client.frames if frame["type"] == "delivered"]) == 1


async def test_frames_of_an_older_client_change_nothing(server: Server) -> None:
    """Sent again, as a buggy client or a proxy may do: the words once, the state as it was."""
    client, _ = await customer(server)
    said, asked = new_id(), new_id()
    await client.send("say", client_id=said, text="Hvor er min pakke?")
    await client.until(lambda f: f["type"] == "entry" and f["data"]["kind"] in ("answered", "offered"))
    await client.send("request_human", client_id=asked)
    await client.frame("state", status="queued")
    await client.send("end", client_id=new_id())
    await client.frame("state", status="resolved")
    await client.send("say", client_id=said, text="Hvor er min pakke?")
    assert (await client.frame("ack", client_id=said))["data"]["seq"] == 2
    await client.send("request_human", client_id=asked)
    await client.frame("ack", client_id=asked)
    await client.send("ping")
    await client.frame("pong")
    states = [frame["data"]["status"] for frame in client.frames if frame["type"] == "state"]
    assert states[-1] == "resolved"
    assert client.seqs == list(range(1, len(client.seqs) + 1))


async def test_the_customer_is_told_what_language_the_conversation_is_in(server: Server) -> None:
    client, welcome = await opened(server)
    await client.send("say", client_id=new_id(), text="Hvor er min pakke?")
    state = await client.frame("state")
    assert state["data"]["language"] == "da"
    await client.send("set_language", language="en")
    assert (await client.frame("state", language="en"))["data"]["status"] == state["data"]["status"]
    again, welcome = await opened(server, token=welcome["data"]["token"])  # type: ignore[index]
    assert welcome["data"]["state"]["language"] == "en"  # type: ignore[index]
    await again.send("end", client_id=new_id())
    await again.frame("state", status="resolved")
    await again.send("say", client_id=new_id(), text="OK", new=True)
    begun = await again.entry("started")
    assert begun["data"]["language"] == "en"  # and not the page's

"""Bugs that others have had, by the name of the issue in which they stand: here each is a test."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from typing import Any

import pytest

from tests.proxy import Proxy, Weather
from tests.scale.history import Shown
from tests.scale.link import Link, new_id
from tests.scale.matrix import Talk, cookie_of, open_customer, open_staff
from tests.scale.stage import SETTLE_S, House, Stage, until
from tests.scale.visitor import Person, Visitor

pytestmark = pytest.mark.anyio


def visitor(house: House, who: str = "customer", token: str | None = None, port: int | None = None) -> Visitor:
    found = Visitor(who, lambda: f"ws://127.0.0.1:{port or house.port}", house.facts["site"], token)
    found.start()
    return found


async def person(house: House, who: str, helps: bool = False, port: int | None = None) -> Person:
    found = Person(who, lambda: f"ws://127.0.0.1:{port or house.port}", house, helps=helps)
    await found.sign_in()
    found.start()
    return found


async def nothing_wrong(stage: Stage, *links: Link) -> None:
    assert await stage.settle([link.story for link in links]) == []
    for link in links:
        await link.stop()


async def test_chatwoot_14934_an_agent_sees_what_a_colleague_wrote_while_the_socket_was_away(
    sqlite_stage: Stage,
) -> None:
    """There the console fetched only chats changed in the last 26 s: the second agent answered what was answered."""
    house = await sqlite_stage.house().start()
    proxy = Proxy(house.port).start()
    customer, maja = visitor(house), await person(house, "Maja")
    oskar = await person(house, "Oskar", port=proxy.port)
    customer.send("request_human")
    await until(lambda: customer.conversation in oskar.opened, "Oskar has the chat open")
    proxy.cut()
    await until(lambda: not oskar.online, "Oskar's line is gone")
    assert customer.conversation is not None
    maja.send("claim", customer.conversation)
    maja.send("reply", customer.conversation, text="Jeg har fundet din pakke.")
    await until(lambda: not maja.outbox, "Maja's reply is kept")
    proxy.mend()
    await until(lambda: oskar.online, "Oskar is back")
    await nothing_wrong(sqlite_stage, customer, maja, oskar)
    shown = [moment.data.get("text") for moment in oskar.story.moments if isinstance(moment, Shown)]
    assert "Jeg har fundet din pakke." in shown
    assert oskar.listed[customer.conversation]["agent"] == "Maja"
    await asyncio.to_thread(proxy.stop)


async def test_chatwoot_15743_sending_again_makes_no_second_message(sqlite_stage: Stage) -> None:
    """There the id of a message was the client's own affair: each retry was another message."""
    house = await sqlite_stage.house().start()
    talk, welcome = await open_customer(house)
    frame = json.dumps({"v": 1, "type": "say", "data": {"client_id": new_id(), "text": "Hvor er min pakke?"}})
    for _ in range(5):
        await talk.socket.send(frame)
    acks = [one["data"]["seq"] for one in await _frames(talk, "ack", 5) if one["type"] == "ack"]
    await talk.socket.close()
    again, _ = await open_customer(house, welcome["data"]["token"])
    await again.socket.send(frame)
    acks += [one["data"]["seq"] for one in await _frames(again, "ack", 1) if one["type"] == "ack"]
    await again.socket.close()
    assert acks == [2] * 6
    assert [line.seq for line in sqlite_stage.log() if line.kind == "said"] == [2]


async def test_chatwoot_6446_what_was_stored_before_the_answer_was_lost_is_not_stored_again(
    sqlite_stage: Stage,
) -> None:
    """There the server answered 500 after it had saved the message: the retry doubled it."""
    house = await sqlite_stage.house().start("after the commit, before the ack", 1)
    customer = visitor(house)
    customer.say("Hvor er min pakke?")
    await house.gone(SETTLE_S)
    assert house.mark.exists()
    assert [line.kind for line in sqlite_stage.log()] == ["started", "said"]
    assert customer.outbox, "it was never acknowledged"
    await house.start()
    await nothing_wrong(sqlite_stage, customer)
    assert [line.kind for line in sqlite_stage.log()].count("said") == 1


async def test_chatwoot_6128_two_tabs_that_write_at_once_make_one_conversation(sqlite_stage: Stage) -> None:
    """There a double click or a second tab began a second conversation."""
    house = await sqlite_stage.house().start()
    first = visitor(house, "first tab")
    await until(lambda: first.online, "the token is known")
    tabs = [first, *(visitor(house, f"tab {number}", first.token) for number in range(2, 6))]
    await until(lambda: all(tab.online for tab in tabs), "all tabs are open")
    for tab in tabs:
        tab.say("Hallo?")
        tab.say("Er der nogen?")
    await until(lambda: not any(tab.outbox for tab in tabs), "all is kept")
    await until(lambda: all(tab.conversation for tab in tabs), "all follow")
    await nothing_wrong(sqlite_stage, *tabs)
    assert {line.conversation for line in sqlite_stage.log()} == {first.conversation}
    assert {tab.conversation for tab in tabs} == {first.conversation}


async def test_chatwoot_4335_a_phone_that_slept_shows_what_came_meanwhile(sqlite_stage: Stage) -> None:
    """There the page that came back to the front on iOS kept its dead socket, and showed nothing until a reload."""
    house = await sqlite_stage.house().start()
    proxy = Proxy(house.port).start()
    phone, maja = visitor(house, port=proxy.port), await person(house, "Maja", helps=True)
    phone.send("request_human")
    await until(lambda: phone.status == "assigned", "Maja has the chat")
    proxy.turn(Weather.BLACKHOLE)  # asleep: nothing comes in, and nobody closes the socket
    assert phone.conversation is not None
    for number in range(20):
        maja.send("reply", phone.conversation, text=f"Svar {number}")
    await until(lambda: not maja.outbox, "all replies are kept")
    proxy.mend()
    await nothing_wrong(sqlite_stage, phone, maja)
    assert phone.last[phone.conversation] >= 20
    await asyncio.to_thread(proxy.stop)


async def test_rocketchat_36023_a_line_that_is_dead_in_one_direction_is_found_out(sqlite_stage: Stage) -> None:
    """There the widget went on sending over a half-open line and never noticed that it received nothing."""
    house = await sqlite_stage.house().start()
    proxy = Proxy(house.port).start()
    customer = visitor(house, port=proxy.port)
    await until(lambda: customer.online, "online")
    proxy.turn(Weather.DEAF)
    customer.say("Hvor er min pakke?")
    await until(lambda: proxy.struck, "the line is struck")
    await asyncio.to_thread(proxy.mend)
    connects = customer.counts.connects
    await nothing_wrong(sqlite_stage, customer)
    assert customer.counts.connects > connects, "the dead line was given up"
    assert [line.kind for line in sqlite_stage.log()].count("said") == 1
    await asyncio.to_thread(proxy.stop)


async def test_libredesk_626_the_order_is_the_same_live_and_after_a_reload(sqlite_stage: Stage) -> None:
    """There live messages were put in the order of their arrival, and moved when the page was loaded again."""
    house = await sqlite_stage.house().start()
    customer, maja, oskar = visitor(house), await person(house, "Maja", helps=True), await person(house, "Oskar")
    customer.send("request_human")
    await until(lambda: customer.status == "assigned", "Maja has the chat")
    for number in range(30):
        customer.say(f"Spørgsmål {number}")
        if number % 3 == 0:
            await asyncio.sleep(0.01)
    await nothing_wrong(sqlite_stage, customer, maja, oskar)
    talk = await open_staff(house, await cookie_of(house, "Oskar"))
    await talk.socket.send(
        json.dumps({"v": 1, "type": "open", "conversation": customer.conversation, "data": {"after_seq": 0}})
    )
    reloaded = [(one["seq"], one["data"]) for one in await talk.frames_until("replay_end") if one["type"] == "entry"]
    await talk.socket.close()
    live = [(moment.seq, moment.data) for moment in oskar.story.moments if isinstance(moment, Shown)]
    assert live == reloaded
    assert len(live) > 30


async def test_synapse_3365_a_slow_store_and_an_impatient_client_make_no_second_message(sqlite_stage: Stage) -> None:
    """There a message that took longer than a minute to send was tried again beside the first try, and stood twice."""
    house = await sqlite_stage.house().start()
    customer = visitor(house)
    customer.say("Er I der?")
    await until(lambda: customer.counts.acked, "the chat has begun")
    lock = sqlite3.connect(sqlite_stage.folder / "svardesk.sqlite3", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    customer.say("Hvor er min pakke?")
    await until(lambda: customer.counts.resent >= 2, "it was sent again, and again")
    lock.execute("ROLLBACK")
    lock.close()
    await nothing_wrong(sqlite_stage, customer)
    assert [line.data["text"] for line in sqlite_stage.log() if line.kind == "said"].count("Hvor er min pakke?") == 1


async def test_synapse_8762_an_id_that_is_used_again_is_an_error_and_not_a_silent_ok(sqlite_stage: Stage) -> None:
    """There other words under a known transaction id were answered with 200 and thrown away."""
    house = await sqlite_stage.house().start()
    talk, _ = await open_customer(house)
    client_id = new_id()
    for text in ("Hvor er min pakke?", "Nu er den kommet."):
        frame = {"v": 1, "type": "say", "data": {"client_id": client_id, "text": text}}
        await talk.socket.send(json.dumps(frame))
    frames = await _frames(talk, "error", 1)
    await talk.socket.close()
    fault = next(one["data"] for one in frames if one["type"] == "error")
    assert (fault["code"], fault["client_id"]) == ("client_id_reused", client_id)
    assert [one["type"] for one in frames].count("ack") == 1
    assert [line.data["text"] for line in sqlite_stage.log() if line.kind == "said"] == ["Hvor er min pakke?"]


async def _frames(talk: Talk, kind: str, count: int) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    while sum(one["type"] == kind for one in frames) < count:
        frames += await talk.frames_until(kind)
    return frames

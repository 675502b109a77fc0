"""Every wrong way into the sockets of a real server process, and what is said to it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.clients import ask, closing_code, customer, new_id, queued, sign_in, staff
from tests.server import SITE_ORIGIN, Server, running

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("sockets_are_closed")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text_empty"),
        ("  \n\t ", "text_empty"),
        ("\x00\x01", "text_empty"),
        ("x" * 4001, "text_too_long"),
        ("x" * 60_000, "text_too_long"),
    ],
)
async def test_messages_that_cannot_be_kept_are_refused_in_words(server: Server, text: str, code: str) -> None:
    client, _ = await customer(server)
    client_id = new_id()
    await client.send("say", client_id=client_id, text=text)
    fault = (await client.frame("error"))["data"]
    assert (fault["code"], fault["client_id"]) == (code, client_id)
    assert fault["message"].endswith(".")
    await ask(client)


@pytest.mark.parametrize(
    "raw",
    [
        "{",
        "[]",
        "null",
        '{"v":1,"type":"nope"}',
        '{"v":2,"type":"ping"}',
        '{"v":1,"type":"say","data":{}}',
        '{"v":1,"type":"say","data":{"client_id":"x","text":"kort id"}}',
        '{"v":1,"type":"rate","data":{"client_id":"abcdefgh","value":6}}',
        '{"v":1,"type":"say","data":{"client_id":"abcdefgh","text":"\\ud800"}}',
        '{"v":1,"type":"hello","data":{}}',
        "[" * 5000,
    ],
)
async def test_bad_frames_get_an_error_and_the_socket_goes_on(server: Server, raw: str) -> None:
    client, _ = await customer(server)
    await client.socket.send(raw)
    assert (await client.frame("error"))["data"]["code"] == "bad_frame"
    await ask(client)


async def test_unknown_fields_are_ignored(server: Server) -> None:
    client, _ = await customer(server)
    await client.socket.send('{"v":1,"type":"ping","later":{"a":1},"data":{"b":2}}')
    await client.frame("pong")


async def test_a_frame_above_the_limit_closes_with_1009(server: Server) -> None:
    client, _ = await customer(server)
    await client.send("say", client_id=new_id(), text="x" * 70_000)
    assert await closing_code(client.socket) == 1009


async def closed_with(server: Server, raw: str | bytes) -> int:
    url = f"{server.ws}/ws/customer/{server.facts['site']}"
    async with connect(url, origin=SITE_ORIGIN) as socket:  # type: ignore[arg-type]
        await socket.send(raw)
        return await closing_code(socket)


async def test_the_first_frame_must_be_a_hello(server: Server) -> None:
    assert await closed_with(server, '{"v":1,"type":"ping"}') == 1008
    assert await closed_with(server, "not json") == 1008


async def test_without_a_hello_the_socket_is_closed(server: Server) -> None:
    url = f"{server.ws}/ws/customer/{server.facts['site']}"
    async with connect(url, origin=SITE_ORIGIN) as socket:  # type: ignore[arg-type]
        assert await closing_code(socket) == 1008


@pytest.mark.parametrize(
    "origin", [None, "http://shop.example.evil.example", "https://shop.example", "http://shop.example:81", "null"]
)
async def test_only_exact_origins_of_the_site_may_open_a_socket(server: Server, origin: str | None) -> None:
    url = f"{server.ws}/ws/customer/{server.facts['site']}"
    with pytest.raises(InvalidStatus) as refused:
        await connect(url, origin=origin)  # type: ignore[arg-type]
    assert refused.value.response.status_code == 403


async def test_an_unknown_site_has_no_socket(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{server.ws}/ws/customer/nope", origin=SITE_ORIGIN)  # type: ignore[arg-type]
    assert refused.value.response.status_code == 404


async def test_staff_sockets_need_a_session_and_our_own_origin(server: Server) -> None:
    cookie, _ = await asyncio.to_thread(sign_in, server, "Maja")
    cases: list[tuple[str | None, dict[str, str]]] = [
        (server.url, {}),
        (server.url, {"Cookie": "svardesk_session=wrong"}),
        (SITE_ORIGIN, {"Cookie": cookie}),
        (None, {"Cookie": cookie}),
    ]
    for origin, headers in cases:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{server.ws}/ws/staff", origin=origin, additional_headers=headers)  # type: ignore[arg-type]
        assert refused.value.response.status_code == 403


async def test_who_is_no_agent_may_read_but_not_answer(server: Server) -> None:
    _, conversation = await queued(server)
    director, _ = await staff(server, "Kim")
    await director.send("open", conversation)
    await director.frame("replay_end")
    for kind in ("claim", "resolve", "release"):
        await director.send(kind, conversation, client_id=new_id())
        assert (await director.frame("error"))["data"]["code"] == "forbidden"
    await director.send("reply", conversation, client_id=new_id(), text="Hej")
    assert (await director.frame("error"))["data"]["code"] == "forbidden"


async def test_a_revoked_session_opens_nothing_any_more(server: Server) -> None:
    client, welcome = await customer(server)
    conversation, _ = await ask(client)
    other, _ = await customer(server, welcome["data"]["token"])
    await client.send("revoke")
    assert await closing_code(other.socket) == 4003
    again, second = await customer(server, welcome["data"]["token"], [{"conversation": conversation, "after_seq": 0}])
    assert second["data"]["token"] != welcome["data"]["token"]
    assert "conversation" not in second
    assert again.seqs == []


async def test_signing_out_closes_the_socket_of_that_session_only(server: Server) -> None:
    first, _ = await staff(server, "Oskar")
    cookie, csrf = await asyncio.to_thread(sign_in, server, "Oskar")
    async with connect(
        f"{server.ws}/ws/staff",
        origin=server.url,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie},
    ) as second:
        await second.send('{"v":1,"type":"hello","data":{}}')
        await second.recv()
        headers = {"Cookie": cookie, "X-CSRF-Token": csrf, "Origin": server.url}
        answer = await asyncio.to_thread(httpx.delete, f"{server.url}/api/v1/session", headers=headers)
        assert answer.status_code == 204
        assert await closing_code(second) == 4003
    await first.send("ping")
    await first.frame("pong")


async def test_too_many_messages_are_slowed_with_a_time_to_wait(server: Server) -> None:
    client, _ = await customer(server)
    for _ in range(60):
        await client.send("say", client_id=new_id(), text="igen")
    fault = (await client.frame("error"))["data"]
    assert fault["code"] == "too_many"
    assert fault["retry_after"] > 0


async def test_changing_the_language_is_paced_as_words_are(server: Server) -> None:
    client, _ = await customer(server)
    await client.send("say", client_id=new_id(), text="Hej")
    await client.frame("ack")
    for number in range(100):
        await client.send("set_language", language=("da", "sv")[number % 2])
    assert (await client.frame("error"))["data"]["code"] == "too_many"


async def test_a_refused_socket_carries_the_security_headers(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{server.ws}/ws/staff", origin=SITE_ORIGIN)  # type: ignore[arg-type]
    assert refused.value.response.headers["x-content-type-options"] == "nosniff"
    answer = await asyncio.to_thread(httpx.get, f"{server.url}/api/v1/conversations")
    assert answer.status_code == 401
    assert answer.headers["cache-control"] == "no-store"


async def test_opening_sockets_all_day_is_slowed_by_address(tmp_path: Path) -> None:
    with running(tmp_path / "data", SVARDESK_SOCKETS_PER_ADDRESS="2") as small:
        url = f"{small.ws}/ws/customer/{small.facts['site']}"
        statuses = [await opening_status(url) for _ in range(15)]
    assert statuses[:10] == [101] * 10
    assert statuses[-1] == 429


async def opening_status(url: str) -> int:
    """The status of a handshake; the socket is closed again."""
    try:
        async with connect(url, origin=SITE_ORIGIN):  # type: ignore[arg-type]
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code

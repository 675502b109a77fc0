"""Sign-in, sessions, forged requests, roles and accounts, through the HTTP door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlmodel import SQLModel

from runtime import accounts, api, passwords
from runtime.db import Database
from runtime.settings import Settings

pytestmark = pytest.mark.anyio
PASSWORD = "blaabaer-og-birk"
HASH = passwords.hash_password(PASSWORD)  # once: it is slow on purpose
URL = "http://127.0.0.1:8000"


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, Database]]:
    app, db = FastAPI(), Database(settings.database)
    SQLModel.metadata.create_all(db.engine)
    app.state.settings, app.state.db = settings, db
    app.include_router(api.router)
    api.install_problems(app)
    db.start()
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.base_url) as client:
            yield client, db
    finally:
        await db.stop()


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, Database]]:
    async with serving(settings) as both:
        await both[1].write(accounts.add_account, "kim@lyngvidde.dk", "Kim", "admin", HASH, "da")
        await both[1].write(accounts.add_account, "maja@lyngvidde.dk", "Maja", "agent", HASH, "da")
        yield both


async def sign_in(client: httpx.AsyncClient, who: str = "kim", **changes: Any) -> httpx.Response:
    body = {"email": f"{who}@lyngvidde.dk", "password": PASSWORD, **changes}
    return await client.post("/api/v1/session", json=body)


async def signed_in(client: httpx.AsyncClient, who: str = "kim") -> dict[str, str]:
    """Signs in; the headers that unsafe requests then need."""
    response = await sign_in(client, who)
    assert response.status_code == 200, response.text
    return {"X-CSRF-Token": response.json()["csrf"]}


async def test_signs_in_stays_in_and_out_again(served: tuple[httpx.AsyncClient, Database]) -> None:
    client, _ = served
    response = await sign_in(client, email="  KIM@Lyngvidde.DK ")
    body = response.json()
    assert body["account"]["name"] == "Kim"
    assert set(body["account"]) == {"id", "email", "name", "role", "language"}
    assert response.headers["cache-control"] == "no-store"
    assert (await client.get("/api/v1/session")).json() == body
    gone = await client.delete("/api/v1/session", headers={"X-CSRF-Token": body["csrf"]})
    assert gone.status_code == 204
    assert (await client.get("/api/v1/session")).json()["code"] == "unauthorized"


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(
    served: tuple[httpx.AsyncClient, Database],
) -> None:
    cookie = (await sign_in(served[0])).headers["set-cookie"]
    assert cookie.startswith("svardesk_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie


async def test_the_cookie_is_secure_behind_https(settings: Settings) -> None:
    changed = settings.model_copy(update={"public_url": "https://chat.example.com"})
    async with serving(changed) as (client, db):
        await db.write(accounts.add_account, "kim@lyngvidde.dk", "Kim", "admin", HASH, "da")
        assert "Secure" in (await sign_in(client)).headers["set-cookie"]


@pytest.mark.parametrize("wrong", [{"password": "wrong-wrong"}, {"email": "nobody@lyngvidde.dk"}, {"email": ""}])
async def test_a_wrong_password_and_an_unknown_address_look_the_same(
    served: tuple[httpx.AsyncClient, Database], wrong: dict[str, str]
) -> None:
    response = await sign_in(served[0], **wrong)
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["code"] == "bad_credentials"
    assert problem["detail"] == "The e-mail address or the password is wrong."
    assert "set-cookie" not in response.headers


async def test_guessing_is_slowed_down(served: tuple[httpx.AsyncClient, Database]) -> None:
    client, _ = served
    answers = [await sign_in(client, password="wrong-wrong") for _ in range(11)]
    assert [one.status_code for one in answers] == [401] * 10 + [429]
    refused = answers[-1]
    assert refused.json()["code"] == "too_many"
    assert 0 < refused.json()["retry_after"] <= int(refused.headers["retry-after"])
    assert (await sign_in(client)).status_code == 429, "the right password must not be told apart from a wrong one"


async def test_a_forged_request_is_refused(served: tuple[httpx.AsyncClient, Database]) -> None:
    client, _ = served
    proof = await signed_in(client)
    for headers in (
        {},
        {"X-CSRF-Token": "x"},
        {**proof, "Origin": "https://evil.example"},
        {**proof, "Origin": "null"},
    ):
        response = await client.delete("/api/v1/session", headers=headers)
        assert response.status_code == 403, headers
        assert response.json()["code"] == "forged_request"
    assert (await client.delete("/api/v1/session", headers={**proof, "Origin": URL})).status_code == 204
    foreign = await client.post("/api/v1/session", json={}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code in (403, 422)


async def test_only_a_hash_of_the_token_is_stored(served: tuple[httpx.AsyncClient, Database]) -> None:
    client, db = served
    await signed_in(client)
    with db.engine.connect() as connection:
        stored = str(connection.execute(sa.text("SELECT * FROM login")).all())
    assert client.cookies["svardesk_session"] not in stored
    assert accounts.token_hash(client.cookies["svardesk_session"]) in stored


def age(db: Database, days: int) -> None:
    """All sessions, as if that much time had passed."""
    with db.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE login SET expires_at = expires_at - {days * 24 * 3_600_000}"))  # noqa: S608


async def test_a_session_ends_and_a_used_one_lasts_longer(served: tuple[httpx.AsyncClient, Database]) -> None:
    client, db = served
    await signed_in(client)
    age(db, 13)
    assert (await client.get("/api/v1/session")).status_code == 200
    age(db, 13)
    assert (await client.get("/api/v1/session")).status_code == 200, "it was used in between"
    age(db, 14)
    assert (await client.get("/api/v1/session")).status_code == 401


async def test_a_session_is_prolonged_once_a_day_and_not_at_every_page(
    served: tuple[httpx.AsyncClient, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, db = served
    await signed_in(client)
    written: list[Any] = []
    write = db.write

    async def counted(verb: Any, *args: Any, **more: Any) -> Any:
        written.append(verb)
        return await write(verb, *args, **more)

    monkeypatch.setattr(db, "write", counted)
    for days, writes in ((0, []), (2, [accounts.keep_session])):
        age(db, days)
        for _ in range(3):
            assert (await client.get("/api/v1/session")).status_code == 200
        assert written == writes


async def test_accounts_are_the_business_of_admins(served: tuple[httpx.AsyncClient, Database]) -> None:
    client, _ = served
    proof = await signed_in(client, "maja")
    for response in (
        await client.get("/api/v1/accounts"),
        await client.post("/api/v1/accounts", headers=proof, json={**NEW, "role": "admin"}),
    ):
        assert (response.status_code, response.json()["code"]) == (403, "forbidden")


NEW = {"email": "Synne@lyngvidde.dk", "name": "Synne", "role": "knowledge_manager", "password": PASSWORD}


async def test_an_admin_adds_changes_and_disables_accounts(served: tuple[httpx.AsyncClient, Database]) -> None:
    client, _ = served
    proof = await signed_in(client)
    made = await client.post("/api/v1/accounts", headers=proof, json={**NEW, "language": "nb"})
    assert made.status_code == 201
    assert made.json()["email"] == "synne@lyngvidde.dk"
    assert "password" not in made.text
    again = await client.post("/api/v1/accounts", headers=proof, json=NEW)
    assert (again.status_code, again.json()["code"]) == (409, "email_taken")
    names = [one["name"] for one in (await client.get("/api/v1/accounts")).json()["items"]]
    assert names == ["Kim", "Maja", "Synne"]

    async with httpx.AsyncClient(transport=client._transport, base_url=URL) as hers:
        await signed_in(hers, "synne")
        address = f"/api/v1/accounts/{made.json()['id']}"
        assert (await client.patch(address, headers=proof, json={"disabled": True})).json()["disabled"] is True
        assert (await hers.get("/api/v1/session")).status_code == 401
        assert (await sign_in(hers, "synne")).json()["code"] == "bad_credentials"


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "agent"}])
async def test_the_last_admin_stays(served: tuple[httpx.AsyncClient, Database], change: dict[str, Any]) -> None:
    client, _ = served
    proof = await signed_in(client)
    me = (await client.get("/api/v1/session")).json()["account"]["id"]
    response = await client.patch(f"/api/v1/accounts/{me}", headers=proof, json=change)
    assert response.json()["code"] == "last_admin"
    assert (await client.get("/api/v1/session")).json()["account"]["role"] == "admin", "nothing of it was stored"


@pytest.mark.parametrize(
    "body",
    [
        {**NEW, "email": "no address"},
        {**NEW, "email": "a\u0000@b.dk"},
        {**NEW, "name": ""},
        {**NEW, "name": "a\u0000b"},
        {**NEW, "role": "king"},
        {**NEW, "language": "fi"},
        {**NEW, "password": "short"},
        {**NEW, "password": "x" * 201},
        {**NEW, "more": 1},
        {},
        [],
    ],
)
async def test_bad_input_is_told_in_words(served: tuple[httpx.AsyncClient, Database], body: object) -> None:
    client, _ = served
    proof = await signed_in(client)
    response = await client.post("/api/v1/accounts", headers=proof, json=body)
    assert response.status_code == 422
    assert response.json()["code"] in ("bad_input", "weak_password")
    assert len(response.json()["detail"]) > 10
    assert PASSWORD not in response.text


@pytest.mark.parametrize("raw", [b"{", b"", b"\xff", b'{"email": "\\ud800", "password": "x"}', b"nul\x00"])
async def test_a_body_that_is_no_json(served: tuple[httpx.AsyncClient, Database], raw: bytes) -> None:
    response = await served[0].post("/api/v1/session", content=raw, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (422, "bad_input")


async def test_too_large_a_body_is_refused_before_it_is_read(served: tuple[httpx.AsyncClient, Database]) -> None:
    client, _ = served
    response = await client.post("/api/v1/session", content=b"x" * 20_000_000)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 100_000

    response = await client.post("/api/v1/session", content=pieces())
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


async def test_unknown_addresses_and_unforeseen_faults_are_problems_too(settings: Settings) -> None:
    async with serving(settings) as (client, _):
        transport = client._transport
        assert isinstance(transport, httpx.ASGITransport)
        app = transport.app
        assert isinstance(app, FastAPI)

        @app.get("/broken")
        async def broken() -> None:
            raise RuntimeError("my card is 4571 1234")

        missing = await client.get("/api/v1/nothing")
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
        wrong = await client.put("/api/v1/session")
        assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
        fault = await client.get("/broken")
        assert (fault.status_code, fault.json()["code"]) == (500, "internal")
        assert "4571" not in fault.text
        assert len(fault.headers["x-request-id"]) == 26

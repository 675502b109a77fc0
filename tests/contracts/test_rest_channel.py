"""Rasa's REST channel: messages in, the assistant's turn out, over the same log and under the same limits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot import webhooks, wording
from bot.actions import Actions
from bot.actions.backend import Backend
from bot.rest_channel import read_choice
from conversation import sites
from runtime import api as runtime_api
from runtime.settings import Settings
from runtime.tokens import Tokens
from tests.contracts.turn_desk import Desk, hit, opened, stocked
from tests.order_desks import TOKEN, order_desk
from tests.shop import Shop

RASA_TOKEN = "token-for-a-rest-channel"
JSON = {"Content-Type": "application/json"}
Ask = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with stocked(f"sqlite:///{tmp_path / 'x.sqlite3'}") as made:
        yield made


def play(shop: Shop, story: Callable[[Ask, Desk], Awaitable[None]], actions: Actions | None = None) -> None:
    async def run() -> None:
        async with opened(shop, actions=actions) as desk:
            db = desk.shop.db

            async def site(key: str) -> sites.SiteCard:
                return await db.read(sites.site_by_key, key)

            app = FastAPI()
            app.state.settings = Settings(rasa_token=RASA_TOKEN, answer_deadline_s=2)
            app.state.room = SimpleNamespace(
                db=db, bus=db.bus, turns=desk.turns, settings=app.state.settings, tokens=Tokens(b"s" * 32), site=site,
                worker="", pace=(1.0, 6),
            )  # fmt: skip
            runtime_api.install_problems(app)
            app.include_router(webhooks.router)
            transport = httpx.ASGITransport(app)
            headers = {"Authorization": f"Bearer {RASA_TOKEN}"}
            async with httpx.AsyncClient(transport=transport, base_url="http://x.example", headers=headers) as client:

                async def ask(message: str, sender: str = "u1", **metadata: Any) -> httpx.Response:
                    body = {"sender": sender, "message": message, "metadata": {"language": "en", **metadata}}
                    # Any character can be written in JSON, also half of one.
                    return await client.post("/webhooks/rest/webhook", content=json.dumps(body), headers=JSON)

                await story(ask, desk)

    asyncio.run(run())


def test_an_answer_an_offer_and_its_button(shop: Shop) -> None:
    async def story(ask: Ask, desk: Desk) -> None:
        desk.shelf.found["Returns?"] = [hit("returns", 0.9)]
        desk.shelf.found["Something like returns?"] = [hit("returns", 0.5), hit("hours", 0.4)]
        assert (await ask("Returns?")).json() == [
            {"recipient_id": "u1", "text": "You can return everything within **30 days**."}
        ]
        offer = (await ask("Something like returns?")).json()
        assert [button["title"] for button in offer[0]["buttons"]] == ["Returns", "Hours"]
        chosen = await ask(offer[0]["buttons"][0]["payload"])
        assert "30 days" in chosen.json()[0]["text"]
        said = [entry for entry in await desk.shop.db.read(_all, 1) if entry.kind == "said"]
        assert (said[-1].data["text"], said[-1].data["article"]) == ("Returns", "returns")

    play(shop, story)


def _all(tx: Any, conversation_id: int) -> Any:
    from conversation import log

    return log.transcript(tx, conversation_id)


def test_each_sender_has_a_chat_of_their_own(shop: Shop) -> None:
    async def story(ask: Ask, desk: Desk) -> None:
        for sender in ("a", "b", "a"):
            assert (await ask("Hello", sender)).json()[0]["recipient_id"] == sender
        rows = [desk.shop.row(number) for number in (1, 2)]
        assert rows[0].visitor_id != rows[1].visitor_id
        assert rows[0].last_seq > rows[1].last_seq

    play(shop, story)


def test_a_form_over_the_channel(shop: Shop) -> None:
    from bot.actions.words import say
    from knowledge_base import versions
    from knowledge_base.drafting import draft_of

    draft = draft_of("Where is it?", (), "Look.")
    shop.db.write_now(versions.publish_imported, "where", "en", draft, "none", None, "t", "public", "order_status_form")

    async def story(ask: Ask, desk: Desk) -> None:
        desk.shelf.found["Where is it?"] = [hit("where", 0.9)]
        assert say("ask_order_number", "en") in (await ask("Where is it?")).json()[0]["text"]
        assert (await ask("10042")).json()[0]["text"] == say("ask_email", "en")
        assert "is on its way" in (await ask("kim@kunde.example")).json()[0]["text"]

    with order_desk() as (url, _desk):
        play(shop, story, Actions(backend=Backend(url, TOKEN)))


def test_a_person_and_then_silence(shop: Shop) -> None:
    async def story(ask: Ask, desk: Desk) -> None:
        assert (await ask("I want to talk to a human")).json() == [
            {"recipient_id": "u1", "text": wording.hand_over("customer_request", "en")}
        ]
        assert (await ask("Are you there?")).json() == []
        assert desk.shop.row(1).status == "queued"

    play(shop, story)


def test_the_same_message_sent_again_is_the_same(shop: Shop) -> None:
    async def story(ask: Ask, desk: Desk) -> None:
        first = (await ask("Hello", message_id="m-1")).json()
        assert (await ask("Hello", message_id="m-1")).json() == first
        assert len([entry for entry in await desk.shop.db.read(_all, 1) if entry.kind == "said"]) == 1
        other = await ask("Something else", message_id="m-1")
        assert (other.status_code, other.json()["code"]) == (409, "client_id_reused")

    play(shop, story)


def test_limits_and_what_is_no_message(shop: Shop) -> None:
    async def story(ask: Ask, desk: Desk) -> None:
        answers = [await ask("Hello") for _ in range(8)]
        assert answers[0].status_code == 200
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert (await ask("Hello", "somebody else")).status_code == 200
        assert (await ask("   ", "c")).json()["code"] == "text_empty"
        assert (await ask("x" * 5_000, "c")).json()["code"] == "text_too_long"
        assert (await ask("x", "")).status_code == 422
        assert (await ask("x", "c" * 201)).status_code == 422
        assert (await ask("x", "d", site="of-nobody")).status_code == 404

    play(shop, story)


@pytest.mark.parametrize(
    "odd",
    [
        {"message_id": "\ud800"}, {"message_id": {"x": [1]}}, {"site": "\ud800"}, {"site": ["x"]},
        {"language": "\ud800"}, {"language": {"x": 1}}, {"message": '/choose{"article":"\\ud800","title":"x"}'},
        {"message": '/choose{"article":"returns","title":"\\ud800"}'}, {"message": "\ud800"}, {"sender": "\ud800"},
    ],
    ids=repr,
)  # fmt: skip
def test_nothing_in_a_message_breaks_the_door(shop: Shop, odd: dict[str, Any]) -> None:
    async def story(ask: Ask, desk: Desk) -> None:
        answer = await ask(**{"message": "Hello", **odd})
        assert answer.status_code in (200, 400, 404, 422), answer.text

    play(shop, story)


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ('/choose{"article": "returns", "title": "Returns"}', ("Returns", "returns")),
        ("/choose{}", ("/choose{}", "")),
        ("/choose{x}", ("/choose{x}", "")),
        ('/choose{"article": "a b", "title": "x"}', ('/choose{"article": "a b", "title": "x"}', "")),
        ('/choose{"article": 1, "title": "x"}', ('/choose{"article": 1, "title": "x"}', "")),
        ("/restart", ("/restart", "")),
        ("Hello", ("Hello", "")),
    ],
)
def test_payloads(message: str, read: tuple[str, str]) -> None:
    assert read_choice(message) == read

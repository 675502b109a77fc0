"""Certainty through its doors: who may set a target, what is shown next to it, and labels by HTTP and by frames."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from conversation import labels, log, sites, visits
from conversation.events import Answered, Decided, Source
from conversation.labels import Answer
from knowledge_base import versions
from knowledge_base.drafting import draft_of
from runtime.db import Tx
from tests.clients import ask, customer, new_id, staff
from tests.doors.article_desk import Desk
from tests.server import Server

pytestmark = pytest.mark.anyio

RETURNS = Source("returns", "Retur", "/help/da/returns", "da")


@pytest.fixture
async def site(desk: Desk) -> str:
    card = await desk.db.write(sites.put_site, "Lyngvidde", ["http://shop.example"], ["da", "sv"])
    return card.key


def answered(tx: Tx, key: str) -> log.Logged:
    """A question with its answer."""
    said = visits.say(tx, sites.site_by_key(tx, key).id, "t" * 43, "client-0001", "Hvordan?", language="da")
    events = (Answered(said.seq, "Ja.", "<p>Ja.</p>", RETURNS, 0.91), Decided(said.seq, "answer", 0.8))
    return log.append(tx, log.row_of(tx, said.conversation_id, lock=True), events)[0]


def label_many(tx: Tx, key: str, count: int) -> None:
    site_id = sites.site_by_key(tx, key).id
    for place in range(count):
        labels.keep(tx, Answer(f"chat-{place}", 3, site_id, "da", "returns", 0.9, 0.8, 1), "agent", True, 4)


async def send(desk: Desk, method: str, path: str, body: Any = None) -> httpx.Response:
    return await desk.client.request(method, f"/api/v1{path}", json=body, headers=desk.headers)


async def test_a_director_sets_a_target_and_reads_what_labels_prove(desk: Desk, site: str) -> None:
    await desk.sign_in("Nils")
    await desk.db.write(label_many, site, 20)
    response = await send(desk, "PUT", f"/certainty/{site}/target", {"wrong_at_most": 0.05})
    assert response.status_code == 200, response.text
    danish, swedish = response.json()["items"]
    assert (danish["own_target"], danish["site_target"]) == (False, 0.05)
    assert (danish["language"], danish["target"], danish["threshold"], danish["certified"]) == ("da", 0.05, 0.8, False)
    rate = danish["wrong_answer_rate"]
    assert (rate["labels"], rate["wrong"], rate["rate"]) == (20, 0, 0.0)
    assert 0.13 < rate["bound"] < 0.15
    assert [one["target"] for one in danish["missing"]] == [0.01, 0.02, 0.05]
    assert all(one["labels"] > 0 for one in danish["missing"])
    assert (swedish["wrong_answer_rate"]["labels"], swedish["wrong_answer_rate"]["bound"]) == (0, None)
    await desk.db.write(label_many, site, 200)
    again = await send(desk, "PUT", f"/certainty/{site}/target", {"wrong_at_most": 0.05})
    assert again.json()["items"][0]["certified"] is True
    read = (await send(desk, "GET", "/certainty")).json()
    assert read["items"][0]["proof"]["bound"] <= 0.05
    assert read["careful"] == 0.8
    checks = (await send(desk, "GET", f"/certainty/{site}/checks")).json()["items"]
    assert checks[0]["step"] == "certified"
    assert checks[0]["at"].endswith("Z")


async def test_only_directors_and_admins_see_it(desk: Desk, site: str) -> None:
    await desk.sign_in("Maja")
    for method, path, body in (
        ("GET", "/certainty", None),
        ("PUT", f"/certainty/{site}/target", {"wrong_at_most": 0.05}),
        ("PUT", f"/certainty/{site}/shadow", {"on": True}),
        ("GET", f"/certainty/{site}/contradictions?language=da", None),
    ):
        assert (await send(desk, method, path, body)).status_code == 403, path
    await desk.sign_in("Kim")
    assert (await send(desk, "GET", "/certainty")).status_code == 200


async def test_a_target_that_cannot_be_is_refused_in_words(desk: Desk, site: str) -> None:
    await desk.sign_in("Nils")
    refused = await send(desk, "PUT", f"/certainty/{site}/target", {"wrong_at_most": 2})
    assert (refused.status_code, refused.json()["field"]) == (422, "wrong_at_most")
    missing = await send(desk, "PUT", "/certainty/nowhere/target", {"wrong_at_most": 0.02})
    assert missing.status_code == 404


async def test_an_agent_judges_an_answer_and_colleagues_contradict(desk: Desk, site: str) -> None:
    given = await desk.db.write(answered, site)
    path = f"/conversations/{given.conversation}/labels"
    await desk.sign_in("Maja")
    body = {"client_id": "judge-0001", "seq": given.seq, "right": False, "why": "It was about a refund."}
    first = await send(desk, "POST", path, body)
    assert first.status_code == 200, first.text
    assert (await send(desk, "POST", path, body)).json()["seq"] == first.json()["seq"]
    wrong = await send(desk, "POST", path, {**body, "client_id": "judge-0002", "seq": 1})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "not_an_answer")
    await desk.sign_in("Kim")
    await send(desk, "POST", path, {**body, "client_id": "judge-0003", "right": True})
    listed = (await send(desk, "GET", path)).json()["items"]
    assert [(one["name"], one["right"]) for one in listed] == [("Maja", False), ("Kim", True)]
    await desk.sign_in("Nils")
    torn = (await send(desk, "GET", f"/certainty/{site}/contradictions?language=da")).json()
    assert (torn["total"], torn["items"][0]["right"], len(torn["items"][0]["labels"])) == (1, False, 2)
    assert torn["items"][0]["title"] is None, "there is no such article"
    for language, title in (("en", "Returns"), ("da", "Returret")):
        await desk.db.write(
            versions.publish_imported, "returns", language, draft_of(title, (), "Yes."), "none", None, "test", "public"
        )
        torn = (await send(desk, "GET", f"/certainty/{site}/contradictions?language=da")).json()
        assert torn["items"][0]["title"] == title


async def test_shadow_mode_is_switched_and_read(desk: Desk, site: str) -> None:
    await desk.sign_in("Nils")
    assert (await send(desk, "PUT", f"/certainty/{site}/shadow", {"on": True})).json() == {"site": site, "on": True}
    found = (await send(desk, "GET", f"/certainty/{site}/shadow")).json()
    assert (found["on"], found["decided"], found["latest"]) == (True, 0, [])


@pytest.mark.usefixtures("sockets_are_closed")
async def test_labels_come_by_frames_as_well(server: Server) -> None:
    client, _ = await customer(server)
    conversation, _ = await ask(client, "hej")
    remarked = await client.entry("remarked")
    await client.send("helped", client_id=new_id(), seq=remarked["seq"], helped=True)
    assert (await client.frame("error"))["data"]["code"] == "not_an_answer", "a greeting is nothing to ask about"
    await client.send("say", client_id=new_id(), text="Hvor er min pakke?", article="where-is-my-parcel")
    given = await client.entry("answered")
    await client.send("helped", client_id=new_id(), seq=given["seq"], helped=False)
    await client.entry("hidden")
    await client.send("helped", client_id=new_id(), seq=given["seq"], helped=True)
    assert (await client.frame("error", code="already_judged"))["data"]["code"] == "already_judged"
    agent, _ = await staff(server, "Maja")
    await agent.send("open", conversation)
    said = await agent.entry("judged")
    assert (said["data"]["giver"], said["data"]["right"]) == ("customer", False)
    await agent.send("judge", conversation, client_id=new_id(), seq=given["seq"], right=True, why="It was right.")
    judged = await agent.entry("judged", giver="agent")
    assert (judged["data"]["name"], judged["data"]["right"]) == ("Maja", True)

"""Our action door beside a stock rasa-sdk action server with the same actions: the same answers to generated calls."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import webhooks, wording
from bot.actions import Actions
from bot.actions.backend import Backend
from bot.actions.forms import FORMS, SLOTS, domain
from bot.actions.guesses import FAILURES, Guesses
from runtime import api as runtime_api
from runtime.settings import Settings
from tests.order_desks import TOKEN
from tests.services import free_port

ROOT = Path(__file__).parents[2]
RASA_TOKEN = "token-for-a-rasa-server"
OURS = {"Authorization": f"Bearer {RASA_TOKEN}"}


def our_app(url: str, token: str = RASA_TOKEN, made: Actions | None = None) -> FastAPI:
    app = FastAPI()
    app.state.settings = Settings(rasa_token=token)
    actions = made or Actions(backend=Backend(url, TOKEN))
    app.state.room = SimpleNamespace(turns=SimpleNamespace(actions=actions))
    runtime_api.install_problems(app)
    app.include_router(webhooks.router)
    return app


class Door:
    """Our door, without a socket between."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def ask(self, path: str, method: str = "POST", **more: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://chat.example") as client:
                return await client.request(method, path, **{"headers": OURS, **more})

        return asyncio.run(send())


@pytest.fixture
def door(back_end: str) -> Door:
    """Without the limit of guesses, which a stock server has not."""
    return Door(our_app(back_end, made=Actions(backend=Backend(back_end, TOKEN), guesses=Guesses({}))))


@pytest.fixture(scope="module")
def stock(back_end: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `python -m rasa_sdk --actions bot.actions.company`."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SVARDESK_")} | {
        "SVARDESK_ACTION_BACKEND_URL": back_end,
        "SVARDESK_ACTION_BACKEND_TOKEN": TOKEN,
        "SANIC_HOST": "127.0.0.1",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }
    out = tmp_path_factory.mktemp("stock") / "out.log"
    with out.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "rasa_sdk", "--actions", "bot.actions.company", "-p", str(port)],
            cwd=out.parent, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            for _ in range(300):
                if process.poll() is not None:
                    raise AssertionError(out.read_text()[-3000:])
                try:
                    if httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.1)
            else:
                raise AssertionError(out.read_text()[-3000:])
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


NAMES = sorted(
    [f"validate_{name}" for name in FORMS]
    + [f"action_ask_{slot}" for slot in SLOTS]
    + [form.action for form in FORMS.values()]
)
VALUES = {
    "order_number": ["10042", "10043", "10057", "10068", "10070", "LF-10061", "99999", "nonsense"],
    "email": ["kim@kunde.example", "ingrid@kunde.example", "astrid@kunde.example", "lars@kunde.example", "kim"],
}
TEXTS = st.one_of(
    st.sampled_from(
        [
            "10042", "my order is LF-10061", "kim@kunde.example", "Storgata 5, 0155 Oslo", "+45 12 34 56 78", "?",
            "Tak", "10042 og kim@kunde.example", "Sålen er gået af mine støvler", "/restart", "2026-11-23",
            "10042 10043", "",
        ]
    ),
    st.text(max_size=60),
)  # fmt: skip


def _slot(name: str) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), st.sampled_from(VALUES.get(name, ["Too small", "12345678", "Vej 1, 8000 Aarhus C"])))


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.one_of(st.sampled_from(NAMES), st.sampled_from(["action_of_nobody", ""])))
    slots = {slot: draw(_slot(slot)) for slot in draw(st.sets(st.sampled_from(SLOTS)))}
    slots["language"] = draw(st.sampled_from(["en", "da", "sv", "nb", "nn", "fi", None]))
    slots["requested_slot"] = draw(st.one_of(st.none(), st.sampled_from(SLOTS)))
    text = draw(TEXTS)
    events: list[dict[str, Any]] = [{"event": "user", "text": text, "timestamp": None}]
    for slot in draw(st.lists(st.sampled_from(SLOTS), max_size=2)):
        events.append({"event": "slot", "name": slot, "value": draw(_slot(slot)), "timestamp": None})
    call: dict[str, Any] = {
        "next_action": name,
        "sender_id": "s1",
        "version": "3.6.21",
        "tracker": {
            "sender_id": draw(st.sampled_from(["s1", "s2"])),
            "slots": slots,
            "latest_message": {"text": text, "intent": {"name": None}, "entities": []},
            "events": events,
            "paused": False,
            "followup_action": None,
            "active_loop": {"name": draw(st.sampled_from(sorted(FORMS)))},
            "latest_action_name": "action_listen",
        },
    }
    kind = draw(st.sampled_from(["whole", "whole", "digest", "unknown digest", "both", "own"]))
    if kind in ("whole", "both"):
        call["domain"] = domain()
    if kind == "own":  # a customer's, in which a form asks for other things
        call["domain"] = {"forms": {name: {"required_slots": ["email"]} for name in FORMS}, "slots": domain()["slots"]}
    if kind in ("digest", "both"):
        call["domain_digest"] = "abc"
    if kind == "unknown digest":
        call["domain_digest"] = "something else"
    return call


def test_generated_calls_get_the_same_answers(stock: str, door: Door) -> None:
    seen: dict[int, int] = {}

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(call=calls(), deflated=st.booleans())
    def compare(call: dict[str, Any], deflated: bool) -> None:
        raw = json.dumps(call).encode()
        more = {"Content-Type": "application/json"}
        if deflated:
            raw, more = zlib.compress(raw), {**more, "Content-Encoding": "deflate"}
        theirs = client.post(f"{stock}/webhook", content=raw, headers=more)
        ours = door.ask("/webhooks/actions", content=raw, headers={**OURS, **more})
        # Theirs tells of a fault with the body that it got, which it cannot read where that was deflated: 400.
        fault = {500, 400} if deflated else {500}
        same = theirs.status_code in fault if ours.status_code == 500 else ours.status_code == theirs.status_code
        assert same, (ours.text, theirs.text)
        seen[ours.status_code] = seen.get(ours.status_code, 0) + 1
        if ours.status_code == 500:  # theirs quotes the whole tracker
            assert ours.json() == {"error": "The action failed.", "action_name": call["next_action"]}
        else:
            assert ours.json() == theirs.json()

    with httpx.Client(timeout=10) as client:
        compare()
    assert {200, 404, 449} <= seen.keys()
    assert seen[200] > 100


def test_the_same_actions_are_listed(stock: str, door: Door) -> None:
    theirs = {each["name"] for each in httpx.get(f"{stock}/actions").json()}
    ours = {each["name"] for each in door.ask("/webhooks/actions/actions", "GET").json()}
    assert set(NAMES) <= theirs
    assert ours - theirs == {"action_opening_hours"}  # it needs the hours of a site of ours
    assert theirs <= ours
    assert door.ask("/webhooks/actions/health", "GET").json() == httpx.get(f"{stock}/health").json()


def call_of(name: str, text: str = "", **slots: Any) -> dict[str, Any]:
    message = {"text": text}
    tracker = {"sender_id": "s", "slots": slots, "latest_message": message, "events": [], "active_loop": {}}
    return {"next_action": name, "tracker": tracker, "domain": domain()}


@pytest.mark.parametrize("path", ["/webhooks/actions", "/webhooks/rest/webhook"])
def test_closed_without_a_token_and_to_a_wrong_one(back_end: str, path: str) -> None:
    closed, open_ = Door(our_app(back_end, token="")), Door(our_app(back_end))
    body = {**call_of("action_ask_email"), "sender": "x", "message": "y"}
    assert closed.ask(path, json=body).status_code == 404
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": RASA_TOKEN}):
        answer = open_.ask(path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert open_.ask("/webhooks/actions/actions", "GET", headers={}).status_code == 401


def test_what_breaks_is_not_quoted(back_end: str) -> None:
    secret = "kim@kunde.example"

    def broken() -> Any:
        from rasa_sdk import Action
        from rasa_sdk.interfaces import ActionExecutionRejection

        class Broken(Action):  # type: ignore[misc]
            def name(self) -> str:
                return "action_broken"

            async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
                if tracker.get_slot("refuse"):
                    raise ActionExecutionRejection("action_broken", "not now")
                raise RuntimeError(tracker.get_slot("email"))

        return Broken()

    made = Door(our_app(back_end, made=Actions([broken])))
    answer = made.ask("/webhooks/actions", json=call_of("action_broken", secret, email=secret))
    assert answer.status_code == 500
    assert secret not in answer.text
    refused = made.ask("/webhooks/actions", json=call_of("action_broken", refuse=True))
    assert (refused.status_code, refused.json()) == (400, {"error": "not now", "action_name": "action_broken"})
    # without a back end the deeds fail, and say no more
    failed = made.ask("/webhooks/actions", json=call_of("action_order_status", order_number="10042", email=secret))
    assert (failed.status_code, secret in failed.text) == (500, False)


def ask_for_orders(door: Door, pairs: list[tuple[str, str, str]]) -> list[bool]:
    """Of each (number, e-mail, sender), whether the back end was asked."""
    asked = []
    for number, email, sender in pairs:
        call = call_of("action_order_status", order_number=number, email=email, language="da")
        call["tracker"]["sender_id"] = sender
        answer = door.ask("/webhooks/actions", json=call)
        assert answer.status_code == 200
        paused = answer.json()["events"] == [{"event": "pause", "timestamp": None}]
        if paused:
            assert [each["text"] for each in answer.json()["responses"]] == [wording.say("hand_over", "da")]
        asked.append(not paused)
    return asked


@pytest.mark.parametrize(
    "pairs",
    [
        [(str(20_000 + number), "kim@kunde.example", f"s{number}") for number in range(FAILURES + 3)],
        [("10042", f"kim{number}@kunde.example", f"s{number}") for number in range(FAILURES + 3)],
        [(str(20_000 + number), f"kim{number}@kunde.example", "s") for number in range(FAILURES + 3)],
    ],
)
def test_guesses_are_counted_here_too(back_end: str, pairs: list[tuple[str, str, str]]) -> None:
    """By number, by e-mail address, and by sender; what is right costs nothing."""
    door = Door(our_app(back_end))
    assert ask_for_orders(door, [("10042", "kim@kunde.example", "s")] * (2 * FAILURES)) == [True] * 2 * FAILURES
    assert ask_for_orders(door, pairs) == [True] * FAILURES + [False] * 3
    assert ask_for_orders(door, [("10068", "ingrid@kunde.example", "another")]) == [True]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", {}, 422),
        (b"[]", {}, 422),
        (b"{", {}, 422),
        (b"\xff\xfe", {}, 422),
        (b"[" * 100_000, {}, 422),
        (b"not deflated", {"Content-Encoding": "deflate"}, 422),
        (zlib.compress(b" " * 50_000_000), {"Content-Encoding": "deflate"}, 413),
        (b'{"next_action": "action_ask_email"}', {}, 422),
        (b'{"next_action": ["x"], "tracker": {}}', {}, 422),
        (b'{"next_action": "action_ask_email", "tracker": {}, "domain": {}}', {}, 500),
        (b"{}", {}, 200),
    ],
)
def test_bodies_that_are_no_calls(door: Door, content: bytes, headers: dict[str, str], status: int) -> None:
    assert door.ask("/webhooks/actions", content=content, headers={**OURS, **headers}).status_code == status

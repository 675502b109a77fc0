"""Turns of several workers, and of one that many ask at once: who answers what, and what the customer is told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import turn
from bot.metrics import SWEEPS, TAKEN_OVER
from bot.questions import Course, course_of
from bot.turn import Turns
from conversation import log
from handoff import desk
from runtime.bus import Notice
from tests.contracts.turn_desk import Desk, hit, opened, stocked
from tests.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with stocked(f"sqlite:///{tmp_path / 'x.sqlite3'}") as made:
        yield made


def of_worker(turns: Turns, worker: str, *alive: str) -> Turns:
    turns.worker, turns.alive = worker, lambda: frozenset(alive)
    return turns


async def swept(desk_: Desk) -> None:
    """One sweep, and what it took up."""
    before = SWEEPS["done"].value
    await desk_.turns.start()
    async with asyncio.timeout(30):
        while SWEEPS["done"].value == before or desk_.turns.waiting:  # noqa: ASYNC110 - the sweep tells nobody
            await asyncio.sleep(0.01)
    await desk_.turns.tasks.stop()


def test_who_took_the_message_answers_it_without_reading_it_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []
    real = shop.db.read

    async def counted(verb: Any, *args: Any, **kwargs: Any) -> Any:
        reads.append(verb.__name__)
        return await real(verb, *args, **kwargs)

    monkeypatch.setattr(shop.db, "read", counted)

    async def run() -> None:
        async with opened(shop) as desk_:
            desk_.shelf.found["Returns?"] = [hit("returns", 0.9)]
            for _ in range(3):
                await desk_.run(shop.say, "Returns?")
                await desk_.quiet()
            assert reads.count("course_of") == 0
            assert reads.count("published") == 1

    asyncio.run(run())


def test_the_questions_of_a_dead_worker_are_taken_over_and_those_of_a_living_one_left(shop: Shop) -> None:
    dead = shop.say("Returns?", token="d" * 43, worker="dead")
    living = shop.say("Returns?", token="l" * 43, worker="other")
    ours = shop.say("Returns?", token="o" * 43, worker="me")
    before = TAKEN_OVER.value

    async def run() -> None:
        async with opened(shop) as desk_:
            of_worker(desk_.turns, "me", "me", "other")
            desk_.shelf.found["Returns?"] = [hit("returns", 0.9)]
            await swept(desk_)

    asyncio.run(run())
    assert shop.row(dead.conversation_id).waiting == shop.row(ours.conversation_id).waiting == 0
    assert shop.row(living.conversation_id).waiting == living.seq
    assert TAKEN_OVER.value == before + 1


def test_a_living_worker_that_hangs_is_helped_past_its_deadline(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = shop.say("Returns?", worker="other")

    async def run() -> None:
        async with opened(shop, deadline_s=60) as desk_:
            of_worker(desk_.turns, "me", "me", "other")
            desk_.shelf.found["Returns?"] = [hit("returns", 0.9)]
            await swept(desk_)
            assert shop.row(chat.conversation_id).waiting == chat.seq
            monkeypatch.setattr(turn, "MARGIN_S", -61)  # and now the deadline is behind it
            desk_.shelf.expected_wait_s = 60  # we are no better off ourselves
            await swept(desk_)
            assert shop.row(chat.conversation_id).waiting == chat.seq
            desk_.shelf.expected_wait_s = 0
            await swept(desk_)
            assert shop.row(chat.conversation_id).waiting == 0

    asyncio.run(run())


def test_where_many_ask_the_customer_is_told_and_nobody_is_dropped(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "AGAIN_S", 0.05)
    told: list[int] = []
    assert shop.db.bus is not None
    shop.db.bus.listen(lambda notices: told.extend(one.number for one in notices if one.topic == "typing"))

    async def run() -> None:
        async with opened(shop, deadline_s=0.2) as desk_:
            desk_.shelf.gate = threading.Event()
            desk_.shelf.expected_wait_s = 20.0
            desk_.shelf.found["Returns?"] = [hit("returns", 0.9)]
            chat = await desk_.run(shop.say, "Returns?")
            await asyncio.sleep(0.6)  # three times the deadline: it has not begun to think
            async with asyncio.timeout(30):
                while len([one for one in told if one > 1]) < 3:  # noqa: ASYNC110 - again and again
                    await asyncio.sleep(0.01)
            assert shop.row(chat.conversation_id).status == "bot"
            desk_.shelf.gate.set()
            await desk_.until(chat.conversation_id, "said", "answered", "decided")
            await desk_.quiet()

    asyncio.run(run())
    assert 20 in told
    assert told[-1] == 0


def test_following_gives_what_reading_gives(shop: Shop) -> None:
    """What the next answer depends on, after every single entry of a chat with everything in it."""
    followed: dict[int, Course] = {}

    def follow(notices: Any) -> None:
        for notice in notices:
            if isinstance(notice, Notice) and notice.item is not None:
                row = notice.item.row
                followed.setdefault(row.id, Course(row)).follow(notice.item.entries, row)

    assert shop.db.bus is not None
    shop.db.bus.listen(follow)
    checked = 0

    def same() -> None:
        nonlocal checked
        for conversation_id, course in followed.items():
            read = shop.db.read_now(course_of, conversation_id)
            assert course.job() == read.job()
            assert (course.waiting if course.waits else []) == (read.waiting if read.waits else [])
            checked += 1

    async def run() -> None:
        async with opened(shop) as desk_:
            desk_.shelf.found["Returns?"] = [hit("returns", 0.9)]
            for text in ("Horses?", "Returns?", "Cows?", "Pigs?", "Hello"):
                chat = shop.say(text)
                same()
                desk_.turns.look_at(chat.conversation_id)
                await desk_.quiet()
                same()
            shop.say("Sheep?")
            shop.say("Goats?")
            same()
            for act in (
                lambda: shop.claim(chat.conversation),
                lambda: shop.say("Are you there?"),
                lambda: shop.do(desk.hand_back, chat.conversation),
                lambda: shop.claim(chat.conversation),
                lambda: shop.reply(chat.conversation, "Yes"),
                lambda: shop.say("And now?"),
                lambda: shop.do(desk.hand_back, chat.conversation),
                lambda: shop.end(),
                lambda: shop.say("One more"),
            ):
                act()
                same()
                desk_.turns.look_at(chat.conversation_id)
                await desk_.quiet()
                same()

    asyncio.run(run())
    assert checked > 20
    assert len(shop.db.read_now(log.transcript, next(iter(followed)))) > 20

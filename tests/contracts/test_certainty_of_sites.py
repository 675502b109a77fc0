"""From labels to thresholds on both databases: targets, proofs, what moves a threshold, how the turns hear of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from bot.labelling import Labelling
from bot.metrics import TURNS
from bot.shadow import Shadow, note
from conversation import labels, log, silence, sites, visits
from conversation.events import Decided
from conversation.labels import Answer
from handoff import desk as handoff_desk
from knowledge_base import looks, targets
from knowledge_base.bounds import needed
from knowledge_base.certified import look_confidence
from runtime.errors import BadInput, NotFound
from tests.contracts.labelled import CAREFUL, label, look, report, set_target
from tests.contracts.turn_desk import Desk, hit, opened, stocked
from tests.shop import MAJA, TOKEN, Shop, processes


@pytest.fixture
def stock(database_url: str) -> Iterator[Shop]:
    with stocked(database_url) as made:
        yield made


def test_without_labels_everything_is_as_it_was(shop: Shop) -> None:
    assert shop.db.read_now(targets.thresholds) == {}
    found = report(shop)
    assert (found.target, found.threshold, found.labels, found.certified_at) == (None, CAREFUL, 0, 0)
    assert {target: found.missing[target] > 0 for target in (0.01, 0.02, 0.05)} == dict.fromkeys(
        (0.01, 0.02, 0.05), True
    )
    set_target(shop, 0.02)
    assert shop.db.read_now(targets.thresholds) == {}
    assert report(shop).threshold == CAREFUL
    assert report(shop).certified_at == 0


def test_enough_labels_certify_the_target_and_it_says_how_many_are_missing_before(shop: Shop) -> None:
    set_target(shop, 0.05)
    label(shop, 30)
    look(shop)
    early = report(shop)
    assert (early.target, early.certified_at, early.labels, early.wrong) == (0.05, 0, 30, 0)
    lacking = needed(0.05, 0, look_confidence(1)) - early.certificate.answered
    assert early.missing[0.05] == -(-lacking * 3 // 2)
    label(shop, 150, at=2)
    look(shop)
    late = report(shop)
    assert late.certified_at > 0
    assert late.certificate.bound <= 0.05
    assert (late.missing[0.05], late.labels) == (0, 180)
    assert late.bound < late.certificate.bound
    [check] = shop.db.read_now(looks.history, shop.site.id)[:1]
    assert (check.step, check.language, check.threshold) == ("certified", "da", CAREFUL)


def test_a_language_has_its_own_labels_and_may_have_its_own_target(shop: Shop) -> None:
    set_target(shop, 0.05)
    set_target(shop, 0.01, "sv")
    label(shop, 200)
    look(shop)
    assert report(shop, "da").certified_at > 0
    assert (report(shop, "sv").target, report(shop, "sv").own_target, report(shop, "sv").labels) == (0.01, True, 0)
    assert (report(shop, "nb").target, report(shop, "nb").own_target) == (0.05, False)
    set_target(shop, None, "sv")
    assert report(shop, "sv").target == 0.05


def test_a_bound_that_breaks_moves_the_threshold_and_the_director_is_told(shop: Shop) -> None:
    set_target(shop, 0.05)
    label(shop, 200, certainty=0.85)
    look(shop)
    assert report(shop).certified_at > 0
    far = 2**45  # later than the certificate, whatever the clock says
    label(shop, 60, wrong=30, certainty=0.86, at=far)
    label(shop, 120, certainty=0.97, at=far)
    assert look(shop) is True
    after = report(shop)
    assert (after.certified_at, after.threshold > 0.86) == (0, True)
    told = shop.db.read_now(looks.history, shop.site.id)[0]
    assert told.step in ("lost", "contradicted")
    assert (told.threshold_before, told.threshold) == (CAREFUL, after.threshold)


def test_taking_the_target_back_brings_the_settings_threshold_back(shop: Shop) -> None:
    set_target(shop, 0.05)
    label(shop, 100, wrong=60, certainty=0.82)
    label(shop, 100, certainty=0.95, at=2)
    look(shop)
    assert report(shop).threshold > 0.82
    set_target(shop, None)
    assert shop.db.read_now(targets.thresholds) == {}
    assert report(shop).threshold == CAREFUL


def test_another_target_must_be_proved_anew(shop: Shop) -> None:
    set_target(shop, 0.05)
    label(shop, 120)
    look(shop)
    assert report(shop).certified_at > 0
    set_target(shop, 0.01)
    assert report(shop).certified_at == 0


def test_targets_that_make_no_sense_are_refused(shop: Shop) -> None:
    for target in (0.0, 0.6, -1.0):
        with pytest.raises(BadInput):
            set_target(shop, target)
    with pytest.raises(BadInput):
        set_target(shop, 0.02, "fi")
    with pytest.raises(NotFound):
        shop.db.write_now(targets.set_target, "nobody", "", 0.02, "Nils")


def test_answers_that_the_customer_chose_prove_nothing(shop: Shop) -> None:
    given = Answer("chosen", 3, shop.site.id, "da", "returns", 1.0, 0.0, 1)
    shop.db.write_now(labels.keep, given, "agent", True, 4)
    assert targets.cases_of(shop.db.read_now(labels.verdicts, shop.site.id, "da")) == []


def test_a_look_is_due_once_a_day(shop: Shop, database_url: str) -> None:
    assert shop.db.read_now(looks.due) == [], "there is nothing to prove without a target"
    set_target(shop, 0.05, "da")
    label(shop, 200)
    assert shop.db.read_now(looks.due) == [], "it was looked at when the target was set"
    shop.db.write_now(lambda tx: tx.connection.execute(sa.update(targets.rules).values(reviewed_at=0)))
    assert shop.db.read_now(looks.due) == [(shop.site.id, "da")]

    async def sweep() -> None:
        async with processes(database_url) as [db]:
            await Labelling(db, CAREFUL, lambda: True).sweep()

    asyncio.run(sweep())
    assert report(shop).certified_at > 0
    assert shop.db.read_now(looks.due) == []


# -- in the process ----------------------------------------------------------------------------------------------


def test_the_turns_hear_of_a_threshold_and_answer_by_it(stock: Shop) -> None:
    async def run() -> None:
        async with opened(stock) as desk:
            await desk.turns.start()
            caution, careful = desk.turns.caution, desk.turns.thresholds
            assert caution.of(stock.site.id, "en") is careful
            desk.shelf.found["How do I return it?"] = [hit("returns", 0.85)]
            chat = await desk.run(stock.say, "How do I return it?")
            await desk.until(chat.conversation_id, "said", "answered", "decided")
            await stock.db.write(targets.set_target, stock.site.key, "", 0.05, "Nils")
            await asyncio.to_thread(label, stock, 100, 60, 0.82, "en")
            await asyncio.to_thread(label, stock, 100, 0, 0.95, "en", "agent", 2)
            assert await looks.look(stock.db, stock.site.id, "en", CAREFUL) is True
            for _ in range(5_000):
                if caution.of(stock.site.id, "en").answer > 0.85:
                    break
                await asyncio.sleep(0.01)
            moved = caution.of(stock.site.id, "en")
            assert moved.answer > 0.85
            await caution.read()
            assert caution.of(stock.site.id, "en") is moved, "the same object as long as nothing moves"
            assert caution.of(stock.site.id, "da").answer == careful.answer
            again = await desk.run(stock.say, "How do I return it?")
            entries = await desk.until(
                again.conversation_id, "said", "answered", "decided", "said", "offered", "decided"
            )
            assert entries[-1].data["threshold"] == moved.answer

    asyncio.run(run())


def test_one_worker_gathers_and_looks(stock: Shop) -> None:
    async def run() -> None:
        async with opened(stock) as desk:
            desk.shelf.found["How do I return it?"] = [hit("returns", 0.85)]
            chat = await desk.run(stock.say, "How do I return it?")
            await desk.until(chat.conversation_id, "said", "answered", "decided")
            await desk.run(stock.say, "How do I return it??")
            await Labelling(stock.db, CAREFUL, lambda: False, settled_ms=0).sweep()
            assert await stock.db.read(labels.of_conversation, chat.conversation) == []
            await Labelling(stock.db, CAREFUL, lambda: True).sweep()
            assert await stock.db.read(labels.of_conversation, chat.conversation) == [], "not settled yet"
            await Labelling(stock.db, CAREFUL, lambda: True, settled_ms=-1_000).sweep()
            [found] = await stock.db.read(labels.of_conversation, chat.conversation)
            assert (found.source, found.right) == ("repeat", False)

    asyncio.run(run())


# -- shadow mode -------------------------------------------------------------------------------------------------


class Reading:
    """The shelf, asked in the second rank."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def search_after(self, question: str, language: str | None, *more: Any) -> list[Any]:
        return await self._desk.shelf.search(question, language)


def test_a_silent_assistant_leaves_customers_to_people_and_is_compared_with_them(stock: Shop) -> None:
    stock.db.write_now(sites.set_shadow, stock.site.key, True)

    async def run() -> None:
        async with opened(stock) as desk:
            assert stock.db.bus is not None
            shadow = Shadow(stock.db, stock.db.bus, Reading(desk), desk.turns.answers, desk.turns.caution)
            shadow.start()
            desk.shelf.found["How do I return it?"] = [hit("returns", 0.93)]
            desk.shelf.found["Do you sell skis?"] = [hit("hours", 0.3)]
            counted = {name: TURNS[name].value for name in ("answered", "handed_over")}
            chat = await desk.run(stock.say, "How do I return it?")
            entries = await desk.until(chat.conversation_id, "said", "handoff", "decided")
            await desk.quiet()
            assert {name: TURNS[name].value - value for name, value in counted.items()} == {
                "answered": 0,
                "handed_over": 1,
            }, "the operator's numbers say what customers got"
            assert entries[2].data["reason"] == "policy_restriction"
            assert (entries[3].data["outcome"], entries[3].data["note"]) == ("answer", "shadow")
            assert entries[3].audience == "staff"
            # In the loop's own thread: that is where notices are heard.
            await stock.db.write(handoff_desk.reply, chat.conversation, MAJA, "reply-0001", "See /help/en/returns")
            await stock.db.write(visits.say, stock.site.id, TOKEN, "skis-0001", "Do you sell skis?", language="en")
            kinds = ["said", "handoff", "decided", "claimed", "replied", "said", "decided"]
            entries = await desk.until(chat.conversation_id, *kinds)
            assert entries[-1].data["outcome"] == "offer"
            await stock.db.write(handoff_desk.judge, chat.conversation, MAJA, "judge-0001", 4, True)
            await stock.db.write(handoff_desk.hand_back, chat.conversation, MAJA, "back-0001")
            late = Decided(7, "offer", 0.8, note="shadow")
            await stock.db.write(note, chat.conversation_id, late)
            entries = await stock.db.read(log.transcript, chat.conversation_id)
            assert entries[-1].kind == "handed_back", "a decision that comes too late is not taken for a turn"
            await shadow.stop()
        found = stock.db.read_now(silence.compare, stock.site.id)
        assert (found.decided, found.outcomes) == (2, {"answer": 1, "offer": 1, "hand_over": 0})
        assert found.answers == {
            "same_article": 1,
            "other_article": 0,
            "own_words": 0,
            "nothing": 0,
            "right": 1,
            "wrong": 0,
        }
        first = found.latest[-1]
        assert (first.question, first.article, first.people, first.judged) == (
            "How do I return it?",
            "returns",
            "same_article",
            True,
        )

    asyncio.run(run())


def test_of_several_questions_the_silent_answer_is_compared_as_well(stock: Shop) -> None:
    stock.db.write_now(sites.set_shadow, stock.site.key, True)

    async def run() -> None:
        async with opened(stock) as desk:
            desk.shelf.found["Can I return a tent?"] = [hit("returns", 0.93)]
            desk.shelf.found["Do you sell skis?"] = [hit("hours", 0.3)]
            chat = await desk.run(stock.say, "Can I return a tent? Do you sell skis?")
            entries = await desk.until(chat.conversation_id, "said", "handoff", "decided")
            assert entries[-1].data["note"].startswith("shadow; 2 questions, answered: ")
            assert entries[-1].data["language"] == "en"
        found = stock.db.read_now(silence.compare, stock.site.id)
        assert [(one.outcome, one.article) for one in found.latest] == [("answer", "returns")]
        stock.db.write_now(labels.judge, chat.conversation, "a1", "Maja", "judge-0001", entries[-1].seq, True)

    asyncio.run(run())
    assert [each.right for each in stock.db.read_now(labels.of_place, stock.site.id, "en")] == [True]

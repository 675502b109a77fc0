"""The silent assistant compared with people on both databases: each decision beside what was said, in few queries."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from conversation import labels, log, silence
from conversation.events import Decided
from conversation.labels import SHADOW
from runtime.db import Tx
from tests.shop import MAJA, Shop


def _decide(shop: Shop, number: int) -> str:
    """A question of a customer of its own, decided on in silence."""
    said = shop.say(f"Question {number}", token=f"{number:043d}")
    hit = {"article": "returns", "title": "Returns", "certainty": 0.9, "language": "en"}
    shop.db.write_now(log.record, said.conversation_id, Decided(said.seq, "answer", 0.8, (hit,), SHADOW))
    return said.conversation


def _counted(shop: Shop) -> tuple[silence.Comparison, int]:
    """The comparison, and how many queries it took."""
    asked: list[str] = []

    def compare(tx: Tx) -> silence.Comparison:
        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            asked.append(statement)

        sa.event.listen(tx.connection, "before_cursor_execute", note)
        try:
            return silence.compare(tx, shop.site.id)
        finally:
            sa.event.remove(tx.connection, "before_cursor_execute", note)

    return shop.db.read_now(compare), len(asked)


def test_many_decisions_take_as_many_queries_as_two(shop: Shop) -> None:
    for number in range(2):
        _decide(shop, number)
    few, asked = _counted(shop)
    for number in range(2, 12):
        _decide(shop, number)
    many, asked_for_many = _counted(shop)
    assert (few.decided, many.decided) == (2, 12)
    assert asked_for_many == asked


def test_each_decision_stands_beside_its_own_question_and_the_first_reply_to_it(shop: Shop) -> None:
    first, second, third = (_decide(shop, number) for number in range(3))
    shop.reply(first, "See /help/en/returns")
    shop.reply(first, "And a nice day")
    shop.reply(second, "See /help/en/hours")
    shop.db.write_now(labels.judge, second, MAJA.id, MAJA.name, "judge-0001", 3, False)
    found = {one.conversation: one for one in _counted(shop)[0].latest}
    told = [
        (found[chat].question, found[chat].reply, found[chat].people, found[chat].judged)
        for chat in (first, second, third)
    ]
    assert told == [
        ("Question 0", "See /help/en/returns", "same_article", None),
        ("Question 1", "See /help/en/hours", "other_article", False),
        ("Question 2", "", "nothing", None),
    ]


def test_one_of_several_questions_counts_and_a_greeting_does_not(shop: Shop) -> None:
    hit = {"article": "returns", "title": "Returns", "certainty": 0.9, "language": "en"}
    said = shop.say("Hello")
    shop.db.write_now(log.record, said.conversation_id, Decided(said.seq, "remark", 0.8, (), SHADOW))
    more = shop.say("How do I return it, and are you open?")
    note = f"{SHADOW}; 2 questions, answered: 'How do I return it'"
    silent = shop.db.write_now(log.record, said.conversation_id, Decided(more.seq, "answer", 0.8, (hit,), note))
    shop.reply(said.conversation, "See /help/en/returns")
    shop.db.write_now(labels.judge, said.conversation, MAJA.id, MAJA.name, "judge-0001", silent.seq, True)
    [one] = _counted(shop)[0].latest
    assert (one.about, one.people, one.judged) == (more.seq, "same_article", True)


def test_what_a_person_had_said_before_is_no_reply(shop: Shop) -> None:
    said = shop.say("Hello")
    shop.reply(said.conversation, "Here I am")
    more = shop.say("And returns?")
    shop.db.write_now(log.record, said.conversation_id, Decided(more.seq, "answer", 0.8, (), SHADOW))
    [one] = _counted(shop)[0].latest
    assert (one.question, one.reply, one.people) == ("And returns?", "", "nothing")

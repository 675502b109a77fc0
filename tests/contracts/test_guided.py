"""Guided actions: question by question to the end, with a question in between, and a stop in each language."""

from __future__ import annotations

import asyncio

import pytest

from bot.actions import Actions
from bot.actions.forms import ASIDES, FORMS
from bot.actions.words import say
from bot.demo.order_desk import OrderDesk
from bot.policy import Thresholds
from bot.questions import course_of
from conversation import sites
from handoff import desk as people
from knowledge_base import versions
from knowledge_base.drafting import draft_of
from tests.contracts.guided_chat import Chat, at, play
from tests.contracts.turn_desk import hit
from tests.shop import MAJA, Shop

LANGUAGES = ("en", "da", "sv", "nb", "nn")


def test_order_status_from_question_to_answer(guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        first = await chat.say("I want order_status_form")
        assert first.kind == "answered"
        assert first.data["text"].startswith("See **here**.")
        assert say("ask_order_number", "en") in first.data["text"]
        assert "What is your order number?" in first.data["html"]
        second = await chat.say("my number is 10042")
        assert (second.kind, second.data["purpose"]) == ("remarked", "form")
        assert second.data["text"] == say("ask_email", "en")
        third = await chat.say("Kim@Kunde.example")
        assert third.data["text"].startswith("Order 10042 is on its way.")
        assert "https://parcel.example/track/LF10042DK" in third.data["text"]
        decided = [entry.data for entry in await chat.entries() if entry.kind == "decided"]
        assert [each["form"]["open"] for each in decided] == [True, True, False]
        assert decided[1]["form"]["slots"] == {"order_number": "10042"}
        assert decided[2]["form"]["slots"] == {}

    play(guided_shop, at(back_end), story)


def test_what_was_said_already_is_not_asked_for(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        text = "Where is 10042 for kim@kunde.example?"
        chat.desk.shelf.found[text] = [hit("order_status_form", 0.95)]
        first = await chat.say(text)
        assert "Order 10042 is on its way." in first.data["text"]
        assert say("can_stop", "en") not in first.data["text"]

    play(small_guided_shop, at(back_end), story)


@pytest.mark.parametrize(
    ("form", "answers", "told"),
    [
        ("return_form", ("10068", "ingrid@kunde.example", "Too small for me"), "return is set up with number R-"),
        ("complaint_form", ("10042", "kim@kunde.example", "The sole came off"), "Your complaint has number C-"),
        ("call_back_form", ("+45 12 34 56 78", "My tent"), "we call you on +4512345678"),
        (
            "address_form",
            ("10043", "kim@kunde.example", "Storgata 5\n0155 Oslo"),
            "Order 10043 now goes to Storgata 5, 0155 Oslo.",
        ),
        ("address_form", ("10057", "astrid@kunde.example", "Storgata 5, 0155 Oslo"), "is packed already"),
    ],
)
def test_each_form(
    small_guided_shop: Shop, orders_at: tuple[str, OrderDesk], form: str, answers: tuple[str, ...], told: str
) -> None:
    back_end, desk = orders_at

    async def story(chat: Chat) -> None:
        await chat.say(f"I want {form}")
        for answer, slot in zip(answers[:-1], FORMS[form].slots[1:], strict=True):
            assert (await chat.say(answer)).data["text"] == say(f"ask_{slot}", "en")
        assert told in (await chat.say(answers[-1])).data["text"]

    play(small_guided_shop, at(back_end), story)
    if form == "address_form" and "now goes" in told:
        assert desk.orders["10043"].address == "Storgata 5, 0155 Oslo"


@pytest.mark.parametrize(
    ("language", "stop"),
    [
        ("en", "Never mind!"),
        ("da", "afbryd"),
        ("da", "Glem det."),
        ("sv", "Avbryt"),
        ("nb", "avbryt"),
        ("nn", "Gløym det"),
    ],
)
def test_stopped_in_each_language(small_guided_shop: Shop, back_end: str, language: str, stop: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want call_back_form")
        stopped = await chat.say(stop)
        assert stopped.kind == "remarked"
        assert stopped.data["text"] in {say("stopped", each) for each in LANGUAGES}
        after = await chat.say("12345678")  # nothing is open any more
        assert (after.kind, after.data["purpose"]) == ("remarked", "value")

    play(small_guided_shop, at(back_end), story, language)


def test_a_question_in_between_and_on(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        await chat.say("10042")
        aside = await chat.say("How long may I return things?")
        assert aside.kind == "answered"
        assert "30 days" in aside.data["text"]
        assert aside.data["text"].endswith(say("ask_email", "en"))
        assert "which e-mail address" in aside.data["html"]
        assert aside.data["asks"] is True
        assert (await chat.say("kim@kunde.example")).data["text"].startswith("Order 10042 is on its way.")

    play(small_guided_shop, at(back_end), story)


def test_the_sentence_that_answers_stays_marked_in_the_middle_of_a_form(small_guided_shop: Shop, back_end: str) -> None:
    body = "Close all zips first. Wash the shell jacket at 30 degrees. Let it dry in the shade, never in the sun."
    draft = draft_of("Care", (), body)
    small_guided_shop.db.write_now(versions.publish_imported, "care", "en", draft, "none", None, "test", "public", None)

    async def story(chat: Chat) -> None:
        question = "At how many degrees do I wash the shell jacket?"
        chat.desk.shelf.found[question] = [hit("care", 0.95)]
        alone = await chat.say(question)
        assert "<strong>Wash the shell jacket at 30 degrees.</strong>" in alone.data["html"]
        await chat.say("I want order_status_form")
        await chat.say("10042")
        aside = await chat.say(question)
        assert aside.data["html"].startswith(alone.data["html"])
        assert aside.data["html"].endswith("</p>")
        assert "which e-mail address" in aside.data["html"]
        assert "*" not in aside.data["text"]
        assert "asks" not in alone.data

    play(small_guided_shop, at(back_end), story)


def test_a_form_is_let_go_when_the_assistant_becomes_silent(guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        await chat.say("10042")
        await chat.desk.shop.db.write(sites.set_shadow, chat.desk.shop.site.key, True)
        turn = await chat.say("kim@kunde.example")
        assert turn.kind == "handoff"
        rest = [(entry.kind, entry.audience) for entry in await chat.entries() if entry.seq > turn.seq]
        assert rest == [("decided", "staff"), ("noted", "staff")]
        assert "10042" in (await chat.entries())[-1].data["text"]
        await chat.desk.shop.db.write(sites.set_shadow, chat.desk.shop.site.key, False)
        course = await chat.desk.shop.db.read(course_of, chat.id)
        assert course.form is None

    play(guided_shop, at(back_end), story)


def test_a_question_in_between_that_nobody_can_answer(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        await chat.say("10042")
        aside = await chat.say("Do you also sell horses?")
        assert aside.kind == "offered"
        assert aside.data["text"].endswith(say("ask_email", "en"))
        assert "is on its way" in (await chat.say("kim@kunde.example")).data["text"]

    play(small_guided_shop, at(back_end), story)


def test_five_questions_in_between_do_not_end_a_form(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want call_back_form")
        for text in (("How long may I return things?", "When are you open?") * 3)[:5]:
            assert (await chat.say(text)).data["text"].endswith(say("ask_phone", "en"))
        assert (await chat.say("+45 20 30 40 50")).data["text"] == say("ask_call_topic", "en")
        assert (await chat.say("cancel")).data["text"] == say("stopped", "en")

    play(small_guided_shop, at(back_end), story)


def test_questions_without_end_let_the_form_go(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        asked = ("How long may I return things?", "When are you open?") * 4
        asides = [await chat.say(text) for text in asked]
        ends = [say("ask_order_number", "en") in each.data["text"] for each in asides]
        assert ends == [True] * (ASIDES - 1) + [False, False]

    play(small_guided_shop, at(back_end), story)


def test_answers_that_do_not_fit_and_then_a_person(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want order_status_form")
        await chat.say("10042")
        for _ in range(2):
            assert (await chat.say("kim at home")).data["text"] == say("bad_email", "en")
        assert (await chat.say("kim")).data["reason"] == "ambiguous"
        note = (await chat.entries())[-1]
        assert (note.kind, note.audience) == ("noted", "staff")
        assert note.data["text"] == "Order status. The assistant had collected:\nOrder number: 10042"
        assert chat.desk.shop.row(chat.id).status == "queued"

    play(small_guided_shop, at(back_end), story)


def test_following_the_log_and_reading_it_give_the_same_form(guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        for text in (
            "I want address_form",
            "10043",
            "How long may I return things?",
            "kim@kunde.example",
            "stop",
            "Hm",
        ):
            await chat.say(text)
            read = await chat.desk.shop.db.read(course_of, chat.id)
            assert chat.desk.turns.courses.held[chat.id].form == read.form
        await chat.say("I want call_back_form")
        row = chat.desk.shop.row(chat.id)
        assert (await chat.desk.shop.db.read(course_of, chat.id)).form is not None
        await asyncio.to_thread(chat.desk.shop.claim, row.public_id)
        assert (await chat.desk.shop.db.read(course_of, chat.id)).form is None
        await asyncio.to_thread(chat.desk.shop.do, people.hand_back, row.public_id, MAJA)
        assert (await chat.desk.shop.db.read(course_of, chat.id)).form is None

    play(guided_shop, at(back_end), story)


def test_without_a_back_end_the_article_is_all(small_guided_shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        answer = await chat.say("I want return_form")
        assert (answer.kind, answer.data["text"]) == ("answered", "See **here**.")

    play(small_guided_shop, Actions(), story)


def test_a_person_may_be_asked_for_at_any_question(small_guided_shop: Shop, back_end: str) -> None:
    async def story(chat: Chat) -> None:
        await chat.say("I want complaint_form")
        await chat.say("LF-10042")
        assert (await chat.say("I want to talk to a human")).data["reason"] == "customer_request"
        assert "LF-10042" in (await chat.entries())[-1].data["text"]

    play(small_guided_shop, at(back_end), story)


def test_a_form_is_kept_under_the_threshold_in_force(guided_shop: Shop, back_end: str) -> None:
    """What stands in the log is what the site's labels have led to, not what the settings say."""

    async def story(chat: Chat) -> None:
        turns = chat.desk.turns
        await chat.say("I want order_status_form")
        turns.caution._held[guided_shop.site.id, "en"] = Thresholds(0.91, turns.thresholds.offer)
        await chat.say("no number at all")
        await chat.say("cancel")
        bars = [entry.data["threshold"] for entry in await chat.entries() if entry.kind == "decided"]
        assert bars == [turns.thresholds.answer, 0.91, 0.91]

    play(guided_shop, at(back_end), story)

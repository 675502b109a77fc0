"""What the assistant says depends on how the chat has gone: nothing twice, no loop, follow-ups, several questions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import answers, policy
from bot.extracts import Extract
from conversation import log
from conversation.log import Logged
from handoff import desk
from tests.contracts.turn_desk import Desk, hit, opened, stocked
from tests.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with stocked(f"sqlite:///{tmp_path / 'x.sqlite3'}") as made:
        yield made


class Chat:
    """One customer, who waits for each turn."""

    def __init__(self, desk_: Desk) -> None:
        self.desk, self.shop = desk_, desk_.shop
        self.found, self.asked = desk_.shelf.found, desk_.shelf.asked
        self.id, self.name = 0, ""

    async def say(self, text: str, **more: Any) -> Logged:
        """The turn; `reason` of the decision is in `note`."""
        said = await self.desk.run(self.shop.say, text, **more)
        self.id, self.name = said.conversation_id, said.conversation
        await self.desk.quiet()
        return (await self.entries(said.seq))[0]

    async def entries(self, after: int = 0) -> list[Logged]:
        return await self.shop.db.read(log.since, self.id, after)

    async def note(self) -> str:
        decided = [entry for entry in await self.entries() if entry.kind == "decided"]
        return str(decided[-1].data["note"])

    async def back(self) -> None:
        await self.desk.run(self.shop.claim, self.name)
        await self.desk.run(self.shop.do, desk.hand_back, self.name)
        await self.desk.quiet()

    @property
    def status(self) -> str:
        return str(self.shop.row(self.id).status)


def play(shop: Shop, story: Callable[[Chat], Awaitable[None]]) -> None:
    async def run() -> None:
        async with opened(shop) as desk_:
            await story(Chat(desk_))

    asyncio.run(run())


def test_the_same_again_gets_an_offer_and_then_a_person(shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        for text in ("How do I return a tent?", "Returning tents, how?", "how do I return my tent"):
            chat.found[text] = [hit("returns", 0.9), hit("hours", 0.4)]
        assert (await chat.say("How do I return a tent?")).kind == "answered"
        offered = await chat.say("Returning tents, how?")
        assert (offered.kind, [one["article"] for one in offered.data["choices"]]) == ("offered", ["hours"])
        assert offered.data["text"].startswith("The answer above is the nearest that I have.")
        assert await chat.note() == "the same article as just before"
        handed = await chat.say("how do I return my tent")
        assert (handed.kind, handed.data["reason"]) == ("handoff", "low_confidence")
        assert handed.data["text"].startswith("I have no sure answer to this")

    play(shop, story)


def test_another_question_in_between_gets_the_article_again(shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        chat.found["How do I return a tent?"] = [hit("returns", 0.9)]
        chat.found["When do you open?"] = [hit("hours", 0.9)]
        kinds = [(await chat.say(text)).kind for text in ("How do I return a tent?", "When do you open?") * 2]
        assert kinds == ["answered"] * 4

    play(shop, story)


def test_upset_words_after_an_answer(shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        chat.found["How do I return a tent?"] = [hit("returns", 0.9)]
        await chat.say("How do I return a tent?")
        handed = await chat.say("That did not help")
        assert handed.data["reason"] == "negative_sentiment"
        assert handed.data["text"].startswith("I am sorry that I could not help.")
        assert await chat.note() == "says 'that did not help'"

    play(shop, story)


def test_after_a_hand_back_the_same_cause_does_not_bring_it_back(shop: Shop) -> None:
    """H4: the bot answers or offers; the customer's own wish always works."""

    async def story(chat: Chat) -> None:
        assert (await chat.say("this is useless")).kind == "handoff"
        await chat.back()
        assert chat.status == "bot"
        assert (await chat.say("this is useless!")).kind == "offered"
        assert chat.status == "bot"
        assert (await chat.say("talk to a human")).data["reason"] == "customer_request"

    play(shop, story)


def test_a_fault_that_goes_on_after_a_hand_back_asks_the_customer(shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        chat.desk.shelf.error = ValueError("broken")
        handed = await chat.say("Where is my parcel?")
        assert handed.data["reason"] == "bot_error"
        assert handed.data["text"].startswith("Something does not work at our end")
        await chat.desk.run(chat.shop.claim, chat.name)
        await chat.desk.run(chat.shop.reply, chat.name, "One moment")
        await chat.desk.run(chat.shop.do, desk.hand_back, chat.name)
        await chat.desk.quiet()
        assert (await chat.say("Where is it now, my parcel?")).kind == "offered"
        assert (await chat.say("Where is my parcel now?")).kind == "offered"
        assert (await chat.say("So where is my parcel?")).data["reason"] == "bot_error"

    play(shop, story)


def test_a_complaint_goes_to_people_even_past_a_sure_article(shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        chat.found["I want to complain"] = [hit("returns", 0.95)]
        handed = await chat.say("I want to complain")
        assert handed.data["reason"] == "complaint"
        assert handed.data["text"].startswith("A person should look at this.")

    play(shop, story)


def test_none_of_the_offered_and_yes_to_the_one(shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        chat.found["Tents back?"] = [hit("returns", 0.5)]
        assert (await chat.say("Tents back?")).kind == "offered"
        agreed = await chat.say("yes")
        assert (agreed.kind, agreed.data["source"]["article"]) == ("answered", "returns")
        chat.found["Doors?"] = [hit("hours", 0.5), hit("broken", 0.4)]
        assert (await chat.say("Doors?")).kind == "offered"
        assert (await chat.say("none of these")).data["reason"] == "ambiguous"

    play(shop, story)


def test_many_turns_bring_a_person_and_thanks_begin_anew(shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        texts = ("How do I return a tent?", "When do you open?")
        chat.found[texts[0]], chat.found[texts[1]] = [hit("returns", 0.9)], [hit("hours", 0.9)]
        for number in range(policy.MAX_TURNS):
            assert (await chat.say(texts[number % 2])).kind == "answered"
        assert (await chat.say("thanks")).data["purpose"] == "thanks"
        for number in range(policy.MAX_TURNS):
            assert (await chat.say(texts[number % 2])).kind == "answered"
        assert (await chat.say(texts[0])).data["reason"] == "max_turns"

    play(shop, story)


def test_a_follow_up_is_searched_with_the_question_before(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(chat: Chat) -> None:
        chat.found["Hvad koster fragt til Danmark?"] = [hit("hours", 0.9)]
        chat.found["fragt Danmark og til Norge?"] = [hit("returns", 0.9)]
        await chat.say("Hvad koster fragt til Danmark?", language="da")
        answer = await chat.say("og til Norge?", language="da")
        assert (answer.kind, answer.data["source"]["article"]) == ("answered", "returns")
        assert await chat.note() == "leans on the turn before: 'fragt Danmark og til Norge?'"
        assert chat.shop.row(chat.id).language == "da"
        # The topic stays that of the question which named it, until it is long ago.
        await chat.say("og til Sverige?", language="da")
        assert "fragt Danmark og til Sverige?" in chat.asked
        monkeypatch.setattr(policy, "FRESH_MS", -1)
        await chat.say("og til Finland?", language="da")
        assert chat.asked[-1] == "og til Finland?"

    play(shop, story)


def test_what_goes_on_is_asked_about_what_it_names_instead(shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        given, other = [hit("returns", 0.95)], [hit("hours", 0.9)]
        chat.found["How do I wash my sleeping bag?"] = given
        chat.found["wash sleeping bag and the jacket?"] = given
        chat.found["How do I wash my sleeping jacket?"] = given
        chat.found["How do I wash my jacket?"] = other
        await chat.say("How do I wash my sleeping bag?")
        answer = await chat.say("and the jacket?")
        assert (answer.kind, answer.data["source"]["article"]) == ("answered", "hours")
        assert (await chat.note()).startswith("leans on the turn before: 'How do I wash my jacket?'")

    play(shop, story)


def test_what_is_not_sure_is_offered_beside_the_answer_above(shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        for text in ("Can I return my jacket?", "return jacket and every tent?"):
            chat.found[text] = [hit("returns", 0.95), hit("broken", 0.5)]
        chat.found["Can I return my every tent?"] = [hit("hours", 0.6), hit("returns", 0.5)]
        await chat.say("Can I return my jacket?")
        offered = await chat.say("and every tent?")
        assert (offered.kind, [one["article"] for one in offered.data["choices"]]) == ("offered", ["hours"])
        assert offered.data["text"].startswith("The answer above is the nearest that I have.")

    play(shop, story)


def test_an_article_without_a_word_of_what_goes_on_is_no_answer_to_it(shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        for text in ("Can I pay with Klarna?", "pay Klarna and Swish?"):
            chat.found[text] = [hit("returns", 0.95), hit("broken", 0.5)]
        chat.found["Can I pay with Swish?"] = [hit("returns", 0.95), hit("hours", 0.6)]
        assert (await chat.say("Can I pay with Klarna?")).kind == "answered"
        offered = await chat.say("and Swish?")
        assert (offered.kind, [one["article"] for one in offered.data["choices"]]) == ("offered", ["hours"])
        assert offered.data["text"].startswith("I am not sure")

    play(shop, story)


def test_what_goes_on_gets_the_same_article_where_another_part_of_it_answers(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(chat: Chat) -> None:
        for text in ("How do I wash my jacket?", "wash jacket and every tent?", "wash jacket and everything?"):
            chat.found[text] = [hit("returns", 0.95)]
        assert (await chat.say("How do I wash my jacket?")).kind == "answered"
        with monkeypatch.context() as patched:
            patched.setattr(answers, "extract", lambda question, *_: Extract(question, question))
            more = await chat.say("and everything?")
        assert (more.kind, more.data["text"]) == ("answered", "wash jacket and everything?")
        assert (await chat.say("and every tent?")).kind == "offered"
        assert (await chat.note()).startswith("the same article as just before")

    play(shop, story)


def test_the_surest_of_several_questions_is_answered_and_the_others_are_named(shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        chat.found["Can I return a tent?"] = [hit("returns", 0.9)]
        chat.found["When do [you](http://evil.example) open?"] = [hit("hours", 0.5)]
        answer = await chat.say("Can I return a tent? When do [you](http://evil.example) open?")
        assert (answer.kind, answer.data["source"]["article"]) == ("answered", "returns")
        assert "Still open: “When do" in answer.data["text"]
        assert 'href="/help/en/hours"' in answer.data["html"]
        assert "evil.example" not in answer.data["html"]
        assert (await chat.note()).startswith("2 questions, answered: ['Can I return a tent?']")

    play(shop, story)


def test_an_open_question_is_named_and_not_repeated_whole(shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        long = f"When do you open {'on all of those days ' * 40}?"
        chat.found["Can I return a tent?"] = [hit("returns", 0.9)]
        answer = await chat.say(f"Can I return a tent? {long}")
        assert "Still open: “When do you open" in answer.data["text"]
        assert len(answer.data["text"]) < 400

    play(shop, story)


def test_small_talk_is_no_turn_and_nothing_is_said_where_a_person_has_the_chat(shop: Shop) -> None:
    async def story(chat: Chat) -> None:
        remark = await chat.say("Are you a robot?")
        assert (remark.kind, remark.data["purpose"]) == ("remarked", "robot")
        assert (await chat.say("ok")).kind == "remarked"
        assert chat.asked == []
        assert chat.status == "bot"
        await chat.desk.run(chat.shop.claim, chat.name)
        said = await chat.desk.run(chat.shop.say, "ok thanks, bye")
        await chat.desk.quiet()
        assert [entry.kind for entry in await chat.entries(said.seq - 1)] == ["said"]

    play(shop, story)

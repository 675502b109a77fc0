"""Labels on both databases: who said what of which answer, once each; what the log shows; what outlives the chat."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from conversation import labels, log, signs, visits
from conversation.events import Answered, Decided, HandoffAsked, Reason, Remarked, Source
from conversation.labels import AlreadyJudged, Label, NotAnAnswer
from conversation.log import Logged
from runtime.db import Tx
from runtime.errors import NotFound
from tests.shop import TOKEN, Shop

RETURNS = Source("returns", "Returns", "/help/en/returns", "en")


def answer(shop: Shop, question: str = "How do I return my boots?", certainty: float = 0.91) -> Logged:
    """A question and its answer, with the reason, as the assistant records them."""
    said = shop.say(question)
    events = (
        Answered(said.seq, "Within 30 days.", "<p>Within 30 days.</p>", RETURNS, certainty),
        Decided(said.seq, "answer", 0.8),
    )

    def conclude(tx: Tx) -> Logged:
        return log.append(tx, log.row_of(tx, said.conversation_id, lock=True), events)[0]

    return shop.db.write_now(conclude)


def judge(shop: Shop, given: Logged, right: bool, agent: str = "a1", client_id: str = "", why: str = "") -> Logged:
    client_id = client_id or shop.client_id()
    return shop.db.write_now(labels.judge, given.conversation, agent, agent.upper(), client_id, given.seq, right, why)


def helped(shop: Shop, seq: int, yes: bool, client_id: str = "") -> Logged:
    return shop.db.write_now(visits.judge, shop.site.id, TOKEN, client_id or shop.client_id(), seq, yes)


def kept(shop: Shop, language: str = "en") -> list[Label]:
    return shop.db.read_now(labels.of_place, shop.site.id, language)


def torn_ones(shop: Shop, language: str = "en") -> list[list[Label]]:
    found: list[list[Label]] = shop.db.read_now(labels.torn, shop.site.id, language, 50)[0]
    return found


def test_an_agent_s_word_is_kept_with_what_was_answered(shop: Shop) -> None:
    given = answer(shop)
    judged = judge(shop, given, False, why="It was about a refund.")
    assert (judged.kind, judged.audience, judged.data["why"]) == ("judged", "staff", "It was about a refund.")
    [label] = kept(shop)
    assert (label.answer.conversation, label.answer.seq) == (given.conversation, given.seq)
    assert (label.answer.article, label.answer.certainty, label.answer.bar) == ("returns", 0.91, 0.8)
    assert (label.answer.language, label.answer.site_id) == ("en", shop.site.id)
    assert (label.source, label.whose, label.name, label.right) == ("agent", "a1", "A1", False)
    assert label.evidence == judged.seq


def test_a_repeat_judges_once_and_a_change_of_mind_replaces(shop: Shop) -> None:
    given = answer(shop)
    first = judge(shop, given, True, client_id="judge-0001")
    assert judge(shop, given, True, client_id="judge-0001").seq == first.seq
    assert [label.right for label in kept(shop)] == [True]
    judge(shop, given, False)
    assert [label.right for label in kept(shop)] == [False]
    assert shop.kinds(given.conversation_id).count("judged") == 2, "the log keeps both"


def test_only_an_answer_can_be_judged(shop: Shop) -> None:
    given = answer(shop)
    for seq in (0, 1, given.seq - 1, given.seq + 1, 99):
        with pytest.raises(NotAnAnswer):
            shop.db.write_now(labels.judge, given.conversation, "a1", "Maja", shop.client_id(), seq, True)
    said = shop.say("hello")
    greeting = shop.db.write_now(log.record, said.conversation_id, Remarked(said.seq, "Hello!", "greeting"))
    with pytest.raises(NotAnAnswer):
        helped(shop, greeting.seq, True)
    assert kept(shop) == []


def test_a_customer_says_once_whether_it_helped(shop: Shop) -> None:
    given = answer(shop)
    first = helped(shop, given.seq, False, "helped-0001")
    assert helped(shop, given.seq, False, "helped-0001").seq == first.seq
    with pytest.raises(AlreadyJudged):
        helped(shop, given.seq, True)
    assert [(label.source, label.right) for label in kept(shop)] == [("customer", False)]
    second = answer(shop, "And where do I send them?")
    helped(shop, second.seq, True)
    assert len(kept(shop)) == 2


def test_a_customer_judges_their_own_chat_only(shop: Shop) -> None:
    given = answer(shop)
    shop.say("Hi there", token="u" * 43)
    with pytest.raises(NotAnAnswer):
        shop.db.write_now(visits.judge, shop.site.id, "u" * 43, shop.client_id(), given.seq, True)


def test_an_answer_stays_in_the_language_it_was_decided_in(shop: Shop) -> None:
    said = shop.say("Hvordan returnerer jeg?", language="da")
    events = (
        Answered(said.seq, "Inden 30 dage.", "<p>Inden 30 dage.</p>", RETURNS, 0.91),
        Decided(said.seq, "answer", 0.83, language="da"),
    )
    given = shop.db.write_now(lambda tx: log.append(tx, log.row_of(tx, said.conversation_id, lock=True), events)[0])
    helped(shop, given.seq, True)
    shop.db.write_now(visits.set_language, shop.site.id, TOKEN, "sv")
    judge(shop, given, False)
    assert kept(shop, "sv") == [], "its threshold was another one"
    assert {label.answer.bar for label in kept(shop, "da")} == {0.83}
    assert len(torn_ones(shop, "da")) == 1, "two words on one answer, whatever was spoken by then"


def test_contradictions_are_listed_and_the_agent_counts_most(shop: Shop) -> None:
    torn, agreed = answer(shop), answer(shop, "Can I exchange them?")
    helped(shop, torn.seq, False)
    judge(shop, torn, True)
    judge(shop, agreed, True)
    [found] = torn_ones(shop)
    assert {label.answer.seq for label in found} == {torn.seq}
    assert labels.verdict(found) is True
    judge(shop, torn, False, agent="a2")
    [found] = torn_ones(shop)
    assert labels.verdict(found) is False, "two colleagues disagree: it may not be called right"


# -- signs in the log --------------------------------------------------------------------------------------------


LATER = 2**60


def gather(shop: Shop) -> int:
    """How many labels came of it."""
    doubts, _ = shop.db.read_now(signs.gather, 0, LATER)
    return sum(shop.db.write_now(signs.keep, doubt) for doubt in doubts)


def hand_over(shop: Shop, given: Logged) -> None:
    shop.db.write_now(log.record, given.conversation_id, HandoffAsked(Reason.CUSTOMER_REQUEST))
    shop.claim(given.conversation)


def test_a_person_who_answers_with_another_article(shop: Shop) -> None:
    given = answer(shop)
    hand_over(shop, given)
    shop.reply(given.conversation, "One moment, please.")
    replied = shop.reply(given.conversation, "Look here: https://chat.example/help/en/exchange-size")
    assert gather(shop) == 1
    [label] = kept(shop)
    assert (label.source, label.right, label.instead, label.evidence) == (
        "handoff",
        False,
        "exchange-size",
        replied.seq,
    )
    assert gather(shop) == 0, "once"


def test_a_person_who_sends_the_same_article_says_nothing_against_it(shop: Shop) -> None:
    given = answer(shop)
    hand_over(shop, given)
    shop.reply(given.conversation, "It is all in /help/en/returns")
    assert gather(shop) == 0
    assert kept(shop) == []


def test_a_customer_who_asks_the_same_again(shop: Shop) -> None:
    given = answer(shop)
    again = shop.say("so how do I return my boots??")
    assert gather(shop) == 1
    [label] = kept(shop)
    assert (label.source, label.right, label.evidence, label.answer.seq) == ("repeat", False, again.seq, given.seq)


def test_another_question_is_no_repeat(shop: Shop) -> None:
    answer(shop)
    shop.say("And how long until I get the money?")
    assert gather(shop) == 0


def test_what_was_resolved_in_between_is_another_matter(shop: Shop) -> None:
    answer(shop)
    shop.end()
    shop.say("How do I return my boots?")
    assert gather(shop) == 0


def test_gathering_goes_on_where_it_stopped(shop: Shop) -> None:
    first = answer(shop)
    again = shop.say("How do I return my boots?")
    doubts, after = shop.db.read_now(signs.gather, 0, LATER)
    assert [(doubt.answer, doubt.evidence) for doubt in doubts] == [(first.seq, again.seq)]
    assert shop.db.read_now(signs.gather, after, LATER) == ([], after)
    assert shop.db.read_now(signs.gather, 0, 1) == ([], 0), "what is younger has its time later"
    assert shop.db.read_now(signs.before, 1) == 0
    assert shop.db.read_now(signs.before, LATER) == after


def test_a_sign_in_a_chat_that_is_gone_is_no_label(shop: Shop) -> None:
    answer(shop)
    shop.say("How do I return my boots?")
    [doubt], _ = shop.db.read_now(signs.gather, 0, LATER)
    shop.db.write_now(lambda tx: tx.connection.execute(sa.text("DELETE FROM visitor")))
    with pytest.raises(NotFound):
        shop.db.write_now(signs.keep, doubt)
    assert kept(shop) == []


def test_labels_outlive_the_customer_without_a_word_of_theirs(shop: Shop) -> None:
    given = answer(shop, "My name is Kari Nordmann, how do I return my boots?")
    judge(shop, given, False, why="Kari asked about a refund.")
    shop.say("My name is Kari Nordmann, how do I return my boots?")
    gather(shop)
    shop.db.write_now(lambda tx: tx.connection.execute(sa.text("DELETE FROM visitor")))
    assert [label.source for label in kept(shop)] == ["agent", "repeat"]
    rows = shop.db.read_now(lambda tx: tx.connection.execute(sa.select(labels.labels)).all())
    assert "kari" not in str(rows).casefold()
    assert "refund" not in str(rows)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Hvor er min pakke?", "hvor er min pakke", True),
        ("Hvor er min pakke?", "Hvor er min pakke nå?", True),
        ("Hvor er min pakke?", "Hvor er min regning?", False),
        ("How do I return boots?", "How do I wash boots?", False),
        ("Hvor er pakken?", "Hva koster det?", False),
        ("Returns?", "", False),
        ("returns", "Returns!", True),
        ("Hvordan returnerer jeg skoene mine?", "hvordan returnere jeg skoene mine", True),
        (f"my code is {'ab' * 40}", f"my code is {'ab' * 41}", False),
    ],
)
def test_the_same_question(one: str, other: str, same: bool) -> None:
    assert signs.same_question(one, other) is same


def test_the_articles_that_a_reply_links_to() -> None:
    """As `knowledge_base.drafting` names them: a part of a name would be another article, and the answer wrong."""
    text = "See https://chat.example/help/en/faq.returns~2, or /help/da/returns. /help/da/returns#costs"
    assert signs.articles_in(text) == ["faq.returns~2", "returns"]

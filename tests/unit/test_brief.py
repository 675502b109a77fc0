"""The mood is read from the customer's own words; a reply to begin with from what the assistant had found."""

from __future__ import annotations

from typing import Any

import pytest

from bot.brief import Sign, reply_of, tone_of
from tests.unit.test_assist import Told, told


@pytest.mark.parametrize(
    ("texts", "mood", "signs"),
    [
        (["Hvor er min pakke?"], "calm", ()),
        (["Det er simpelthen uacceptabelt at vente så længe"], "upset", ("words",)),
        (["This is ridiculous"], "upset", ("words",)),
        (["Jag är så jävla trött på det här"], "upset", ("words",)),
        (["I will call my lawyer about this"], "upset", ("complaint",)),
        (["Nå er jeg forbanna"], "upset", ("words",)),
        (["Eg er lei av å vente, dette er latterleg"], "upset", ("words",)),
        (["HVOR ER MIN PAKKE NU"], "upset", ("shouting",)),
        (["Min GORE-TEX jakke, model XL"], "calm", ()),
        (["Hallo?!?"], "calm", ("marks",)),
        (["Hvor er min pakke???", "hvor er min pakke"], "upset", ("marks", "again")),
        (["Hej", "hej"], "calm", ()),
        (["This is ridiculous", "Thanks a lot"], "calm", ("words",)),
        (["This is ridiculous", *(f"Question {number}" for number in range(5))], "calm", ()),
        (["Min pakke er væk! " * 50, "Min pakke er væk! " * 60], "calm", ("again",)),
        (["Skuffen i reolen binder"], "calm", ()),
        ([], "calm", ()),
    ],
)
def test_the_mood(texts: list[str], mood: str, signs: tuple[Sign, ...]) -> None:
    tone = tone_of(told(*(("said", text) for text in texts)))
    assert (tone.mood, tone.signs) == (mood, signs)


def test_a_complaint_is_a_sign_until_the_chat_is_resolved() -> None:
    log: list[Told] = [Told(1, "said", {"text": "Pakken mangler"}), Told(2, "handoff", {"reason": "complaint"})]
    assert tone_of(log).signs == ("complaint",)
    log.append(Told(3, "resolved", {"by": "agent"}))
    assert tone_of(log).mood == "upset", "an old chat is read as it was"
    log.append(Told(4, "said", {"text": "Et nyt spørgsmål"}))
    assert tone_of(log).mood == "calm"


def hit(
    article: str, certainty: float, passage: str = "Den koster 69 kr. Den er gratis for medlemmer."
) -> dict[str, Any]:
    return {"article": article, "title": article.title(), "language": "da", "certainty": certainty, "passage": passage}


def decided(seq: int, *hits: dict[str, Any]) -> Told:
    return Told(seq, "decided", {"about": 1, "outcome": "offer", "threshold": 0.8, "hits": list(hits)})


SAID = Told(1, "said", {"text": "Er fragten gratis for medlemmer?"})


def test_the_surest_that_was_not_said_already() -> None:
    given = Told(3, "answered", {"text": "", "source": {"article": "given"}})
    reply = reply_of([SAID, decided(2, hit("given", 0.9), hit("other", 0.4), hit("far", 0.2)), given])
    assert reply is not None
    assert (reply.article, reply.certainty, reply.sentence) == ("other", 0.4, "Den er gratis for medlemmer.")


@pytest.mark.parametrize(
    "log",
    [
        [SAID],
        [SAID, decided(2)],
        [SAID, decided(2, hit("far", 0.05))],
        [SAID, decided(2, hit("empty", 0.5, ""))],
        [SAID, decided(2, hit("x", 0.5)), Told(3, "replied", {"text": "Ja"})],
        [SAID, decided(2, hit("x", 0.5)), Told(3, "resolved"), Told(4, "said", {"text": "Nyt"})],
    ],
)
def test_no_reply_to_begin_with(log: list[Told]) -> None:
    assert reply_of(log) is None


def test_old_entries_have_no_more_than_they_had() -> None:
    bare = {"article": "x", "title": "X", "language": "da", "certainty": 0.5, "score": 1.0, "passage": "Kun det her."}
    reply = reply_of([SAID, Told(2, "decided", {"about": 1, "outcome": "offer", "threshold": 0.8, "hits": [bare]})])
    assert reply is not None
    assert reply.sentence == "Kun det her."


def test_a_sentence_that_the_log_cut_through_is_left_out() -> None:
    long = "Fragten er gratis over 899 kr. for alle. " + "Medlemmer fragten gratis " * 20
    reply = reply_of([SAID, decided(2, hit("x", 0.5, long[:300]))])
    assert reply is not None
    assert reply.sentence == "Fragten er gratis over 899 kr. for alle."


def asked_about(about: int, *hits: dict[str, Any], outcome: str = "offer", form: dict[str, Any] | None = None) -> Told:
    data = {"about": about, "outcome": outcome, "threshold": 0.8, "hits": list(hits), "form": form}
    return Told(about + 1, "decided", data)


def test_the_reply_is_to_the_question_that_is_open() -> None:
    """However sure the assistant was of another article for what was asked before."""
    log = [
        SAID,
        asked_about(1, hit("freight", 0.7)),
        Told(3, "offered", {"text": ""}),
        Told(4, "said", {"text": "Kan teltet repareres?"}),
        asked_about(4, hit("tent", 0.4), outcome="hand_over"),
    ]
    reply = reply_of(log)
    assert reply is not None
    assert reply.article == "tent"
    nothing_near = [*log[:4], asked_about(4, outcome="hand_over")]
    assert reply_of(nothing_near) is None


@pytest.mark.parametrize("text", ["Nej", "Jeg vil tale med et menneske", "Tak", "12345678"])
def test_what_asks_nothing_leaves_the_question_before_open(text: str) -> None:
    log = [SAID, asked_about(1, hit("freight", 0.7)), Told(3, "offered", {"text": ""}), Told(4, "said", {"text": text})]
    reply = reply_of([*log, asked_about(4, outcome="hand_over")])
    assert reply is not None
    assert reply.article == "freight"


def test_a_burst_is_one_question() -> None:
    log = [
        SAID,
        Told(2, "said", {"text": "og til Norge"}),
        asked_about(1, hit("a", 0.5)),
        asked_about(2, hit("b", 0.4)),
    ]
    reply = reply_of(log)
    assert reply is not None
    assert reply.article == "a"

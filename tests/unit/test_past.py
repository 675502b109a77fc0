"""What is remembered of how a chat has gone: enough to go on from, and no more."""

from __future__ import annotations

from bot.past import Thread
from bot.policy import REMEMBERED, HandOff, before_search
from conversation.events import Reason

LONG = "".join(f"My tent number {number} has a broken pole and the zip is stuck. " for number in range(80))[:4000]
GIVEN = {"re": 2, "source": {"article": "article-0"}}


def test_of_pasted_pages_only_the_beginning_is_kept() -> None:
    thread = Thread()
    for seq in range(30):
        thread.follow("said", seq, 0, {"text": LONG})
    assert sum(len(text) for _, text in thread.said) <= 10 * REMEMBERED
    thread.follow("answered", 30, 0, {"re": 29, "source": {"article": "tents"}})
    assert LONG.startswith(thread.past(0).question)
    assert len(thread.past(0).question) == REMEMBERED


def test_a_long_message_said_again_is_known_again() -> None:
    thread = Thread()
    thread.follow("said", 2, 0, {"text": LONG})
    thread.follow("answered", 3, 0, GIVEN)
    past = thread.past(0)
    assert past.says_again(LONG)
    assert not past.says_again("What does delivery cost?")
    again = before_search(LONG.upper() + "!!!", past)
    assert again is not None
    assert again[0] == HandOff(Reason.NEGATIVE_SENTIMENT)

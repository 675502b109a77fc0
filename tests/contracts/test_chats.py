"""Chats as customers and agents meet them, on SQLite and on PostgreSQL: which one a word goes to, places, pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.lists import marks_of_lists
from conversation import log, visits
from conversation.events import Answered, ContactLeft, Snoozed, Source
from conversation.machine import NotYours, Refused
from conversation.visits import NoConversation
from handoff import chats, desk, queue
from runtime import clock
from runtime.bus import Notice
from runtime.db import Tx
from runtime.errors import BadInput, NotFound
from tests.shop import MAJA, OSKAR, TOKEN, Shop

OTHER = "o" * 43


def test_a_row_shows_the_last_words_and_without_any_what_happened(shop: Shop) -> None:
    chat = shop.say("Hello")
    shop.ask_for_person()
    row = shop.row(chat.conversation_id)
    assert (row.preview, row.preview_kind) == ("Hello", "said")
    silent = shop.ask_for_person(token="s" * 43)
    assert shop.row(silent.conversation_id).preview_kind == "handoff"
    shop.claim(silent.conversation)
    row = shop.row(silent.conversation_id)
    assert (row.preview, row.preview_kind) == ("", "claimed")


# -- waiting -----------------------------------------------------------------------------------------------------------


def test_a_released_chat_keeps_its_place(shop: Shop) -> None:
    first, second = shop.ask_for_person(token="a" * 43), shop.ask_for_person(token="b" * 43)
    queued_at = shop.row(first.conversation_id).queued_at
    shop.claim(first.conversation)
    assert shop.db.read_now(queue.waiting) == [second.conversation_id]
    shop.do(desk.release, first.conversation)
    assert shop.row(first.conversation_id).queued_at == queued_at
    assert shop.db.read_now(queue.waiting) == [first.conversation_id, second.conversation_id]


def test_waits_are_those_of_the_queue(shop: Shop) -> None:
    """From into the queue to the claim; a chat that an agent took from the assistant had not waited."""
    chat = shop.say("Hello")
    shop.claim(chat.conversation)
    shop.do(desk.resolve, chat.conversation)
    assert shop.db.read_now(queue.recent_waits) == []
    shop.ask_for_person()
    shop.claim(chat.conversation)
    assert len(shop.db.read_now(queue.recent_waits)) == 1
    shop.do(desk.hand_back, chat.conversation)
    shop.claim(chat.conversation)  # straight from the assistant: the old handover is none of its
    assert len(shop.db.read_now(queue.recent_waits)) == 1
    shop.do(desk.release, chat.conversation)
    shop.claim(chat.conversation, OSKAR)
    waits = shop.db.read_now(queue.recent_waits)
    assert len(waits) == 2
    assert all(0 <= wait < 60_000 for wait in waits)


def test_no_range_from_two_waits() -> None:
    assert queue.wait_range([1000, 2000]) is None
    assert queue.wait_range([9000, 1000, 5000]) == (1, 9)
    assert queue.wait_range([1000 * n for n in range(1, 10)]) == (3, 7)


def test_only_the_latest_claims_say_how_long_it_takes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "LATEST", 2)
    now = [clock.now_ms()]
    monkeypatch.setattr(clock, "now_ms", lambda: now[0])
    for number, wait_ms in enumerate((5_000, 7_000, 1_000)):
        chat = shop.ask_for_person(token=f"{number:043d}")
        now[0] += wait_ms
        shop.claim(chat.conversation)
    assert sorted(shop.db.read_now(queue.recent_waits)) == [1_000, 7_000]


def test_a_note_does_not_let_a_snoozed_chat_sleep_for_ever(shop: Shop) -> None:
    chat = shop.say("Hello")
    shop.reply(chat.conversation, "Tomorrow")
    shop.db.write_now(log.record, chat.conversation_id, Snoozed(MAJA.id, MAJA.name, 4711))
    shop.do(desk.note, chat.conversation, OSKAR, "", "Parcel found")
    shop.db.write_now(log.record, chat.conversation_id, ContactLeft("kari@example.no"))
    assert shop.row(chat.conversation_id).until == 4711
    shop.reply(chat.conversation, "Today after all")
    assert shop.row(chat.conversation_id).until is None


# -- the customer's chats ----------------------------------------------------------------------------------------------


def test_two_tabs_write_in_one_chat(shop: Shop) -> None:
    first, second = shop.say("From one tab"), shop.say("From the other")
    assert (first.conversation, first.seq, second.seq) == (second.conversation, 2, 3)
    assert shop.say("A stranger", token=OTHER).conversation != first.conversation


def test_after_the_end_a_word_reopens_and_new_begins(shop: Shop) -> None:
    first = shop.say("Hello")
    assert shop.say("New matter", new=True).conversation == first.conversation  # it lives: nothing new beside it
    shop.end()
    shop.rate(5, "Nice")
    again = shop.say("One more thing")
    assert again.conversation == first.conversation
    row = shop.row(first.conversation_id)
    assert (row.status, row.episode, row.rated, row.resolved_at) == ("bot", 2, None, None)
    shop.end()
    second = shop.say("New matter", new=True)
    assert second.conversation != first.conversation
    assert shop.row(first.conversation_id).status == "resolved"


def test_an_older_chat_does_not_come_alive_again(shop: Shop) -> None:
    from conversation.events import Closed

    first = shop.say("Hello")
    shop.end()
    second = shop.say("New matter", new=True)
    shop.end()
    shop.db.write_now(log.record, second.conversation_id, Closed())
    assert shop.row(first.conversation_id).status == "resolved"
    third = shop.say("Once more")
    assert third.conversation_id not in (first.conversation_id, second.conversation_id)


def test_whoever_waits_already_is_not_queued_again(shop: Shop) -> None:
    asked = shop.ask_for_person()
    assert (asked.kind, asked.seq) == ("handoff", 2)  # the wish itself began the chat
    assert shop.ask_for_person().seq == 2
    claimed = shop.claim(asked.conversation)
    assert shop.ask_for_person().seq == claimed.seq
    shop.do(desk.resolve, asked.conversation)
    assert shop.ask_for_person().seq == 5
    assert shop.row(asked.conversation_id).episode == 2


def test_a_rating_is_given_once_an_episode(shop: Shop) -> None:
    chat = shop.say("Hello")
    with pytest.raises(Refused):
        shop.rate(5)
    shop.end()
    shop.rate(4, " Good\x00 ", "the-first-rating")
    with pytest.raises(Refused):
        shop.rate(1)
    shop.rate(4, "Good", "the-first-rating")
    assert shop.row(chat.conversation_id).rated == 4
    assert shop.db.read_now(chats.comment, chat.conversation_id) == "Good"


def test_without_a_chat_there_is_nothing_to_end_or_rate(shop: Shop) -> None:
    for act in (shop.end, lambda: shop.rate(3)):
        with pytest.raises(NoConversation):
            act()


def test_a_revoked_token_opens_nothing(shop: Shop) -> None:
    shop.say("Hello")
    shop.db.write_now(visits.revoke, shop.site.id, TOKEN)
    assert shop.db.read_now(visits.find_visitor, shop.site.id, TOKEN) is None
    for act in (lambda: shop.say("Hello"), shop.end, shop.ask_for_person):
        with pytest.raises(NoConversation):
            act()


def test_a_token_of_another_site_opens_nothing(shop: Shop) -> None:
    from conversation import sites

    shop.say("Hello")
    other = shop.db.write_now(sites.put_site, "Other", ["https://other.example"], ["en"])
    assert shop.db.read_now(visits.find_visitor, other.id, TOKEN) is None
    with pytest.raises(NoConversation):
        shop.db.write_now(visits.say, other.id, TOKEN, "other-site-1", "Hello", language="en")


def test_the_page_may_not_break_the_database(shop: Shop) -> None:
    chat = shop.say("Hello", page="https://shop.example/\x00\u202e")
    assert shop.row(chat.conversation_id).page == "https://shop.example/"


# -- agents ------------------------------------------------------------------------------------------------------------


def test_a_colleagues_chat_is_left_alone(shop: Shop) -> None:
    chat = shop.ask_for_person()
    shop.claim(chat.conversation)
    for verb, words in ((desk.reply, ["Hi"]), (desk.resolve, []), (desk.release, []), (desk.hand_back, [])):
        with pytest.raises(NotYours):
            shop.do(verb, chat.conversation, OSKAR, "", *words)
    with pytest.raises(NotYours) as refusal:
        shop.reply(chat.conversation, "Hi", OSKAR)
    assert refusal.value.details["owner"] == "Maja"
    assert shop.do(desk.note, chat.conversation, OSKAR, "", "I know this one").audience == "staff"
    with pytest.raises(NotFound):
        shop.claim("no-such-chat")


def test_a_second_claim_of_the_owner_is_answered_as_the_first(shop: Shop) -> None:
    chat = shop.ask_for_person()
    first = shop.claim(chat.conversation)
    assert shop.claim(chat.conversation).seq == first.seq


def test_receipts_only_grow(shop: Shop) -> None:
    chat = shop.say("Hello")
    heard: list[Notice] = []
    assert shop.db.bus is not None
    shop.db.bus.listen(heard.extend)
    for seq in (1, 2**80, 1, 2):
        shop.db.write_now(log.mark_seen, chat.conversation_id, "customer", seq)
    assert (shop.row(chat.conversation_id).seen_by_customer, shop.row(chat.conversation_id).seen_by_staff) == (2, 0)
    assert [notice.number for notice in heard] == [1, 2]


def test_what_was_seen_was_delivered_and_delivered_only_grows(shop: Shop) -> None:
    chat = shop.say("Hello")
    shop.ask_for_person()
    heard: list[Notice] = []
    assert shop.db.bus is not None
    shop.db.bus.listen(heard.extend)

    def receipts() -> tuple[int, int, int, int]:
        row = shop.row(chat.conversation_id)
        return row.delivered_to_customer, row.seen_by_customer, row.delivered_to_staff, row.seen_by_staff

    for seq in (1, 1, 0):
        shop.db.write_now(log.mark_delivered, chat.conversation_id, "customer", seq)
    assert receipts() == (1, 0, 0, 0)
    shop.db.write_now(log.mark_seen, chat.conversation_id, "customer", 2)
    shop.db.write_now(log.mark_delivered, chat.conversation_id, "customer", 2)
    assert receipts() == (2, 2, 0, 0)
    shop.db.write_now(desk.receive, chat.conversation, 2**80)
    last = shop.row(chat.conversation_id).last_seq
    shop.db.write_now(log.mark_seen, chat.conversation_id, "staff", 2)
    assert last > 2
    assert receipts() == (2, 2, last, 2)
    assert [(notice.topic, notice.data, notice.number) for notice in heard] == [
        ("delivered", "customer", 1), ("seen", "customer", 2), ("delivered", "staff", last), ("seen", "staff", 2),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        shop.db.write_now(desk.receive, "01m00000000000000000000000", 1)


def test_a_row_from_before_there_was_delivered_tells_what_was_seen(shop: Shop) -> None:
    chat = shop.say("Hello")
    shop.db.write_now(log.mark_seen, chat.conversation_id, "customer", 2)
    card = chats.card(shop.row(chat.conversation_id)._replace(delivered_to_customer=0))
    assert (card["delivered_to_customer"], card["delivered_to_staff"]) == (2, 0)


def test_a_card_tells_the_customers_latest_message_from_what_came_after(shop: Shop) -> None:
    chat = shop.say("Hello")
    shop.do(desk.note, chat.conversation, OSKAR, "", "I know this one")
    card = chats.card(shop.row(chat.conversation_id))
    assert (card["last_said"], card["last_seq"]) == (2, 3)


# -- pages ------------------------------------------------------------------------------------------------


def test_pages_have_every_chat_once(shop: Shop) -> None:
    made = {shop.say("Hello", token=f"{n:043d}").conversation for n in range(7)}
    found, cursor = [], None
    while True:
        page = shop.db.read_now(chats.page, None, 3, cursor)
        found += [row.public_id for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(found) == sorted(made)
    assert shop.db.read_now(chats.page, "queued", 3, None).rows == []
    for cursor in ("x", "1", "1-x", "9" * 30 + "-1", "1-" + "9" * 30):
        with pytest.raises(BadInput):
            shop.db.read_now(chats.page, None, 3, cursor)
    with pytest.raises(BadInput):
        shop.db.read_now(chats.page, "sleeping", 3, None)


# -- what moves a chat in the lists -------------------------------------------------------------------------------


def _long_ago(shop: Shop, conversation_id: int) -> None:
    def put_back(tx: Tx) -> None:
        row = log.conversations
        tx.connection.execute(row.update().where(row.c.id == conversation_id).values(updated_at=1))

    shop.db.write_now(put_back)


def test_a_note_and_a_label_move_no_chat_and_words_and_a_new_status_do(shop: Shop) -> None:
    chat = shop.say("Hello")
    answer = Answered(chat.seq, "Hi", "<p>Hi</p>", Source("a", "A", "/help/en/a", "en"), 0.9)
    answered = shop.db.write_now(log.record, chat.conversation_id, answer)
    steps: tuple[tuple[Callable[[], object], bool], ...] = (
        (lambda: shop.do(desk.note, chat.conversation, OSKAR, "", "I know this one"), False),
        (lambda: shop.db.write_now(desk.judge, chat.conversation, MAJA, "judge-0001", answered.seq, False), False),
        (lambda: shop.reply(chat.conversation, "Here I am"), True),
        (lambda: shop.say("Thanks"), True),
        (lambda: shop.db.write_now(log.record, chat.conversation_id, Snoozed(MAJA.id, MAJA.name, 4711)), True),
        (shop.end, True),
        (lambda: shop.do(desk.note, chat.conversation, OSKAR, "", "Parcel found"), False),
        (lambda: shop.rate(5), True),
    )
    for number, (act, moves) in enumerate(steps):
        _long_ago(shop, chat.conversation_id)
        before = shop.row(chat.conversation_id).last_seq
        act()
        row = shop.row(chat.conversation_id)
        assert row.last_seq > before, number
        assert (row.updated_at > 1) is moves, number


def test_a_note_on_a_chat_that_is_over_is_found_where_its_notice_was_lost(shop: Shop) -> None:
    chat = shop.say("Hello")
    shop.end()
    _long_ago(shop, chat.conversation_id)
    since = clock.now_ms()
    assert [row.id for row in shop.db.read_now(marks_of_lists, since)] == []
    noted = shop.do(desk.note, chat.conversation, OSKAR, "", "Parcel found")
    assert [(row.id, row.last_seq) for row in shop.db.read_now(marks_of_lists, since)] == [
        (chat.conversation_id, noted.seq)
    ]

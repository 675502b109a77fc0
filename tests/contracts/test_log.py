"""The log and its verbs, on SQLite and on PostgreSQL: nothing twice, nothing lost, the state is the replayed one."""

from __future__ import annotations

import asyncio
import contextlib
import random

import pytest
import sqlalchemy as sa

from conversation import log, visits
from conversation.events import HandoffAsked, Noted, Reason, Resolved, ResolvedBy, Snoozed
from conversation.export import export_conversation
from conversation.log import ClientIdReused, Logged, conversations, entries
from conversation.machine import AlreadyClaimed, Refused, replay
from conversation.texts import BadEmail, TextEmpty, TextTooLong
from conversation.visits import NoConversation
from handoff import desk
from runtime.bus import LocalBus, Notice
from runtime.db import Database, Tx
from runtime.errors import NotFound
from tests.shop import MAJA, OSKAR, TOKEN, Shop

OTHER = "o" * 43


def count(tx: Tx, table: sa.Table) -> int:
    return tx.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def replayed(shop: Shop, conversation_id: int) -> bool:
    """Dense numbers, and a stored state that is what the entries add up to."""
    entries = shop.db.read_now(log.transcript, conversation_id)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    row = shop.row(conversation_id)
    assert row.last_seq == len(entries)
    return replay((entry.seq, entry.event) for entry in entries) == log.state_of(row)


# -- nothing twice ---------------------------------------------------------------------------------------------


def test_a_repeat_gives_the_first_entry(shop: Shop) -> None:
    first = shop.say("Where is my parcel?", "same-client-id")
    again = shop.say("  Where is my parcel?\x00", "same-client-id")  # it is cleaned to the same words
    assert (again.seq, again.at, again.conversation) == (first.seq, first.at, first.conversation)
    assert shop.kinds(first.conversation_id) == ["started", "said"]


def test_the_same_id_with_another_text_is_refused(shop: Shop) -> None:
    shop.say("Where is my parcel?", "same-client-id")
    with pytest.raises(ClientIdReused):
        shop.say("Where is my order?", "same-client-id")
    with pytest.raises(ClientIdReused):
        shop.end("same-client-id")


def test_a_repeat_leaves_no_notice(shop: Shop) -> None:
    shop.say("Hello", "same-client-id")
    heard: list[Notice] = []
    assert shop.db.bus is not None
    shop.db.bus.listen(heard.extend)
    shop.say("Hello", "same-client-id")
    assert heard == []
    logged = shop.say("Hello again")
    assert heard == [Notice("conversation", logged.conversation_id, logged.seq)]


def test_what_is_refused_leaves_nothing(shop: Shop) -> None:
    for text, error in (("", TextEmpty), ("x" * 4001, TextTooLong)):
        with pytest.raises(error):
            shop.say(text)
    assert shop.db.read_now(count, conversations) == 0
    logged = shop.say("x" * 4000)
    with pytest.raises(TextTooLong):
        shop.say("xxxx", limit=3)
    assert shop.kinds(logged.conversation_id) == ["started", "said"]


def test_a_repeated_reply_claims_only_once(shop: Shop) -> None:
    chat = shop.say("Hello")
    first = shop.reply(chat.conversation, "Hi", client_id="same-client-id")
    assert shop.reply(chat.conversation, "Hi", client_id="same-client-id").seq == first.seq
    shop.do(desk.release, chat.conversation)
    assert shop.reply(chat.conversation, "Hi", client_id="same-client-id").seq == first.seq  # and no new claim
    assert shop.kinds(chat.conversation_id) == ["started", "said", "claimed", "replied", "released"]


def test_an_agents_new_name_is_no_other_message(shop: Shop) -> None:
    chat = shop.say("Hello")
    first = shop.reply(chat.conversation, "Hi", client_id="same-client-id")
    renamed = desk.Agent(MAJA.id, "Maja Lund")
    assert shop.reply(chat.conversation, "Hi", renamed, "same-client-id").seq == first.seq
    with pytest.raises(ClientIdReused):
        shop.db.write_now(log.record, chat.conversation_id, Noted(OSKAR.id, "Oskar", "Hi"), "same-client-id")


def test_a_repeated_end_does_not_end_the_next_chat(shop: Shop) -> None:
    first = shop.say("Hello")
    ended = shop.end("the-end-of-one")
    second = shop.say("Another thing", new=True)
    assert second.conversation_id != first.conversation_id
    assert shop.end("the-end-of-one") == ended
    assert shop.row(second.conversation_id).status == "bot"


def test_a_repeated_email_does_not_hand_over_again(shop: Shop) -> None:
    chat = shop.say("Hello")
    leave = (shop.site.id, TOKEN, "the-email-once", "kari@example.no")
    first = shop.db.write_now(visits.leave_email, *leave)
    assert shop.row(chat.conversation_id).status == "queued"
    shop.claim(chat.conversation)
    shop.do(desk.hand_back, chat.conversation)
    assert shop.db.write_now(visits.leave_email, *leave).seq == first.seq
    assert shop.row(chat.conversation_id).status == "bot"
    with pytest.raises(BadEmail):
        shop.db.write_now(visits.leave_email, shop.site.id, TOKEN, shop.client_id(), "kari@")


# -- many at once --------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def two_processes(shop: Shop, url: str):
    """On PostgreSQL a second server; on SQLite only one may write, so both are the same."""
    shop.db.start()
    if shop.db.engine.dialect.name == "sqlite":
        yield shop.db, shop.db
        await shop.db.stop()
        return
    second = Database(url, LocalBus())
    second.start()
    yield shop.db, second
    await shop.db.stop()
    await second.stop()


def test_twenty_writers_leave_no_gap(shop: Shop, database_url: str) -> None:
    """Each says five things, each twice, to one of two chats, through two processes where there are two."""

    async def run() -> list[Logged]:
        async with two_processes(shop, database_url) as processes:

            async def writer(number: int) -> list[Logged]:
                token = (TOKEN, OTHER)[number % 2]
                said = []
                for turn in range(5):
                    for db in processes:
                        client_id = f"writer-{number:02d}-{turn}"
                        said.append(
                            await db.write(visits.say, shop.site.id, token, client_id, client_id, language="en")
                        )
                return said

            return [logged for one in await asyncio.gather(*map(writer, range(20))) for logged in one]

    said = asyncio.run(run())
    assert len({logged.conversation_id for logged in said}) == 2
    by_client: dict[str | None, set[tuple[int, int]]] = {}
    for logged in said:
        by_client.setdefault(logged.client_id, set()).add((logged.conversation_id, logged.seq))
    assert len(by_client) == 100
    assert all(len(places) == 1 for places in by_client.values())
    for conversation_id in {logged.conversation_id for logged in said}:
        assert shop.row(conversation_id).last_seq == 51
        assert replayed(shop, conversation_id)


def test_of_two_claims_at_once_one_wins_and_the_other_is_told_who(shop: Shop, database_url: str) -> None:
    waiting = [shop.ask_for_person(token=f"{n:043d}") for n in range(10)]

    async def run() -> None:
        async with two_processes(shop, database_url) as (one, two):
            for chat in waiting:
                results = await asyncio.gather(
                    one.write(desk.claim, chat.conversation, MAJA, "claim-maja-1"),
                    two.write(desk.claim, chat.conversation, OSKAR, "claim-oskar"),
                    return_exceptions=True,
                )
                lost = [result for result in results if isinstance(result, AlreadyClaimed)]
                won = [result for result in results if isinstance(result, Logged)]
                assert (len(lost), len(won)) == (1, 1)
                name = won[0].data["name"]
                assert lost[0].message == f"{name} has this chat."
                assert lost[0].details["owner"] == name

    asyncio.run(run())
    for chat in waiting:
        assert shop.kinds(chat.conversation_id).count("claimed") == 1
        assert replayed(shop, chat.conversation_id)


def test_two_first_messages_at_once_make_one_chat(shop: Shop, database_url: str) -> None:
    """A double click, or two tabs with one token (W7)."""

    async def run() -> list[Logged]:
        async with two_processes(shop, database_url) as (one, two):
            return await asyncio.gather(
                *(
                    db.write(visits.say, shop.site.id, f"{n:043d}", f"tab-{tab}-message", "Hi", language="en")
                    for n in range(10)
                    for tab, db in enumerate((one, two))
                )
            )

    said = asyncio.run(run())
    assert len({logged.conversation for logged in said}) == 10
    assert {logged.seq for logged in said} == {2, 3}


# -- state ---------------------------------------------------------------------------------------------------------


def random_act(shop: Shop, dice: random.Random, chat: Logged) -> None:
    agent = dice.choice((MAJA, OSKAR))
    acts = [
        lambda: shop.say("Hello?"),
        lambda: shop.say("New matter", new=True),
        lambda: shop.ask_for_person(),
        lambda: shop.end(),
        lambda: shop.rate(dice.randint(1, 5)),
        lambda: shop.db.write_now(visits.leave_email, shop.site.id, TOKEN, shop.client_id(), "kari@example.no"),
        lambda: shop.claim(chat.conversation, agent),
        lambda: shop.reply(chat.conversation, "Hi", agent),
        lambda: shop.do(desk.note, chat.conversation, agent, "", "Called"),
        lambda: shop.do(desk.release, chat.conversation, agent),
        lambda: shop.do(desk.hand_back, chat.conversation, agent),
        lambda: shop.do(desk.resolve, chat.conversation, agent),
        lambda: shop.db.write_now(log.record, chat.conversation_id, Snoozed(agent.id, agent.name, 5)),
        lambda: shop.db.write_now(log.record, chat.conversation_id, HandoffAsked(Reason.COMPLAINT)),
    ]
    dice.choice(acts)()


@pytest.mark.parametrize("seed", range(2))
def test_the_stored_state_is_the_replayed_one(shop: Shop, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    chat = shop.say("Hello")
    refused = 0
    for _ in range(50):
        try:
            random_act(shop, dice, chat)
        except (Refused, NoConversation):
            refused += 1
        assert replayed(shop, chat.conversation_id)
    assert 0 < refused < 50
    for row in shop.db.read_now(lambda tx: tx.connection.execute(sa.select(conversations)).all()):
        assert replayed(shop, row.id)
        exported = shop.db.read_now(export_conversation, row.public_id)
        assert exported["consistent"]
        # What lists show follows from the state.
        waits = row.waiting > 0
        assert (row.waiting_since is not None) == waits
        assert (row.until is not None) == (row.status == "snoozed")
        assert (row.agent_name is not None) >= row.owner.startswith("agent:")
        if row.status == "queued":
            assert row.queued_at is not None


# -- exports -----------------------------------------------------------------------------------------------------------


def test_the_export_says_everything(shop: Shop) -> None:
    chat = shop.say("Hvor er min pakke? 📦", page="https://shop.example/x", language="da")
    shop.ask_for_person()
    shop.claim(chat.conversation)
    shop.do(desk.note, chat.conversation, MAJA, "", "Kari again")
    shop.reply(chat.conversation, "På vej!")
    shop.do(desk.resolve, chat.conversation)
    shop.rate(5, "Tak")
    shop.say("En ting til")
    exported = shop.db.read_now(export_conversation, chat.conversation)
    assert [entry["seq"] for entry in exported["entries"]] == list(range(1, 10))
    kinds = ["started", "said", "handoff", "claimed", "noted", "replied", "resolved", "rated", "said"]
    assert [entry["kind"] for entry in exported["entries"]] == kinds
    assert exported["entries"][1]["data"] == {"text": "Hvor er min pakke? 📦", "article": ""}
    assert exported["entries"][4]["audience"] == "staff"
    assert exported["ratings"] == [{"episode": 1, "value": 5, "comment": "Tak"}]
    assert (exported["status"], exported["episode"], exported["consistent"]) == ("bot", 2, True)
    assert (exported["language"], exported["site"], exported["page"]) == ("da", "Lyngvidde", "https://shop.example/x")
    with pytest.raises(NotFound):
        shop.db.read_now(export_conversation, "no-such-chat")


def test_a_log_that_breaks_the_rules_is_exported_and_says_so(shop: Shop) -> None:
    chat = shop.say("Hello")
    shop.end()

    def tamper(tx: Tx, kind: str) -> None:
        tx.connection.execute(
            entries.update()
            .where(entries.c.conversation_id == chat.conversation_id, entries.c.seq == 3)
            .values(kind=kind)
        )

    for kind in ("woken", "teleported"):
        shop.db.write_now(tamper, kind)
        exported = shop.db.read_now(export_conversation, chat.conversation)
        assert exported["consistent"] is False
        assert [entry["kind"] for entry in exported["entries"]] == ["started", "said", kind]


def test_history_is_read_in_parts(shop: Shop) -> None:
    chat = shop.say("Hello")
    for n in range(5):
        shop.say(f"{n}")
    assert [logged.seq for logged in shop.db.read_now(log.since, chat.conversation_id, 2, 3)] == [3, 4, 5]
    assert shop.db.read_now(log.since, chat.conversation_id, 99) == []
    with pytest.raises(NotFound):
        shop.db.write_now(log.record, 999, Resolved(ResolvedBy.CUSTOMER))

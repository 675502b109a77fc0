"""Any verbs in any batches: dense numbers, every client id once, and a stored state that is what the log adds up to."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation import log, visits
from conversation.events import HandoffAsked, Noted, Reason
from conversation.log import Logged, Recorded, conversations
from conversation.machine import replay
from handoff import desk
from runtime.bus import Notice
from runtime.db import Database, Tx
from runtime.errors import AppError, BadInput
from runtime.transaction import Line
from runtime.writer import Job, Writer
from tests.shop import MAJA, OSKAR, Shop, new_database

COUNT = itertools.count()
Act = tuple[str, int, int, bool]  # what, who, which client id, the switch of those that have one


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    database = new_database(database_url)
    yield Shop(database)
    database.engine.dispose()


def record_and_break(tx: Tx, conversation_id: int) -> None:
    """Fails after it has written."""
    log.record(tx, conversation_id, Noted("a1", "Maja", "Called"))
    raise BadInput("Not like this.")


def break_the_rules_of_the_database(tx: Tx, conversation_id: int) -> None:
    """An error of the database's own, after a write; it comes by SQLAlchemy."""
    log.record(tx, conversation_id, Noted("a1", "Maja", "Called"))
    tx.connection.execute(sa.text("INSERT INTO entry (id) VALUES (NULL)"))


def note_quietly(tx: Tx, conversation_id: int) -> None:
    """The quiet way: the log's own memory of the row must not survive it."""
    tx.connection.execute(conversations.update().where(conversations.c.id == conversation_id).values(page="/other"))


def note_by_session(tx: Tx, conversation_id: int) -> None:
    """As the quiet parts of the program write."""
    tx.session.exec(conversations.update().where(conversations.c.id == conversation_id).values(page="/third"))


def look(tx: Tx, conversation_id: int) -> Any:
    return log.row_of(tx, conversation_id, lock=True)


class Play:
    """The acts of one example, on customers and chats of its own."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.number = shop, next(COUNT)
        self.chats = [shop.say("Hello", f"first-{self.number:07d}", token=self.token(who)) for who in range(3)]

    def token(self, who: int) -> str:
        return f"{self.number:07d}{who:036d}"

    def job(self, act: Act) -> Job:
        what, who, which, switch = act
        chat, agent = self.chats[who], (MAJA, OSKAR)[switch]
        client_id = f"again-{self.number:07d}-{which}"
        own = (self.shop.site.id, self.token(who), client_id)
        words = f"Words {which}"
        makers: dict[str, Callable[[], Job]] = {
            "say": lambda: Job(visits.say, (*own, words), {"language": "en", "new": switch}),
            "ask": lambda: Job(visits.request_human, own, {"language": "en", "new": switch}),
            "email": lambda: Job(visits.leave_email, (*own, "kari@example.no"), {}),
            "end": lambda: Job(visits.end, own, {}),
            "rate": lambda: Job(visits.rate, (*own, 5, ""), {}),
            "claim": lambda: Job(desk.claim, (chat.conversation, agent, client_id), {}),
            "reply": lambda: Job(desk.reply, (chat.conversation, agent, client_id, words), {}),
            "note": lambda: Job(desk.note, (chat.conversation, agent, client_id, words), {}),
            "release": lambda: Job(desk.release, (chat.conversation, agent, client_id), {}),
            "back": lambda: Job(desk.hand_back, (chat.conversation, agent, client_id), {}),
            "resolve": lambda: Job(desk.resolve, (chat.conversation, agent, client_id), {}),
            "complain": lambda: Job(log.record, (chat.conversation_id, HandoffAsked(Reason.COMPLAINT)), {}),
            "seen": lambda: Job(log.mark_seen, (chat.conversation_id, "staff", which), {}),
            "delivered": lambda: Job(log.mark_delivered, (chat.conversation_id, "staff", which), {}),
            "language": lambda: Job(visits.set_language, (*own[:2], ("da", "en")[switch]), {}),
            "break": lambda: Job(record_and_break, (chat.conversation_id,), {}),
            "violate": lambda: Job(break_the_rules_of_the_database, (chat.conversation_id,), {}),
            "quietly": lambda: Job(note_quietly, (chat.conversation_id,), {}),
            "session": lambda: Job(note_by_session, (chat.conversation_id,), {}),
        }
        return makers[what]()

    def rows(self) -> list[Any]:
        ids = {chat.conversation_id for chat in self.chats}
        owners = sa.select(conversations.c.visitor_id).where(conversations.c.id.in_(ids))
        query = sa.select(conversations).where(conversations.c.visitor_id.in_(owners)).order_by(conversations.c.id)
        return self.shop.db.read_now(lambda tx: list(tx.connection.execute(query)))


KINDS = (
    "say", "say", "say", "ask", "email", "end", "rate", "claim", "reply", "note", "release", "back", "resolve",
    "complain", "seen", "delivered", "language", "break", "violate", "quietly", "session",
)  # fmt: skip
ACTS = st.tuples(st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 5), st.booleans())
BATCHES = st.lists(st.lists(ACTS, min_size=1, max_size=8), min_size=1, max_size=6)


def hold(play: Play, jobs: Sequence[Job], notices: Sequence[Notice], line: Line) -> None:
    database: Database = play.shop.db
    rows = {row.id: row for row in play.rows()}
    logs = {key: database.read_now(log.transcript, key) for key in rows}
    for key, row in rows.items():
        assert [logged.seq for logged in logs[key]] == list(range(1, row.last_seq + 1))
        assert replay((logged.seq, logged.event) for logged in logs[key]) == log.state_of(row)
        known = [logged.client_id for logged in logs[key] if logged.client_id is not None]
        assert len(known) == len(set(known))
    for job in jobs:  # what was answered stands there, and what was refused left nothing behind
        if isinstance(job.result, Logged):
            assert logs[job.result.conversation_id][job.result.seq - 1] == job.result
        assert job.error is None or isinstance(job.error, (AppError, sa.exc.IntegrityError))
    told = [notice.item for notice in notices if isinstance(notice.item, Recorded)]
    entries = [logged for item in told for logged in item.entries]
    assert len(entries) == len({(logged.conversation_id, logged.seq) for logged in entries})
    for logged in entries:
        assert logs[logged.conversation_id][logged.seq - 1] == logged
    assert all(item.row.last_seq == item.entries[-1].seq for item in told)
    line.begin()
    for key, row in rows.items():  # what the writer remembers is what is there
        assert tuple(line.rows.get(("conversation", key), row)) == tuple(row)
    line.rollback()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(batches=BATCHES)
def test_any_verbs_in_any_batches(shop: Shop, batches: list[list[Act]]) -> None:
    play, line = Play(shop), Line(shop.db.engine, writing=True)
    writer, jobs, notices = Writer(line), list[Job](), list[Notice]()
    for acts in batches:
        batch = [play.job(act) for act in acts]
        ran = writer.run(batch)
        assert not ran.met
        jobs += batch
        notices += ran.notices
    hold(play, jobs, notices, line)
    line.close()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=st.lists(ACTS, min_size=2, max_size=12))
def test_one_batch_does_what_one_after_the_other_does(shop: Shop, acts: list[Act]) -> None:
    """Results, errors and entries are the same, however the verbs were put together."""
    together, alone = Play(shop), Play(shop)
    line = Line(shop.db.engine, writing=True)
    writer = Writer(line)
    batch = [together.job(act) for act in acts]
    writer.run(batch)
    single = [alone.job(act) for act in acts]
    for job in single:
        writer.run([job])
    line.close()
    assert [_plain(job) for job in batch] == [_plain(job) for job in single]
    assert [_shape(shop, row) for row in together.rows()] == [_shape(shop, row) for row in alone.rows()]


@pytest.mark.parametrize("careful", [False, True])
def test_a_session_does_not_end_the_transaction_of_a_batch(shop: Shop, careful: bool) -> None:
    """A server that dies after it must leave nothing of the batch behind: neither the session's part nor half an entry.

    `careful`: on the way with savepoints, which a failing verb before it brings about.
    """
    play = Play(shop)
    chat = play.chats[0].conversation_id
    before = play.rows(), shop.db.read_now(log.transcript, chat)
    line = Line(shop.db.engine, writing=True)

    class Died(BaseException):
        """No fault that the writer knows: it ends the thread, as the end of the process would."""

    def die(tx: Tx) -> None:
        log.record(tx, chat, Noted("a1", "Maja", "Half of it"))
        raise Died

    jobs = [Job(note_by_session, (chat,), {}), Job(die, (), {})]
    if careful:
        jobs.insert(1, Job(record_and_break, (chat,), {}))
    with pytest.raises(Died):
        Writer(line).run(jobs)
    line.drop()
    assert (play.rows(), shop.db.read_now(log.transcript, chat)) == before


def _plain(job: Job) -> tuple[Any, ...]:
    if isinstance(job.result, Logged):
        return job.result.seq, job.result.kind, job.result.data
    return job.result, type(job.error)


def _shape(shop: Shop, row: Any) -> tuple[Any, ...]:
    said = [(logged.kind, logged.data) for logged in shop.db.read_now(log.transcript, row.id)]
    return (
        log.state_of(row),
        row.language,
        row.page,
        row.seen_by_staff,
        row.delivered_to_staff,
        row.preview,
        row.title,
        said,
    )

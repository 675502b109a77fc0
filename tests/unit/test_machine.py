"""The machine: whatever happens in whatever order, the state stays in the table and no customer is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.events import (
    KINDS,
    Answered,
    Claimed,
    Closed,
    ContactLeft,
    Decided,
    Event,
    HandedBack,
    HandoffAsked,
    Judged,
    Noted,
    Offered,
    Rated,
    Reason,
    Released,
    Remarked,
    Replied,
    Resolved,
    ResolvedBy,
    Said,
    Snoozed,
    Source,
    Started,
    Woken,
    from_data,
    to_data,
)
from conversation.machine import (
    BOT,
    LIVE,
    NOBODY,
    TABLE,
    AlreadyClaimed,
    NotYours,
    Refused,
    State,
    Status,
    advance,
    agent_owner,
    begin,
    replay,
    waits_on,
)

ARTICLE = Source("returns", "Returns", "/help/en/returns", "en")
AGENTS = ("a1", "a2")
agents = st.sampled_from(AGENTS)
numbers = st.integers(0, 12)

EVENTS: dict[type[Event], st.SearchStrategy[Event]] = {
    Said: st.builds(Said, st.just("Where is my parcel?")),
    Answered: st.builds(Answered, numbers, st.just("x"), st.just("<p>x</p>"), st.just(ARTICLE), st.just(0.9)),
    Offered: st.builds(Offered, numbers, st.just("x"), st.just((ARTICLE,))),
    Remarked: st.builds(Remarked, numbers, st.just("Hi!"), st.just("greeting")),
    Decided: st.builds(Decided, numbers, st.just("answer"), st.just(0.5)),
    HandoffAsked: st.builds(HandoffAsked, st.sampled_from(Reason)),
    ContactLeft: st.builds(ContactLeft, st.just("kari@example.no")),
    Claimed: st.builds(Claimed, agents, st.just("Maja")),
    Released: st.builds(Released, agents, st.just("Maja")),
    HandedBack: st.builds(HandedBack, agents, st.just("Maja")),
    Replied: st.builds(Replied, agents, st.just("Maja"), st.just("Hello")),
    Noted: st.builds(Noted, agents, st.just("Maja"), st.just("Called")),
    Snoozed: st.builds(Snoozed, agents, st.just("Maja"), st.just(1)),
    Woken: st.builds(Woken),
    Judged: st.builds(Judged, numbers, st.booleans(), st.just("agent"), agents),
    Resolved: st.builds(Resolved, st.sampled_from(ResolvedBy), agents),
    Closed: st.builds(Closed),
    Rated: st.builds(Rated, st.integers(1, 5)),
}
events = st.one_of(*EVENTS.values())


def walk(wishes: list[Event]) -> Iterator[tuple[int, Event, State, State]]:
    """(number, event, state before, state after) of each wish that was granted."""
    state, seq = begin(Started("en")), 1
    for wish in wishes:
        if hasattr(wish, "re") and state.waiting and wish.re % 2:  # most answers are to what waits
            wish = msgspec.structs.replace(wish, re=state.waiting)
        try:
            after = advance(state, wish, seq + 1)
        except Refused:
            continue
        seq += 1
        yield seq, wish, state, after
        state = after


def test_every_event_has_a_strategy() -> None:
    assert {Started, *EVENTS} == set(KINDS.values())


@given(st.lists(events, max_size=60))
def test_no_sequence_leaves_the_table(wishes: list[Event]) -> None:
    for _, event, before, after in walk(wishes):
        assert TABLE[before.status, type(event)] is after.status
        match after.status:
            case Status.BOT:
                assert after.owner == BOT
            case Status.ASSIGNED | Status.SNOOZED:
                assert after.owner in {agent_owner(agent) for agent in AGENTS}
            case _:
                assert after.owner == NOBODY


@given(st.lists(events, max_size=60))
def test_a_customer_who_waits_is_waited_upon(wishes: list[Event]) -> None:
    unanswered: set[int] = set()
    for seq, event, before, after in walk(wishes):
        if isinstance(event, Said):
            unanswered.add(seq)
        elif isinstance(event, (Answered, Offered, Remarked)):
            unanswered -= set(range(event.re + 1))
        elif isinstance(event, (Replied, Resolved)):
            unanswered.clear()
        assert bool(after.waiting) == bool(unanswered)
        if unanswered:
            # The number says which message it is, and somebody who can answer it has it.
            assert after.waiting <= min(unanswered)
            assert after.last_said == max(unanswered)
            assert after.status in LIVE
            expected = {Status.BOT: "bot", Status.QUEUED: "queue", Status.ASSIGNED: "agent", Status.SNOOZED: "agent"}
            assert waits_on(after) == expected[after.status]
        if after.status is Status.QUEUED:
            assert waits_on(after) == "queue"
        if after.status not in LIVE:
            assert waits_on(after) == "nobody"
        if before.waiting and not after.waiting:
            assert isinstance(event, (Answered, Offered, Remarked, Replied, Resolved))


@given(st.lists(events, max_size=60))
def test_replaying_the_log_gives_the_stored_state(wishes: list[Event]) -> None:
    log: list[tuple[int, Event]] = [(1, Started("en"))]
    stored = begin(Started("en"))
    for seq, event, _, after in walk(wishes):
        log.append((seq, from_data(event.kind, to_data(event))))
        stored = after
    assert replay(log) == stored


@given(st.lists(events, max_size=60))
def test_episodes_only_grow_and_each_is_rated_once(wishes: list[Event]) -> None:
    ratings: dict[int, int] = {}
    for _, event, before, after in walk(wishes):
        reopened = before.status is Status.RESOLVED and after.status in LIVE
        assert after.episode == before.episode + reopened
        if reopened:
            assert after.rated is None
        if isinstance(event, Rated):
            ratings[after.episode] = ratings.get(after.episode, 0) + 1
    assert all(count == 1 for count in ratings.values())


@given(st.lists(events, max_size=60))
def test_only_the_owner_writes_releases_and_ends(wishes: list[Event]) -> None:
    for _, event, before, _ in walk(wishes):
        if isinstance(event, (Replied, Released, HandedBack, Snoozed)):
            assert before.owner == agent_owner(event.agent)
        if isinstance(event, Claimed):
            assert not before.owner.startswith("agent:")
        if isinstance(event, Resolved) and event.by is ResolvedBy.AGENT and before.owner.startswith("agent:"):
            assert before.owner == agent_owner(event.agent)


# -- every pair of the table, by itself -----------------------------------------------------------------

OWNERS = {Status.BOT: BOT, Status.ASSIGNED: "agent:a1", Status.SNOOZED: "agent:a1"}
ONE_OF_EACH: dict[type[Event], Event] = {
    Said: Said("Hello?"),
    Answered: Answered(3, "x", "<p>x</p>", ARTICLE, 0.9),
    Offered: Offered(3, "x"),
    Remarked: Remarked(3, "Hi!", "greeting"),
    Decided: Decided(3, "answer", 0.5),
    HandoffAsked: HandoffAsked(Reason.CUSTOMER_REQUEST),
    ContactLeft: ContactLeft("kari@example.no"),
    Claimed: Claimed("a2", "Oskar"),
    Released: Released("a1", "Maja"),
    HandedBack: HandedBack("a1", "Maja"),
    Replied: Replied("a1", "Maja", "Hello"),
    Noted: Noted("a2", "Oskar", "Called"),
    Snoozed: Snoozed("a1", "Maja", 1),
    Woken: Woken(),
    Resolved: Resolved(ResolvedBy.CUSTOMER),
    Closed: Closed(),
    Rated: Rated(4),
}


def a_state(status: Status) -> State:
    waits = 3 if status in LIVE else 0
    return State(status, OWNERS.get(status, NOBODY), waiting=waits, last_said=3)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("kind", ONE_OF_EACH, ids=lambda kind: kind.kind)
def test_every_pair_is_allowed_or_refused_as_the_table_says(status: Status, kind: type[Event]) -> None:
    before, event = a_state(status), ONE_OF_EACH[kind]
    expected = TABLE.get((status, kind))
    if expected is None:
        with pytest.raises(Refused) as refusal:
            advance(before, event, 4)
        assert refusal.value.message.endswith(".")
    else:
        assert advance(before, event, 4).status is expected


def test_a_start_is_never_repeated() -> None:
    for status in Status:
        with pytest.raises(Refused):
            advance(a_state(status), Started("da"), 4)


def test_a_log_without_its_start_is_refused() -> None:
    with pytest.raises(Refused):
        replay([(1, Said("Hello?"))])
    assert replay([]) is None


# -- who may do what --------------------------------------------------------------------------------------


def test_the_second_of_two_claims_is_told_that_a_colleague_has_it() -> None:
    state = advance(a_state(Status.QUEUED), Claimed("a1", "Maja"), 4)
    with pytest.raises(AlreadyClaimed) as refusal:
        advance(state, Claimed("a2", "Oskar"), 5)
    assert refusal.value.details["owner"] == "agent:a1"


@pytest.mark.parametrize("status", [Status.ASSIGNED, Status.SNOOZED])
@pytest.mark.parametrize("kind", [Replied, Released, HandedBack, Snoozed])
def test_what_belongs_to_the_owner_is_refused_to_others(status: Status, kind: type[Event]) -> None:
    event = msgspec.structs.replace(ONE_OF_EACH[kind], agent="a2")
    with pytest.raises(NotYours):
        advance(a_state(status), event, 4)


def test_a_colleagues_chat_cannot_be_resolved() -> None:
    with pytest.raises(NotYours):
        advance(a_state(Status.ASSIGNED), Resolved(ResolvedBy.AGENT, "a2", "Oskar"), 4)
    assert advance(a_state(Status.ASSIGNED), Resolved(ResolvedBy.AGENT, "a1", "Maja"), 4).status is Status.RESOLVED
    assert advance(a_state(Status.QUEUED), Resolved(ResolvedBy.AGENT, "a2", "Oskar"), 4).status is Status.RESOLVED


def test_a_released_chat_can_be_claimed_by_another() -> None:
    state = advance(a_state(Status.ASSIGNED), Released("a1", "Maja"), 4)
    assert (state.status, state.owner, state.waiting) == (Status.QUEUED, NOBODY, 3)
    assert advance(state, Claimed("a2", "Oskar"), 5).owner == "agent:a2"


# -- answers that come too late (B12) ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Answered, Offered, Remarked])
def test_no_answer_after_a_claim(kind: type[Event]) -> None:
    state = advance(a_state(Status.BOT), Claimed("a1", "Maja"), 4)
    with pytest.raises(Refused):
        advance(state, ONE_OF_EACH[kind], 5)


def test_no_answer_to_what_an_agent_has_answered_before_handing_back() -> None:
    state = advance(a_state(Status.BOT), Claimed("a1", "Maja"), 4)
    state = advance(state, Replied("a1", "Maja", "Hello"), 5)
    state = advance(state, HandedBack("a1", "Maja"), 6)
    with pytest.raises(Refused):
        advance(state, ONE_OF_EACH[Answered], 7)


def test_no_answer_in_a_new_episode_to_a_question_of_the_old_one() -> None:
    state = advance(a_state(Status.BOT), Resolved(ResolvedBy.CUSTOMER), 4)
    state = advance(state, Said("One more thing"), 5)
    assert (state.episode, state.waiting, state.last_said) == (2, 5, 5)
    with pytest.raises(Refused):
        advance(state, ONE_OF_EACH[Answered], 6)


def test_no_answer_to_what_nobody_has_said() -> None:
    with pytest.raises(Refused):
        advance(begin(Started("en")), Answered(1, "x", "", ARTICLE, 0.9), 2)
    with pytest.raises(Refused):
        advance(a_state(Status.BOT), Answered(9, "x", "", ARTICLE, 0.9), 10)


def test_two_questions_are_answered_one_after_the_other() -> None:
    state = advance(begin(Started("en")), Said("Where is it?"), 2)
    state = advance(state, Said("And can I return it?"), 3)
    assert state.waiting == 2
    state = advance(state, Answered(2, "x", "", ARTICLE, 0.9), 4)
    assert state.waiting == 3
    with pytest.raises(Refused):
        advance(state, Answered(2, "again", "", ARTICLE, 0.9), 5)
    assert advance(state, Answered(3, "x", "", ARTICLE, 0.9), 5).waiting == 0


# -- quiet chats -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.BOT, Status.QUEUED, Status.ASSIGNED, Status.SNOOZED])
def test_nobody_who_waits_is_resolved_for_being_quiet(status: Status) -> None:
    with pytest.raises(Refused):
        advance(a_state(status), Resolved(ResolvedBy.INACTIVITY), 4)


def test_a_queued_chat_without_a_question_is_not_resolved_for_being_quiet() -> None:
    state = advance(begin(Started("en")), HandoffAsked(Reason.CUSTOMER_REQUEST), 2)
    assert waits_on(state) == "queue"
    with pytest.raises(Refused):
        advance(state, Resolved(ResolvedBy.INACTIVITY), 3)


def test_who_owes_nothing_may_be_resolved_for_being_quiet() -> None:
    state = a_state(Status.ASSIGNED)._replace(waiting=0)
    assert advance(state, Resolved(ResolvedBy.INACTIVITY), 4).status is Status.RESOLVED


def test_a_customers_word_wakes_a_snoozed_chat() -> None:
    state = advance(a_state(Status.SNOOZED), Said("Are you there?"), 4)
    assert (state.status, state.owner) == (Status.ASSIGNED, "agent:a1")


# -- events as JSON ----------------------------------------------------------------------------------------------


@given(events)
def test_events_round_trip(event: Event) -> None:
    import json

    assert from_data(event.kind, json.loads(json.dumps(to_data(event)))) == event


def test_fields_of_a_later_version_are_left_out() -> None:
    assert from_data("said", {"text": "Hello", "mood": "fine"}) == Said("Hello")

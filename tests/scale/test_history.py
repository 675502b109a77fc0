"""The checker itself: a right history passes, each way to break one is found and called by its name."""

from __future__ import annotations

import contextlib
import copy
import random
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scale.history import Acked, Cleared, Line, Name, Refused, Sent, Shown, Story, check

Case = tuple[list[Story], list[Line]]


def right(seed: int, chats: int = 3, turns: int = 4) -> Case:
    """Customers, a tab each that reloads or resumes here and there, and an agent who sees it all."""
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    log: list[Line] = []
    agent = Story("agent", staff=True, listed={})
    stories = [agent]
    for number in range(chats):
        name, story = f"chat{number}", Story(f"customer{number}")
        lines = _conversation(name, story, agent, chance.randint(1, turns), chance)
        log += lines
        for screen in (story, agent):
            _show(screen, name, lines, chance)
            screen.complete.add(name)
        assert agent.listed is not None
        agent.listed[name] = len(lines)
        stories.append(story)
    return stories, log


def _conversation(name: str, story: Story, agent: Story, turns: int, chance: random.Random) -> list[Line]:
    lines = [Line(name, 1, "started", "all", None, {"language": "da", "page": ""})]

    def add(kind: str, client_id: str | None = None, audience: str = "all", **data: object) -> int:
        lines.append(Line(name, len(lines) + 1, kind, audience, client_id, data))
        return len(lines)

    def send(who: Story, frame: str, kind: str, audience: str = "all", text: str = "", **more: object) -> int:
        client_id = f"{name}-{len(lines)}"
        words = {"text": text} if text else {}
        who.moments.append(Sent(client_id, frame, words))
        seq = add(kind, client_id, audience, **words, **more)
        who.moments.append(Acked(client_id, name, seq))
        return seq

    for turn in range(turns):
        re = send(story, "say", "said", text=f"spørgsmål {turn}", article="")
        add("answered", re=re, text=f"svar {turn}")
        add("decided", audience="staff", about=re, outcome="answer")
    if chance.random() < 0.7:
        send(story, "request_human", "handoff", reason="customer_request")
        send(story, "say", "said", text="er der nogen?", article="")
        send(agent, "claim", "claimed", agent="a1", name="Maja")
        send(agent, "note", "noted", "staff", text="en note", agent="a1", name="Maja")
        send(agent, "reply", "replied", text="ja, jeg er her", agent="a1", name="Maja")
    return lines


def _show(screen: Story, name: str, lines: list[Line], chance: random.Random) -> None:
    for line in lines:
        if line.seq > 2 and chance.random() < 0.1:
            screen.moments.append(Cleared(name))
            for earlier in lines[: line.seq - 1]:
                screen.moments.append(_shown(earlier, screen.staff))
        screen.moments.append(_shown(line, screen.staff))


def _shown(line: Line, staff: bool) -> Shown:
    if line.audience == "staff" and not staff:
        return Shown(line.conversation, line.seq, {"kind": "hidden"})
    data = {name: value for name, value in line.data.items() if staff or name != "agent"}
    return Shown(line.conversation, line.seq, {"kind": line.kind, **data})


def shows(story: Story) -> list[int]:
    return [at for at, moment in enumerate(story.moments) if isinstance(moment, Shown)]


def followed(story: Story) -> list[tuple[int, int]]:
    """Pairs of entries on a screen of which the second follows the first, without a reload between them."""
    return [
        (one, two)
        for one, two in pairwise(shows(story))
        if story.moments[two].seq == story.moments[one].seq + 1  # type: ignore[union-attr]
        and not any(isinstance(moment, Cleared) for moment in story.moments[one:two])
    ]


def acked(story: Story) -> list[int]:
    return [at for at, moment in enumerate(story.moments) if isinstance(moment, Acked)]


def without_line(log: list[Line], gone: Line) -> list[Line]:
    """As if it had never been: those behind it move up."""
    return [
        replace(line, seq=line.seq - 1) if line.conversation == gone.conversation and line.seq > gone.seq else line
        for line in log
        if line != gone
    ]


# -- ways to break it: each takes a right history and dice, and changes one thing ------------------------------


def lose_an_acked_message(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    return without_line(log, chance.choice([line for line in log if line.kind == "said"]))


def store_it_twice(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    line = chance.choice([line for line in log if line.client_id])
    end = max(one.seq for one in log if one.conversation == line.conversation)
    return [*log, replace(line, seq=end + 1)]


def skip_a_number(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    gone = chance.choice(log)
    end = max(one.seq for one in log if one.conversation == gone.conversation)
    return [line if line != gone else replace(line, seq=end + 1 if line.seq < end else end + 2) for line in log]


def leave_one_out(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    story = chance.choice(stories)
    del story.moments[chance.choice(followed(story))[0]]
    return log


def show_one_twice(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    story = chance.choice(stories)
    at = chance.choice(shows(story))
    story.moments.insert(at, story.moments[at])
    return log


def swap_two(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    story = chance.choice(stories)
    one, two = chance.choice(followed(story))
    story.moments[one], story.moments[two] = story.moments[two], story.moments[one]
    return log


def some_words(stories: list[Story], chance: random.Random) -> tuple[Story, int, Shown]:
    """Words that were shown: whose story, the place in it, and what is there."""
    story = chance.choice(stories)
    at = chance.choice([at for at in shows(story) if "text" in story.moments[at].data])  # type: ignore[union-attr]
    moment = story.moments[at]
    assert isinstance(moment, Shown)
    return story, at, moment


def change_words_on_the_way(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    story, at, moment = some_words(stories, chance)
    story.moments[at] = replace(moment, data={**moment.data, "text": f"{moment.data['text']} "})
    return log


def drop_a_field(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    story, at, moment = some_words(stories, chance)
    story.moments[at] = replace(moment, data={name: value for name, value in moment.data.items() if name != "text"})
    return log


def store_other_words(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    changed = chance.choice([line for line in log if line.kind == "said"])
    return [replace(line, data={**line.data, "text": "noget andet"}) if line == changed else line for line in log]


def answer_twice(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    answer = chance.choice([line for line in log if line.kind == "answered"])
    end = max(one.seq for one in log if one.conversation == answer.conversation)
    return [*log, replace(answer, seq=end + 1)]


def forget_to_answer(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    end = max(line.seq for line in log if line.conversation == "chat0")
    stories[1].moments += [Sent("forgotten", "say", {"text": "hallo?"}), Acked("forgotten", "chat0", end + 2)]
    back = Line("chat0", end + 1, "handed_back", "all", "back", {"agent": "a1", "name": "Maja"})
    stories[0].moments += [Sent("back", "hand_back"), Acked("back", "chat0", end + 1)]
    return [*log, back, Line("chat0", end + 2, "said", "all", "forgotten", {"text": "hallo?", "article": ""})]


def invent_an_entry(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    near = chance.choice(log)
    end = max(one.seq for one in log if one.conversation == near.conversation)
    return [*log, Line(near.conversation, end + 1, "said", "all", "stranger", {"text": "boo", "article": ""})]


def invent_one_without_an_id(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    end = max(one.seq for one in log if one.conversation == "chat1")
    return [*log, Line("chat1", end + 1, "replied", "all", None, {"text": "boo", "agent": "a", "name": "b"})]


def ack_another_number(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    story = chance.choice([story for story in stories if acked(story)])
    at = chance.choice(acked(story))
    moment = story.moments[at]
    assert isinstance(moment, Acked)
    story.moments[at] = replace(moment, seq=moment.seq + 1)
    return log


def never_ack(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    story = chance.choice([story for story in stories if acked(story)])
    del story.moments[chance.choice(acked(story))]
    return log


def refuse_what_is_kept(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    story = chance.choice([story for story in stories if acked(story)])
    at = chance.choice(acked(story))
    moment = story.moments[at]
    assert isinstance(moment, Acked)
    story.moments[at] = Refused(moment.client_id, "refused")
    return log


def show_what_is_not_there(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    end = max(one.seq for one in log if one.conversation == "chat1")
    chance.choice(stories).moments.append(Shown("chat1", end + 1, {"kind": "said", "text": "boo"}))
    return log


def tell_a_customer_a_secret(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    story = chance.choice(stories[1:])
    at = chance.choice([at for at in shows(story) if story.moments[at].data == {"kind": "hidden"}])  # type: ignore[union-attr]
    moment = story.moments[at]
    assert isinstance(moment, Shown)
    story.moments[at] = replace(moment, data={"kind": "decided", "outcome": "answer"})
    return log


def stop_before_the_end(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    story = chance.choice(stories[1:])
    while not isinstance(story.moments.pop(), Shown):
        pass
    return log


def leave_the_list_behind(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    assert stories[0].listed is not None
    stories[0].listed[chance.choice(sorted(stories[0].listed))] -= 1
    return log


def forget_a_chat_in_the_list(stories: list[Story], log: list[Line], chance: random.Random) -> list[Line]:
    assert stories[0].listed is not None
    del stories[0].listed[chance.choice(sorted(stories[0].listed))]
    return log


Break = Callable[[list[Story], list[Line], random.Random], list[Line]]
BREAKS: dict[Break, Name] = {
    lose_an_acked_message: Name.LOST,
    store_it_twice: Name.DOUBLED,
    skip_a_number: Name.HOLE,
    leave_one_out: Name.GAP,
    show_one_twice: Name.SHOWN_TWICE,
    swap_two: Name.DISORDER,
    change_words_on_the_way: Name.ALTERED,
    drop_a_field: Name.ALTERED,
    store_other_words: Name.REWORDED,
    answer_twice: Name.TWO_ANSWERS,
    forget_to_answer: Name.NO_ANSWER,
    invent_an_entry: Name.PHANTOM,
    invent_one_without_an_id: Name.PHANTOM,
    ack_another_number: Name.MOVED,
    never_ack: Name.UNACKED,
    refuse_what_is_kept: Name.REVIVED,
    show_what_is_not_there: Name.GHOST,
    tell_a_customer_a_secret: Name.LEAKED,
    stop_before_the_end: Name.BEHIND,
    leave_the_list_behind: Name.STALE_LIST,
    forget_a_chat_in_the_list: Name.STALE_LIST,
}


def test_what_is_said_in_one_breath_has_one_answer() -> None:
    start = Line("chat", 1, "started", "all", None, {"language": "da", "page": ""})
    said = [Line("chat", seq, "said", "all", f"id{seq}", {"text": "hallo"}) for seq in (2, 3)]
    story = Story("customer")
    for line in said:
        story.moments += [
            Sent(line.client_id or "", "say", {"text": "hallo"}),
            Acked(line.client_id or "", "chat", line.seq),
        ]
    answer = Line("chat", 4, "answered", "all", None, {"re": 3, "text": "ja"})
    assert check([story], [start, *said, answer]) == []
    late = Line("chat", 5, "answered", "all", None, {"re": 2, "text": "ja"})
    assert [fault.name for fault in check([story], [start, *said, answer, late])] == [Name.TWO_ANSWERS]
    first = Line("chat", 4, "answered", "all", None, {"re": 2, "text": "ja"})
    assert [fault.name for fault in check([story], [start, *said, first])] == [Name.NO_ANSWER]


@given(st.integers(0, 10**9))
def test_a_right_history_has_no_fault(seed: int) -> None:
    assert check(*right(seed)) == []


def test_every_fault_that_can_be_named_is_tried() -> None:
    assert set(BREAKS.values()) == set(Name)


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.__name__)
@settings(max_examples=40)
@given(seed=st.integers(0, 10**9))
def test_a_broken_history_is_found_and_its_fault_named(broken: Break, seed: int) -> None:
    stories, log = right(seed)
    log = broken(stories, copy.deepcopy(log), random.Random(seed))  # noqa: S311 - a test's dice
    found = check(stories, log)
    assert BREAKS[broken] in {fault.name for fault in found}, found
    assert all(fault.name.value in str(fault) for fault in found)


@given(
    seed=st.integers(0, 10**9),
    breaks=st.lists(st.sampled_from(sorted(BREAKS, key=lambda one: one.__name__)), unique=True),
)
def test_no_number_of_faults_hides_that_there_are_some(seed: int, breaks: list[Break]) -> None:
    stories, log = right(seed)
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    done = 0
    for broken in breaks:
        with contextlib.suppress(IndexError):  # an earlier one took away what this one would break
            log = broken(stories, log, chance)
            done += 1
    assert (check(stories, log) == []) == (done == 0)

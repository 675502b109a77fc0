"""The frame parser under every kind of nonsense: what comes out is a frame or a BadFrame, never anything else."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import wire
from tests.scale.fuzz import PARSERS, fuzz, seeds
from tests.scale.matrix import DATA

CLIENT_ID = st.from_regex(r"[A-Za-z0-9_-]{8,64}", fullmatch=True)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "client_id",
    "text",
    "article",
    "new",
    "seq",
    "on",
    "value",
    "comment",
    "email",
    "language",
    "resume",
    "token",
    "helped",
    "right",
    "why",
)


def only_bad_frames(given_: str | bytes) -> None:
    for parser in PARSERS.values():
        with contextlib.suppress(wire.BadFrame):
            frame = parser(given_)
            assert parser(wire.encode(frame)) == frame


@settings(max_examples=50)
@given(st.text() | st.text().map(lambda text: f'{{"v":1,"type":"say","data":{{"client_id":"abcdefgh","text":"{text}'))
def test_any_text(text: str) -> None:
    only_bad_frames(text)


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    only_bad_frames(data)


@given(ANYTHING)
def test_any_json(value: Any) -> None:
    only_bad_frames(json.dumps(value))


@settings(max_examples=60)
@given(
    kind=st.sampled_from(sorted(DATA)),
    v=st.just(1) | ANYTHING,
    data=st.dictionaries(st.sampled_from(FIELDS), ANYTHING | CLIENT_ID, max_size=6),
    extra=st.dictionaries(st.sampled_from(["conversation", "id", "ts", "seq", "later"]), ANYTHING, max_size=3),
)
def test_frames_that_are_nearly_right(kind: str, v: Any, data: dict[str, Any], extra: dict[str, Any]) -> None:
    only_bad_frames(json.dumps({"v": v, "type": kind, "data": data, **extra}))


@given(client_id=CLIENT_ID, text=st.text(max_size=200), new=st.booleans())
def test_what_a_customer_says_comes_through_as_it_is(client_id: str, text: str, new: bool) -> None:
    raw = json.dumps({"v": 1, "type": "say", "data": {"client_id": client_id, "text": text, "new": new}})
    frame = wire.parse_customer(raw)
    assert isinstance(frame, wire.SayFrame)
    assert (frame.data.client_id, frame.data.text, frame.data.new) == (client_id, text, new)


@pytest.mark.parametrize("depth", [10, 1_000, 100_000])
def test_deep_json(depth: int) -> None:
    only_bad_frames("[" * depth)
    only_bad_frames('{"v":1,"type":"ping","data":' + '{"a":' * depth + "1" + "}" * depth + "}")


def test_the_seeds_are_frames_of_every_type() -> None:
    found = set()
    for seed in seeds():
        for parser in PARSERS.values():
            try:
                found.add(type(parser(seed)).__name__)
            except wire.BadFrame:
                continue
    known = {kind.__name__ for kind in (*wire.CustomerFrame.__args__, *wire.StaffFrames.__args__)}  # type: ignore[attr-defined]
    assert found == known


def test_guided_by_coverage_nothing_else_comes_out() -> None:
    found = fuzz(seconds=20, seed=7, most=20_000)
    assert found.failures == []
    assert found.tried > 1_000
    assert len(found.corpus) > len(seeds()), "it has learned nothing"

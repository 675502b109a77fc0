"""Frames: whatever comes in, the only fault is BadFrame; what is written can be read."""

from __future__ import annotations

import json
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import wire
from bot.wire import BadFrame, parse_customer, parse_staff

CUSTOMER = get_args(wire.CustomerFrame)
STAFF = get_args(wire.StaffFrames)
SERVER = get_args(wire.ServerFrame)
PARSERS = pytest.mark.parametrize("parse", [parse_customer, parse_staff])


def read(parse: Any, text: str | bytes) -> Any:
    """The frame, or None where it was refused in words; anything else that is raised fails the test."""
    try:
        return parse(text)
    except BadFrame as refusal:
        told = refusal
    assert told.code == "bad_frame"
    assert 0 < len(told.message) < 1000
    wire.encode(wire.ErrorFrame(v=1, data=wire.Fault(code=told.code, message=told.message)))  # it can be sent
    return None


tags = st.sampled_from(
    [*(frame.__struct_config__.tag for frame in (*CUSTOMER, *STAFF, *SERVER)), "", "nothing", None, 1]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    ["client_id", "text", "seq", "on", "token", "language", "page", "epoch", "resume", "value", "comment", "email", "x"]
)
frames = st.fixed_dictionaries(
    {"v": st.sampled_from([1, 1, 1, 2, "1", None]), "type": tags},
    optional={
        "conversation": scalars, "seq": scalars, "id": scalars, "ts": scalars,
        "data": st.dictionaries(names, values | st.just("abcdefgh") | st.integers(-2, 6), max_size=6) | values,
    },
)  # fmt: skip


@PARSERS
@given(data=st.binary(max_size=300))
@example(data=b"\xff\xfe")
@example(data=b"\x00" * 50)
@example(data=b'{"v":1,"type":"ping"}\x00')
def test_bytes(parse: Any, data: bytes) -> None:
    read(parse, data)


@PARSERS
@given(text=st.text(st.characters(exclude_categories=()), max_size=200))
def test_text_with_lone_surrogates_too(parse: Any, text: str) -> None:
    read(parse, text)
    read(parse, '{"v":1,"type":"ping","x":"' + text + '"}')


@PARSERS
@given(frame=frames)
def test_frames_of_all_shapes(parse: Any, frame: dict[str, Any]) -> None:
    got = read(parse, json.dumps(frame))
    if got is not None:
        assert got.v == 1
        assert type(got) in (CUSTOMER if parse is parse_customer else STAFF)


@PARSERS
@pytest.mark.parametrize(
    "text",
    [
        "", " ", "null", "1", "[]", "{}", '"ping"', "{", '{"v":1}', '{"type":"ping"}', '{"v":2,"type":"ping"}',
        '{"v":1,"type":"welcome","data":{}}', '{"v":1,"type":"nothing"}', '{"v":1,"type":1}',
        '{"v":1e400,"type":"ping"}',
        "[" * 100_000, '{"v":1,"type":"ping","x":' + "[" * 60_000, '{"v":1,"type":"ping","x":' + '{"a":' * 10_000,
        '{"v":1,"type":"seen","conversation":"c","data":{"seq":-1}}',
        '{"v":1,"type":"seen","conversation":"c","data":{"seq":1.5}}',
        '{"v":1,"type":"seen","conversation":"c","data":{"seq":1' + "0" * 5000 + "}}",
        '{"v":1,"type":"seen","conversation":"c","data":{"seq":1e999}}',
        '{"v":1,"type":"seen","conversation":"c","data":{"seq":"1"}}',
        '{"v":1,"type":"seen","conversation":"c","data":{"seq":true}}',
        '{"v":1,"type":"ping","id":"\ud800"}', '{"v":1,"type":"ping","id":"\\ud800"}',
        '{"v":1,"type":"ping","id":"\\ud800\\u0041"}',
    ],
)  # fmt: skip
def test_bad_frames_are_told_in_words(parse: Any, text: str) -> None:
    with pytest.raises(BadFrame) as refusal:
        parse(text)
    assert refusal.value.message.startswith("This frame was not understood: ")
    assert refusal.value.message.endswith(".")


@pytest.mark.parametrize(
    "client_id",
    ["", "short", "x" * 65, "with space", "abcdefgh\n", "æøåæøåæøå", "a/b/c/d/e", "\x00" * 8, None, 12345678],
)
def test_client_ids_are_plain(client_id: Any) -> None:
    frame = {"v": 1, "type": "say", "data": {"client_id": client_id, "text": "x"}}
    assert read(parse_customer, json.dumps(frame)) is None


def test_unknown_fields_are_ignored() -> None:
    text = '{"v":1,"type":"say","mood":[1],"data":{"client_id":"abcdefgh","text":"Hej","mood":{"a":[1]}}}'
    frame = parse_customer(text)
    assert frame == wire.SayFrame(v=1, data=wire.Say(client_id="abcdefgh", text="Hej"))


def test_what_a_customer_says_is_handed_on_as_it_is() -> None:
    """NUL and length are for rule code, which can say so in words."""
    for text in ("a\x00b", "\ufdfa" * 1000, "x" * 60_000):
        frame = parse_customer(json.dumps({"v": 1, "type": "say", "data": {"client_id": "abcdefgh", "text": text}}))
        assert isinstance(frame, wire.SayFrame)
        assert frame.data.text == text


def test_neither_side_has_the_others_frames() -> None:
    claim = '{"v":1,"type":"claim","conversation":"c","data":{"client_id":"abcdefgh"}}'
    say = '{"v":1,"type":"say","data":{"client_id":"abcdefgh","text":"x"}}'
    assert read(parse_staff, claim) is not None
    assert read(parse_customer, claim) is None
    assert read(parse_customer, say) is not None
    assert read(parse_staff, say) is None


@pytest.mark.parametrize("value", [0, 6, -1, 4.5, "5", None])
def test_ratings_are_from_one_to_five(value: Any) -> None:
    frame = {"v": 1, "type": "rate", "data": {"client_id": "abcdefgh", "value": value}}
    assert read(parse_customer, json.dumps(frame)) is None


# -- every frame, there and back ------------------------------------------------------------------------------

texts = st.text(max_size=20)  # without lone surrogates: those cannot be written
client_ids = st.text("abcXYZ019_-", min_size=8, max_size=64)
special: dict[str, st.SearchStrategy[Any]] = {
    "client_id": client_ids,
    "after_seq": st.integers(0, 2**53),
    "seq": st.integers(0, 2**53),
    "before_seq": st.integers(0, 2**53),
    "limit": st.integers(1, 200),
    "window": st.none() | st.integers(1, 500),
    "value": st.integers(1, 5),
    "email": st.text(min_size=3, max_size=50),
    "data": st.nothing(),
}


def structs(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Instances with any values of the fields' types, required and optional."""
    fields = {}
    for one in msgspec.structs.fields(kind):
        if one.name == "v":
            fields[one.name] = st.just(1)
        elif (
            one.name in special
            and not (isinstance(one.type, type) and issubclass(one.type, msgspec.Struct))
            and one.name != "data"
        ):
            fields[one.name] = special[one.name]
        else:
            fields[one.name] = of_type(one.type)
    return st.builds(kind, **fields)


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    from types import UnionType
    from typing import Annotated, Literal, Union, get_origin

    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return of_type(inner[0])
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (Union, UnionType):
        return st.one_of(*map(of_type, inner))
    if origin is list:
        return st.lists(of_type(inner[0]), max_size=3)
    if origin is tuple:
        return st.tuples(*map(of_type, inner))
    if origin is dict:
        return st.dictionaries(texts, st.integers(-5, 5) | texts, max_size=3)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return structs(hint)
    return {
        str: texts, int: st.integers(-(2**53), 2**53), bool: st.booleans(), type(None): st.none(),
        float: st.floats(allow_nan=False, allow_infinity=False),
    }[hint]  # fmt: skip


@pytest.mark.parametrize("kind", [*CUSTOMER, *STAFF, *SERVER], ids=lambda kind: kind.__name__)
def test_every_frame_round_trips(kind: type[wire.Frame]) -> None:
    @settings(max_examples=30)
    @given(structs(kind))
    def there_and_back(frame: wire.Frame) -> None:
        text = wire.encode(frame)
        assert json.loads(text)["type"] == kind.__struct_config__.tag
        if kind in CUSTOMER:
            assert parse_customer(text) == frame
            assert parse_customer(text.encode()) == frame
        if kind in STAFF:
            assert parse_staff(text) == frame
        if kind in SERVER:
            assert msgspec.json.decode(text, type=wire.ServerFrame) == frame

    there_and_back()

"""Opening hours: whether somebody is there, and when that changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.hours import DAYS, Hours, at, make_hours, parse_hours
from runtime.errors import BadInput

OSLO = "Europe/Oslo"
OFFICE = {day: [["09:00", "17:00"]] for day in DAYS[:5]}


def ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0, zone: str = OSLO) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def clock(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%a %H:%M}"


# 23 November 2026 is a Monday.
@pytest.mark.parametrize(
    ("day", "hour", "minute", "is_open", "changes"),
    [
        (23, 8, 59, False, "Mon 09:00"),
        (23, 9, 0, True, "Mon 17:00"),
        (23, 16, 59, True, "Mon 17:00"),
        (23, 17, 0, False, "Tue 09:00"),
        (27, 18, 0, False, "Mon 09:00"),
        (29, 12, 0, False, "Mon 09:00"),
    ],
)
def test_an_office_week(day: int, hour: int, minute: int, is_open: bool, changes: str) -> None:
    now = at(make_hours(OSLO, OFFICE), ms(2026, 11, day, hour, minute))
    assert (now.open, clock(now.changes)) == (is_open, changes)


def test_the_time_is_that_of_the_shop_not_of_the_server() -> None:
    hours = make_hours("America/New_York", OFFICE)
    assert not at(hours, ms(2026, 11, 23, 14, 59, "UTC") - 3_600_000).open
    assert at(hours, ms(2026, 11, 23, 14, 1, "UTC")).open


def test_a_break_in_the_middle_of_the_day() -> None:
    hours = make_hours(OSLO, {"mon": [["13:00", "17:00"], ["09:00", "12:00"]]})
    lunch = at(hours, ms(2026, 11, 23, 12, 30))
    assert (lunch.open, clock(lunch.changes)) == (False, "Mon 13:00")


def test_spans_that_meet_are_one() -> None:
    hours = make_hours(OSLO, {"mon": [["09:00", "12:00"], ["12:00", "17:00"], ["16:00", "18:00"]]})
    assert clock(at(hours, ms(2026, 11, 23, 10)).changes) == "Mon 18:00"


def test_over_midnight() -> None:
    hours = make_hours(OSLO, {"fri": [["18:00", "00:00"]], "sat": [["00:00", "02:00"]]})
    assert clock(at(hours, ms(2026, 11, 27, 23)).changes) == "Sat 02:00"
    assert clock(at(hours, ms(2026, 11, 28, 1)).changes) == "Sat 02:00"
    assert clock(at(hours, ms(2026, 11, 28, 2)).changes) == "Fri 18:00"


def test_once_a_week() -> None:
    hours = make_hours(OSLO, {"mon": [["09:00", "10:00"]]})
    now = at(hours, ms(2026, 11, 23, 10))
    assert now.changes == datetime(2026, 11, 30, 9, tzinfo=ZoneInfo(OSLO))


def test_always_and_never() -> None:
    whole_week = make_hours(OSLO, {day: [["00:00", "00:00"]] for day in DAYS})
    for hours, is_open in ((None, True), (whole_week, True), (make_hours(OSLO, {}), False)):
        now = at(hours, ms(2026, 11, 23, 10))
        assert (now.open, now.changes) == (is_open, None)


def test_the_night_in_which_the_clocks_change() -> None:
    hours = make_hours(OSLO, {"sun": [["08:00", "16:00"]]})
    night = at(hours, ms(2026, 10, 25, 0, 30))
    assert night.changes is not None
    assert night.changes.astimezone(UTC) == datetime(2026, 10, 25, 7, tzinfo=UTC)  # winter time by then
    spring = at(hours, ms(2026, 3, 29, 0, 30)).changes
    assert spring is not None
    assert spring.astimezone(UTC) == datetime(2026, 3, 29, 6, tzinfo=UTC)


quarters = st.integers(0, 95).map(lambda n: f"{n // 4:02d}:{n % 4 * 15:02d}")
spans = st.tuples(quarters, quarters).filter(lambda span: span[0] < span[1] or span[1] == "00:00")
weeks = st.fixed_dictionaries({}, optional={day: st.lists(spans.map(list), max_size=3) for day in DAYS})


def is_open_by_hand(hours: Hours, moment: datetime) -> bool:
    clock_now = moment.time().replace(tzinfo=None)
    return any(
        opens <= clock_now and (clock_now < closes or closes.hour == closes.minute == 0)
        for opens, closes in hours.spans[moment.weekday()]
    )


@given(weeks, st.integers(0, 7 * 96 - 1))
def test_it_changes_exactly_when_it_says(week: dict[str, list[list[str]]], quarter: int) -> None:
    hours = make_hours("UTC", week)
    start = ms(2026, 11, 23, zone="UTC") + quarter * 900_000
    now = at(hours, start)
    by_hand = [
        is_open_by_hand(hours, datetime.fromtimestamp((start + step * 900_000) / 1000, UTC))
        for step in range(7 * 96 + 1)
    ]
    assert now.open == by_hand[0]
    changed = next((step for step, is_open in enumerate(by_hand) if is_open != by_hand[0]), None)
    if changed is None:
        assert now.changes is None
    else:
        assert now.changes == datetime.fromtimestamp((start + changed * 900_000) / 1000, UTC)


def test_stored_hours() -> None:
    assert parse_hours("") is None
    assert parse_hours("{}") is None
    assert parse_hours(json.dumps({"timezone": OSLO, **OFFICE})) == make_hours(OSLO, OFFICE)
    assert parse_hours(json.dumps(OFFICE)) == make_hours("UTC", OFFICE)


@pytest.mark.parametrize(
    "stored",
    [
        "{", "[1]", '"mon"', '{"timezone": "Oslo"}', '{"timezone": "Europe"}', '{"timezone": ""}', '{"timezone": 1}',
        '{"timezone": "../../etc/passwd"}', '{"monday": []}', '{"mon": 9}', '{"mon": "09:00-17:00"}',
        '{"mon": [["09:00"]]}', '{"mon": [["09:00", "12:00", "17:00"]]}', '{"mon": [[9, 17]]}', '{"mon": [9]}',
        '{"mon": [["nine", "17:00"]]}', '{"mon": [["25:00", "26:00"]]}', '{"mon": [["17:00", "09:00"]]}',
        '{"mon": [["09:00", "09:00"]]}', '{"mon": [["09:00+01:00", "17:00"]]}',
    ],
)  # fmt: skip
def test_bad_hours_are_told_in_words(stored: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_hours(stored)
    assert refusal.value.message.endswith((".", "]]."))

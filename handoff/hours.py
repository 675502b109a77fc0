"""When people are at the chat: spans of the week in a time zone. Pure: the time comes in as a number."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from runtime.errors import BadInput

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Hours:
    """`spans[0]` are Monday's (opens, closes), in order. A span that closes at 00:00 lasts until midnight."""

    zone: str
    spans: tuple[tuple[tuple[time, time], ...], ...]


@dataclass(frozen=True, slots=True)
class Now:
    """Whether somebody is there, and the local time at which that changes; None when it never does."""

    open: bool
    changes: datetime | None
    today: datetime


ALWAYS = None


def parse_hours(text: str) -> Hours | None:
    """`{"timezone": "Europe/Copenhagen", "mon": [["09:00", "17:00"]], ...}`; None (always open) for `{}` or empty."""
    try:
        stored = json.loads(text or "{}")
    except ValueError:
        raise BadInput("The opening hours are not JSON.") from None
    if not stored:
        return ALWAYS
    if not isinstance(stored, dict):
        raise BadInput("The opening hours are not a JSON object.")
    zone = stored.pop("timezone", "UTC")
    for day in stored:
        if day not in DAYS:
            raise BadInput(f"{day!r} is not a day of the opening hours. The days are {', '.join(DAYS)}.")
    return make_hours(zone, stored)


def make_hours(zone: str, days: Mapping[str, Sequence[Sequence[str]]]) -> Hours:
    """BadInput with a sentence for an unknown zone, a time that is none, or spans out of order."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):  # OSError: the name of a folder, such as Europe
        raise BadInput(f"{zone!r} is not a time zone. Write one like Europe/Copenhagen.") from None
    spans = []
    for day in DAYS:
        row = []
        if not isinstance(days.get(day, ()), (list, tuple)):
            raise BadInput(f'{day}: {days[day]!r} is not a list of spans. Write [["09:00", "17:00"]].')
        for span in days.get(day, ()):
            try:
                opens, closes = (time.fromisoformat(moment) for moment in span)
                if opens.tzinfo or closes.tzinfo:
                    raise ValueError(span)
            except (ValueError, TypeError):
                raise BadInput(f"{day}: {span!r} is not a span of opening hours. Write 09:00 and 17:00.") from None
            if closes != time.min and closes <= opens:
                raise BadInput(f"{day}: {opens:%H:%M} to {closes:%H:%M} ends before it begins. Split it at midnight.")
            row.append((opens, closes))
        spans.append(tuple(sorted(row)))
    return Hours(zone, tuple(spans))


def at(hours: Hours | None, now_ms: int) -> Now:
    """Whether people are there at that moment, and when that changes next (looking one week ahead)."""
    zone = ZoneInfo(hours.zone if hours else "UTC")
    local = datetime.fromtimestamp(now_ms / 1000, zone)
    if hours is None:
        return Now(True, None, local)
    until: datetime | None = None  # how long it is open from now on, as far as the spans so far say
    for ahead in range(9):
        day = local.date() + timedelta(days=ahead)
        for opens, closes in hours.spans[day.weekday()]:
            begin = datetime.combine(day, opens, zone)
            end = datetime.combine(day + timedelta(days=closes == time.min), closes, zone)
            if begin <= (until or local):
                # One span goes on where another ends: over midnight, or without a break.
                until = max(until or local, end) if end > local else until
            else:
                return Now(until is not None, until or begin, local)
    return Now(until is not None, None, local)

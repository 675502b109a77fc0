"""Logs: what an operator needs, and nothing that anybody wrote."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from runtime import logs
from runtime.settings import Settings


@pytest.fixture
def lines() -> Iterator[Any]:
    """A function that gives the lines written since the start of the test."""
    root, stream = logging.getLogger(), io.StringIO()
    before = (root.handlers, root.level)
    logs.configure(Settings(log_format="json"), stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, root.level = before
    structlog.reset_defaults()


def test_a_line_is_json_with_time_level_and_request(lines: Any) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        logs.logger("test").info("claimed", conversation="c1")
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "claimed",
        "conversation": "c1",
        "request_id": "r1",
        "level": "info",
        "logger": "test",
    }


def test_private_values_are_removed_by_name(lines: Any) -> None:
    logs.logger("test").info("oops", text="my card is 4571", token="t0ken", email="a@b.dk", seq=3)
    (line,) = lines()
    assert line["seq"] == 3
    assert [line[name] for name in ("text", "token", "email")] == ["[removed]"] * 3


def test_an_exception_is_told_by_type_and_place_not_by_its_words(lines: Any) -> None:
    try:
        try:
            raise ValueError("my card is 4571")
        except ValueError as error:
            raise RuntimeError("and my name is Kim") from error
    except RuntimeError:
        logs.logger("test").exception("failed")
        logging.getLogger("somebody.else").exception("failed")
    text = json.dumps(lines())
    assert "4571" not in text
    assert "Kim" not in text
    for line in lines():
        assert line["error"] == "RuntimeError from ValueError"
        assert any("test_logs.py" in place for place in line["at"])


def test_others_say_only_their_first_line_and_quiet_ones_nothing(lines: Any) -> None:
    logging.getLogger("asyncio").error(
        "Task exception was never retrieved\nfuture: <Task exception=ValueError('4571')>"
    )
    logging.getLogger("uvicorn.error").info("Started server process")
    (line,) = lines()
    assert line["event"] == "Task exception was never retrieved"


def test_the_console_format_is_for_people() -> None:
    root, stream = logging.getLogger(), io.StringIO()
    before = (root.handlers, root.level)
    logs.configure(Settings(log_format="console"), stream)
    logs.logger("test").warning("disk nearly full", free_gb=1)
    root.handlers, root.level = before
    structlog.reset_defaults()
    assert "disk nearly full" in stream.getvalue()
    with pytest.raises(json.JSONDecodeError):
        json.loads(stream.getvalue())

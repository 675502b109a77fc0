"""Structured logs: what happened, to which id, how long it took. Never what anybody wrote, never a secret."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from runtime.settings import Settings

# Should somebody log one of these by mistake, its value does not reach the log.
PRIVATE = frozenset(
    {"text", "body", "comment", "question", "answer", "email", "password", "token", "cookie", "csrf", "secret", "html"}
)
FRAMES = 12  # the innermost ones of a traceback


def drop_private(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Puts `[removed]` for the values of PRIVATE names."""
    for name in event.keys() & PRIVATE:
        event[name] = "[removed]"
    return event


def describe_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as its types and places. Its message is left out: it may quote what a customer wrote."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["error"] = " from ".join(type(one).__qualname__ for one in _chain(error))
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    step: BaseException | None = error
    while step is not None and step not in found:
        found.append(step)
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return found


# Said of every socket that we refuse, with an answer of our own; and of a start whose reason we have given already.
_NOISE = ("ASGI callable returned without completing handshake", "Application startup failed", "Traceback (most recent")


class _Quiet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(_NOISE)


def _first_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The event loop's own complaints quote whole objects, messages included, after their first line."""
    event["event"] = str(event.get("event", "")).split("\n", 1)[0]
    return event


def configure(settings: Settings, stream: Any = None, worker: str = "") -> None:
    """Sends structlog and the standard library's loggers to one stream (standard error), in one format.

    `worker` stands in every line, where there are several.
    """
    stream = stream or sys.stderr
    console = settings.log_format == "console" or (settings.log_format == "auto" and stream.isatty())

    def say_who(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["worker"] = worker
        return event

    shared: list[Processor] = [
        *([say_who] if worker else []),
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if console else "iso", utc=not console),
        drop_private,
        describe_exception,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    last: Processor = structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _first_line],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    handler.addFilter(_Quiet())
    # Their lines at "info" tell an operator nothing that ours do not; each request would stand there twice.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "websockets", "alembic", "httpx", "asyncio", "faiss"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(max(logging.WARNING, root.level) if root.level > logging.DEBUG else root.level)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return found

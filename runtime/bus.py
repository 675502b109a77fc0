"""The doorbell: says that something new stands in the database. Losing a notice costs time, never a message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from runtime import metrics as measured
from runtime.errors import SettingsError

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Notice:
    """`topic` says what changed (`conversation`, `seen`, `article` ...), `key` which one, `number` how far it is.

    `item` is what the sender has at hand, so that its own process need not read it again; it never leaves the process.
    """

    topic: str
    key: int | str
    number: int = 0
    data: str = ""
    item: object = field(default=None, compare=False, repr=False)


Listener = Callable[[Sequence[Notice]], None]  # what it raises is logged, and keeps the notices from nobody else


class Bus(Protocol):
    """Hands notices to every listener of every process, own listeners included, in the event loop's thread."""

    def publish(self, notices: Sequence[Notice]) -> None: ...

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Returns the function that ends the listening."""
        ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class LocalBus:
    """The bus of one process: a loop over its listeners."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def publish(self, notices: Sequence[Notice]) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(notices)
            except Exception:  # the others must hear it all the same
                logger.exception("listener_failed")

    def listen(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    async def start(self) -> None:
        measured.BUS_CONNECTED.set(1)

    async def stop(self) -> None:
        self._listeners.clear()


def open_bus(url: str, channel: str) -> Bus:
    """Redis' bus, or without an address that of one process; `channel` is the same for all workers of an installation.

    SettingsError.
    """
    if not url:
        return LocalBus()
    try:
        from runtime.bus_redis import RedisBus
    except ModuleNotFoundError:
        raise SettingsError('Redis needs its driver: pip install "svardesk[scale]".') from None
    return RedisBus(url, channel)

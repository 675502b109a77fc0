"""Check of the bus: a notice has to go through Redis from one worker to another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence

from bot.checks import Finding, fault, look, ok
from runtime import clock
from runtime.bus import Notice, open_bus
from runtime.errors import SettingsError
from runtime.settings import Settings

PATIENCE_S = 4.0
SLOW_S = 0.1  # a customer in the other worker waits for this


def bus(settings: Settings) -> Iterator[Finding]:
    if settings.redis_url:
        yield asyncio.run(round_trip(settings.redis_url))
    elif settings.workers > 1:
        yield look("bus", "none", "Workers find each other's messages within 2 s. SVARDESK_REDIS_URL makes it at once.")


async def round_trip(url: str) -> Finding:
    """From one bus to another over Redis, on a channel of its own: no running worker hears it."""
    channel = f"doctor-{clock.new_id()}"
    try:
        sender, receiver = open_bus(url, channel), open_bus(url, channel)
    except SettingsError as error:
        return fault("bus", "Redis", error.message)
    came = asyncio.Event()

    def listener(notices: Sequence[Notice]) -> None:
        if any(notice.topic == "doctor" for notice in notices):
            came.set()

    receiver.listen(listener)
    took = None
    await asyncio.gather(sender.start(), receiver.start())
    try:
        deadline = time.monotonic() + PATIENCE_S
        while took is None and time.monotonic() < deadline:
            begun = time.perf_counter()
            sender.publish([Notice("doctor", 1, 1)])
            try:
                await asyncio.wait_for(came.wait(), 0.5)
                took = time.perf_counter() - begun
            except TimeoutError:
                continue
    finally:
        await asyncio.gather(sender.stop(), receiver.stop())
    return bell(took)


def bell(took: float | None) -> Finding:
    """`took`: seconds from one worker to the other; None for never."""
    if took is None:
        advice = (
            "Is it running, and is SVARDESK_REDIS_URL right? Until then messages take up to 2 s to the other worker."
        )
        return fault("bus", "Redis does not pass notices on", advice)
    seen = f"Redis, {took * 1000:.1f} ms from one worker to another"
    if took > SLOW_S:
        return look("bus", seen, "This is slow. Put Redis nearer.")
    return ok("bus", seen)

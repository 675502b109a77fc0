"""Two seconds of bad line, two seconds of a good one, and so on, for customers and agents both."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.proxy import Proxy, Weather
from tests.scale.history import Fault
from tests.scale.report import Quiet, Watcher
from tests.scale.stage import Stage
from tests.scale.visitor import Crowd

BAD = tuple(weather for weather in Weather if weather is not Weather.CLEAR)


@dataclass(slots=True)
class Cut:
    """`gaps_s`: for each reconnect that had missed something, from the socket's opening until the screen had it all."""

    cuts: int = 0
    struck: int = 0
    reconnects: int = 0
    acked: int = 0
    gaps_s: list[float] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


async def cut_again_and_again(
    stage: Stage,
    weathers: Sequence[Weather] = BAD,
    bad_s: float = 2.0,
    good_s: float = 2.0,
    visitors: int = 12,
    seed: int = 2,
    watcher: Watcher | None = None,
) -> Cut:
    """One spell of each of `weathers`, in this order, between all clients and one server that never stops."""
    watcher = watcher or Quiet()
    house = await stage.house().start()
    proxy = Proxy(house.port).start()
    crowd = Crowd(lambda: f"ws://127.0.0.1:{proxy.port}", house, seed)
    cut = Cut()
    try:
        await crowd.enter(visitors, pause_s=0.4)
        await asyncio.sleep(good_s)
        for weather in weathers:
            proxy.turn(weather)
            await asyncio.sleep(bad_s)
            proxy.mend()
            await asyncio.sleep(good_s)
            cut.cuts += 1
            watcher.saw(cuts=1, acked=crowd.count("acked"), what=weather.value)
        await crowd.hush()
        cut.faults = await stage.settle(crowd.stories)
    finally:
        await crowd.leave()
        await asyncio.to_thread(proxy.stop)
    cut.struck, cut.acked = proxy.struck, crowd.count("acked")
    cut.reconnects = crowd.count("connects") - len(crowd.links)
    cut.gaps_s = sorted(gap for counts in crowd.all_counts() for gap in counts.gaps_s)
    return cut

"""kill -9, again and again, at points that we choose and at points that nobody chooses."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

from tests.scale.failing_server import POINTS
from tests.scale.history import Fault
from tests.scale.report import Quiet, Watcher
from tests.scale.stage import Stage
from tests.scale.visitor import Crowd

SOON = {
    "in the middle of the answer": 3,
    "in the middle of a batch": 1,
}  # with people at their desks the assistant has little to do
PATIENCE_S = 60.0  # until a point is passed; every one of them is passed many times a second


@dataclass(slots=True)
class Killed:
    """How often the server died where, and what was found at the end."""

    at: Counter[str] = field(default_factory=Counter)
    acked: int = 0
    resent: int = 0
    faults: list[Fault] = field(default_factory=list)


async def kill_again_and_again(
    stage: Stage, times: int, visitors: int = 12, seed: int = 1, watcher: Watcher | None = None
) -> Killed:
    """`times` servers, one after the other, on one database; customers and agents go on through all of it."""
    watcher = watcher or Quiet()
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    house, killed = stage.house(), Killed()
    crowd: Crowd | None = None
    for number in range(times):
        # Three of four where it hurts most, the others wherever it happens to be.
        point = POINTS[(number - number // 4) % len(POINTS)] if number % 4 != 3 else ""
        await house.start(point, chance.randint(1, SOON.get(point, 25)))
        if crowd is None:
            crowd = Crowd(lambda: house.ws, house, seed)
            await crowd.enter(visitors, pause_s=0.3)
        if point:
            await house.gone(PATIENCE_S)
            assert house.mark.read_text() == point
        else:
            await asyncio.sleep(chance.uniform(0.05, 0.7))
            await house.kill()
        killed.at[point or "anywhere"] += 1
        watcher.saw(kills=1, acked=crowd.count("acked"), what=f"kill -9 {point or 'anywhere'}")
    assert crowd is not None
    await house.start()
    await asyncio.sleep(0.5)
    await crowd.hush()
    killed.faults = await stage.settle(crowd.stories)
    killed.acked, killed.resent = crowd.count("acked"), crowd.count("resent")
    await crowd.leave()
    return killed

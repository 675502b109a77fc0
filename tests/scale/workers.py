"""Two servers on one PostgreSQL and one Redis, and everything around them failing in turn."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.scale.history import Fault
from tests.scale.machines import PostgresqlMachine, RedisMachine
from tests.scale.report import Quiet, Watcher
from tests.scale.stage import House, Stage
from tests.scale.visitor import Crowd

PUBLIC = "http://desk.example"  # one address for both, as behind a proxy
PATIENCE_S = 30.0


@dataclass(slots=True)
class Shaken:
    acts: list[str] = field(default_factory=list)
    acked: int = 0
    resent: int = 0
    faults: list[Fault] = field(default_factory=list)


async def shake(
    stage: Stage,
    postgresql: PostgresqlMachine,
    redis: RedisMachine,
    *,
    rounds: int = 1,
    frozen_s: float = 5.0,
    away_s: float = 10.0,
    visitors: int = 10,
    seed: int = 3,
    watcher: Watcher | None = None,
) -> Shaken:
    """Each round: a worker killed, Redis killed, PostgreSQL frozen for `frozen_s`, PostgreSQL away for `away_s`.

    At the end one worker dies with questions acknowledged and unanswered, and stays dead: the other answers them.
    """
    watcher = watcher or Quiet()
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    shared = {"SVARDESK_REDIS_URL": redis.url, "SVARDESK_PUBLIC_URL": PUBLIC}
    one, two = stage.house(**shared), stage.house(**shared)
    await asyncio.gather(one.start(), two.start())
    crowd = Crowd(lambda: chance.choice([house for house in (one, two) if house.alive] or [one]).ws, one, seed)
    shaken = Shaken()

    async def kill_a_worker() -> None:
        house = chance.choice((one, two))
        await house.kill()
        await asyncio.sleep(1)
        await house.start()

    async def kill_redis() -> None:
        await asyncio.to_thread(redis.kill)
        await asyncio.sleep(min(3.0, away_s))
        await asyncio.to_thread(redis.start)

    async def freeze_postgresql() -> None:
        postgresql.signal(signal.SIGSTOP)
        await asyncio.sleep(frozen_s)
        postgresql.signal(signal.SIGCONT)

    async def take_postgresql_away() -> None:
        await asyncio.to_thread(postgresql.kill)
        await asyncio.sleep(away_s)
        await asyncio.to_thread(postgresql.start)

    acts: dict[str, Callable[[], Awaitable[None]]] = {
        "a worker is killed": kill_a_worker,
        "Redis is killed and comes back": kill_redis,
        f"PostgreSQL stands still for {frozen_s:g} s": freeze_postgresql,
        f"PostgreSQL is killed and away for {away_s:g} s": take_postgresql_away,
    }
    await crowd.enter(visitors, pause_s=0.5)
    try:
        for _ in range(rounds):
            for name, act in acts.items():
                await asyncio.sleep(1)
                await act()
                shaken.acts.append(name)
                watcher.saw(kills=int("kill" in name), cuts=int("still" in name), acked=crowd.count("acked"), what=name)
        await _die_with_open_questions(two)
        shaken.acts.append("a worker dies with open questions")
        watcher.saw(kills=1, acked=crowd.count("acked"), what=shaken.acts[-1])
        await crowd.hush()
        shaken.faults = await stage.settle(crowd.stories)
    finally:
        await crowd.leave()
    shaken.acked, shaken.resent = crowd.count("acked"), crowd.count("resent")
    return shaken


async def _die_with_open_questions(house: House) -> None:
    await house.stop()
    await house.start("after the ack, before the answer", 5)
    await house.gone(PATIENCE_S)
    assert house.mark.exists()

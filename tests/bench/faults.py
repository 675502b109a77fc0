"""G8 and G9: what the proofs of tests/scale find under killed servers and cut lines, as rows of the table."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from tests import services
from tests.bench.report import Bound, Row, quantile
from tests.proxy import Weather
from tests.scale.failing_server import Nursery
from tests.scale.kills import kill_again_and_again
from tests.scale.links import BAD, cut_again_and_again
from tests.scale.stage import Stage, Theatre

T = TypeVar("T")

KILLS = 20  # of each database; `make scale` does two hundred
CUTS = (Weather.DROP,) * 8  # the two seconds without a line that G9 speaks of


async def _on(stage: Stage, proof: Awaitable[T]) -> T:
    """The proof's result; its servers end with it."""
    try:
        return await proof
    finally:
        await stage.close()


def rows(folder: Path) -> list[Row]:
    """Servers are killed and lines fail in every way; then lines that only break, every two seconds for two seconds."""
    with closing(Nursery.open()) as nursery, services.postgresql() as postgresql:
        theatre = Theatre(nursery, folder, postgresql)
        with theatre.stage("sqlite") as stage:
            sqlite = asyncio.run(_on(stage, kill_again_and_again(stage, KILLS)))
        with theatre.stage("postgresql") as stage:
            shared = asyncio.run(_on(stage, kill_again_and_again(stage, KILLS)))
        with theatre.stage("sqlite") as stage:
            bad = asyncio.run(_on(stage, cut_again_and_again(stage, BAD)))
        with theatre.stage("sqlite") as stage:
            broken = asyncio.run(_on(stage, cut_again_and_again(stage, CUTS)))
    faults = [*sqlite.faults, *shared.faults, *bad.faults]
    acked = sqlite.acked + shared.acked + bad.acked
    details = {
        "kills": 2 * KILLS,
        "acked": acked,
        "sent_again": sqlite.resent + shared.resent,
        "spells_of_bad_line": bad.cuts,
        "reconnects": bad.reconnects,
        "faults": [str(fault) for fault in faults],
    }
    lost = Bound("faults:", len(faults), 0, 0, lower=True)
    bounds = (
        Bound("faults:", len(broken.faults), 0, 0, lower=True),
        Bound("gap closed p99", quantile(broken.gaps_s, 0.99), None, 1, " s", lower=True),
    )
    gaps = {
        "acked": broken.acked,
        "reconnects": broken.reconnects,
        "gaps": len(broken.gaps_s),
        "gap_p50_s": quantile(broken.gaps_s, 0.5),
        "faults": [str(fault) for fault in broken.faults],
    }
    return [
        Row("G8", f"lost, doubled, out of order, of {acked:,} acked through kills and bad lines", (lost,), details),
        Row("G9", f"{broken.acked:,} messages through a line that breaks every two seconds for two", bounds, gaps),
    ]

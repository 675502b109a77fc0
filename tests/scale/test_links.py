"""Bad lines in the checks: each kind once. `make scale` goes on for minutes and measures how fast gaps close."""

from __future__ import annotations

import pytest

from tests.proxy import Weather
from tests.scale.links import BAD, cut_again_and_again
from tests.scale.stage import Stage

pytestmark = pytest.mark.anyio


async def test_every_kind_of_bad_line_delivers_everything_once(sqlite_stage: Stage) -> None:
    cut = await cut_again_and_again(sqlite_stage, bad_s=1.5, good_s=0.7, visitors=7)
    assert cut.faults == []
    assert cut.cuts == len(BAD)
    assert cut.struck > 0
    assert cut.reconnects > 0
    assert cut.acked > 0


def test_the_proxy_knows_every_fault_that_is_promised() -> None:
    words = " ".join(Weather)
    for promised in ("drop", "blackhole", "half-open", "1 KB/s", "200 ms", "middle of a frame", "refuse"):
        assert promised in words

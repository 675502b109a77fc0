"""Numbers of one worker and of several: counted, left for the others, merged, written out."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from runtime import measures, watching
from runtime.measures import FAMILIES, Snapshot
from runtime.watching import Watching

PREFIX = "svardesk_test_"


@pytest.fixture(autouse=True)
def _only_for_this_test() -> Iterator[None]:
    before = dict(FAMILIES)
    yield
    FAMILIES.clear()
    FAMILIES.update(before)


def page(snapshot: Snapshot) -> dict[str, float]:
    """Samples of our own families, by name and labels as Prometheus writes them."""
    text = measures.write_out(snapshot)[0].decode()
    return {
        sample.name.removeprefix(PREFIX) + "".join(f" {name}={value}" for name, value in sample.labels.items()): float(
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith(PREFIX)
    }


def test_what_is_counted_is_what_is_written() -> None:
    done = measures.counters(f"{PREFIX}done_total", "Done.", "kind", ("a", "b"))
    level = measures.gauge(f"{PREFIX}level", "Level.")
    took = measures.histogram(f"{PREFIX}took_seconds", "Took.", (0.1, 1))
    done["a"].inc()
    done["a"].inc(2)
    level.set(7)
    level.inc()
    level.dec(3)
    for amount in (0.05, 0.1, 0.5, 30):
        took.observe(amount)
    assert page(measures.take()) == {
        "done_total kind=a": 3,
        "done_total kind=b": 0,
        "level": 5,
        "took_seconds_bucket le=0.1": 2,
        "took_seconds_bucket le=1.0": 3,
        "took_seconds_bucket le=+Inf": 4,
        "took_seconds_count": 4,
        "took_seconds_sum": pytest.approx(30.65),
    }


def test_a_followed_gauge_is_asked_until_it_is_left() -> None:
    level = measures.gauge(f"{PREFIX}level", "Level.")
    waiting = [1, 2, 3]
    level.follow(lambda: len(waiting))
    assert page(measures.take()) == {"level": 3}
    waiting.pop()
    assert page(measures.take()) == {"level": 2}
    level.leave()
    assert page(measures.take()) == {"level": 0}


def test_a_name_is_declared_once_and_with_our_prefix() -> None:
    measures.counter(f"{PREFIX}once_total", "Once.")
    with pytest.raises(ValueError, match="declared twice"):
        measures.counter(f"{PREFIX}once_total", "Once.")
    with pytest.raises(ValueError, match="does not begin"):
        measures.counter("once_total", "Once.")


def test_several_workers_make_one_page() -> None:
    done = measures.counter(f"{PREFIX}done_total", "Done.")
    took = measures.histogram(f"{PREFIX}took_seconds", "Took.", (1,))
    summed = measures.gauge(f"{PREFIX}sum", "Sum.")
    most = measures.gauge(f"{PREFIX}most", "Most.", "max")
    least = measures.gauge(f"{PREFIX}least", "Least.", "min")
    newest = measures.gauge(f"{PREFIX}newest", "Newest.", "newest")

    def worker(number: float, at: float) -> Snapshot:
        done.value, took.counts, took.total = number, [int(number), 1], number
        for one in (summed, most, least):
            one.set(number)
        newest.set(number, at)
        packed = json.loads(json.dumps(measures.packed(measures.take())))
        return measures.unpacked(packed)

    both = [worker(2, at=10), worker(5, at=9)]
    for order in (both, both[::-1]):
        assert page(measures.merged(order)) == {
            "done_total": 7,
            "took_seconds_bucket le=1.0": 7,
            "took_seconds_bucket le=+Inf": 9,
            "took_seconds_count": 9,
            "took_seconds_sum": 7,
            "sum": 7,
            "most": 5,
            "least": 2,
            "newest": 2,
        }


def test_numbers_of_another_release_do_not_break_the_page() -> None:
    measures.counter(f"{PREFIX}done_total", "Done.").inc()
    took = measures.histogram(f"{PREFIX}took_seconds", "Took.", (1,))
    took.observe(0.5)
    other: Snapshot = {
        f"{PREFIX}unknown_total": [((), 3)],
        f"{PREFIX}done_total": [((), 4)],
        f"{PREFIX}took_seconds": [((), [1, 1, 1, 9.0])],
    }
    found = page(measures.merged([measures.take(), other]))
    assert (found["done_total"], found["took_seconds_count"]) == (5, 1)
    assert not any("unknown" in name for name in found)


def test_a_fact_in_words_is_said_once() -> None:
    measures.say(f"{PREFIX}info", "Info.", version="1", name='quoted "å"')
    measures.say(f"{PREFIX}info", "Info.", version="2", name='quoted "å"')
    assert page(measures.take()) == {'info name=quoted "å" version=2': 1}


def test_open_metrics_for_whoever_asks_for_it() -> None:
    measures.counter(f"{PREFIX}done_total", "Done.").inc()
    text, kind = measures.write_out(measures.take(), "application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text")
    assert text.endswith(b"# EOF\n")


OTHER_WORKER = """
import asyncio, sys
from runtime import measures
from runtime.watching import Watching
done = measures.counter("svardesk_test_done_total", "Done.")
level = measures.gauge("svardesk_test_level", "Level.")
async def main():
    watching = Watching()
    watching.start()
    done.inc(int(sys.argv[1])); level.set(int(sys.argv[1]))
    await asyncio.to_thread(watching._share, measures.take())
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
asyncio.run(main())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with watching.shared_folder() as folder:
        yield folder


def _other(number: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER_WORKER, str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


async def _look(look: Watching) -> dict[str, float]:
    text, _ = await look.look()
    return {
        sample.name.removeprefix(PREFIX): float(sample.value)
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
        if sample.name.startswith(PREFIX)
    }


@pytest.mark.anyio
async def test_one_worker_answers_for_all_and_the_dead_stay_counted(folder: Path) -> None:
    done = measures.counter(f"{PREFIX}done_total", "Done.")
    level = measures.gauge(f"{PREFIX}level", "Level.")
    done.inc()
    level.set(1)
    first, second = _other(10), _other(100)
    own = Watching()
    own.start()
    try:
        assert await _look(own) == {"done_total": 111, "level": 111}
        _kill(first)
        assert await _look(own) == {"done_total": 111, "level": 101}
        watching.bury(first.pid)
        assert not any(name.startswith(f"{first.pid}-") for name in os.listdir(folder))
        assert await _look(own) == {"done_total": 111, "level": 101}
        _kill(second)
        watching.bury(second.pid)
        watching.bury(second.pid)
        assert await _look(own) == {"done_total": 111, "level": 1}
    finally:
        await own.stop()
        for process in (first, second):
            _kill(process)


@pytest.mark.anyio
async def test_a_damaged_file_costs_only_its_own_numbers(folder: Path) -> None:
    measures.counter(f"{PREFIX}done_total", "Done.").inc()
    (folder / f"{os.getpid()}-dead.json").write_text('{"half')
    own = Watching()
    own.start()
    try:
        assert await _look(own) == {"done_total": 1}
    finally:
        await own.stop()


@pytest.mark.anyio
async def test_a_worker_leaves_its_last_numbers_when_it_ends(folder: Path) -> None:
    done = measures.counter(f"{PREFIX}done_total", "Done.")
    own = Watching()
    own.start()
    await asyncio.sleep(0)
    done.inc(3)
    await own.stop()
    (left,) = os.listdir(folder)
    assert json.loads((folder / left).read_bytes())[f"{PREFIX}done_total"] == [[{}, 3]]


def test_the_folder_goes_with_its_workers() -> None:
    with watching.shared_folder() as folder:
        assert os.environ[watching.FOLDER] == str(folder)
        assert folder.stat().st_mode & 0o777 == 0o700
        watching.bury(1)
    assert not folder.exists()
    assert watching.FOLDER not in os.environ
    watching.bury(1)  # without a folder there is nobody to bury

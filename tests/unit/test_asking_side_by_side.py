"""Several threads of the model: whoever comes while one is idle waits for nobody, and articles never have them all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import pytest

from knowledge_base.asking import TOGETHER
from knowledge_base.model_threads import TURNS, ModelThreads
from tests.unit.asking_desk import Desk, names, opened, run


async def begun(desk: Desk, text: str) -> asyncio.Task[Any]:
    """A question that the model is held at."""
    desk.embedder.gate, desk.embedder.held = threading.Event(), text
    asked = desk.ask(text)
    await asyncio.to_thread(desk.embedder.reached.wait, 30)
    return asked


@run
async def test_a_question_does_not_wait_for_the_one_that_another_thread_reads() -> None:
    async with opened(threads=2) as desk:
        slow = await begun(desk, "en lang historie")
        assert names(await desk.ask("hvor er min pakke"))[0] == "parcel"
        assert not slow.done()
        assert desk.asker.waiting == 1
        assert desk.embedder.gate is not None
        desk.embedder.gate.set()
        await slow


@run
async def test_the_wait_is_told_by_the_thread_that_has_been_at_it_longest() -> None:
    async with opened(threads=2) as desk:
        slow = await begun(desk, "en lang historie")
        await desk.ask("retur")
        await asyncio.sleep(0.05)
        assert desk.asker.expected_wait_s >= 0.05
        assert desk.embedder.gate is not None
        desk.embedder.gate.set()
        await slow
        assert desk.asker.expected_wait_s == 0


@run
async def test_a_rush_is_shared_and_the_rest_in_ever_smaller_parts() -> None:
    async with opened(threads=2) as desk:
        gates = [desk.hold(), desk.hold()]
        texts = [f"pakke nummer {number}" for number in range(13)]
        asked = [desk.ask(text) for text in texts]
        await asyncio.sleep(0)
        for gate in gates:
            gate.set()
        answers = await asyncio.gather(*asked)
        sizes = sorted((len(batch) for batch in desk.embedder.batches), reverse=True)
        assert sizes == [5, 3, 2, 1, 1, 1]  # a third of what is left, whichever thread comes
        assert [
            text for batch in sorted(desk.embedder.batches, key=lambda batch: texts.index(batch[0])) for text in batch
        ] == texts
        assert answers == [desk.knowledge.search(text, "da") for text in texts]


@run
async def test_none_is_lost_or_asked_twice_in_a_crowd() -> None:
    async with opened(threads=3) as desk:
        texts = [f"pakke nummer {number}" for number in range(20 * TOGETHER)]
        asked = list[asyncio.Task[Any]]()
        for text in texts:
            asked.append(desk.ask(text))
            if len(asked) % 7 == 0:
                await asyncio.sleep(0.0005)
            if len(asked) % 11 == 0:
                asked[-3].cancel()
        found = await asyncio.gather(*asked, return_exceptions=True)
        given_up = {at for at in range(len(texts)) if asked[at].cancelled()}
        assert all(names(hits) for at, hits in enumerate(found) if at not in given_up)  # type: ignore[arg-type]
        read = [text for batch in desk.embedder.batches for text in batch]
        assert len(read) == len(set(read))
        assert {text for at, text in enumerate(texts) if at not in given_up} <= set(read)
        assert desk.asker.waiting == 0


@run
async def test_who_waits_when_the_threads_end_is_told() -> None:
    async with opened(threads=2) as desk:
        gates = [desk.hold(), desk.hold()]
        asked = [desk.ask("pakke"), desk.ask("retur"), desk.ask("label")]
        await asyncio.sleep(0)
        desk.threads.shutdown(wait=False, cancel_futures=True)
        for gate in gates:
            gate.set()
        for task in (*asked, desk.ask("spor")):
            with pytest.raises(RuntimeError, match="ended"):
                await task


def held(threads: ModelThreads, count: int) -> tuple[threading.Event, Sequence[Future[Any]]]:
    """So many pieces of articles that do not end, and the event that ends them."""
    gate = threading.Event()
    return gate, [threads.submit(gate.wait, 30) for _ in range(count)]


def test_articles_leave_a_thread_to_the_questions() -> None:
    threads = ModelThreads(3)
    gate, pieces = held(threads, 5)
    for _ in range(2 * TURNS):
        assert threads.submit_first(lambda: "answer").result(30) == "answer"
    assert sum(piece.running() for piece in pieces) == 2
    gate.set()
    assert all(piece.result(30) for piece in pieces)
    threads.shutdown()


def test_an_end_waits_for_what_was_given_to_all_of_them() -> None:
    threads = ModelThreads(3)
    gate, pieces = held(threads, 5)
    threading.Timer(0.05, gate.set).start()
    threads.shutdown()
    assert all(piece.done() and piece.result() for piece in pieces)
    with pytest.raises(RuntimeError, match="ended"):
        threads.submit(int)

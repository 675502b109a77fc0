"""Questions are asked together and once, go before publishing, fail alone, and are never answered from an old state."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError, Future
from typing import Any

import numpy as np
import pytest

from knowledge_base.asking import TOGETHER, Asker
from knowledge_base.model_threads import TURNS, ModelThreads
from knowledge_base.passages import Document
from knowledge_base.search import Hit, KnowledgeBase
from tests.embedders import HashEmbedder
from tests.unit.asking_desk import DOCUMENTS, QUESTION, names, opened, run


@run
async def test_the_answer_is_that_of_the_knowledge_base() -> None:
    async with opened() as desk:
        for options in ({}, {"limit": 1}, {"audiences": frozenset({"public", "internal"})}, {"audiences": frozenset()}):
            expected = desk.knowledge.search(QUESTION, "da", **options)  # type: ignore[arg-type]
            assert await desk.asker.search(QUESTION, "da", **options) == expected  # type: ignore[arg-type]


@run
async def test_what_waits_is_asked_together_and_answered_each_with_its_own() -> None:
    async with opened() as desk:
        texts = [f"{word} pakke" for word in ("hvor", "retur", "label", "spor", "ring")]
        gate = desk.hold()
        asked = [desk.ask(text) for text in texts]
        await asyncio.sleep(0)
        assert desk.asker.waiting == 5
        gate.set()
        answers = await asyncio.gather(*asked)
        assert desk.embedder.batches == [texts]
        assert desk.asker.batches == 1
        assert desk.asker.waiting == 0
        assert answers == [desk.knowledge.search(text, "da") for text in texts]


@run
async def test_a_rush_is_taken_in_batches() -> None:
    async with opened() as desk:
        gate = desk.hold()
        texts = [f"pakke nummer {number}" for number in range(2 * TOGETHER + 3)]
        asked = [desk.ask(text) for text in texts]
        await asyncio.sleep(0)
        gate.set()
        answers = await asyncio.gather(*asked)
        assert answers == [desk.knowledge.search(text, "da") for text in texts]
        del desk.embedder.batches[3:]  # those of the line above
        assert [len(batch) for batch in desk.embedder.batches] == [TOGETHER, TOGETHER, 3]


@run
async def test_the_cancelled_are_left_out() -> None:
    async with opened() as desk:
        gate = desk.hold()
        asked = [desk.ask(f"pakke nummer {number}") for number in range(4)]
        await asyncio.sleep(0)
        asked[0].cancel()
        asked[2].cancel()
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*asked, return_exceptions=True)
        assert desk.embedder.batches == [["pakke nummer 1", "pakke nummer 3"]]
        assert [task.cancelled() for task in asked] == [True, False, True, False]


@run
async def test_nobody_left_means_no_run_at_all() -> None:
    async with opened() as desk:
        gate = desk.hold()
        asked = desk.ask(QUESTION)
        await asyncio.sleep(0)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        gate.set()
        await asyncio.wrap_future(desk.threads.submit(lambda: None))
        assert (desk.embedder.batches, desk.asker.batches, desk.asker.waiting) == ([], 0, 0)


@run
async def test_an_error_comes_to_the_question_that_caused_it_alone() -> None:
    async with opened() as desk:
        gate = desk.hold()
        asked = [desk.ask(text) for text in ("pakke", "break it", "retur")]
        await asyncio.sleep(0)
        gate.set()
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert str(found[1]) == "choked on one of 1"
        assert [names(found[0])[0], names(found[2])[0]] == ["parcel", "returns"]  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="choked"):  # an error is not remembered
            await desk.ask("break it")
        assert names(await desk.ask("label")) == ["returns", "parcel"]


@run
async def test_an_error_of_the_search_comes_to_the_caller() -> None:
    async with opened() as desk:

        class Broken(KnowledgeBase):
            def find(self, *args: Any, **options: Any) -> list[Hit]:
                raise LookupError("no index")

        broken = Broken(desk.embedder)
        broken.replace(DOCUMENTS)
        asker = Asker(desk.threads, lambda: broken)
        with pytest.raises(LookupError, match="no index"):
            await asker.search(QUESTION, "da")


@run
async def test_too_few_vectors_leave_nobody_waiting() -> None:
    async with opened() as desk:
        desk.embedder.encode = lambda texts, kind: np.zeros((0, 64), np.float32)  # type: ignore[method-assign]
        with pytest.raises(ValueError, match="1 questions have 0 vectors"):
            await desk.ask(QUESTION)


@run
async def test_a_known_answer_costs_no_thread_and_no_turn_of_the_loop() -> None:
    async with opened() as desk:
        first = await desk.ask(QUESTION)
        first.clear()  # the caller's own list
        gate = desk.hold()  # nothing could be asked now
        with pytest.raises(StopIteration) as ended:
            desk.asker.search(f"  {QUESTION}\u00ad ", "da").send(None)
        gate.set()
        assert names(ended.value.value) == ["parcel", "returns"]
        assert (desk.asker.hits, desk.asker.misses) == (1, 1)


@run
async def test_language_limit_and_audience_make_another_question() -> None:
    async with opened() as desk:
        internal = frozenset({"internal"})
        await desk.asker.search(QUESTION, "da")
        assert names(await desk.asker.search(QUESTION, "da", audiences=internal)) == ["secret"]
        assert len(await desk.asker.search(QUESTION, "da", 1)) == 1
        await desk.asker.search(QUESTION, None)
        assert (desk.asker.hits, desk.asker.misses) == (0, 4)


@run
async def test_fifty_at_once_are_asked_once() -> None:
    async with opened() as desk:
        gate = desk.hold()
        asked = [desk.ask(QUESTION) for _ in range(50)]
        await asyncio.sleep(0)
        asked[0].cancel()
        asked[7].cancel()
        gate.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert desk.embedder.batches == [[QUESTION]]
        assert (desk.asker.hits, desk.asker.misses) == (49, 1)
        assert all(names(answer) == ["parcel", "returns"] for answer in answers if isinstance(answer, list))
        assert [isinstance(answer, list) for answer in answers].count(False) == 2


@run
async def test_who_comes_after_the_last_one_left_is_asked_for_anew() -> None:
    async with opened() as desk:
        gate = desk.hold()
        first = desk.ask(QUESTION)
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        second = desk.ask(QUESTION)
        await asyncio.sleep(0)
        gate.set()
        assert names(await second) == ["parcel", "returns"]
        assert desk.embedder.batches == [[QUESTION]]


@run
async def test_what_changes_is_found_at_once() -> None:
    async with opened() as desk:
        assert "gift" not in names(await desk.ask("gavekort"))
        gift = Document("gift", "da", "Gavekort", (), "Gælder i tre år.")
        desk.knowledge.put(gift)
        assert names(await desk.ask("gavekort"))[0] == "gift"
        desk.knowledge.remove("gift")
        assert "gift" not in names(await desk.ask("gavekort"))


@run
async def test_an_answer_that_a_change_overtook_is_given_but_not_kept() -> None:
    async with opened() as desk:
        desk.embedder.gate = threading.Event()
        before = desk.ask("gavekort")
        await asyncio.to_thread(desk.embedder.reached.wait, 30)
        vectors = HashEmbedder().encode(["Gavekort", "Gælder i tre år."], "query")
        desk.knowledge.put(Document("gift", "da", "Gavekort", (), "Gælder i tre år."), vectors)
        after = desk.ask("gavekort")  # does not join: what it gets must be of the new state
        await asyncio.sleep(0)
        assert (desk.asker.hits, desk.asker.misses) == (0, 2)
        desk.embedder.gate.set()
        await before
        assert names(await after)[0] == "gift"
        assert names(await desk.ask("gavekort"))[0] == "gift"


@run
async def test_memory_is_bounded_and_forgets_what_was_not_asked_for_longest() -> None:
    async with opened(remembered=2) as desk:
        for text in ("pakke", "retur", "pakke", "label", "pakke", "retur"):
            await desk.ask(text)
        assert [batch[0] for batch in desk.embedder.batches] == ["pakke", "retur", "label", "retur"]


@pytest.mark.parametrize("question", ["", " \n", "\0", "\ud800"])
def test_blank_questions_and_an_empty_index_ask_nobody(question: str) -> None:
    async def ask() -> None:
        async with opened() as desk:
            assert await desk.asker.search(question, "da") == []
            assert desk.embedder.batches == []
            desk.knowledge.replace([])
            assert await desk.asker.search(QUESTION, "da") == []
            assert desk.embedder.batches == []

    asyncio.run(ask())


@run
async def test_questions_go_before_publishing() -> None:
    async with opened() as desk:
        order: list[str] = []
        gate = desk.hold()
        pieces = [desk.threads.submit(order.append, f"piece {number}") for number in range(2)]
        asked = desk.ask(QUESTION)
        await asyncio.sleep(0)
        desk.threads.submit_first(lambda: order.append("after the question"))
        gate.set()
        await asyncio.gather(asked, *map(asyncio.wrap_future, pieces))
        assert order == ["after the question", "piece 0", "piece 1"]


def test_publishing_comes_through_a_rush() -> None:
    thread, order, gate = ModelThreads(), list[str](), threading.Event()
    thread.submit_first(gate.wait)
    done: list[Future[Any]] = [thread.submit(order.append, "piece") for _ in range(2)]
    done += [thread.submit_first(lambda: order.append("question")) for _ in range(2 * TURNS)]
    gate.set()
    for each in done:
        each.result(30)
    thread.shutdown()
    assert order[: 2 * TURNS].count("piece") == 2
    assert order.index("piece") >= TURNS - 2


def test_the_thread_is_an_executor() -> None:
    thread = ModelThreads()
    assert thread.submit(divmod, 7, 2).result(30) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        thread.submit(divmod, 7, 0).result(30)
    last = thread.submit(int, "12")
    thread.shutdown()
    assert last.result(0) == 12
    with pytest.raises(RuntimeError, match="ended"):
        thread.submit(int)


def test_shutting_down_cancels_what_waits() -> None:
    thread, gate = ModelThreads(), threading.Event()
    running, waiting = thread.submit(gate.wait, 30), thread.submit(int)
    while not running.running():
        pass
    thread.shutdown(wait=False, cancel_futures=True)
    gate.set()
    assert running.result(30) is True
    with pytest.raises(CancelledError):
        waiting.result(30)


@run
async def test_who_waits_when_the_thread_ends_is_told() -> None:
    async with opened() as desk:
        gate = desk.hold()
        asked = [desk.ask("pakke"), desk.ask("retur")]
        await asyncio.sleep(0)
        desk.threads.shutdown(wait=False, cancel_futures=True)
        gate.set()
        for task in (*asked, desk.ask("label")):
            with pytest.raises(RuntimeError, match="ended"):
                await task


@run
async def test_the_wait_grows_with_the_queue_and_ends_with_it() -> None:
    async with opened() as desk:
        assert desk.asker.expected_wait_s == 0
        desk.embedder.gate = threading.Event()
        asked = [desk.ask("pakke")]
        await asyncio.to_thread(desk.embedder.reached.wait, 30)
        await asyncio.sleep(0.01)
        assert desk.asker.expected_wait_s > 0  # nothing measured yet, but it is waited for
        desk.embedder.gate.set()
        await asked[0]
        desk.embedder.gate = None
        assert desk.asker.expected_wait_s == 0
        gate = desk.hold()
        waits = []
        for number in range(3):
            asked.append(desk.ask(f"pakke {number}"))
            await asyncio.sleep(0)
            waits.append(desk.asker.expected_wait_s)
        assert 0 < waits[0] < waits[1] < waits[2]
        gate.set()
        await asyncio.gather(*asked)
        assert desk.asker.expected_wait_s == 0

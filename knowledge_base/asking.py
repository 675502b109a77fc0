"""The way of a question through the model: questions first and together, each asked once, known answers at once."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge_base.metrics import CACHE, EMBED_DROPPED, EMBED_SECONDS, EMBED_SIZE, EMBED_WAITING, SEARCH_SECONDS
from knowledge_base.model_threads import ModelThreads
from knowledge_base.search import Hit, KnowledgeBase

# Beyond this a larger batch gains nothing, and those who came first would wait for those who came last.
TOGETHER = 16
REMEMBERED = 2_000  # questions, each with five hits that point into the index: a few megabytes
SMOOTHING = 0.2  # the newest batch's share in the time per question

PUBLIC = frozenset({"public"})


class _Key(NamedTuple):
    question: str  # as it is searched: what differs only in what `KnowledgeBase.read` takes away is one question
    language: str | None
    limit: int
    audiences: frozenset[str]


@dataclass(slots=True, eq=False)
class _Flight:
    """A question on its way, and everybody who waits for it. Changed by the event loop alone."""

    key: _Key
    callers: list[asyncio.Future[list[Hit]]] = field(default_factory=list)
    wanted: bool = True  # the thread looks at this before it begins


class Asker:
    """Answers questions for one event loop. What was asked since the documents last changed is answered from memory."""

    def __init__(
        self, threads: ModelThreads, knowledge: Callable[[], KnowledgeBase], remembered: int = REMEMBERED
    ) -> None:
        """`knowledge` gives the documents to search; it is called again for each question."""
        self.hits = 0  # callers who were answered from memory, or joined a question under way
        self.misses = 0  # questions given to the model
        self.batches = 0  # runs of the model: misses / batches questions in one
        self._threads = threads
        self._knowledge = knowledge
        self._remembered = remembered
        self._state: object = None  # of the documents that `_known` and `_flights` are about
        self._known: OrderedDict[_Key, tuple[Hit, ...]] = OrderedDict()
        self._flights: dict[_Key, _Flight] = {}
        self._queue: deque[_Flight] = deque()
        self._turns = 0  # of the threads that are on their way; changed under `_counting`
        self._counting = threading.Lock()
        self._waiting = 0
        self._each_s = 0.0
        self._began: dict[int, float] = {}  # when the batch that a thread is at came to it
        EMBED_WAITING.follow(lambda: self.waiting)

    @property
    def waiting(self) -> int:
        """Questions that somebody waits for."""
        return self._waiting

    @property
    def expected_wait_s(self) -> float:
        """Seconds until a question that comes now would begin; 0 while nothing waits."""
        if not self._waiting:
            return 0.0
        # A model that hangs measures nothing, so what the batch has taken already counts too.
        longest = max((time.monotonic() - began for began in list(self._began.values())), default=0.0)
        return max(self._waiting * self._each_s / self._threads.count, longest)

    async def search(
        self, question: str, language: str | None, limit: int = 5, audiences: frozenset[str] = PUBLIC
    ) -> list[Hit]:
        """As `KnowledgeBase.search`. Whatever the model raises comes to those who asked what it choked on.

        A cancelled caller costs nothing: a question that nobody waits for any more is left out of its batch.
        RuntimeError when the model's threads have ended.
        """
        if (known := self.known(question, language, limit, audiences)) is not None:
            return list(known)
        key = _Key(self._knowledge().read(question, language), language, limit, audiences)
        began = time.monotonic()
        flight = self._flights.get(key)
        if flight is None:
            self.misses += 1
            CACHE["miss"].inc()
            flight = self._depart(key)
        else:
            self._found()
        caller: asyncio.Future[list[Hit]] = asyncio.get_running_loop().create_future()
        flight.callers.append(caller)
        try:
            hits = await caller
            SEARCH_SECONDS.observe(time.monotonic() - began)
            return hits
        finally:
            if all(each.done() for each in flight.callers):
                self._land(flight)

    async def search_after(
        self, question: str, language: str | None, limit: int = 5, audiences: frozenset[str] = PUBLIC
    ) -> list[Hit]:
        """As `search`, in the second rank: for whoever reads along, so that no customer's question waits behind it."""
        if (known := self.known(question, language, limit, audiences)) is not None:
            return list(known)
        knowledge = self._knowledge()
        key = _Key(knowledge.read(question, language), language, limit, audiences)
        state = knowledge.state
        turn = self._threads.submit(lambda: _looked_for(knowledge, key))
        hits = await asyncio.wrap_future(turn)
        self._remember(key, hits, state if knowledge.state is state else None)
        return list(hits)

    def without(self, hits: Sequence[Hit], root: str, language: str | None) -> list[Hit]:
        """As `KnowledgeBase.without`."""
        return self._knowledge().without(hits, root, language)

    def known(
        self, question: str, language: str | None, limit: int = 5, audiences: frozenset[str] = PUBLIC
    ) -> Sequence[Hit] | None:
        """What `search` would give at once, the same tuple until the documents change; None: ask the model."""
        knowledge = self._knowledge()
        key = _Key(knowledge.read(question, language), language, limit, audiences)
        if not key.question:
            return ()
        self._forget_unless(knowledge.state)
        known = self._known.get(key)
        if known is None:
            return None if knowledge.size[1] else ()
        self._known.move_to_end(key)
        self._found()
        return known

    def _found(self) -> None:
        self.hits += 1
        CACHE["hit"].inc()

    def _depart(self, key: _Key) -> _Flight:
        flight = self._flights[key] = _Flight(key)
        self._waiting += 1
        self._queue.append(flight)
        self._call_thread(asyncio.get_running_loop())
        return flight

    def _call_thread(self, loop: asyncio.AbstractEventLoop) -> None:
        """Another thread for what waits, unless there are as many on their way as can be of use."""
        with self._counting:
            if self._turns >= min(len(self._queue), self._threads.count):
                return
            self._turns += 1
        try:
            turn = self._threads.submit_first(lambda: self._answer(loop))
        except RuntimeError:
            _call(loop, self._fail_all)
        else:
            turn.add_done_callback(lambda turn: _call(loop, self._fail_all) if turn.cancelled() else None)

    # -- in the model's threads ----------------------------------------------------------------------------

    def _answer(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answers its share of what waits, at most TOGETHER, and asks for another turn if that was not all."""
        with self._counting:  # before the queue is read: who comes too late for this turn asks for one
            self._turns -= 1
            batch = self._share()
        if batch:
            here = threading.get_ident()
            self._began[here] = began = time.monotonic()
            try:
                self._answer_batch(loop, batch)
            except Exception as error:  # none may be left waiting
                for flight in batch:
                    _call(loop, self._fail, flight, error)
            del self._began[here]
            each = (time.monotonic() - began) / len(batch)
            self._each_s = (1 - SMOOTHING) * self._each_s + SMOOTHING * each if self._each_s else each
        self._call_thread(loop)

    def _share(self) -> list[_Flight]:
        """All of it for the one thread. Several leave some to each other, and each takes less the less there is (as in
        guided self-scheduling): to be read together saves little, to wait for a long question beside costs much.
        """
        share = min(-(-len(self._queue) // (2 * self._threads.count - 1)), TOGETHER)
        batch: list[_Flight] = []
        while self._queue and len(batch) < share:
            flight = self._queue.popleft()
            if flight.wanted:
                batch.append(flight)
            else:
                EMBED_DROPPED.inc()
        return batch

    def _answer_batch(self, loop: asyncio.AbstractEventLoop, batch: Sequence[_Flight]) -> None:
        knowledge = self._knowledge()
        vectors = self._vectors(knowledge, batch)
        if len(vectors) != len(batch):
            raise ValueError(f"{len(batch)} questions have {len(vectors)} vectors")
        for flight, vector in zip(batch, vectors, strict=True):
            if isinstance(vector, Exception):
                _call(loop, self._fail, flight, vector)
            elif flight.wanted:
                self._find(loop, knowledge, flight, vector)

    def _vectors(self, knowledge: KnowledgeBase, batch: Sequence[_Flight]) -> Sequence[NDArray[np.float32] | Exception]:
        with self._counting:
            self.batches += 1
        EMBED_SIZE.observe(len(batch))
        began = time.monotonic()
        try:
            vectors = list(knowledge.question_vectors([flight.key.question for flight in batch]))
            EMBED_SECONDS.observe(time.monotonic() - began)
            return vectors
        except Exception as error:
            if len(batch) == 1:
                return [error]
        # One of them broke it: alone, each has the model to itself.
        return [vector for flight in batch for vector in self._vectors(knowledge, [flight])]

    def _find(
        self, loop: asyncio.AbstractEventLoop, knowledge: KnowledgeBase, flight: _Flight, vector: NDArray[np.float32]
    ) -> None:
        key, state = flight.key, knowledge.state
        try:
            hits = knowledge.find(key.question, vector, key.language, key.limit, key.audiences)
        except Exception as error:
            _call(loop, self._fail, flight, error)
        else:
            _call(loop, self._give, flight, tuple(hits), state if knowledge.state is state else None)

    # -- on the event loop ---------------------------------------------------------------------------------

    def _give(self, flight: _Flight, hits: tuple[Hit, ...], state: object) -> None:
        """`state`: of the documents that were searched; None if they changed meanwhile."""
        for caller in flight.callers:
            if not caller.done():
                caller.set_result(list(hits))
        self._land(flight)
        self._remember(flight.key, hits, state)

    def _remember(self, key: _Key, hits: tuple[Hit, ...], state: object) -> None:
        self._forget_unless(self._knowledge().state)
        if state is self._state:
            self._known[key] = hits
            if len(self._known) > self._remembered:
                self._known.popitem(last=False)

    def _fail(self, flight: _Flight, error: Exception) -> None:
        for caller in flight.callers:
            if not caller.done():
                caller.set_exception(error)
        self._land(flight)

    def _fail_all(self) -> None:
        with self._counting:
            self._turns = 0
            left = list(self._queue)
            self._queue.clear()
        for flight in left:
            self._fail(flight, RuntimeError("the model's threads have ended"))

    def _land(self, flight: _Flight) -> None:
        if flight.wanted:
            flight.wanted = False
            self._waiting -= 1
        if self._flights.get(flight.key) is flight:
            del self._flights[flight.key]

    def _forget_unless(self, state: object) -> None:
        """What was published a moment ago must be found, so nothing from before is given, nor joined."""
        if state is not self._state:
            self._state = state
            self._known.clear()
            self._flights.clear()


def _looked_for(knowledge: KnowledgeBase, key: _Key) -> tuple[Hit, ...]:
    vector = knowledge.question_vectors([key.question])[0]
    return tuple(knowledge.find(key.question, vector, key.language, key.limit, key.audiences))


def _call(loop: asyncio.AbstractEventLoop, work: Callable[..., None], *args: Any) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has been closed, and nobody waits any more
        loop.call_soon_threadsafe(work, *args)

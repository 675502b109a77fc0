"""The threads that run the model: questions first, whatever else there is when none waits."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# One turn in so many is the second rank's, whatever waits in the first: an article gets published in a rush, too.
TURNS = 4


class ModelThreads(Executor):
    """The threads that run the model. What is submitted runs when no question waits, and one turn in TURNS.

    Of several threads one is always kept for questions, so that none waits for a piece of an article.
    """

    def __init__(self, count: int = 1) -> None:
        self.count = count
        self._first: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._second: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._turn = 0
        self._seconds = 0  # threads that are at work of the second rank
        self._threads = [threading.Thread(target=self._run, name="model", daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Second rank. RuntimeError after `shutdown`. A single thread's questions wait for one call at most: make it a
        short one.
        """
        return self._put(self._second, lambda: fn(*args, **kwargs))

    def submit_first(self, work: Callable[[], T]) -> Future[T]:
        """Before everything that was submitted in the second rank. RuntimeError after `shutdown`."""
        return self._put(self._first, work)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the threads when their work is done, or, with `cancel_futures`, after what they are doing now."""
        left: list[tuple[Future[Any], Callable[[], Any]]] = []
        with self._changed:
            self._closed = True
            if cancel_futures:
                left = [*self._first, *self._second]
                self._first.clear()
                self._second.clear()
            self._changed.notify_all()
        for future, _ in left:
            future.cancel()
        if wait:
            for thread in self._threads:
                if thread is not threading.current_thread():
                    thread.join()

    def _put(self, rank: deque[tuple[Future[Any], Callable[[], Any]]], work: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        with self._changed:
            if self._closed:
                raise RuntimeError("the model's threads have ended")
            rank.append((future, work))
            self._changed.notify()
        return future

    def _run(self) -> None:
        while True:
            with self._changed:
                while not (self._first or self._may_take_second()):
                    if self._closed and not self._second:
                        return
                    self._changed.wait()
                self._turn = self._turn % TURNS + 1
                second = not self._first or (self._turn == TURNS and self._may_take_second())
                future, work = (self._second if second else self._first).popleft()
                self._seconds += second
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as error:  # as executors do: it belongs to whoever asked
                    future.set_exception(error)
            del future, work  # not kept alive until the next one comes
            if second:
                with self._changed:
                    self._seconds -= 1
                    self._changed.notify_all()  # whoever left it to this one

    def _may_take_second(self) -> bool:
        return bool(self._second) and self._seconds < max(1, self.count - 1)

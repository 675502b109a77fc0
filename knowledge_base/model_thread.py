"""The one thread that runs the model: questions first, whatever else there is when none waits."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# One turn in so many is the second rank's, whatever waits in the first: an article gets published in a rush, too.
TURNS = 4


class ModelThread(Executor):
    """The one thread that runs the model. What is submitted runs when no question waits, and one turn in TURNS."""

    def __init__(self) -> None:
        self._first: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._second: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._second_thread = ThreadPoolExecutor(1, thread_name_prefix="beside-model")
        self._thread = threading.Thread(target=self._run, name="model", daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Second rank. RuntimeError after `shutdown`. Questions wait for one call at most: make it a short one."""
        return self._put(self._second, lambda: fn(*args, **kwargs))

    def submit_first(self, work: Callable[[], T]) -> Future[T]:
        """Before everything that was submitted in the second rank. RuntimeError after `shutdown`."""
        return self._put(self._first, work)

    def submit_beside(self, work: Callable[[], T]) -> Future[T]:
        """In a second thread, while the model goes on with the next. RuntimeError after `shutdown`."""
        return self._second_thread.submit(work)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the thread when its work is done, or, with `cancel_futures`, after what it is doing now."""
        left: list[tuple[Future[Any], Callable[[], Any]]] = []
        with self._changed:
            self._closed = True
            if cancel_futures:
                left = [*self._first, *self._second]
                self._first.clear()
                self._second.clear()
            self._changed.notify()
        for future, _ in left:
            future.cancel()
        if wait and threading.current_thread() is not self._thread:
            self._thread.join()
        self._second_thread.shutdown(wait=wait)

    def _put(self, rank: deque[tuple[Future[Any], Callable[[], Any]]], work: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        with self._changed:
            if self._closed:
                raise RuntimeError("the model's thread has ended")
            rank.append((future, work))
            self._changed.notify()
        return future

    def _run(self) -> None:
        turn = 0
        while True:
            with self._changed:
                while not (self._first or self._second):
                    if self._closed:
                        return
                    self._changed.wait()
                turn = turn % TURNS + 1
                second = not self._first or (turn == TURNS and bool(self._second))
                future, work = (self._second if second else self._first).popleft()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as error:  # as executors do: it belongs to whoever asked
                future.set_exception(error)
            del future, work  # not kept alive until the next one comes

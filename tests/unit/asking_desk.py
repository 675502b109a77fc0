"""A desk for the tests of asking: a few articles, an embedder that does as it is told, an Asker on its thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.asking import Asker
from knowledge_base.embedder import Kind
from knowledge_base.model_threads import ModelThreads
from knowledge_base.passages import Document
from knowledge_base.search import Hit, KnowledgeBase
from tests.embedders import HashEmbedder

DOCUMENTS = [
    Document("parcel", "da", "Hvor er min pakke?", ("Følg pakken",), "Se sporing."),
    Document("returns", "da", "Hvordan returnerer jeg?", (), "Brug labelen i pakken."),
    Document("secret", "da", "Hvor er min pakke, internt", (), "Ring til lageret.", audience="internal"),
]
QUESTION = "hvor er min pakke"


class WatchedEmbedder(HashEmbedder):
    """Writes down what it is given; `gate` holds it back, all of it or what has `held` in it; "break" breaks it."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.gate: threading.Event | None = None
        self.held = ""
        self.reached = threading.Event()

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        self.batches.append(list(texts))
        self.reached.set()
        if self.gate is not None and any(self.held in text for text in texts):
            assert self.gate.wait(30)
        if any("break" in text for text in texts):
            raise ValueError(f"choked on one of {len(texts)}")
        return super().encode(texts, kind)


@dataclass
class Desk:
    embedder: WatchedEmbedder
    knowledge: KnowledgeBase
    threads: ModelThreads
    asker: Asker

    def hold(self) -> threading.Event:
        """Keeps a thread busy, so that what is asked has to wait, until the event is set."""
        gate, begun = threading.Event(), threading.Event()

        def wait() -> None:
            begun.set()
            assert gate.wait(30)

        self.threads.submit_first(wait)
        assert begun.wait(30)
        return gate

    def ask(self, question: str, **options: Any) -> asyncio.Task[list[Hit]]:
        return asyncio.create_task(self.asker.search(question, "da", **options))


@asynccontextmanager
async def opened(remembered: int = 100, threads: int = 1) -> AsyncIterator[Desk]:
    embedder = WatchedEmbedder()
    knowledge = KnowledgeBase(embedder)
    knowledge.replace(DOCUMENTS)
    embedder.batches.clear()
    model = ModelThreads(threads)
    try:
        yield Desk(embedder, knowledge, model, Asker(model, lambda: knowledge, remembered))
    finally:
        if embedder.gate is not None:
            embedder.gate.set()
        model.shutdown(cancel_futures=True)


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def wrapped() -> None:
        asyncio.run(asyncio.wait_for(test(), 60))

    wrapped.__name__ = test.__name__
    return wrapped


def names(hits: list[Hit]) -> list[str]:
    return [hit.document.id for hit in hits]

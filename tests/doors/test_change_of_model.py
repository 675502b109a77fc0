"""Another model is set: the old one answers until the new one has read all; their vectors never meet."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge_base.embedder import Embedder, Kind, ModelError
from knowledge_base.libraries import Libraries
from tests.doors.article_desk import PARCEL, Desk, become
from tests.embedders import HashEmbedder

pytestmark = pytest.mark.anyio


class NewEmbedder(HashEmbedder):
    """Longer vectors; reads articles only while the gate is open."""

    name = "new"
    dimension = 96

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.read: list[str] = []

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        assert self.gate.wait(30)
        self.read += texts
        rows = super().encode(texts, kind)
        return np.roll(rows, 7, axis=1)


@asynccontextmanager
async def restarted(desk: Desk, embedder: Embedder, open_model: Callable[[str], Embedder]) -> AsyncIterator[Libraries]:
    """The server, started again with another setting."""
    with ThreadPoolExecutor(2) as threads:  # the gate holds up one of them
        libraries = Libraries(desk.db, embedder, threads, embedder.name, open_model)
        await libraries.start()
        try:
            yield libraries
        finally:
            if isinstance(embedder, NewEmbedder):
                embedder.gate.set()
            await libraries.stop()


def first(libraries: Libraries, question: str) -> str | None:
    hits = libraries.current.kb.search(question, "da")
    return hits[0].document.id if hits else None


def never(setting: str) -> Embedder:
    raise AssertionError(f"{setting} is not needed")


async def test_the_old_model_answers_until_the_new_one_has_read_everything(desk: Desk) -> None:
    await desk.published()
    opened: list[str] = []

    def open_model(setting: str) -> Embedder:
        opened.append(setting)
        return HashEmbedder()

    new = NewEmbedder()
    with ThreadPoolExecutor(2) as threads:
        libraries = Libraries(desk.db, new, threads, "new", open_model)
        new.gate.clear()
        await libraries.start()
        assert opened == ["hash"]
        assert libraries.coming is not None
        assert (libraries.current.model, libraries.coming.model) == ("hash-64-1", "new")
        assert first(libraries, "spor min pakke") == "hvor-er-min-pakke.da"
        edition = await desk.done("POST", "", {**PARCEL, "title": "Kan jeg returnere?", "questions": []})
        await libraries.current.publish(edition["article"], "da", 1, "Synne")
        assert first(libraries, "kan jeg returnere") == "kan-jeg-returnere.da", "what is published now is answered with"
        old, coming = libraries.reading()
        assert (old.articles, coming.articles, coming.model) == (2, 0, "new")
        new.gate.set()
        await become(lambda: libraries.coming is None)
        assert libraries.current.model == "new"
        assert libraries.current.kb.dimension == 96
        await become(lambda: libraries.current.kb.size[0] == 2)
        assert first(libraries, "kan jeg returnere") == "kan-jeg-returnere.da"
        assert first(libraries, "spor min pakke") == "hvor-er-min-pakke.da"
        assert [each.model for each in libraries.reading()] == ["new"]
        await libraries.stop()
    async with restarted(desk, NewEmbedder(), never) as again:
        assert (again.current.model, again.current.kb.size[0], again.coming) == ("new", 2, None)


async def test_a_change_that_was_interrupted_is_taken_up_again(desk: Desk) -> None:
    await desk.published()
    for _ in range(2):
        new = NewEmbedder()
        with ThreadPoolExecutor(2) as threads:
            libraries = Libraries(desk.db, new, threads, "new", lambda setting: HashEmbedder())
            new.gate.clear()
            await libraries.start()
            assert libraries.current.model == "hash-64-1"
            await libraries.stop()
            new.gate.set()


async def test_going_back_finds_the_old_vectors_there(desk: Desk) -> None:
    await desk.published()
    async with restarted(desk, NewEmbedder(), lambda setting: HashEmbedder()) as libraries:
        await become(lambda: libraries.current.model == "new" and libraries.coming is None)
    async with restarted(desk, HashEmbedder(), never) as again:
        assert (again.current.model, again.current.kb.size[0]) == ("hash-64-1", 1)


@pytest.mark.parametrize("why", ["gone", "replaced"])
async def test_without_the_old_model_the_new_one_answers_with_what_it_has_read(desk: Desk, why: str) -> None:
    await desk.published()

    def open_model(setting: str) -> Embedder:
        if why == "gone":
            raise ModelError("There is no such folder.")
        return NewEmbedder()

    async with restarted(desk, NewEmbedder(), open_model) as libraries:
        assert (libraries.current.model, libraries.coming) == ("new", None)
        await become(lambda: first(libraries, "spor min pakke") == "hvor-er-min-pakke.da")


async def test_how_far_the_assistant_is_can_be_asked(desk: Desk) -> None:
    await desk.published()
    answer = await desk.client.get("/api/v1/knowledge")
    assert answer.status_code == 200
    body = answer.json()
    assert body["then"] is None
    assert (body["now"]["model"], body["now"]["articles"], body["now"]["units"]) == ("hash-64-1", 1, 3)
    assert body["now"]["done"] == body["now"]["total"]
    desk.client.cookies.clear()
    assert (await desk.client.get("/api/v1/knowledge")).status_code == 401

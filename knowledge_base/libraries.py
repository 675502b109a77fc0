"""Which model answers: after a change of the setting the old one goes on until the new one has read every article."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import structlog

from knowledge_base.embedder import Embedder, ModelError
from knowledge_base.metrics import INDEX_ARTICLES, INDEX_PASSAGES, WAITING_FOR_VECTORS
from knowledge_base.publishing import Library
from runtime import meta
from runtime.db import Database
from runtime.tasks import Tasks

_KEY = "answering_model"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a model is with the articles: `done` of the `total` that it has had to read in this go."""

    model: str
    articles: int
    units: int
    done: int
    total: int


class Libraries:
    """The library that answers, and the one of a new model beside it. Each has an index of its own model's vectors."""

    def __init__(
        self, db: Database, embedder: Embedder, executor: Executor, setting: str, open_model: Callable[[str], Embedder]
    ) -> None:
        """`embedder` is the one of the setting; `open_model` opens the one of an earlier setting."""
        self.current = Library(db, embedder, executor)
        self.coming: Library | None = None
        self._db = db
        self._executor = executor
        self._setting = setting
        self._open_model = open_model
        self._tasks = Tasks()

    async def start(self) -> None:
        wanted = self.current
        await wanted.start()
        old = None if wanted.complete.is_set() else await self._before()
        if old is None:
            await self._remember()
        else:
            await old.start()
            self.current, self.coming = old, wanted
            self._tasks.start(self._change_over(old, wanted))
            _log.info("model_changing", old=old.model, new=wanted.model, articles=wanted.progress[1])
        INDEX_ARTICLES.follow(lambda: self.current.kb.size[0])
        INDEX_PASSAGES.follow(lambda: self.current.kb.size[1])
        WAITING_FOR_VECTORS.follow(lambda: (self.coming or self.current).waiting)

    async def stop(self) -> None:
        await self._tasks.stop()
        await self.current.stop()
        if self.coming is not None:
            await self.coming.stop()

    def reading(self) -> list[Reading]:
        """The model that answers, and behind it the one that is to follow, if any."""
        return [
            Reading(each.model, *each.kb.size, *each.progress)
            for each in (self.current, self.coming)
            if each is not None
        ]

    async def _before(self) -> Library | None:
        """The library of the model that answered last; None where that is the wanted one, or cannot be had."""
        stored = await self._db.read(meta.recall, _KEY)
        if stored is None:
            return None
        known = json.loads(stored)
        if known["name"] == self.current.model:
            return None
        try:
            loop = asyncio.get_running_loop()
            embedder = await loop.run_in_executor(self._executor, self._open_model, known["setting"])
        except ModelError as error:
            _log.warning("old_model_gone", model=known["name"], why=str(error))
            return None
        if embedder.name != known["name"]:  # a folder whose files were replaced, or a newer version of the bundled one
            _log.warning("old_model_gone", model=known["name"], why="another is in its place")
            return None
        return Library(self._db, embedder, self._executor)

    async def _change_over(self, old: Library, new: Library) -> None:
        await new.complete.wait()
        self.current, self.coming = new, None
        await old.stop()
        await self._remember()
        _log.info("model_changed", model=new.model, articles=new.kb.size[0])

    async def _remember(self) -> None:
        known = json.dumps({"setting": self._setting, "name": self.current.model})
        await self._db.write(meta.remember, _KEY, known)

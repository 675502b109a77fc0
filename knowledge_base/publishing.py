"""The way of an article from its draft to the bot: Library keeps the index in step with what is published."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import structlog

from knowledge_base import articles, embedding, versions
from knowledge_base.articles import Edition, Root, document_id
from knowledge_base.embedder import Embedder
from knowledge_base.intake import Item
from knowledge_base.metrics import INDEX_BUILD_SECONDS
from knowledge_base.passages import Document, units_of
from knowledge_base.search import Hit, KnowledgeBase
from knowledge_base.versions import Arrival, Entry, Vectors
from runtime.bus import Notice
from runtime.db import Database, Tx
from runtime.memory import give_back
from runtime.tasks import Tasks

Progress = Callable[[int, int], None]  # (documents done, documents in all)

# A notice may be lost, and commands of other processes ring no bell here: how long an index may then be behind.
COMPARE_EVERY_S = 10.0
RETRY_AFTER_S = 2.0
FORGET_EVERY_S = 24 * 3600.0
# To put a document in costs about a thousandth of building a large index anew. But what compounds are made of is learnt
# when it is built: once one in PUT_SHARE came one by one, it is.
MANY = 50
PUT_SHARE = 4
REFILL_AT_ONCE = 500  # so that a long import can be searched before it is through
IMPORT_AT_ONCE = 8  # articles in one transaction: what an interruption costs, and how often progress moves
EMBED_AT_ONCE = 16  # documents held in memory at once, and between two looks at notices

_log = structlog.get_logger(__name__)


class Library:
    """The live index of what is published. `kb` may be searched at any time, from any thread.

    Only vectors of `model` are ever in it. Those that are missing (a new model, an import by another process) are made
    in the background, and stored for the next start and the other workers.
    """

    def __init__(self, db: Database, embedder: Embedder, executor: Executor) -> None:
        """`executor` runs the model; with one thread no two texts fight for the same cores."""
        self.kb = KnowledgeBase(embedder)
        self.model = embedder.name
        self.complete = asyncio.Event()  # set while the index is known to hold all that is published
        self._db = db
        self._embedder = embedder
        self._executor = executor
        self._held: dict[str, tuple[int, str]] = {}  # document id -> (version, audience) in the index
        self._due: dict[str, None] = {}  # a set that keeps its order
        self._marked = 0  # how many have come into it since it was last empty
        self._put_since = 0  # documents that came into the index one by one since it was built
        self._refilled = True  # and nothing was given back of the memory that this took
        self._wake = asyncio.Event()
        self._turn = asyncio.Lock()
        self._tasks = Tasks()
        self._unlisten: Callable[[], None] | None = None

    async def start(self) -> None:
        """Fills the index from stored vectors, then follows the notices. What has no vectors comes in later."""
        if self._db.bus is not None:
            self._unlisten = self._db.bus.listen(self._hear)  # before reading, so that nothing falls between
        found = await self._db.read(versions.entries, self.model)
        ready = {entry.document.id: entry for entry in found if _fits(entry, self.kb)}
        await asyncio.to_thread(_fill, self.kb, ready.values())
        await asyncio.to_thread(self.kb.rehearse)  # before the first answer, so that certainty does not move after it
        self._held = {name: (entry.version, entry.document.audience) for name, entry in ready.items()}
        missing = [entry.document.id for entry in found if entry.document.id not in ready]
        # Each worker begins at another place, and takes what it comes upon of the others' from the database.
        first = secrets.randbelow(len(missing)) if missing else 0
        self._mark([*missing[first:], *missing[:first]])
        if not missing:
            self.complete.set()
        self._tasks.start(self._follow())

    @property
    def waiting(self) -> int:
        """Documents that have changed and are not yet read."""
        return len(self._due)

    @property
    def progress(self) -> tuple[int, int]:
        """(documents read, documents in all) since everything was read last."""
        return self._marked - len(self._due), self._marked

    async def stop(self) -> None:
        if self._unlisten is not None:
            self._unlisten()
        await self._tasks.stop()

    async def publish(self, article: str, language: str, revision: int, by: str) -> Edition:
        """Embeds the draft outside of any transaction, publishes it, and has it in the index when it returns.

        EditedElsewhere, TitleMissing, NotFound.
        """
        document = await self._db.read(versions.to_publish, article, language, revision)
        vectors = await self._embed(document)
        edition = await self._db.write(versions.publish, article, language, revision, self.model, vectors, by)
        await self.catch_up([document.id])
        return edition

    async def archive(self, article: str, language: str, by: str) -> Edition:
        """Takes the article out of use in that language; the index is without it when this returns. NotFound."""
        edition = await self._db.write(versions.archive, article, language, by)
        await self.catch_up([document_id(article, language)])
        return edition

    async def catch_up(self, documents: Sequence[str]) -> None:
        """Brings these documents of the index to what the database holds now."""
        async with self._turn:
            for name in documents:
                self._due.pop(name, None)
            held = {each.document.id: each for each in await self._db.read(versions.entries, self.model, documents)}
            for name in documents:
                entry = held.get(name)
                if entry is None:
                    self._held.pop(name, None)
                    await asyncio.to_thread(self.kb.remove, name)
                elif self._held.get(name) != (entry.version, entry.document.audience):
                    await self._put(entry)

    async def change_root(self, article: str, audience: str | None, action: str | None) -> Root:
        """Who may read the article and which action goes with it; the index knows when this returns. NotFound."""
        root = await self._db.write(articles.change_root, article, audience, action)
        await self.catch_up([document_id(article, edition.language) for edition in root.editions])
        return root

    async def try_question(self, question: str, language: str | None, draft: Document | None = None) -> list[Hit]:
        """What a customer's question finds, now or with the draft in the place of its published version."""
        kb = self.kb if draft is None else await self.trial(draft)
        return await asyncio.get_running_loop().run_in_executor(self._executor, kb.search, question, language)

    async def _refill(self, documents: Sequence[str]) -> None:
        """As `catch_up`, for many: first all their vectors, then the whole index anew."""
        for start in range(0, len(documents), EMBED_AT_ONCE):
            part = documents[start : start + EMBED_AT_ONCE]
            for entry in await self._db.read(versions.entries, self.model, part):
                if not _fits(entry, self.kb):
                    await self._make_vectors(entry)
            for name in part:
                self._due.pop(name, None)
        async with self._turn:
            found = await self._db.read(versions.entries, self.model)
            ready = {entry.document.id: entry for entry in found if _fits(entry, self.kb)}
            await asyncio.to_thread(_fill, self.kb, ready.values())
            self._held = {name: (entry.version, entry.document.audience) for name, entry in ready.items()}
            self._put_since = 0
        self._refilled = True

    async def trial(self, draft: Document) -> KnowledgeBase:
        """A copy with the draft in the place of its published version; the live index does not notice."""
        vectors = await self._embed(draft)
        trial = self.kb.copy()
        await asyncio.to_thread(trial.put, draft, vectors)
        return trial

    async def _put(self, entry: Entry) -> None:
        vectors = entry.vectors if _fits(entry, self.kb) else await self._make_vectors(entry)
        await asyncio.to_thread(self.kb.put, entry.document, vectors)
        self._put_since += 1
        self._held[entry.document.id] = (entry.version, entry.document.audience)

    async def _make_vectors(self, entry: Entry) -> Vectors:
        vectors = await self._embed(entry.document)
        await self._db.write(versions.store_vectors, entry.document.id, entry.version, self.model, vectors)
        return vectors

    async def _embed(self, document: Document) -> Vectors:
        return await embedding.encode(self._db, self._embedder, self._executor, document)

    # -- following ------------------------------------------------------------------------------------------

    def _hear(self, notices: Sequence[Notice]) -> None:
        self._mark(str(notice.key) for notice in notices if notice.topic == "article")

    def _mark(self, documents: Iterable[str]) -> None:
        coming = dict.fromkeys(documents)
        if not self._due and coming:
            self._marked = 0
        self._marked += len(coming.keys() - self._due.keys())
        self._due.update(coming)
        if self._due:
            self.complete.clear()
            self._wake.set()

    async def _follow(self) -> None:
        compared_at = forget_at = asyncio.get_running_loop().time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(COMPARE_EVERY_S):
                    await self._wake.wait()
            self._wake.clear()
            due: list[str] = []
            try:
                now = asyncio.get_running_loop().time()
                if now - compared_at >= COMPARE_EVERY_S:
                    compared_at = now
                    self._mark(await self._differences())
                if now >= forget_at:
                    forget_at = now + FORGET_EVERY_S
                    await self._db.write(embedding.forget_old)
                while self._due:
                    due = list(self._due)[:REFILL_AT_ONCE]
                    if len(due) <= MANY or len(due) * PUT_SHARE < len(self._held):
                        due = due[:EMBED_AT_ONCE]
                        await self.catch_up(due)
                    else:
                        await self._refill(due)
                if self._put_since * PUT_SHARE > len(self._held) + MANY:
                    await self._refill([])
                self.complete.set()
                if self._refilled:  # in its first turn, too: everything was read at the start
                    self._refilled = False
                    await asyncio.to_thread(give_back)
                if self.kb.is_untidy:
                    await asyncio.to_thread(self.kb.tidy)
                if self.kb.is_unrehearsed:
                    await asyncio.to_thread(self.kb.rehearse)
            except Exception as error:  # the index stays as it was, and this is tried again
                _log.warning("library_behind", error=type(error).__name__, documents=len(due))
                await asyncio.sleep(RETRY_AFTER_S)
                self._mark(due)

    async def _differences(self) -> list[str]:
        stored = await self._db.read(versions.published_state)
        return [name for name in stored.keys() | self._held.keys() if stored.get(name) != self._held.get(name)]


def load_library(db: Database, embedder: Embedder, progress: Progress | None = None) -> KnowledgeBase:
    """For commands: the index of everything published; vectors that are missing are made and stored on the way."""
    kb = KnowledgeBase(embedder)
    found = db.read_now(versions.entries, embedder.name)
    missing = [entry for entry in found if not _fits(entry, kb)]
    made: dict[str, Vectors] = {}
    for number, entry in enumerate(missing, 1):
        vectors = made[entry.document.id] = embedding.encode_now(db, embedder, entry.document)
        db.write_now(versions.store_vectors, entry.document.id, entry.version, embedder.name, vectors)
        if progress:
            progress(number, len(missing))
    _fill(kb, [Entry(each.document, each.version, made.get(each.document.id, each.vectors)) for each in found])
    kb.rehearse()
    return kb


@dataclass(frozen=True, slots=True)
class Imported:
    """Document ids by what became of them. `kept`: left alone, since they hold edits that are not published yet."""

    published: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]


def import_documents(
    db: Database, embedder: Embedder, items: Sequence[Item], by: str, progress: Progress | None = None
) -> Imported:
    """Publishes what `intake` has read, one transaction for a few articles; what is there already is not touched.

    Interrupted, it may be run again: it goes on where it was. A running server takes the articles up by itself.
    """
    outcomes: dict[str, Arrival] = {}
    for start in range(0, len(items), IMPORT_AT_ONCE):
        part = items[start : start + IMPORT_AT_ONCE]
        wanted = [db.read_now(versions.arrival, item.article, item.language, item.draft) for item in part]
        vectors = [
            embedding.encode_now(
                db, embedder, versions.document_of(item.article, item.language, item.draft, item.audience or "public")
            )
            if outcome == "published"
            else None
            for item, outcome in zip(part, wanted, strict=True)
        ]
        outcomes.update(db.write_now(_import, part, vectors, embedder.name, by))
        if progress:
            progress(start + len(part), len(items))
    kinds: dict[Arrival, list[str]] = {"published": [], "unchanged": [], "kept": []}
    for name, outcome in outcomes.items():
        kinds[outcome].append(name)
    return Imported(tuple(kinds["published"]), tuple(kinds["unchanged"]), tuple(kinds["kept"]))


def _import(
    tx: Tx, items: Sequence[Item], vectors: Sequence[Vectors | None], model: str, by: str
) -> dict[str, Arrival]:
    return {
        document_id(item.article, item.language): versions.publish_imported(
            tx, item.article, item.language, item.draft, model, rows, by, item.audience, item.action
        )
        for item, rows in zip(items, vectors, strict=True)
    }


def _fill(kb: KnowledgeBase, entries: Iterable[Entry]) -> None:
    kept = list(entries)
    began = time.monotonic()
    kb.replace(
        [entry.document for entry in kept],
        {entry.document.id: entry.vectors for entry in kept if entry.vectors is not None},
    )
    INDEX_BUILD_SECONDS.observe(time.monotonic() - began)


def _fits(entry: Entry, kb: KnowledgeBase) -> bool:
    """Whether the stored vectors are those of the document's units as this program cuts them."""
    return entry.vectors is not None and entry.vectors.shape == (len(units_of(entry.document)), kb.dimension)

"""What repeats from answer to answer, kept for a moment: articles as they are shown, and the language of a text."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from bot import language as languages
from bot.extracts import Extract, extract
from bot.policy import Candidate, Thresholds
from conversation import sites
from conversation.events import Answered, Decided, Source
from conversation.sites import SiteCard
from knowledge_base.articles import Published, document_id, published
from knowledge_base.passages import plain
from knowledge_base.ranking import FEATURES
from knowledge_base.rendering import render, short_answer
from knowledge_base.search import Hit
from runtime.bus import Bus, Notice
from runtime.db import Database

K = TypeVar("K")
V = TypeVar("V")

KEPT_S = 10.0  # as long as the index may be behind what is published, where no notice came
ARTICLES = 512
TEXTS = 2_048
LONGEST = 200  # characters: longer texts hardly ever come twice


@dataclass(frozen=True, slots=True)
class Written:
    """An article as customers get it: `text` is its short answer in markdown, `html` the same for the page."""

    article: Published
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given last, but for its number; `place` is where `written` is kept."""

    hits: Sequence[Hit]
    thresholds: Thresholds
    place: tuple[str, str, str]
    written: Written
    answered: Answered
    decided: Decided

    def stands(self, hits: Sequence[Hit], thresholds: Thresholds, written: Written | None) -> bool:
        """Whether it would be made from the very same things again."""
        return self.hits is hits and self.thresholds is thresholds and self.written is written


def _keep(memory: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    """The oldest goes where there are more than `most`."""
    memory[key] = value
    if len(memory) > most:
        memory.popitem(last=False)


@dataclass(slots=True)
class Answers:
    """`base_url`: where links of one article to another lead."""

    db: Database
    bus: Bus
    base_url: str = ""
    _articles: OrderedDict[tuple[str, str, str], tuple[float, Written | None]] = field(default_factory=OrderedDict)
    _reading: dict[tuple[str, str, str], asyncio.Future[None]] = field(default_factory=dict)
    _sites: dict[int, tuple[float, SiteCard]] = field(default_factory=dict)
    given: OrderedDict[tuple[str, str, str], Given] = field(default_factory=OrderedDict)  # by text, language and shop
    _languages: OrderedDict[tuple[str, str, tuple[str, ...]], str] = field(default_factory=OrderedDict)
    _parts: OrderedDict[tuple[str, str, str], tuple[Written, Hit, tuple[Extract, str]]] = field(
        default_factory=OrderedDict
    )
    _changes: int = 0
    _stop: Callable[[], None] | None = None

    def start(self) -> None:
        self._stop = self.bus.listen(self._on_notices)

    def stop(self) -> None:
        if self._stop is not None:
            self._stop()

    def _on_notices(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            if notice.topic in ("article", "site"):
                self._changes += 1
                self._articles.clear()
                self._sites.clear()

    def give(self, key: tuple[str, str, str], given: Given) -> None:
        _keep(self.given, key, given, TEXTS)

    async def article(self, article: str, version: str, shop: str) -> Written | None:
        """None where there is none (any more). `shop`: where links without a host lead."""
        key = (article, version, shop)
        while True:
            held = self._articles.get(key)
            if held is not None and time.monotonic() - held[0] < KEPT_S:
                return held[1]  # also that there is none
            reading = self._reading.get(key)
            if reading is None:
                break
            await asyncio.shield(reading)  # many ask for what everybody asks for; one of them reads
        ready = self._reading[key] = asyncio.get_running_loop().create_future()
        try:
            return await self._read(key, article, version, shop)
        finally:
            del self._reading[key]
            ready.set_result(None)

    def held_article(self, article: str, version: str, shop: str) -> Written | None:
        """As `article`, from memory; None where it must be read, too."""
        held = self._articles.get((article, version, shop))
        return held[1] if held is not None and time.monotonic() - held[0] < KEPT_S else None

    async def _read(self, key: tuple[str, str, str], article: str, version: str, shop: str) -> Written | None:
        changes = self._changes
        found = await self.db.read(published, article, version)
        written = None
        if found is not None:
            text = short_answer(found.body)
            written = Written(found, text, self.html(found, text, shop))
        if changes == self._changes:  # what changed while we read must be read again
            _keep(self._articles, key, (time.monotonic(), written), ARTICLES)
        return written

    def answer(self, question: str, written: Written, hits: Sequence[Hit], shop: str) -> tuple[Extract, str]:
        """What of the article answers the question, and how it is shown; `hits` are what was found for the question."""
        article = written.article
        hit = next((hit for hit in hits if hit.document.id == document_id(article.article, article.language)), None)
        if hit is None:  # the customer chose it, or the index is behind
            return Extract(written.text, written.text), written.html
        key = (question, hit.document.id, shop)
        known = self._parts.get(key)
        if known is not None and known[0] is written and known[1] is hit:
            return known[2]
        found = extract(question, written.text, article.body, hit)
        html = written.html if found.marked == written.text else self.html(article, found.marked, shop)
        if len(question) <= LONGEST:
            _keep(self._parts, key, (written, hit, (found, html)), TEXTS)
        return found, html

    def html(self, article: Published, text: str, shop: str) -> str:
        return render(text, language=article.language, base_url=self.base_url, shop_url=shop)

    async def site(self, site_id: int) -> SiteCard:
        held = self.held_site(site_id)
        if held is not None:
            return held
        changes = self._changes
        site = await self.db.read(sites.site_by_id, site_id)
        if changes == self._changes:
            self._sites[site_id] = (time.monotonic(), site)
        return site

    def held_site(self, site_id: int) -> SiteCard | None:
        """None where it must be read."""
        held = self._sites.get(site_id)
        return held[1] if held is not None and time.monotonic() - held[0] < KEPT_S else None

    def held_language(self, text: str, prior: str, allowed: tuple[str, ...]) -> str | None:
        """None where it must be found out."""
        return self._languages.get((text, prior, allowed))

    async def language(self, text: str, prior: str, allowed: tuple[str, ...]) -> str:
        """As `language.detect`, which takes a tenth of a millisecond once it has read its model."""
        held = self.held_language(text, prior, allowed)
        if held is not None:
            return held
        if not languages.is_warm():
            await asyncio.to_thread(languages.warm_up)
        found = languages.detect(text, prior, allowed)
        if len(text) <= LONGEST:
            _keep(self._languages, (text, prior, allowed), found, TEXTS)
        return found


def shop_of(page: str, site: SiteCard) -> str:
    """Where the shop's own pages are, for links that name no host: agents read the answer on another one."""
    parts = urlsplit(page)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if origin in site.origins else site.origins[0]


def source_of(article: str, title: str, language: str) -> Source:
    return Source(article, title, f"/help/{language}/{article}", language)


def candidate_of(hit: Hit) -> Candidate:
    article = hit.document.root or hit.document.id
    return Candidate(article, hit.document.language, hit.document.title, hit.certainty)


def surest(hits: Sequence[Hit]) -> float:
    """The certainty of the best; 0 without one."""
    return hits[0].certainty if hits else 0.0


def explain(hit: Hit) -> dict[str, Any]:
    """What staff can read of it in the log; `parts` are what the certainty was computed from."""
    return {
        "article": hit.document.root or hit.document.id,
        "language": hit.document.language,
        "title": hit.document.title,
        "certainty": round(hit.certainty, 4),
        "score": round(hit.score, 4),
        "parts": {name: round(value, 3) for name, value in zip(FEATURES, hit.features.values(), strict=True)},
        "matched": plain(hit.matched)[:200],
        "passage": hit.passage[:300],
    }

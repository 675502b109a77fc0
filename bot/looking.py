"""What is found for a message: as it stands, with the question it leans on, or as the questions that it asks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot import leaning, policy, several
from bot.actions import Actions
from bot.answers import Answers, candidate_of, shop_of, surest
from bot.folding import fold
from bot.plainly import plainly
from bot.questions import Job
from bot.sentences import answering_sentence
from conversation.sites import SiteCard
from knowledge_base.search import Hit

CANDIDATES = 5
AUDIENCES = frozenset({"public"})
NEAR = 0.4  # share of the best score from which on an article is worth a look where the best did not help
SHORTEST_STEM = 4  # letters
SAID_OFTEN = 2  # times; a word that stands there more often points nowhere


class Searcher(Protocol):
    async def search(
        self, question: str, language: str | None, limit: int = 5, audiences: frozenset[str] = ...
    ) -> list[Hit]: ...

    def known(
        self, question: str, language: str | None, limit: int = 5, audiences: frozenset[str] = ...
    ) -> Sequence[Hit] | None:
        """What `search` gave a moment ago and would give now; None where it must look."""
        ...

    def without(self, hits: Sequence[Hit], root: str, language: str | None) -> list[Hit]:
        """What was found, with the certainties that it has where that article is not there."""
        ...

    @property
    def expected_wait_s(self) -> float:
        """How long a question that comes now would wait until its answer."""
        ...


@dataclass(frozen=True, slots=True)
class Besides:
    """Another question of the message. `hits`: what may answer it, none where nothing does; `asked`: how it was found.
    `sure`: it is answered as well."""

    part: str
    asked: str
    hits: Sequence[Hit] = ()
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for `asked`. `besides`: the other questions of the message; `note`: for the log; `more`: the best
    is the article just given, but another part of it. `sentence`: the one of the article just given that is nearest;
    `points`: the message itself points there, so that it alone is the answer."""

    hits: list[Hit]
    asked: str = ""
    note: str = ""
    besides: tuple[Besides, ...] = ()
    more: bool = False
    sentence: str = ""
    points: bool = False


@dataclass(slots=True)
class Looking:
    answers: Answers
    actions: Actions
    asker: Searcher

    async def find(self, job: Job, site: SiteCard, language: str, bars: policy.Thresholds, past: policy.Past) -> Found:
        reading = policy.read(job.text)
        if reading.leans and past.question:
            return await self._find_leaning(job, site, language, bars, past)
        if len(reading.parts) > 1:
            found = await self._find_several(reading.parts, language, bars, past)
            if found is not None:
                return found
        hits = await self._search(job.text, language)
        if job.last != job.text and surest(hits) < bars.answer:
            # The whole burst says nothing sure; perhaps its last message alone does.
            hits = max(hits, await self._search(job.last, language), key=surest)
        return Found(hits, job.text)

    async def instead(self, language: str, past: policy.Past) -> Found:
        """What else may answer the question before, whose answer did not help."""
        hits = await self._search(past.question, language)
        seen = {past.article, *past.offered}
        near = [hit for hit in hits if hit.score >= NEAR * hits[0].score and candidate_of(hit).article not in seen]
        return Found(near, past.question, f"once more: {past.question!r}")

    async def _search(self, text: str, language: str) -> list[Hit]:
        return await self.asker.search(plainly(text), language, CANDIDATES, AUDIENCES)

    async def _find_leaning(
        self, job: Job, site: SiteCard, language: str, bars: policy.Thresholds, past: policy.Past
    ) -> Found:
        """The surest of it with the question before and of it alone where it names something. The article just given
        only where it has more to say: whoever goes on has read it.
        """
        texts = [*leaning.with_question(past.question, job.text)]
        if leaning.content(job.text):
            texts.append(job.text)
        found = await asyncio.gather(*(self._search(text, language) for text in texts))
        given = [hit for hits in found for hit in hits if candidate_of(hit).article == past.article]
        if given and not await self._mentions(given[0], leaning.content(job.text), shop_of(job.page, site)):
            found = [self.asker.without(hits, past.article, language) for hits in found]
        best = max(range(len(texts)), key=lambda number: surest(found[number]))
        more, sentence, points = await self._tells_more(texts[best], found[best], job, site, language, past)
        others = [at for at, hits in enumerate(found) if hits and candidate_of(hits[0]).article != past.article]
        hits = found[best]
        if others and best not in others and not more:
            other = max(others, key=lambda number: surest(found[number]))
            if surest(found[other]) >= bars.answer:
                best, hits = other, found[other]
            else:  # to be offered beside the answer above
                hits = [hits[0], *(hit for hit in found[other] if candidate_of(hit).article != past.article)]
        note = "" if texts[best] == job.text else f"leans on the turn before: {texts[best]!r}"
        return Found(hits, texts[best], note, more=more, sentence=sentence, points=points)

    async def _tells_more(
        self, asked: str, hits: list[Hit], job: Job, site: SiteCard, language: str, past: policy.Past
    ) -> tuple[bool, str, bool]:
        """Whether the best is the article just given, and tells something else now than then; where it tells the same,
        the sentence of it that is nearest, and whether the message itself names something that stands only there."""
        if not hits or candidate_of(hits[0]).article != past.article:
            return False, "", False
        shop = shop_of(job.page, site)
        written = await self.answers.article(past.article, candidate_of(hits[0]).language, shop)
        if written is None or self.actions.runs(written.article.action):  # its result is another one each time
            return written is not None, "", False
        before = await self._search(past.question, language)
        then = self.answers.answer(past.question, written, before, shop)
        now = self.answers.answer(asked, written, hits, shop)[0].text
        if now != then[0].text:
            return True, "", False
        named = leaning.content(job.text)
        document = hits[0].document
        wanted, title = (" ".join(named), "") if named else (asked, document.title)
        nearest = answering_sentence(wanted, now, document.language, title)
        words, said = set(map(fold, named)), fold(nearest.sentence).split()
        all_there = words <= set(said) and any(fold(now).split().count(word) <= SAID_OFTEN for word in words)
        points = bool(named) and (nearest.clear or all_there)
        holds = not named or not words.isdisjoint(said)
        return points, nearest.sentence if points or holds else "", points

    async def _mentions(self, hit: Hit, named: Sequence[str], shop: str) -> bool:
        """Whether the article has one of these words, whatever its ending; also where there are none, or it does
        something, whose result is another one each time."""
        written = await self.answers.article(candidate_of(hit).article, hit.document.language, shop)
        if not named or written is None or self.actions.runs(written.article.action):
            return True
        said = f"{written.article.title} {written.article.body}".casefold()
        return any(word.casefold()[: max(SHORTEST_STEM, len(word) - 2)] in said for word in named)

    async def _find_several(
        self, parts: tuple[str, ...], language: str, bars: policy.Thresholds, past: policy.Past
    ) -> Found | None:
        """The surest of several questions, with the others; where none is sure, what may answer each. None where they
        are one."""
        asked = _apart(parts, past.question)
        found = await asyncio.gather(*(self._surest_of(texts, language) for _, texts in asked))
        best = _surest_part(found, past, bars.answer)
        sure = surest(found[best][1])
        if sure < bars.answer:
            return await self._offers(parts, [hits for _, hits in found], language, bars)
        answer = candidate_of(found[best][1][0]).article
        besides, given = [], {answer}
        for number, ((part, _), (text, hits)) in enumerate(zip(asked, found, strict=True)):
            if number == best or (hits and candidate_of(hits[0]).article in given):
                continue
            # All that is answered must be right with the probability that is asked for: what each may be wrong adds up.
            both = sure + surest(hits) - 1
            is_sure = both >= bars.answer and hits[0].document.language == found[best][1][0].document.language
            if is_sure:
                sure, given = both, given | {candidate_of(hits[0]).article}
            besides.append(Besides(part, text, hits if surest(hits) >= bars.offer else (), is_sure))
        if not besides:
            return None
        note = f"{len(parts)} questions, answered: {[asked[best][0], *(each.part for each in besides if each.sure)]}"
        return Found(found[best][1], found[best][0], note, tuple(besides))

    async def _surest_of(self, texts: Sequence[str], language: str) -> tuple[str, list[Hit]]:
        found = await asyncio.gather(*(self._search(text, language) for text in texts))
        return max(zip(texts, found, strict=True), key=lambda each: surest(each[1]))

    async def _offers(
        self, parts: tuple[str, ...], found: Sequence[list[Hit]], language: str, bars: policy.Thresholds
    ) -> Found | None:
        """None where the message as a whole is sure, or fewer than two of its questions have anything to offer."""
        near = sorted((hits[0] for hits in found if surest(hits) >= bars.offer), key=lambda hit: -hit.certainty)
        best = {candidate_of(hit).article: hit for hit in reversed(near)}
        if len(best) < 2 or surest(await self._search("\n".join(parts), language)) >= bars.answer:
            return None
        return Found(list(best.values())[::-1], "\n".join(parts), f"{len(parts)} questions, none sure")


def _apart(parts: tuple[str, ...], before: str) -> list[tuple[str, list[str]]]:
    """Each question without its "and", and what to look for: what points back is read with what was asked before it."""
    asked: list[tuple[str, list[str]]] = []
    topic = before
    for part in map(several.bare, parts):
        leans = bool(leaning.leans(part)) or leaning.points_back(part)
        named = bool(leaning.content(part))
        texts = [leaning.joined(topic, part)] if leans and topic else []
        if named or not texts:
            texts.append(part)
        if not leans:
            topic = part
        if named or texts != [part]:
            asked.append((part, texts))
    return asked or [(part, [part]) for part in parts]


def _surest_part(found: Sequence[tuple[str, list[Hit]]], past: policy.Past, bar: float) -> int:
    """A new article that is sure before the one that was given just now."""

    def worth(number: int) -> tuple[bool, float]:
        hits = found[number][1]
        return surest(hits) >= bar and candidate_of(hits[0]).article != past.article, surest(hits)

    return max(range(len(found)), key=worth)

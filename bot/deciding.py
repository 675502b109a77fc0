"""What the assistant says to one message: its language, what it finds, what the policy makes of that, in words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from msgspec.structs import replace as changed

from bot import leaning, phrases, policy, wording
from bot.actions import Actions, hours_sentence
from bot.actions.forms import FORMS
from bot.answers import Answers, candidate_of, explain, shop_of, source_of, surest
from bot.caution import Caution
from bot.extracts import Extract
from bot.folding import fold
from bot.plainly import plainly
from bot.questions import Job
from bot.sentences import answering_sentence
from conversation.events import Answered, Decided, Event, HandoffAsked, Offered, Reason, Remarked
from conversation.labels import SHADOW
from conversation.sites import SiteCard
from conversation.texts import preview
from handoff import hours
from knowledge_base.search import Hit
from runtime.clock import now_ms

CANDIDATES = 5
AUDIENCES = frozenset({"public"})
Turn = tuple[str, Event, Decided]
# In words of a customer that are shown again: neither markup nor anything that becomes a link.
_MARKUP = re.compile(r"(?<!\S)\S*?(?:://|\.\w)\S*|[\[\]()<>*_`#\\|]+")
_BRACKETS = re.compile(r"[\[\]\\]+")


class Searcher(Protocol):
    async def search(
        self, question: str, language: str | None, limit: int = 5, audiences: frozenset[str] = ...
    ) -> list[Hit]: ...

    def known(
        self, question: str, language: str | None, limit: int = 5, audiences: frozenset[str] = ...
    ) -> Sequence[Hit] | None:
        """What `search` gave a moment ago and would give now; None where it must look."""
        ...

    @property
    def expected_wait_s(self) -> float:
        """How long a question that comes now would wait until its answer."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for `asked`. `open`: other questions, each with what may answer it; `note`: for the log; `more`:
    the best is the article just given, but another part of it. `sentence`: the one of the article just given that is
    nearest; `points`: the message itself points there, so that it alone is the answer."""

    hits: list[Hit]
    asked: str = ""
    note: str = ""
    open: tuple[tuple[str, Hit | None], ...] = ()
    more: bool = False
    sentence: str = ""
    points: bool = False


@dataclass(slots=True)
class Deciding:
    """`max_turns`: answers and offers to somebody who is not helped, after which people take over; 0 for no limit."""

    answers: Answers
    actions: Actions
    asker: Searcher
    caution: Caution
    max_turns: int = policy.MAX_TURNS

    async def decide(self, job: Job) -> Turn:
        site = await self.answers.site(job.site_id)
        past = replace(job.past, misses=job.misses)
        article = job.article or self._agreed(job, past)
        if article and not site.shadow:  # its text is the title of the article, in whatever language that has
            chosen = await self._chosen(replace(job, article=article), site)
            if chosen is not None:
                return job.language, chosen, Decided(job.seq, "answer", 0.0, note="chosen by the customer")
        language = await self._language(job, site, past)
        found = Found([])
        bars = self.caution.of(site.id, language)
        decided = policy.before_search(job.text, past, self.max_turns)
        if decided is None:
            found = await self._find(job, site, language, bars, past)
            decided = await self._weigh(job, site, found, bars, past)
        decision, why = decided
        event, told = await self._event(job, site, language, decision, found, bars)
        note = "; ".join(filter(None, (why, found.note, told)))
        hits = tuple(map(explain, found.hits))
        return language, event, Decided(job.seq, policy.outcome(decision), bars.answer, hits, note)

    @staticmethod
    def _agreed(job: Job, past: policy.Past) -> str:
        """The article of "is this what you are looking for?", after a yes."""
        return past.offered[0] if len(past.offered) == 1 and phrases.is_yes(job.text) else ""

    async def _language(self, job: Job, site: SiteCard, past: policy.Past) -> str:
        """What leans on the turn before stays in its language: a few words tell little."""
        wished = phrases.wished_language(job.text)
        if wished is not None:
            return served(wished, site.languages) or job.language
        bound = served(job.chosen, site.languages) if job.chosen else None
        if bound is not None:
            return bound
        if past.question and job.language in policy.read(job.text).leans:
            return job.language
        return await self.answers.language(job.text, job.language, site.languages)

    # -- looking ---------------------------------------------------------------------------------------------

    async def _find(self, job: Job, site: SiteCard, language: str, bars: policy.Thresholds, past: policy.Past) -> Found:
        reading = policy.read(job.text)
        if reading.leans and past.question:
            return await self._find_leaning(job, site, language, bars, past)
        if len(reading.parts) > 1:
            several = await self._find_several(reading.parts, language, bars)
            if several is not None:
                return several
        hits = await self._search(job.text, language)
        if job.last != job.text and surest(hits) < bars.answer:
            # The whole burst says nothing sure; perhaps its last message alone does.
            hits = max(hits, await self._search(job.last, language), key=surest)
        return Found(hits, job.text)

    async def _search(self, text: str, language: str) -> list[Hit]:
        return await self.asker.search(plainly(text), language, CANDIDATES, AUDIENCES)

    async def _find_leaning(
        self, job: Job, site: SiteCard, language: str, bars: policy.Thresholds, past: policy.Past
    ) -> Found:
        """The surest of it with the words of the question before, of that about what it names instead, and of it alone
        where it names something. The article just given only where it has more to say: whoever goes on has read it.
        """
        texts = [leaning.joined(past.question, job.text), *leaning.exchanged(past.question, job.text)]
        if leaning.content(job.text):
            texts.append(job.text)
        found = await asyncio.gather(*(self._search(text, language) for text in texts))
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
        points = bool(named) and nearest.clear
        holds = not named or not set(map(fold, named)).isdisjoint(fold(nearest.sentence).split())
        return points, nearest.sentence if points or holds else "", points

    async def _find_several(self, parts: tuple[str, ...], language: str, bars: policy.Thresholds) -> Found | None:
        """The surest of several questions, and what is left open; None where they are one, or none is sure."""
        texts = [parts[0]]
        for part in parts[1:]:
            texts.append(leaning.joined(texts[0], part) if leaning.leans(part) else part)
        found = await asyncio.gather(*(self._search(text, language) for text in texts))
        best = max(range(len(parts)), key=lambda number: surest(found[number]))
        if surest(found[best]) < bars.answer:
            return None
        answer = candidate_of(found[best][0]).article
        left = [
            (part, hits[0] if surest(hits) >= bars.offer else None)
            for number, (part, hits) in enumerate(zip(parts, found, strict=True))
            if number != best and not (hits and candidate_of(hits[0]).article == answer)
        ]
        if not left:
            return None
        return Found(found[best], texts[best], f"{len(parts)} questions, answered: {parts[best]!r}", tuple(left))

    # -- weighing --------------------------------------------------------------------------------------------

    async def _weigh(
        self, job: Job, site: SiteCard, found: Found, bars: policy.Thresholds, past: policy.Past
    ) -> policy.Why:
        candidates = [candidate_of(hit) for hit in found.hits]
        sure = bool(candidates) and candidates[0].certainty >= bars.answer
        action = ""
        complains = policy.read(job.text).complaint == "stated"
        if sure and (complains or candidates[0].article == past.article):
            written = await self.answers.article(candidates[0].article, candidates[0].language, shop_of(job.page, site))
            action = written.article.action if written is not None else ""
        if complains and not self.actions.begins_form(action) and not past.bars(Reason.COMPLAINT):
            return policy.HandOff(Reason.COMPLAINT), "complains"
        repeats = not found.more and not self.actions.runs(action)
        return policy.decide(candidates, bars, past, job.text, repeats, nearest=bool(found.sentence))

    # -- words -----------------------------------------------------------------------------------------------

    async def _event(
        self,
        job: Job,
        site: SiteCard,
        language: str,
        decision: policy.Decision,
        found: Found,
        bars: policy.Thresholds,
    ) -> tuple[Event, str]:
        silent = site.shadow and not job.handed_back  # a colleague who hands back wants its answer
        if silent and not isinstance(decision, policy.HandOff):
            return HandoffAsked(Reason.POLICY_RESTRICTION), SHADOW
        match decision:
            case policy.HandOff(reason):
                return hand_over(reason, language, site), ""
            case policy.Remark(purpose):
                wished = phrases.wished_language(job.text)
                unknown = wished is not None and served(wished, site.languages) is None
                said = "no_language" if unknown else purpose
                return Remarked(job.seq, wording.say(said, language), said), ""
            case policy.Offer(choices, again):
                sources = tuple(source_of(choice.article, choice.title, choice.language) for choice in choices)
                quoted = preview(found.sentence) if again else ""
                text = wording.say(_offer(len(sources), again, bool(quoted)), language, sentence=quoted)
                return Offered(job.seq, text, sources), ""
            case policy.Answer(candidate):
                answer = await self._answer(
                    job, site, language, candidate.article, candidate.language, candidate.certainty, found
                )
                if answer is None:  # archived between the search and now
                    return Offered(job.seq, wording.say("unsure", language), ()), "article is gone"
                return answer

    async def _chosen(self, job: Job, site: SiteCard) -> Event | None:
        for version in (job.language, *site.languages):
            answer = await self._answer(job, site, job.language, job.article, version, 1.0)
            if answer is not None:
                return answer[0]
        return None

    async def _answer(
        self,
        job: Job,
        site: SiteCard,
        language: str,
        article: str,
        version: str,
        certainty: float,
        looked: Found = Found([]),
    ) -> tuple[Event, str] | None:
        shop = shop_of(job.page, site)
        written = await self.answers.article(article, version, shop)
        if written is None or written.article.audience not in AUDIENCES:  # a customer may name any article
            return None
        found, note, before, after = written.article, "", "", ""
        if found.action and found.action not in FORMS:
            slots = {"language": language, "hours": site.hours}
            done = await self.actions.run(found.action, job.conversation, job.text, slots)
            before, note = "\n\n".join((*done.texts, "")), found.action
        if looked.open:
            after = f"\n\n{_left_open(looked.open, language)}"
        part, html = self.answers.answer(looked.asked, written, looked.hits, shop)
        if looked.points:
            part = Extract(looked.sentence, looked.sentence)
            html = self.answers.html(found, looked.sentence, shop)
        text = f"{before}{part.text}{after}"
        if text != part.text:
            html = self.answers.html(found, f"{before}{part.marked}{after}", shop)
        source = source_of(found.article, found.title, found.language)
        return Answered(job.seq, text, html, source, round(certainty, 4)), note


def served(wished: str, languages: Sequence[str]) -> str | None:
    """The language of the site that somebody means who names one: the two that are written in Norway stand in for
    each other."""
    meant = ("nb", "nn") if wished == "nb" else ("nn", "nb") if wished == "nn" else (wished,)
    return next((language for language in meant if language in languages), None)


def _offer(count: int, again: bool, quotes: bool) -> str:
    """The sentence over so many choices."""
    if quotes:
        return "unsure_again_says_choices" if count else "unsure_again_says"
    if again:
        return "unsure_again_choices" if count else "unsure_again"
    return ("unsure", "unsure_choice")[count] if count < 2 else "unsure_choices"


def _left_open(left: tuple[tuple[str, Hit | None], ...], language: str) -> str:
    """One line on the questions that were not answered, with the article that may, where there is one."""
    said = []
    for part, hit in left:
        words = wording.quoted(f"{preview(_MARKUP.sub(' ', part)).strip(' ?.!')}?", language)
        if hit is not None:
            source = source_of(candidate_of(hit).article, hit.document.title, hit.document.language)
            words += f" ([{_BRACKETS.sub(' ', source.title).strip()}]({source.url}))"
        said.append(words)
    return wording.say("still_open", language, questions=" ".join(said))


def hand_over(reason: Reason, language: str, site: SiteCard | None) -> HandoffAsked:
    """With what the customer reads: what happens next, and when people come back where nobody is there now."""
    text = wording.hand_over(reason.value, language)
    opening = hours.parse_hours(site.hours) if site is not None else None
    at = now_ms()
    if opening is not None and not hours.at(opening, at).open:
        text = f"{text} {hours_sentence(opening, at, language)}"
    return HandoffAsked(reason, text)


def in_words(event: Event, language: str, site: SiteCard | None) -> Event:
    """A handover that was decided elsewhere, with its words."""
    if isinstance(event, HandoffAsked) and not event.text:
        return changed(event, text=hand_over(event.reason, language, site).text)
    return event

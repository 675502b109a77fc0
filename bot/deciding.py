"""What the assistant says to one message: its language, what it finds, what the policy makes of that, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from msgspec.structs import replace as changed

from bot import phrases, policy, wording
from bot.actions import Actions, hours_sentence
from bot.actions.forms import FORMS
from bot.answers import Answers, candidate_of, explain, shop_of, source_of
from bot.caution import Caution
from bot.extracts import Extract
from bot.looking import AUDIENCES, Besides, Found, Looking, Searcher
from bot.questions import Job
from conversation.events import Answered, Decided, Event, HandoffAsked, Offered, Reason, Remarked
from conversation.labels import SHADOW
from conversation.sites import SiteCard
from conversation.texts import preview
from handoff import hours
from runtime.clock import now_ms

NOTHING_FOUND = Found([])
Turn = tuple[str, Event, Decided]
# In words of a customer that are shown again: neither markup nor anything that becomes a link.
_MARKUP = re.compile(r"(?<!\S)\S*?(?:://|\.\w)\S*|[\[\]()<>*_`#\\|]+")
_BRACKETS = re.compile(r"[\[\]\\]+")


@dataclass(slots=True)
class Deciding:
    """`max_turns`: answers and offers to somebody who is not helped, after which people take over; 0 for no limit."""

    answers: Answers
    actions: Actions
    asker: Searcher
    caution: Caution
    max_turns: int = policy.MAX_TURNS
    looking: Looking = field(init=False)

    def __post_init__(self) -> None:
        self.looking = Looking(self.answers, self.actions, self.asker)

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
        if decided is None and policy.asks_instead(job.text, past):
            found = await self.looking.instead(language, past)
            decided = policy.instead([candidate_of(hit) for hit in found.hits])
        if decided is None:
            found = await self.looking.find(job, site, language, bars, past)
            decided = await self._weigh(job, site, found, bars, past)
        decision, why = decided
        event, told = await self._event(job, site, language, decision, found, bars)
        first, last = (told, "") if told == SHADOW else ("", told)
        note = "; ".join(filter(None, (first, why, found.note, last)))
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
            case policy.Offer(choices, again, instead):
                sources = tuple(source_of(choice.article, choice.title, choice.language) for choice in choices)
                quoted = preview(found.sentence) if again else ""
                text = wording.say(_offer(len(sources), again, bool(quoted), instead), language, sentence=quoted)
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
        looked: Found = NOTHING_FOUND,
    ) -> tuple[Event, str] | None:
        shop = shop_of(job.page, site)
        written = await self.answers.article(article, version, shop)
        if written is None or written.article.audience not in AUDIENCES:  # a customer may name any article
            return None
        found, note, before = written.article, "", ""
        if found.action and found.action not in FORMS:
            slots = {"language": language, "hours": site.hours}
            done = await self.actions.run(found.action, job.conversation, job.text, slots)
            before, note = "\n\n".join((*done.texts, "")), found.action
        part, html = self.answers.answer(looked.asked, written, looked.hits, shop)
        if looked.points:
            part = Extract(looked.sentence, looked.sentence)
            html = self.answers.html(found, looked.sentence, shop)
        after = await self._besides(looked.besides, language, shop)
        text = f"{before}{part.text}{after}"
        if text != part.text:
            html = self.answers.html(found, f"{before}{part.marked}{after}", shop)
        source = source_of(found.article, found.title, found.language)
        sure = certainty - sum(1 - each.hits[0].certainty for each in looked.besides if each.sure)
        return Answered(job.seq, text, html, source, round(max(0.0, sure), 4)), note

    async def _besides(self, others: Sequence[Besides], language: str, shop: str) -> str:
        """What is said to the other questions of a message: the answers to those that are sure, and which are open."""
        said, left = "", []
        for each in others:
            hit = each.hits[0] if each.hits else None
            version = hit.document.language if hit is not None else ""
            written = await self.answers.article(candidate_of(hit).article, version, shop) if hit is not None else None
            runs = written is not None and written.article.action and written.article.action not in FORMS
            if not each.sure or written is None or written.article.audience not in AUDIENCES or runs:
                left.append(_named(each, language))
                continue
            part, _ = self.answers.answer(each.asked, written, each.hits, shop)
            said += f"\n\n**{_named(each, language)}**\n\n{part.text}"
        if left:
            said += f"\n\n{wording.say('still_open', language, questions=' '.join(left))}"
        return said


def served(wished: str, languages: Sequence[str]) -> str | None:
    """The language of the site that somebody means who names one: the two that are written in Norway stand in for
    each other."""
    meant = ("nb", "nn") if wished == "nb" else ("nn", "nb") if wished == "nn" else (wished,)
    return next((language for language in meant if language in languages), None)


def _offer(count: int, again: bool, quotes: bool, instead: bool) -> str:
    """The sentence over so many choices."""
    if instead:
        return "no_help_choices" if count else "no_help"
    if quotes:
        return "unsure_again_says_choices" if count else "unsure_again_says"
    if again:
        return "unsure_again_choices" if count else "unsure_again"
    return ("unsure", "unsure_choice")[count] if count < 2 else "unsure_choices"


def _named(other: Besides, language: str) -> str:
    """A question as it was asked, with the article that answers it or may, where there is one."""
    words = wording.quoted(f"{preview(_MARKUP.sub(' ', other.part)).strip(' ?.!')}?", language)
    if not other.hits:
        return words
    document = other.hits[0].document
    source = source_of(candidate_of(other.hits[0]).article, document.title, document.language)
    return f"{words} ([{_BRACKETS.sub(' ', source.title).strip()}]({source.url}))"


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

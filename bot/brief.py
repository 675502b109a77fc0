"""What an agent should know of a chat before the first word: the customer's mood, and a reply to begin with. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot import moods, phrases
from bot.assist import Told, open_question
from bot.sentences import answering_sentence
from knowledge_base.certainty import OFFER_FLOOR
from knowledge_base.stemming import words

Mood = Literal["calm", "upset"]
Sign = Literal["complaint", "words", "shouting", "marks", "again"]

RECENT = 5  # messages whose tone counts: who was angry an hour ago may have been helped since
STRONG: frozenset[Sign] = frozenset({"complaint", "words", "shouting"})  # one is enough; of the others it takes two
KEPT = 300  # characters of a passage in the log: a longer one is cut there
A_QUESTION = 12  # characters: "ok" and "hej" may come twice
BEGINNING = 200  # characters by which a message is known again
COMPLAINS = ("legal", "stated")

# Milder than what hands a chat over (`moods`): an agent should know, the assistant may go on.
_DISPLEASED = re.compile(
    r"\b(?:angry|furious|fed up|ridiculous|unacceptable|outrageous|disgrace\w*|pathetic|terrible|awful|appalling|"
    r"useless|worst|rip ?off|disappointed|frustrat\w+|sick of|waste of time|never again|damn\w*|"
    r"vred|rasende|sur på|uacceptabel\w*|latterlig\w*|elendig\w*|forfærdelig\w*|ubrugelig\w*|skuffe(?:t|de)|"
    r"frustrer\w+|spild af tid|aldrig mere|træt af|skandale\w*|til grin|"
    r"arg|förbannad|rasande|oacceptabel\w*|löjlig\w*|bedrövlig\w*|usel|uselt|värdelös\w*|besviken|besvikna|"
    r"slöseri med tid|aldrig mer|trött på|skandal|"
    r"sint|forbanna|uakseptab\w+|forferdelig\w*|ubrukelig\w*|skuffa|lei av|bortkast\w+|"
    r"aldri mer|aldri meir|latterleg\w*|hårreisende|under enhver kritikk|helt håpløst?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Tone:
    """`signs` say what the mood was read from."""

    mood: Mood
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """A sentence to begin an answer with, and the article that it stands in."""

    article: str
    language: str
    title: str
    certainty: float
    sentence: str


def tone_of(entries: Sequence[Told]) -> Tone:
    """The customer's tone in the last messages of this episode. Thanks at the end make peace."""
    episode = _episode(entries)
    said = [str(told.data["text"]) for told in episode if told.kind == "said"]
    reasons = {told.data["reason"] for told in episode if told.kind == "handoff"}
    recent = said[-RECENT:]
    loud = {sign for text in recent for sign in moods.loud(text)}
    signs: list[Sign] = []
    if reasons & {"complaint", "negative_sentiment"} or any(moods.complaint(text) in COMPLAINS for text in recent):
        signs.append("complaint")
    if any(moods.upset(text) or _DISPLEASED.search(text) for text in recent):
        signs.append("words")
    if "capitals" in loud:
        signs.append("shouting")
    if "repeated marks" in loud:
        signs.append("marks")
    spoken = Counter(" ".join(words(text[:BEGINNING])) for text in said)
    if any(len(text) > A_QUESTION and times > 1 for text, times in spoken.items()):
        signs.append("again")
    upset = bool(STRONG.intersection(signs)) or len(signs) > 1
    if said and phrases.is_thanks(said[-1]):
        upset = False
    return Tone("upset" if upset else "calm", tuple(signs))


def reply_of(entries: Sequence[Told]) -> Reply | None:
    """From what the assistant found for the question that is open now and did not say: the surest article, and its
    sentence. None where nothing came near, or where people have replied since."""
    episode = _episode(entries)
    first = open_question(episode).first
    if any(told.kind == "replied" for told in episode):
        return None
    said = {told.seq: str(told.data["text"]) for told in episode if told.kind == "said"}
    given = {told.data["source"]["article"] for told in episode if told.kind == "answered"}
    found = [
        (float(hit["certainty"]), told.data["about"], hit)
        for told in episode
        if told.kind == "decided" and first and told.data["about"] >= first
        for hit in told.data.get("hits", ())
        if hit.get("passage") and hit["certainty"] >= OFFER_FLOOR and hit["article"] not in given
    ]
    if not found:
        return None
    certainty, about, hit = max(found, key=lambda each: each[:2])
    marked = answering_sentence(
        said.get(about, ""), _whole(str(hit["passage"])), hit["language"], hit["title"], str(hit.get("matched", ""))
    )
    if not marked.sentence:
        return None
    return Reply(hit["article"], hit["language"], hit["title"], certainty, marked.sentence)


def _episode(entries: Sequence[Told]) -> Sequence[Told]:
    """Since the chat was last resolved. A chat that is resolved now is its last episode."""
    ends = [place for place, told in enumerate(entries) if told.kind == "resolved"]
    begun = [place for place in ends if any(told.kind == "said" for told in entries[place + 1 :])]
    return entries[begun[-1] + 1 :] if begun else entries


def _whole(passage: str) -> str:
    """Without the sentence that the log cut through."""
    if len(passage) < KEPT:
        return passage
    end = max(passage.rfind(mark) for mark in (". ", "! ", "? ", ".\n", "!\n", "?\n", "\n\n"))
    return passage[: end + 1] if end > 0 else passage

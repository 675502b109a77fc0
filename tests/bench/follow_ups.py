"""How many messages that lean on the question before find their article in the demo: ours, in five languages.

python -m tests.bench.follow_ups [MODEL_FOLDER] [CACHE_FOLDER]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import leaning
from bot.answers import candidate_of, surest
from knowledge_base.certainty import answer_threshold
from knowledge_base.search import KnowledgeBase
from tests.bench.quality.remembered import remembered
from tests.bench.quality.sets import demo

FILE = Path(__file__).parents[1] / "unit" / "said" / "follow_ups.txt"
TARGET = 0.80


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`gold`: the articles that answer it, the best first."""

    language: str
    before: str
    text: str
    gold: tuple[str, ...]


def follow_ups() -> list[FollowUp]:
    lines = [line for line in FILE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    rows = ([each.strip() for each in line.split("|")] for line in lines)
    return [FollowUp(language, before, text, tuple(gold.split())) for language, before, text, gold in rows]


def texts_of(asked: FollowUp) -> Sequence[str]:
    """What is searched for it, as `Deciding` does where the article just given is not the best of all."""
    if not leaning.leans(asked.text):
        return (asked.text,)
    texts = leaning.with_question(asked.before, asked.text)
    return (*texts, asked.text) if leaning.content(asked.text) else texts


def main() -> None:
    given = [Path(argument) for argument in sys.argv[1:]]
    models, cache = (*given, *(Path("data/model"), Path(".quality"))[len(given) :])
    knowledge = KnowledgeBase(remembered(cache, models))
    knowledge.replace(demo().documents)
    knowledge.rehearse()
    asked, right, answered, wrong = follow_ups(), 0, 0, 0
    for each in asked:
        hits = max((knowledge.search(text, each.language) for text in texts_of(each)), key=surest)
        fits = candidate_of(hits[0]).article in each.gold
        sure = surest(hits) >= answer_threshold(TARGET)
        right, answered, wrong = right + fits, answered + sure, wrong + (sure and not fits)
        if not fits:
            print(f"{each.language}: {each.before} {each.text} -> {candidate_of(hits[0]).article}")
    print(f"{right} of {len(asked)} right; at {TARGET} {answered} sure, {wrong} of these wrong")


if __name__ == "__main__":
    main()

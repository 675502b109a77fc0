"""How often the language of a text is found: `python -m tests.bench.language_detection [DATA_FOLDER]`.

Each text is asked on a page of its own language and on a page of each other one. Our own short sentences
(tests/unit/said/languages.txt), the demo's questions, and with a folder of public sets also xSID, Alchemy Insights,
CLINC150, SweFAQ and corona_sv. Prints a table, and below it what was taken for what.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.demo import FOLDER
from bot.language import LANGUAGES, detect

OWN = Path(__file__).parents[1] / "unit" / "said" / "languages.txt"
DEMO_LANGUAGES = ("en", "da", "sv", "nb")
BANDS = ("1-3 words", "4-8 words", "longer")
PUBLIC = (  # set, file, field, language
    *((f"xSID {name}", f"xsid/{name}.test.jsonl", "text", name) for name in ("da", "nb", "en")),
    *((f"Alchemy titles {name}", f"alchemy/kb.{name}.jsonl", "title", name) for name in ("da", "nb", "sv")),
    ("CLINC150", "clinc150/test.jsonl", "text", "en"),
    ("SweFAQ", "swefaq/queries.jsonl", "text", "sv"),
    ("corona_sv", "corona_sv/queries.jsonl", "text", "sv"),
)
Detect = Callable[[str, str, Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """`right`: its languages, more than one where a reader could not tell either; the first is the writer's."""

    text: str
    right: tuple[str, ...]

    @property
    def band(self) -> str:
        words = len(self.text.split())
        return BANDS[0] if words <= 3 else BANDS[1] if words <= 8 else BANDS[2]


def own() -> list[Sentence]:
    rows = [line.split("\t") for line in OWN.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [Sentence(text, tuple(languages.split())) for languages, text in rows]


def found(sentences: Iterable[Sentence], pages: Sequence[str], own_page: bool, how: Detect = detect) -> Counter[str]:
    """`right`, or `da>nb` for what was taken for what: on a page in its own language, or on each of the others."""
    counts: Counter[str] = Counter()
    for sentence in sentences:
        for page in pages:
            if (page == sentence.right[0]) == own_page:
                name = how(sentence.text, page, pages)
                counts["right" if name in sentence.right else f"{sentence.right[0]}>{name}"] += 1
    return counts


def _demo() -> list[Sentence]:
    rows = [json.loads(line) for line in FOLDER.with_name("questions.jsonl").read_text("utf-8").splitlines()]
    return [Sentence(row["text"], (row["lang"],)) for row in rows]


def _public(folder: Path) -> dict[str, list[Sentence]]:
    sets = {}
    for name, file, field, language in PUBLIC:
        rows = [json.loads(line) for line in (folder / file).read_text("utf-8").splitlines()]
        # The dialects of xSID are neither of the two written languages.
        sets[name] = [Sentence(row[field], (language,)) for row in rows if row.get("dialect", "B") == "B"]
    return sets


def main() -> None:
    sets = {f"ours, {band}": [each for each in own() if each.band == band] for band in BANDS}
    for language in LANGUAGES:
        sets[f"ours, {language}"] = [each for each in own() if each.right[0] == language]
    sets["demo questions"] = _demo()
    if len(sys.argv) > 1:
        sets |= _public(Path(sys.argv[1]))
    confused = {}
    print("| Set | texts | own page | another page |\n|---|---|---|---|")
    for name, sentences in sets.items():
        pages = DEMO_LANGUAGES if name == "demo questions" else LANGUAGES
        here, elsewhere = found(sentences, pages, True), found(sentences, pages, False)
        shares = [f"{100 * counts['right'] / counts.total():.1f}" for counts in (here, elsewhere)]
        print(f"| {name} | {len(sentences)} | {' | '.join(shares)} |")
        confused[name] = (here, elsewhere)
    for name, both in confused.items():
        for page, counts in zip(("own page", "another page"), both, strict=True):
            worst = [f"{pair} {number}" for pair, number in counts.most_common() if pair != "right"][:6]
            print(f"{name}, {page}: {', '.join(worst) or 'none wrong'}")


if __name__ == "__main__":
    main()

"""How often the language of a demo question is found: `python -m tests.bench.language_detection`.

Each question of bot/demo/questions.jsonl is asked on a page of each of the four languages. Prints the share that is
found on a page in its own language, and on a page in another one.
"""

from __future__ import annotations

import json

from bot.demo import FOLDER
from bot.language import detect

PAGES = ("da", "sv", "nb", "en")


def main() -> None:
    rows = [json.loads(line) for line in FOLDER.with_name("questions.jsonl").read_text("utf-8").splitlines()]
    found: dict[bool, list[bool]] = {True: [], False: []}
    for row in rows:
        for page in PAGES:
            found[page == row["lang"]].append(detect(row["text"], page, PAGES) == row["lang"])
    for own, name in ((True, "a page in its own language"), (False, "a page in another language")):
        print(f"{name}: {100 * sum(found[own]) / len(found[own]):.1f} % of {len(found[own])}")


if __name__ == "__main__":
    main()

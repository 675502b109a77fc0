"""Labelled sentences as articles and questions, so that `svardesk evaluate` can read them: each label is an article.

python -m tests.bench.intents_as_articles TRAIN.jsonl TEST.jsonl OUT_FOLDER --variants 10
The articles' question variants are drawn from TRAIN with a fixed seed; questions of the label "oos" have no article.
Rows of a dialect other than Bokmål are left out. OUT_FOLDER gets kb.jsonl and queries.jsonl.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any


def rows(path: Path) -> list[dict[str, Any]]:
    read = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [row for row in read if row.get("dialect", "B") == "B"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--variants", type=int, default=10)
    chosen = parser.parse_args()
    chance = random.Random(1)  # noqa: S311 - a repeatable draw, nothing secret
    sentences: dict[str, set[str]] = {}
    train = rows(chosen.train)
    for row in train:
        if row["label"] != "oos":
            sentences.setdefault(row["label"], set()).add(row["text"])
    chosen.out.mkdir(parents=True, exist_ok=True)
    with (chosen.out / "kb.jsonl").open("w", encoding="utf-8") as articles:
        for label, texts in sorted(sentences.items()):
            variants = chance.sample(sorted(texts), min(chosen.variants, len(texts)))
            row = {"id": label, "lang": train[0]["lang"], "title": "", "questions": variants, "body": ""}
            articles.write(json.dumps(row, ensure_ascii=False) + "\n")
    with (chosen.out / "queries.jsonl").open("w", encoding="utf-8") as questions:
        for number, row in enumerate(rows(chosen.test), 1):
            gold = [row["label"]] if row["label"] in sentences else []
            asked = {"id": str(number), "lang": row["lang"], "text": row["text"], "gold": gold}
            questions.write(json.dumps(asked, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

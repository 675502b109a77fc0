"""How good the demo's answers are: `svardesk evaluate` on its articles and its questions, or on files of yours.

python -m tests.bench.quality [--articles FILE.jsonl ... --questions FILE.jsonl] [any other option of evaluate]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bot.demo import FOLDER
from knowledge_base.intake import read_documents


def write_articles(path: Path) -> None:
    """The demo's Markdown articles as JSON Lines."""
    rows = [
        {
            "id": item.article,
            "lang": item.language,
            "title": item.draft.title,
            "questions": item.draft.questions,
            "body": item.draft.body,
        }
        for item in read_documents(FOLDER).items
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def main() -> int:
    options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        if "--questions" not in options:
            articles = Path(folder) / "articles.jsonl"
            write_articles(articles)
            options += ["--articles", str(articles), "--questions", str(FOLDER.with_name("questions.jsonl"))]
        return subprocess.run([sys.executable, "-m", "bot", "evaluate", *options], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

"""What the demo's widget suggests to ask is answered, in each of the five languages, with the bundled model."""

from __future__ import annotations

import pytest

from bot.demo import LANGUAGES, SUGGESTIONS
from bot.language import detect
from knowledge_base.embedder import open_embedder
from knowledge_base.publishing import load_library
from knowledge_base.search import KnowledgeBase
from runtime.db import Database
from runtime.settings import Settings
from tests.browser.conftest import Demo


@pytest.fixture(scope="module")
def library(demo: Demo) -> KnowledgeBase:
    db = Database(f"sqlite:///{demo.folder / 'svardesk.sqlite3'}")
    try:
        return load_library(db, open_embedder("bundled", demo.folder / "model"))
    finally:
        db.engine.dispose()


@pytest.mark.parametrize("language", LANGUAGES)
def test_suggestions_are_answered(library: KnowledgeBase, language: str) -> None:
    threshold = Settings().answer_target
    for question in SUGGESTIONS[language]:
        best = library.search(question, detect(question, language, LANGUAGES), 1)[0]
        assert best.certainty >= threshold, (question, best.document.id, best.certainty)

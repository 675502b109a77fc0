"""One of several server processes for tests: `python -m tests.worker`, started by `python -m tests.server`."""

from __future__ import annotations

from bot.worker import main
from tests.embedders import HashEmbedder

if __name__ == "__main__":
    main(HashEmbedder())

"""The bundled model on several threads: who is idle helps, and that changes no vector."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge_base.model.bundled import BundledEmbedder
from tests.contracts.test_embedders import ALL


def test_idle_threads_help_and_whoever_comes_meanwhile_gets_the_same_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, embedder = BundledEmbedder(tmp_path, 1, print), BundledEmbedder(tmp_path, 3, print)
    inner = embedder._run
    by = set[str]()
    at_once: list[int] = [0, 0]
    counting = threading.Lock()

    def watched(batch: list[list[int]]) -> Any:
        with counting:
            by.add(threading.current_thread().name.partition("_")[0])
            at_once[0] += 1
            at_once[1] = max(at_once)
        try:
            return inner(batch)
        finally:
            with counting:
                at_once[0] -= 1

    monkeypatch.setattr(embedder, "_run", watched)
    assert np.abs(embedder.encode(ALL, "passage") - alone.encode(ALL, "passage")).max() < 1e-5
    assert by == {"MainThread", "encoder"}  # it reads too, and does not only wait
    with ThreadPoolExecutor(3, "caller") as pool:
        results = list(pool.map(lambda _: embedder.encode(ALL[::3], "query"), range(9)))
    assert all(np.abs(result - alone.encode(ALL[::3], "query")).max() < 1e-5 for result in results)
    assert at_once[1] <= 5  # three callers; the helpers of one that came alone before them
    monkeypatch.setattr(embedder, "_run", lambda batch: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        embedder.encode(ALL, "query")
    monkeypatch.setattr(embedder, "_run", watched)
    by.clear()
    embedder.encode(ALL, "query")
    assert "encoder" in by  # what broke let go of its threads

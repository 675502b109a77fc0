"""Rewrites knowledge_base/neutral.npz, the model's mean vectors: python -m tests.bench.neutral_means MODEL_FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import knowledge_base
from knowledge_base.centring import encoded_means
from knowledge_base.embedder import BUNDLED, open_embedder


def main(model_folder: Path) -> None:
    embedder = open_embedder(BUNDLED, model_folder)
    target = Path(knowledge_base.__file__).with_name("neutral.npz")
    np.savez(target, allow_pickle=False, **{embedder.name: encoded_means(embedder)})
    print(f"{target}: {embedder.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

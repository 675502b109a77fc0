"""The mean vectors that are subtracted before texts are compared: fixed for a model, not of the site's own articles.

Model vectors share a common direction that says nothing about a text. A mean of the articles themselves would move
every certainty with every edit; the mean of the neutral sentences of neutral.txt, in five languages, never does.
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedder import Embedder

_SENTENCES = "neutral.txt"
_SHIPPED = (
    "neutral.npz"  # {model name: [2, dimension]}, so that the bundled model need not read the sentences at each start
)


def mean_vectors(embedder: Embedder) -> NDArray[np.float32]:
    """[2, dimension]: mean as a query and mean as a passage. Shipped for the bundled model, else encoded (seconds)."""
    with files("knowledge_base").joinpath(_SHIPPED).open("rb") as stream, np.load(stream) as shipped:
        if embedder.name in shipped:
            mean: NDArray[np.float32] = shipped[embedder.name].astype(np.float32)
            return mean
    return encoded_means(embedder)


def encoded_means(embedder: Embedder) -> NDArray[np.float32]:
    """The same, computed with the model itself."""
    sentences = files("knowledge_base").joinpath(_SENTENCES).read_text("utf-8").splitlines()
    return np.stack([embedder.encode(sentences, kind).mean(axis=0) for kind in ("query", "passage")])

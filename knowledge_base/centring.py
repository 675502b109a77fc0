"""What is fixed for a model, not of the site's own articles: the means that are subtracted before texts are compared,
and a sample of how wordings differ.

Model vectors share a common direction that says nothing about a text. A mean of the articles themselves would move
every certainty with every edit; the mean of the neutral sentences of neutral.txt, in five languages, never does.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedder import Embedder

_SENTENCES = "neutral.txt"
_SHIPPED = (
    "neutral.npz"  # {model name: [2, dimension]}, so that the bundled model need not read the sentences at each start
)
_WORDINGS = "wordings.npz"  # {model name: lower triangle of the sample's covariance}


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


@lru_cache(maxsize=4)
def sample_of(model: str, dimension: int) -> NDArray[np.float64]:
    """The covariance of wordings that is shipped for the bundled model; zeros, so no sample, for any other."""
    sample = np.zeros((dimension, dimension))
    with files("knowledge_base").joinpath(_WORDINGS).open("rb") as stream, np.load(stream) as shipped:
        if model in shipped:
            sample[np.tril_indices(dimension)] = shipped[model]
            sample += np.tril(sample, -1).T
    sample.flags.writeable = False
    return sample

"""The questions that a site has written itself, asked as if their article were missing: how good does the best look?"""

from __future__ import annotations

import numpy as np

from knowledge_base.finding import Allowed, found
from knowledge_base.passages import plain, root_of
from knowledge_base.ranking import Features, Weights
from knowledge_base.snapshot import Snapshot

QUESTIONS = 400  # so many of all titles and variants: about a second in the background


def found_without(snapshot: Snapshot, weights: Weights) -> list[Features]:
    """Of the best article for each title and question variant, or for 400 of them spread over all documents, while no
    version of its own article is there.
    """
    asked = [
        (number, place)
        for number, units in enumerate(snapshot.units)
        for place, unit in enumerate(units)
        if unit.kind != "passage"
    ]
    chosen = np.unique(np.linspace(0, max(len(asked) - 1, 0), min(QUESTIONS, len(asked))).round().astype(np.int64))
    features = []
    for number, place in (asked[at] for at in chosen.tolist()):
        document = snapshot.documents[number]
        others = snapshot.counts > 0
        others[list(snapshot.names.versions[root_of(document)])] = False
        if others.any():
            text = plain(snapshot.units[number][place].text)
            vector = snapshot.index.take(snapshot.starts[number : number + 1] + place)[0]
            best = found(snapshot, text, vector, document.language, Allowed.of(snapshot, others), weights, 1)
            features += [ranked.features for _, ranked in best]
    return features

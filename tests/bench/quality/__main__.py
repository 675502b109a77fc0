"""make quality: every public set that is there and the demo's own questions, into quality.json and docs/quality.md.

python -m tests.bench.quality [SETS_FOLDER] [--models FOLDER] [--cache FOLDER] [--out FILE] [--page FILE]
Without a folder of sets the demo's questions alone are measured, and the page is left as it is.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from knowledge_base.certainty import Example
from knowledge_base.search import default_calibrator
from tests.bench.quality.figures import figures, of_draws, worst
from tests.bench.quality.fitting import examples, without
from tests.bench.quality.observing import observe, raw_cosines
from tests.bench.quality.page import tables, written_into
from tests.bench.quality.remembered import Remembered, remembered
from tests.bench.quality.sets import TRAINABLE, QuestionSet, SetsMissing, demo, found_in, measured

PAGE = Path(__file__).parents[3] / "docs" / "quality.md"


def measure(sets: Iterator[QuestionSet], embedder: Remembered, fitted: list[Example]) -> dict[str, dict[str, Any]]:
    """Figures by name of set. A set that the certainty was fitted on gets one that was fitted on the others.

    Sets of one name are draws: they are counted together, and the worst of them is shown beside that.
    """
    found = {}
    for name, group in groupby(sets, key=lambda each: each.name):
        parts = list(group)
        own = parts[0].source if parts[0].source in TRAINABLE else ""
        calibrator = without(fitted, own) if own else default_calibrator()
        seen = [(observe(each, embedder), raw_cosines(each, embedder)) for each in parts]
        together = [observation for observed, _ in seen for observation in observed]
        found[name] = figures(together, [answer for _, raw in seen for answer in raw], calibrator, own)
        if len(parts) > 1:
            alone = [figures(*each, calibrator, own) for each in seen]
            found[name] = of_draws(found[name], alone)
            found[f"{name}, the worst"] = worst(alone)
        print(f"{name}: R@1 {found[name]['recall_at_1']['share']}", flush=True)
    return found


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.bench.quality", description=__doc__)
    options.add_argument("sets", nargs="?", type=Path, help="Folder with a folder for each public set.")
    options.add_argument("--models", type=Path, default=Path("data/model"), help="Where the model is, or is put.")
    options.add_argument("--cache", type=Path, default=Path(".quality"), help="Where vectors are kept between runs.")
    options.add_argument("--out", type=Path, default=Path("quality.json"))
    options.add_argument("--page", type=Path, default=PAGE)
    given = options.parse_args()
    embedder = remembered(given.cache, given.models)
    if given.sets is None:
        print("The demo's questions alone. For the public sets: make quality SETS=FOLDER, see docs/quality.md.")
        found = measure(iter([demo()]), embedder, [])
    else:
        try:
            there = found_in(given.sets)
            missing = sorted(set(TRAINABLE) - set(there))
            if missing:
                print(
                    f"Without {', '.join(missing)} the certainty cannot be fitted anew for the others of its sources."
                )
                return 1
            found = measure(measured(given.sets), embedder, examples(given.sets, embedder))
        except SetsMissing as error:
            print(error)
            return 1
        written_into(given.page, tables(found))
    given.out.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\n{tables(found)}\nWritten: {given.out}" + (f", {given.page}" if given.sets else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())

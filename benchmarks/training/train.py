"""Train the two models that read every comment, and write them to `analytics/models`.

    python -m benchmarks.training.train --data DIR [--only sentiment intent]

DIR holds `sentiment/` and `langid/` (docs/model-card.md names what of it is used and why its licence allows it). What is drawn
by chance has one seed: the same texts and the same NumPy and SciPy on the same kind of processor make the same files to
the bit; elsewhere sums may be rounded otherwise.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from benchmarks.training import intent, sentiment


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--data", type=Path, required=True)
    asked.add_argument("--only", nargs="*", choices=["sentiment", "intent"], default=["sentiment", "intent"])
    given = asked.parse_args()
    if not given.data.is_dir():
        print(f"{given.data} is no folder: name the one that holds sentiment/ and langid/", file=sys.stderr)
        return 2
    if "intent" in given.only:
        own = intent.own_comments()
        print(f"intent: {len(own):,} comments, {dict(Counter(one.lang for one in own))}", flush=True)
        intent.write(*intent.train(own, given.data))
    if "sentiment" in given.only:
        sets = [sentiment.polar(given.data, "tweets8"), *sentiment.beside(given.data)]
        print(f"sentiment: {', '.join(f'{one.name} {len(one.texts):,}' for one in sets)}", flush=True)
        shape, weights = sentiment.train(sets)
        shape.write("sentiment", weights)
    return 0


if __name__ == "__main__":
    sys.exit(main())

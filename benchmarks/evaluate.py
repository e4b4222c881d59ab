"""Quality on outside data: `make evaluate DATA=dir`. Prints every table; nothing of the data is kept.

python -m benchmarks.evaluate --data DIR [--only NAME …]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

# Each measures one thing, takes --data and prints a table: name → module.
MEASURES = {
    "understanding": "benchmarks.understanding",
    "language": "benchmarks.language_quality",
    "sentiment": "benchmarks.sentiment_quality",
    "labelled": "benchmarks.labelled_quality",
    "evenings": "benchmarks.evenings",
    "nab": "benchmarks.nab",
    "recordings": "benchmarks.recordings",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=sorted(MEASURES), default=list(MEASURES))
    asked = parser.parse_args()
    if not asked.data.is_dir():
        print(f"{asked.data} is no folder: name the one that holds sentiment/, chat/ and the rest", file=sys.stderr)
        return 2
    failed = 0
    for name in asked.only:
        print(f"\n## {name}\n", flush=True)
        started = time.monotonic()
        # A process each: one that needs much memory leaves none of it to the next.
        failed += subprocess.run(
            [sys.executable, "-m", MEASURES[name], "--data", str(asked.data)], check=False
        ).returncode
        print(f"\n({time.monotonic() - started:.0f} s)", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

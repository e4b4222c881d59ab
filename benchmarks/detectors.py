"""What a detector costs: microseconds of processor time an update, alone and side by side, and bytes of state.

python -m benchmarks.detectors [--ticks 400]
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from time import thread_time

from analytics.detectors import DETECTORS, LIVE_SHOW, update_all
from analytics.detectors.base import SpikeDetector, Tick

SERIES = 88  # a show in eight markets, eleven categories each


def ticks(series: int, count: int) -> list[list[Tick]]:
    """Ten-second ticks of `series` series: by number of the tick, then by series; a rise every ten minutes."""
    chance = random.Random(8)
    usual = [chance.choice([0.1, 0.6, 2.0, 5.0]) for _ in range(series)]
    found = []
    for number in range(1, count + 1):
        rise = 6 if number % 60 < 6 else 1
        one = []
        for mean in usual:
            complaints = sum(chance.random() < mean * rise / 60 for _ in range(60))
            one.append(Tick(10.0 * number, 10.0, complaints, 60 + complaints, complaints))
        found.append(one)
    return found


def microseconds(make: Callable[[], SpikeDetector], told: list[list[Tick]], together: int) -> tuple[float, int]:
    """(processor time an update, largest state in bytes) of the first `together` series, side by side."""
    detectors = [make() for _ in range(together)]
    update_all(detectors, told[0][:together])
    began = thread_time()
    for one in told[1:]:
        update_all(detectors, one[:together])
    took = thread_time() - began
    return 1e6 * took / (together * (len(told) - 1)), max(len(one.dump()) for one in detectors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ticks", type=int, default=400)
    told = ticks(SERIES, parser.parse_args().ticks)
    print(f"| detector | alone | side by side ({SERIES} series) | state |")
    print("|---|---|---|---|")
    for name in sorted(DETECTORS, key=lambda name: name != LIVE_SHOW):
        alone, size = microseconds(DETECTORS[name], told, 1)
        beside, largest = microseconds(DETECTORS[name], told, SERIES)
        print(f"| `{name}` | {alone:.0f} µs | {beside:.0f} µs | {max(size, largest):,} bytes |")


if __name__ == "__main__":
    main()

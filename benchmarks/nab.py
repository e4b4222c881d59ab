"""The detector for bare counts on the Numenta Anomaly Benchmark's series of tweets, beside the published detectors.

The score is NAB's as published (A. Lavin, S. Ahmad, ICMLA 2015), standard profile: a window that is hit counts by its
earliest hit (its best), each alarm outside of all windows costs, the first 15 % of a series (750 rows at most) count
for nothing, 0 is silence and 100 every window at its first row. The threshold of each series is the best one on the
others, for every detector alike, so that no one is measured where it was set; published scores are put through the
same. `rarity` runs through `bot.py detect`.

    python -m benchmarks.nab --data DIR
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analytics.detectors import Rarity
from handlers.commands.detect import detect

Array = NDArray[np.float64]
FAMILY = "realTweets"
PROBATION, PROBATION_ROWS = 0.15, 5000
HIT, MISS, FALSE = 1.0, 1.0, 0.11  # the standard profile
OURS = "**rarity**"


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its rows' times as written, and the first and last row of each window, both inclusive."""

    name: str
    times: list[str]
    windows: list[tuple[int, int]]


def scaled_sigmoid(position: float) -> float:
    """NAB's reward of an alarm at `position`: −1 at the left end of a window, 0 at its right end, above 0 after it.

    >>> round(scaled_sigmoid(-1), 4), scaled_sigmoid(0), scaled_sigmoid(4)
    (0.9866, 0.0, -1.0)
    """
    return -1.0 if position > 3 else 2 / (1 + math.exp(5 * position)) - 1


def row_scores(length: int, windows: list[tuple[int, int]]) -> tuple[Array, NDArray[np.int64]]:
    """(what an alarm in each row is worth, index of its window or −1 outside); NaN where rows do not count."""
    worth, which = np.empty(length), np.full(length, -1)
    for index, (left, right) in enumerate(windows):
        which[left : right + 1] = index
    before: tuple[int, int] | None = None
    for row in range(length):
        window = which[row]
        if window >= 0:
            left, right = windows[window]
            worth[row] = HIT * scaled_sigmoid(-(right - row + 1) / (right - left + 1)) / scaled_sigmoid(-1.0)
            if row == right:
                before = (left, right)
        elif before is None:
            worth[row] = -FALSE
        else:
            worth[row] = FALSE * scaled_sigmoid((row - before[1]) / (before[1] - before[0]))
    worth[: min(math.floor(PROBATION * length), int(PROBATION * PROBATION_ROWS))] = np.nan
    return worth, which


class Judged:
    """What each threshold would score on one series."""

    def __init__(self, series: Series, scores: Array) -> None:
        worth, which = row_scores(len(scores), series.windows)
        counts = ~np.isnan(worth)
        self.windows = len(series.windows)
        self._outside = _Steps(scores[counts & (which < 0)], worth[counts & (which < 0)], np.cumsum)
        self._inside = [
            _Steps(scores[counts & (which == index)], worth[counts & (which == index)], np.maximum.accumulate)
            for index in range(self.windows)
        ]

    def at(self, thresholds: Array) -> Array:
        """NAB's raw score at each threshold: an alarm is a score at or above it."""
        total = self._outside.at(thresholds, 0.0)
        for steps in self._inside:
            total = total + steps.at(thresholds, -MISS)
        return total


class _Steps:
    """A sum or a best over the rows whose score reaches a threshold."""

    def __init__(self, scores: Array, worth: Array, gather: Callable[[Array], Array]) -> None:
        order = np.argsort(-scores, kind="stable")
        self._scores = -scores[order]
        self._gathered = gather(worth[order])

    def at(self, thresholds: Array, none: float) -> Array:
        reached = np.searchsorted(self._scores, -thresholds, side="right")
        return np.concatenate([[none], self._gathered])[reached]


def leave_one_out(judged: list[Judged], candidates: Array) -> float:
    """The normalised score, each series at the threshold that is best on the others (the highest of equals)."""
    each = np.array([one.at(candidates) for one in judged])
    raw = sum(row[int(np.argmax(each.sum(0) - row))] for row in each)
    return normalised(float(raw), judged)


def normalised(raw: float, judged: list[Judged]) -> float:
    windows = sum(one.windows for one in judged)
    return 100 * (raw + MISS * windows) / ((HIT + MISS) * windows)


def thresholds(scores: list[Array]) -> Array:
    """Every threshold that makes a difference, the highest first, beginning with one that nothing reaches."""
    found: Array = np.unique(np.concatenate(scores))[::-1]
    return np.concatenate([[np.inf], found])


def load(folder: Path) -> list[Series]:
    spans = json.loads((folder / "windows.json").read_text("utf-8"))
    found = []
    for path in sorted((folder / "series").glob(f"{FAMILY}__*.csv.gz")):
        name = path.name.removesuffix(".gz").replace("__", "/", 1)
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            times = [row["timestamp"] for row in csv.DictReader(file)]
        at = {time: row for row, time in enumerate(times)}
        found.append(Series(name, times, [(at[first[:19]], at[last[:19]]) for first, last in spans[name]]))
    return found


def published(path: Path, series: list[Series]) -> list[Array]:
    """What a published detector gave for every row of each series."""
    scores = {one.name: np.zeros(len(one.times)) for one in series}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["series"] in scores:
                scores[row["series"]][int(row["row"])] = float(row["anomaly_score"])
    return [scores[one.name] for one in series]


def ours(folder: Path, series: list[Series]) -> list[Array]:
    """What `bot.py detect` writes for the same files."""
    found = []
    for one in series:
        out = io.StringIO()
        if detect(str(folder / "series" / f"{one.name.replace('/', '__')}.gz"), out):
            raise RuntimeError(f"detect refuses {one.name}")
        found.append(np.array([float(row["score"]) for row in csv.DictReader(io.StringIO(out.getvalue()))]))
    return found


def table(folder: Path) -> str:
    series = load(folder)
    entrants = {path.name.removesuffix(".csv.gz"): published(path, series) for path in (folder / "scores").glob("*.gz")}
    entrants[OURS] = ours(folder, series)
    rows = []
    for name, scores in entrants.items():
        judged = [Judged(one, its) for one, its in zip(series, scores, strict=True)]
        points = leave_one_out(judged, thresholds(scores))
        own = ""
        if name == OURS:
            raw = sum(float(one.at(np.array([Rarity.threshold]))[0]) for one in judged)
            own = f" ({normalised(raw, judged):.1f} at its own threshold)"
        rows.append((points, f"| {name} | {points:.1f}{own} |"))
    head = [f"| detector | {FAMILY}, {len(series)} series, leave one out |", "|---|---|"]
    return "\n".join([*head, *(line for _, line in sorted(rows, key=lambda row: -row[0]))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with nab/")
    print(table(parser.parse_args().data / "nab"))


if __name__ == "__main__":
    main()

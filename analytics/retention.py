"""When viewers leave, and what was on air when more left than usual.

Peaks are found by a scan statistic [1]: every stretch of up to ten minutes is asked how much better a rate of its own
explains it than the usual one, so a short burst and a long leak are found by the same measure.

[1] M. Kulldorff, "A spatial scan statistic", Communications in Statistics 26 (1997).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

USUAL_OVER = 900.0  # seconds on either side of a tick that say what is usual there
LONGEST = 600.0  # seconds of a peak
FEWEST = 5.0  # leaves above usual within a peak below which it is nobody's news
TIMES = 1.8  # against usual
# Log likelihood ratio of a peak. A show has thousands of stretches to be unlucky in, and leaves come in bunches.
CLEAR = 14.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the show in seconds since its start, half-open."""

    start: float
    end: float
    title: str


@dataclass(frozen=True, slots=True)
class Peak:
    """`at`, `start`, `end` in seconds since the show's start; `at` is the middle of the worst tick.

    `rate` is leaves per viewer and minute over the peak, `usual` the same without it, `lost` the leaves above usual.
    """

    at: float
    start: float
    end: float
    rate: float
    usual: float
    times_usual: float
    lost: float
    segment: str | None


def usual_rates(leaves: Sequence[float], viewers: Sequence[float], tick_seconds: float) -> list[float]:
    """Leaves per viewer and tick that are usual around each tick.

    The running median of the ticks' rates within a quarter of an hour, which a peak cannot lift as long as it fills
    less than half of it; where the median is 0 because ticks are nearly empty, the mean of the lower nine tenths.
    """
    rates = [left / present if present > 0 else None for left, present in zip(leaves, viewers, strict=True)]
    reach = max(3, round(USUAL_OVER / tick_seconds))
    usual = []
    for index in range(len(rates)):
        around = sorted(rate for rate in rates[max(0, index - reach) : index + reach + 1] if rate is not None)
        if not around:
            usual.append(0.0)
            continue
        middle = median(around)
        kept = around[: max(1, math.ceil(len(around) * 0.9))]
        usual.append(middle if middle > 0 else sum(kept) / len(kept))
    return usual


def exit_peaks(
    leaves: Sequence[float],
    viewers: Sequence[float],
    tick_seconds: float,
    segments: Sequence[Segment] = (),
) -> list[Peak]:
    """Stretches in which clearly more viewers left than usual, the costliest first.

    `leaves` are viewers who left in each tick, `viewers` those present at its start; both begin with the show.
    A peak has clearly more leaves than usual (see `CLEAR`, `TIMES`, `FEWEST`), and two peaks do not touch.
    ValueError: the lengths differ or a tick has no length.

    >>> quiet, storm = [1] * 30, [25] * 3
    >>> [peak] = exit_peaks(quiet + storm + quiet, [500] * 63, 10, [Segment(250, 400, "ingredients")])
    >>> peak.start, peak.end, peak.segment
    (300, 330, 'ingredients')
    """
    if tick_seconds <= 0:
        raise ValueError(f"a tick must last, got {tick_seconds} seconds")
    if len(leaves) != len(viewers):
        raise ValueError(f"leaves ({len(leaves)}) and viewers ({len(viewers)}) must cover the same ticks")
    usual = usual_rates(leaves, viewers, tick_seconds)
    expected = [rate * present for rate, present in zip(usual, viewers, strict=True)]
    peaks = []
    for first, last in _stretches(leaves, expected, max(1, round(LONGEST / tick_seconds))):
        span = slice(first, last + 1)
        left, mean, present = sum(leaves[span]), sum(expected[span]), sum(viewers[span])
        worst = max(range(first, last + 1), key=lambda tick: leaves[tick] - expected[tick])
        at = (worst + 0.5) * tick_seconds
        per_minute = 60 / tick_seconds
        peaks.append(
            Peak(
                at=at,
                start=first * tick_seconds,
                end=(last + 1) * tick_seconds,
                rate=left / present * per_minute if present else 0.0,
                usual=mean / present * per_minute if present else 0.0,
                times_usual=left / max(mean, 0.5),
                lost=left - mean,
                segment=next((one.title for one in segments if one.start <= at < one.end), None),
            )
        )
    return sorted(peaks, key=lambda peak: -peak.lost)


def _stretches(leaves: Sequence[float], expected: Sequence[float], longest: int) -> list[tuple[int, int]]:
    """(first, last) tick of the clearest stretches that do not touch."""
    left = np.concatenate(([0.0], np.cumsum(leaves, dtype=np.float64)))
    usual = np.concatenate(([0.0], np.cumsum(expected, dtype=np.float64)))
    found: list[tuple[float, int, int]] = []
    for length in range(1, min(longest, len(leaves)) + 1):
        seen, mean = left[length:] - left[:-length], np.maximum(usual[length:] - usual[:-length], 0.5)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(seen > 0, seen * np.log(seen / mean) - (seen - mean), 0.0)
        clear = (ratio >= CLEAR) & (seen >= TIMES * mean) & (seen - mean >= FEWEST)
        found += [(float(ratio[start]), int(start), int(start) + length - 1) for start in np.nonzero(clear)[0]]
    chosen: list[tuple[int, int]] = []
    for _, first, last in sorted(found, key=lambda one: (-one[0], one[1])):
        if all(last + 1 < other_first or first > other_last + 1 for other_first, other_last in chosen):
            chosen.append((first, last))
    return chosen

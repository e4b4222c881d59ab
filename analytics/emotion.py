"""How an audience felt, minute by minute: what people wrote, scores measured elsewhere, ratings and gestures.

All of it is held as counts and sums (`Sums`, `Felt`), so that the parts of a minute add up in any order. Nothing is
weighed before a minute is whole.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from analytics.text import EMOJI

FEW = 3  # voices below which a stretch has no mean
ENOUGH = 5  # voices a stretch needs to be called the lowest or the highest: fewer are soon at an end of the scale
PRIOR = 4.0  # comments' worth of the show's own spread, so that a few that agree by chance do not look certain
LEAST_SPREAD = 0.02  # variance of a show in which everybody says the same, so that it is not called certain either
Z95 = 1.96
MOST_STEPS = 60

# All scores from outside of one minute together, however many a machine sends. Three, as that is the least of which a
# mean is shown (FEW): a show in which nobody writes has a curve, with its widest interval, and beside thirty comments
# the machine moves the mean by no more than a tenth of the way to its own.
OUTSIDE_VOICES = 3

DEFAULT_SCALE = Decimal(5)  # of a rating that names none: five stars are the commonest


class Sums(NamedTuple):
    """How many scores in −1…1, Σ score, Σ score². `n` is a whole number until scores are weighed."""

    n: float = 0
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self) -> float:
        """Σ/n; 0 when there is no score."""
        return self.total / self.n if self.n else 0.0

    def plus(self, other: Sums) -> Sums:
        return Sums(self.n + other.n, self.total + other.total, self.squares + other.squares)


NOTHING = Sums()


class Felt(NamedTuple):
    """A minute of one market, or of several. `gestures`: reactions, likes, gifts, comments of emoji alone.

    `satisfied` holds ratings as `satisfaction` gives them. `unrated`: ratings that lie outside of their scale.
    """

    said: Sums = NOTHING
    outside: Sums = NOTHING
    satisfied: Sums = NOTHING
    gestures: int = 0
    emoji_alone: int = 0
    unrated: int = 0

    def plus(self, other: Felt) -> Felt:
        """Both together.

        >>> Felt(Sums(2, 1.0, 0.5), gestures=3).plus(Felt(Sums(1, -1.0, 1.0), gestures=1))[:4:3]
        (Sums(n=3, total=0.0, squares=1.5), 4)
        """
        return Felt(
            self.said.plus(other.said),
            self.outside.plus(other.outside),
            self.satisfied.plus(other.satisfied),
            self.gestures + other.gestures,
            self.emoji_alone + other.emoji_alone,
            self.unrated + other.unrated,
        )


def together(parts: Iterable[Felt]) -> Felt:
    """All parts added up, in any order."""
    whole = Felt()
    for part in parts:
        whole = whole.plus(part)
    return whole


def weighed(said: Sums, outside: Sums) -> Sums:
    """A minute's scores, those from outside counting as at most `OUTSIDE_VOICES` people who say their mean.

    >>> weighed(Sums(27, 27 * 0.5, 27 * 0.25), Sums(60, -30.0, 15.0))
    Sums(n=30.0, total=12.0, squares=7.5)
    >>> weighed(Sums(), Sums(1, -0.5, 0.25)).n  # one score is one voice
    1.0
    """
    if not outside.n:
        return said
    share = min(outside.n, OUTSIDE_VOICES) / outside.n
    return said.plus(Sums(outside.n * share, outside.total * share, outside.squares * share))


def mood(minutes: Iterable[Felt]) -> Sums:
    """The scores of several minutes, each of them weighed."""
    whole = NOTHING
    for minute in minutes:
        whole = whole.plus(weighed(minute.said, minute.outside))
    return whole


def spread(scores: Sums) -> float:
    """Variance of single scores around their mean, 1 (the most there is) when there are none."""
    if not scores.n:
        return 1.0
    return max(LEAST_SPREAD, scores.squares / scores.n - scores.mean**2)


def reach(scores: Sums, usual: float) -> float:
    """Half the width of the mean's 95 % interval: the fewer the scores, the wider. `scores` are not empty.

    Wald's interval for a mean, its variance drawn towards `usual` (that of the whole show) by `PRIOR` comments' worth,
    as in James and Stein's shrinkage; the mean itself is not drawn.

    >>> round(reach(Sums(100, 0.0, 20.0), 0.2), 2), round(reach(Sums(4, 0.0, 0.8), 0.2), 2)
    (0.09, 0.44)
    """
    around = max(0.0, scores.squares - scores.n * scores.mean**2)
    return Z95 * math.sqrt((around + PRIOR * usual) / (scores.n + PRIOR) / scores.n)


class Step(NamedTuple):
    """Minutes [first, first + length) together. `mean` within [low, high] at 95 %; None when too few spoke.

    `n` counts voices, `gestures` is a mean a minute.
    """

    first: int
    length: int
    n: float
    mean: float | None
    low: float
    high: float
    gestures: float


def steps(minutes: Sequence[Felt]) -> list[Step]:
    """At most `MOST_STEPS` stretches of equal length (the last may be shorter).

    >>> [(step.mean, step.gestures) for step in steps([Felt(Sums(5, 2.5, 1.25)), Felt(Sums(2, 2.0, 2.0), gestures=7)])]
    [(0.5, 0.0), (None, 7.0)]
    """
    size = max(1, -(-len(minutes) // MOST_STEPS))
    usual = spread(mood(minutes))
    made = []
    for first in range(0, len(minutes), size):
        part = minutes[first : first + size]
        scores, gestures = mood(part), sum(minute.gestures for minute in part) / len(part)
        if scores.n < FEW:
            made.append(Step(first, len(part), scores.n, None, 0.0, 0.0, gestures))
            continue
        mean, wide = scores.mean, reach(scores, usual)
        low, high = max(-1.0, mean - wide), min(1.0, mean + wide)
        made.append(Step(first, len(part), scores.n, mean, low, high, gestures))
    return made


def lowest(all_steps: Iterable[Step]) -> Step | None:
    """The first with the lowest mean, of those in which enough was said; of all with a mean when it is nowhere."""
    known = [step for step in all_steps if step.mean is not None]
    sure = [step for step in known if step.n >= ENOUGH]
    return min(sure or known, key=lambda step: (step.mean or 0.0, step.first), default=None)


# ── what single events say ───────────────────────────────────────────────────────────────────────────────────────


def satisfaction(value: Decimal | None, scale: object) -> float | None:
    """A rating from nought to `scale` on −1…1; None when it lies outside, or the scale is no positive number.

    >>> satisfaction(Decimal(9), 10), satisfaction(Decimal(4), None), satisfaction(Decimal(87), None)
    (0.8, 0.6, None)
    """
    top = DEFAULT_SCALE if scale is None else _positive(scale)
    if value is None or top is None or not 0 <= value <= top:
        return None
    return float(2 * value / top - 1)


def share(satisfied: Sums) -> float:
    """Mean rating as a share of the best one, 0…1.

    >>> round(share(Sums(2, 1.4, 1.0)), 2)
    0.85
    """
    return (satisfied.mean + 1) / 2


def _positive(scale: object) -> Decimal | None:
    if isinstance(scale, bool) or not isinstance(scale, int | float | str):
        return None
    try:
        top = Decimal(str(scale)[:40])
    except InvalidOperation:
        return None
    return top if top.is_finite() and 0 < top <= 10**15 else None


# Joiners, variation selectors, skin tones, the tags of regional flags: parts of an emoji, and none by themselves.
_PART = "[\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\\s]*"
_ALONE = re.compile(rf"{_PART}(?:(?:[{EMOJI}]|:[a-z][a-z0-9_-]{{1,40}}:){_PART})+")


def is_emoji_alone(text: str) -> bool:
    """Whether a comment is emoji (or named emotes) and nothing else.

    >>> is_emoji_alone("🔥🔥 👩🏽‍🚀"), is_emoji_alone(":fire: ❤️"), is_emoji_alone("so pretty 🔥"), is_emoji_alone("666")
    (True, True, False, False)
    """
    return _ALONE.fullmatch(text) is not None

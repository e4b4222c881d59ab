"""What the series of `hidden_markov` are made for, each with its own prior and tuning."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from analytics.detectors import belief as beliefs
from analytics.detectors.belief import GRID, Array, Stack, Tuning


@dataclass(frozen=True, slots=True)
class Prior:
    """The usual share of complaints, before the show: from earlier shows of its market and category if there are.

    `spread` is the standard deviation of its logarithm.
    """

    share: float = 0.02
    spread: float = 0.7


class Member(NamedTuple):
    """What one series is made for: `tuning` is what it is judged by, `threshold` the score from which on it alarms."""

    prior: Prior
    tuning: Tuning
    threshold: float


class Rules:
    """What the tunings of a `Series` say of ticks of one length, one entry a series where they may differ."""

    def __init__(self, members: Sequence[Member], seconds: float) -> None:
        tunings = [member.tuning for member in members]
        self.seconds = seconds
        self.stack = Stack.of(tunings, seconds)
        self.fade = _column(math.exp(-seconds / tuning.memory) for tuning in tunings)
        # In a longer tick an honest viewer has time to say it again.
        longer = math.sqrt(max(seconds, 10.0) / 10.0)
        self.allowed = _column((tuning.voices - 1) * longer for tuning in tunings)
        self.discount = _column(tuning.discount for tuning in tunings)
        self.following = np.array([[1 - math.exp(-seconds / memory)] for memory in (60, 600)])
        self.surge = _column(tuning.surge for tuning in tunings)
        self.threshold = _column(member.threshold for member in members)
        self.min_viewers = _column(tuning.min_viewers for tuning in tunings)
        self.min_extra = _column(tuning.min_extra for tuning in tunings)
        self.over = _column(tuning.over for tuning in tunings)
        self.calm_after = _column(tuning.calm_after for tuning in tunings)
        self.window = np.array([max(1, math.ceil(tuning.window / seconds)) for tuning in tunings])
        longest = int(self.window.max())
        # [tick, 1, series]: whether a tick lies within the window of a series
        self.inside = (np.arange(longest)[:, None] >= longest - self.window).astype(np.float64)[:, None]


def _column(values: Iterable[float]) -> Array:
    return np.array(list(values))


@lru_cache(maxsize=1024)  # each series of a show may have a prior of its own
def laid(tuning: Tuning, prior: Prior | None, shift: int) -> tuple[Array, Array]:
    """(usual odds of the grid's cells, what is believed of dispersion × odds before anything is seen); without a
    prior, anything is as likely. On a grid that has been moved up, it was seen to be high."""
    logs = beliefs.log_odds(shift)
    if prior is None:
        usual = np.ones(GRID)
    else:
        usual = np.exp(-0.5 * ((logs - logit(prior.share)) / prior.spread) ** 2)
        beyond = np.maximum(logs - math.log(tuning.hardly), 0.0) if shift <= 0 else 0.0
        usual += beliefs.OPEN_MIND * np.exp(-beyond / beliefs.TAPER)
    return np.exp(logs), np.array(tuning.dispersed)[:, None] * (usual / usual.sum())


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))

"""How many viewers have a question without asking it: an estimate with its interval and its assumption.

Of V viewers who were there, A wrote something and k of those asked. Whoever wrote is taken for a random sample of
whoever was there *as far as having the question goes*. Then the number of silent viewers with the question, of V − A,
is what is left to predict in a finite population of which A were looked at: with Jeffreys' prior Beta(½, ½) on the
share, which keeps its level for shares near nought where Wald's interval fails [1], it is beta-binomial [2] with
parameters V − A, k + ½ and A − k + ½. `likely` is its median and the interval holds `LEVEL` of it.

What the interval covers is chance, not the assumption, and that can fail in both directions: those who write are
keener than those who watch, so fewer of the silent may care; and not everybody who wrote and had the question asked
it, so more may. A capture-recapture bound from how often each asked (Chao's f₁²/2f₂) would need no V, and is not used:
in a chat those who were answered stop and those who were not ask again, so that repeats tell of the answering.

[1] L. D. Brown, T. T. Cai, A. DasGupta, "Interval Estimation for a Binomial Proportion", Statistical Science 16, 2001.
[2] J. Aitchison, I. R. Dunsmore, "Statistical Prediction Analysis", Cambridge University Press 1975, chapter 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.9
_JEFFREYS = 0.5
# Counted one by one up to here. In a larger crowd the silent are told in steps of crowd/_COUNTED: what is rounded away
# is a hundredth of the interval at most.
_COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class Silent:
    """Viewers who have a question and did not ask: `low` ≤ `likely` ≤ `high`."""

    likely: int
    low: int
    high: int


def silent_viewers(askers: int, writers: int, viewers: int | None, level: float = LEVEL) -> Silent | None:
    """How many of those who wrote nothing have the question that `askers` of `writers` asked.

    `viewers` counts everybody who was there, the writers among them. None when it is unknown or no larger than
    `writers`, which says that the silent were not counted. ValueError unless 0 ≤ askers ≤ writers and 0 < level < 1.

    >>> silent_viewers(30, 200, 1000)
    Silent(likely=120, low=86, high=160)
    >>> silent_viewers(3, 20, None) is None
    True
    """
    if not 0 <= askers <= writers:
        raise ValueError(f"askers are among the writers: {askers} of {writers}")
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, such as {LEVEL}: {level}")
    if viewers is None or viewers <= writers:
        return None
    silent = viewers - writers
    counted = min(silent, _COUNTED)
    below = _beta_binomial(counted, askers + _JEFFREYS, writers - askers + _JEFFREYS)
    low, likely, high = (
        round(int(np.searchsorted(below, share)) * silent / counted)
        for share in ((1 - level) / 2, 0.5, (1 + level) / 2)
    )
    return Silent(likely, low, high)


def _beta_binomial(n: int, a: float, b: float) -> NDArray[np.float64]:
    """P(X ≤ j) for j = 0…n, from the ratio of neighbours, so that no gamma function is needed."""
    j = np.arange(n, dtype=np.float64)
    steps = np.log((n - j) / (j + 1)) + np.log((j + a) / (n - 1 - j + b))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    weights = np.exp(logs - logs.max())
    below: NDArray[np.float64] = np.cumsum(weights) / weights.sum()
    return below

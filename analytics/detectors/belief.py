"""What `hidden_markov` believes, as arrays: dispersion × what is going on × usual odds, of many series side by side.

Every function takes and gives stacks [series, dispersion, state, odds]. The call of one numpy function costs as much as
what it does to the 576 cells of a series, so a tick's series are taken together. Whatever is done to a series is the
same, to the last bit, however many are beside it: nothing here is summed across series, and no matrix product is big
enough for BLAS to cut it in other pieces.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Kept = NDArray[np.uint16]

GRID = 32  # cells of the usual odds, STEP apart in logarithm: a span of e**6.4 that follows the series when it must
STEP = 0.2
LOWEST = math.log(0.0008)
OPEN_MIND = 0.02  # least density of any usual odds, against 1 at the prior's: a show may simply be another one
NOTHING, WORTHY = 1, 3  # index of "nothing is going on", and of the first rise that is worth waking someone
MARGIN = 3  # cells from an end of the grid at which it is moved along

# See `kept`: the lowest exponent it has, the bits of a float32's mantissa that it drops, and half of the last it keeps.
_LEAST, _DROPPED, _HALF = np.uint32((127 - 62) << 23), np.uint32(13), np.uint32(1 << 12)


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the model believes before it has seen anything. Times in seconds, floors in extra complaints a minute."""

    times: tuple[float, ...] = (0.25, 1.0, 1.5, 2.3, 4.0, 9.0)  # complaints against usual: dilution, nothing, rises
    floors: tuple[float, ...] = (0.0, 0.0, 2.0, 4.0, 8.0, 18.0)  # a rise is at least this big, however quiet it was
    begins: tuple[float, ...] = (0.15, 0.0, 0.4, 0.25, 0.2, 0.15)  # of all that begins, the share of each
    every: float = 7200.0  # something begins once in two hours
    lasts: float = 300.0
    changes: float = 120.0  # a rise goes to its neighbouring size
    dispersions: tuple[float, ...] = (0.08, 0.3, 0.8)  # variance = mean + dispersion × mean²
    dispersed: tuple[float, ...] = (0.3, 0.45, 0.25)
    crowd: float = 0.1  # dispersion of what a rise adds: it has one cause, so it is steadier than everyday complaints
    wander: float = 0.028  # standard deviation of the usual log odds, each 10 s
    reset: float = 0.00005  # each tick, the chance that the usual odds are something else altogether
    voices: float = 1.3  # messages per viewer within 10 s above which repetition is discounted …
    discount: float = 2.0  # … by this much per further message
    memory: float = 35.0  # how long repetition is remembered
    window: float = 60.0  # over which the two floors below are asked, or the tick when it is longer
    min_viewers: float = 4.0
    min_extra: float = 3.0
    surge: float = 1.0  # in a rush of all comments the odds must be better by (rush / usual) to this power
    threshold: float = 0.75
    over: float = 0.25  # below this for `calm_after`, an alarm is over
    calm_after: float = 60.0

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of one series' grid."""
        return len(self.dispersions), len(self.times), GRID


LIVE = Tuning()
# A bare series of counts has no comments to be measured against, so its level wanders more and varies less.
COUNTS = Tuning(wander=0.05, dispersions=(0.02, 0.1, 0.35, 0.8), dispersed=(0.25, 0.25, 0.25, 0.25))


def log_odds(shift: int) -> Array:
    """The usual log odds of the grid's cells, when it lies `shift` steps above its usual place."""
    return LOWEST + STEP * (np.arange(GRID, dtype=np.float64) + shift)


def kept(belief: Array) -> Kept:
    """A belief as it is kept between ticks: probabilities from 2**-62 to 1 in 16 bits, six of exponent and ten of
    mantissa.

    That is the precision of numpy's half floats, which are converted one by one and slowly where they are tiny. In
    memory it is kept as in a dump, so that both go on alike.
    """
    bits = belief.astype(np.float32).view(np.uint32)
    np.maximum(bits, _LEAST, out=bits)
    bits -= _LEAST - _HALF
    bits >>= _DROPPED
    return bits.astype(np.uint16)


def recalled(belief: Kept) -> Array:
    """What was kept."""
    bits = belief.astype(np.uint32)
    bits <<= _DROPPED
    bits += _LEAST
    return bits.view(np.float32).astype(np.float64)


def moved(belief: Kept, fresh: Array, tuning: Tuning, seconds: float) -> Array:
    """The belief one tick later, before its counts are known.

    `fresh` [series, dispersion, odds] is what a reset gives.
    """
    turning, step = _motion(tuning, seconds)
    now = turning @ recalled(belief)
    further = now * (1 - 2 * step)
    now *= step
    further[..., 1:] += now[..., :-1]
    further[..., :-1] += now[..., 1:]
    further[..., 0] += now[..., 0]  # the ends of the grid keep what would leave it
    further[..., -1] += now[..., -1]
    further *= ((1 - tuning.reset) / _total(further))[:, None, None, None]
    further[:, :, NOTHING, :] += tuning.reset * fresh
    return further


def weighed(
    belief: Array,
    odds: Array,
    viewers: Array,
    exposure: Array,
    comments: Array,
    weight: Array,
    tuning: Tuning,
    seconds: float,
) -> Array:
    """The belief once the counts are known: Bayes' rule with a negative binomial likelihood, to the power of `weight`.

    One entry a series: `viewers` complain, given `exposure`. `comments` are those of a usual tick of the last minute:
    a rise is measured against them, as in a burst of greetings nobody complains faster. `odds` is [series, odds].
    """
    times, floors, dispersions = _columns(tuning)
    usual = odds[:, None, :] * exposure[:, None, None]
    extra = (times - 1) * (odds * comments[:, None])[:, None, :]
    np.maximum(extra, floors * (min(seconds, 60.0) / 60.0), out=extra)  # an hour is not asked for an hour's worth
    mean = np.where(times <= 1, times * usual, usual + extra)
    log = dispersions * mean[:, None]
    log += 1.0
    np.log(log, out=log)
    log *= -(viewers[:, None, None, None] + 1 / dispersions)
    complained = np.flatnonzero(viewers)  # most series have no complaint in most ticks
    log[complained] += (viewers[complained, None, None] * np.log(mean[complained]))[:, None]
    log += np.array([_constants(count, tuning) for count in viewers.tolist()])
    log -= log.reshape(len(log), -1).max(1)[:, None, None, None]
    log *= weight[:, None, None, None]
    np.exp(log, out=log)
    log *= belief
    return log


def most_explained(
    belief: Array, odds: Array, exposure: Array, comments: Array, tuning: Tuning, seconds: float
) -> Array:
    """How many viewers the greatest rise that the model knows would make complain, in whole numbers; one a series.

    Of more than that no rise would be a good explanation, and another usual the only one: a wall of complaints would be
    taken for a show that is simply like that. As many as the greatest rise makes of them, they are that rise.
    """
    usual = (belief.sum((1, 2)) * odds).sum(1) / _total(belief)
    extra = np.maximum((tuning.times[-1] - 1) * usual * comments, tuning.floors[-1] * (min(seconds, 60.0) / 60.0))
    most: Array = np.ceil(usual * exposure + extra)
    return most


def _total(belief: Array) -> Array:
    """The sum of each series."""
    total: Array = belief.reshape(len(belief), -1).sum(1)
    return total


def along(belief: Array, by: int) -> Array:
    """One series' belief on a grid that lies `by` steps higher (lower, below 0); what falls off is forgotten."""
    shifted = np.zeros_like(belief)
    if by > 0:
        shifted[..., :-by] = belief[..., by:]
    else:
        shifted[..., -by:] = belief[..., :by]
    result: Array = shifted / shifted.sum()
    return result


@lru_cache(maxsize=4096)
def _constants(count: float, tuning: Tuning) -> Array:
    """The part of the log likelihood that depends on the dispersion alone, [dispersion, state, 1]."""
    found = [
        math.lgamma(count + 1 / value) - math.lgamma(1 / value) + count * math.log(value)
        for value in _columns(tuning)[2].ravel().tolist()
    ]
    return np.array(found).reshape(len(tuning.dispersions), len(tuning.times), 1)


@lru_cache(maxsize=16)
def _columns(tuning: Tuning) -> tuple[Array, Array, Array]:
    """Times and floors [state, 1], and dispersions [dispersion, state, 1].

    In a rise the variances of the usual complaints and of those that came on top add up.
    """
    times, floors, dispersions = (np.array(one) for one in (tuning.times, tuning.floors, tuning.dispersions))
    usual = 1 / np.maximum(times, 1.0)  # of all complaints, the part that would be there anyway
    mixed = dispersions[:, None] * usual**2 + tuning.crowd * (1 - usual) ** 2
    return times[:, None], floors[:, None], mixed[:, :, None]


@lru_cache(maxsize=16)
def _motion(tuning: Tuning, seconds: float) -> tuple[Array, float]:
    """Within a tick: what turns into what (from columns to rows), and how much of a cell goes to either next odds.

    Long ticks are bounded: what is meant in minutes of a show must leave an hourly series of reviews a memory.
    """
    states = len(tuning.times)
    begin = min(1 - math.exp(-seconds / tuning.every), 0.005)
    end = min(1 - math.exp(-seconds / tuning.lasts), 0.35)
    change = min(1 - math.exp(-seconds / tuning.changes), 0.3)
    turning = np.zeros((states, states))
    turning[NOTHING] = begin * np.array(tuning.begins)
    turning[NOTHING, NOTHING] += 1 - turning[NOTHING].sum()
    for state in range(states):
        if state == NOTHING:
            continue
        turning[state, NOTHING] = end
        neighbours = [near for near in (state - 1, state + 1) if NOTHING < near < states] if state > NOTHING else []
        for near in neighbours:
            turning[state, near] = (1 - end) * change / 2
        turning[state, state] = 1 - turning[state].sum()
    wander = min(tuning.wander * math.sqrt(seconds / 10), 0.12)
    return np.ascontiguousarray(turning.T), 0.5 * (wander / STEP) ** 2

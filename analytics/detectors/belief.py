"""What `hidden_markov` believes, as arrays: what is going on × dispersion × usual odds, of many series side by side.

Every function takes and gives stacks [series, state, dispersion, odds] of single precision: a belief is kept with ten
bits of mantissa, and single has twenty-three. The call of one numpy function costs as much as what it does to the 576
cells of a series, so a tick's series are taken together. Whatever is done to a series is the same, to the last bit,
however many are beside it: nothing here is summed across series, and each has a matrix product of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Single = NDArray[np.float32]
Kept = NDArray[np.uint16]
Places = NDArray[np.intp]

GRID = 32  # cells of the usual odds, STEP apart in logarithm: a span of e**6.4 that follows the series when it must
STEP = 0.2
LOWEST = math.log(0.0008)
OPEN_MIND = 0.02  # least density of any usual odds, against 1 at the prior's: a show may simply be another one
TAPER = 0.25  # by how much in logarithm the odds rise above `Tuning.hardly` for each further third of its density
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
    hardly: float = math.inf  # usual odds above which no show is likely to be, whatever it begins with
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
        """Of one series' grid: states, dispersions, odds."""
        return len(self.times), len(self.dispersions), GRID


# A show in which so many always complain of one thing is rarer than one that begins with its payment broken.
LIVE = Tuning(hardly=0.1)
# A bare series of counts has no comments to be measured against, so its level wanders more and varies less.
COUNTS = Tuning(wander=0.05, dispersions=(0.02, 0.1, 0.35, 0.8), dispersed=(0.25, 0.25, 0.25, 0.25))


@dataclass(frozen=True, slots=True)
class Stack:
    """What the tunings of some series say of ticks of one length, as arrays with one entry a series.

    `slope`, `gain` and `floor` [series, state, 1] make a mean: slope × usual complaints + the larger of gain × what is
    usual in a usual tick, and floor. `dispersion` is [series, state, dispersion, 1].
    """

    turning: Single  # [series, state, state]: what turns into what, from columns to rows
    spread: Single  # [series]: how much of a cell goes to either next odds, against what stays
    reset: Single  # [series]
    slope: Array
    gain: Array
    floor: Array
    dispersion: Array
    single: Single  # `dispersion` again
    power: Single  # −1 / dispersion

    @classmethod
    def of(cls, tunings: Sequence[Tuning], seconds: float) -> Stack:
        each = [_stacked(tuning, seconds) for tuning in tunings]
        return cls(*(np.array(column) for column in zip(*each, strict=True)))

    def take(self, places: Places) -> Stack:
        """Those of some of the series."""
        return Stack(*(getattr(self, one.name)[places] for one in fields(self)))


def log_odds(shift: int) -> Array:
    """The usual log odds of the grid's cells, when it lies `shift` steps above its usual place."""
    return LOWEST + STEP * (np.arange(GRID, dtype=np.float64) + shift)


def kept(belief: Single) -> Kept:
    """A belief as it is kept between ticks: probabilities from 2**-62 to 1 in 16 bits, six of exponent and ten of
    mantissa. `belief` is used up.

    That is the precision of numpy's half floats, which are converted one by one and slowly where they are tiny. In
    memory it is kept as in a dump, so that both go on alike.
    """
    bits = belief.view(np.uint32)
    np.maximum(bits, _LEAST, out=bits)
    bits -= _LEAST - _HALF
    bits >>= _DROPPED
    return bits.astype(np.uint16)


def recalled(belief: Kept) -> Single:
    """What was kept."""
    bits = belief.astype(np.uint32)
    bits <<= _DROPPED
    bits += _LEAST
    return bits.view(np.float32)


def moved(belief: Kept, fresh: Single, stack: Stack) -> Single:
    """The belief one tick later, before its counts are known, up to a factor.

    `fresh` [series, dispersion, odds] is what a reset gives.
    """
    size, states, dispersions, odds = belief.shape
    now = stack.turning @ recalled(belief).reshape(size, states, dispersions * odds)
    mass = now.reshape(size, -1).sum(1) * (1 + 2 * stack.spread)
    further = now * stack.spread[:, None, None]
    # Each cell gives to both its neighbours. In one go over all rows of the grid, which is twenty times as fast as row
    # by row: what crosses from one row to the next is put right at their ends, which keep what would leave them.
    grid, gives = now.reshape(size, -1, odds), further.reshape(size, -1, odds)
    first = grid[..., 0] + gives[..., 0] + gives[..., 1]
    last = grid[..., -1] + gives[..., -1] + gives[..., -2]
    flat, given = now.reshape(-1), further.reshape(-1)
    flat[1:] += given[:-1]
    flat[:-1] += given[1:]
    grid[..., 0], grid[..., -1] = first, last
    found = now.reshape(belief.shape)
    found[:, NOTHING] += (mass * stack.reset / (1 - stack.reset))[:, None, None] * fresh
    return found


def weighed(
    belief: Single, odds: Array, viewers: Array, exposure: Array, comments: Array, weight: Array, stack: Stack
) -> Single:
    """The belief once the counts are known: Bayes' rule with a negative binomial likelihood, to the power of `weight`.
    Up to a factor, and in the place of `belief`.

    One entry a series: `viewers` complain, given `exposure`. `comments` are those of a usual tick of the last minute:
    a rise is measured against them, as in a burst of greetings nobody complains faster. `odds` is [series, odds]. What
    was not heard has the weight 0.

    Most series have no complaint in most ticks, and then the likelihood is a bare power. Only where somebody complains
    do counts of any size make its logarithm so big that it wants double precision.
    """
    mean = _mean(odds, exposure, comments, stack)
    complained = np.flatnonzero((viewers > 0) & (weight > 0))
    before = belief[complained].astype(np.float64) if complained.size else None
    log = stack.single * mean.astype(np.float32)[:, :, None]
    log += np.float32(1)
    np.log(log, out=log)
    log *= stack.power
    log -= log[:, :1, -1:, :1]  # the likeliest, or near it: the fewest are expected there
    log *= weight.astype(np.float32)[:, None, None, None]
    np.exp(log, out=log)
    belief *= log
    if before is not None:
        belief[complained] = _weighed_in_full(
            before, mean[complained], viewers[complained], weight[complained], stack.dispersion[complained]
        )
    return belief


def _weighed_in_full(before: Array, mean: Array, viewers: Array, weight: Array, dispersion: Array) -> Array:
    count = viewers[:, None, None]
    log = dispersion * mean[:, :, None]
    log += 1.0
    np.log(log, out=log)
    log *= -(count[..., None] + 1 / dispersion)
    log += (count * np.log(mean))[:, :, None]
    log += np.array([_constants(one, own.tobytes(), own.shape) for one, own in zip(viewers, dispersion, strict=True)])
    log -= log.reshape(len(log), -1).max(1)[:, None, None, None]
    log *= weight[:, None, None, None]
    np.exp(log, out=log)
    log *= before
    log /= log.reshape(len(log), -1).sum(1)[:, None, None, None]
    return log


def _mean(odds: Array, exposure: Array, comments: Array, stack: Stack) -> Array:
    """How many are expected to complain, [series, state, odds]."""
    extra = stack.gain * (odds * comments[:, None])[:, None]
    np.maximum(extra, stack.floor, out=extra)
    extra += stack.slope * (odds * exposure[:, None])[:, None]
    return extra


def most_explained(belief: Single, odds: Array, exposure: Array, comments: Array, stack: Stack) -> Array:
    """How many viewers the greatest rise that the model knows would make complain, in whole numbers; one a series.

    Of more than that no rise would be a good explanation, and another usual the only one: a wall of complaints would be
    taken for a show that is simply like that. As many as the greatest rise makes of them, they are that rise.
    """
    likely = belief.reshape(len(belief), -1, GRID).sum(1, dtype=np.float64)
    usual = (likely * odds).sum(1) / likely.sum(1)
    extra = np.maximum(stack.gain[:, -1, 0] * usual * comments, stack.floor[:, -1, 0])
    most: Array = np.ceil(usual * exposure + extra)
    return most


def along(belief: Single, by: int) -> Single:
    """One series' belief on a grid that lies `by` steps higher (lower, below 0); what falls off is forgotten."""
    shifted = np.zeros_like(belief)
    if by > 0:
        shifted[..., :-by] = belief[..., by:]
    else:
        shifted[..., -by:] = belief[..., :by]
    result: Single = shifted / shifted.sum()
    return result


@lru_cache(maxsize=4096)
def _constants(count: float, dispersions: bytes, shape: tuple[int, ...]) -> Array:
    """The part of the log likelihood that depends on the dispersion alone, [state, dispersion, 1]."""
    found = [
        math.lgamma(count + 1 / value) - math.lgamma(1 / value) + count * math.log(value)
        for value in np.frombuffer(dispersions).tolist()
    ]
    return np.array(found).reshape(shape)


@lru_cache(maxsize=64)
def _stacked(tuning: Tuning, seconds: float) -> tuple[NDArray[np.floating] | np.floating, ...]:
    """The entries of one series in a `Stack`.

    In a rise the variances of the usual complaints and of those that came on top add up.
    """
    times, floors, dispersions = (np.array(one) for one in (tuning.times, tuning.floors, tuning.dispersions))
    floors = np.where(times > 1, floors * (min(seconds, 60.0) / 60.0), 0.0)  # an hour is not asked for an hour's worth
    usual = 1 / np.maximum(times, 1.0)  # of all complaints, the part that would be there anyway
    mixed = (dispersions * usual[:, None] ** 2 + tuning.crowd * (1 - usual[:, None]) ** 2)[:, :, None]
    turning, step = _motion(tuning, seconds)
    return (
        turning.astype(np.float32),
        np.float32(step / (1 - 2 * step)),
        np.float32(tuning.reset),
        np.minimum(times, 1.0)[:, None],
        np.maximum(times - 1, 0.0)[:, None],
        floors[:, None],
        mixed,
        mixed.astype(np.float32),
        (-1 / mixed).astype(np.float32),
    )


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

"""Complaint spikes as a hidden Markov model, filtered exactly tick by tick.

What is hidden is (1) the usual odds of a complaint among comments, which wander slowly, (2) how much more the counts
vary than chance alone would make them, and (3) whether something is going on: nothing, a dilution (many comments that
complain of nothing), or a rise of one of four sizes. All three live on one small grid, and every tick moves and
re-weighs that grid by Bayes' rule, so there is no separate baseline that a spike could poison: while a rise explains
the complaints better, the usual odds stay where they are. The score is the probability that a rise worth waking
someone is going on. docs/detection.md tells the method with its sources and figures.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.detectors.base import Tick, Verdict

Array = NDArray[np.float64]

GRID = 32  # cells of the usual odds, STEP apart in logarithm: a span of e**6.4 that follows the series when it must
STEP = 0.2
LOWEST = math.log(0.0008)
OPEN_MIND = 0.02  # least density of any usual odds, against 1 at the prior's: a show may simply be another one
NOTHING, WORTHY = 1, 3  # index of "nothing is going on", and of the first rise that is worth waking someone
# With x of n comments complaints, x given n − x has the odds times (n − x + 1) as its mean when any n is as likely; a
# little less than 1, as a quiet chat is known to be quiet.
UNHEARD = 0.7
SCALE = 2.0**14  # the grid sums to this, so that half precision keeps cells down to 4e-12 of it


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the model believes before it has seen anything. Times in seconds, floors in extra complaints a minute."""

    times: tuple[float, ...] = (0.25, 1.0, 1.5, 2.3, 4.0, 9.0)  # complaints against usual: dilution, nothing, rises
    floors: tuple[float, ...] = (0.0, 0.0, 2.0, 4.0, 8.0, 18.0)  # a rise is at least this big, however quiet it was
    begins: tuple[float, ...] = (0.15, 0.0, 0.4, 0.25, 0.2, 0.15)  # of all that begins, the share of each
    every: float = 7200.0  # something begins once in two hours
    lasts: float = 300.0
    changes: float = 120.0  # a rise goes to its neighbouring size
    dispersions: tuple[float, ...] = (0.15, 0.35, 0.8)  # variance = mean + dispersion × mean²
    dispersed: tuple[float, ...] = (0.3, 0.45, 0.25)
    wander: float = 0.028  # standard deviation of the usual log odds, each 10 s
    reset: float = 0.0003  # each tick, the chance that the usual odds are something else altogether
    voices: float = 1.3  # messages per viewer within 10 s above which repetition is discounted …
    discount: float = 2.0  # … by this much per further message
    memory: float = 35.0  # how long repetition is remembered
    min_viewers: float = 4.0  # within a minute, or the tick when it is longer
    min_extra: float = 3.0
    surge: float = 1.0  # in a rush of all comments the odds must be better by (rush / usual) to this power
    threshold: float = 0.72
    over: float = 0.25  # below this for `calm_after`, an alarm is over
    calm_after: float = 60.0


LIVE = Tuning()
# A bare series of counts has no comments to be measured against, so its level wanders more and varies less.
COUNTS = Tuning(wander=0.05, dispersions=(0.02, 0.1, 0.35, 0.8), dispersed=(0.25, 0.25, 0.25, 0.25))


@dataclass(frozen=True, slots=True)
class Prior:
    """The usual share of complaints, before the show: from earlier shows of its market and category if there are.

    `spread` is the standard deviation of its logarithm.
    """

    share: float = 0.02
    spread: float = 0.7


class HiddenMarkov:
    """`sensitivity` multiplies the evidence an alarm needs: above 1 pages later and less.

    >>> detector = HiddenMarkov()
    >>> quiet = [detector.update(Tick(10.0 * i, 10, 1, 40, 1)) for i in range(1, 61)]
    >>> any(verdict.alarm for verdict in quiet)
    False
    >>> [detector.update(Tick(600.0 + 10 * i, 10, 15, 55, 14)).alarm for i in range(1, 3)]
    [True, True]
    """

    name = "hidden_markov"

    def __init__(self, prior: Prior | None = None, sensitivity: float = 1.0, tuning: Tuning | None = None) -> None:
        if not sensitivity > 0:
            raise ValueError(f"sensitivity must be above 0 (1 is usual), got {sensitivity}")
        self._prior = prior or Prior()
        self._sensitivity = sensitivity
        self._given = tuning
        self._ended: float | None = None
        self._shift = 0
        self._belief: NDArray[np.float16] = np.zeros(0, np.float16)
        self._alone = False
        self._comments = (0.0, 0.0)  # comments a tick, over the last minute and over the last ten
        self._repeated = (0.0, 0.0)  # viewers and their further messages, fading
        self._recent: list[tuple[float, float]] = []  # (viewers, expected) of the last minute
        self._silent = 0
        self._alarmed = False
        self._calm_for = 0.0
        self._since: float | None = None
        self._tune(LIVE)

    def update(self, tick: Tick) -> Verdict:
        """Take one closed tick. Ticks come in order; those left out count as unheard, as does one without comments.

        ValueError: a tick that is not later than the last, of no length, or with impossible counts.
        """
        self._check(tick)
        if self._ended is None:
            self._start(tick)
        else:
            missed = round((tick.ended - self._ended) / tick.seconds) - 1
            self._silent += max(0, missed)
            for _ in range(min(missed, 60)):
                self._store(self._moved(tick.seconds))
        self._ended = tick.ended
        belief = self._moved(tick.seconds)
        viewers, weight = self._voices(tick)
        exposure = self._exposure(tick)
        if exposure is not None:
            backlog = self._silent >= 2 and exposure > 3 * self._comments[0] > 0
            if backlog:  # what piled up arrives at once: one tick's noise, not many ticks' evidence
                weight *= 0.5
            self._silent = 0
            if not backlog:
                self._follow_comments(exposure, tick.seconds)
            likelihood = self._log_likelihood(viewers, exposure, tick.seconds) * weight
            belief = belief * np.exp(likelihood - likelihood.max())
        belief /= belief.sum()
        self._store(belief)
        return self._verdict(tick, belief, viewers, exposure)

    def dump(self) -> dict[str, Any]:
        """The state as plain JSON values, about 2 kB."""
        return {
            "version": 1,
            "ended": self._ended,
            "alone": self._alone,
            "shift": self._shift,
            "belief": base64.b64encode(self._belief.astype("<f2").tobytes()).decode(),
            "comments": list(self._comments),
            "repeated": list(self._repeated),
            "recent": [list(pair) for pair in self._recent],
            "silent": self._silent,
            "alarmed": self._alarmed,
            "calm_for": self._calm_for,
            "since": self._since,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on where `dump` left off. ValueError: the state is of another version or another tuning."""
        if state.get("version") != 1:
            raise ValueError(f"a state of version {state.get('version')!r} is not for this detector; start it anew")
        self._alone = bool(state["alone"])
        self._tune(COUNTS if self._alone else LIVE)
        belief = np.frombuffer(base64.b64decode(state["belief"]), "<f2").astype(np.float16)
        if belief.size not in (0, self._shape[0] * self._shape[1] * self._shape[2]):
            raise ValueError("the state was made with another tuning; start the detector anew")
        self._belief = belief.reshape(self._shape) if belief.size else belief
        self._ended = state["ended"]
        self._comments = (state["comments"][0], state["comments"][1])
        self._repeated = (state["repeated"][0], state["repeated"][1])
        self._recent = [(viewers, expected) for viewers, expected in state["recent"]]
        self._silent = state["silent"]
        self._alarmed = state["alarmed"]
        self._calm_for = state["calm_for"]
        self._since = state["since"]
        self._place(state["shift"])

    # ── the grid: dispersion × what is going on × usual odds ─────────────────────────────────────────────────────

    def _tune(self, tuning: Tuning) -> None:
        self._tuning = tuning = self._given or tuning
        doubt = math.log(tuning.every / tuning.lasts)  # log odds against any given moment being part of a rise
        needed = self._sensitivity * (_logit(tuning.threshold) + doubt) - doubt
        self.threshold = 1.0 / (1.0 + math.exp(-needed))  # the score from which an alarm is raised
        self._length = 0.0  # of the ticks that the motion below is for
        self._times = np.array(tuning.times)[:, None]
        self._floors = np.array(tuning.floors)[:, None]
        self._dispersions = np.array(tuning.dispersions)[:, None, None]
        self._shape = (len(tuning.dispersions), len(tuning.times), GRID)
        self._place(0)

    def _place(self, shift: int) -> None:
        """Lay the grid's cells `shift` steps above the usual place."""
        self._shift = shift
        logs = LOWEST + STEP * (np.arange(GRID) + shift)
        self._odds = np.exp(logs)
        if self._alone:
            usual = np.ones(GRID)
        else:
            usual = np.exp(-0.5 * ((logs - _logit(self._prior.share)) / self._prior.spread) ** 2) + OPEN_MIND
        self._fresh = np.array(self._tuning.dispersed)[:, None] * (usual / usual.sum())

    def _start(self, tick: Tick) -> None:
        self._alone = tick.total is None
        self._tune(COUNTS if self._alone else LIVE)
        others = 1.0 if tick.total is None else max(tick.total - tick.complaints, 0.0) + UNHEARD
        first = (math.log(max(tick.complaints, 0.5) / others) - LOWEST) / STEP
        if self._alone:  # nothing says how big counts are here but the first of them
            self._place(round(first) - GRID // 2)
        elif first > GRID - 8 and tick.complaints:  # where most comments complain, they may always do
            self._place(round(first) - GRID + 8)
        belief = np.zeros(self._shape)
        belief[:, NOTHING, :] = self._fresh
        self._store(belief)

    def _store(self, belief: Array) -> None:
        """Keep the grid in half precision, in memory as in `dump`, so that both go on alike; move it along if due."""
        usual = belief.sum((0, 1))
        middle = int(usual.argmax())
        if middle < 3 or middle >= GRID - 3:
            by = -GRID // 4 if middle < 3 else GRID // 4
            self._place(self._shift + by)
            moved = np.zeros_like(belief)
            if by > 0:
                moved[:, :, :-by] = belief[:, :, by:]
            else:
                moved[:, :, -by:] = belief[:, :, :by]
            belief = moved / moved.sum()
        self._belief = (belief * SCALE).astype(np.float16)

    def _moved(self, seconds: float) -> Array:
        """The belief one tick later, before its counts are known."""
        if seconds != self._length:
            self._turning, self._wandering = _motion(self._tuning, seconds)
            self._length = seconds
        belief = self._turning @ self._belief.astype(np.float64) @ self._wandering
        belief *= (1 - self._tuning.reset) / belief.sum()
        belief[:, NOTHING, :] += self._tuning.reset * self._fresh
        moved: Array = belief
        return moved

    def _log_likelihood(self, count: float, exposure: float, seconds: float) -> Array:
        """Of `count` complaining viewers given `exposure`: negative binomial, in every cell of the grid."""
        usual = self._odds * exposure
        # A rise is measured against the comments of the last minute: in a burst of greetings nobody complains faster.
        extra = np.maximum((self._times - 1) * self._odds * self._comments[0], self._floors * _minutes(seconds))
        mean = np.where(self._times <= 1, self._times * usual, usual + extra)
        dispersions = self._dispersions
        log: Array = count * np.log(mean) - (count + 1 / dispersions) * np.log1p(dispersions * mean)
        for index, value in enumerate(self._tuning.dispersions):
            log[index] += math.lgamma(count + 1 / value) - math.lgamma(1 / value) + count * math.log(value)
        return log

    # ── what a tick says ─────────────────────────────────────────────────────────────────────────────────────────

    def _check(self, tick: Tick) -> None:
        if self._ended is not None and tick.ended <= self._ended:
            raise ValueError(f"ticks must come in order: one that ends at {tick.ended} follows one at {self._ended}")
        if tick.seconds <= 0 or not tick.complaints >= 0 or (tick.total or 0) < 0 or (tick.distinct or 0) < 0:
            raise ValueError(f"counts and lengths must not be negative, and a tick must last: {tick}")
        if self._ended is not None and (tick.total is None) != self._alone:
            raise ValueError("a series has totals in all of its ticks or in none")

    def _voices(self, tick: Tick) -> tuple[float, float]:
        """How many viewers complain, repetition discounted, and how much the tick is to be trusted (0…1).

        The few who post over and over count less than once: what they repeat is taken off the others, and the tick
        says neither that something is wrong nor that nothing is.
        """
        if tick.distinct is None:
            return tick.complaints, 1.0
        viewers = min(float(tick.distinct), tick.complaints)
        further = tick.complaints - viewers
        fade = math.exp(-tick.seconds / self._tuning.memory)
        self._repeated = (fade * self._repeated[0] + viewers, fade * self._repeated[1] + further)
        lately = self._repeated[1] / self._repeated[0] if self._repeated[0] > 0 else 0.0
        now = further / viewers if viewers >= 3 else 0.0
        # In a longer tick an honest viewer has time to say it again.
        allowed = (self._tuning.voices - 1) * math.sqrt(max(tick.seconds, 10.0) / 10.0)
        trust = min(1.0, max(0.0, 1.0 - self._tuning.discount * (max(lately, now) - allowed)))
        return viewers * trust, trust

    def _exposure(self, tick: Tick) -> float | None:
        """Comments that were no complaints (or ticks, when totals are unknown); None: nothing was heard."""
        if tick.total is not None:
            if tick.total <= 0 and tick.complaints <= 0:
                self._silent += 1
                return None
            return max(0.0, tick.total - tick.complaints) + UNHEARD
        expected = float((self._belief.sum((0, 1), dtype=np.float64) / SCALE * self._odds).sum())
        if tick.complaints <= 0 and expected >= 5 and self._silent < 30:
            self._silent += 1  # a feed that is suddenly silent has stalled rather than stopped having anything to say
            return None
        return 1.0 + self._silent

    def _follow_comments(self, exposure: float, seconds: float) -> None:
        minute, ten = self._comments
        if minute == 0.0:
            self._comments = (exposure, exposure)
            return
        minute += (exposure - minute) * (1 - math.exp(-seconds / 60))
        ten += (exposure - ten) * (1 - math.exp(-seconds / 600))
        self._comments = (minute, ten)

    def _verdict(self, tick: Tick, belief: Array, viewers: float, exposure: float | None) -> Verdict:
        tuning = self._tuning
        odds = float((belief.sum((0, 1)) * self._odds).sum())
        expected = odds * (self._comments[0] if exposure is None else exposure)
        kept = max(1, math.ceil(60 / tick.seconds))
        self._recent = [*self._recent, (viewers, 0.0 if exposure is None else expected)][-kept:]

        states = belief.sum((0, 2))
        worthy, other = float(states[WORTHY:].sum()), float(states[:WORTHY].sum())
        minute, ten = self._comments
        rush = max(1.0, minute / ten) if ten > 0 else 1.0
        score = worthy / (worthy + other * rush**tuning.surge)
        seen = sum(pair[0] for pair in self._recent)
        usual = sum(pair[1] for pair in self._recent)
        if seen < tuning.min_viewers or seen - usual < tuning.min_extra:
            score = min(score, self.threshold / 2)

        rising = float(states[NOTHING + 1 :].sum())
        if rising < 0.1:
            self._since = None
        elif self._since is None:
            self._since = tick.ended - tick.seconds
        self._calm_for = self._calm_for + tick.seconds if score < tuning.over else 0.0
        if score >= self.threshold:
            self._alarmed = True
        elif self._calm_for >= tuning.calm_after:
            self._alarmed = False
        known = tick.total is not None
        return Verdict(
            score=min(1.0, score),
            alarm=self._alarmed,
            expected=expected,
            observed=float(tick.complaints),
            share=tick.complaints / tick.total if tick.total else 0.0,
            usual_share=odds / (1 + odds) if known else 0.0,
            distinct=round(tick.distinct or 0),
            since=self._since,
            calm=not self._alarmed and self._calm_for >= tuning.calm_after,
        )


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def _minutes(seconds: float) -> float:
    """Length of a tick in minutes, for floors: one of an hour is not asked for an hour's worth of extra complaints."""
    return min(seconds, 60.0) / 60.0


@lru_cache(maxsize=16)
def _motion(tuning: Tuning, seconds: float) -> tuple[Array, Array]:
    """Within a tick: what turns into what (from columns to rows), and where the usual odds go (from rows to columns).

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
    step = 0.5 * (wander / STEP) ** 2
    wandering = np.diag(np.full(GRID, 1 - 2 * step)) + step * (np.eye(GRID, k=1) + np.eye(GRID, k=-1))
    wandering[0, 0] = wandering[-1, -1] = 1 - step
    return np.ascontiguousarray(turning.T), wandering

"""Complaint spikes as a hidden Markov model, filtered exactly tick by tick.

What is hidden is (1) the usual odds of a complaint among comments, which wander slowly, (2) how much more the counts
vary than chance alone would make them, and (3) whether something is going on: nothing, a dilution (many comments that
complain of nothing), or a rise of one of four sizes. All three live on one small grid, and every tick moves and
re-weighs that grid by Bayes' rule, so there is no separate baseline that a spike could poison: while a rise explains
the complaints better, the usual odds stay where they are. The score is the probability that a rise worth waking
someone is going on. docs/detection.md tells the method with its sources and figures; the grid's arithmetic, for many
series side by side, is in belief.py.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from analytics.detectors import belief as beliefs
from analytics.detectors.base import Tick, Verdict
from analytics.detectors.belief import (
    COUNTS,
    GRID,
    LIVE,
    LOWEST,
    MARGIN,
    NOTHING,
    STEP,
    WORTHY,
    Array,
    Kept,
    Tuning,
)

# With x of n comments complaints, x given n − x has the odds times (n − x + 1) as its mean when any n is as likely; a
# little less than 1, as a quiet chat is known to be quiet.
UNHEARD = 0.7
BLOCK = 32  # series side by side: arrays of 147 kB, a few of which the cache holds
VERSION = 3
_HEAD = struct.Struct("<B??H11d")  # version, alone, alarmed, pairs of the last minute, and eleven numbers, NaN for None


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
        self._belief: Kept = np.zeros(0, np.uint16)
        self._alone = False
        self._comments = (0.0, 0.0)  # comments a tick, over the last minute and over the last ten
        self._repeated = (0.0, 0.0)  # viewers and their further messages, fading
        self._recent: list[tuple[float, float]] = []  # (viewers, expected) of the tuning's window
        self._silent = 0
        self._alarmed = False
        self._calm_for = 0.0
        self._since: float | None = None
        self._tune(LIVE)

    def update(self, tick: Tick) -> Verdict:
        """Take one closed tick. Ticks come in order; those left out count as unheard, as does one without comments.

        ValueError: a tick that is not later than the last, of no length, or with impossible counts.
        """
        return self.update_together([self], [tick])[0]

    @staticmethod
    def update_together(detectors: Sequence[HiddenMarkov], ticks: Sequence[Tick]) -> list[Verdict]:
        """`update` of each with its tick, the grids of all in one go: some ten times faster, and the same to the bit.

        ValueError: as for `update`, and then none has taken its tick.
        """
        for detector, tick in zip(detectors, ticks, strict=True):
            detector._check(tick)
        alike: dict[tuple[int, float], list[int]] = {}
        for index, (detector, tick) in enumerate(zip(detectors, ticks, strict=True)):
            detector._catch_up(tick)
            alike.setdefault((id(detector._tuning), tick.seconds), []).append(index)
        verdicts: dict[int, Verdict] = {}
        for all_alike in alike.values():
            for begin in range(0, len(all_alike), BLOCK):
                block = all_alike[begin : begin + BLOCK]
                found = _updated([detectors[index] for index in block], [ticks[index] for index in block])
                verdicts |= zip(block, found, strict=True)
        return [verdicts[index] for index in range(len(ticks))]

    def dump(self) -> bytes:
        """The state, 1.2 to 2.2 kB."""
        pairs = [number for pair in self._recent for number in pair]
        return b"".join(
            (
                _HEAD.pack(
                    VERSION,
                    self._alone,
                    self._alarmed,
                    len(self._recent),
                    math.nan if self._ended is None else self._ended,
                    math.nan if self._since is None else self._since,
                    self._shift,
                    self._silent,
                    self._calm_for,
                    *self._comments,
                    *self._repeated,
                    self._prior.share,
                    self._prior.spread,
                ),
                struct.pack(f"<{len(pairs)}d", *pairs),
                self._belief.astype("<u2", copy=False).tobytes(),
            )
        )

    def load(self, state: bytes) -> None:
        """Go on where `dump` left off, prior and all. ValueError: the state is of another version or tuning."""
        if len(state) < _HEAD.size or state[0] != VERSION:
            raise ValueError("a state of another version is not for this detector; start it anew")
        _, alone, alarmed, recent, ended, since, shift, silent, calm_for, *sums, share, spread = _HEAD.unpack_from(
            state
        )
        self._alone = alone
        self._tune(COUNTS if alone else LIVE)
        size = math.prod(self._tuning.shape)
        begin = _HEAD.size + 16 * recent
        if len(state) - begin not in (0, 2 * size):
            raise ValueError("a state of another tuning is not for this detector; start it anew")
        pairs = struct.unpack_from(f"<{2 * recent}d", state, _HEAD.size)
        self._recent = list(zip(pairs[::2], pairs[1::2], strict=True))
        belief = np.frombuffer(state, "<u2", offset=begin).astype(np.uint16)
        self._belief = belief.reshape(self._tuning.shape) if belief.size else belief
        self._ended = None if math.isnan(ended) else ended
        self._since = None if math.isnan(since) else since
        self._alarmed, self._calm_for, self._silent = alarmed, calm_for, int(silent)
        self._comments, self._repeated = (sums[0], sums[1]), (sums[2], sums[3])
        self._prior = Prior(share, spread)
        self._place(int(shift))

    # ── the grid: dispersion × what is going on × usual odds ─────────────────────────────────────────────────────

    def _tune(self, tuning: Tuning) -> None:
        self._tuning = tuning = self._given or tuning
        doubt = math.log(tuning.every / tuning.lasts)  # log odds against any given moment being part of a rise
        needed = self._sensitivity * (_logit(tuning.threshold) + doubt) - doubt
        self.threshold = 1.0 / (1.0 + math.exp(-needed))  # the score from which an alarm is raised
        self._place(0)

    def _place(self, shift: int) -> None:
        """Lay the grid's cells `shift` steps above the usual place."""
        self._shift = shift
        self._odds, self._fresh = _laid(self._tuning, None if self._alone else self._prior, shift)

    def _start(self, tick: Tick) -> None:
        self._alone = tick.total is None
        self._tune(COUNTS if self._alone else LIVE)
        others = 1.0 if tick.total is None else max(tick.total - tick.complaints, 0.0) + UNHEARD
        first = (math.log(max(tick.complaints, 0.5) / others) - LOWEST) / STEP
        if self._alone:  # nothing says how big counts are here but the first of them
            self._place(round(first) - GRID // 2)
        elif first > GRID - 8 and tick.complaints:  # where most comments complain, they may always do
            self._place(round(first) - GRID + 8)
        belief = np.zeros((1, *self._tuning.shape))
        belief[0, :, NOTHING, :] = self._fresh
        _keep([self], belief, belief.sum((1, 2)))

    def _catch_up(self, tick: Tick) -> None:
        """Begin with the first tick, or let the ticks pass that were left out before this one."""
        if self._ended is None:
            self._start(tick)
        else:
            missed = round((tick.ended - self._ended) / tick.seconds) - 1
            self._silent += max(0, missed)
            for _ in range(min(missed, 60)):
                belief = beliefs.moved(self._belief[None], self._fresh[None], self._tuning, tick.seconds)
                _keep([self], belief, belief.sum((1, 2)))
        self._ended = tick.ended

    # ── what a tick says ─────────────────────────────────────────────────────────────────────────────────────────

    def _check(self, tick: Tick) -> None:
        if self._ended is not None and tick.ended <= self._ended:
            raise ValueError(f"ticks must come in order: one that ends at {tick.ended} follows one at {self._ended}")
        if tick.seconds <= 0 or not tick.complaints >= 0 or (tick.total or 0) < 0 or (tick.distinct or 0) < 0:
            raise ValueError(f"counts and lengths must not be negative, and a tick must last: {tick}")
        if self._ended is not None and (tick.total is None) != self._alone:
            raise ValueError("a series has totals in all of its ticks or in none")

    def _hear(self, tick: Tick) -> tuple[float, float | None, float]:
        """(viewers who complain, exposure or None when nothing was heard, how much their evidence weighs)."""
        viewers, weight = self._voices(tick)
        exposure = self._exposure(tick)
        if exposure is not None:
            backlog = self._silent >= 2 and exposure > 3 * self._comments[0] > 0
            if backlog:  # what piled up arrives at once: one tick's noise, not many ticks' evidence
                weight *= 0.5
            self._silent = 0
            if not backlog:
                self._follow_comments(exposure, tick.seconds)
        return viewers, exposure, weight

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
        expected = float((beliefs.recalled(self._belief).sum((0, 1)) * self._odds).sum())
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

    def _verdict(self, tick: Tick, facts: _Facts, viewers: float, exposure: float | None) -> Verdict:
        tuning, odds = self._tuning, facts.odds
        expected = odds * (self._comments[0] if exposure is None else exposure)
        kept = max(1, math.ceil(tuning.window / tick.seconds))
        self._recent = [*self._recent, (viewers, 0.0 if exposure is None else expected)][-kept:]

        minute, ten = self._comments
        rush = max(1.0, minute / ten) if ten > 0 else 1.0
        score = facts.worthy / (facts.worthy + facts.other * rush**tuning.surge)
        if score > self.threshold / 2 and self._is_thin():
            score = self.threshold / 2

        if facts.rising < 0.1:
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

    def _is_thin(self) -> bool:
        """Whether too few viewers complained within the window to wake anybody, however unusual it is."""
        seen = sum(viewers for viewers, _ in self._recent)
        usual = sum(expected for _, expected in self._recent)
        return seen < self._tuning.min_viewers or seen - usual < self._tuning.min_extra


class _Facts(NamedTuple):
    """What a verdict is made of: the usual odds, and the probabilities of a rise worth waking someone, of anything
    else, and of any rise."""

    odds: float
    worthy: float
    other: float
    rising: float


def _updated(detectors: Sequence[HiddenMarkov], ticks: Sequence[Tick]) -> list[Verdict]:
    """The verdicts of detectors of one tuning on ticks of one length."""
    tuning, seconds = detectors[0]._tuning, ticks[0].seconds
    heard = [detector._hear(tick) for detector, tick in zip(detectors, ticks, strict=True)]
    odds = np.array([detector._odds for detector in detectors])
    fresh = np.array([detector._fresh for detector in detectors])
    belief = beliefs.moved(np.array([detector._belief for detector in detectors]), fresh, tuning, seconds)
    spoke = [index for index, (_, exposure, _) in enumerate(heard) if exposure is not None]
    if spoke:  # a silent market says nothing, so its belief only moves
        viewers, exposure, weight = np.array([heard[index] for index in spoke], dtype=np.float64).T
        comments = np.array([detectors[index]._comments[0] for index in spoke])
        every = slice(None) if len(spoke) == len(heard) else spoke
        if not detectors[0]._alone:
            most = beliefs.most_explained(belief[every], odds[every], exposure, comments, tuning, seconds)
            viewers = np.minimum(viewers, most)
        belief[every] = beliefs.weighed(
            belief[every], odds[every], viewers, exposure, comments, weight, tuning, seconds
        )
    states, usual = belief.sum(3).sum(1), belief.sum((1, 2))
    total = states.sum(1)[:, None]
    states /= total
    usual /= total
    belief /= total[:, :, None, None]
    facts = _facts(states, (usual * odds).sum(1))
    _keep(detectors, belief, usual)
    return [
        detector._verdict(tick, fact, viewers_, exposure_)
        for detector, tick, fact, (viewers_, exposure_, _) in zip(detectors, ticks, facts, heard, strict=True)
    ]


def _facts(states: Array, odds: Array) -> list[_Facts]:
    worthy, other = states[:, WORTHY:].sum(1), states[:, :WORTHY].sum(1)
    rising = states[:, NOTHING + 1 :].sum(1)
    return [_Facts(*one) for one in zip(*(column.tolist() for column in (odds, worthy, other, rising)), strict=True)]


def _keep(detectors: Sequence[HiddenMarkov], belief: Array, usual: Array) -> None:
    """Hand each detector its belief as it is kept; where the usual odds near an end of the grid, move that along."""
    middles = usual.argmax(1)
    for index in np.flatnonzero((middles < MARGIN) | (middles >= GRID - MARGIN)).tolist():
        by = -GRID // 4 if middles[index] < MARGIN else GRID // 4
        detectors[index]._place(detectors[index]._shift + by)
        belief[index] = beliefs.along(belief[index], by)
    for detector, own in zip(detectors, beliefs.kept(belief), strict=True):
        detector._belief = own


@lru_cache(maxsize=1024)  # each series of a show may have a prior of its own
def _laid(tuning: Tuning, prior: Prior | None, shift: int) -> tuple[Array, Array]:
    """(usual odds of the grid's cells, what is believed of dispersion × odds before anything is seen); without a
    prior, anything is as likely."""
    logs = beliefs.log_odds(shift)
    if prior is None:
        usual = np.ones(GRID)
    else:
        usual = np.exp(-0.5 * ((logs - _logit(prior.share)) / prior.spread) ** 2) + beliefs.OPEN_MIND
    return np.exp(logs), np.array(tuning.dispersed)[:, None] * (usual / usual.sum())


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))

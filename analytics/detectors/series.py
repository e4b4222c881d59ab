"""Series of `hidden_markov` side by side: everything that each remembers, as arrays with one entry a series.

`HiddenMarkov` is one place in such a `Series`. What a show's series have in common, the arithmetic and all the small
sums around it, is done for all of them at once: done one by one, the sums alone would cost more than the arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.detectors import belief as beliefs
from analytics.detectors.base import Tick, Verdict
from analytics.detectors.belief import (
    GRID,
    LOWEST,
    MARGIN,
    NOTHING,
    STEP,
    WORTHY,
    Array,
    Kept,
    Places,
    Single,
)
from analytics.detectors.members import Member, Rules, laid

# With x of n comments complaints, x given n − x has the odds times (n − x + 1) as its mean when any n is as likely; a
# little less than 1, as a quiet chat is known to be quiet.
SOON = 60.0  # seconds: a longer tick is of reviews and tickets
UNHEARD = 0.7
MOST_MISSED = 60  # ticks left out for which the belief is moved along
Flags = NDArray[np.bool_]


class Series:
    """Of one kind: all with totals or all without, and with grids of one shape."""

    def __init__(self, members: Sequence[Member], *, alone: bool) -> None:
        """Series of which nothing is known yet."""
        size = len(members)
        self.members = list(members)
        self.alone = alone
        self.kind = (members[0].tuning.shape, alone)
        self.ended: Array = np.full(size, math.nan)
        self.shift = [0] * size
        self.belief: Kept = np.zeros((size, *members[0].tuning.shape), np.uint16)
        self.odds: Array = np.zeros((size, GRID))
        self.fresh: Single = np.zeros((size, *members[0].tuning.shape[1:]), np.float32)
        self.comments: Array = np.zeros((2, size))  # comments a tick, over the last minute and over the last ten
        self.repeated: Array = np.zeros((2, size))  # viewers and their further messages, fading
        self.recent: Array = np.zeros((0, 2, size))  # (viewers, expected) of the tuning's window; the newest last
        self.filled = np.zeros(size, np.int64)  # ticks of it that are known
        self.silent = np.zeros(size, np.int64)
        self.alarmed: Flags = np.zeros(size, np.bool_)
        self.calm_for: Array = np.zeros(size)
        self.since: Array = np.full(size, math.nan)
        self._rules: dict[float, Rules] = {}

    def __len__(self) -> int:
        return len(self.members)

    @classmethod
    def begun(cls, member: Member, tick: Tick) -> Series:
        """One series, which begins with this tick: what is believed before anything of it is counted."""
        made = cls([member], alone=tick.total is None)
        others = 1.0 if tick.total is None else max(tick.total - tick.complaints, 0.0) + UNHEARD
        first = (math.log(max(tick.complaints, 0.5) / others) - LOWEST) / STEP
        shift = 0
        if made.alone:  # nothing says how big counts are here but the first of them
            shift = round(first) - GRID // 2
        elif first > GRID - 8 and tick.complaints and (tick.seconds > SOON or member.tuning.hardly == math.inf):
            # Where most complain, they may always do: of reviews, say, or of viewers who leave.
            shift = round(first) - GRID + 8
        made.place(0, shift)
        belief = np.zeros(made.belief.shape, np.float32)
        belief[:, NOTHING] = made.fresh
        made._keep(belief, belief.sum((1, 2), dtype=np.float64))
        made.ended[0] = tick.ended - tick.seconds
        return made

    @classmethod
    def joined(cls, parts: Sequence[tuple[Series, int]]) -> Series:
        """Some series, each given as a place in another `Series`, in this order. What they came from is left as it is,
        and is not to be used for them any more."""
        made = cls([one.members[at] for one, at in parts], alone=parts[0][0].alone)
        longest = max(len(one.recent) for one, _ in parts)
        made.recent = np.zeros((longest, 2, len(parts)))
        for place, (one, at) in enumerate(parts):
            made.shift[place] = one.shift[at]
            made.belief[place], made.odds[place], made.fresh[place] = one.belief[at], one.odds[at], one.fresh[at]
            made.recent[longest - len(one.recent) :, :, place] = one.recent[..., at]
            made.comments[:, place], made.repeated[:, place] = one.comments[:, at], one.repeated[:, at]
            made.ended[place], made.since[place] = one.ended[at], one.since[at]
            made.filled[place], made.silent[place] = one.filled[at], one.silent[at]
            made.alarmed[place], made.calm_for[place] = one.alarmed[at], one.calm_for[at]
        return made

    def place(self, at: int, shift: int) -> None:
        """Lay the cells of a series' grid `shift` steps above the usual place."""
        member = self.members[at]
        self.shift[at] = shift
        self.odds[at], self.fresh[at] = laid(member.tuning, None if self.alone else member.prior, shift)

    # ── a tick ───────────────────────────────────────────────────────────────────────────────────────────────────

    def refuses(self, told: Array) -> bool:
        """Whether a tick is impossible or out of order, or they are of several lengths; `told` as by `table`."""
        ended, seconds, complaints, total, _ = told.T
        unknown = np.isnan(total)
        return bool(
            (told[:, 1:] < 0).any()
            or seconds[0] <= 0
            or (seconds != seconds[0]).any()
            or np.isnan(complaints).any()
            or (unknown.any() if not self.alone else not unknown.all())
            or not (ended > self.ended).all()
        )

    def update(self, ticks: Sequence[Tick], told: Array) -> list[Verdict]:
        """The verdict of each series on its tick; `ticks`, and `told` by `table` of them, are of one length, and none
        is refused."""
        seconds = ticks[0].seconds
        rules = self._rules.get(seconds)
        if rules is None:
            rules = self._rules[seconds] = Rules(self.members, seconds)
        ended, _, complaints, total, distinct = np.ascontiguousarray(told.T)
        self._catch_up(ended, rules)
        viewers, weight = self._voices(complaints, distinct, rules)
        exposure, heard = self._exposure(complaints, total)
        weight = self._follow(exposure, heard, weight, rules)
        belief = beliefs.moved(self.belief, self.fresh, rules.stack)
        explained = viewers
        complained = np.flatnonzero((viewers > 0) & heard)
        if complained.size and not self.alone:
            most = beliefs.most_explained(
                belief[complained],
                self.odds[complained],
                exposure[complained],
                self.comments[0, complained],
                rules.stack.take(complained),
            )
            explained = viewers.copy()
            explained[complained] = np.minimum(viewers[complained], most)
        if heard.any():  # a silent market says nothing, so its belief only moves
            trusted = np.where(heard, weight, 0.0)
            belief = beliefs.weighed(belief, self.odds, explained, exposure, self.comments[0], trusted, rules.stack)
        by_odds = belief.sum(2).astype(np.float64)
        states, usual = by_odds.sum(2), by_odds.sum(1)
        total = states.sum(1)
        belief *= (1 / total).astype(np.float32)[:, None, None, None]
        states /= total[:, None]
        usual /= total[:, None]
        odds: Array = (usual * self.odds).sum(1)
        self._keep(belief, usual)
        return self._verdicts(ticks, states, odds, viewers, exposure, heard, rules)

    def _catch_up(self, ended: Array, rules: Rules) -> None:
        """Let the ticks pass that were left out before this one."""
        missed = np.rint((ended - self.ended) / rules.seconds).astype(np.int64) - 1
        self.ended = ended
        late = np.flatnonzero(missed > 0)
        self.silent[late] += missed[late]
        for number in range(min(int(missed.max()), MOST_MISSED)):
            now = np.flatnonzero(missed > number)
            belief = beliefs.moved(self.belief[now], self.fresh[now], rules.stack.take(now))
            usual = belief.reshape(len(now), -1, GRID).sum(1, dtype=np.float64)
            belief *= (1 / usual.sum(1)).astype(np.float32)[:, None, None, None]
            self._keep(belief, usual, now)

    def _voices(self, complaints: Array, distinct: Array, rules: Rules) -> tuple[Array, Array]:
        """How many viewers complain, repetition discounted, and how much the tick is to be trusted (0…1).

        The few who post over and over count less than once: what they repeat is taken off the others, and the tick
        says neither that something is wrong nor that nothing is.
        """
        known = ~np.isnan(distinct)
        if not known.any():
            return complaints, np.ones(len(self))
        viewers = np.fmin(distinct, complaints)
        further = complaints - viewers
        repeated = rules.fade * self.repeated
        repeated[0] += viewers
        repeated[1] += further
        self.repeated = np.where(known, repeated, self.repeated)
        if not self.repeated[1].any():  # nobody said it twice
            return viewers, np.ones(len(self))
        lately = _parts(self.repeated[1], self.repeated[0], self.repeated[0] > 0)
        now = _parts(further, viewers, viewers >= 3)
        trust = np.clip(1.0 - rules.discount * (np.maximum(lately, now) - rules.allowed), 0.0, 1.0)
        trust[~known] = 1.0
        return viewers * trust, trust

    def _exposure(self, complaints: Array, total: Array) -> tuple[Array, Flags]:
        """Comments that were no complaints (or ticks, when totals are unknown), and whether anything was heard."""
        if not self.alone:
            heard = (total > 0) | (complaints > 0)
            self.silent += ~heard
            return np.maximum(total - complaints, 0.0) + UNHEARD, heard
        likely = beliefs.recalled(self.belief).reshape(len(self), -1, GRID).sum(1, dtype=np.float64)
        expected = (likely * self.odds).sum(1)
        # A feed that is suddenly silent has stalled rather than stopped having anything to say.
        heard = ~((complaints <= 0) & (expected >= 5) & (self.silent < 30))
        self.silent += ~heard
        return 1.0 + self.silent.astype(np.float64), heard

    def _follow(self, exposure: Array, heard: Flags, weight: Array, rules: Rules) -> Array:
        """Follow how many comments there are; the weight of each tick, given that."""
        minute = self.comments[0]
        backlog = heard & (self.silent >= 2) & (exposure > 3 * minute) & (minute > 0)
        if backlog.any():  # what piled up arrives at once: one tick's noise, not many ticks' evidence
            weight = np.where(backlog, weight * 0.5, weight)
        self.silent[heard] = 0
        begins = minute == 0.0
        further = self.comments + (exposure - self.comments) * rules.following
        further = np.where(begins, exposure, further)
        self.comments = np.where(heard & ~backlog, further, self.comments)
        return weight

    def _verdicts(
        self,
        ticks: Sequence[Tick],
        states: Array,
        odds: Array,
        viewers: Array,
        exposure: Array,
        heard: Flags,
        rules: Rules,
    ) -> list[Verdict]:
        minute, ten = self.comments
        expected = odds * np.where(heard, exposure, minute)
        self._remember(viewers, np.where(heard, expected, 0.0), rules)
        worthy, other = states[:, WORTHY:].sum(1), states[:, :WORTHY].sum(1)
        rush = np.maximum(_parts(minute, ten, ten > 0), 1.0)
        score = worthy / (worthy + other * rush**rules.surge)
        high = score > rules.threshold / 2
        if high.any():
            score = np.where(high & self._is_thin(rules), rules.threshold / 2, score)

        rising = states[:, NOTHING + 1 :].sum(1) >= 0.1
        since = np.where(np.isnan(self.since), self.ended - rules.seconds, self.since)
        self.since = np.where(rising, since, math.nan)
        self.calm_for = np.where(score < rules.over, self.calm_for + rules.seconds, 0.0)
        calm = self.calm_for >= rules.calm_after
        self.alarmed = (score >= rules.threshold) | (self.alarmed & ~calm)
        usual_share = np.zeros(len(self)) if self.alone else odds / (1 + odds)
        columns = zip(
            ticks,
            np.minimum(score, 1.0).tolist(),
            self.alarmed.tolist(),
            expected.tolist(),
            usual_share.tolist(),
            self.since.tolist(),
            (calm & ~self.alarmed).tolist(),
            strict=True,
        )
        # In the order of a verdict's fields: by name it would take twice as long.
        return [
            Verdict(
                score_,
                alarm,
                expected_,
                float(tick.complaints),
                tick.complaints / tick.total if tick.total else 0.0,
                share,
                round(tick.distinct or 0),
                since_ if since_ == since_ else None,  # NaN for none
                calm_,
            )
            for tick, score_, alarm, expected_, share, since_, calm_ in columns
        ]

    def _remember(self, viewers: Array, expected: Array, rules: Rules) -> None:
        """Take a tick into the window, and what has left it out."""
        window = len(rules.inside)
        recent = np.zeros((window, 2, len(self)))
        known = self.recent[-(window - 1) :] if window > 1 else self.recent[:0]
        recent[window - 1 - len(known) : window - 1] = known
        recent[-1] = viewers, expected
        recent *= rules.inside
        self.recent = recent
        self.filled = np.minimum(self.filled + 1, rules.window)

    def _is_thin(self, rules: Rules) -> Flags:
        """Whether too few viewers complained within the window to wake anybody, however unusual it is."""
        seen, usual = self.recent.sum(0)
        thin: Flags = (seen < rules.min_viewers) | (seen - usual < rules.min_extra)
        return thin

    def _keep(self, belief: Single, usual: Array, places: Places | None = None) -> None:
        """Keep the beliefs of the series at `places`, or of all; where the usual odds near an end of the grid, move
        that along."""
        middles = usual.argmax(1)
        for index in np.flatnonzero((middles < MARGIN) | (middles >= GRID - MARGIN)).tolist():
            by = -GRID // 4 if middles[index] < MARGIN else GRID // 4
            at = index if places is None else int(places[index])
            self.place(at, self.shift[at] + by)
            belief[index] = beliefs.along(belief[index], by)
        if places is None:
            self.belief = beliefs.kept(belief)
        else:
            self.belief[places] = beliefs.kept(belief)


def table(ticks: Sequence[Tick]) -> Array:
    """Ticks as rows of numbers, NaN for what is not known."""
    return np.array(ticks, np.float64)


def _parts(some: Array, whole: Array, where: Flags) -> Array:
    """`some` / `whole`, and 0 elsewhere."""
    return np.divide(some, whole, out=np.zeros(len(some)), where=where)

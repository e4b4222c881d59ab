"""The hidden Markov model of one series, written as plainly as it can be: what the fast form is held against.

All in double precision, one series and one cell after the other wherever that says it more plainly. Between ticks a
belief is rounded as `analytics.detectors.belief.kept` rounds it, for that is part of what the detector is.
"""

from __future__ import annotations

import math

import numpy as np

from analytics.detectors import Prior
from analytics.detectors.base import Tick, Verdict
from analytics.detectors.belief import (
    COUNTS,
    GRID,
    LIVE,
    LOWEST,
    MARGIN,
    NOTHING,
    OPEN_MIND,
    STEP,
    TAPER,
    WORTHY,
    Tuning,
)

UNHEARD = 0.7


def rounded(belief: np.ndarray) -> np.ndarray:
    """To ten bits of mantissa, and to 2**-62 from below."""
    belief = np.maximum(belief.astype(np.float32).astype(np.float64), 2.0**-62)
    part, exponent = np.frexp(belief)
    return np.ldexp(np.floor(part * 2048 + 0.5) / 2048, exponent)


class Plain:
    def __init__(self, prior: Prior | None = None, sensitivity: float = 1.0, tuning: Tuning | None = None) -> None:
        self.prior, self.sensitivity, self.given = prior or Prior(), sensitivity, tuning
        self.tuning = tuning or LIVE
        self.ended: float | None = None
        self.comments = self.repeated = (0.0, 0.0)
        self.recent: list[tuple[float, float]] = []
        self.silent, self.alarmed, self.calm_for = 0, False, 0.0
        self.since: float | None = None

    def lay(self, shift: int) -> None:
        self.shift = shift
        logs = LOWEST + STEP * (np.arange(GRID) + shift)
        self.odds = np.exp(logs)
        usual = np.ones(GRID)
        if not self.alone:
            at = math.log(self.prior.share / (1 - self.prior.share))
            usual = np.exp(-0.5 * ((logs - at) / self.prior.spread) ** 2)
            for cell, log in enumerate(logs):
                above = log - math.log(self.tuning.hardly) if self.shift <= 0 else 0.0
                usual[cell] += OPEN_MIND * (math.exp(-above / TAPER) if above > 0 else 1.0)
        self.fresh = np.outer(self.tuning.dispersed, usual / usual.sum())

    def begin(self, tick: Tick) -> None:
        self.alone = tick.total is None
        self.tuning = self.given or (COUNTS if self.alone else LIVE)
        doubt = math.log(self.tuning.every / self.tuning.lasts)
        wanted = math.log(self.tuning.threshold / (1 - self.tuning.threshold))
        self.threshold = 1 / (1 + math.exp(doubt - self.sensitivity * (wanted + doubt)))
        others = 1.0 if tick.total is None else max(tick.total - tick.complaints, 0.0) + UNHEARD
        first = (math.log(max(tick.complaints, 0.5) / others) - LOWEST) / STEP
        self.lay(0)
        if self.alone:
            self.lay(round(first) - GRID // 2)
        elif first > GRID - 8 and tick.complaints and (tick.seconds > 60 or self.tuning.hardly == math.inf):
            self.lay(round(first) - GRID + 8)
        belief = np.zeros((len(self.tuning.times), *self.fresh.shape))
        belief[NOTHING] = self.fresh
        self.keep(belief)

    def keep(self, belief: np.ndarray) -> None:
        middle = int(belief.sum((0, 1)).argmax())
        if middle < MARGIN or middle >= GRID - MARGIN:
            by = -GRID // 4 if middle < MARGIN else GRID // 4
            self.lay(self.shift + by)
            moved = np.zeros_like(belief)
            for cell in range(GRID):
                if 0 <= cell + by < GRID:
                    moved[..., cell] = belief[..., cell + by]
            belief = moved / moved.sum()
        self.belief = rounded(belief)

    def moved(self, seconds: float) -> np.ndarray:
        tuning = self.tuning
        begin = min(1 - math.exp(-seconds / tuning.every), 0.005)
        end = min(1 - math.exp(-seconds / tuning.lasts), 0.35)
        change = min(1 - math.exp(-seconds / tuning.changes), 0.3)
        states = len(tuning.times)
        now = np.zeros_like(self.belief)
        for state, held in enumerate(self.belief):
            goes = {other: begin * share for other, share in enumerate(tuning.begins)} if state == NOTHING else {}
            if state != NOTHING:
                goes[NOTHING] = end
            if state > NOTHING:
                for near in (state - 1, state + 1):
                    if NOTHING < near < states:
                        goes[near] = (1 - end) * change / 2
            for other, part in goes.items():
                now[other] += part * held
            now[state] += (1 - sum(goes.values())) * held
        wander = min(tuning.wander * math.sqrt(seconds / 10), 0.12)
        step = 0.5 * (wander / STEP) ** 2
        further = now * (1 - 2 * step)
        further[..., 1:] += step * now[..., :-1]
        further[..., :-1] += step * now[..., 1:]
        further[..., 0] += step * now[..., 0]
        further[..., -1] += step * now[..., -1]
        further *= (1 - tuning.reset) / further.sum()
        further[NOTHING] += tuning.reset * self.fresh
        return further

    def likelihood(self, viewers: float, exposure: float, seconds: float, weight: float) -> np.ndarray:
        tuning, usual_tick = self.tuning, self.comments[0]
        logs = np.zeros_like(self.belief)
        for state, (times, floor) in enumerate(zip(tuning.times, tuning.floors, strict=True)):
            usual = self.odds * exposure
            extra = np.maximum((times - 1) * self.odds * usual_tick, floor * min(seconds, 60.0) / 60)
            mean = times * usual if times <= 1 else usual + extra
            part = 1 / max(times, 1.0)
            for number, dispersion in enumerate(tuning.dispersions):
                mixed = dispersion * part**2 + tuning.crowd * (1 - part) ** 2
                log = -(viewers + 1 / mixed) * np.log1p(mixed * mean)
                log += math.lgamma(viewers + 1 / mixed) - math.lgamma(1 / mixed) + viewers * math.log(mixed)
                logs[state, number] = log + (viewers * np.log(mean) if viewers else 0.0)
        return np.exp((logs - logs.max()) * weight)

    def most(self, belief: np.ndarray, exposure: float, seconds: float) -> float:
        usual = float((belief.sum((0, 1)) * self.odds).sum() / belief.sum())
        floor = self.tuning.floors[-1] * min(seconds, 60.0) / 60
        return math.ceil(usual * exposure + max((self.tuning.times[-1] - 1) * usual * self.comments[0], floor))

    def hear(self, tick: Tick) -> tuple[float, float | None, float]:
        tuning, seconds = self.tuning, tick.seconds
        viewers, weight = float(tick.complaints), 1.0
        if tick.distinct is not None:
            viewers = min(float(tick.distinct), tick.complaints)
            further = tick.complaints - viewers
            fade = math.exp(-seconds / tuning.memory)
            self.repeated = (fade * self.repeated[0] + viewers, fade * self.repeated[1] + further)
            lately = self.repeated[1] / self.repeated[0] if self.repeated[0] > 0 else 0.0
            now = further / viewers if viewers >= 3 else 0.0
            allowed = (tuning.voices - 1) * math.sqrt(max(seconds, 10.0) / 10)
            weight = min(1.0, max(0.0, 1 - tuning.discount * (max(lately, now) - allowed)))
            viewers *= weight
        if tick.total is not None:
            exposure = (
                None if tick.total <= 0 and tick.complaints <= 0 else max(0.0, tick.total - tick.complaints) + UNHEARD
            )
        else:
            expected = float((self.belief.sum((0, 1)) * self.odds).sum())
            stalled = tick.complaints <= 0 and expected >= 5 and self.silent < 30
            exposure = None if stalled else 1.0 + self.silent
        if exposure is None:
            self.silent += 1
            return viewers, None, weight
        backlog = self.silent >= 2 and exposure > 3 * self.comments[0] > 0
        self.silent = 0
        if backlog:
            return viewers, exposure, weight * 0.5
        minute, ten = self.comments
        self.comments = (exposure, exposure) if minute == 0 else (
            minute + (exposure - minute) * (1 - math.exp(-seconds / 60)),
            ten + (exposure - ten) * (1 - math.exp(-seconds / 600)),
        )  # fmt: skip
        return viewers, exposure, weight

    def update(self, tick: Tick) -> Verdict:
        seconds = tick.seconds
        if self.ended is None:
            self.begin(tick)
        else:
            missed = round((tick.ended - self.ended) / seconds) - 1
            self.silent += max(0, missed)
            for _ in range(min(missed, 60)):
                self.keep(self.moved(seconds))
        self.ended = tick.ended
        viewers, exposure, weight = self.hear(tick)
        belief = self.moved(seconds)
        if exposure is not None:
            explained = viewers if self.alone else min(viewers, self.most(belief, exposure, seconds))
            belief *= self.likelihood(explained, exposure, seconds, weight)
        belief /= belief.sum()
        odds = float((belief.sum((0, 1)) * self.odds).sum())
        states = belief.sum((1, 2))
        self.keep(belief)
        return self.verdict(tick, states, odds, viewers, exposure)

    def verdict(self, tick: Tick, states: np.ndarray, odds: float, viewers: float, exposure: float | None) -> Verdict:
        tuning, (minute, ten) = self.tuning, self.comments
        expected = odds * (minute if exposure is None else exposure)
        window = max(1, math.ceil(tuning.window / tick.seconds))
        self.recent = [*self.recent, (viewers, 0.0 if exposure is None else expected)][-window:]
        seen, usual = (sum(column) for column in zip(*self.recent, strict=True))
        worthy, other = float(states[WORTHY:].sum()), float(states[:WORTHY].sum())
        rush = max(1.0, minute / ten) if ten > 0 else 1.0
        score = worthy / (worthy + other * rush**tuning.surge)
        if score > self.threshold / 2 and (seen < tuning.min_viewers or seen - usual < tuning.min_extra):
            score = self.threshold / 2
        if states[NOTHING + 1 :].sum() < 0.1:
            self.since = None
        elif self.since is None:
            self.since = tick.ended - tick.seconds
        self.calm_for = self.calm_for + tick.seconds if score < tuning.over else 0.0
        if score >= self.threshold:
            self.alarmed = True
        elif self.calm_for >= tuning.calm_after:
            self.alarmed = False
        return Verdict(
            score=min(1.0, score),
            alarm=self.alarmed,
            expected=expected,
            observed=float(tick.complaints),
            share=tick.complaints / tick.total if tick.total else 0.0,
            usual_share=0.0 if self.alone else odds / (1 + odds),
            distinct=round(tick.distinct or 0),
            since=self.since,
            calm=not self.alarmed and self.calm_for >= tuning.calm_after,
        )

"""Fewer of something than there should be: checkouts, given the carts that were filled before.

A cumulative sum of log likelihood ratios (Page [1]) for counts (Lucas [2]): each tick asks how much better "they fell
to a tenth" explains what came than "they come as usual". What is usual is a ratio of what came to what was expected
of it, over the last twenty minutes; it stands still while a shortfall is likely, so that a fault does not become
usual. Counts that vary more than chance alone weigh less, in proportion to how much more (quasi-likelihood [3]).

[1] E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954).
[2] J. M. Lucas, "Counted data CUSUM's", Technometrics 27 (1985).
[3] P. McCullagh, J. A. Nelder, *Generalized Linear Models*, Chapman and Hall, 2nd ed. 1989, chapter 9.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from analytics.detectors.base import Tick, Verdict

VERSION = 1
BLOCK = 60.0  # seconds over which it is told how much counts vary: within a tick a burst does not show
FIRST_DISPERSION, FIRST_WEIGHT = 1.5, 10.0  # variance per mean before anything is known, worth so many counts
RUSH, FEW = 1.5, 3.0  # times what is due, and a few more, above which counts do not make it usual


@dataclass(frozen=True, slots=True)
class Shortage:
    """What is looked for. Times in seconds, `evidence` in units of log likelihood."""

    part: float = 0.1  # of the usual, which is left of it
    evidence: float = 7.0
    missing: float = 8.0  # fewest that did not come
    enough: float = 15.0  # counts, each divided by the dispersion, before what is usual is known
    memory: float = 1200.0
    holds: float = 1800.0  # how long what is usual stands still at the most
    calm_after: float = 60.0


USUAL = Shortage()


class Dispersion:
    """How much more counts vary than chance alone would make them: variance per mean, at least 1.

    It is learnt from what lies below the mean, doubled: a rush after a product drop says nothing of how few may come.
    """

    def __init__(self, state: dict[str, float] | None = None) -> None:
        was = state or {}
        self._squares = was.get("squares", FIRST_DISPERSION * FIRST_WEIGHT)
        self._means = was.get("means", FIRST_WEIGHT)
        self._came, self._mean = was.get("came", 0.0), was.get("mean", 0.0)
        self._seconds = was.get("seconds", 0.0)

    @property
    def value(self) -> float:
        return max(1.0, self._squares / self._means)

    def learn(self, came: float, mean: float, seconds: float, memory: float) -> None:
        self._came, self._mean, self._seconds = self._came + came, self._mean + mean, self._seconds + seconds
        if self._seconds < BLOCK:
            return
        fade = math.exp(-self._seconds / memory)
        self._squares = fade * self._squares + 2 * min(0.0, self._came - self._mean) ** 2
        self._means = fade * self._means + self._mean
        if self._means < FIRST_WEIGHT:  # what has not been seen for long is as unknown as at the beginning
            self._squares += FIRST_DISPERSION * (FIRST_WEIGHT - self._means)
            self._means = FIRST_WEIGHT
        self._came = self._mean = self._seconds = 0.0

    def state(self) -> dict[str, float]:
        return {
            "squares": self._squares,
            "means": self._means,
            "came": self._came,
            "mean": self._mean,
            "seconds": self._seconds,
        }


@dataclass(slots=True)
class _State:
    ended: float | None = None
    came: float = 0.0  # fading sums: what came …
    due: float = 0.0  # … of what it was expected of
    sum: float = 0.0
    missing: float = 0.0
    since: float | None = None
    held: float = 0.0
    alarmed: bool = False
    calm_for: float = 0.0
    dispersion: dict[str, float] = field(default_factory=dict)


class Shortfall:
    """A tick's `complaints` are what came, its `total` what that was expected of; `distinct` is left aside.

    `sensitivity` multiplies the evidence that an alarm needs.

    >>> detector = Shortfall()
    >>> usual = [detector.update(Tick(10.0 * i, 10, 3, 5, None)).alarm for i in range(1, 61)]
    >>> none_come = [detector.update(Tick(600 + 10.0 * i, 10, 0, 5, None)).alarm for i in range(1, 9)]
    >>> any(usual), none_come[0], none_come[-1]
    (False, False, True)
    """

    name = "shortfall"

    def __init__(self, sensitivity: float = 1.0, tuning: Shortage = USUAL) -> None:
        if not sensitivity > 0:
            raise ValueError(f"sensitivity must be above 0 (1 is usual), got {sensitivity}")
        self._tuning = tuning
        self._evidence = tuning.evidence * sensitivity
        self._is = _State()
        self._dispersion = Dispersion()

    def update(self, tick: Tick) -> Verdict:
        """ValueError: out of order, of no length, without a total, or below 0. Ticks that are left out say nothing."""
        due = tick.total
        if due is None or due < 0 or not tick.complaints >= 0 or tick.seconds <= 0:
            raise ValueError(f"a tick must last and have counts that are not negative, and a total: {tick}")
        now, tuning = self._is, self._tuning
        if now.ended is not None and tick.ended <= now.ended:
            raise ValueError(f"ticks must come in order: one that ends at {tick.ended} follows one at {now.ended}")
        now.ended = tick.ended
        dispersion = self._dispersion.value
        known = now.came / dispersion
        usual = now.came / now.due if now.due > 0 else 0.0
        # As much as is surely usual: of what has been seen twenty times, three quarters.
        sure = usual * max(0.0, 1 - 1 / math.sqrt(known)) if known >= tuning.enough else 0.0
        mean = sure * due
        ratio = (tick.complaints * math.log(tuning.part) + mean * (1 - tuning.part)) / dispersion
        now.sum = min(max(0.0, now.sum + ratio), 1.5 * self._evidence)
        if now.sum == 0.0:
            now.missing, now.since = 0.0, None
        else:
            now.missing = max(0.0, now.missing + usual * due - tick.complaints)
            now.since = tick.ended - tick.seconds if now.since is None else now.since
        self._learn(tick, due, usual)
        self._settle(tick)
        return Verdict(
            score=now.sum / (now.sum + self._evidence),
            alarm=now.alarmed,
            expected=usual * due,
            observed=float(tick.complaints),
            share=min(1.0, tick.complaints / due) if due else 0.0,
            usual_share=min(1.0, usual),
            distinct=0,
            since=now.since,
            calm=not now.alarmed and now.calm_for >= tuning.calm_after,
        )

    def _learn(self, tick: Tick, due: float, usual: float) -> None:
        now, tuning = self._is, self._tuning
        likely = now.sum >= self._evidence / 3
        now.held = now.held + tick.seconds if likely else 0.0
        if likely and now.held <= tuning.holds:
            return
        if now.due > 0:
            self._dispersion.learn(tick.complaints, usual * due, tick.seconds, tuning.memory)
        fade = math.exp(-tick.seconds / tuning.memory)
        came = tick.complaints if now.due <= 0 else min(tick.complaints, RUSH * usual * due + FEW)
        now.due = fade * now.due + due
        now.came = min(fade * now.came + came, now.due)  # what is due comes once; the rest is from elsewhere

    def _settle(self, tick: Tick) -> None:
        now, tuning = self._is, self._tuning
        now.calm_for = now.calm_for + tick.seconds if now.sum < self._evidence / 4 else 0.0
        if now.sum >= self._evidence and now.missing >= tuning.missing:
            now.alarmed = True
        elif now.calm_for >= tuning.calm_after:
            now.alarmed = False

    def dump(self) -> bytes:
        """The state, about 0.3 kB."""
        self._is.dispersion = self._dispersion.state()
        return orjson.dumps({"version": VERSION, **asdict(self._is)})

    def load(self, state: bytes) -> None:
        """ValueError: not a state of this version."""
        was: dict[str, Any] = orjson.loads(state)
        if was.pop("version", None) != VERSION:
            raise ValueError("a state of another version is not for this detector; start it anew")
        self._is = _State(**was)
        self._dispersion = Dispersion(self._is.dispersion)

"""How rare a count is in a series that is nothing but counts: no comments to measure it against, no viewers.

Where nothing but the series itself tells what is usual, a rise of some size comes every day, with the evening; what
is worth a look is a rise as it hardly ever comes. So the score is the distance of log(count + 10) from its level,
in its own standard deviations, both followed by exponential forgetting [1] in which an outlier counts as no more
than HOLD deviations (Huber's ψ [2]), so that a burst moves neither much.

[1] S. W. Roberts, "Control chart tests based on geometric moving averages", Technometrics 1 (1959).
[2] P. J. Huber, "Robust estimation of a location parameter", Annals of Mathematical Statistics 35 (1964).
"""

from __future__ import annotations

import json
import math
from typing import Any

from analytics.detectors.base import Tick, Verdict

SMALL = 10.0  # added to every count: below it, counts differ by chance more than by anything that matters
MEMORY = 1000.0  # ticks; half a week of five minutes, so a day's rhythm is part of what varies
HOLD = 3.0
FIRST_SPREAD, FIRST_WEIGHT = 0.3, 30.0  # variance of the logarithm before anything is known, worth so many ticks
RARE = 6.0  # deviations at which the score is 0.5 and an alarm is raised; the tails of counts are heavy
STALL = 30  # ticks of a sudden silence that are taken for a stall


class Rarity:
    """State is six numbers; an update takes a few microseconds.

    >>> detector = Rarity()
    >>> usual = [detector.update(Tick(300.0 * i, 300, 40 + i % 7, None, None)).alarm for i in range(1, 201)]
    >>> any(usual), detector.update(Tick(60_300.0, 300, 900, None, None)).alarm
    (False, True)
    """

    name = "rarity"
    threshold = 0.5

    def __init__(self, sensitivity: float = 1.0) -> None:
        if not sensitivity > 0:
            raise ValueError(f"sensitivity must be above 0 (1 is usual), got {sensitivity}")
        self._rare = RARE * sensitivity
        self._ended: float | None = None
        self._ticks = 0
        self._level = 0.0
        self._variance = FIRST_SPREAD
        self._silent = 0
        self._since: float | None = None

    def update(self, tick: Tick) -> Verdict:
        """Take one tick; its total and distinct viewers are left aside. ValueError: out of order, or below 0."""
        if self._ended is not None and tick.ended <= self._ended:
            raise ValueError(f"ticks must come in order: one that ends at {tick.ended} follows one at {self._ended}")
        if not tick.complaints >= 0 or tick.seconds <= 0:
            raise ValueError(f"counts must not be negative, and a tick must last: {tick}")
        self._ended = tick.ended
        usual = max(0.0, math.exp(self._level) - SMALL) if self._ticks else tick.complaints
        if tick.complaints == 0 and usual >= SMALL and self._silent < STALL:
            self._silent += 1  # a feed that falls silent at once has stalled: its backlog is no spike
            return self._verdict(tick, 0.0, usual)
        count = tick.complaints / (1 + self._silent)
        self._silent = 0
        now = math.log(count + SMALL)
        if not self._ticks:
            self._level = now
        chance = max(usual, 1.0) * math.exp(-2 * self._level)  # what counting alone makes a logarithm vary
        spread = math.sqrt(max(self._variance, chance))
        distance = (now - self._level) / spread
        moved = max(-HOLD, min(HOLD, distance)) * spread
        self._ticks += 1
        self._level += moved * max(1 / MEMORY, 1 / self._ticks)
        self._variance += (moved * moved - self._variance) * max(1 / MEMORY, 1 / (self._ticks + FIRST_WEIGHT))
        return self._verdict(tick, max(0.0, distance), usual)

    def dump(self) -> bytes:
        state = {
            "version": 1,
            "ended": self._ended,
            "ticks": self._ticks,
            "level": self._level,
            "variance": self._variance,
            "silent": self._silent,
            "since": self._since,
        }
        return json.dumps(state).encode()

    def load(self, state: bytes) -> None:
        """ValueError: not a state of this version."""
        was: dict[str, Any] = json.loads(state)
        if was.get("version") != 1:
            raise ValueError(f"a state of version {was.get('version')!r} is not for this detector; start it anew")
        self._ended, self._ticks, self._level = was["ended"], was["ticks"], was["level"]
        self._variance, self._silent, self._since = was["variance"], was["silent"], was["since"]

    def _verdict(self, tick: Tick, distance: float, usual: float) -> Verdict:
        if distance < self._rare / 3:
            self._since = None
        elif self._since is None:
            self._since = tick.ended - tick.seconds
        return Verdict(
            score=distance / (distance + self._rare),
            alarm=distance >= self._rare,
            expected=usual,
            observed=float(tick.complaints),
            share=tick.complaints / tick.total if tick.total else 0.0,
            usual_share=0.0,
            distinct=round(tick.distinct or 0),
            since=self._since,
            calm=self._since is None,
        )

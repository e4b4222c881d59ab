"""Small simulated evenings: background comments with a steady share of complaints, and what is laid over them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analytics.detectors.base import SpikeDetector, Tick, Verdict


@dataclass
class Evening:
    """Ten-second ticks. `comments` a tick on average, `share` of them complaints."""

    seed: int
    minutes: int
    comments: float = 40.0
    share: float = 0.03

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        count = self.minutes * 6
        self.total = [_poisson(chance, chance.gammavariate(6, self.comments / 6)) for _ in range(count)]
        self.complaints = [sum(chance.random() < self.share for _ in range(total)) for total in self.total]
        self.distinct = list(self.complaints)

    def add(self, minute: float, minutes: float, complaints: int, by: int | None = None) -> Evening:
        """`complaints` more in every tick of a stretch, by as many viewers or by the same `by` of them."""
        for tick in range(int(minute * 6), int((minute + minutes) * 6)):
            self.complaints[tick] += complaints
            self.total[tick] += complaints
            self.distinct[tick] += complaints if by is None else by
        return self

    def multiply(self, minute: float, minutes: float, times: int) -> Evening:
        """Everything rises alike: a product drop."""
        for tick in range(int(minute * 6), int((minute + minutes) * 6)):
            for counts in (self.total, self.complaints, self.distinct):
                counts[tick] *= times
        return self

    def stall(self, minute: float, minutes: float) -> Evening:
        """Nothing for a while, then the backlog in one tick."""
        start, end = int(minute * 6), int((minute + minutes) * 6)
        for counts in (self.total, self.complaints, self.distinct):
            counts[end] += sum(counts[start:end])
            counts[start:end] = [0] * (end - start)
        return self

    def ticks(self) -> Iterator[Tick]:
        for index, counts in enumerate(zip(self.complaints, self.total, self.distinct, strict=True)):
            yield Tick(10.0 * (index + 1), 10.0, *counts)


def watch(detector: SpikeDetector, ticks: Iterable[Tick]) -> list[Verdict]:
    return [detector.update(tick) for tick in ticks]


def alarms(verdicts: list[Verdict]) -> list[float]:
    """Minutes at which an alarm was raised (end of the tick)."""
    raised = [now and not before for before, now in zip([False, *was(verdicts)], was(verdicts), strict=False)]
    return [round((index + 1) / 6, 2) for index, new in enumerate(raised) if new]


def was(verdicts: list[Verdict]) -> list[bool]:
    return [verdict.alarm for verdict in verdicts]


def _poisson(chance: random.Random, mean: float) -> int:
    count, left = 0, chance.expovariate(1)
    while left < mean:
        count += 1
        left += chance.expovariate(1)
    return count

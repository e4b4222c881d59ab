"""The detectors on offer, by the name under which a series keeps its state."""

from __future__ import annotations

from collections.abc import Callable

from analytics.detectors.base import SpikeDetector, Tick, dump_all, update_all
from analytics.detectors.hidden_markov import HiddenMarkov
from analytics.detectors.members import Prior
from analytics.detectors.rarity import Rarity
from analytics.detectors.shortfall import Shortfall
from analytics.detectors.silence import Silence

# Each is made with `sensitivity=`: above 1 it wants more evidence, and pages later and less. That of live shows takes
# `prior=` as well: what earlier shows say is usual.
DETECTORS: dict[str, Callable[..., SpikeDetector]] = {
    HiddenMarkov.name: HiddenMarkov,
    Rarity.name: Rarity,
    Shortfall.name: Shortfall,
    Silence.name: Silence,
}
LIVE_SHOW = HiddenMarkov.name  # complaints among comments, viewers known
BARE_SERIES = Rarity.name  # counts and nothing else

__all__ = [
    "BARE_SERIES", "DETECTORS", "LIVE_SHOW", "HiddenMarkov", "Prior", "Rarity", "Shortfall", "Silence",
    "bench_factory", "dump_all", "update_all",
]  # fmt: skip


class BenchDetector:
    """The production detector as a benchmark sees it: ten-second ticks in, a score and its threshold out."""

    def __init__(self) -> None:
        self._detector = HiddenMarkov()
        self.threshold = self._detector.threshold

    def update(self, ts_seconds: float, complaints: int, total: int, distinct_users: int) -> float:
        return self._detector.update(Tick(ts_seconds, 10.0, complaints, total, distinct_users)).score


def bench_factory() -> BenchDetector:
    """A fresh detector for one series of the spike benchmark."""
    return BenchDetector()

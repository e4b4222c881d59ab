"""What every registered detector keeps to, and the adapter for the benchmark."""

from __future__ import annotations

import pytest

from analytics.detectors import BARE_SERIES, DETECTORS, LIVE_SHOW, bench_factory, update_all
from analytics.detectors.base import Tick
from tests.analytics.detectors.evenings import Evening, watch


@pytest.mark.parametrize("name", DETECTORS)
def test_it_registers_every_detector_under_its_own_name(name: str) -> None:
    assert DETECTORS[name]().name == name


@pytest.mark.parametrize("name", DETECTORS)
def test_it_takes_its_own_state_before_and_after_the_first_tick(name: str) -> None:
    detector = DETECTORS[name]()
    fresh = detector.dump()
    watch(detector, Evening(seed=1, minutes=1).ticks())

    for state in (fresh, detector.dump()):
        restored = DETECTORS[name]()
        restored.load(state)
        assert restored.dump() == state


def test_it_updates_detectors_of_every_kind_in_the_order_they_are_given() -> None:
    mixed = [DETECTORS[name]() for name in (*DETECTORS, *reversed(DETECTORS))]
    apart = [DETECTORS[name]() for name in (*DETECTORS, *reversed(DETECTORS))]
    ticks = [Tick(10.0, 10.0, count, 40, count) for count in range(len(mixed))]

    assert update_all(mixed, ticks) == [one.update(tick) for one, tick in zip(apart, ticks, strict=True)]


def test_it_names_a_detector_for_each_use() -> None:
    assert {LIVE_SHOW, BARE_SERIES} <= DETECTORS.keys()


def test_it_scores_as_the_benchmark_asks() -> None:
    evening = Evening(seed=2, minutes=30).add(minute=20, minutes=3, complaints=12)
    detector = bench_factory()

    scores = [
        detector.update(tick.ended, int(tick.complaints), int(tick.total or 0), int(tick.distinct or 0))
        for tick in evening.ticks()
    ]

    assert 0 < detector.threshold <= 1
    assert max(scores[: 20 * 6]) < detector.threshold <= max(scores[20 * 6 : 20 * 6 + 6])

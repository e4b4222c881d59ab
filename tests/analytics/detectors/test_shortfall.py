from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.detectors.base import Tick, Verdict
from analytics.detectors.shortfall import Shortfall
from benchmarks.behaviour_bench import poisson


def watch(detector: Shortfall, counts: list[tuple[float, float]], start: int = 0) -> list[Verdict]:
    """(came, due) of ten-second ticks."""
    return [detector.update(Tick(10.0 * (start + i + 1), 10.0, *one, None)) for i, one in enumerate(counts)]


def usual(seed: int, ticks: int = 120, due: float = 6.0, part: float = 0.6) -> list[tuple[float, float]]:
    chance = Random(seed)
    return [(float(poisson(chance, due * part)), due) for _ in range(ticks)]


@pytest.mark.parametrize("seed", range(5))
def test_it_is_alarmed_when_none_come_and_calm_once_they_do_again(seed: int) -> None:
    detector = Shortfall()
    before = watch(detector, usual(seed))
    none_come = watch(detector, [(0.0, 6.0)] * 30, 120)
    after = watch(detector, usual(seed + 9, 60), 150)

    assert not any(one.alarm for one in before)
    assert none_come[8].alarm
    assert none_come[-1].since is not None
    assert none_come[-1].since >= 1150
    assert not after[-1].alarm
    assert after[-1].calm


def test_it_does_not_take_a_shortfall_for_usual() -> None:
    detector = Shortfall()
    watch(detector, usual(1))
    before = watch(detector, [(3.0, 6.0)], 120)[0].usual_share
    short = watch(detector, [(0.0, 6.0)] * 90, 121)

    assert short[-1].alarm
    assert short[-1].usual_share == pytest.approx(before, rel=0.2)


def test_it_says_nothing_of_what_it_does_not_know_yet() -> None:
    assert not any(one.alarm for one in watch(Shortfall(), [(0.0, 20.0)] * 60))


def test_it_does_not_mind_that_nothing_is_due() -> None:
    detector = Shortfall()
    watch(detector, usual(2))

    assert not any(one.alarm for one in watch(detector, [(0.0, 0.0)] * 100, 120))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 500), st.floats(0, 500)), min_size=1, max_size=40), st.integers(0, 39))
def test_it_goes_on_after_a_restart_as_if_nothing_had_happened(counts: list[tuple[int, float]], cut: int) -> None:
    whole, first, second = Shortfall(), Shortfall(), Shortfall()
    ticks = [(float(came), due) for came, due in counts]
    cut = min(cut, len(ticks))
    expected = watch(whole, ticks)
    begun = watch(first, ticks[:cut])
    second.load(first.dump())

    assert [*begun, *watch(second, ticks[cut:], cut)] == expected
    assert all(0 <= one.score < 1 for one in expected)


def test_it_refuses_what_cannot_be() -> None:
    detector = Shortfall()
    detector.update(Tick(10.0, 10.0, 1, 2, None))

    for tick in (Tick(10.0, 10.0, 1, 2, None), Tick(20.0, 10.0, 1, None, None), Tick(20.0, 10.0, -1, 2, None)):
        with pytest.raises(ValueError, match="tick"):
            detector.update(tick)
    with pytest.raises(ValueError, match="sensitivity"):
        Shortfall(sensitivity=0)
    with pytest.raises(ValueError, match="version"):
        detector.load(b'{"version": 0}')

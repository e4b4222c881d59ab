from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.detectors.base import Tick, Verdict
from analytics.detectors.silence import Silence
from benchmarks.behaviour_bench import poisson

HOUR = 3600.0
MONDAY = 4 * 86400.0  # 5 January 1970


def watch(detector: Silence, counts: list[float], start: int = 0, weight: float | None = None) -> list[Verdict]:
    return [detector.update(Tick(10.0 * (start + i + 1), 10.0, came, weight, None)) for i, came in enumerate(counts)]


def chatter(seed: int, ticks: int, a_tick: float) -> list[float]:
    chance = Random(seed)
    return [float(poisson(chance, a_tick)) for _ in range(ticks)]


def first_alarm(verdicts: list[Verdict]) -> int | None:
    return next((index for index, one in enumerate(verdicts) if one.alarm), None)


@pytest.mark.parametrize("seed", range(5))
def test_it_misses_a_busy_source_after_two_minutes(seed: int) -> None:
    detector = Silence()
    heard = watch(detector, chatter(seed, 120, 4.0))
    nothing = watch(detector, [0.0] * 40, 120)
    back = watch(detector, [3.0], 160)

    assert first_alarm(heard) is None
    assert first_alarm(nothing) == pytest.approx(11, abs=2)
    assert nothing[-1].since == pytest.approx(1200, abs=30)
    assert back[0].calm
    assert not back[0].alarm


@pytest.mark.parametrize("seed", range(5))
def test_it_waits_longer_for_a_source_that_says_little(seed: int) -> None:
    detector = Silence()
    heard = watch(detector, chatter(seed, 1080, 0.15))
    nothing = watch(detector, [0.0] * 360, 1080)

    assert first_alarm(heard) is None
    found = first_alarm(nothing)
    assert found is not None
    assert found > 30


def test_it_knows_a_source_of_whole_batches() -> None:
    detector = Silence()
    batches = watch(detector, [100.0 if tick % 30 == 0 else 0.0 for tick in range(720)])

    assert first_alarm(batches) is None


def test_it_follows_a_market_that_falls_asleep() -> None:
    chance = Random(5)
    falling = [float(poisson(chance, 4.0 * 0.5 ** (tick / 60))) for tick in range(720)]

    assert first_alarm(watch(Silence(), falling)) is None


def test_it_holds_nothing_against_a_source_while_all_else_is_quiet_too() -> None:
    detector = Silence()
    watch(detector, chatter(6, 200, 4.0))

    assert first_alarm(watch(detector, [0.0] * 200, 200, weight=0.0)) is None


def by_the_hour(weeks: int, rate_by_day: float, seed: int) -> list[float]:
    """Tickets from eight to eight, at weekends a tenth of them."""
    chance, counts = Random(seed), []
    for hour in range(weeks * 168):
        day, at = hour // 24 % 7, hour % 24
        rate = rate_by_day if 8 <= at < 20 else 0.05
        counts.append(float(poisson(chance, rate * (0.1 if day >= 5 else 1.0))))
    return counts


def hourly(detector: Silence, counts: list[float], start: int = 0) -> list[Verdict]:
    return [
        detector.update(Tick(MONDAY + HOUR * (start + i + 1), HOUR, came, None, None)) for i, came in enumerate(counts)
    ]


@pytest.mark.parametrize("seed", range(3))
def test_it_knows_nights_and_weekends_and_misses_tickets_on_a_weekday(seed: int) -> None:
    detector = Silence()
    usual = hourly(detector, by_the_hour(4, 6.0, seed))
    nothing = hourly(detector, [0.0] * 48, 4 * 168)

    assert first_alarm(usual) is None
    found = first_alarm(nothing)
    assert found is not None
    assert 8 <= found % 24 < 20


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 1)), min_size=1, max_size=60), st.integers(0, 60))
def test_it_goes_on_after_a_restart_as_if_nothing_had_happened(counts: list[tuple[int, float]], cut: int) -> None:
    for seconds in (10.0, HOUR):
        ticks = [Tick(seconds * (i + 1), seconds, float(came), weight, None) for i, (came, weight) in enumerate(counts)]
        whole, first, second = Silence(), Silence(), Silence()
        expected = [whole.update(tick) for tick in ticks]
        begun = [first.update(tick) for tick in ticks[:cut]]
        second.load(first.dump())

        assert [*begun, *(second.update(tick) for tick in ticks[cut:])] == expected


def test_it_refuses_what_cannot_be() -> None:
    detector = Silence()
    detector.update(Tick(10.0, 10.0, 1, None, None))

    for tick in (Tick(10.0, 10.0, 1, None, None), Tick(20.0, 10.0, -1, None, None)):
        with pytest.raises(ValueError, match="tick"):
            detector.update(tick)
    with pytest.raises(ValueError, match="version"):
        detector.load(b'{"version": 0}')

"""The detector for bare series of counts."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.detectors import Rarity
from analytics.detectors.base import Tick, Verdict


def watch(detector: Rarity, values: list[float], start: int = 0) -> list[Verdict]:
    return [detector.update(Tick(300.0 * (start + i + 1), 300.0, x, None, None)) for i, x in enumerate(values)]


def days(count: int, seed: int = 1) -> list[float]:
    """Five-minute counts that swing with the hour, ragged as counts of tweets are."""
    chance = random.Random(seed)
    return [round(chance.gammavariate(8, 50 + 30 * math.sin(i / 288 * math.tau)) / 8) for i in range(288 * count)]


def test_it_does_not_take_the_evening_for_news() -> None:
    assert not any(verdict.alarm for verdict in watch(Rarity(), days(10)))


def test_it_finds_the_burst_in_the_middle_of_a_week() -> None:
    series = days(7)
    series[1_000:1_004] = [4_000.0] * 4

    verdicts = watch(Rarity(), series)

    assert [i for i, verdict in enumerate(verdicts) if verdict.alarm] == [1_000, 1_001, 1_002, 1_003]
    assert verdicts[1_003].since == 1_000 * 300.0


@given(st.floats(0, 1e6), st.integers(2, 200))
def test_it_never_alarms_on_a_constant_series(value: float, length: int) -> None:
    assert not any(verdict.alarm for verdict in watch(Rarity(), [value] * length))


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=60), st.data())
def test_it_goes_on_as_if_nothing_had_happened_after_a_restart(series: list[float], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(series)))
    uninterrupted, before, restarted = Rarity(), Rarity(), Rarity()
    watch(before, series[:cut])
    restarted.load(before.dump())

    assert watch(restarted, series[cut:], cut) == watch(uninterrupted, series)[cut:]


def test_it_takes_the_backlog_of_a_stalled_feed_for_what_it_is() -> None:
    series = days(3)
    series[500:512] = [0.0] * 12
    series[512] = 600.0

    assert not any(verdict.alarm for verdict in watch(Rarity(), series))


def test_it_refuses_what_is_no_count() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        Rarity().update(Tick(300.0, 300.0, -1, None, None))

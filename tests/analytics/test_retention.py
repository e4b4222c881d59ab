"""Exit peaks: found where they are, aligned with what was on air, and not seen where there are none."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.retention import Peak, Segment, exit_peaks, usual_rates

RUN_OF_SHOW = [Segment(0, 300, "welcome"), Segment(300, 1_500, "serum: ingredients"), Segment(1_500, 2_400, "offer")]


def evening(seed: int, viewers: int = 800, ticks: int = 240, rate: float = 0.004) -> tuple[list[int], list[int]]:
    """(leaves, viewers) of 10-second ticks with chance alone at work."""
    chance = random.Random(seed)
    return [sum(chance.random() < rate for _ in range(viewers)) for _ in range(ticks)], [viewers] * ticks


@pytest.mark.parametrize("seed", range(8))
def test_it_sees_no_peak_in_a_steady_evening(seed: int) -> None:
    assert exit_peaks(*evening(seed), tick_seconds=10) == []


def test_it_finds_the_exit_two_minutes_into_the_ingredient_list() -> None:
    leaves, viewers = evening(seed=1)
    for tick in range(42, 48):  # 7:00 to 8:00, two minutes into the segment
        leaves[tick] += 20

    [peak] = exit_peaks(leaves, viewers, 10, RUN_OF_SHOW)

    assert peak.segment == "serum: ingredients"
    assert (peak.start, peak.end) == pytest.approx((420, 480), abs=20)
    assert peak.times_usual == pytest.approx(1 + 20 / 3.2, rel=0.25)
    assert peak.lost == pytest.approx(120, rel=0.15)
    assert peak.rate == pytest.approx(23.2 * 6 / 800, rel=0.15)


def test_it_finds_a_slow_leak_that_no_single_tick_gives_away() -> None:
    leaves, viewers = evening(seed=5)
    for tick in range(120, 150):
        leaves[tick] += 4

    [peak] = exit_peaks(leaves, viewers, 10)

    assert (peak.start, peak.end) == pytest.approx((1_200, 1_500), abs=90)


def test_it_puts_the_costliest_peak_first() -> None:
    leaves, viewers = evening(seed=2)
    leaves[40] += 30
    leaves[160] += 90

    assert [peak.at for peak in exit_peaks(leaves, viewers, 10)] == [1_605, 405]


def test_it_counts_a_falling_crowd_by_its_share_and_not_its_number() -> None:
    """Nine tenths of the viewers go over the evening at a steady rate: nothing happened at any moment."""
    viewers = [round(1_000 * math.exp(-0.01 * tick)) for tick in range(230)]
    leaves = [round(0.01 * present) for present in viewers]

    assert exit_peaks(leaves, viewers, 10) == []


def test_it_names_no_segment_where_none_was_declared() -> None:
    leaves, viewers = evening(seed=3)
    leaves[100] += 60

    [peak] = exit_peaks(leaves, viewers, 10, [Segment(0, 300, "welcome")])

    assert peak.segment is None


def test_it_lets_no_single_peak_lift_what_is_usual() -> None:
    leaves, viewers = evening(seed=4)
    before = usual_rates(leaves, viewers, 10)
    for tick in range(100, 130):
        leaves[tick] += 50

    after = usual_rates(leaves, viewers, 10)

    assert after[115] == pytest.approx(before[115], rel=0.35)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=80))
def test_it_takes_any_counts_also_of_an_empty_room(ticks: list[tuple[int, int]]) -> None:
    peaks: list[Peak] = exit_peaks([left for left, _ in ticks], [present for _, present in ticks], 10)

    assert all(0 <= peak.start <= peak.at <= peak.end and peak.lost >= 5 for peak in peaks)


def test_it_refuses_series_that_do_not_match() -> None:
    with pytest.raises(ValueError, match="same ticks"):
        exit_peaks([1, 2], [1], 10)
    with pytest.raises(ValueError, match="must last"):
        exit_peaks([1], [1], 0)

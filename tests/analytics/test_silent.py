"""The silent viewers behind a question: what the estimate promises, and that its interval keeps its level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.silent import LEVEL, Silent, silent_viewers

COUNTS = st.integers(0, 400).flatmap(lambda writers: st.tuples(st.integers(0, writers), st.just(writers)))


@given(COUNTS, st.integers(1, 5_000))
@settings(deadline=None)
def test_it_stays_within_the_silent_and_around_its_likely_value(counts: tuple[int, int], silent: int) -> None:
    askers, writers = counts

    found = silent_viewers(askers, writers, writers + silent)

    assert found is not None
    assert 0 <= found.low <= found.likely <= found.high <= silent


@given(COUNTS, st.integers(1, 5_000))
@settings(deadline=None, max_examples=50)
def test_it_says_more_when_more_of_the_same_writers_ask(counts: tuple[int, int], silent: int) -> None:
    askers, writers = counts
    fewer = silent_viewers(max(askers - 1, 0), writers, writers + silent)
    found = silent_viewers(askers, writers, writers + silent)

    assert fewer is not None
    assert found is not None
    assert fewer.low <= found.low
    assert fewer.likely <= found.likely
    assert fewer.high <= found.high


def test_it_is_surer_when_more_viewers_write() -> None:
    few, many = silent_viewers(4, 40, 2_000), silent_viewers(40, 400, 2_000)

    assert few is not None
    assert many is not None
    assert many.high - many.low < (few.high - few.low) / 2


@pytest.mark.parametrize("viewers", [None, 0, 99, 100])
def test_it_knows_nothing_where_the_silent_were_not_counted(viewers: int | None) -> None:
    assert silent_viewers(5, 100, viewers) is None


@pytest.mark.parametrize(("askers", "writers", "level"), [(3, 2, 0.9), (-1, 2, 0.9), (1, 2, 0.0), (1, 2, 1.0)])
def test_it_refuses_counts_that_cannot_be(askers: int, writers: int, level: float) -> None:
    with pytest.raises(ValueError, match=r"askers are among|a level lies"):
        silent_viewers(askers, writers, 100, level)


def test_it_takes_a_crowd_of_millions() -> None:
    found = silent_viewers(5, 300, 10_000_000)

    assert found is not None
    assert found.low < 10_000_000 * 5 / 300 < found.high


def test_it_is_as_often_right_as_it_says() -> None:
    """Writers drawn at random from a crowd in which some have the question: the interval holds the silent ones.

    Over all crowds it keeps its level; for a single one it may miss it by what a whole number of askers costs
    (Brown, Cai and DasGupta 2001, figure 11, show the same waves).
    """
    chance = np.random.default_rng(2026)
    held = []
    for viewers in (300, 3_000, 30_000):
        for writers in (30, 100, 250):
            known: dict[int, Silent | None] = {}
            for share in (0.01, 0.03, 0.1, 0.3):
                having = round(share * viewers)
                asked = chance.hypergeometric(having, viewers - having, writers, size=2_000)
                inside = 0
                for askers in map(int, asked):
                    if askers not in known:
                        known[askers] = silent_viewers(askers, writers, viewers)
                    found = known[askers]
                    assert found is not None
                    inside += found.low <= having - askers <= found.high
                held.append(inside / len(asked))

    assert np.mean(held) >= LEVEL - 0.01
    assert min(held) >= LEVEL - 0.08

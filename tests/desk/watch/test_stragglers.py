"""A tick waits for as long as its show's events need, and no longer."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from desk.watch import rules
from desk.watch.stragglers import LATELY, LOST, WAITS, Patience, Stragglers

LEAST = timedelta(seconds=0.1)
LAGS = st.lists(st.floats(0, rules.PUNCTUAL, allow_nan=False), min_size=1, max_size=60)


def waits(lags: list[float]) -> float:
    stragglers = Stragglers()
    stragglers.add([("aurora", lag) for lag in lags])
    return stragglers.patience(timedelta(0)).of("aurora").total_seconds()


def lost(lags: list[float], wait: float) -> float:
    """Of a tick's events, when each of these lags is as likely as the other at every moment of the tick."""
    return sum(max(lag - wait, 0) for lag in lags) / len(lags) / rules.TICK


@given(LAGS)
@example([10.0] * 3)
@example([0.05, 0.1])
def test_it_is_the_shortest_wait_that_loses_no_more_than_that(lags: list[float]) -> None:
    rounded = [round(lag, 6) for lag in lags]  # clocks tell microseconds
    chosen = waits(rounded)
    shorter = [one for one in WAITS if one < chosen]
    assert chosen == WAITS[-1] or lost(rounded, chosen) <= LOST + 1e-9
    assert not shorter or lost(rounded, shorter[-1]) > LOST - 1e-9


def test_punctual_events_wait_as_long_as_the_setting_says() -> None:
    stragglers = Stragglers()
    stragglers.add([("aurora", 0.02)] * 100)
    assert stragglers.patience(LEAST).of("aurora") == LEAST
    assert stragglers.patience(timedelta(seconds=8)).of("aurora") == timedelta(seconds=8)


def test_a_show_that_is_not_known_waits_as_long_as_the_setting_says() -> None:
    assert Stragglers().patience(LEAST).of("aurora") == LEAST
    assert Patience(LEAST).of("aurora") == LEAST


def test_a_sender_that_gathers_for_three_seconds_is_waited_for() -> None:
    assert 2.0 <= waits([0.03 * number for number in range(100)]) <= 3.0


def test_other_clocks_and_the_past_are_not_waited_for() -> None:
    stragglers = Stragglers()
    stragglers.add([("aurora", -3.0), ("aurora", 40.0), ("aurora", 86_400.0)])
    assert stragglers.patience(LEAST).of("aurora") == LEAST


def test_a_source_that_has_become_punctual_is_soon_not_waited_for() -> None:
    stragglers = Stragglers()
    stragglers.add([("aurora", 4.0)] * 50)
    slow = stragglers.patience(LEAST).of("aurora")
    for _ in range(30):
        stragglers.over("aurora")
        stragglers.add([("aurora", 0.02)] * 50)
    assert slow >= timedelta(seconds=3.5)
    assert stragglers.patience(LEAST).of("aurora") == LEAST
    assert LATELY < 1


def test_what_is_learned_meanwhile_counts() -> None:
    stragglers = Stragglers()
    patience = stragglers.patience(LEAST)
    stragglers.add([("aurora", 4.0)] * 50)
    assert patience.of("aurora") >= timedelta(seconds=3.5)


def test_a_show_that_is_over_is_forgotten() -> None:
    stragglers = Stragglers()
    stragglers.add([("aurora", 4.0)] * 50)
    stragglers.forget("aurora")
    assert stragglers.patience(LEAST).of("aurora") == LEAST

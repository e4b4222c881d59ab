from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.marks.rules import NOISE, USEFUL, Alert, Rate, rates, small_print, verdict
from desk.words import tongue

MARKS = st.lists(st.sampled_from([USEFUL, NOISE]), max_size=9)
ALERTS = st.lists(
    st.builds(
        Alert,
        st.integers(1, 50),
        st.lists(st.sampled_from(["us", "id", "de"]), min_size=1, max_size=3, unique=True).map(tuple),
        st.sampled_from(["payment", "price"]),
        st.sampled_from([None, USEFUL, NOISE]),
    ),
    max_size=20,
)


@given(MARKS)
def test_it_calls_noise_only_what_more_people_call_noise(marks: list[str]) -> None:
    counted = Counter(marks)

    expected = None if not marks else NOISE if counted[NOISE] > counted[USEFUL] else USEFUL
    assert verdict(marks) == expected


@given(ALERTS)
def test_it_counts_every_alert_in_each_of_its_markets(alerts: list[Alert]) -> None:
    told = {(rate.market, rate.category): rate for rate in rates(alerts)}

    for (market, category), rate in told.items():
        of_it = [one for one in alerts if market in one.markets and category in ("", one.category)]
        assert rate.alerts == len(of_it)
        assert (rate.useful, rate.noise) == (
            sum(one.verdict == USEFUL for one in of_it),
            sum(one.verdict == NOISE for one in of_it),
        )
    assert {market for market, _ in told} == {market for one in alerts for market in one.markets}


@given(ALERTS)
def test_it_tells_of_one_market_what_it_tells_of_it_among_all(alerts: list[Alert]) -> None:
    assert rates(alerts, "id") == [one for one in rates(alerts) if one.market == "id"]


@pytest.mark.parametrize(
    ("noise", "marked", "low", "high"),
    # As published: Newcombe 1998 (81/263 and 15/148, 0/20, 1/29), Brown, Cai and DasGupta 2001 discuss the same.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_it_gives_the_noise_rate_with_wilsons_interval(noise: int, marked: int, low: float, high: float) -> None:
    rate = Rate("id", "", marked + 5, marked - noise, noise)

    assert rate.share == noise / marked
    assert rate.interval == pytest.approx((low, high), abs=0.00005)


def test_it_has_small_print_only_where_somebody_marked() -> None:
    assert small_print([], tongue("en")) == ""
    assert small_print(["noise", "useful", "noise"], tongue("en")) == "useful: 1 · noise: 2"
    assert small_print(["noise"], tongue("zh_CN")) == "误报：1"

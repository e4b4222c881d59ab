"""Where buyers are lost, and how sure that is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.funnel import STEPS, funnel, wilson

USUAL = {"click": 2_000, "cart": 600, "checkout": 300, "paid": 270}
PAYMENT_BROKEN = {"click": 1_000, "cart": 300, "checkout": 150, "paid": 12}

counts = st.dictionaries(
    st.sampled_from(["us", "de", "jp"]),
    st.dictionaries(st.sampled_from(list(STEPS)), st.integers(0, 10_000)),
)


def test_it_names_the_step_and_market_where_payment_breaks() -> None:
    funnels = {one.market: one for one in funnel({"us": USUAL, "de": USUAL, "jp": PAYMENT_BROKEN})}

    assert funnels["jp"].worst == "paid"
    assert funnels["us"].worst is None
    assert [step.lost for step in funnels["jp"].steps] == [0, 700, 150, 138]


def test_it_blames_nobody_on_a_handful_of_buyers() -> None:
    funnels = funnel({"us": USUAL, "jp": {"click": 9, "cart": 3, "checkout": 2, "paid": 1}})

    assert all(one.worst is None for one in funnels)


def test_it_puts_the_market_with_most_clicks_first() -> None:
    assert [one.market for one in funnel({"jp": PAYMENT_BROKEN, "us": USUAL})] == ["us", "jp"]


def test_it_gives_no_rate_where_nobody_could_go_on() -> None:
    [only] = funnel({"us": {"paid": 3}})

    assert [step.rate for step in only.steps] == [None] * 4
    assert only.conversion is None


@given(counts)
def test_it_keeps_rates_within_their_intervals_and_losses_at_or_above_nothing(
    given_counts: dict[str, dict[str, int]],
) -> None:
    for one in funnel(given_counts):
        for step in one.steps:
            assert step.lost >= 0
            if step.rate is not None and step.low is not None and step.high is not None:
                assert 0 <= step.low <= step.rate <= step.high <= 1


@pytest.mark.parametrize(("successes", "trials", "low", "high"), [(15, 20, 0.531, 0.888), (1, 10, 0.018, 0.404)])
def test_it_matches_published_wilson_intervals(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=0.001)


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (3, 2), (-1, 2)])
def test_it_refuses_an_impossible_rate(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="successes"):
        wilson(successes, trials)


def test_it_refuses_a_negative_count() -> None:
    with pytest.raises(ValueError, match="cart: a count cannot be negative"):
        funnel({"us": {"click": 3, "cart": -1}})

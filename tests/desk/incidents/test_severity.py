"""The rule that decides whether somebody is woken: monotone, and the old one where nothing else is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.incidents.severity import (
    BUYING,
    Circumstances,
    Severities,
    Size,
    Stake,
    Thresholds,
    at_worst,
    by_size,
    judge,
    place_in,
)

rates = st.floats(0, 200).map(lambda rate: round(rate, 1))
sizes = st.builds(Size, observed=rates, usual=rates, distinct=st.integers(0, 80))
amounts = st.dictionaries(st.sampled_from(["EUR", "USD", "THB"]), st.integers(0, 10_000).map(Decimal), max_size=3)
stakes = st.builds(Stake, recent=amounts, usual=amounts)
places: Any = st.sampled_from(["", "opening", "before_product", "ending"])
circumstances = st.builds(
    Circumstances,
    before=st.none() | rates,
    lasted=st.integers(0, 300).map(lambda seconds: timedelta(seconds=seconds)),
    stake=st.none() | stakes,
    place=places,
)
categories = st.sampled_from(["payment", "stock", "delivery", "host"])
currencies = st.sampled_from([None, "EUR", "USD"])
more = st.floats(0, 100)


@st.composite
def markets(draw: st.DrawFn) -> Severities:
    low = Thresholds(draw(st.floats(0.5, 20)), draw(st.floats(1, 5)), draw(st.integers(1, 20)))
    high = Thresholds(
        low.excess + draw(more), low.times + draw(st.floats(0, 5)), low.viewers + draw(st.integers(0, 20))
    )
    return Severities(high, low, draw(st.none() | st.integers(1, 10_000)))


def the_old_rule(observed: float, usual: float, distinct: int) -> str:
    """As it was before anything but size was known."""
    excess, times = observed - usual, observed / max(usual, 1.0)
    if excess >= 20 and times >= 5 and distinct >= 15:
        return "P1"
    return "P2" if excess >= 8 and times >= 2.5 and distinct >= 6 else "P3"


@given(sizes, categories)
def test_it_is_the_old_rule_where_nothing_else_is_known(size: Size, category: str) -> None:
    assert judge(size, category).severity == the_old_rule(size.observed, size.usual, size.distinct)


@given(sizes, categories, circumstances, markets(), currencies, more)
def test_more_complaints_never_make_it_milder(
    size: Size, category: str, known: Circumstances, market: Severities, currency: str | None, added: float
) -> None:
    larger = replace(size, observed=size.observed + added)

    assert judge(larger, category, known, market, currency).severity <= (
        judge(size, category, known, market, currency).severity
    )


@given(sizes, categories, circumstances, markets(), currencies, st.integers(0, 50))
def test_more_viewers_never_make_it_milder(
    size: Size, category: str, known: Circumstances, market: Severities, currency: str | None, added: int
) -> None:
    larger = replace(size, distinct=size.distinct + added)

    assert judge(larger, category, known, market, currency).severity <= (
        judge(size, category, known, market, currency).severity
    )


@given(sizes, categories, circumstances, markets(), currencies, st.floats(0, 1), st.floats(0, 1))
def test_a_faster_rise_never_is_milder(
    size: Size,
    category: str,
    known: Circumstances,
    market: Severities,
    currency: str | None,
    before: float,
    lasted: float,
) -> None:
    """Fewer complaints in the minute before, or a younger onset, for the same minute now."""
    faster = replace(
        known, before=None if known.before is None else known.before * before, lasted=known.lasted * lasted
    )

    assert judge(size, category, faster, market, currency).severity <= (
        judge(size, category, known, market, currency).severity
    )


@given(sizes, categories, circumstances, markets(), currencies, stakes, amounts)
def test_more_money_never_makes_it_milder(
    size: Size,
    category: str,
    known: Circumstances,
    market: Severities,
    currency: str | None,
    stake: Stake,
    added: dict[str, Decimal],
) -> None:
    names = {*stake.recent, *added}
    richer = {name: stake.recent.get(name, Decimal(0)) + added.get(name, Decimal(0)) for name in names}
    with_more = replace(known, stake=replace(stake, recent=richer))

    assert judge(size, category, with_more, market, currency).severity <= (
        judge(size, category, replace(known, stake=stake), market, currency).severity
    )


@given(sizes, st.sampled_from(sorted(BUYING)), circumstances, markets(), stakes)
def test_a_complaint_about_paying_weighs_at_least_as_much_as_any_other(
    size: Size, category: str, known: Circumstances, market: Severities, stake: Stake
) -> None:
    known = replace(known, stake=stake)

    assert judge(size, category, known, market).severity <= judge(size, "host", known, market).severity


@given(sizes, categories, circumstances, markets(), currencies)
def test_a_wall_of_complaints_stays_one_whatever_else_is_known(
    size: Size, category: str, known: Circumstances, market: Severities, currency: str | None
) -> None:
    if by_size(size, market) == "P1":
        assert judge(size, category, known, market, currency).severity == "P1"


@given(sizes, categories, circumstances, markets(), currencies)
def test_nothing_exceeds_what_is_asked_before_anything_is_looked_up(
    size: Size, category: str, known: Circumstances, market: Severities, currency: str | None
) -> None:
    assert at_worst(size, market) <= judge(size, category, known, market, currency).severity


@given(circumstances, categories)
def test_a_handful_of_loud_people_is_never_urgent(known: Circumstances, category: str) -> None:
    assert judge(Size(observed=200, usual=0, distinct=5), category, known).severity == "P3"


SELLING = {"EUR": Decimal(2100)}
QUIETLY = {"EUR": Decimal(1050)}


@pytest.mark.parametrize(
    ("size", "category", "known", "expected"),
    [
        # Size alone: fourteen above the usual are important.
        (Size(15, 1, 16), "payment", Circumstances(), "P2"),
        # Twice the usual money is in carts: what cannot be paid is lost.
        (Size(15, 1, 16), "payment", Circumstances(stake=Stake(SELLING, QUIETLY)), "P1"),
        # The same money, and a complaint about the sound.
        (Size(15, 1, 16), "stream_quality", Circumstances(stake=Stake(SELLING, QUIETLY)), "P2"),
        # Nothing is sold.
        (Size(15, 1, 16), "payment", Circumstances(stake=Stake({}, QUIETLY)), "P2"),
        # Fifteen a minute, all of them within twenty seconds.
        (Size(15, 1, 16), "host", Circumstances(before=1, lasted=timedelta(seconds=20)), "P1"),
        # Fifteen a minute, and fourteen in the minute before: it has stopped to grow.
        (Size(15, 1, 16), "host", Circumstances(before=14), "P2"),
        # In the last two minutes nobody can mend it in time.
        (Size(10, 1, 8), "host", Circumstances(place="ending"), "P3"),
        (Size(10, 1, 8), "host", Circumstances(), "P2"),
        # Just before a product is shown it would lose that.
        (Size(7.5, 1, 8), "host", Circumstances(), "P3"),
        (Size(7.5, 1, 8), "host", Circumstances(place="before_product"), "P2"),
    ],
)
def test_it_weighs_what_is_known(size: Size, category: str, known: Circumstances, expected: str) -> None:
    assert judge(size, category, known, currency="EUR").severity == expected


def test_a_market_says_itself_what_is_a_rush() -> None:
    known = Circumstances(stake=Stake({"EUR": Decimal(3000)}))

    assert judge(Size(14, 1, 16), "payment", known, Severities(money=3000), "EUR").severity == "P1"
    assert judge(Size(14, 1, 16), "payment", known, Severities(money=30_000), "EUR").severity == "P2"


START = datetime(2026, 3, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minute", "place"),
    [(-1, ""), (0, "opening"), (9, "opening"), (12, ""), (14, "before_product"), (16, ""), (39, "ending"), (41, "")],
)
def test_it_knows_where_in_a_show_it_is(minute: int, place: str) -> None:
    """Forty minutes, with a product from minute 16. What runs over its plan is not ending any more."""
    now = START + timedelta(minutes=minute)

    assert place_in(now, START, START + timedelta(minutes=40), (timedelta(minutes=16),)) == place


def test_a_short_show_has_no_opening() -> None:
    assert place_in(START, START, START + timedelta(minutes=20)) == ""


def test_without_a_plan_no_place_is_known() -> None:
    assert place_in(START, None, None) == ""
    assert place_in(START, START, None) == ""

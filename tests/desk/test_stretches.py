"""Stretches of time and whose clock they are told on, as everything that is said of shifts says them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk.messages import When, between
from desk.words import tongue

NINE = datetime.fromisoformat("2026-03-06T09:00:00Z")


@pytest.mark.parametrize(
    ("length", "style"),
    [(timedelta(hours=8), "time"), (timedelta(hours=23, minutes=59), "time"), (timedelta(days=1), "date_time")],
)
def test_it_names_the_day_of_an_end_only_where_it_could_be_another(length: timedelta, style: str) -> None:
    first, _, last = between(NINE, NINE + length)

    assert (first, last) == (When(NINE, "date_time"), When(NINE + length, style))  # type: ignore[arg-type]


@pytest.mark.parametrize(("locale", "said"), [("en", "Fri 6 Mar 09:00"), ("zh_CN", "3月6日周五 09:00")])
def test_it_writes_a_day_in_the_order_of_the_language(locale: str, said: str) -> None:
    assert tongue(locale).day_time(NINE, ZoneInfo("UTC")) == said


@pytest.mark.parametrize(
    ("locale", "zone", "said"),
    [("en", "America/Los_Angeles", "Los Angeles"), ("zh_CN", "America/Los_Angeles", "洛杉矶"), ("en", "UTC", "UTC")],
)
def test_it_says_whose_clock_it_is_in_the_readers_language(locale: str, zone: str, said: str) -> None:
    assert tongue(locale).city(ZoneInfo(zone)) == said

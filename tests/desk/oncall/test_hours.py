"""Hours on somebody's own clock, compared with a walk along that clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.oncall.hours import begins, every_day, within, words
from desk.oncall.model import WEEKDAYS, Restriction

ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Berlin", "America/Los_Angeles", "Asia/Shanghai", "Australia/Lord_Howe", "Africa/Cairo",
        "America/Santiago", "Pacific/Apia", "Asia/Kolkata",
    )
]  # fmt: skip
MINUTE = timedelta(minutes=1)
QUARTERS = st.integers(0, 95).map(lambda n: timedelta(minutes=15 * n))
WINDOWS = st.builds(
    Restriction, st.frozensets(st.sampled_from(WEEKDAYS), min_size=1), QUARTERS, QUARTERS | st.just(timedelta(days=1))
)
# Around changes of clocks in spring and autumn of several zones, and anywhere else.
INSTANTS = st.one_of(
    st.sampled_from((datetime(2026, 3, 28), datetime(2026, 10, 24), datetime(2026, 4, 4), datetime(2026, 9, 5))),
    st.datetimes(datetime(2020, 1, 1), datetime(2037, 1, 1)),
).flatmap(lambda at: st.integers(0, 2880).map(lambda n: (at + n * MINUTE).replace(second=0, microsecond=0, tzinfo=UTC)))


def shows(window: Restriction, zone: ZoneInfo, at: datetime) -> bool:
    """Whether the clock on the wall shows a time of the window, by the clock alone."""
    here = at.astimezone(zone)
    time = timedelta(hours=here.hour, minutes=here.minute, seconds=here.second)
    today, yesterday = WEEKDAYS[here.weekday()], WEEKDAYS[here.weekday() - 1]
    if window.start < window.end:
        return today in window.days and window.start <= time < window.end
    return (today in window.days and time >= window.start) or (yesterday in window.days and time < window.end)


def changes_near(zone: ZoneInfo, at: datetime) -> bool:
    offsets = {(at + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in range(-30, 31)}
    return len(offsets) > 1


@given(WINDOWS, st.sampled_from(ZONES), INSTANTS)
def test_it_is_what_the_clock_shows_where_no_clock_is_changed(
    window: Restriction, zone: ZoneInfo, at: datetime
) -> None:
    if not changes_near(zone, at):
        assert within(window, zone, at) == shows(window, zone, at)


@given(WINDOWS, st.sampled_from(ZONES), INSTANTS)
def test_it_finds_the_next_time_and_none_before(window: Restriction, zone: ZoneInfo, at: datetime) -> None:
    start = begins(window, zone, at)

    assert start is not None
    assert start >= at
    assert within(window, zone, start)
    if start > at:
        assert not within(window, zone, at)
        assert not within(window, zone, start - timedelta(seconds=1))
        middle = at + (start - at) / 2
        assert not within(window, zone, middle)


@given(st.sampled_from(ZONES), INSTANTS)
def test_a_morning_is_never_more_than_a_day_and_two_hours_away(zone: ZoneInfo, at: datetime) -> None:
    """Whatever clocks do: a page that waits for a morning waits for the next one."""
    start = begins(every_day(timedelta(hours=8), timedelta(hours=22)), zone, at)

    assert start is not None
    assert start - at <= timedelta(hours=26)


@pytest.mark.parametrize(
    ("at", "morning"),
    [
        ("2026-03-28T22:00:00+00:00", "2026-03-29T06:00:00+00:00"),  # clocks go forward in that night: 7 hours
        ("2026-10-24T21:00:00+00:00", "2026-10-25T07:00:00+00:00"),  # and back: 10 hours from 23:00 to 08:00
    ],
)
def test_the_morning_after_a_change_of_clocks_is_at_eight_all_the_same(at: str, morning: str) -> None:
    day = every_day(timedelta(hours=8), timedelta(hours=22))

    found = begins(day, ZoneInfo("Europe/Berlin"), datetime.fromisoformat(at))

    assert found == datetime.fromisoformat(morning)


def test_a_window_that_a_change_of_clocks_swallows_is_next_weeks() -> None:
    """02:00 to 03:00 on the Sunday on which clocks go forward."""
    sundays = Restriction(frozenset(("sun",)), timedelta(hours=2), timedelta(hours=3))

    found = begins(sundays, ZoneInfo("Europe/Berlin"), datetime(2026, 3, 28, 12, tzinfo=UTC))

    assert found == datetime(2026, 4, 5, 0, tzinfo=UTC)


def test_it_says_them_as_the_file_does() -> None:
    assert words(every_day(timedelta(hours=22), timedelta(hours=6, minutes=30))) == "22:00–06:30"

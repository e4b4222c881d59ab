from __future__ import annotations

import doctest
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.oncall import walltime
from desk.oncall.walltime import changes, date_exists, first_instant, last_instant, local, utc

BERLIN = ZoneInfo("Europe/Berlin")
APIA = ZoneInfo("Pacific/Apia")
ZONES = st.sampled_from(("Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia", "Asia/Tehran"))
WALLS = st.datetimes(datetime(2009, 1, 1), datetime(2037, 1, 1))


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_its_examples_are_right() -> None:
    assert doctest.testmod(walltime).failed == 0


@pytest.mark.parametrize(
    ("zone", "skipped", "moved_to"),
    [
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T03:30"),
        ("America/New_York", "2026-03-08T02:00", "2026-03-08T03:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-04T02:45"),  # half an hour
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-24T01:00"),  # midnight does not exist
        ("America/Santiago", "2026-09-06T00:30", "2026-09-06T01:30"),
        ("Asia/Tehran", "2021-03-22T00:10", "2021-03-22T01:10"),
        ("Antarctica/Troll", "2026-03-29T01:30", "2026-03-29T03:30"),  # two hours
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-31T09:00"),  # a whole day
    ],
)
def test_it_moves_a_time_that_does_not_exist_forward_by_the_gap(zone: str, skipped: str, moved_to: str) -> None:
    starts = first_instant(wall(skipped), ZoneInfo(zone))
    ends = last_instant(wall(skipped), ZoneInfo(zone))

    assert local(starts, ZoneInfo(zone)) == wall(moved_to)
    assert ends == starts


@pytest.mark.parametrize(
    ("zone", "shown_twice", "apart"),
    [
        ("Europe/Berlin", "2026-10-25T02:30", timedelta(hours=1)),
        ("Australia/Lord_Howe", "2026-04-05T01:45", timedelta(minutes=30)),
        ("America/Havana", "2026-11-01T00:00", timedelta(hours=1)),  # midnight comes twice
        ("Africa/Cairo", "2026-10-29T23:30", timedelta(hours=1)),
    ],
)
def test_it_starts_at_the_first_and_ends_at_the_last_of_two(zone: str, shown_twice: str, apart: timedelta) -> None:
    starts = first_instant(wall(shown_twice), ZoneInfo(zone))
    ends = last_instant(wall(shown_twice), ZoneInfo(zone))

    assert local(starts, ZoneInfo(zone)) == local(ends, ZoneInfo(zone)) == wall(shown_twice)
    assert ends - starts == apart


@given(ZONES, WALLS)
def test_it_never_ends_before_it_starts(name: str, at: datetime) -> None:
    zone = ZoneInfo(name)
    assert first_instant(at, zone) <= last_instant(at, zone)


@given(ZONES, WALLS, st.sampled_from((timedelta(0), timedelta(minutes=1), timedelta(hours=30))))
def test_it_keeps_wall_times_in_order_where_nothing_is_skipped(name: str, at: datetime, later: timedelta) -> None:
    zone = ZoneInfo(name)
    if local(first_instant(at, zone), zone) == at and local(first_instant(at + later, zone), zone) == at + later:
        assert first_instant(at, zone) <= first_instant(at + later, zone)


@given(ZONES, WALLS)
def test_it_reads_back_every_time_that_a_clock_shows(name: str, at: datetime) -> None:
    zone = ZoneInfo(name)
    shown = local(at.replace(tzinfo=UTC), zone)

    assert at.replace(tzinfo=UTC) in (first_instant(shown, zone), last_instant(shown, zone))


def test_it_knows_the_day_that_samoa_skipped() -> None:
    days = [date(2011, 12, 29), date(2011, 12, 30), date(2011, 12, 31)]

    assert [date_exists(day, APIA) for day in days] == [True, False, True]


def test_it_takes_a_day_without_a_midnight_for_a_day() -> None:
    assert date_exists(date(2026, 4, 24), ZoneInfo("Africa/Cairo"))


def test_it_finds_every_change_to_the_second() -> None:
    found = changes(BERLIN, instant("2026-01-01"), instant("2027-06-01"))

    assert found == [instant("2026-03-29T01:00"), instant("2026-10-25T01:00"), instant("2027-03-28T01:00")]


def test_it_finds_no_change_where_clocks_stand_still() -> None:
    assert changes(ZoneInfo("Asia/Kathmandu"), instant("2000-01-01"), instant("2026-01-01")) == []


def test_it_finds_a_suspended_summer_time() -> None:
    """Morocco leaves its own offset for Ramadan, on dates that no rule says."""
    found = changes(ZoneInfo("Africa/Casablanca"), instant("2026-01-01"), instant("2027-01-01"))

    assert [at.date() for at in found] == [date(2026, 2, 15), date(2026, 3, 22)]


def test_it_refuses_a_time_without_offset_as_an_instant() -> None:
    with pytest.raises(ValueError, match="no offset"):
        utc(wall("2026-03-29T09:00"))


@given(st.datetimes(timezones=st.timezones()))
def test_it_turns_any_aware_time_into_utc(at: datetime) -> None:
    assert utc(at).utcoffset() == timedelta(0)


def test_it_survives_the_ends_of_the_calendar() -> None:
    first = datetime.min.replace(tzinfo=ZoneInfo("Asia/Tokyo"))
    last = datetime.max.replace(tzinfo=ZoneInfo("America/Los_Angeles"))

    assert utc(first) < walltime.EARLIEST
    assert utc(last) > walltime.LATEST

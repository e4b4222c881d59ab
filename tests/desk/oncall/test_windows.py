from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.oncall.model import Restriction
from desk.oncall.windows import OpenTime
from tests.desk.oncall.examples import EVERY_DAY, WEEKDAYS_ONLY, instant, layer, window

MINUTE = timedelta(minutes=1)


def spans(*restrictions: Restriction, zone: str, start: str, end: str) -> list[tuple[str, str]]:
    """The open time between two local dates, in local time."""
    place = ZoneInfo(zone)
    open_time = OpenTime(layer("ana", zone=place, restrictions=restrictions))
    bounds = (datetime.fromisoformat(text).replace(tzinfo=place) for text in (start, end))
    return [(f"{a.astimezone(place):%d %H:%M}", f"{b.astimezone(place):%d %H:%M}") for a, b in open_time.spans(*bounds)]


def test_it_is_open_always_without_restrictions() -> None:
    assert spans(zone="Europe/Berlin", start="2026-03-28", end="2026-03-30") == [("28 00:00", "30 00:00")]


def test_it_opens_on_the_days_that_are_named() -> None:
    found = spans(window("09:00", "17:00", WEEKDAYS_ONLY), zone="Europe/Berlin", start="2026-03-27", end="2026-03-31")

    assert found == [("27 09:00", "27 17:00"), ("30 09:00", "30 17:00")]


def test_it_knows_two_blocks_a_day() -> None:
    blocks = window("09:00", "12:00"), window("13:00", "17:00")

    found = spans(*blocks, zone="Europe/Berlin", start="2026-03-27", end="2026-03-28")

    assert found == [("27 09:00", "27 12:00"), ("27 13:00", "27 17:00")]


def test_it_belongs_to_the_day_it_starts_on_when_it_runs_past_midnight() -> None:
    friday_night = window("22:00", "06:00", frozenset(("fri",)))

    found = spans(friday_night, zone="Europe/Berlin", start="2026-03-27", end="2026-03-30")

    assert found == [("27 22:00", "28 06:00")]


def test_it_lasts_24_hours_when_it_ends_as_it_starts() -> None:
    found = spans(window("10:00", "10:00", frozenset(("fri",))), zone="UTC", start="2026-03-27", end="2026-03-30")

    assert found == [("27 10:00", "28 10:00")]


def test_it_joins_windows_that_touch_or_overlap() -> None:
    touching = window("09:00", "12:00"), window("12:00", "24:00"), window("00:00", "02:00"), window("01:00", "03:00")

    found = spans(*touching, zone="UTC", start="2026-03-27", end="2026-03-29")

    assert found == [("27 00:00", "27 03:00"), ("27 09:00", "28 03:00"), ("28 09:00", "29 00:00")]


def test_it_is_empty_where_the_gap_swallows_the_window() -> None:
    found = spans(window("02:00", "03:00"), zone="Europe/Berlin", start="2026-03-28", end="2026-03-31")

    assert found == [("28 02:00", "28 03:00"), ("30 02:00", "30 03:00")]


def test_it_moves_as_a_whole_when_both_its_ends_are_skipped() -> None:
    found = spans(window("02:15", "02:45"), zone="Europe/Berlin", start="2026-03-29", end="2026-03-30")

    assert found == [("29 03:15", "29 03:45")]


def test_it_covers_both_occurrences_of_an_hour_that_comes_twice() -> None:
    open_time = OpenTime(layer("ana", restrictions=(window("02:00", "03:00"),)))

    found = open_time.spans(instant("2026-10-24T22:00"), instant("2026-10-25T22:00"))

    assert found == [(instant("2026-10-25T00:00"), instant("2026-10-25T02:00"))]


def test_it_has_no_window_on_the_day_that_samoa_skipped() -> None:
    found = spans(window("09:00", "17:00"), zone="Pacific/Apia", start="2011-12-29", end="2012-01-01")

    assert found == [("29 09:00", "29 17:00"), ("31 09:00", "31 17:00")]


def test_it_does_not_move_the_windows_of_a_skipped_day_to_the_next() -> None:
    """30 December 2011 would have been a Friday; a window of Fridays must not open on Saturday."""
    fridays = window("09:00", "17:00", frozenset(("fri",)))

    assert spans(fridays, zone="Pacific/Apia", start="2011-12-28", end="2012-01-05") == []


def test_it_lasts_through_the_skipped_day_as_long_as_its_clock_says() -> None:
    """From 22:00 on the 29th until 06:00 of a day that never came, moved to the 31st: eight hours."""
    open_time = OpenTime(layer("ana", zone=ZoneInfo("Pacific/Apia"), restrictions=(window("22:00", "06:00"),)))

    found = open_time.spans(instant("2011-12-30T00:00"), instant("2011-12-31T00:00"))

    assert found == [(instant("2011-12-30T08:00"), instant("2011-12-30T16:00"))]


def test_it_begins_and_ends_at_local_midnight() -> None:
    open_time = OpenTime(layer("ana", begins=date(2026, 3, 29), ends=date(2026, 3, 30)))

    found = open_time.spans(instant("2026-03-01"), instant("2026-04-30"))

    assert found == [(instant("2026-03-28T23:00"), instant("2026-03-29T22:00"))]


def test_it_leaves_neither_gap_nor_overlap_between_layers_at_a_midnight_that_comes_twice() -> None:
    havana = ZoneInfo("America/Havana")
    before = OpenTime(layer("ana", zone=havana, ends=date(2026, 11, 1)))
    after = OpenTime(layer("ben", zone=havana, begins=date(2026, 11, 1)))

    assert before.ends_at == after.starts_at == instant("2026-11-01T04:00")


def test_it_never_opens_without_a_day() -> None:
    open_time = OpenTime(layer("ana", restrictions=(Restriction(frozenset(), timedelta(0), timedelta(days=1)),)))

    assert open_time.spans(instant("2026-01-01"), instant("2027-01-01")) == []
    assert not open_time.opens(instant("2026-01-01"), instant("3026-01-01"))
    assert not open_time.opens_on_paper(datetime(2026, 1, 1), datetime(3026, 1, 1))


@given(
    st.lists(
        st.tuples(st.integers(0, 95), st.integers(0, 96), st.frozensets(st.sampled_from(sorted(EVERY_DAY)))),
        min_size=1,
        max_size=3,
    ),
    st.integers(0, 10 * 1440),
    st.integers(1, 3 * 1440),
    st.sampled_from(("Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia")),
)
def test_it_opens_wherever_there_is_a_span(
    windows: list[tuple[int, int, frozenset[str]]], after: int, minutes: int, zone: str
) -> None:
    quarter = timedelta(minutes=15)
    restrictions = tuple(Restriction(days, a * quarter, b * quarter) for a, b, days in windows)  # type: ignore[arg-type]
    open_time = OpenTime(layer("ana", zone=ZoneInfo(zone), restrictions=restrictions))
    start = instant("2011-12-25" if zone == "Pacific/Apia" else "2026-03-28") + after * MINUTE

    assert open_time.opens(start, start + minutes * MINUTE) == bool(open_time.spans(start, start + minutes * MINUTE))


def test_it_says_the_same_of_clocks_that_never_change_on_paper_and_in_a_zone_without_changes() -> None:
    open_time = OpenTime(layer("ana", zone=ZoneInfo("UTC"), restrictions=(window("22:00", "06:00", WEEKDAYS_ONLY),)))
    start = instant("2026-03-02")

    for quarters in range(7 * 96):
        begins = start + quarters * timedelta(minutes=15)
        ends = begins + timedelta(hours=1)
        on_paper = open_time.opens_on_paper(begins.replace(tzinfo=None), ends.replace(tzinfo=None))
        assert on_paper == open_time.opens(begins, ends), begins


@pytest.mark.parametrize("closes", ["24:00", "00:00"])
def test_it_reads_the_end_of_the_day_as_midnight(closes: str) -> None:
    found = spans(window("18:00", closes, frozenset(("fri",))), zone="UTC", start="2026-03-27", end="2026-03-30")

    assert found == [("27 18:00", "28 00:00")]

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from desk.digest.rules import covers, newest_morning, next_morning
from desk.oncall.model import WEEKDAYS, Weekday

ZONES = ["Europe/Berlin", "America/Los_Angeles", "Asia/Shanghai", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia"]
EVERY_DAY = frozenset(WEEKDAYS)

zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.datetimes(datetime(2011, 12, 1), datetime(2037, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
mornings = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
some_days = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(frozenset)


@given(instants, zones, mornings, some_days)
def test_it_is_due_on_each_digest_day_once(start: datetime, zone: ZoneInfo, at: time, days: frozenset[Weekday]) -> None:
    """Against a walk of the calendar: every local date that exists and is a digest day, once, in order."""
    found, after = [], start
    for _ in range(10):
        morning = next_morning(after, zone, at, days)
        assert morning is not None
        assert morning.at > after
        found.append(morning.date)
        after = morning.at
    expected, day = [], found[0]
    while len(expected) < len(found):
        noon = datetime.combine(day, time(12), zone)
        exists = noon.astimezone(UTC).astimezone(zone).date() == day
        if exists and WEEKDAYS[day.weekday()] in days:
            expected.append(day)
        day += timedelta(days=1)
    assert found == expected


@given(instants, zones)
def test_it_keeps_the_wall_time_of_a_morning_across_changes_of_clocks(start: datetime, zone: ZoneInfo) -> None:
    morning = next_morning(start, zone, time(9), EVERY_DAY)

    assert morning is not None
    assert morning.at.astimezone(zone).time() == time(9)


def test_it_moves_a_time_that_does_not_exist_forward_by_the_gap() -> None:
    morning = next_morning(datetime(2026, 3, 28, 12, tzinfo=UTC), ZoneInfo("Europe/Berlin"), time(2, 30), EVERY_DAY)

    assert morning is not None
    assert morning.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 there


def test_it_has_no_morning_without_a_day() -> None:
    assert next_morning(datetime(2026, 3, 6, tzinfo=UTC), ZoneInfo("UTC"), time(9), frozenset()) is None


def test_it_makes_one_digest_for_the_newest_morning_after_days_of_silence() -> None:
    now = datetime(2026, 3, 9, 15, tzinfo=UTC)

    assert newest_morning(now, date(2026, 3, 6), ZoneInfo("Europe/Berlin"), time(9), EVERY_DAY) == date(2026, 3, 9)
    assert newest_morning(
        datetime(2026, 3, 9, 7, tzinfo=UTC), date(2026, 3, 6), ZoneInfo("Europe/Berlin"), time(9), EVERY_DAY
    ) == date(2026, 3, 8)


def test_it_looks_back_to_the_last_digest_and_no_further_than_a_week() -> None:
    now = datetime(2026, 3, 9, 15, tzinfo=UTC)

    assert covers(now - timedelta(days=2), now) == (now - timedelta(days=2), now)
    assert covers(None, now) == (now - timedelta(days=1), now)
    assert covers(now - timedelta(days=30), now) == (now - timedelta(days=7), now)

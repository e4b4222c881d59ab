from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from desk.oncall.away import Away, holidays_of, knows_country, last_day, show_end
from desk.oncall.model import Schedule
from tests.desk.oncall.examples import BERLIN, instant, leave

TOKYO = ZoneInfo("Asia/Tokyo")


def days_off(country: str, zone: ZoneInfo, start: str, end: str) -> list[tuple[str, str, str]]:
    schedule = Schedule("emea", BERLIN, holidays=True, countries={"ana": country}, zones={"ana": zone})
    found = Away(schedule).of("ana", instant(start), instant(end))
    return [(absence.holiday, f"{absence.start:%m-%d %H:%M}", f"{absence.end:%m-%d %H:%M}") for absence in found]


def test_it_gives_a_holiday_the_persons_own_day() -> None:
    found = days_off("JP", TOKYO, "2026-05-03T00:00", "2026-05-04T00:00")

    assert found == [("Constitution Day", "05-02 15:00", "05-03 15:00"), ("Greenery Day", "05-03 15:00", "05-04 15:00")]


def test_it_gives_a_holiday_23_hours_when_clocks_go_forward_on_it() -> None:
    """Easter Sunday, a holiday in Poland, was on the day of the change in 2024."""
    (easter,) = days_off("PL", ZoneInfo("Europe/Warsaw"), "2024-03-31T10:00", "2024-03-31T11:00")

    assert easter == ("Easter Sunday", "03-30 23:00", "03-31 22:00")


def test_it_knows_holidays_on_both_sides_of_new_year() -> None:
    found = days_off("DE", BERLIN, "2026-12-26T12:00", "2027-01-01T12:00")

    assert [name for name, _, _ in found] == ["Second Day of Christmas", "New Year's Day"]


def test_it_counts_days_that_are_off_instead() -> None:
    assert holidays_of("US", 2027)[date(2027, 12, 31)] == "New Year's Day (observed)"


def test_it_knows_the_holidays_of_a_region() -> None:
    epiphany = date(2026, 1, 6)

    assert epiphany in holidays_of("DE-BY", 2026)
    assert epiphany not in holidays_of("DE", 2026)


def test_it_knows_none_where_there_are_none_to_know() -> None:
    assert not holidays_of("QQ", 2026)
    assert not holidays_of("DE-ZZ", 2026)
    assert not holidays_of("DE", 1500)


def test_it_tells_known_countries_from_others() -> None:
    assert [knows_country(name) for name in ("DE", "DE-BY", "QQ", "DE-ZZ")] == [True, True, False, False]


def test_it_names_the_leave_that_lasts_longest() -> None:
    leaves = leave("ana", "2026-01-05", "2026-01-07"), leave("ana", "2026-01-06", "2026-01-20")
    away = Away(Schedule("emea", BERLIN, leave=leaves))

    found = away.of("ana", instant("2026-01-06"), instant("2026-01-07"))

    assert found[0].why(BERLIN) == "on leave until 2026-01-20 01:00 Europe/Berlin"


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("2026-04-04T00:00+02:00", "the end of 2026-04-03 Europe/Berlin"),  # "until Saturday, 00:00" is Friday
        ("2026-04-04T00:01+02:00", "2026-04-04 00:01 Europe/Berlin"),
        ("2026-04-04T00:00+00:00", "2026-04-04 02:00 Europe/Berlin"),
        ("2026-03-30T00:00+02:00", "the end of 2026-03-29 Europe/Berlin"),  # the day had 23 hours
    ],
)
def test_the_end_of_a_leave_is_a_day_where_it_is_one(end: str, told: str) -> None:
    assert show_end(datetime.fromisoformat(end), BERLIN) == told


def test_a_day_that_ends_where_midnight_does_not_exist_is_whole_all_the_same() -> None:
    cairo = ZoneInfo("Africa/Cairo")

    assert last_day(datetime.fromisoformat("2026-04-24T01:00+03:00"), cairo) == date(2026, 4, 23)


def test_it_leaves_out_what_only_touches_the_range() -> None:
    away = Away(Schedule("emea", BERLIN, leave=(leave("ana", "2026-01-05", "2026-01-07"),)))

    assert away.of("ana", instant("2026-01-07"), instant("2026-01-08")) == []
    assert away.of("ben", instant("2026-01-05"), instant("2026-01-08")) == []

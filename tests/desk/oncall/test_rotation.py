from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.oncall.model import Layer, Restriction
from desk.oncall.rotation import Turns
from desk.oncall.walltime import changes
from tests.desk.oncall.examples import BERLIN, MONDAY, WEEKDAYS_ONLY, instant, layer, window
from tests.desk.oncall.strategies import Moment, layers

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def duties(of: Layer, start: str, end: str) -> list[tuple[str, str, str]]:
    """(member, from, to) in the layer's local time."""
    return [
        (
            of.rotation.members[turn % len(of.rotation.members)],
            f"{opens.astimezone(of.zone):%a %d %H:%M}",
            f"{closes.astimezone(of.zone):%a %d %H:%M}",
        )
        for opens, closes, turn in Turns(of).duties(instant(start), instant(end))
    ]


# ── hand-offs ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_hands_off_every_n_days() -> None:
    found = duties(layer("ana", "ben", every=2, hand_off="09:00"), "2026-01-05T08:00", "2026-01-09T08:00")

    assert found == [("ana", "Mon 05 09:00", "Wed 07 09:00"), ("ben", "Wed 07 09:00", "Fri 09 09:00")]


def test_it_hands_off_weekly_from_the_first_such_weekday() -> None:
    weekly = layer("ana", "ben", type="weekly", weekday="thu", hand_off="12:00")

    found = duties(weekly, "2026-01-01", "2026-01-22T11:00")

    assert found == [("ana", "Thu 08 12:00", "Thu 15 12:00"), ("ben", "Thu 15 12:00", "Thu 22 12:00")]


def test_it_starts_on_the_very_day_when_that_is_the_weekday() -> None:
    weekly = layer("ana", "ben", type="weekly", weekday="mon", every=2)

    assert duties(weekly, "2026-01-01", "2026-01-18T23:00") == [("ana", "Mon 05 00:00", "Mon 19 00:00")]


def test_it_repeats_custom_lengths() -> None:
    custom = layer("ana", "ben", type="custom", lengths=(2, 2, 3))

    found = duties(custom, "2026-01-01", "2026-01-13T23:00")

    assert [(member, start) for member, start, _ in found] == [
        ("ana", "Mon 05 00:00"),
        ("ben", "Wed 07 00:00"),
        ("ana", "Fri 09 00:00"),
        ("ben", "Mon 12 00:00"),
    ]


def test_it_has_nobody_before_the_first_hand_off() -> None:
    assert duties(layer("ana", hand_off="09:00"), "2026-01-04", "2026-01-05T08:00") == []


def test_it_hands_off_at_the_same_local_time_on_both_sides_of_a_change() -> None:
    found = duties(layer("ana", "ben", hand_off="09:00"), "2026-03-27T08:00", "2026-03-30T07:00")

    assert [start for _, start, _ in found] == ["Fri 27 09:00", "Sat 28 09:00", "Sun 29 09:00"]


def test_it_hands_off_after_the_gap_when_the_time_is_skipped() -> None:
    found = duties(layer("ana", "ben", hand_off="02:30"), "2026-03-28T01:30", "2026-03-30T00:30")

    assert [start for _, start, _ in found] == ["Sat 28 02:30", "Sun 29 03:30"]


def test_it_hands_off_at_the_first_of_two_occurrences() -> None:
    shifts = Turns(layer("ana", "ben", hand_off="02:30")).duties(
        instant("2026-10-25T00:00"), instant("2026-10-25T12:00")
    )

    assert shifts[1].start == instant("2026-10-25T00:30")


def test_it_keeps_hourly_hand_offs_on_the_wall_clock_grid() -> None:
    """Every six hours from 01:00: on the day of 23 hours the shift over the gap is an hour short, and the next
    hand-off is at 07:00 as always."""
    hourly = layer("ana", "ben", type="hourly", every=6, hand_off="01:00", start=date(2026, 3, 28))

    found = duties(hourly, "2026-03-29T00:00", "2026-03-29T11:00")

    assert [start for _, start, _ in found] == ["Sun 29 01:00", "Sun 29 07:00"]


def test_it_gives_no_turn_to_a_shift_of_no_length() -> None:
    """02:00 is skipped and moves to 03:00, where the next hand-off is."""
    hourly = layer("ana", "ben", "chi", type="hourly", start=date(2026, 3, 29))

    found = duties(hourly, "2026-03-28T23:00", "2026-03-29T03:00")

    assert [(member, start[-5:]) for member, start, _ in found] == [
        ("ana", "00:00"),
        ("ben", "01:00"),
        ("chi", "03:00"),
        ("ana", "04:00"),
    ]


def test_it_makes_one_long_shift_of_an_hour_that_comes_twice() -> None:
    hourly = layer("ana", "ben", type="hourly", start=date(2026, 10, 25))

    found = Turns(hourly).duties(instant("2026-10-24T22:00"), instant("2026-10-25T03:00"))

    assert [duty.end - duty.start for duty in found] == [HOUR, HOUR, 2 * HOUR, HOUR]


def test_it_hands_off_at_half_hour_changes() -> None:
    hourly = layer("ana", "ben", type="hourly", zone=LORD_HOWE, start=date(2026, 10, 3))

    found = Turns(hourly).duties(instant("2026-10-03T13:30"), instant("2026-10-03T18:00"))

    assert [duty.end - duty.start for duty in found] == [HOUR, HOUR, HOUR / 2, HOUR, HOUR]


def test_it_takes_the_turns_of_samoas_skipped_day_for_none() -> None:
    apia = layer("ana", "ben", "chi", zone=ZoneInfo("Pacific/Apia"), start=date(2011, 12, 28), hand_off="09:00")

    found = duties(apia, "2011-12-28T19:00", "2012-01-01T18:00")

    assert [(member, start) for member, start, _ in found] == [
        ("ana", "Wed 28 09:00"),
        ("ben", "Thu 29 09:00"),
        ("chi", "Sat 31 09:00"),
        ("ana", "Sun 01 09:00"),
    ]


# ── turns ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_takes_turns_on_worked_shifts_only() -> None:
    """Daily from Monday to Friday: three people follow each other over the weekend as over a night."""
    days = layer("ana", "ben", "chi", restrictions=(window("09:00", "17:00", WEEKDAYS_ONLY),))

    found = duties(days, "2026-01-05", "2026-01-14")

    assert [(member, start[:3]) for member, start, _ in found] == [
        *(("ana", "Mon"), ("ben", "Tue"), ("chi", "Wed"), ("ana", "Thu"), ("ben", "Fri")),
        *(("chi", "Mon"), ("ana", "Tue")),
    ]


def test_it_makes_a_turn_of_its_own_of_what_a_hand_off_inside_a_window_leaves() -> None:
    """Whole weekdays and a hand-off at 09:00: Sunday 09:00 to Monday 09:00 is worked on Monday morning."""
    days = layer("ana", "ben", hand_off="09:00", restrictions=(window("00:00", "24:00", WEEKDAYS_ONLY),))

    found = duties(days, "2026-01-09T08:00", "2026-01-12T23:00")

    assert found == [
        ("ana", "Fri 09 09:00", "Sat 10 00:00"),
        ("ben", "Mon 12 00:00", "Mon 12 09:00"),
        ("ana", "Mon 12 09:00", "Tue 13 00:00"),
    ]


def test_it_counts_turns_from_the_first_shift_within_the_layers_dates() -> None:
    later = layer("ana", "ben", "chi", begins=date(2026, 1, 7))

    assert duties(later, "2026-01-01", "2026-01-07T23:00") == [("ana", "Wed 07 00:00", "Thu 08 00:00")]


def test_it_counts_a_shift_as_worked_that_is_cut_by_the_layers_first_date() -> None:
    cut = layer("ana", "ben", hand_off="09:00", begins=date(2026, 1, 7))

    found = duties(cut, "2026-01-01", "2026-01-07T12:00")

    assert found == [("ana", "Wed 07 00:00", "Wed 07 09:00"), ("ben", "Wed 07 09:00", "Wed 07 13:00")]


def test_it_knows_the_turn_of_a_shift_of_which_only_the_unworked_end_is_asked_for() -> None:
    weekly = layer("ana", "ben", type="weekly", restrictions=(window("09:00", "10:00", frozenset(("mon",))),))

    assert duties(weekly, "2026-01-11", "2026-01-13") == [("ben", "Mon 12 09:00", "Mon 12 10:00")]


LONG_AGO = Moment("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC), ("America/Santiago", "Africa/Casablanca"))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(layers(LONG_AGO, LONG_AGO.at - 3000 * DAY, LONG_AGO.at - 300 * DAY), st.integers(0, 6000))
def test_it_counts_the_same_turns_at_once_as_from_the_beginning(of: Layer, days: int) -> None:
    """Asked for a month years later, it counts by multiplication; asked for everything, shift by shift."""
    start = LONG_AGO.at - 3000 * DAY + days * DAY
    end = start + 30 * DAY
    everything = Turns(of)

    from_the_beginning = everything.duties(everything.first_hand_off - DAY, end)

    expected = [(max(a, start), b, turn) for a, b, turn in from_the_beginning if b > start]
    assert [tuple(duty) for duty in Turns(of).duties(start, end)] == expected


OFFICE = (window("09:00", "12:00", WEEKDAYS_ONLY), window("13:00", "17:00", WEEKDAYS_ONLY))
SMALL_HOURS = (window("01:45", "02:45"), window("23:30", "00:45", WEEKDAYS_ONLY))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"])
@pytest.mark.parametrize("restrictions", [(), OFFICE, SMALL_HOURS], ids=["always", "office", "small hours"])
@pytest.mark.parametrize(
    "given",
    [
        {"type": "hourly"},
        {"type": "hourly", "every": 5, "hand_off": "00:15"},
        {"type": "daily", "hand_off": "02:30"},
        {"type": "custom", "lengths": (2, 2, 3), "hand_off": "02:15"},
        {"type": "weekly", "weekday": "sun", "hand_off": "02:00"},
        {"type": "hourly", "every": 7, "begins": date(2010, 6, 9)},
    ],
    ids=lambda given: f"{given['type']} {given.get('every', '')}",
)
def test_it_counts_turns_across_every_change_of_four_years(
    zone: str, restrictions: tuple[Restriction, ...], given: dict[str, Any]
) -> None:
    """Asked from within a change's reach, just outside of it, and far from any."""
    place = ZoneInfo(zone)
    of = layer("ana", zone=place, restrictions=restrictions, start=date(2009, 9, 1), **given)
    one_by_one = Turns(of).duties(instant("2009-08-01"), instant("2013-12-31"))
    asked = [
        at + days * DAY + timedelta(minutes=50)
        for at in (*changes(place, instant("2009-11-01"), instant("2013-12-01")), instant("2012-07-01"))
        for days in (-6, -4, -3, -1, 0, 1, 2, 3, 5, 9)
    ]

    at_once = Turns(of)
    for start in asked:
        found = at_once.duties(start, start + 3 * DAY)

        first = one_by_one[bisect_right(one_by_one, start, key=lambda duty: duty.end)]
        assert found == [] or found[0] == (max(first.start, start), min(first.end, start + 3 * DAY), first.turn), start


def test_it_knows_the_shift_that_began_when_the_clock_showed_a_later_time() -> None:
    """At the second 02:10 the hand-off of 02:15 has been: it was at the first one."""
    hourly = layer("ana", "ben", type="hourly", hand_off="00:15", start=date(2026, 10, 25))

    found = Turns(hourly).duties(instant("2026-10-24T22:15"), instant("2026-10-25T01:10"))

    assert [(duty.turn, f"{duty.start:%H:%M}", f"{duty.end:%H:%M}") for duty in found] == [
        (0, "22:15", "23:15"),
        (1, "23:15", "00:15"),
        (2, "00:15", "01:10"),
    ]


def test_it_stands_any_length_of_shift() -> None:
    huge = layer("ana", "ben", type="weekly", every=10**30)
    assert duties(huge, "2026-01-05", "2026-01-06") == [("ana", "Mon 05 01:00", "Tue 06 01:00")]

    custom = layer("ana", "ben", type="custom", lengths=(10**30, 1))
    assert duties(custom, "2026-01-05", "2026-01-06") == [("ana", "Mon 05 01:00", "Tue 06 01:00")]


def test_it_stands_a_rotation_from_the_first_day_of_the_calendar_to_the_last() -> None:
    ancient = Turns(layer("ana", "ben", type="weekly", start=date.min))
    final = Turns(layer("ana", "ben", start=date.max))

    assert len(ancient.duties(instant("2026-01-05"), instant("2026-01-06"))) == 1
    assert final.duties(instant("2026-01-05"), instant("2026-01-06")) == []


def test_it_is_counted_once_for_equal_layers() -> None:
    from desk.oncall.rotation import turns

    assert turns(layer("ana", zone=BERLIN, start=MONDAY)) is turns(layer("ana", zone=BERLIN, start=MONDAY))

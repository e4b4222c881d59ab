"""The resolver beside the oracle, minute by minute, over random schedules.

Here a sample; `LIVEDESK_ORACLE=full` takes every change of every distinct zone from 2020 to 2037 (see `make oracle`).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.oncall.model import Schedule
from desk.oncall.resolve import Row, a_year_after, final_schedule, who
from desk.oncall.walltime import changes
from tests.desk.oncall.oracle import Oracle
from tests.desk.oncall.strategies import MOMENTS, Moment, at, schedules

FULL = os.environ.get("LIVEDESK_ORACLE") == "full"
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
BEFORE, AFTER = 9 * DAY, 3 * DAY  # of the moment: what the oracle walks
BLIND = 3 * DAY  # windows that began before the walk reach no further into it
AROUND = timedelta(hours=36)


def oncall_by_step(rows: tuple[Row, ...], start: datetime, end: datetime, step: timedelta) -> list[frozenset[str]]:
    """Everybody whom the rows put on call, at each step. Checks on the way what rows promise."""
    number = (end - start) // step
    found: list[frozenset[str]] = [frozenset()] * number
    covered = bytearray(number)
    for row in rows:
        assert start <= row.start < row.end <= end
        assert row.why
        first, last = ((at - start) // step for at in (row.start, row.end))
        assert start + first * step == row.start
        assert start + last * step == row.end
        for position in range(first, last):
            if row.person is None:
                assert not covered[position], "nobody, and somebody, at the same time"
            else:
                assert row.person not in found[position], "the same person twice at the same time"
                found[position] |= {row.person}
            covered[position] = 1
    assert all(covered), "a time of which the final schedule says nothing"
    by_person = sorted(rows, key=lambda row: (row.person or "", row.start))
    for one, other in pairwise(by_person):
        assert one.person != other.person or one.end < other.start, "neighbouring rows of one person"
    return found


def compare(schedule: Schedule, moment: Moment, first: datetime, last: datetime) -> None:
    """Every minute of [first, last), in the resolver and in the oracle."""
    start = moment.at - BEFORE
    oracle = Oracle(schedule, start, moment.at + AFTER)
    rows = final_schedule(schedule, first, last)
    offset = (first - start) // MINUTE + oracle.start
    found = oncall_by_step(rows, first, last, MINUTE)
    for number, (people, expected) in enumerate(zip(found, oracle.span(offset, len(found)), strict=True)):
        assert people == expected, f"{first + number * MINUTE}: {people}, and the oracle says {expected}"


def around(moment: Moment) -> st.SearchStrategy[Schedule]:
    return schedules(moment, moment.at - BEFORE + DAY, moment.at + 2 * DAY)


# ── named moments ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_it_agrees_with_the_oracle_minute_by_minute(moment: Moment) -> None:
    @settings(max_examples=300 if FULL else 10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(around(moment))
    def agrees(schedule: Schedule) -> None:
        compare(schedule, moment, moment.at - BEFORE + BLIND, moment.at + AFTER - DAY)

    agrees()


@settings(max_examples=500 if FULL else 25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_it_says_who_is_on_call_as_the_final_schedule_does(data: st.DataObject) -> None:
    moment = data.draw(st.sampled_from(MOMENTS))
    schedule = data.draw(around(moment))
    oracle = Oracle(schedule, moment.at - BEFORE, moment.at + AFTER)
    asked = moment.at + data.draw(st.integers(-4 * 1440, 2 * 1440)) * MINUTE

    answer = who(schedule, asked)

    assert answer.people == oracle.oncall((asked - moment.at + BEFORE) // MINUTE + oracle.start)
    assert answer.why
    a_year = a_year_after(asked)
    rows = final_schedule(schedule, asked, a_year + MINUTE)
    ends = {row.person: row.end for row in rows if row.start == asked and row.person}
    assert dict(answer.oncall) == {person: end if end <= a_year else None for person, end in ends.items()}


ZONES = sorted(available_timezones() - {"localtime"})
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)


@settings(max_examples=1000 if FULL else 12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), zone=st.sampled_from(ZONES), day=st.integers(0, (LAST - FIRST).days - 1))
def test_it_agrees_with_the_oracle_at_any_instant_of_any_zone(data: st.DataObject, zone: str, day: int) -> None:
    moment = Moment(zone, FIRST + day * DAY, (data.draw(st.sampled_from(ZONES)), "UTC"))
    schedule = data.draw(around(moment))
    oracle = Oracle(schedule, moment.at - BEFORE, moment.at + AFTER)

    for minute in data.draw(st.lists(st.integers(-4 * 1440, 2 * 1440), min_size=1, max_size=30)):
        asked = moment.at + minute * MINUTE
        assert who(schedule, asked).people == oracle.oncall((asked - moment.at + BEFORE) // MINUTE + oracle.start)


# ── rotations that started long ago ──────────────────────────────────────────────────────────────────────────────


LONG_AGO = (
    Moment("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC), ("America/New_York",)),
    Moment("Australia/Lord_Howe", datetime(2026, 4, 5, tzinfo=UTC), ("Europe/Berlin",)),
    Moment("America/Santiago", datetime(2026, 5, 20, tzinfo=UTC), ("Africa/Casablanca",)),
    Moment("Pacific/Apia", datetime(2013, 1, 20, tzinfo=UTC), ("UTC",)),
)


@pytest.mark.parametrize("moment", LONG_AGO, ids=str)
def test_it_still_knows_whose_turn_it_is_years_after_a_rotation_started(moment: Moment) -> None:
    """Turns are counted by multiplication between changes of clocks; the oracle counts every shift there ever was."""
    quarter = timedelta(minutes=15)
    start, end = moment.at - 800 * DAY, moment.at + AFTER

    @settings(max_examples=60 if FULL else 4, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(schedules(moment, start + DAY, moment.at - 400 * DAY))
    def agrees(schedule: Schedule) -> None:
        oracle = Oracle(schedule, start, end, step=15)
        first, last = moment.at - 8 * DAY, moment.at + 2 * DAY
        rows = final_schedule(schedule, first, last)
        offset = (first - start) // quarter + oracle.start
        found = oncall_by_step(rows, first, last, quarter)
        for number, (people, expected) in enumerate(zip(found, oracle.span(offset, len(found)), strict=True)):
            assert people == expected, f"{first + number * quarter}"

    agrees()


# ── the map of the world ─────────────────────────────────────────────────────────────────────────────────────────


ORDINARY = at("2026-06-10")


def every_change() -> list[Moment]:
    """Every change from 2020 to 2037, of one zone for each distinct set of rules; an ordinary day where it has none."""
    start, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
    rule_sets: dict[tuple[object, ...], list[Moment]] = {}
    for name in sorted(available_timezones() - {"localtime"}):
        zone = ZoneInfo(name)
        moves = changes(zone, start, end)
        offsets = [at.astimezone(zone).utcoffset() for at in (start, *moves)]
        moments = [Moment(name, at.replace(hour=0, minute=0), ("UTC",)) for at in moves or (ORDINARY,)]
        rule_sets.setdefault((*moves, *offsets), moments)
    return [moment for moments in rule_sets.values() for moment in moments]


# Zones whose rules are like nobody else's: two hours at once, half-hour offsets, changes by decree or at odd times.
PECULIAR = (
    Moment("Antarctica/Troll", at("2026-03-29"), ("UTC",)),
    Moment("Pacific/Chatham", at("2026-04-04"), ("Pacific/Auckland",)),
    Moment("America/St_Johns", at("2026-11-01"), ("UTC",)),
    Moment("Asia/Beirut", at("2026-10-24"), ("UTC",)),
    Moment("America/Asuncion", at("2024-10-06"), ("UTC",)),
    Moment("America/Nuuk", at("2026-03-29"), ("UTC",)),
    Moment("Pacific/Easter", at("2026-09-06"), ("America/Santiago",)),
    Moment("Asia/Pyongyang", at("2018-05-04"), ("UTC",)),
    Moment("Africa/Juba", at("2021-01-31"), ("UTC",)),
)


@pytest.mark.parametrize("moment", every_change() if FULL else PECULIAR, ids=str)
def test_it_agrees_with_the_oracle_within_36_hours_of_every_change(moment: Moment) -> None:
    @settings(max_examples=4 if FULL else 3, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(around(moment))
    def agrees(schedule: Schedule) -> None:
        compare(schedule, moment, moment.at - AROUND, moment.at + AROUND + DAY)

    agrees()

"""The final schedule as a reader's days, and one person's own shifts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from desk.oncall.model import Schedule
from desk.oncall.resolve import Row, final_schedule
from desk.oncall.walltime import DAY, date_exists, first_instant, local, midnight, utc


@dataclass(frozen=True, slots=True)
class Stretch:
    """Half-open UTC instants; `person` None is nobody."""

    start: datetime
    end: datetime
    person: str | None


@dataclass(frozen=True, slots=True)
class Day:
    """A reader's local date and what of the schedule falls on it."""

    date: date
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    schedule: str
    start: datetime
    end: datetime


def by_day(rows: Sequence[Row], zone: ZoneInfo) -> tuple[Day, ...]:
    """Rows of a final schedule cut at the midnights of `zone`, by local date; dates without any are left out."""
    if not rows:
        return ()
    start, end = min(row.start for row in rows), max(row.end for row in rows)
    found = []
    day, last = local(start, zone).date() - DAY, local(end, zone).date() + DAY
    while day <= last:
        if date_exists(day, zone):
            opens, closes = first_instant(midnight(day), zone), first_instant(midnight(day + DAY), zone)
            cut = tuple(
                Stretch(max(row.start, opens), min(row.end, closes), row.person)
                for row in rows
                if row.start < closes and opens < row.end
            )
            if cut:
                found.append(Day(day, cut))
        day += DAY
    return tuple(found)


def shifts_of(schedules: Mapping[str, Schedule], person: str, start: datetime, end: datetime) -> tuple[Shift, ...]:
    """The rows of a person in every schedule within [start, end), in order of time."""
    start, end = utc(start), utc(end)
    found = [
        Shift(name, row.start, row.end)
        for name, schedule in schedules.items()
        for row in final_schedule(schedule, start, end)
        if row.person == person
    ]
    return tuple(sorted(found, key=lambda shift: (shift.start, shift.end, shift.schedule)))

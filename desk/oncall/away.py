"""Who is away, and why: leave, and public holidays of the person's country on their own local day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from desk.oncall.model import Schedule
from desk.oncall.walltime import DAY, first_instant, local, midnight, utc


class Absence(NamedTuple):
    """Half-open instants. `holiday` is the holiday's name; empty for leave."""

    start: datetime
    end: datetime
    holiday: str = ""

    def why(self, zone: ZoneInfo) -> str:
        """In words, with its end in `zone`."""
        return f"public holiday: {self.holiday}" if self.holiday else f"on leave until {show_end(self.end, zone)}"


class Away:
    """Everybody's absences from one schedule."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._leave: dict[str, list[Absence]] = defaultdict(list)
        for leave in schedule.leave:
            self._leave[leave.person].append(Absence(utc(leave.start), utc(leave.end)))

    def of(self, person: str, start: datetime, end: datetime) -> list[Absence]:
        """A person's absences that touch [start, end), leave before holidays, longest-lasting first: the first one
        that holds an instant is the one to name."""
        found = [absence for absence in self._leave.get(person, ()) if absence.start < end and start < absence.end]
        found.sort(key=lambda absence: absence.end, reverse=True)
        country = self._schedule.countries.get(person) if self._schedule.holidays else None
        if country:
            # Where the file does not say where somebody lives, the schedule's zone is the best guess.
            zone = self._schedule.zones.get(person, self._schedule.zone)
            found += _holidays_between(country, zone, start, end)
        return found


def show(at: datetime, zone: ZoneInfo) -> str:
    """An instant as people of a zone write it, with the zone, for it is theirs and not the reader's."""
    return f"{local(at, zone):%Y-%m-%d %H:%M} {zone.key}"


def last_day(end: datetime, zone: ZoneInfo) -> date | None:
    """The last whole day, on the clock of a zone, of what ends at `end`; None when it ends within a day. People who are
    away think in days: nobody reads "until Saturday, 00:00" as Friday."""
    day = local(end, zone).date()
    return day - DAY if first_instant(midnight(day), zone) == utc(end) else None


def show_end(end: datetime, zone: ZoneInfo) -> str:
    """The end of a leave, as `show` writes it, or its last day."""
    day = last_day(end, zone)
    return f"the end of {day} {zone.key}" if day is not None else show(end, zone)


def _holidays_between(country: str, zone: ZoneInfo, start: datetime, end: datetime) -> list[Absence]:
    found = []
    first, last = local(start, zone).date(), local(end, zone).date()
    for year in range(first.year, last.year + 1):
        for day, name in holidays_of(country, year).items():
            if first <= day <= last:
                begins, ends = first_instant(midnight(day), zone), first_instant(midnight(day + DAY), zone)
                if begins < end and start < ends:
                    found.append(Absence(begins, ends, name))
    return sorted(found)


@lru_cache(maxsize=2048)
def holidays_of(country: str, year: int) -> Mapping[date, str]:
    """The public holidays of a country (ISO 3166-1, or 3166-2 such as `DE-BY` with those of a region) in a year;
    none where the library knows none. The names are English where it has them.

    >>> holidays_of("DE", 2026)[date(2026, 4, 3)]
    'Good Friday'
    """
    import holidays  # here, for it is the slowest import of all and most schedules do without

    country, _, region = country.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=region or None, years=year, language="en_US")
    except NotImplementedError:  # a country or region that the library does not have: `check.py` says so
        return {}
    return {day: name for day, name in sorted(found.items()) if day.year == year}


def knows_country(country: str) -> bool:
    """Whether the holidays of a country are known at all."""
    import holidays

    country, _, region = country.partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    return country in known and (not region or region in known[country])

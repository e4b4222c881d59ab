"""Dates and times of an event: what is written, and which instants it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from icalendar import Event, Timezone

from handlers.calendars.problems import EventError
from handlers.calendars.zones import instant, zone_named

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wall:
    """A date or time as it is written: naive wall time, midnight for a date, in `zone`. `floating` times name no zone
    and have the reader's."""

    at: datetime
    zone: tzinfo
    is_date: bool = False
    floating: bool = False

    @property
    def instant(self) -> datetime:
        return instant(self.at, self.zone)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads values for somebody who lives in `home`."""

    own: Mapping[str, Timezone]
    home: tzinfo

    def wall(self, value: date | datetime, named: object) -> Wall:
        """`named` is the value's TZID, if it has one."""
        if not isinstance(value, datetime):
            return Wall(datetime.combine(value, time(0)), self.home, is_date=True)
        naive = value.replace(tzinfo=None, fold=0)
        if named:
            return Wall(naive, zone_named(str(named), self.own))
        if value.tzinfo is not None:
            return Wall(naive, UTC)
        return Wall(naive, self.home, floating=True)

    def of(self, event: Event, name: str) -> Wall | None:
        """A property with one value."""
        found = event.get(name)
        if found is None:
            return None
        if isinstance(found, list):
            raise EventError(f"it has {name} more than once")
        if not isinstance(found.dt, date):
            raise EventError(f"{name} is neither a date nor a time")
        return self.wall(found.dt, found.params.get("TZID"))

    def listed(self, event: Event, name: str) -> list[Any]:
        """Every value of RDATE or EXDATE: `Wall`, or a pair of one and its end (`Wall` or a duration)."""
        found = event.get(name, [])
        values: list[Any] = []
        for group in found if isinstance(found, list) else [found]:
            named = group.params.get("TZID")
            for one in group.dts:
                if isinstance(one.dt, tuple):
                    start, end = one.dt
                    until = end if isinstance(end, timedelta) else self.wall(end, named)
                    values.append((self.wall(start, named), until))
                else:
                    values.append(self.wall(one.dt, named))
        return values


@dataclass(frozen=True, slots=True)
class Length:
    """How long an event is. `walls` is counted in wall time, so that a night ends at six also when clocks change, up to
    a wall time of `zone`; `exact` passes on top of that, or alone."""

    walls: timedelta | None
    exact: timedelta
    zone: tzinfo

    def end(self, start: Wall) -> datetime:
        """The instant at which it ends when it starts at `start`."""
        if self.walls is None:
            return start.instant + self.exact
        try:
            return instant(start.at + self.walls, self.zone) + self.exact
        except OverflowError:
            raise EventError("it ends beyond the calendar") from None


def length(event: Event, start: Wall, reader: Reader) -> Length:
    """From DTEND, or DURATION (days in wall time, hours as they pass), or neither: a day for a date, else nothing."""
    end = reader.of(event, "DTEND")
    given = event.get("DURATION")
    if end is not None:
        if end.is_date != start.is_date:
            raise EventError("it starts with a date and ends with a time, or the other way round")
        apart = end.at - start.at
        if start.is_date and not apart:
            apart = DAY  # some programs write the last day instead of the first one after it
        if end.instant < start.instant or (apart < timedelta(0) and end.zone == start.zone):
            raise EventError(f"it ends ({end.at:%Y-%m-%d %H:%M}) before it starts ({start.at:%Y-%m-%d %H:%M})")
        return Length(apart, timedelta(0), end.zone)
    if given is not None:
        took: timedelta = given.dt if hasattr(given, "dt") else given.td
        if took < timedelta(0):
            raise EventError("its duration is less than nothing")
        days = timedelta(days=took.days) if took.days else None
        return Length(days, timedelta(seconds=took.seconds), start.zone)
    return Length(DAY if start.is_date else None, timedelta(0), start.zone)

"""Somebody's night: 22:00 to 07:00 on their own clock, without the hours that they work."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from desk.oncall.filling import night_spans
from desk.oncall.spans import Span, without
from desk.oncall.walltime import DAY, first_instant, last_instant, local, midnight

Hours = tuple[timedelta, timedelta]  # local times of day; an end at or before the start is on the next day


def night_at(zone: ZoneInfo, working_hours: Hours, at: datetime) -> Span | None:
    """The night that holds an instant; None when they are awake then."""
    nights = _nights(zone, working_hours, local(at, zone).date())
    return next((night for night in nights if night[0] <= at < night[1]), None)


def awake_from(zone: ZoneInfo, working_hours: Hours, at: datetime) -> datetime:
    """The end of the night that holds an instant; the instant itself when they are awake then."""
    night = night_at(zone, working_hours, at)
    return night[1] if night else at


@lru_cache(maxsize=4096)  # a change of many schedules asks of the same days of the same clocks again and again
def _nights(zone: ZoneInfo, working_hours: Hours, day: date) -> tuple[Span, ...]:
    """The nights around a local day."""
    start = first_instant(midnight(day), zone)
    return tuple(without(night_spans(zone, start - DAY, start + 2 * DAY), _work(zone, working_hours, day)))


def _work(zone: ZoneInfo, hours: Hours, today: date) -> list[Span]:
    opens, closes = hours
    overnight = timedelta(0) if closes > opens else DAY
    spans = []
    for days in range(-3, 4):
        day = midnight(today + days * DAY)
        start, end = first_instant(day + opens, zone), last_instant(day + closes + overnight, zone)
        if start < end:
            spans.append((start, end))
    return spans

"""Somebody's night: 22:00 to 07:00 on their own clock, without the hours that they work."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from desk.oncall.filling import night_spans
from desk.oncall.spans import Span, without
from desk.oncall.walltime import DAY, first_instant, last_instant, local, midnight

Hours = tuple[timedelta, timedelta]  # local times of day; an end at or before the start is on the next day


def night_at(zone: ZoneInfo, working_hours: Hours, at: datetime) -> Span | None:
    """The night that holds an instant; None when they are awake then."""
    nights = without(night_spans(zone, at - DAY, at + DAY), _work(zone, working_hours, at))
    return next((night for night in nights if night[0] <= at < night[1]), None)


def awake_from(zone: ZoneInfo, working_hours: Hours, at: datetime) -> datetime:
    """The end of the night that holds an instant; the instant itself when they are awake then."""
    night = night_at(zone, working_hours, at)
    return night[1] if night else at


def _work(zone: ZoneInfo, hours: Hours, at: datetime) -> list[Span]:
    opens, closes = hours
    overnight = timedelta(0) if closes > opens else DAY
    today = local(at, zone).date()
    spans = []
    for days in range(-2, 3):
        day = midnight(today + days * DAY)
        start, end = first_instant(day + opens, zone), last_instant(day + closes + overnight, zone)
        if start < end:
            spans.append((start, end))
    return spans

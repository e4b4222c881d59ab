"""Hours of a week on somebody's own clock: whether an instant lies in them, and when they next begin.

A window is read as in a layer's restrictions: its days are those on which it starts, `to` at or before `from` is the
next day's, and clocks that change move its ends as `walltime` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from desk.oncall.model import WEEKDAYS, Restriction
from desk.oncall.walltime import DAY, EARLIEST, LATEST, date_exists, first_instant, last_instant, local, midnight, utc

# A window may be empty on the day of a change of clocks, and a date may not exist: within three weeks one begins.
_LOOK_AHEAD = 21


def within(window: Restriction, zone: ZoneInfo, at: datetime) -> bool:
    """Whether an instant lies in the window on the clock of `zone`.

    >>> from datetime import UTC
    >>> day = every_day(timedelta(hours=8), timedelta(hours=22))
    >>> [within(day, ZoneInfo("Europe/Berlin"), datetime(2026, 3, 6, hour, tzinfo=UTC)) for hour in (6, 7, 20, 21)]
    [False, True, True, False]
    """
    at = utc(at)
    return any(start <= at < end for start, end in _spans(window, zone, at, 0))


def begins(window: Restriction, zone: ZoneInfo, at: datetime) -> datetime | None:
    """The first instant (UTC) at or after `at` that lies in the window: `at` itself, or when the window next begins.
    None at the end of the calendar alone.

    >>> from datetime import UTC
    >>> day = every_day(timedelta(hours=8), timedelta(hours=22))
    >>> begins(day, ZoneInfo("Europe/Berlin"), datetime(2026, 3, 28, 22, tzinfo=UTC)).isoformat()  # clocks go forward
    '2026-03-29T06:00:00+00:00'
    """
    at = utc(at)
    if within(window, zone, at):
        return at
    return min((start for start, _ in _spans(window, zone, at, _LOOK_AHEAD) if start >= at), default=None)


def every_day(start: timedelta, end: timedelta) -> Restriction:
    return Restriction(frozenset(WEEKDAYS), start, end)


def words(window: Restriction) -> str:
    """The window as the file writes it.

    >>> words(Restriction(frozenset(("mon", "tue")), timedelta(hours=9), timedelta(hours=17)))
    'mon, tue 09:00–17:00'
    """
    days = [day for day in WEEKDAYS if day in window.days]
    hours = f"{clock(window.start)}–{clock(window.end)}"
    return hours if len(days) == len(WEEKDAYS) else f"{', '.join(days)} {hours}"


def clock(since_midnight: timedelta) -> str:
    minutes = int(since_midnight.total_seconds()) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _spans(window: Restriction, zone: ZoneInfo, at: datetime, ahead: int) -> Iterator[tuple[datetime, datetime]]:
    """The windows (UTC, half-open) that start on the days around `at` and up to so many days ahead."""
    if not EARLIEST + 4 * DAY <= at < LATEST - (ahead + 4) * DAY:
        return
    today = local(at, zone).date()
    length = window.end if window.end > window.start else window.end + DAY
    for number in range(-3, ahead + 2):
        day = today + number * DAY
        if WEEKDAYS[day.weekday()] not in window.days or not date_exists(day, zone):
            continue
        start = first_instant(midnight(day) + window.start, zone)
        end = last_instant(midnight(day) + length, zone)
        if start < end:
            yield start, end

"""When a team's digest is due: at its wall time, once per local date, whatever the clocks do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from desk.oncall.model import WEEKDAYS, Weekday
from desk.oncall.walltime import date_exists, first_instant

LONGEST = timedelta(days=7)  # a digest looks back no further than this, after however long a silence


@dataclass(frozen=True, slots=True)
class Morning:
    """A digest's local date and the instant at which it is due."""

    date: date
    at: datetime


def next_morning(after: datetime, zone: ZoneInfo, digest_at: time, days: frozenset[Weekday]) -> Morning | None:
    """The first digest due strictly after an instant; None when the team has no digest day.

    A time that a change of clocks leaves out moves forward by the gap; one that comes twice counts the first time.
    """
    if not days:
        return None
    day = after.astimezone(zone).date() - timedelta(days=1)
    for _ in range(16):  # a week of days, and dates that a zone skipped
        if (at := _due(day, zone, digest_at, days)) is not None and at > after:
            return Morning(day, at)
        day += timedelta(days=1)
    return None


def newest_morning(now: datetime, planned: date, zone: ZoneInfo, digest_at: time, days: frozenset[Weekday]) -> date:
    """The date of the digest to make at `now`, when the one for `planned` is due.

    After a downtime of days there is one digest, for the newest morning, and it covers everything since the last.
    """
    newest = planned
    day = planned
    today = now.astimezone(zone).date()
    while day < today:
        day += timedelta(days=1)
        at = _due(day, zone, digest_at, days)
        if at is not None and at <= now:
            newest = day
    return newest


def covers(last_end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """What a digest made at `now` tells of: everything since the last one, a day when there was none."""
    start = last_end if last_end is not None else now - timedelta(days=1)
    return max(start, now - LONGEST), now


def _due(day: date, zone: ZoneInfo, digest_at: time, days: frozenset[Weekday]) -> datetime | None:
    if WEEKDAYS[day.weekday()] not in days or not date_exists(day, zone):
        return None
    return first_instant(datetime.combine(day, digest_at), zone)

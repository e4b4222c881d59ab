"""What stands in a calendar: the final schedule as entries whose names last.

Calendars know an entry by its UID. A shift keeps its own as long as its start and its person stay, however often the
calendar is made anew and whatever range is asked for; so a shift that began before the range is told from its start.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from desk.oncall.model import Schedule
from desk.oncall.resolve import Row, final_schedule

WEEK = timedelta(weeks=1)
WEEKS_BACK, WEEKS_AHEAD = 8, 26  # past shifts stay for time sheets; half a year is what people plan by
_LOOK_BACK = 4 * WEEK
_LOOKS = 13  # a year: who has been on call for longer has no start that anybody asks for
_STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Edition:
    """Which state of the plan a calendar shows: a number that only grows, and since when it has been so."""

    number: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A shift or, with `person` None, a time without anybody. Half-open UTC instants in whole seconds. `goes_on` says
    that the range ends before the shift does."""

    uid: str
    schedule: str
    person: str | None
    start: datetime
    end: datetime
    why: str
    goes_on: bool = False


def window(now: datetime) -> tuple[datetime, datetime]:
    """The range that a subscribed calendar shows. It moves once a week, so that in between nothing has changed and
    nothing needs to be sent again.

    >>> [at.isoformat() for at in window(datetime(2026, 3, 27, 12, tzinfo=UTC))]
    ['2026-01-26T00:00:00+00:00', '2026-09-28T00:00:00+00:00']
    """
    monday = this_week(now)
    return monday - WEEKS_BACK * WEEK, monday + (WEEKS_AHEAD + 1) * WEEK


def this_week(now: datetime) -> datetime:
    """Monday, midnight UTC."""
    now = now.astimezone(UTC)
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday())


def entries(schedule: Schedule, start: datetime, end: datetime, person: str | None = None) -> list[Entry]:
    """Everything of the final schedule that touches [start, end), in order: shifts of everybody and times without
    anybody, or the shifts of one `person`. Shifts begin where they begin, up to a year before `start`, and are cut
    at `end`."""
    made = []
    for row in final_schedule(schedule, start, end):
        if person is not None and row.person != person:
            continue
        begun: datetime | None = row.start
        if row.start == start:
            begun = _begun(schedule, row)
        entry = Entry(
            uid=_uid(schedule.name, row.person, begun),
            schedule=schedule.name,
            person=row.person,
            start=(begun or row.start).replace(microsecond=0),
            end=row.end.replace(microsecond=0),
            why=row.why,
            goes_on=row.end >= end and _goes_on(schedule, row.person, end),
        )
        if entry.start < entry.end:
            made.append(entry)
    return made


def _goes_on(schedule: Schedule, person: str | None, end: datetime) -> bool:
    """Whether whoever is on call up to `end` still is from then on."""
    return any(one.person == person for one in final_schedule(schedule, end, end + timedelta(seconds=1)))


def _begun(schedule: Schedule, row: Row) -> datetime | None:
    """When the time that a clipped row belongs to began; None when that is more than a year ago."""
    at = row.start
    for _ in range(_LOOKS):
        before = final_schedule(schedule, at - _LOOK_BACK, at)
        joined = next((one for one in before if one.person == row.person and one.end == at), None)
        if joined is None:
            return at
        if joined.start > at - _LOOK_BACK:
            return joined.start
        at = joined.start
    return None


def _uid(schedule: str, person: str | None, begun: datetime | None) -> str:
    """Says nothing about who or when, and is the same wherever it is made."""
    named = (schedule, person or "", begun.isoformat() if begun else _STANDING)
    return hashlib.sha256("\0".join(named).encode()).hexdigest()[:32] + "@livedesk"

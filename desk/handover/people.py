"""Who hands over to whom: the resolver asked on behalf of hand-over notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.configuration.model import Configuration
from desk.handover.rules import comer
from desk.moment import Moment
from desk.oncall.current import current
from desk.oncall.night import awake_from
from desk.oncall.resolve import Row, final_schedule

AROUND = timedelta(days=35)  # a longer shift has no end that anybody waits for


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's shift, and who follows: `until` is their end, None when it lies further away than `AROUND`."""

    start: datetime
    end: datetime
    comer: str | None
    until: datetime | None


def turn_at(moment: Moment, schedule: str, person: str, at: datetime) -> Turn | None:
    """The shift of somebody that holds an instant; None when there is none, or when it does not end."""
    rows = _rows(moment, schedule, at)
    shift = next((row for row in rows if row.person == person and row.start <= at < row.end), None)
    if shift is None or shift.end >= at + AROUND:
        return None
    return turn(moment, schedule, person, shift.start, shift.end)


def turn(moment: Moment, schedule: str, person: str, start: datetime, end: datetime) -> Turn:
    """Who takes over when the shift [start, end) of somebody ends."""
    found = comer(_rows(moment, schedule, end), person, end)
    if found is None:
        return Turn(start, end, None, None)
    until = found[1] if found[1] < end + AROUND else None
    return Turn(start, end, found[0], until)


def _rows(moment: Moment, schedule: str, at: datetime) -> tuple[Row, ...]:
    return final_schedule(current(moment, schedule), at - AROUND, at + AROUND)


def awake(configuration: Configuration, person: str | None, at: datetime) -> datetime:
    """The end of somebody's night that holds an instant; the instant itself when they are awake, or not known."""
    known = configuration.people.get(person or "")
    return awake_from(known.zone, known.working_hours, at) if known else at

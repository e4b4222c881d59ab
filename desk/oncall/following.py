"""Who comes on call in a schedule after those who are now."""

from __future__ import annotations

from datetime import datetime

from desk.oncall.model import Schedule
from desk.oncall.resolve import Answer, a_year_after, final_schedule, who
from desk.oncall.walltime import DAY, LATEST, utc

_AHEAD = (8, 35, 120)  # days; most rotations come round within a week


def following(schedule: Schedule, at: datetime) -> Answer:
    """The first person to come on call after `at` who is not on call at `at`; nobody, with the reason, when there is
    none within a year. Overrides, leave and holidays count, as everywhere."""
    at = utc(at)
    present = who(schedule, at).people
    ends = [min(at + days * DAY, LATEST) for days in _AHEAD if at < LATEST - days * DAY]
    for end in (*ends, a_year_after(at)):
        for row in final_schedule(schedule, at, end):
            if row.person is not None and row.start > at and row.person not in present:
                after = f" after {', '.join(present)}" if present else ""
                starts = row.start.astimezone(schedule.zone)
                return Answer(
                    ((row.person, row.end),), f"next{after}, from {starts:%a %d %b %H:%M} {schedule.zone.key}"
                )
    return Answer((), "nobody who comes on call within a year" + (f" after {', '.join(present)}" if present else ""))

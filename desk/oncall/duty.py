"""Who has duty: the resolver asked on behalf of digests, commands and Home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.contacts.flow import waiting_of, ways_of
from desk.moment import Moment
from desk.oncall.current import current
from desk.oncall.fairness import PageAt
from desk.oncall.resolve import Row, final_schedule, upcoming, who
from desk.reach.rehearsal import Known
from store import incidents, shifts


@dataclass(frozen=True, slots=True)
class Duty:
    """`person` None is nobody; `until` None means for longer than a year."""

    schedule: str
    person: str | None
    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Gap:
    schedule: str
    start: datetime
    end: datetime
    why: str


def coverage(moment: Moment, schedule: str, at: datetime) -> list[Duty]:
    """Everybody on call in a schedule; one row of nobody when there is none."""
    plan = current(moment, schedule)
    answer = who(plan, at)
    if answer.oncall:
        return [Duty(schedule, person, until, answer.why) for person, until in answer.oncall]
    following = upcoming(plan, at)
    return [Duty(schedule, None, following[0].start if following else None, answer.why)]


def on_duty(moment: Moment, person: str) -> list[Duty]:
    """The schedules in which a person is on call now."""
    return [
        duty
        for schedule in moment.configuration.schedules
        for duty in coverage(moment, schedule, moment.now)
        if duty.person == person
    ]


def next_after(moment: Moment, schedule: str, at: datetime) -> Row | None:
    """The next person's row of the final schedule."""
    rows = upcoming(current(moment, schedule), at, count=4)
    return next((row for row in rows if row.person is not None), None)


def gaps_ahead(moment: Moment, schedules: Sequence[str], horizon: timedelta) -> list[Gap]:
    """Stretches within `horizon` in which a schedule that has layers has nobody."""
    return [
        Gap(schedule, row.start, row.end, row.why)
        for schedule in schedules
        for row in final_schedule(current(moment, schedule), moment.now, moment.now + horizon)
        if row.person is None
    ]


def known_of(moment: Moment) -> Known:
    """By what everybody can be reached, and who is in the chat's groups, as far as it was read."""
    groups = [one.user_group for one in moment.configuration.groups.values() if one.user_group is not None]
    return Known(
        ways_of(moment),
        waiting_of(moment),
        shifts.members(moment.connection, moment.workspace, groups),
    )


def pages_between(moment: Moment, start: datetime, end: datetime) -> list[PageAt]:
    """Who was paged in [start, end), and when. A page that is held, or was withdrawn before it left, woke nobody."""
    rows = incidents.pages_between(moment.connection, moment.workspace, start, end)
    return [PageAt(row.person, row.paged_at) for row in rows if row.message is not None]

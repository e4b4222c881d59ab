"""`/oncall take [schedule] [until TIME | for LENGTH]`: the asker takes over now."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.messages import Message
from desk.moment import Moment
from desk.oncall.changing import paint, second
from desk.oncall.current import planned
from desk.oncall.model import Schedule
from desk.oncall.painting import Paint
from desk.oncall.resolve import upcoming, who
from desk.oncall.roles import may_change
from desk.questions.asking import Asker
from desk.questions.change_asked import (
    how,
    leave_notes,
    likely_schedules,
    outcome,
    refused,
    stranger,
    which_schedule,
    why_not,
)
from desk.questions.change_times import Unreadable, Wrong, checked, span_in
from desk.questions.plan_asked import name_of, said, schedule_in
from desk.words import Tongue

TAKE = "take"
LONGEST_SHIFT = timedelta(days=14)  # where the present shift ends later than this, the asker says until when


def typed(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    """Must run in a unit of work that writes."""
    if asker.person is None:
        return stranger(asker, t)
    configuration = planned(moment)
    name, rest = schedule_in(configuration, text)
    if name is None:
        likely = likely_schedules(configuration, asker.person)
        if len(likely) != 1:
            return which_schedule(configuration, likely, "/oncall take", asker, t)
        name = likely[0]
    span = span_in(rest, asker.zone, moment.now, t, one="end")
    if isinstance(span, Unreadable):
        return refused(span.says, asker, t)
    refusal = may_change(configuration, asker.person, name, [asker.person])
    if refusal is not None:
        return refused(why_not(configuration, refusal, name, t), asker, t)
    schedule = configuration.schedules[name]
    now = second(moment.now)
    end = span.end
    if span.start is not None:
        said_so = t("Taking over begins now. For a time to come use:")
        return how(said_so, [f"/oncall override {name} me 2026-03-29 21:00 to 23:00"], asker, t)
    answer = who(schedule, moment.now)
    if end is None and answer.people == (asker.person,):
        return said(t("You are on call for {schedule} already; nothing was changed", schedule=name), (), asker, t)
    if end is None:
        end = _end_of_shift(moment, schedule, answer.oncall)
    if end is None:
        return how(t("Until when? This shift has no end that is near."), [f"/oncall take {name} for 2h"], asker, t)
    right = checked(now, end, moment.now, t)
    if isinstance(right, Wrong):
        return refused(right.says, asker, t)
    done = paint(moment, TAKE, [Paint(name, asker.person, *right)], asker.person, asker.via)
    headline = t(
        "{person} is on call for {schedule} now, until {end}",
        person=name_of(configuration, asker.person),
        schedule=name,
        end=t.day_time(right[1], asker.zone),
    )
    notes = leave_notes(configuration, schedule, [asker.person], *right, t)
    return outcome(headline, done, notes, asker, t)


def _end_of_shift(
    moment: Moment, schedule: Schedule, oncall: tuple[tuple[str, datetime | None], ...]
) -> datetime | None:
    """When whoever is on call now stops to be, or the time without anybody ends; None when that is far away."""
    if oncall:
        end = min((until for _, until in oncall if until is not None), default=None)
    else:
        following = upcoming(schedule, moment.now)
        end = following[0].start if following else None
    return end if end is not None and end <= moment.now + LONGEST_SHIFT else None

"""`/oncall take [schedule] [until TIME | for LENGTH] [instead of PERSON]`: the asker takes over now. Where several are
on call, they say whose place they take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from desk.configuration.model import Configuration
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
    unknown_person,
    which_schedule,
    why_not,
)
from desk.questions.change_instead import (
    EVERYBODY,
    Instead,
    instead_in,
    instead_notes,
    people_of,
    rows_of,
    several,
    why_not_instead,
)
from desk.questions.change_times import Unreadable, Wrong, checked, span_in
from desk.questions.plan_asked import name_of, names_of, said, schedule_in
from desk.words import Tongue

TAKE = "take"
LONGEST_SHIFT = timedelta(days=14)  # where the present shift ends later than this, the asker says until when


def typed(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    """Must run in a unit of work that writes."""
    if asker.person is None:
        return stranger(asker, t)
    configuration = planned(moment)
    instead, text = instead_in(configuration, text, asker)
    if isinstance(instead, str):
        return unknown_person(configuration, instead, asker, t)
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
    if span.start is not None:
        said_so = t("Taking over begins now. For a time to come use:")
        return how(said_so, [f"/oncall override {name} me 2026-03-29 21:00 to 23:00"], asker, t)
    answer = who(configuration.schedules[name], moment.now)
    if span.end is None and answer.people == (asker.person,):
        return said(t("You are on call for {schedule} already; nothing was changed", schedule=name), (), asker, t)
    if span.end is None and instead is None and len(answer.people) > 1:
        return _in_whose_place(configuration, name, answer.people, "", asker, t)
    other = instead.person if instead is not None else None
    theirs = tuple(one for one in answer.oncall if other in (None, one[0]))
    if span.end is None and other is not None and not theirs:
        now_there = rows_of(moment, name, second(moment.now), second(moment.now) + timedelta(seconds=1))
        return refused(why_not_instead(configuration, name, asker.person, other, now_there, t) or "", asker, t)
    end = span.end if span.end is not None else _end_of_shift(moment, configuration.schedules[name], theirs)
    if end is None:
        whom = f" instead of {other or EVERYBODY}" if instead is not None else ""
        line = f"/oncall take {name} for 2h{whom}"
        return how(t("Until when? This shift has no end that is near."), [line], asker, t)
    return _take(moment, name, end, instead, rest, asker, t)


def _take(
    moment: Moment, name: str, end: datetime, instead: Instead | None, rest: str, asker: Asker, t: Tongue
) -> Message:
    """From now until `end`; `rest` is how long as it was typed."""
    assert asker.person is not None  # the caller's first question
    configuration = planned(moment)
    right = checked(second(moment.now), end, moment.now, t)
    if isinstance(right, Wrong):
        return refused(right.says, asker, t)
    other = instead.person if instead is not None else None
    asked = other is not None or configuration.schedules[name].people > 1
    before = rows_of(moment, name, *right) if asked else ()
    if instead is None and several(before):
        return _in_whose_place(configuration, name, people_of(before), rest, asker, t)
    if other is not None and (wrong := why_not_instead(configuration, name, asker.person, other, before, t)):
        return refused(wrong, asker, t)
    done = paint(moment, TAKE, [Paint(name, asker.person, *right, other)], asker.person, asker.via)
    values = {
        "person": name_of(configuration, asker.person),
        "schedule": name,
        "end": t.day_time(right[1], asker.zone),
    }
    headline = (
        t("{person} is on call for {schedule} now, until {end}", **values)
        if other is None
        else t(
            "{person} is on call for {schedule} now instead of {other}, until {end}",
            other=name_of(configuration, other),
            **values,
        )
    )
    notes = leave_notes(configuration, configuration.schedules[name], [asker.person], *right, t)
    if asked:
        after = rows_of(moment, name, *right)
        notes += instead_notes(configuration, asker.person, instead or Instead(None), before, after, "", t)
    return outcome(headline, done, notes, asker, t)


def _in_whose_place(
    configuration: Configuration, name: str, people: Sequence[str], rest: str, asker: Asker, t: Tongue
) -> Message:
    """Several are on call: a line for each whose place can be taken."""
    begins = " ".join(f"/oncall take {name} {rest}".split())
    there = asker.person in people
    others = [one for one in configuration.people if one in people and one != asker.person]
    lines = [f"{begins} instead of {one}" for one in (*(() if there else others), EVERYBODY)]
    names = names_of(configuration, others, t)
    question = (
        t(
            "You are on call for {schedule} already, beside {people}. In the place of everybody?",
            schedule=name,
            people=names,
        )
        if there
        else t("Several are on call for {schedule}: {people}. In whose place?", schedule=name, people=names)
    )
    return how(question, lines, asker, t)


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

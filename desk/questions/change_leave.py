"""`/oncall leave [person] [from] [to]`: somebody is away, in every schedule; others of their layers stand in."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.forms import Choice, Filled, Form, Instant, Refused
from desk.messages import Message
from desk.moment import Moment
from desk.oncall.changing import LEAVE, go_away, second
from desk.oncall.current import planned
from desk.oncall.requests import NotDone, ask
from desk.oncall.roles import leads_over, may_send_away, role_of
from desk.oncall.showing import COVER
from desk.oncall.walltime import first_instant, local, midnight
from desk.questions.asking import Asker
from desk.questions.change_asked import (
    Named,
    how,
    leave_words,
    outcome,
    person_in,
    range_words,
    refused,
    stranger,
    unknown_asker,
    unknown_person,
    why_not,
)
from desk.questions.change_instead import rows_of
from desk.questions.change_times import Unreadable, Wrong, checked, span_in
from desk.questions.plan_asked import name_of
from desk.words import Tongue

_DAY = timedelta(days=1)
MOST_ASKED = 5  # shifts that a team is asked to take because of one leave
_EXAMPLES = ("/oncall leave 2026-04-03 to 2026-04-06", "/oncall leave tomorrow 09:00 to 13:00")


def typed(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    """Must run in a unit of work that writes."""
    if asker.person is None:
        return stranger(asker, t)
    configuration = planned(moment)
    named: Named | None = Named(asker.person)
    if not text.strip():
        return how(t("Leave: from when until when? A date alone is the whole day."), _EXAMPLES, asker, t)
    span = span_in(text, asker.zone, moment.now, t)
    if isinstance(span, Unreadable):
        named, rest = person_in(configuration, text, asker)
        if named is None or named.person is None:
            begins_with_a_time = text.split()[0][0].isdigit()
            return refused(span.says, asker, t) if begins_with_a_time else unknown_person(configuration, text, asker, t)
        span = span_in(rest, asker.zone, moment.now, t)
        if isinstance(span, Unreadable):
            return refused(span.says, asker, t)
    if span.start is None and span.end is None:
        return how(t("Leave: from when until when? A date alone is the whole day."), _EXAMPLES, asker, t)
    start = span.start or second(moment.now)
    end = span.end or _end_of_day(start, asker)
    assert named is not None
    made = make(moment, named.person or asker.person, start, end, asker, t)
    return refused(" ".join(made.errors.values()), asker, t) if isinstance(made, Refused) else made


def form(moment: Moment, asker: Asker, t: Tongue) -> Form | None:
    """None for somebody who may not: the typed command says why."""
    configuration = planned(moment)
    if asker.person is None or role_of(configuration, asker.person) == "viewer":
        return None
    theirs = [key for key in configuration.people if asker.person in leads_over(configuration, key)]
    people = list(dict.fromkeys([asker.person, *theirs]))
    start = _end_of_day(moment.now, asker)
    who: tuple[Choice, ...] = ()
    if len(people) > 1:
        options = tuple((key, name_of(configuration, key)) for key in people)
        who = (Choice("person", t("Who is away"), options, asker.person),)
    return Form(
        word=LEAVE,
        title=t("Leave"),
        fields=(*who, Instant("start", t("From"), start), Instant("end", t("Until"), _end_of_day(start, asker))),
        submit=t("Add leave"),
        intro=t("It counts in every schedule: the next person of the same layer stands in."),
        locale=str(t.locale),
    )


def submitted(moment: Moment, filled: Filled, asker: Asker, t: Tongue) -> Message | Refused:
    """Must run in a unit of work that writes."""
    if asker.person is None:
        return unknown_asker(t)
    values = filled.values
    person, start, end = values.get("person") or asker.person, values.get("start"), values.get("end")
    if not isinstance(person, str) or person not in moment.configuration.people:
        return Refused({"person": t("There is no such person any more: choose another one.")})
    if not isinstance(start, datetime):
        return Refused({"start": t("Choose a date and time.")})
    if not isinstance(end, datetime):
        return Refused({"end": t("Choose a date and time.")})
    return make(moment, person, start, end, asker, t)


def make(moment: Moment, person: str, start: datetime, end: datetime, asker: Asker, t: Tongue) -> Message | Refused:
    """Send a known person on leave, if the asker, who is known, may. Must run in a unit of work that writes."""
    assert asker.person is not None  # the callers' first question
    configuration = planned(moment)
    refusal = may_send_away(configuration, asker.person, person)
    if refusal is not None:
        return Refused({"person": why_not(configuration, refusal, name_of(configuration, person), t)})
    right = checked(start, end, moment.now, t)
    if isinstance(right, Wrong):
        return Refused({right.field: right.says})
    done = go_away(moment, person, *right, asker.person, asker.via)
    when = leave_words(*right, asker, t)
    headline = t("{person} is on leave, {when}", person=name_of(configuration, person), when=when)
    return outcome(headline, done, _conflicts(moment, person, *right, asker, t), asker, t)


def _conflicts(moment: Moment, person: str, start: datetime, end: datetime, asker: Asker, t: Tongue) -> list[str]:
    """Where an override keeps somebody on call although they are away, which is said, and their team is asked to take
    it."""
    held = sorted(
        {
            name
            for name, schedule in planned(moment).schedules.items()
            for one in schedule.overrides
            if one.person == person and one.start < end and start < one.end
        }
    )
    theirs = [(name, row) for name in held for row in rows_of(moment, name, start, end) if row.person == person]
    if not theirs:
        return []
    names = t.listed(list(dict.fromkeys(name for name, _ in theirs)))
    notes = [t("An override keeps them on call for {schedules} all the same.", schedules=names)]
    asked = [
        f"{name}, {range_words(row.start, row.end, asker, t)}"
        for name, row in theirs[:MOST_ASKED]
        if not isinstance(ask(moment, COVER, name, person, row.start, row.end, None), NotDone)
    ]
    if asked:
        notes.append(t("Their team is asked to take it: {shifts}.", shifts=t.listed(asked)))
    return notes


def _end_of_day(at: datetime, asker: Asker) -> datetime:
    """The next midnight on the asker's clock."""
    return first_instant(midnight(local(at, asker.zone).date() + _DAY), asker.zone)

"""`/oncall override [schedule] [person] [from] [to]`: somebody else, or nobody, is on call for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.configuration.model import Configuration
from desk.forms import Choice, Filled, Form, Instant, Refused
from desk.messages import Message
from desk.moment import Moment
from desk.oncall.changing import paint, second
from desk.oncall.current import planned
from desk.oncall.painting import Paint
from desk.oncall.resolve import who
from desk.oncall.roles import may_change, role_of
from desk.questions.asking import Asker
from desk.questions.change_asked import (
    NOBODY,
    Named,
    how,
    leave_notes,
    likely_schedules,
    outcome,
    person_in,
    range_words,
    refused,
    stranger,
    unknown_asker,
    unknown_person,
    which_schedule,
    why_not,
)
from desk.questions.change_times import Unreadable, Wrong, checked, span_in
from desk.questions.plan_asked import name_of, schedule_in
from desk.words import Tongue

OVERRIDE = "override"
SHORT = timedelta(hours=4)  # what a form proposes where the present shift does not end soon
_EXAMPLES = ("/oncall override {schedule} me 2026-03-29 21:00 to 23:00", "/oncall override {schedule} {person} for 2h")


def typed(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    """Must run in a unit of work that writes."""
    if asker.person is None:
        return stranger(asker, t)
    configuration = planned(moment)
    name, rest = schedule_in(configuration, text)
    if name is None:
        likely = list(configuration.schedules)
        if len(likely) != 1 or not text.strip():
            if text.strip() or not likely:
                return which_schedule(configuration, likely, f"/oncall {OVERRIDE}", asker, t)
            return _usage(configuration, likely[0], asker, t)
        name = likely[0]
    if not rest:
        return _usage(configuration, name, asker, t)
    named, when = person_in(configuration, rest, asker)
    if named is None:
        if not isinstance(span_in(rest, asker.zone, moment.now, t), Unreadable):
            named, when = Named(asker.person), rest
        else:
            return unknown_person(configuration, rest, asker, t)
    span = span_in(when, asker.zone, moment.now, t)
    if isinstance(span, Unreadable):
        return refused(span.says, asker, t)
    start = span.start or second(moment.now)
    if span.end is None:
        return _usage(configuration, name, asker, t)
    made = make(moment, name, named.person, start, span.end, asker, t)
    return refused(" ".join(made.errors.values()), asker, t) if isinstance(made, Refused) else made


def form(moment: Moment, asker: Asker, t: Tongue) -> Form | None:
    """None for somebody who may not, and where there is no schedule: the typed command says why."""
    configuration = planned(moment)
    if asker.person is None or not configuration.schedules or role_of(configuration, asker.person) == "viewer":
        return None
    likely = likely_schedules(configuration, asker.person)[0]
    people = [asker.person]
    options = []
    if role_of(configuration, asker.person) == "lead":
        people += [key for key in configuration.people if key != asker.person]
        options = [(NOBODY, t("Nobody, on purpose"))]
    options = [(key, name_of(configuration, key)) for key in people] + options
    start = second(moment.now).replace(second=0)
    until = min((at for _, at in who(configuration.schedules[likely], moment.now).oncall if at), default=None)
    end = until if until is not None and until <= moment.now + timedelta(days=1) else start + SHORT
    return Form(
        word=OVERRIDE,
        title=t("Override"),
        fields=(
            Choice("schedule", t("Schedule"), tuple((one, one) for one in configuration.schedules), likely),
            Choice("person", t("Who is on call instead"), tuple(options), asker.person),
            Instant("start", t("From"), start),
            Instant("end", t("Until"), end),
        ),
        submit=t("Override"),
        intro=t("It replaces whoever is on call in that time, and can be undone."),
        locale=str(t.locale),
    )


def submitted(moment: Moment, filled: Filled, asker: Asker, t: Tongue) -> Message | Refused:
    """Must run in a unit of work that writes."""
    if asker.person is None:
        return unknown_asker(t)
    values = filled.values
    schedule, person = values.get("schedule"), values.get("person")
    start, end = values.get("start"), values.get("end")
    configuration = planned(moment)
    if not isinstance(schedule, str) or schedule not in configuration.schedules:
        return Refused({"schedule": t("There is no such schedule any more: choose another one.")})
    if not isinstance(person, str) or (person != NOBODY and person not in configuration.people):
        return Refused({"person": t("There is no such person any more: choose another one.")})
    if not isinstance(start, datetime):
        return Refused({"start": t("Choose a date and time.")})
    if not isinstance(end, datetime):
        return Refused({"end": t("Choose a date and time.")})
    named = None if person == NOBODY and NOBODY not in configuration.people else person
    return make(moment, schedule, named, start, end, asker, t)


def make(
    moment: Moment, name: str, person: str | None, start: datetime, end: datetime, asker: Asker, t: Tongue
) -> Message | Refused:
    """Set an override for a known person (None: nobody) in a known schedule, if the asker, who is known, may. Must run
    in a unit of work that writes."""
    assert asker.person is not None  # the callers' first question
    configuration = planned(moment)
    refusal = may_change(configuration, asker.person, name, [person])
    if refusal is not None:
        return Refused({"person": why_not(configuration, refusal, name, t)})
    right = checked(start, end, moment.now, t)
    if isinstance(right, Wrong):
        return Refused({right.field: right.says})
    done = paint(moment, OVERRIDE, [Paint(name, person, *right)], asker.person, asker.via)
    when = range_words(*right, asker, t)
    headline = (
        t("{schedule}: nobody is on call, on purpose, {when}", schedule=name, when=when)
        if person is None
        else t(
            "{schedule}: {person} is on call, {when}", schedule=name, person=name_of(configuration, person), when=when
        )
    )
    notes = leave_notes(configuration, configuration.schedules[name], [person], *right, t)
    return outcome(headline, done, notes, asker, t)


def _usage(configuration: Configuration, schedule: str, asker: Asker, t: Tongue) -> Message:
    other = next((key for key in configuration.people if key != asker.person), "me")
    lines = [line.format(schedule=schedule, person=other) for line in _EXAMPLES]
    return how(t("Override: which schedule, who, from when until when?"), lines, asker, t)

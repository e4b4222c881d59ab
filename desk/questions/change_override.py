"""`/oncall override [schedule] [person] [from] [to] [instead of PERSON]`: somebody else, or nobody, is on call for a
while."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

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
from desk.questions.change_instead import Instead, instead_in, instead_notes, rows_of, several, why_not_instead
from desk.questions.change_times import Unreadable, Wrong, checked, span_in
from desk.questions.plan_asked import name_of, schedule_in
from desk.words import Tongue

OVERRIDE = "override"
EVERYBODY = "*"  # as an answer of the form
SHORT = timedelta(hours=4)  # what a form proposes where the present shift does not end soon
_EXAMPLES = ("/oncall override {schedule} me 2026-03-29 21:00 to 23:00", "/oncall override {schedule} {person} for 2h")
_OF_SEVERAL = "/oncall override {schedule} me for 2h instead of {person}"


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
    made = make(moment, name, named.person, start, span.end, asker, t, instead)
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
        intro=t("It replaces whoever is on call in that time, and can be undone. Of several, you choose whom."),
        locale=str(t.locale),
    )


def submitted(moment: Moment, filled: Filled, asker: Asker, t: Tongue) -> Message | Form | Refused:
    """What became of it; where several are on call in that time, the form that asks whom it replaces. Must run in a
    unit of work that writes; ValueError when the form's reference is none of ours."""
    if asker.person is None:
        return unknown_asker(t)
    if filled.ref:
        return _chosen(moment, filled, asker, t)
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
    right = _right(moment, schedule, named, start, end, asker, t)
    if isinstance(right, Refused):
        return right
    return _whom(moment, schedule, named, *right, asker, t) or make(moment, schedule, named, *right, asker, t)


def make(
    moment: Moment,
    name: str,
    person: str | None,
    start: datetime,
    end: datetime,
    asker: Asker,
    t: Tongue,
    instead: Instead | None = None,
) -> Message | Refused:
    """Set an override for a known person (None: nobody) in a known schedule, if the asker, who is known, may. Without a
    word of whom it replaces, everybody. Must run in a unit of work that writes."""
    assert asker.person is not None  # the callers' first question
    configuration = planned(moment)
    right = _right(moment, name, person, start, end, asker, t)
    if isinstance(right, Refused):
        return right
    other = instead.person if instead is not None else None
    asked = other is not None or configuration.schedules[name].people > 1
    before = rows_of(moment, name, *right) if asked else ()
    if other is not None and (wrong := why_not_instead(configuration, name, person, other, before, t)):
        return Refused({"instead_of": wrong})
    done = paint(moment, OVERRIDE, [Paint(name, person, *right, other)], asker.person, asker.via)
    headline = _headline(configuration, name, person, other, range_words(*right, asker, t), t)
    notes = leave_notes(configuration, configuration.schedules[name], [person], *right, t)
    if asked:
        words = f"/oncall {OVERRIDE} {name} {person or NOBODY} … instead of {{person}}"
        hint = "--instead-of {person}" if asker.via == "cli" else words
        after = rows_of(moment, name, *right)
        notes += instead_notes(configuration, person, instead, before, after, hint, t)
    return outcome(headline, done, notes, asker, t)


def _right(
    moment: Moment, name: str, person: str | None, start: datetime, end: datetime, asker: Asker, t: Tongue
) -> tuple[datetime, datetime] | Refused:
    """The range from now on, if the asker may and it can be."""
    assert asker.person is not None  # the callers' first question
    configuration = planned(moment)
    refusal = may_change(configuration, asker.person, name, [person])
    if refusal is not None:
        return Refused({"person": why_not(configuration, refusal, name, t)})
    right = checked(start, end, moment.now, t)
    return Refused({right.field: right.says}) if isinstance(right, Wrong) else right


def _whom(
    moment: Moment, name: str, person: str | None, start: datetime, end: datetime, asker: Asker, t: Tongue
) -> Form | None:
    """The form that asks whom an override replaces; None where there is nothing to choose."""
    configuration = planned(moment)
    if configuration.schedules[name].people == 1:
        return None
    rows = rows_of(moment, name, start, end)
    there = several(rows)
    fit = [one for one in there if why_not_instead(configuration, name, person, one, rows, t) is None]
    if not there:
        return None
    options = [(one, name_of(configuration, one)) for one in fit] + [(EVERYBODY, t("Everybody"))]
    when = range_words(start, end, asker, t)
    who_comes = name_of(configuration, person) if person is not None else t("nobody")
    return Form(
        word=OVERRIDE,
        title=t("Override"),
        fields=(Choice("instead_of", t("Instead of"), tuple(options)),),
        submit=t("Override"),
        intro=t(
            "Several are on call for {schedule}, {when}. Choose in whose place it is: {person}. "
            "Whom you do not choose stays on call.",
            schedule=name,
            when=when,
            person=who_comes,
        ),
        locale=str(t.locale),
        ref=json.dumps([name, person, int(start.timestamp()), int(end.timestamp())]),
    )


def _chosen(moment: Moment, filled: Filled, asker: Asker, t: Tongue) -> Message | Refused:
    """The answer to whom it replaces; everything else stands in the form's reference."""
    name, person, *span = json.loads(filled.ref)
    start, end = (datetime.fromtimestamp(at, UTC) for at in span)
    configuration = planned(moment)
    chosen = filled.values.get("instead_of")
    if name not in configuration.schedules:
        return Refused({"instead_of": t("There is no such schedule any more: choose another one.")})
    if person is not None and person not in configuration.people:
        return Refused({"instead_of": t("There is no such person any more: choose another one.")})
    if not isinstance(chosen, str) or (chosen != EVERYBODY and chosen not in configuration.people):
        return Refused({"instead_of": t("Choose whom it replaces.")})
    instead = Instead(None if chosen == EVERYBODY else chosen)
    return make(moment, name, person, start, end, asker, t, instead)


def _headline(
    configuration: Configuration, name: str, person: str | None, other: str | None, when: str, t: Tongue
) -> str:
    who_comes = name_of(configuration, person) if person is not None else ""
    if other is not None:
        gone = name_of(configuration, other)
        if person is None:
            return t("{schedule}: nobody is on call instead of {other}, {when}", schedule=name, other=gone, when=when)
        return t(
            "{schedule}: {person} is on call instead of {other}, {when}",
            schedule=name,
            person=who_comes,
            other=gone,
            when=when,
        )
    if person is None:
        return t("{schedule}: nobody is on call, on purpose, {when}", schedule=name, when=when)
    return t("{schedule}: {person} is on call, {when}", schedule=name, person=who_comes, when=when)


def _usage(configuration: Configuration, schedule: str, asker: Asker, t: Tongue) -> Message:
    other = next((key for key in configuration.people if key != asker.person), "me")
    several_there = configuration.schedules[schedule].people > 1
    shown = (*_EXAMPLES, _OF_SEVERAL) if several_there else _EXAMPLES
    lines = [line.format(schedule=schedule, person=other) for line in shown]
    return how(t("Override: which schedule, who, from when until when?"), lines, asker, t)

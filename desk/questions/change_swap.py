"""`/oncall swap [schedule] [time] [with PERSON]`: somebody asks to swap a shift of theirs, others offer one of theirs
for it, and whoever asked agrees to one."""

from __future__ import annotations

import re

from desk.forms import Choice, Filled, Form, Refused
from desk.messages import Action, Bullets, Message, Paragraph, Text
from desk.moment import Moment
from desk.oncall.current import planned
from desk.oncall.requests import NotDone, ask, find, give
from desk.oncall.roles import may_change, role_of
from desk.oncall.showing import GIVE, SWAP
from desk.oncall.spans import Span
from desk.oncall.week import Shift
from desk.questions.asking import Asker
from desk.questions.change_asked import (
    how,
    number,
    person_in,
    range_words,
    refused,
    stranger,
    unknown_asker,
    unknown_person,
    why_not,
)
from desk.questions.change_shifts import ref_of, shift_of, shifts_ahead, why_not_done
from desk.questions.change_times import Unreadable, span_in
from desk.questions.plan_asked import name_of, said, schedule_in
from desk.words import Tongue

ANYBODY = "*"
MOST_SHIFTS = 50
MOST_OFFERED = 10
_LONGEST_ACTION = 100
_WITH = re.compile(r"(?:^|\s)(?:with|和|与)\s+(.+)$", re.IGNORECASE)


def typed(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    """Must run in a unit of work that writes."""
    if asker.person is None:
        return stranger(asker, t)
    configuration = planned(moment)
    asked = None
    if found := _WITH.search(text):
        named, rest = person_in(configuration, found[1], asker)
        if found[1].strip().casefold() not in ("anybody", "anyone", "任何人"):
            if named is None or named.person is None or rest:
                return unknown_person(configuration, found[1], asker, t)
            asked = named.person
        text = text[: found.start()]
    name, rest = schedule_in(configuration, text)
    shifts = [one for one in shifts_ahead(moment, asker.person) if name in (None, one.schedule)]
    if not shifts:
        return _no_shift(asker, t)
    if not rest.strip():
        shown = [_line(one, asker) for one in shifts[:4]]
        return how(t("Which shift of yours? Name a time that lies in it."), shown, asker, t)
    span = span_in(rest, asker.zone, moment.now, t)
    if isinstance(span, Unreadable):
        return refused(span.says, asker, t)
    at = span.start
    shift = next((one for one in shifts if at is not None and one.start <= at < one.end), None) or next(
        (one for one in shifts if at is not None and at <= one.start and one.start < (span.end or one.end)), None
    )
    if shift is None:
        return _no_shift(asker, t)
    made = _make(moment, shift, asked, asker, t)
    return refused(" ".join(made.errors.values()), asker, t) if isinstance(made, Refused) else made


def form(moment: Moment, asker: Asker, t: Tongue) -> Form | None:
    """None for somebody who may not, or has no shift ahead: the typed command says why."""
    configuration = planned(moment)
    if asker.person is None or role_of(configuration, asker.person) == "viewer":
        return None
    shifts = [one for one in shifts_ahead(moment, asker.person) if len(ref_of(one)) <= 150][:MOST_SHIFTS]
    if not shifts:
        return None
    theirs = {one.schedule for one in shifts}
    turns = {
        person
        for name in theirs
        for layer in configuration.schedules[name].layers
        for person in layer.rotation.members
        if person != asker.person
    }
    others = sorted(turns) + [key for key in configuration.people if key not in turns and key != asker.person]
    return Form(
        word=SWAP,
        title=t("Swap a shift"),
        fields=(
            Choice(
                "shift",
                t("My shift"),
                tuple((ref_of(one), f"{one.schedule} · {range_words(one.start, one.end, asker, t)}") for one in shifts),
            ),
            Choice(
                "asked",
                t("With whom"),
                ((ANYBODY, t("Anybody")), *((key, name_of(configuration, key)) for key in others)),
                ANYBODY,
            ),
        ),
        submit=t("Ask"),
        intro=t("They offer a shift of theirs for it, and you decide."),
        locale=str(t.locale),
    )


def submitted(moment: Moment, filled: Filled, asker: Asker, t: Tongue) -> Message | Refused:
    """Must run in a unit of work that writes."""
    if asker.person is None:
        return unknown_asker(t)
    values = filled.values
    ref, asked = values.get("shift"), values.get("asked")
    try:
        shift = shift_of(str(ref))
    except ValueError:
        return Refused({"shift": t("Choose a shift.")})
    if shift.schedule not in moment.configuration.schedules:
        return Refused({"shift": t("There is no such schedule any more: choose another one.")})
    person = None if asked in (None, ANYBODY) else str(asked)
    if person is not None and (person not in moment.configuration.people or person == asker.person):
        return Refused({"asked": t("There is no such person any more: choose another one.")})
    return _make(moment, shift, person, asker, t)


def offered(moment: Moment, which: int, asker: Asker, t: Tongue) -> Message:
    """What somebody who taps "Offer a shift of mine" may offer, a button each."""
    if asker.person is None:
        return stranger(asker, t)
    request = find(moment, which)
    if request is None or request.state != "open":
        return refused(why_not_done(moment.configuration, NotDone("unknown"), t), asker, t)
    if request.person == asker.person:
        return refused(why_not_done(moment.configuration, NotDone("own"), t), asker, t)
    actions = []
    for one in offerable(moment, request.schedule, (request.starts_at, request.ends_at), asker):
        ref = f"request:{which}:{ref_of(one)}"
        if "|" not in ref and len(f"{GIVE}|{ref}|0") <= _LONGEST_ACTION:
            label = f"{one.schedule} · {range_words(one.start, one.end, asker, t)}"
            actions.append(Action(GIVE, ref, request.version, label))
    if not actions:
        return said(t("You have no shift ahead that you could offer"), (), asker, t)
    name = name_of(moment.configuration, request.person)
    parts = (Paragraph((Text(t("{person} then decides; nothing changes before.", person=name)),)),)
    return said(t("Which shift of yours do you offer?"), parts, asker, t, actions=tuple(actions[:MOST_OFFERED]))


def offerable(moment: Moment, schedule: str, span: Span, asker: Asker) -> list[Shift]:
    """The shifts that somebody may offer for one: theirs to come, and not at its own time."""
    start, end = span
    ahead = shifts_ahead(moment, asker.person or "")
    return [one for one in ahead if one.schedule != schedule or one.end <= start or end <= one.start]


def given(moment: Moment, ref: str, asker: Asker, t: Tongue) -> Message:
    """One was chosen. Must run in a unit of work that writes; ValueError when `ref` is none of ours."""
    which, _, shift = ref.partition(":")
    one = shift_of(shift)
    if asker.person is None:
        return stranger(asker, t)
    refusal = may_change(moment.configuration, asker.person, one.schedule, [asker.person])
    if refusal is not None:
        return refused(why_not(moment.configuration, refusal, one.schedule, t), asker, t)
    made = give(moment, number(which), asker.person, one.schedule, one.start, one.end)
    if isinstance(made, NotDone):
        return refused(why_not_done(moment.configuration, made, t), asker, t)
    name = name_of(moment.configuration, made.person)
    return said(t("Offered; {person} decides", person=name), (), asker, t)


def _make(moment: Moment, shift: Shift, asked: str | None, asker: Asker, t: Tongue) -> Message | Refused:
    assert asker.person is not None  # the callers' first question
    refusal = may_change(moment.configuration, asker.person, shift.schedule, [asker.person])
    if refusal is not None:
        return Refused({"shift": why_not(moment.configuration, refusal, shift.schedule, t)})
    made = ask(moment, SWAP, shift.schedule, asker.person, shift.start, shift.end, asked)
    if isinstance(made, NotDone):
        return Refused({"shift": why_not_done(moment.configuration, made, t)})
    whom = name_of(moment.configuration, asked) if asked else t("anybody of the team")
    headline = t("Asked: {whom}", whom=whom)
    line = f"{shift.schedule} · {range_words(shift.start, shift.end, asker, t)}"
    note = t("You hear when somebody offers a shift for it. Until you agree, it stays yours.")
    return said(headline, (Bullets(((Text(line),),)), Paragraph((Text(note),))), asker, t)


def _no_shift(asker: Asker, t: Tongue) -> Message:
    advice = t("A shift that has begun, or does not end within eight weeks, can be given away with /oncall cover me.")
    return said(t("You have no such shift ahead to swap"), (Paragraph((Text(advice),)),), asker, t)


def _line(shift: Shift, asker: Asker) -> str:
    return f"/oncall swap {shift.schedule} {shift.start.astimezone(asker.zone):%Y-%m-%d %H:%M}"

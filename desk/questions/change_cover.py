"""`/oncall cover me [schedule] [from] [to]`: somebody asks others to take a shift of theirs, or a part of it."""

from __future__ import annotations

from datetime import timedelta

from desk.messages import Bullets, Message, Paragraph, Part, Text
from desk.moment import Moment
from desk.oncall.changing import second
from desk.oncall.current import planned
from desk.oncall.requests import NotDone, Taken, agree, ask, decline, find, refuse, take, withdraw
from desk.oncall.roles import may_change
from desk.oncall.showing import AGREE, COVER, DECLINE, REFUSE, TAKE_IT
from desk.oncall.week import Shift, shifts_of
from desk.questions.asking import Asker
from desk.questions.change_asked import how, leave_notes, outcome, range_words, refused, stranger, why_not
from desk.questions.change_instead import left_on_call, rows_of
from desk.questions.change_shifts import shifts_ahead, why_not_done
from desk.questions.change_times import Unreadable, Wrong, checked, span_in
from desk.questions.plan_asked import name_of, said, schedule_in
from desk.words import Tongue

MOST = 5  # shifts asked for at once


def typed(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    """Must run in a unit of work that writes."""
    if asker.person is None:
        return stranger(asker, t)
    configuration = planned(moment)
    words = text.split()
    rest = " ".join(words[1:] if words and words[0].casefold() in ("me", "我") else words)
    name, rest = schedule_in(configuration, rest) if rest else (None, "")
    span = span_in(rest, asker.zone, moment.now, t)
    if isinstance(span, Unreadable):
        return refused(span.says, asker, t)
    if span.start is None and span.end is None:
        theirs = [one for one in shifts_ahead(moment, asker.person, begun=True) if name in (None, one.schedule)]
        if not theirs:
            example = f"/oncall cover me {name or next(iter(configuration.schedules), '')} 2026-03-29 21:00 to 23:00"
            return how(t("You have no shift in the next eight weeks. Say which time you mean."), [example], asker, t)
        wanted = theirs[:1]
    else:
        start = span.start or second(moment.now)
        right = checked(start, span.end or start + timedelta(days=1), moment.now, t)
        if isinstance(right, Wrong):
            return refused(right.says, asker, t)
        schedules = {key: one for key, one in configuration.schedules.items() if name in (None, key)}
        wanted = list(shifts_of(schedules, asker.person, *right))[:MOST]
        if not wanted:
            return said(t("You are not on call in that time; nothing was asked"), (), asker, t)
    return _ask(moment, wanted, asker, t)


def _ask(moment: Moment, wanted: list[Shift], asker: Asker, t: Tongue) -> Message:
    assert asker.person is not None  # the caller's first question
    lines, problems = [], []
    for one in wanted:
        refusal = may_change(moment.configuration, asker.person, one.schedule, [asker.person])
        if refusal is not None:
            return refused(why_not(moment.configuration, refusal, one.schedule, t), asker, t)
        made = ask(moment, COVER, one.schedule, asker.person, one.start, one.end, None)
        if isinstance(made, NotDone):
            problems.append(why_not_done(moment.configuration, made, t))
        else:
            lines.append((Text(f"{one.schedule} · {range_words(one.start, one.end, asker, t)}"),))
    if not lines:
        return refused(" ".join(dict.fromkeys(problems)), asker, t)
    parts: list[Part] = [Bullets(tuple(lines)), *(Paragraph((Text(problem),)) for problem in dict.fromkeys(problems))]
    parts.append(Paragraph((Text(t("Until somebody takes it, it stays yours.")),)))
    return said(t("Your team is asked to take it"), parts, asker, t)


def decided(moment: Moment, verb: str, number: int, asker: Asker, t: Tongue) -> Message:
    """Somebody tapped: takes a shift, agrees to an offer, turns either down, or asks no more. Must run in a unit of
    work that writes."""
    if asker.person is None:
        return stranger(asker, t)
    configuration = moment.configuration
    if verb == TAKE_IT:
        request = find(moment, number)
        refusal = may_change(configuration, asker.person, request.schedule, [asker.person]) if request else None
        if request is not None and refusal is not None:
            return refused(why_not(configuration, refusal, request.schedule, t), asker, t)
        made = take(moment, number, asker.person, asker.via)
    elif verb == AGREE:
        made = agree(moment, number, asker.person, asker.via)
    else:
        settled = {DECLINE: decline, REFUSE: refuse}.get(verb, withdraw)(moment, number, asker.person)
        if isinstance(settled, NotDone):
            return refused(why_not_done(configuration, settled, t), asker, t)
        done = t("Turned down; they are told") if verb in (DECLINE, REFUSE) else t("Nobody is asked any more")
        return said(done, (), asker, t)
    if isinstance(made, NotDone):
        return refused(why_not_done(configuration, made, t), asker, t)
    return _taken(moment, made, verb == AGREE, asker, t)


def _taken(moment: Moment, made: Taken, swapped: bool, asker: Asker, t: Tongue) -> Message:
    """Both halves of a swap follow, as what was altered."""
    request = made.request
    plan = planned(moment)
    by = name_of(plan, request.decided_by or "")
    headline = (
        t("{by} and {person} swapped shifts", by=by, person=name_of(plan, request.person))
        if swapped
        else t(
            "{person} takes {schedule}, {when}",
            person=by,
            schedule=request.schedule,
            when=range_words(request.starts_at, request.ends_at, asker, t),
        )
    )
    notes = leave_notes(
        plan, plan.schedules[request.schedule], [request.decided_by], request.starts_at, request.ends_at, t
    )
    if plan.schedules[request.schedule].people > 1 and not swapped:
        notes.append(left_on_call(plan, rows_of(moment, request.schedule, request.starts_at, request.ends_at), t))
    return outcome(headline, made.done, notes, asker, t)

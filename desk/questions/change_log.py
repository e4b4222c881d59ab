"""`/oncall log [schedule]`: who changed what, when, what it altered, and a button to undo it."""

from __future__ import annotations

from collections.abc import Sequence

from desk.forms import Refused
from desk.messages import Action, Bullets, Message, Paragraph, Part, PersonName, Span, Text, When, between
from desk.moment import Moment
from desk.oncall.altered import Altered
from desk.oncall.away import last_day
from desk.oncall.changing import LEAVE, UNDO, NotUndone, undo
from desk.oncall.current import planned, unknown
from desk.oncall.painting import Paint
from desk.oncall.requests import withdraw_asked_at
from desk.oncall.roles import Refusal, leads_of, leads_over, role_of
from desk.oncall.showing import SWAP, handed_over
from desk.questions.asking import Asker
from desk.questions.change_asked import (
    altered_spans,
    leave_words,
    outcome,
    refused,
    stranger,
    undo_action,
    why_not,
)
from desk.questions.plan_asked import name_of, said, schedule_in, unknown_schedule
from desk.words import Tongue
from store import oncall_changes
from store.oncall_changes import Change, Stored

LOG = "log"
MOST = 10
LOOKED_AT = 300  # changes, newest first, among which those of one schedule are looked for


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    """The newest changes, of everything or of one schedule."""
    configuration = planned(moment)
    name, rest = schedule_in(configuration, text) if text.strip() else (None, "")
    if text.strip() and (name is None or rest):
        return unknown_schedule(configuration, text.strip(), f"/oncall {LOG}", asker, t)
    changes = oncall_changes.recent(moment.connection, moment.workspace, LOOKED_AT if name else MOST)
    effects = oncall_changes.effects(moment.connection, moment.workspace, [one.id for one in changes])
    if name is not None:
        changes = [
            one
            for one in changes
            if any(paint["schedule"] == name for paint in one.painted)
            or any(schedule == name for schedule, _ in effects.get(one.id, ()))
        ][:MOST]
    if not changes:
        advice = t("Changes from chat stand here: /oncall take, override, swap, cover me, leave.")
        return said(t("Nobody has changed anything yet"), (Paragraph((Text(advice),)),), asker, t)
    parts: list[Part] = []
    actions: list[Action] = []
    for one in changes:
        parts.append(Bullets((_line(one, asker, t),)))
        altered = [
            altered_spans(schedule, Altered.read(stretch), t)
            for schedule, stretches in effects.get(one.id, ())
            if name in (None, schedule)
            for stretch in stretches
        ]
        parts += [Paragraph(spans) for spans in altered[:2]]
        if len(altered) > 2:
            parts.append(Paragraph((Text(t("and {n} more", n=len(altered) - 2), "muted"),)))
        may = asker.person is not None and _why_not_undo(moment, one, asker.person) is None
        if may and one.undone_at is None and one.ends_at > moment.now:
            ask = t("Undo change {n} from now on?", n=one.id)
            actions.append(undo_action(one.id, t("Undo {n}", n=one.id), ask))
    parts += _ignored(moment, t)
    headline = t("Changes to {schedule}, newest first", schedule=name) if name else t("Changes, newest first")
    return said(headline, parts, asker, t, actions=tuple(actions))


def take_back(moment: Moment, number: int, asker: Asker, t: Tongue) -> Message:
    """Undo a change. Must run in a unit of work that writes."""
    if asker.person is None:
        return stranger(asker, t)
    made = make(moment, number, asker, t)
    return refused(" ".join(made.errors.values()), asker, t) if isinstance(made, Refused) else made


def make(moment: Moment, number: int, asker: Asker, t: Tongue) -> Message | Refused:
    """Undo a change, if the asker, who is known, may. Must run in a unit of work that writes."""
    assert asker.person is not None  # the callers' first question
    configuration = planned(moment)
    change = oncall_changes.get(moment.connection, moment.workspace, number)
    refusal = _why_not_undo(moment, change, asker.person) if change else None
    if change is not None and refusal is not None:
        about = next((one["schedule"] for one in change.painted if one["schedule"]), "") or name_of(
            configuration, str(change.painted[0]["person"])
        )
        return Refused({"": why_not(configuration, refusal, about, t)})
    done = undo(moment, number, asker.person, asker.via)
    if isinstance(done, NotUndone):
        return Refused({"": _why_not_done(moment, done, t)})
    notes = []
    if change is not None and change.kind == LEAVE:
        person = str(change.painted[0]["person"])
        if withdraw_asked_at(moment, person, change.made_at, asker.person):
            notes.append(t("Nobody is asked to take their shifts any more."))
    if done.stays:
        people = [one.person for one in done.stays]
        names = t.listed([name_of(configuration, one) if one else t("nobody") for one in dict.fromkeys(people)])
        notes.append(t("Later changes lie over it and stay: {names}. /oncall log shows them.", names=names))
    if done.begun:
        notes.append(t("What has been already stays as it was."))
    headline = t("Undone: change {n}", n=number)
    if change is not None and change.kind == UNDO:
        headline = t("Done again: change {n}", n=change.undoes or number)
    return outcome(headline, done, notes, asker, t)


def kind_words(kind: str, t: Tongue) -> str:
    return {
        "take": t("took over"),
        "override": t("set an override"),
        "swap": t("swapped shifts"),
        "cover": t("took a shift that was offered"),
        "fill": t("filled a gap"),
        LEAVE: t("added leave"),
        UNDO: t("undid a change"),
    }.get(kind, kind)


def _line(one: Change, asker: Asker, t: Tongue) -> tuple[Span, ...]:
    spans: list[Span] = [
        Text(f"{one.id} · ", "strong"),
        When(one.made_at, "date_time"),
        Text(" · "),
        PersonName(one.made_by),
        Text(" " + kind_words(one.kind, t)),
    ]
    if one.undoes is not None:
        spans.append(Text(f" ({one.undoes})"))
    paints = [Paint.read(each) for each in one.painted[:2]]
    if one.kind == SWAP and len(paints) == 2:
        for mine, theirs in (paints, paints[::-1]):  # each is on call instead of the other
            half = handed_over(mine.person, theirs.person, mine.schedule, mine.start, mine.end, t)
            spans += [Text(" · "), *half]
        paints = []
    for paint in paints:
        if paint.instead_of is not None:
            half = handed_over(paint.person, paint.instead_of, paint.schedule, paint.start, paint.end, t)
            spans += [Text(" · "), *half]
            continue
        spans += [Text(f" · {paint.schedule} " if paint.schedule else " · ")]
        spans += [PersonName(paint.person)] if paint.person else [Text(t("nobody"))]
        if paint.schedule or last_day(paint.end, asker.zone) is None:
            spans += [Text(" "), *between(paint.start, paint.end)]
        else:
            spans.append(Text(" " + leave_words(paint.start, paint.end, asker, t)))
    if one.undone_at is not None and one.undone_by is not None:
        spans += [Text(" · " + t("undone by") + " "), PersonName(one.undone_by)]
    return tuple(spans)


def _why_not_undo(moment: Moment, change: Change, who: str) -> Refusal | None:
    """Whoever made a change may take it back, and so may a lead of every schedule in it."""
    configuration = planned(moment)
    if change.made_by == who and role_of(configuration, who) != "viewer":
        return None
    needed: list[Sequence[str]] = []
    for one in change.painted:
        person = str(one["person"])
        needed.append(
            leads_of(configuration, one["schedule"]) if one["schedule"] else leads_over(configuration, person)
        )
    if all(who in leads for leads in needed):
        return None
    leads = tuple(dict.fromkeys(lead for found in needed for lead in found))
    return Refusal("viewer" if role_of(configuration, who) == "viewer" else "others", leads)


def _why_not_done(moment: Moment, done: NotUndone, t: Tongue) -> str:
    if done.why == "undone":
        by = name_of(moment.configuration, done.by)
        return t("{person} undid it already. /oncall log shows what stands.", person=by)
    if done.why == "over":
        return t("All of it has been already, and what has been stays as it was.")
    return t("There is no such change. /oncall log shows those there are.")


def _ignored(moment: Moment, t: Tongue) -> list[Part]:
    """What counts for nothing, because the file does not know its person or schedule any more."""
    found = ignored(moment)
    if not found:
        return []
    names = sorted({one.schedule or str(one.person) for one in found})
    text = t(
        "{n} stored changes count for nothing, because livedesk.yaml does not know their person or schedule: {names}",
        n=len(found),
        names=", ".join(names[:5]),
    )
    return [Paragraph((Text(text, "muted"),))]


def ignored(moment: Moment) -> list[Stored]:
    """Stored overrides and leave of the time to come that name nobody, or no schedule, of the file."""
    overrides = oncall_changes.overrides(moment.connection, moment.workspace, start=moment.now)
    leave = [one for one in oncall_changes.leave(moment.connection, moment.workspace) if one.end > moment.now]
    return unknown(moment.configuration, overrides, leave)

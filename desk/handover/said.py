"""What somebody is told who taps a button of a hand-over note or writes remarks. A late tap is answered, not done."""

from __future__ import annotations

from desk.forms import Filled, Form, Refused
from desk.handover import flow, note, rules
from desk.incidents.said import name
from desk.messages import Action
from desk.moment import Moment
from desk.oncall.duty import coverage, on_duty
from desk.questions.asking import Asker
from desk.words import Tongue
from store import handovers
from store.handovers import Handover


def act(moment: Moment, number: int, verb: str, version: int, asker: Asker, t: Tongue) -> str:
    """Send or confirm a note, for whoever may; the answer in words."""
    if verb not in (rules.SEND, rules.HAVE_IT):
        return t("This chat has no field to write remarks in; nothing was changed.")
    row = handovers.get(moment.connection, moment.workspace, number)
    if row is None:
        return t("Hand-over note {number} is not known here any more.", number=number)
    refusal = _refusal(moment, row, verb, asker, t)
    if refusal is not None:
        return refusal
    if version != row.version:
        return t("The note has changed since then. Nothing was done; look at it again, it shows what holds now.")
    who = asker.person or asker.who
    done = flow.send(moment, row, who) if verb == rules.SEND else flow.confirm(moment, row, who)
    if not done:
        return t("Somebody else was first. The note shows how it stands.")
    if verb == rules.HAVE_IT:
        return t("Thank you: {person} sees that you have it.", person=name(moment, row.leaver))
    return _sent(moment, flow.get(moment, number), t)


def own(moment: Moment, named: str | None, person: str, t: Tongue) -> Handover | str:
    """The note of somebody's shift in a schedule, or in any; a sentence when there is none. Must run in a unit of work
    that writes."""
    duties = [duty.schedule for duty in on_duty(moment, person)]
    # Whoever has just left may still write.
    asked = [named] if named else [*duties, *(name for name in moment.configuration.schedules if name not in duties)]
    for schedule in asked:
        row = flow.by_hand(moment, schedule, person)
        if row is not None:
            return row
    if set(asked) & set(duties):
        return t("Your shift does not end within five weeks: there is nobody to hand over to")
    if named:
        return t("You are not on call for {schedule}, so there is nothing to hand over", schedule=named)
    return t("You are not on call, so there is nothing to hand over")


def form(moment: Moment, encoded: str, asker: Asker, t: Tongue) -> Form | str:
    """The form that a button of a note opens, with the remarks that stand there now; a sentence when it is too late, or
    not theirs."""
    number, _ = _note_of(encoded)
    row = handovers.get(moment.connection, moment.workspace, number)
    if row is None:
        return t("Hand-over note {number} is not known here any more.", number=number)
    return _refusal(moment, row, rules.REMARKS, asker, t) or note.form(flow.note_of(row), t)


def submitted(moment: Moment, filled: Filled, asker: Asker, t: Tongue) -> Refused | None:
    """Keep what was written into that form."""
    try:
        number, version = _note_of(filled.ref)
    except ValueError:
        says: str | None = t("This button is from another version of Livedesk; nothing was changed.")
    else:
        says = remark(moment, number, version, str(filled.values.get(rules.REMARKS) or ""), asker, t)
    return Refused({rules.REMARKS: says}) if says is not None else None


def remark(moment: Moment, number: int, version: int, remarks: str, asker: Asker, t: Tongue) -> str | None:
    """Keep somebody's remarks; a sentence when they cannot be kept."""
    row = handovers.get(moment.connection, moment.workspace, number)
    if row is None:
        return t("Hand-over note {number} is not known here any more.", number=number)
    refusal = _refusal(moment, row, rules.REMARKS, asker, t)
    if refusal is not None:
        return refusal
    if version != row.version:
        return t("The note has changed while you wrote. Copy your text, close this, and open it again.")
    kept = rules.cleaned(remarks)
    if len(kept) > rules.MOST_REMARKS:
        return t("At most {n} characters, please: these are {many}.", n=rules.MOST_REMARKS, many=len(kept))
    if kept != row.remarks and not flow.remark(moment, row, asker.person or asker.who, kept):
        return t("Somebody else was first. The note shows how it stands.")
    return None


def _note_of(encoded: str) -> tuple[int, int]:
    """(note, version) of a button that opens the form; ValueError for any other."""
    verb, about, version = Action.decode(encoded)
    kind, _, number = about.partition(":")
    if (verb, kind) != (rules.REMARKS, rules.REF):
        raise ValueError(encoded)
    return int(number), version


def _refusal(moment: Moment, row: Handover, verb: str, asker: Asker, t: Tongue) -> str | None:
    """Why it is not theirs, or too late for it; None when they may."""
    if asker.person is None:
        return t("I do not know you yet: ask an admin to add you to livedesk.yaml, under people.")
    if verb in (rules.REMARKS, rules.SEND) and asker.person != row.leaver:
        return t("This note is {person}'s to write.", person=name(moment, row.leaver))
    if verb == rules.HAVE_IT and row.state == "sent":
        if asker.person == row.leaver:
            return t("It is your own note: whoever takes over confirms it.")
        if row.comer is not None and asker.person != row.comer and not _on_call(moment, row, asker.person):
            return t("This note is for {person}.", person=name(moment, row.comer))
    if rules.transition(row.state, verb) is None:
        return _late(moment, row, asker, t)
    return None


def why_not(moment: Moment, row: Handover, verb: str, asker: Asker, t: Tongue) -> str | None:
    """Why a verb is not somebody's to say of a note, or too late; None when they may."""
    return _refusal(moment, row, verb, asker, t)


def _on_call(moment: Moment, row: Handover, person: str) -> bool:
    """Somebody may have stepped in for the one it was written to."""
    if row.schedule not in moment.configuration.schedules:
        return False
    return any(duty.person == person for duty in coverage(moment, row.schedule, moment.now))


def _late(moment: Moment, row: Handover, asker: Asker, t: Tongue) -> str:
    if row.state == "confirmed":
        at = t.day_time(row.confirmed_at or moment.now, asker.zone)
        return t(
            "{who} has confirmed it already ({at}). Nothing was changed.", who=name(moment, row.confirmed_by), at=at
        )
    if row.state == "sent":
        at = t.day_time(row.sent_at or moment.now, asker.zone)
        return t("It was sent already ({at}). Nothing was changed.", at=at)
    if row.state == "lapsed":
        return t("It has lapsed: the shift that it was for is over. Nothing was changed.")
    return t("It is not sent yet. Nothing was changed.")


def _sent(moment: Moment, row: Handover, t: Tongue) -> str:
    if row.comer is None:
        return t("Sent to your team's channel, for nobody takes over.")
    person = name(moment, row.comer)
    if row.told_at is None:
        return t("Sent. {person} has it when their night is over.", person=person)
    return t("Sent to {person}.", person=person)

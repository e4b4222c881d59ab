"""What a hand-over note looks like: to the one who writes it, to the one who takes over, and to their team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.configuration.model import Configuration
from desk.forms import Form, Words
from desk.handover import rules
from desk.handover.body import body
from desk.handover.facts import Facts
from desk.incidents.card import actor
from desk.incidents.rules import LIVEDESK
from desk.messages import Action, Message, Paragraph, PersonName, Span, Text, When, between, woven
from desk.readers import Reader
from desk.words import Tongue


@dataclass(frozen=True, slots=True)
class Note:
    """What of a stored note is told."""

    number: int
    version: int
    state: str
    schedule: str
    leaver: str
    comer: str | None
    at: datetime
    until: datetime | None
    facts: Facts
    remarks: str
    sent_at: datetime | None
    sent_by: str | None
    confirmed_at: datetime | None
    confirmed_by: str | None


def ref(number: int) -> str:
    return f"{rules.REF}:{number}"


def form(note: Note, t: Tongue) -> Form:
    """The field for the remarks, with what stands there now. Left empty, it takes them back."""
    field = Words(
        rules.REMARKS,
        t("Your remarks for {schedule}", schedule=note.schedule),
        note.remarks,
        t("What happened is in the note already. Write what only you know: what to watch, whom you promised what."),
        optional=True,
        most=rules.MOST_REMARKS,
    )
    opened = Action(rules.REMARKS, ref(note.number), note.version, "").encoded
    return Form(rules.REMARKS, t("Hand-over"), (field,), t("Save"), locale=str(t.locale), ref=opened)


def draft(note: Note, configuration: Configuration, to: Reader, now: datetime, sends_at: datetime | None) -> Message:
    """For the leaver: what will be said, with buttons to add to it and to send it; later, what became of it."""
    t = to.t
    if now < note.at:
        headline = t("Your hand-over note for {schedule}", schedule=note.schedule)
    elif note.comer is None:
        headline = t("Your shift in {schedule} is over, and nobody takes over", schedule=note.schedule)
    else:
        headline = t(
            "Your shift in {schedule} is over: {person} is on call now",
            schedule=note.schedule,
            person=_name(configuration, note.comer),
        )
    actions: list[Action] = []
    if note.state in ("draft", "sent"):
        label = t("Edit my remarks") if note.remarks else t("Add remarks")
        actions.append(Action(rules.REMARKS, ref(note.number), note.version, label))
    if note.state == "draft":
        actions.append(Action(rules.SEND, ref(note.number), note.version, t("Send"), "primary"))
    return Message(
        kind="notice",
        headline=headline,
        parts=(Paragraph(tuple(_fate(note, sends_at, t))), *body(note.facts, note.remarks, configuration, to)),
        actions=tuple(actions),
        locale=str(t.locale),
        zone=str(to.zone),
    )


def received(note: Note, configuration: Configuration, to: Reader, *, mention: bool = False) -> Message:
    """For the one who takes over, or for the team's channel where nobody does."""
    t = to.t
    name = _name(configuration, note.leaver)
    if note.comer is None:
        headline = t("Nobody takes over {schedule} from {person}: hand-over note", schedule=note.schedule, person=name)
    else:
        headline = t("{person} hands {schedule} over to you", schedule=note.schedule, person=name)
    spans: list[Span] = []
    if note.state == "confirmed" and note.confirmed_by is not None and note.confirmed_at is not None:
        spans = [
            Text(t("Confirmed by") + " ", "strong"),
            actor(note.confirmed_by),
            Text(" · "),
            When(note.confirmed_at),
        ]
    elif note.state == "lapsed":
        spans = [Text(t("It lapsed: nobody confirmed it."), "strong")]
    elif note.comer is not None:
        spans = [Text(t("Read it, and confirm that you have it."))]
    have_it = Action(rules.HAVE_IT, ref(note.number), note.version, t("I have it"), "primary")
    return Message(
        kind="notice",
        headline=headline,
        parts=(*([Paragraph(tuple(spans))] if spans else []), *body(note.facts, note.remarks, configuration, to)),
        actions=(have_it,) if note.state == "sent" else (),
        mentions=(note.comer,) if mention and note.comer is not None else (),
        footer=_footer(note, t),
        locale=str(t.locale),
        zone=str(to.zone),
    )


def ended(schedule: str, comer: str | None, configuration: Configuration, to: Reader) -> Message:
    """For the leaver, in a schedule without notes."""
    t = to.t
    headline = (
        t(
            "Your shift in {schedule} is over: {person} is on call now",
            schedule=schedule,
            person=_name(configuration, comer),
        )
        if comer is not None
        else t("Your shift in {schedule} is over, and nobody takes over", schedule=schedule)
    )
    return Message(kind="notice", headline=headline, locale=str(t.locale), zone=str(to.zone))


def reminder(note: Note, told_at: datetime | None, configuration: Configuration, to: Reader) -> Message:
    """`told_at`: when the team is told that nobody has confirmed; None when it is not."""
    t = to.t
    asked: Sequence[Span] = [Text(t("It is above: read it, and confirm that you have it."))]
    if told_at is not None:
        said = t("It is above. Confirm it by {at}, or your team is told that nobody has.")
        asked = woven(said, at=When(told_at))
    have_it = Action(rules.HAVE_IT, ref(note.number), note.version, t("I have it"), "primary")
    return Message(
        kind="notice",
        headline=t(
            "Have you read {person}'s hand-over note for {schedule}?",
            person=_name(configuration, note.leaver),
            schedule=note.schedule,
        ),
        parts=(Paragraph(tuple(asked)),),
        actions=(have_it,),
        locale=str(t.locale),
        zone=str(to.zone),
    )


def unconfirmed(note: Note, configuration: Configuration, to: Reader) -> Message:
    """For the team, once. What is in the note stays between the two."""
    t = to.t
    spans: list[Span] = [
        PersonName(note.leaver),
        Text(" " + t("handed over at") + " "),
        When(note.at),
    ]
    if note.comer is not None:
        spans += [Text(" · "), PersonName(note.comer), Text(" " + t("has not confirmed it"))]
    open_ones = len(note.facts.open)
    if open_ones:
        spans.append(Text(" · " + (t("{n} incidents open", n=open_ones) if open_ones > 1 else t("one incident open"))))
    return Message(
        kind="notice",
        headline=t("The hand-over of {schedule} is not confirmed", schedule=note.schedule),
        parts=(Paragraph(tuple(spans)),),
        locale=str(t.locale),
        zone=str(to.zone),
    )


def _fate(note: Note, sends_at: datetime | None, t: Tongue) -> list[Span]:
    to: Span = PersonName(note.comer) if note.comer is not None else Text(t("your team's channel"))
    if note.state == "draft":
        if sends_at is None:
            return woven(t("This note goes to {to} once you send it."), to=to)
        return woven(t("This note goes to {to} once you send it, or by itself at {at}."), to=to, at=When(sends_at))
    if note.state == "confirmed" and note.confirmed_by is not None and note.confirmed_at is not None:
        return [Text(t("Confirmed by") + " ", "strong"), actor(note.confirmed_by), Text(" · "), When(note.confirmed_at)]
    if note.state == "lapsed":
        return [Text(t("It lapsed: nobody confirmed it."), "strong")]
    by_itself = [Text(" " + t("by itself"))] if note.sent_by == LIVEDESK else []
    sent: list[Span] = [Text(t("Sent to") + " "), to, *by_itself]
    return [*sent, Text(" · "), When(note.sent_at), Text(t("."))] if note.sent_at else sent


def _footer(note: Note, t: Tongue) -> tuple[Span, ...]:
    spans: list[Span] = [Text(t("Shift:") + " "), *between(note.facts.start, note.facts.end)]
    if note.sent_by == LIVEDESK and not note.remarks:
        spans.append(Text(" · " + t("sent by itself, without remarks")))
    return tuple(spans)


def _name(configuration: Configuration, person: str) -> str:
    known = configuration.people.get(person)
    return known.name if known else person

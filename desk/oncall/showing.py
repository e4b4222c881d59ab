"""A request for a swap or a cover, as its team and those concerned see it, in each of its states."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from desk.configuration.model import Configuration
from desk.messages import Action, Bullets, Message, Paragraph, Part, PersonName, Span, Text, between
from desk.words import Tongue
from store.oncall_requests import Offer, Request

SWAP, COVER = "swap", "cover"
TAKE_IT, OFFER, WITHDRAW, AGREE, DECLINE, GIVE = "take_it", "offer", "withdraw", "agree", "decline", "give"
REFUSE = "refuse"  # whoever it is asked of does not want it; an offer is declined by whoever asked
VERBS = frozenset((TAKE_IT, OFFER, WITHDRAW, AGREE, DECLINE, GIVE, REFUSE))


def card(
    configuration: Configuration,
    request: Request,
    offers: Sequence[Offer],
    t: Tongue,
    locale: str,
    zone: str,
    to: str | None = None,
) -> Message:
    """What is asked for, what was offered for it and, while it is open, what can be done; once it was taken, who takes
    which shift from whom. `to` is who alone reads it; None: the team."""
    parts: list[Part] = [Paragraph((*_shift(request.schedule, request.starts_at, request.ends_at),))]
    if request.state == "taken":
        parts = [_halves(request, offers, t)]
    is_open = request.state == "open"
    if is_open and request.asked is not None:
        parts.append(Paragraph((Text(t("Asked:") + " "), PersonName(request.asked))))
    items = [
        (PersonName(one.person), Text(" " + t("offers") + " "), *_shift(one.schedule, one.starts_at, one.ends_at))
        for one in offers
        if one.state == "open"
    ]
    if is_open and items:
        parts.append(Bullets(tuple(items)))
    return Message(
        kind="notice",
        headline=_headline(configuration, request, offers, t, zone),
        parts=tuple(parts),
        actions=_actions(configuration, request, t, zone, to) if is_open else (),
        mentions=(request.asked,) if is_open and request.asked is not None else (),
        locale=locale,
        zone=zone,
    )


def offer(configuration: Configuration, request: Request, one: Offer, t: Tongue, locale: str, zone: str) -> Message:
    """To whoever asked: what somebody offers for their shift."""
    person = _name(configuration, one.person)
    headline = t("{person} offers a shift for yours", person=person)
    if one.state != "open":
        headline = {
            "taken": t("You swapped shifts with {person}", person=person),
            "declined": t("You turned down what {person} offered", person=person),
            "replaced": t("{person} offers another shift instead", person=person),
        }.get(one.state, t("What {person} offered is no longer open", person=person))
    yours, theirs = t("You would get:"), t("They would get:")
    if one.state == "taken":
        yours, theirs = t("Yours now:"), t("Theirs now:")
    parts = (
        Paragraph((Text(yours + " "), *_shift(one.schedule, one.starts_at, one.ends_at))),
        Paragraph((Text(theirs + " "), *_shift(request.schedule, request.starts_at, request.ends_at))),
    )
    ref = f"offer:{one.id}"
    actions = (
        Action(AGREE, ref, request.version, label(AGREE, request, t), "primary"),
        Action(DECLINE, ref, request.version, label(DECLINE, request, t)),
    )
    return Message(
        kind="notice",
        headline=headline,
        parts=parts,
        actions=actions if one.state == "open" else (),
        locale=locale,
        zone=zone,
    )


def declined(configuration: Configuration, request: Request, one: Offer, t: Tongue, locale: str) -> Message:
    """To whoever offered: it was turned down."""
    person = configuration.people.get(one.person)
    return Message(
        kind="notice",
        headline=t("{person} turned down the shift that you offered", person=_name(configuration, request.person)),
        parts=(Paragraph((*_shift(one.schedule, one.starts_at, one.ends_at),)),),
        locale=locale,
        zone=str(person.zone if person else "UTC"),
    )


def refused(configuration: Configuration, request: Request, t: Tongue, locale: str, zone: str) -> Message:
    """To whoever asked: the one whom they asked does not want it."""
    line = t("Your shift stays yours. You can ask somebody else, or anybody.")
    return Message(
        kind="notice",
        headline=t(
            "{person} turned down your request: {schedule}, {when}",
            person=_name(configuration, request.asked or ""),
            schedule=request.schedule,
            when=_when_there(request, t, zone),
        ),
        parts=(Paragraph((Text(line),)),),
        locale=locale,
        zone=zone,
    )


def news(
    configuration: Configuration, request: Request, offers: Sequence[Offer], t: Tongue, locale: str, zone: str
) -> Message:
    """To the thread of a request, once it was taken: an edit of the card alone would ring with nobody."""
    return Message(
        kind="history",
        headline=_headline(configuration, request, offers, t, zone),
        parts=(_halves(request, offers, t),),
        mentions=tuple(dict.fromkeys(one for one in (request.person, request.decided_by) if one)),
        locale=locale,
        zone=zone,
    )


def when(start: datetime, end: datetime, zone: str, t: Tongue) -> str:
    """`Tue 10 Mar 09:00 – 17:00`, with the day of the end where it is another."""
    place = ZoneInfo(zone)
    same = t.day(start, place) == t.day(end, place)
    return f"{t.day_time(start, place)} – {t.time(end, place) if same else t.day_time(end, place)}"


def handed_over(
    taker: str | None, giver: str | None, schedule: str, start: datetime, end: datetime, t: Tongue
) -> tuple[Span, ...]:
    """Who takes which shift from whom; None is nobody, or not known any more."""
    if taker is None and giver is not None:
        instead = (Text(t("nobody") + " " + t("instead of") + " "), PersonName(giver))
        return (*instead, Text(" · "), *_shift(schedule, start, end))
    if taker is None or giver is None:
        return (PersonName(taker) if taker else Text(t("nobody")), Text(" · "), *_shift(schedule, start, end))
    return (
        PersonName(taker),
        Text(" " + t("takes over from") + " "),
        PersonName(giver),
        Text(" · "),
        *_shift(schedule, start, end),
    )


def _halves(request: Request, offers: Sequence[Offer], t: Tongue) -> Part:
    """Of a swap, both; of a shift that was taken for nothing, the one."""
    items = [handed_over(request.decided_by, request.person, request.schedule, request.starts_at, request.ends_at, t)]
    items += [
        handed_over(request.person, one.person, one.schedule, one.starts_at, one.ends_at, t)
        for one in offers
        if one.state == "taken"
    ]
    return Bullets(tuple(items))


def _headline(configuration: Configuration, request: Request, offers: Sequence[Offer], t: Tongue, zone: str) -> str:
    values = {
        "person": _name(configuration, request.person),
        "schedule": request.schedule,
        "when": _when_there(request, t, zone),
    }
    by = _name(configuration, request.decided_by or "")
    if request.state == "taken" and any(one.state == "taken" for one in offers):
        return t("{by} and {person} swapped shifts", by=by, person=values["person"])
    if request.state == "taken":
        return t("{by} takes {person}'s shift: {schedule}, {when}", by=by, **values)
    if request.state == "withdrawn":
        return t("{person} no longer asks for this: {schedule}, {when}", **values)
    if request.state == "declined":
        return t("{by} turned down what {person} asked: {schedule}, {when}", by=by, **values)
    if request.state == "expired":
        return t("Nobody took {person}'s shift: {schedule}, {when}", **values)
    if request.kind == SWAP:
        return t("{person} would like to swap a shift: {schedule}, {when}", **values)
    return t("{person} asks somebody to take a shift: {schedule}, {when}", **values)


def will_be(configuration: Configuration, request: Request, t: Tongue, zone: str) -> str:
    """What taking it means for whoever takes it."""
    span = when(request.starts_at, request.ends_at, zone, t)
    city = t.city(ZoneInfo(zone))
    plan = configuration.schedules.get(request.schedule)
    if plan is not None and plan.people > 1:
        return t(
            "You will be on call for {schedule} in the place of {person}, {when} ({zone}). "
            "Whoever else is on call stays.",
            schedule=request.schedule,
            person=_name(configuration, request.person),
            when=span,
            zone=city,
        )
    return t("You will be on call for {schedule}, {when} ({zone}).", schedule=request.schedule, when=span, zone=city)


def label(verb: str, request: Request, t: Tongue) -> str:
    """Of a button."""
    return {
        TAKE_IT: t("I take it") if request.kind == COVER else t("Take it, no swap"),
        OFFER: t("Offer a shift of mine"),
        WITHDRAW: t("Withdraw"),
        REFUSE: t("No, thanks"),
        AGREE: t("Swap"),
        DECLINE: t("No, thanks"),
    }[verb]


def _actions(
    configuration: Configuration, request: Request, t: Tongue, zone: str, to: str | None
) -> tuple[Action, ...]:
    ref = f"request:{request.id}"
    is_cover = request.kind == COVER

    def action(verb: str, style: Literal["primary", "plain"] = "plain", confirm: str = "") -> Action:
        return Action(verb, ref, request.version, label(verb, request, t), style, confirm=confirm)

    take = action(TAKE_IT, "primary" if is_cover else "plain", will_be(configuration, request, t, zone))
    # Only whoever asked, and a lead, can withdraw it; only the one who is asked has anything to turn down.
    last = action(REFUSE if to is not None and to == request.asked else WITHDRAW)
    return (take, last) if is_cover else (action(OFFER, "primary"), take, last)


def _when_there(request: Request, t: Tongue, zone: str) -> str:
    return f"{when(request.starts_at, request.ends_at, zone, t)} ({t.city(ZoneInfo(zone))})"


def _shift(schedule: str, start: datetime, end: datetime) -> tuple[Span, ...]:
    return (Text(schedule, "strong"), Text(" · "), *between(start, end))


def _name(configuration: Configuration, person: str) -> str:
    known = configuration.people.get(person)
    return known.name if known else person

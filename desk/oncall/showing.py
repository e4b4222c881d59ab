"""A request for a swap or a cover, as its team and those concerned see it, in each of its states."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from desk.configuration.model import Configuration
from desk.messages import Action, Bullets, Message, Paragraph, Part, PersonName, Span, Text, between
from desk.words import Tongue
from store.oncall_requests import Offer, Request

SWAP, COVER = "swap", "cover"
TAKE_IT, OFFER, WITHDRAW, AGREE, DECLINE, GIVE = "take_it", "offer", "withdraw", "agree", "decline", "give"
VERBS = frozenset((TAKE_IT, OFFER, WITHDRAW, AGREE, DECLINE, GIVE))


def card(
    configuration: Configuration, request: Request, offers: Sequence[Offer], t: Tongue, locale: str, zone: str
) -> Message:
    """What is asked for, what was offered for it and, while it is open, what can be done; once it was taken, who takes
    which shift from whom."""
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
        actions=_actions(request, t, zone) if is_open else (),
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
        Action(AGREE, ref, request.version, t("Swap"), "primary"),
        Action(DECLINE, ref, request.version, t("No, thanks")),
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
        "when": f"{when(request.starts_at, request.ends_at, zone, t)} ({t.city(ZoneInfo(zone))})",
    }
    by = _name(configuration, request.decided_by or "")
    if request.state == "taken" and any(one.state == "taken" for one in offers):
        return t("{by} and {person} swapped shifts", by=by, person=values["person"])
    if request.state == "taken":
        return t("{by} takes {person}'s shift: {schedule}, {when}", by=by, **values)
    if request.state == "withdrawn":
        return t("{person} no longer asks for this: {schedule}, {when}", **values)
    if request.state == "expired":
        return t("Nobody took {person}'s shift: {schedule}, {when}", **values)
    if request.kind == SWAP:
        return t("{person} would like to swap a shift: {schedule}, {when}", **values)
    return t("{person} asks somebody to take a shift: {schedule}, {when}", **values)


def _actions(request: Request, t: Tongue, zone: str) -> tuple[Action, ...]:
    ref = f"request:{request.id}"
    span = when(request.starts_at, request.ends_at, zone, t)
    city = t.city(ZoneInfo(zone))
    ask = t("You will be on call for {schedule}, {when} ({zone}).", schedule=request.schedule, when=span, zone=city)
    take = Action(TAKE_IT, ref, request.version, t("I take it"), "primary", confirm=ask)
    withdraw = Action(WITHDRAW, ref, request.version, t("Withdraw"))
    if request.kind == COVER:
        return (take, withdraw)
    give = Action(OFFER, ref, request.version, t("Offer a shift of mine"), "primary")
    nothing = Action(TAKE_IT, ref, request.version, t("Take it, no swap"), confirm=ask)
    return (give, nothing, withdraw)


def _shift(schedule: str, start: datetime, end: datetime) -> tuple[Span, ...]:
    return (Text(schedule, "strong"), Text(" · "), *between(start, end))


def _name(configuration: Configuration, person: str) -> str:
    known = configuration.people.get(person)
    return known.name if known else person

"""Shifts that somebody asks others to swap or to take, until one does, it is withdrawn, or its time has come.

A swap is asked for, offered for, and agreed to; a cover is taken. Agreeing and taking look once more whether everybody
still has the shift they give, and change the schedule in the same transaction: of two who take at once, one does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from desk.moment import Moment
from desk.oncall import said
from desk.oncall import showing as cards
from desk.oncall.changing import Done, is_all_theirs, paint, second
from desk.oncall.current import current
from desk.oncall.painting import Paint
from desk.oncall.resolve import final_schedule
from desk.oncall.roles import leads_of
from desk.oncall.showing import COVER, SWAP
from desk.outbox.flow import edit, say
from desk.readers import way_to
from desk.telling import flow as telling
from store import due, oncall_requests
from store.oncall_requests import Offer, Request

LAPSE = "oncall_request"  # kind of the due row that ends what nobody took

Why = Literal[
    "unknown",  # there is no such request or offer (any more)
    "taken",
    "withdrawn",
    "expired",
    "closed",  # the offer was replaced, declined, or another one was taken
    "own",  # one's own shift
    "asked_other",  # it was asked of somebody else, `by`
    "changed",  # `by` no longer has the shift that they would give
    "not_theirs",  # for `by` to decide
    "declined",  # `by`, of whom it was asked, does not want it
    "begun",  # a shift that has begun can be taken and not swapped
    "overlaps",  # the two shifts are at the same time of the same schedule
    "there",  # `by` is on call there at that time already, beside whoever gives the shift
    "asked_before",  # the same is asked for already
    "nowhere",  # nobody would see it: no channel, and no contact of who is asked
]


@dataclass(frozen=True, slots=True)
class NotDone:
    why: Why
    by: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    request: Request
    done: Done


def ask(
    moment: Moment, kind: str, schedule: str, person: str, start: datetime, end: datetime, asked: str | None
) -> Request | NotDone:
    """Ask for [start, end), a time through which `person` is on call, and tell the team and whoever is asked."""
    if not _has(moment, schedule, person, start, end):
        return NotDone("changed", person)
    if kind == SWAP and start <= moment.now:
        return NotDone("begun")
    where = (moment.connection, moment.workspace)
    if oncall_requests.open_like(*where, schedule, person, start, end) is not None:
        return NotDone("asked_before")
    made = oncall_requests.add(
        *where,
        kind=kind,
        schedule=schedule,
        person=person,
        starts_at=start,
        ends_at=end,
        asked=asked,
        made_at=moment.now,
    )
    request = _get(moment, made)
    told: list[dict[str, Any]] = []
    channel = said.channel_of(moment, schedule)
    if channel is not None:
        shown = say(moment, moment.channel(channel), said.card(moment, request, None))
        told.append({"message": shown, "person": None})
    by_other_means = False
    if asked is not None:
        way = way_to(moment, asked)
        if way is not None:
            told.append({"message": say(moment, way, said.card(moment, request, asked)), "person": asked})
        else:
            # They are told, and answer by the links in it, or on the command line.
            by_other_means = telling.way_for(moment, asked) is not None
            telling.tell(moment, asked, said.card(moment, request, asked), about=f"request:{made}")
    if not told and not by_other_means:
        oncall_requests.decide(moment.connection, made, "withdrawn", moment.now, person)
        return NotDone("nowhere")
    oncall_requests.tell(moment.connection, made, told)
    due.put(*where, LAPSE, str(made), start if kind == SWAP else end)
    return _get(moment, made)


def find(moment: Moment, number: int) -> Request | None:
    return oncall_requests.get(moment.connection, moment.workspace, number)


def find_offer(moment: Moment, number: int) -> Offer | None:
    """Of a request of this workspace."""
    found = oncall_requests.offer(moment.connection, number)
    return found if found is not None and find(moment, found.request) is not None else None


def take(moment: Moment, number: int, who: str, via: str) -> Taken | NotDone:
    """Take the shift, for nothing in return."""
    request = open_for(moment, number, who)
    if isinstance(request, NotDone):
        return request
    start = max(request.starts_at, second(moment.now))
    if not _has(moment, request.schedule, request.person, start, request.ends_at):
        return NotDone("changed", request.person)
    if _is_there(moment, request.schedule, who, start, request.ends_at):
        return NotDone("there", who)
    paint_it = _in_the_place_of(moment, request.schedule, who, request.person, start, request.ends_at)
    return _settle(moment, request, who, COVER, [paint_it], via)


def give(moment: Moment, number: int, who: str, schedule: str, start: datetime, end: datetime) -> Request | NotDone:
    """Offer a shift of one's own for it; an earlier offer of the same person is replaced."""
    request = open_for(moment, number, who)
    if isinstance(request, NotDone):
        return request
    if request.kind != SWAP:
        return NotDone("unknown")
    if request.starts_at <= moment.now or start <= moment.now:
        return NotDone("begun")
    if schedule == request.schedule and start < request.ends_at and request.starts_at < end:
        return NotDone("overlaps")
    if schedule not in moment.configuration.schedules or not _has(moment, schedule, who, start, end):
        return NotDone("changed", who)
    clash = _clash(moment, request, who, schedule, start, end)
    if clash is not None:
        return NotDone("there", clash)
    for one in oncall_requests.offers(moment.connection, number):
        if one.person == who and one.state == "open":
            _end_offer(moment, request, one, "replaced")
    made = oncall_requests.add_offer(
        moment.connection,
        request=number,
        person=who,
        schedule=schedule,
        starts_at=start,
        ends_at=end,
        made_at=moment.now,
    )
    offer = oncall_requests.offer(moment.connection, made)
    way = way_to(moment, request.person)
    if offer is not None and way is not None:
        shown = say(moment, way, said.offer_card(moment, request, offer))
        oncall_requests.note_message(moment.connection, made, shown)
    elif offer is not None:
        telling.tell(moment, request.person, said.offer_card(moment, request, offer), about=f"offer:{made}")
    oncall_requests.touch(moment.connection, number)
    said.show(moment, number)
    return _get(moment, number)


def agree(moment: Moment, number: int, who: str, via: str) -> Taken | NotDone:
    """Swap for an offer: two overrides, or none."""
    found = decidable(moment, number, who)
    if isinstance(found, NotDone):
        return found
    request, offer = found
    if request.starts_at <= moment.now or offer.starts_at <= moment.now:
        return NotDone("begun")
    for schedule, person, start, end in (
        (request.schedule, request.person, request.starts_at, request.ends_at),
        (offer.schedule, offer.person, offer.starts_at, offer.ends_at),
    ):
        if schedule not in moment.configuration.schedules or not _has(moment, schedule, person, start, end):
            return NotDone("changed", person)
    clash = _clash(moment, request, offer.person, offer.schedule, offer.starts_at, offer.ends_at)
    if clash is not None:
        return NotDone("there", clash)
    given = (offer.person, request.person, request.starts_at, request.ends_at)
    taken = (request.person, offer.person, offer.starts_at, offer.ends_at)
    paints = [
        _in_the_place_of(moment, request.schedule, *given),
        _in_the_place_of(moment, offer.schedule, *taken),
    ]
    oncall_requests.end_offer(moment.connection, offer.id, "taken")
    return _settle(moment, request, who, SWAP, paints, via, by=offer.person)


def decline(moment: Moment, number: int, who: str) -> Request | NotDone:
    """Turn an offer down; whoever made it is told, and may offer another shift."""
    found = decidable(moment, number, who)
    if isinstance(found, NotDone):
        return found
    request, offer = found
    _end_offer(moment, request, offer, "declined")
    t, locale = said.voice(moment, request)
    telling.tell(moment, offer.person, cards.declined(moment.configuration, request, offer, t, locale))
    oncall_requests.touch(moment.connection, request.id)
    said.show(moment, request.id)
    return _get(moment, request.id)


def refuse(moment: Moment, number: int, who: str) -> Request | NotDone:
    """Whoever it is asked of does not want it. Nobody is asked any more, and whoever asked is told."""
    request = open_for(moment, number, who)
    if isinstance(request, NotDone):
        return request
    if request.asked is None:
        return NotDone("not_theirs", request.person)
    _end(moment, request, "declined", who)
    t, locale = said.voice(moment, request)
    zone = said.zone(moment, request, request.person)
    telling.tell(moment, request.person, cards.refused(moment.configuration, request, t, locale, zone))
    return _get(moment, number)


def withdraw_asked_at(moment: Moment, person: str, at: datetime, who: str) -> list[Request]:
    """What was asked for a person at that very moment, together with something that is undone now: nobody is asked any
    more."""
    open_ones = oncall_requests.open_ones(moment.connection, moment.workspace)
    found = [one for one in open_ones if one.person == person and one.made_at == at]
    for one in found:
        _end(moment, one, "withdrawn", who)
    return found


def withdraw(moment: Moment, number: int, who: str) -> Request | NotDone:
    """Nobody is asked any more."""
    request = oncall_requests.get(moment.connection, moment.workspace, number)
    if request is None:
        return NotDone("unknown")
    if request.state != "open":
        return _ended(request)
    if who != request.person and who not in leads_of(moment.configuration, request.schedule):
        return NotDone("not_theirs", request.person)
    _end(moment, request, "withdrawn", who)
    return _get(moment, number)


def lapse(moment: Moment, number: int) -> None:
    """Its time has come, and nobody took it."""
    request = oncall_requests.get(moment.connection, moment.workspace, number)
    if request is not None and request.state == "open":
        _end(moment, request, "expired", request.person)


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _get(moment: Moment, number: int) -> Request:
    found = oncall_requests.get(moment.connection, moment.workspace, number)
    assert found is not None, "a request is never taken out of the store"
    return found


def _ended(request: Request) -> NotDone:
    ends: dict[str, Why] = {"withdrawn": "withdrawn", "expired": "expired", "declined": "declined"}
    return NotDone(ends.get(request.state, "taken"), request.decided_by or "")


def open_for(moment: Moment, number: int, who: str) -> Request | NotDone:
    """The request, if `who` may still do something about it."""
    request = oncall_requests.get(moment.connection, moment.workspace, number)
    if request is None or request.schedule not in moment.configuration.schedules:
        return NotDone("unknown")
    if request.state != "open":
        return _ended(request)
    if request.person == who:
        return NotDone("own")
    if request.asked not in (None, who):
        return NotDone("asked_other", request.asked or "")
    if request.ends_at <= second(moment.now):
        return NotDone("expired")
    return request


def decidable(moment: Moment, number: int, who: str) -> tuple[Request, Offer] | NotDone:
    """An open offer for an open request of `who`."""
    offer = oncall_requests.offer(moment.connection, number)
    request = oncall_requests.get(moment.connection, moment.workspace, offer.request) if offer else None
    if offer is None or request is None:
        return NotDone("unknown")
    if request.state != "open":
        return _ended(request)
    if offer.state != "open":
        return NotDone("closed")
    if who != request.person:
        return NotDone("not_theirs", request.person)
    return request, offer


def _has(moment: Moment, schedule: str, person: str, start: datetime, end: datetime) -> bool:
    return is_all_theirs(final_schedule(current(moment, schedule), start, end), person, start, end)


def _is_there(moment: Moment, schedule: str, person: str, start: datetime, end: datetime) -> bool:
    return any(row.person == person for row in final_schedule(current(moment, schedule), start, end))


def _clash(moment: Moment, request: Request, giver: str, schedule: str, start: datetime, end: datetime) -> str | None:
    """Who of two that swap is on call already where they would take the other's place: nobody can be there twice."""
    if _is_there(moment, request.schedule, giver, request.starts_at, request.ends_at):
        return giver
    return request.person if _is_there(moment, schedule, request.person, start, end) else None


def _in_the_place_of(moment: Moment, schedule: str, taker: str, giver: str, start: datetime, end: datetime) -> Paint:
    """An override of the one whose shift it is: whoever else is on call there stays."""
    several = current(moment, schedule).people > 1
    return Paint(schedule, taker, start, end, instead_of=giver if several else None)


def _settle(
    moment: Moment, request: Request, who: str, kind: str, paints: list[Paint], via: str, *, by: str | None = None
) -> Taken | NotDone:
    """Take it: the request ends and the schedule changes, or neither. `by` is who takes the shift."""
    taker = by or who
    if not oncall_requests.decide(moment.connection, request.id, "taken", moment.now, taker):
        return NotDone("taken")
    done = paint(moment, kind, paints, who, via)
    oncall_requests.note_change(moment.connection, request.id, done.number)
    _after_end(moment, request)
    taken = _get(moment, request.id)
    t, locale = said.voice(moment, taken)
    for told in taken.told:
        if told["person"] is None:
            offers = oncall_requests.offers(moment.connection, taken.id)
            news = cards.news(moment.configuration, taken, offers, t, locale, said.zone(moment, taken))
            said.reply(moment, taken, int(told["message"]), news)
    return Taken(taken, done)


def _end(moment: Moment, request: Request, state: str, by: str) -> None:
    if oncall_requests.decide(moment.connection, request.id, state, moment.now, by):
        _after_end(moment, request)


def _after_end(moment: Moment, request: Request) -> None:
    due.cancel(moment.connection, moment.workspace, LAPSE, str(request.id), moment.now)
    if request.asked is not None:
        telling.untell(moment, request.asked, f"request:{request.id}")
    for one in oncall_requests.offers(moment.connection, request.id):
        telling.untell(moment, request.person, f"offer:{one.id}")
        if one.state == "open":
            _end_offer(moment, request, one, "closed")
        elif one.state == "taken" and one.message is not None:
            edit(moment, one.message, said.offer_card(moment, request, one), rich=False)
    said.show(moment, request.id)


def _end_offer(moment: Moment, request: Request, offer: Offer, state: str) -> None:
    oncall_requests.end_offer(moment.connection, offer.id, state)
    telling.untell(moment, request.person, f"offer:{offer.id}")
    ended = oncall_requests.offer(moment.connection, offer.id)
    if ended is not None and ended.message is not None:
        edit(moment, ended.message, said.offer_card(moment, request, ended), rich=False)

"""What is said about a request and to whom, kept true: the team's channel, whoever is asked, whoever asked."""

from __future__ import annotations

from desk.messages import Message
from desk.moment import Moment
from desk.oncall import showing as cards
from desk.oncall.current import planned
from desk.oncall.roles import teams_of
from desk.outbox.flow import edit, say
from desk.words import Tongue, tongue
from store import oncall_requests
from store.oncall_requests import Offer, Request


def channel_of(moment: Moment, schedule: str) -> str | None:
    """Where the team of a schedule is told; the admins' channel where it has none."""
    team = next((one for one in teams_of(moment.configuration, schedule) if one.channels), None)
    return team.channels[0] if team else moment.configuration.admin_channel


def reply(moment: Moment, request: Request, message: int, news: Message) -> None:
    """Say it in the thread of the message that shows the request."""
    channel = channel_of(moment, request.schedule)
    if channel is not None:
        say(moment, moment.channel(channel), news, thread_of=message)


def voice(moment: Moment, request: Request) -> tuple[Tongue, str]:
    """The language of the schedule's team, and its name."""
    team = next(iter(teams_of(moment.configuration, request.schedule)), None)
    locale = team.locale if team else "en"
    return tongue(locale), locale


def zone(moment: Moment, request: Request, person: str | None = None) -> str:
    """On whose clock: a person's own, else the schedule's."""
    known = moment.configuration.people.get(person or "")
    schedule = moment.configuration.schedules.get(request.schedule)
    return str(known.zone if known else schedule.zone if schedule else "UTC")


def card(moment: Moment, request: Request, person: str | None) -> Message:
    """The request as the team (`person` None) or somebody who is asked sees it."""
    t, locale = voice(moment, request)
    offers = oncall_requests.offers(moment.connection, request.id)
    return cards.card(planned(moment), request, offers, t, locale, zone(moment, request, person), person)


def offer_card(moment: Moment, request: Request, offer: Offer) -> Message:
    """An offer as whoever asked sees it."""
    t, locale = voice(moment, request)
    return cards.offer(moment.configuration, request, offer, t, locale, zone(moment, request, request.person))


def show(moment: Moment, number: int) -> None:
    """Make every message that shows a request say how it stands."""
    request = oncall_requests.get(moment.connection, moment.workspace, number)
    if request is None or request.schedule not in moment.configuration.schedules:
        return
    for told in request.told:
        edit(moment, int(told["message"]), card(moment, request, told["person"]), rich=False)

"""Whether everybody who comes on call can be reached: looked at daily and whenever something changes, told once.

What was told stands in the payload of the due row that looks next, as with gaps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from functools import partial
from typing import Any

from desk.configuration.model import UTC_ZONE, Team
from desk.contacts.flow import ways_of
from desk.contacts.methods import CODED, Way
from desk.digest.rules import next_morning
from desk.messages import Bullets, Command, Message, Paragraph, PersonName, Span, Text, When
from desk.moment import Moment
from desk.oncall.current import planned
from desk.oncall.foreseen import foresee, rows
from desk.oncall.model import WEEKDAYS
from desk.oncall.walltime import utc
from desk.outbox.flow import say
from desk.reachable.rules import AHEAD, Problem, coming, news, problems, teller, tellers
from desk.readers import reader
from desk.telling import flow as telling
from desk.telling.rules import first_way
from desk.words import Tongue, method_name, tongue
from store import due

KIND = "reach"
MORNING = time(9)


def soon(moment: Moment) -> None:
    """Something has changed (the file, a contact, a delivery): look at the next sweep. What was told is kept."""
    for ref in tellers(moment.configuration):
        waiting = due.waiting_row(moment.connection, moment.workspace, KIND, ref)
        due.put(moment.connection, moment.workspace, KIND, ref, moment.now, waiting.payload if waiting else {})


def tell(moment: Moment, ref: str, payload: Mapping[str, Any]) -> None:
    """Tell a team and its people of what was not told yet, and plan the next look, in its next morning."""
    if ref not in tellers(moment.configuration):
        return
    found, ways = found_now(moment)
    fresh, told = news([one for one in found if teller(moment.configuration, one.coming.person) == ref], _told(payload))
    team = moment.configuration.teams.get(ref)
    for one in fresh:
        _tell_person(moment, one, ways[one.coming.person])
    channel = team.channels[0] if team else moment.configuration.admin_channel
    if fresh and channel is not None:
        t = tongue(team.locale if team else "en")
        say(moment, moment.channel(channel), for_team(fresh, team, t))
    morning = next_morning(moment.now, team.zone if team else UTC_ZONE, MORNING, frozenset(WEEKDAYS))
    if morning is not None:
        due.put(moment.connection, moment.workspace, KIND, ref, morning.at, {"told": told})


def found_now(moment: Moment) -> tuple[list[Problem], Mapping[str, Sequence[Way]]]:
    """What is wrong within the days to come, and the ways to everybody."""
    configuration = planned(moment)
    ahead = (moment.now, utc(moment.now) + AHEAD)
    foresee(moment.connection, [(plan, ahead) for plan in configuration.schedules.values()])
    ways = ways_of(moment)
    return problems(coming(configuration, moment.now, rows=partial(rows, moment.connection)), ways), ways


def for_team(found: Sequence[Problem], team: Team | None, t: Tongue) -> Message:
    """The notice in the team's channel. No address stands in it."""
    headline = (
        t("One person comes on call whom a page may not reach")
        if len(found) == 1
        else t("{n} people come on call whom a page may not reach", n=len(found))
    )
    return Message(
        kind="notice",
        headline=headline,
        parts=(Bullets(tuple(line(one, t) for one in found)),),
        footer=(
            Text(t("They were told, if that was possible. How it is now:") + " "),
            Command("/oncall contact check"),
        ),
        locale=team.locale if team else "en",
        zone=str(team.zone) if team else "UTC",
    )


def line(one: Problem, t: Tongue) -> tuple[Span, ...]:
    """A person, from when on, and what is wrong."""
    spans: list[Span] = [PersonName(one.coming.person), Text(" · ")]
    if one.coming.schedule is None:
        spans.append(Text(t("named by an escalation policy")))
    else:
        spans += [Text(f"{one.coming.schedule} · " + t("from") + " "), When(one.coming.start, "date_time")]
    return (*spans, Text(" · " + wrong(one, t)))


def wrong(one: Problem, t: Tongue) -> str:
    by = t.listed([method_name(t, method) for method in one.methods])
    if one.kind == "failing":
        return t("the last delivery by {ways} failed for good", ways=by)
    if one.methods:
        return t("the last delivery by {ways} failed for good, and there is no other way", ways=by)
    return t("no verified way to reach them")


def _tell_person(moment: Moment, one: Problem, ways: Sequence[Way]) -> None:
    """By whatever may still arrive: a way that works, verified or not, chat first."""
    if not any(way.works for way in ways):
        return
    to = reader(moment.configuration, one.coming.person)
    t = to.t
    way = first_way(ways, unverified=True)
    spans: list[Span] = [Text(t("What is wrong:") + " " + wrong_for_you(one, t) + " ")]
    if one.coming.schedule is not None:
        spans += [Text(t("You are on call from") + " "), When(one.coming.start, "date_time"), Text(t("."))]
    do: tuple[Span, ...] = (
        Text(t("Ask an admin to add a way to you, or to verify this one:") + " "),
        Command(f"bot.py oncall contact {to.person}"),
    )
    in_chat: tuple[Span, ...] = (
        Command("/oncall contact add email you@example.com"),
        Text(" " + t("adds a way to reach you, and") + " "),
        Command("/oncall contact test"),
        Text(" " + t("tries them all.")),
    )
    message = Message(
        kind="notice",
        headline=t("A page may not reach you"),
        parts=(Paragraph(tuple(spans)), Paragraph(do if way is not None and way.method in CODED else in_chat)),
        locale=str(t.locale),
        zone=str(to.zone),
    )
    telling.tell(moment, to.person, message, unverified=True)


def wrong_for_you(one: Problem, t: Tongue) -> str:
    by = t.listed([method_name(t, method) for method in one.methods])
    if one.methods:
        return t("the last delivery to you by {ways} failed for good.", ways=by)
    return t("there is no verified way to reach you.")


def _told(payload: Mapping[str, Any]) -> Mapping[str, str]:
    told: Mapping[str, str] = payload.get("told", {})
    return told

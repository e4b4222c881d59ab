"""Hours without anybody on call, announced days ahead: once a day in a team's morning, and each gap only once.

What was told stands in the payload of the team's own due row, which carries it from morning to morning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from desk.configuration.model import Configuration, Team
from desk.digest.rules import next_morning
from desk.messages import Command, Message, Text
from desk.moment import Moment
from desk.oncall.current import planned
from desk.oncall.demand import cover
from desk.oncall.gaps import Gap, news
from desk.oncall.model import WEEKDAYS
from desk.oncall.spans import Span
from desk.outbox.flow import say
from desk.questions.plan_asked import hours
from desk.questions.plan_gaps import actions_of, parts_of
from desk.words import Tongue, tongue
from store import due

KIND = "gaps"
MORNING = time(9)  # for a team without a digest


def plan(moment: Moment) -> None:
    """Plan every team's next look; what was told before is kept, and what is overdue is caught up with."""
    for team in moment.configuration.teams.values():
        waiting = due.waiting_row(moment.connection, moment.workspace, KIND, team.key)
        if waiting is None or waiting.due_at > moment.now:
            _plan_next(moment, team, waiting.payload if waiting else {})


def tell(moment: Moment, ref: str, payload: Mapping[str, Any]) -> None:
    """Tell a team of gaps that it was not told of yet, and plan its next look."""
    team = moment.configuration.teams.get(ref)
    if team is None or team.gaps_ahead is None or not team.channels:
        return
    configuration = planned(moment)
    fresh, told = news(configuration, _read(payload), moment.now, team.gaps_ahead)
    theirs = [gap for gap in fresh if team.key in teams_of(configuration, gap)]
    if theirs:
        t = tongue(team.locale)
        say(moment, moment.channel(team.channels[0]), compose(configuration, team, theirs, t))
    _plan_next(moment, team, _written(told))


def compose(configuration: Configuration, team: Team, found: Sequence[Gap], t: Tongue) -> Message:
    """The notice of new gaps. A button each, for somebody to fill it."""
    first = found[0]
    at = f"{t.day_time(first.start, team.zone)} ({t.city(team.zone)})"
    headline = (
        t("Nobody is on call for {schedule} from {at}", schedule=first.schedule, at=at)
        if len(found) == 1
        else t("{n} times without anybody on call, the first on {at}", n=len(found), at=at)
    )
    longest = max(gap.end - gap.start for gap in found)
    return Message(
        kind="notice",
        headline=headline,
        parts=parts_of(configuration, found, t),
        actions=actions_of(found, team.zone, t),
        footer=(
            Text(t("The longest lasts {hours}. All of them:", hours=hours(t, longest)) + " "),
            Command("/oncall gaps"),
        ),
        locale=team.locale,
        zone=str(team.zone),
    )


def teams_of(configuration: Configuration, gap: Gap) -> tuple[str, ...]:
    """Whom a gap concerns: the teams of the wanted markets' rules; else those that a rule leads to with this
    schedule, or whose people take turns in it; else everybody who is told of gaps."""
    markets = [want.market for want in gap.wants if want.market]
    found = [team for market in markets if (team := cover(configuration, market).team)]
    if not found:
        led = [cover(configuration, market) for market in configuration.markets]
        found = [one.team for one in led if one.team and one.schedule == gap.schedule]
    if not found:
        turns = {person for layer in configuration.schedules[gap.schedule].layers for person in layer.rotation.members}
        found = [team.key for team in configuration.teams.values() if turns & set(team.members)]
    return tuple(dict.fromkeys(found or configuration.teams))


def _plan_next(moment: Moment, team: Team, payload: Mapping[str, Any]) -> None:
    if team.gaps_ahead is None or not team.channels:
        due.cancel(moment.connection, moment.workspace, KIND, team.key, moment.now)
        return
    days = team.digest_days if team.digest_at is not None else frozenset(WEEKDAYS)
    morning = next_morning(moment.now, team.zone, team.digest_at or MORNING, days)
    if morning is not None:
        due.put(moment.connection, moment.workspace, KIND, team.key, morning.at, payload)


def _read(payload: Mapping[str, Any]) -> dict[str, list[Span]]:
    told = payload.get("told", {})
    return {
        name: [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in spans]
        for name, spans in told.items()
    }


def _written(told: Mapping[str, Sequence[Span]]) -> dict[str, Any]:
    return {
        "told": {name: [[start.isoformat(), end.isoformat()] for start, end in spans] for name, spans in told.items()}
    }

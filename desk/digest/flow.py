"""The morning digest: once per team and local date, in the team's language, of everything since the last one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from desk.configuration.model import Team
from desk.digest import rules, sections
from desk.messages import Message
from desk.moment import Moment
from desk.outbox.flow import say
from desk.words import tongue
from store import due, reports

KIND = "digest"


def plan(moment: Moment) -> None:
    """Plan every team's next digest. One that is overdue after a downtime stays, and is caught up with."""
    for team in moment.configuration.teams.values():
        waiting = due.planned(moment.connection, moment.workspace, KIND, team.key)
        if waiting is not None and waiting <= moment.now:
            continue
        _plan_next(moment, team, moment.now)


def _plan_next(moment: Moment, team: Team, after: datetime) -> None:
    morning = (
        rules.next_morning(after, team.zone, team.digest_at, team.digest_days)
        if team.digest_at is not None and team.channels
        else None
    )
    if morning is None:
        due.cancel(moment.connection, moment.workspace, KIND, team.key, moment.now)
        return
    due.put(moment.connection, moment.workspace, KIND, team.key, morning.at, {"date": morning.date.isoformat()})


@dataclass(frozen=True, slots=True)
class Written:
    """A digest of [start, end) that nobody has been sent yet."""

    start: datetime
    end: datetime
    message: Message


def look(moment: Moment, ref: str) -> Written | None:
    """What a team's digest would say now; nothing is written. A day and more is read for it."""
    team = moment.configuration.teams.get(ref)
    if team is None or team.digest_at is None or not team.channels:
        return None
    last = reports.last_digest(moment.connection, moment.workspace, team.key)
    start, end = rules.covers(last[1] if last else None, moment.now)
    return Written(start, end, compose(moment, team, start, end))


def tell(moment: Moment, ref: str, payload: Mapping[str, Any], written: Written | None) -> None:
    """Say the digest that is due, as `look` has it, unless that local date has had its own; and plan the next."""
    team = moment.configuration.teams.get(ref)
    if team is None or team.digest_at is None or not team.channels or written is None:
        return
    planned = date.fromisoformat(payload["date"])
    local_date = rules.newest_morning(moment.now, planned, team.zone, team.digest_at, team.digest_days)
    covered, message = (written.start, written.end), written.message
    if reports.begin_digest(moment.connection, moment.workspace, team.key, local_date, covered, moment.now):
        said = say(moment, moment.channel(team.channels[0]), message, rich=not message.quotes())
        reports.keep_digest_message(moment.connection, moment.workspace, team.key, local_date, said)
    _plan_next(moment, team, moment.now)


def compose(moment: Moment, team: Team, start: datetime, end: datetime) -> Message:
    """The digest of [start, end) for a team. With nothing to tell it says so in one line."""
    t = tongue(team.locale)
    told = sections.Telling(moment, team, start, end, t)
    parts = [
        *sections.incidents(told),
        *sections.shows(told),
        *sections.questions(told),
        *sections.voices(told),
    ]
    headline = sections.headline(told)
    return Message(
        kind="digest",
        headline=headline,
        parts=(*parts, *sections.duty(told)),
        footer=sections.footer(told),
        locale=team.locale,
        zone=str(team.zone),
    )

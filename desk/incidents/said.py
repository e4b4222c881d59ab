"""What the one who tapped is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from desk.incidents.rules import LIVEDESK
from desk.moment import Moment
from desk.words import Tongue
from store.incidents import Incident


@dataclass(frozen=True, slots=True)
class Answer:
    """What to tell the one who tapped. `done` is False when nothing was changed."""

    text: str
    done: bool


def over(moment: Moment, row: Incident, t: Tongue) -> str:
    at = _at(moment, row, row.resolved_at, t)
    if row.state == "expired":
        return t(
            "This is already over: it expired, with nothing of it seen for hours ({at}). Nothing was changed.", at=at
        )
    if row.resolved_by == LIVEDESK:
        return t("This is already over: it ended by itself ({at}). Nothing was changed.", at=at)
    return t(
        "This is already over: {who} resolved it ({at}). Nothing was changed.",
        who=name(moment, row.resolved_by),
        at=at,
    )


def already(moment: Moment, row: Incident, t: Tongue) -> str:
    if row.state == "acknowledged":
        at = _at(moment, row, row.acknowledged_at, t)
        return t("{who} already has it ({at}).", who=name(moment, row.acknowledged_by), at=at)
    return over(moment, row, t)


def moved_on(moment: Moment, row: Incident, t: Tongue) -> str:
    """For a button of an older state of an incident that is not over."""
    if row.state == "acknowledged":
        return t(
            "This has moved on: {who} has it ({at}). Nothing was changed; the card shows how it stands.",
            who=name(moment, row.acknowledged_by),
            at=_at(moment, row, row.acknowledged_at, t),
        )
    return t(
        "This has moved on: it is open again ({at}). Nothing was changed; the card shows how it stands.",
        at=_at(moment, row, row.reopened_at, t),
    )


def name(moment: Moment, who: str | None) -> str:
    person = moment.configuration.people.get(who or "")
    return person.name if person else (who or "?").partition(":")[2] or (who or "?")


def _at(moment: Moment, row: Incident, at: datetime | None, t: Tongue) -> str:
    team = moment.configuration.teams.get(row.team or "")
    return t.day_time(at or moment.now, team.zone if team else ZoneInfo("UTC"))

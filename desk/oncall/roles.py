"""Who may change what. Leads and viewers are named in the file; everybody else of `people:` is a member."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from desk.configuration.model import Configuration, Team

Role = Literal["lead", "member", "viewer"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """`viewer`: they may look only; `others`: it is about somebody else, or nobody, which is for `leads` (their keys,
    empty when nobody is named)."""

    why: Literal["viewer", "others"]
    leads: tuple[str, ...] = ()


def teams_of(configuration: Configuration, schedule: str) -> tuple[Team, ...]:
    """Whose schedule it is: of the teams that a routing rule leads to through it, and of those whose people take turns
    in it; of every team where that is none."""
    policies = {
        key
        for key, policy in configuration.policies.items()
        if any(target.kind == "schedule" and target.name == schedule for step in policy.steps for target in step.notify)
    }
    led = {rule.team for rule in configuration.routing if rule.policy in policies}
    known = configuration.schedules.get(schedule)
    turns = {person for layer in known.layers for person in layer.rotation.members} if known else set()
    found = [team for team in configuration.teams.values() if team.key in led or turns & {*team.members, *team.leads}]
    return tuple(found or configuration.teams.values())


def leads_of(configuration: Configuration, schedule: str) -> tuple[str, ...]:
    """Who may change anybody in a schedule."""
    return _leads(teams_of(configuration, schedule))


def leads_over(configuration: Configuration, person: str) -> tuple[str, ...]:
    """Who may set leave for a person: the leads of their teams, and of the schedules in which they take turns."""
    teams = [team for team in configuration.teams.values() if person in (*team.members, *team.leads)]
    for name, schedule in configuration.schedules.items():
        if any(person in layer.rotation.members for layer in schedule.layers):
            teams += teams_of(configuration, name)
    return _leads(teams)


def role_of(configuration: Configuration, person: str) -> Role:
    """The most that somebody may anywhere. A viewer is who stands under `viewers:` and in no team."""
    teams = configuration.teams.values()
    if any(person in team.leads for team in teams):
        return "lead"
    if any(person in team.members for team in teams):
        return "member"
    return "viewer" if any(person in team.viewers for team in teams) else "member"


def may_change(configuration: Configuration, who: str, schedule: str, people: Iterable[str | None]) -> Refusal | None:
    """Why `who` may not put these people (None: nobody) on call in a schedule; None when they may."""
    return _may(configuration, who, people, leads_of(configuration, schedule))


def may_send_away(configuration: Configuration, who: str, person: str) -> Refusal | None:
    """Why `who` may not set leave for a person; None when they may."""
    return _may(configuration, who, [person], leads_over(configuration, person))


def _may(
    configuration: Configuration, who: str, people: Iterable[str | None], leads: tuple[str, ...]
) -> Refusal | None:
    if who in leads:
        return None
    if role_of(configuration, who) == "viewer":
        return Refusal("viewer", leads)
    return None if all(person == who for person in people) else Refusal("others", leads)


def _leads(teams: Iterable[Team]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person for team in teams for person in team.leads))

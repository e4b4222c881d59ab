"""What a valid configuration probably does not mean: said at loading and by `bot.py doctor`, never refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from desk.configuration.model import Configuration, Route, Target
from desk.oncall.check import check
from desk.oncall.model import Layer, Schedule
from handlers.configuration.schedules import members_of

# Zones that stand still: people who write them mostly mean a place, whose clocks change.
_PLACES = {"EST": "America/New_York", "MST": "America/Denver", "HST": "Pacific/Honolulu"}


def warnings(configuration: Configuration, now: datetime) -> list[str]:
    """One sentence per oddity, each with what to do, in the order of the file's sections."""
    return [
        *_of_zones(configuration),
        *_of_schedules(configuration, now),
        *_of_teams(configuration),
        *_of_paging(configuration),
    ]


def _of_zones(configuration: Configuration) -> Iterator[str]:
    for section in ("people", "teams", "markets", "schedules"):
        for key, item in getattr(configuration, section).items():
            if place := _PLACES.get(item.zone.key):
                yield f"{section}.{key}: {item.zone.key} never changes its clocks; is {place} meant?"


# ── schedules ────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_schedules(configuration: Configuration, now: datetime) -> Iterator[str]:
    for key, schedule in configuration.schedules.items():
        at = f"schedules.{key}"
        if not schedule.layers:
            yield f"{at}: has no layers, so nobody is on call but by an override"
        elif all(_is_over(layer, now) for layer in schedule.layers):
            yield f"{at}: every layer has ended, so nobody is on call; move an `end` or add a layer"
        for sentence in check(schedule, now):
            yield f"{at}: {sentence}"
        yield from _of_absences(at, schedule, now)
        if schedule.holidays:
            for member in sorted(members_of(schedule)):
                if member not in schedule.countries:
                    yield f"{at}: holidays are skipped, but people.{member} has no country, so theirs are not known"


def _is_over(layer: Layer, now: datetime) -> bool:
    return layer.end is not None and layer.end <= now.astimezone(layer.zone).date()


def _of_absences(at: str, schedule: Schedule, now: datetime) -> Iterator[str]:
    for leave in schedule.leave:
        if leave.person not in members_of(schedule) and leave.end > now:
            yield f"{at}: {leave.person} has leave here but is in no layer; leave counts for the schedule it stands in"


# ── teams and paging ─────────────────────────────────────────────────────────────────────────────────────────────


def _of_teams(configuration: Configuration) -> Iterator[str]:
    teams = configuration.teams
    for key, team in teams.items():
        if not team.channels:
            yield f"teams.{key}: has no channel, so it is told nothing; add channels: [slack:C…]"
    if teams and all(team.markets for team in teams.values()):
        looked_after = {market for team in teams.values() for market in team.markets}
        for market in configuration.markets:
            if market not in looked_after:
                yield f"markets.{market}: no team looks after it, so no digest tells of it"
    if teams and not configuration.admin_channel:
        yield "admin_channel: is not set, so failures that need a human are shown nowhere but in the log"


def _of_paging(configuration: Configuration) -> Iterator[str]:
    if not (configuration.teams or configuration.policies or configuration.routing):
        return  # people and schedules alone: a file for `bot.py oncall`
    routing = configuration.routing
    if not any(_matches_everything(route) for route in routing):
        yield "routing: no rule matches everything, so some incidents reach nobody; end with a rule without conditions"
    yield from _of_policies(configuration)
    used = {route.policy for route in routing}
    for key in configuration.policies:
        if key not in used:
            yield f"policies.{key}: no routing rule leads to it"
    for number, route in enumerate(routing):
        if route.team is None:
            yield f"routing[{number}]: pages without a team, so no channel shows the incident; add a team"
    yield from _of_reach(configuration)


def _of_policies(configuration: Configuration) -> Iterator[str]:
    """Policies that end in nobody at every hour: none of their people has a contact, and they name no channel."""
    for key, policy in configuration.policies.items():
        targets = [target for step in policy.steps for target in step.notify]
        if any(target.kind == "channel" or _may_reach(configuration, target) for target in targets):
            continue
        yield f"policies.{key}: ends in nobody: none of those whom its steps name has contacts, so it pages no one"


def _may_reach(configuration: Configuration, target: Target) -> bool:
    people = configuration.people
    if target.kind == "person":
        return bool(people[target.name].contacts)
    if target.kind == "group":
        group = configuration.groups[target.name]
        return group.user_group is not None or any(people[one].contacts for one in group.members)
    schedule = configuration.schedules[target.name]
    stand_ins = {override.person for override in schedule.overrides if override.person}
    return any(people[person].contacts for person in members_of(schedule) | stand_ins)


def _matches_everything(route: Route) -> bool:
    return not (route.markets or route.categories or route.severities or route.languages or route.hours)


def _of_reach(configuration: Configuration) -> Iterator[str]:
    """People whom a policy may page and no platform can find."""
    paged: dict[str, str] = {}
    for policy in configuration.policies.values():
        for target in (target for step in policy.steps for target in step.notify):
            if target.kind == "person":
                paged.setdefault(target.name, f"policies.{policy.key}")
            elif target.kind == "group":
                for person in configuration.groups[target.name].members:
                    paged.setdefault(person, f"policies.{policy.key} through groups.{target.name}")
            elif target.kind in ("schedule", "next"):
                schedule = configuration.schedules[target.name]
                stand_ins = {override.person for override in schedule.overrides if override.person}
                for person in members_of(schedule) | stand_ins:
                    paged.setdefault(person, f"policies.{policy.key} through schedules.{schedule.name}")
    for person, way in sorted(paged.items()):
        if not configuration.people[person].contacts:
            yield f"people.{person}: may be paged by {way} but has no contacts; add contacts: {{slack: U…}}"
